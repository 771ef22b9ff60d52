"""The checks of notebooks 01 and 02: each rejects the stub and plausible incorrect answers, and accepts
different correct ones."""

import numpy as np
import pytest
import torch
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    cosine_similarity,
    cross_entropy,
    logsigmoid,
    normalize,
    scaled_dot_product_attention,
)

from clipnb.checks import (
    check_attention,
    check_contrastive_loss,
    check_cosines,
    check_gap,
    check_patches,
    check_recall,
    check_sigmoid_loss,
    check_targets,
    compare_guesses,
)


def patches_1(pixels, side):
    h, w, c = pixels.shape
    return (
        pixels.reshape(h // side, side, w // side, side, c)
        .swapaxes(1, 2)
        .reshape(-1, side * side * c)
    )


def patches_2(pixels, side):
    h, w, _ = pixels.shape
    return np.stack(
        [
            np.asarray(pixels[y : y + side, x : x + side]).ravel()
            for y in range(0, h, side)
            for x in range(0, w, side)
        ]
    )


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda p, s: p.reshape(-1, s * s * 3), False, "strips"),
        (lambda p, s: patches_2(p.swapaxes(0, 1), s), False, "go down first"),
        (
            lambda p, s: p.unfold(0, s, s).unfold(1, s, s).reshape(-1, s * s * 3),
            False,
            "colours come first",
        ),
        (
            lambda p, s: (
                p.permute(1, 0, 2).reshape(3, s, 2, s, 3).permute(2, 0, 1, 3, 4).reshape(6, 12)
            ),
            False,
            "Inside a patch you go down",
        ),
        (lambda p, s: patches_1(p, s).reshape(6, s, s, 3), False, "Flatten"),
        (lambda p, s: patches_1(p, s)[:4], False, "shape"),
        (lambda p, s: p @ p, False, "RuntimeError"),
        (lambda p, s: patches_1(p, s).flip(0), False, "Row 0 should"),
        (lambda p, s: patches_1(p, s)[[0, 3, 1, 4, 2, 5]], False, "Your patches go down"),
        (patches_1, True, "Yes"),
        (patches_2, True, "Yes"),
    ],
)
def test_patches(function, accepted, says, capsys):
    assert check_patches(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def attention_1(q, k, v):
    return (q @ k.T / q.shape[1] ** 0.5).softmax(dim=1) @ v


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda q, k, v: (q @ k.T).softmax(1) @ v, False, "not scaled"),
        (lambda q, k, v: (q @ k.T / 4).softmax(1) @ v, False, "divide by its square root"),
        (lambda q, k, v: (q @ k.T * 2).softmax(1) @ v, False, "multiplied"),
        (lambda q, k, v: (q @ k.T / 2).softmax(0) @ v, False, "dim 0"),
        (lambda q, k, v: attention_1(k, q, v), False, "changed places"),
        (lambda q, k, v: q @ k.T / 2 @ v, False, "softmax is missing"),
        (lambda q, k, v: (q @ k.T / 2).softmax(1), False, "weights of the attention"),
        (lambda q, k, v: q @ k, False, "RuntimeError"),
        (attention_1, True, "Yes"),
        (lambda q, k, v: scaled_dot_product_attention(q, k, v).numpy(), True, "Yes"),
    ],
)
def test_attention(function, accepted, says, capsys):
    assert check_attention(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda i, s: i @ s.T, False, "dot product"),
        (lambda i, s: normalize(i, dim=1) @ s.T, False, "texts are not"),
        (lambda i, s: i @ normalize(s, dim=1).T, False, "images are not"),
        (lambda i, s: normalize(i, dim=0) @ normalize(s, dim=0).T, False, "dim 0"),
        (lambda i, s: i @ s.T / i.norm() / s.norm(), False, "whole matrix"),
        (lambda i, s: normalize(s, dim=1) @ normalize(i, dim=1).T, False, "shape"),
        (lambda i, s: cosine_similarity(i, s), False, "RuntimeError"),
        (lambda i, s: normalize(i, dim=1) @ normalize(s, dim=1).T, True, "Yes"),
        (lambda i, s: cosine_similarity(i[:, None], s[None], dim=2).numpy(), True, "Yes"),
    ],
)
def test_cosines(function, accepted, says, capsys):
    assert check_cosines(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def gap_2(images, texts):
    a, b = images.numpy().sum(0), texts.numpy().sum(0)
    return np.degrees(np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b)))


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda i, s: cosine_similarity(i.mean(0), s.mean(0), dim=0), False, "arc cosine"),
        (lambda i, s: cosine_similarity(i.mean(0), s.mean(0), dim=0).acos(), False, "radians"),
        (lambda i, s: (i.mean(0) @ s.mean(0)).acos().rad2deg(), False, "shorter than 1"),
        (lambda i, s: (i @ s.T).acos().rad2deg().mean(), False, "between pairs"),
        (lambda i, s: (i.mean(0) - s.mean(0)).norm(), False, "distance"),
        (lambda i, s: i @ s.T, False, "one number"),
        (lambda i, s: i @ s, False, "RuntimeError"),
        (lambda i, s: cosine_similarity(i.mean(0), s.mean(0), dim=0).acos().rad2deg(), True, "Yes"),
        (gap_2, True, "Yes"),
    ],
)
def test_gap(function, accepted, says, capsys):
    assert check_gap(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def logits_of(images, texts, scale):
    return scale * normalize(images, dim=1) @ normalize(texts, dim=1).T


def half(logits):
    return cross_entropy(logits, torch.arange(len(logits)))


def loss_1(images, texts, scale):
    logits = logits_of(images, texts, scale)
    return (half(logits) + half(logits.T)) / 2


def loss_2(images, texts, scale):
    logits = scale * torch.cosine_similarity(images[:, None], texts[None], dim=2)
    own = logits.diagonal()
    return float((logits.logsumexp(1) - own).mean() / 2 + (logits.logsumexp(0) - own).mean() / 2)


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda i, t, s: (half(s * i @ t.T) + half((s * i @ t.T).T)) / 2, False, "unit length"),
        (lambda i, t, s: half(logits_of(i, t, s)), False, "images look for texts; texts"),
        (
            lambda i, t, s: half(logits_of(i, t, s).T),
            False,
            "texts look for images; images",
        ),
        (lambda i, t, s: 2 * loss_1(i, t, s), False, "mean"),
        (lambda i, t, s: loss_1(i, t, 1), False, "lacks the scale"),
        (lambda i, t, s: loss_1(i, t, 1 / s), False, "multiply"),
        (lambda i, t, s: -loss_1(i, t, s), False, "sign"),
        (
            lambda i, t, s: (
                (half(logits_of(i, t, s).softmax(1)) + half(logits_of(i, t, s).softmax(0).T)) / 2
            ),
            False,
            "softmax itself",
        ),
        (lambda i, t, s: logits_of(i, t, s), False, "one number"),
        (lambda i, t, s: i @ t, False, "RuntimeError"),
        (loss_1, True, "Yes"),
        (loss_2, True, "Yes"),
    ],
)
def test_contrastive_loss(function, accepted, says, capsys):
    assert check_contrastive_loss(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def sigmoid_1(images, texts, scale, bias):
    logits = scale * images @ texts.T + bias
    return -logsigmoid((2 * torch.eye(len(images)) - 1) * logits).sum(1).mean()


def sigmoid_2(images, texts, scale, bias):
    logits, n = scale * images @ texts.T + bias, len(images)
    return binary_cross_entropy_with_logits(logits, torch.eye(n), reduction="sum") / n


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda i, t, s, b: sigmoid_1(i, t, s, b) / 5, False, "mean over all"),
        (lambda i, t, s, b: 5 * sigmoid_1(i, t, s, b), False, "divide it by n"),
        (lambda i, t, s, b: sigmoid_1(i, t, s, 0), False, "bias is missing"),
        (lambda i, t, s, b: sigmoid_1(i, t, s, s * b), False, "multiplied by the scale"),
        (lambda i, t, s, b: sigmoid_1(i, t, s, -b), False, "subtracted"),
        (lambda i, t, s, b: sigmoid_1(i, t, 1, b), False, "scale is missing"),
        (
            lambda i, t, s, b: -logsigmoid((s * i @ t.T + b).diagonal()).mean(),
            False,
            "the diagonal) alone",
        ),
        (
            lambda i, t, s, b: (
                sigmoid_1(i, t, s, b) + logsigmoid((s * i @ t.T + b).diagonal()).mean()
            ),
            False,
            "negatives alone",
        ),
        (
            lambda i, t, s, b: -logsigmoid((1 - 2 * torch.eye(5)) * (s * i @ t.T + b)).sum() / 5,
            False,
            "changed places",
        ),
        (
            lambda i, t, s, b: (half(s * i @ t.T) + half((s * i @ t.T).T)) / 2,
            False,
            "CLIP's loss",
        ),
        (lambda i, t, s, b: -sigmoid_1(i, t, s, b), False, "reversed"),
        (lambda i, t, s, b: i @ t, False, "RuntimeError"),
        (sigmoid_1, True, "Yes"),
        (sigmoid_2, True, "Yes"),
    ],
)
def test_sigmoid_loss(function, accepted, says, capsys):
    assert check_sigmoid_loss(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def same(texts):
    return torch.tensor([[float(a == b) for b in texts] for a in texts])


def targets_2(texts):
    number = np.unique(texts, return_inverse=True)[1]
    return (number[:, None] == number) / np.bincount(number)[number][:, None]


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (same, False, "more than 1"),
        (lambda s: torch.eye(len(s)), False, "diagonal"),
        (lambda s: same(s) / len(s), False, "all n"),
        (lambda s: same(s) / same(s).sum(), False, "whole matrix"),
        (
            lambda s: (
                (same(s) - torch.eye(6))
                / (same(s) - torch.eye(6)).sum(1, keepdim=True).clamp(min=1)
            ),
            False,
            "own text",
        ),
        (lambda s: [s.index(x) for x in s], False, "shape"),
        (lambda s: s == s.T, False, "AttributeError"),
        (lambda s: same(s) / same(s).sum(1, keepdim=True), True, "Yes"),
        (targets_2, True, "Yes"),
    ],
)
def test_targets(function, accepted, says, capsys):
    assert check_targets(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def recall_1(matrix, k):
    return (
        (matrix.topk(k, dim=1).indices == torch.arange(len(matrix))[:, None]).any(1).float().mean()
    )


def recall_2(matrix, k):
    return np.mean([i in row.argsort()[::-1][:k] for i, row in enumerate(matrix.numpy())])


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda m, k: recall_1(m.T, k), False, "columns"),
        (lambda m, k: recall_1(m, k) * len(m), False, "divide by"),
        (lambda m, k: 1 - recall_1(m, k), False, "fail"),
        (lambda m, k: recall_1(m, k + 1), False, "one place too many"),
        (lambda m, k: recall_1(-m, k), False, "smallest"),
        (lambda m, k: recall_1(m, 1), False, "k = 1 only"),
        (lambda m, k: m.topk(k).values, False, "one number"),
        (lambda m, k: m[k, 99], False, "IndexError"),
        (recall_1, True, "Yes"),
        (recall_2, True, "Yes"),
    ],
)
def test_recall(function, accepted, says, capsys):
    assert check_recall(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


@pytest.mark.parametrize(
    "guess, says",
    [
        (..., "no guess recorded; measured: 0.50"),
        (0.3, "your guess: 0.30; measured: 0.50"),
        ("0.3", "your guess: 0.30; measured: 0.50"),
        ("half", "your guess is no number (half); measured: 0.50"),
        (float("nan"), "no number (nan)"),
        (None, "no number (None)"),
        (10**400, "no number"),
    ],
)
def test_a_guess_is_shown_beside_its_result_and_never_stops(guess, says, capsys):
    assert compare_guesses({"share correct": (guess, 0.5)}) is None
    printed = capsys.readouterr().out
    assert printed.startswith("share correct: ") and says in printed
