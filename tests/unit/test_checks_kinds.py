"""The same answer in NumPy or in torch, with or without a gradient, is the same answer; and an
answer that is none gets a message about what came back."""

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize, one_hot

from clipnb import checks


def prototypes_in_torch(embeddings, labels):
    rows = [embeddings[labels == c].mean(dim=0) for c in range(int(labels.max()) + 1)]
    return torch.stack(rows) / torch.stack(rows).norm(dim=1, keepdim=True)


def patches_in_numpy(pixels, side):
    height, width, colours = pixels.shape
    cut = pixels.reshape(height // side, side, width // side, side, colours)
    return cut.transpose(0, 2, 1, 3, 4).reshape(-1, side * side * colours)


def sigmoid_in_numpy(images, texts, scale, bias):
    sign = 2 * np.eye(len(images)) - 1
    return np.log1p(np.exp(-sign * (scale * images @ texts.T + bias))).sum() / len(images)


def calibration_in_torch(confidence, correct):
    error = torch.tensor(0.0)
    for low in torch.arange(10) / 10:
        inside = (confidence >= low) & (confidence < low + 0.1)
        if inside.any():
            gap = confidence[inside].mean() - correct[inside].float().mean()
            error += inside.float().mean() * gap.abs()
    return error


def gradients_in_torch(slope, x, baseline, steps):
    total = torch.zeros_like(x)
    for k in range(steps):
        total += slope(baseline + (k + 0.5) / steps * (x - baseline))
    return total / steps * (x - baseline)


def hits_in_torch(heatmaps, masks):
    peaks = heatmaps.flatten(1).argmax(1, keepdim=True)
    return torch.gather(masks.flatten(1), 1, peaks).float().mean()


ANSWERS = {
    "patches": (checks.check_patches, patches_in_numpy),
    "sigmoid": (checks.check_sigmoid_loss, sigmoid_in_numpy),
    "score": (
        checks.check_pooling,
        lambda image, texts: np.mean(texts @ image / np.linalg.norm(texts, axis=1)),
    ),
    "calibration": (checks.check_calibration_error, calibration_in_torch),
    "shares": (
        checks.check_margin_shares,
        lambda a, b: torch.cat([a / len(a), -b / len(b)]),
    ),
    "gradients": (checks.check_integrated_gradients, gradients_in_torch),
    "hits": (checks.check_pointing, hits_in_torch),
    "prototypes": (checks.check_prototypes, prototypes_in_torch),
    "prototypes, one product": (
        checks.check_prototypes,
        lambda x, y: normalize(one_hot(y).T.to(x.dtype) @ x, dim=1),
    ),
    "cache": (
        checks.check_cache,
        lambda cosines, one_hot, text, alpha, beta: (
            text + alpha * torch.exp(-beta * (1 - cosines)) @ one_hot
        ),
    ),
    "heads": (
        checks.check_head_parts,
        lambda a, v, o: torch.einsum("ht,thd,whd->hw", a, v, o.reshape(len(o), len(a), -1)),
    ),
    "rows in a list": (
        checks.check_collapse,
        lambda texts, groups, n: [texts[groups == c].mean(0) for c in range(n)],
    ),
    "one number in a matrix": (
        checks.check_gap,
        lambda a, b: (normalize(a.mean(0)[None]) @ normalize(b.mean(0)[None]).T).acos().rad2deg(),
    ),
    "with a gradient": (
        checks.check_cosines,
        lambda a, b: normalize(a.requires_grad_()) @ normalize(b).T,
    ),
}


@pytest.mark.parametrize("check, function", ANSWERS.values(), ids=ANSWERS)
def test_either_kind_of_arrays(check, function, capsys):
    assert check(function) is True, capsys.readouterr().out


def fails_in_torch(embeddings, labels):
    return (embeddings.norm(dim=1) > 0)[:, :, None]  # a mistake, behind what only tensors can do


@pytest.mark.parametrize(
    "check, function, says",
    [
        (checks.check_patches, lambda pixels, side: None, "returns nothing"),
        (checks.check_gap, lambda images, texts: None, "does it end with `return …`?"),
        (checks.check_collapse, lambda texts, groups, n: None, "returns nothing"),
        (checks.check_halves, lambda labels, groups, seed: None, "returns nothing"),
        (checks.check_pooling, torch.ones(3), "give the function itself"),
        (checks.check_cache, lambda *given: {"logits": 1}, "returns a dict"),
        (checks.check_control, lambda *given: [], "return one dictionary"),
        (checks.check_margin_shares, lambda a, b: (a, b), "join them"),
        (checks.check_patches, lambda pixels, side: 3.0, "returns one number; the matrix should"),
        (checks.check_recall, lambda matrix, k: 50, "percentage"),
        (checks.check_collapse, lambda t, g, n: t[:3].T, "transpose it"),
        (checks.check_prototypes, fails_in_torch, "IndexError"),
        (checks.check_prototypes, fails_in_torch, "given tensors"),
        (checks.check_prototypes, lambda x, y: x.no_such_name, "given NumPy arrays"),
    ],
)
def test_what_came_back_is_named(check, function, says, capsys):
    assert check(function) is False
    assert says in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "exercise, answer, accepted",
    [
        ("03.3", "`images`", True),
        ("03.3", "The images.", True),
        ("03.3", " Images ", True),
        ("03.3", ["images"], False),
        ("03.3", np.ones(3), False),
        ("12.1", "154MB", True),
        ("12.1", 154, True),
        ("12.1", 308, False),
        ("01.1", np.int64(49), True),
        ("13.1", 0.91, True),
    ],
)
def test_named_answers_in_other_clothes(exercise, answer, accepted, capsys):
    assert checks.check_choice(exercise, answer) is accepted
    if not isinstance(answer, (str, int)):
        assert accepted or "with the quotes" in " ".join(capsys.readouterr().out.split())
