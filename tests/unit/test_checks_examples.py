"""The checks of notebook 10: each rejects the stub and plausible wrong answers, and accepts
different right ones."""

import numpy as np
import pytest
import torch

from clipnb.checks import check_cache, check_choice, check_prototypes


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def means(x, labels):
    return np.stack([x[labels == c].mean(0) for c in range(labels.max() + 1)])


def torch_prototypes(x, labels):
    rows = torch.eye(2, dtype=torch.float64)[torch.as_tensor(labels)].T @ torch.as_tensor(x)
    return torch.nn.functional.normalize(rows, dim=1)


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (means, False, "shorter than 1"),
        (lambda x, y: np.eye(2)[y].T @ x, False, "These are sums"),
        (lambda x, y: unit(means(x, y))[::-1], False, "row c belongs to class c"),
        (lambda x, y: x[[list(y).index(c) for c in (0, 1)]], False, "first shot"),
        (lambda x, y: unit(means(x, np.sort(y))), False, "labels to be sorted"),
        (lambda x, y: means(x, y) / np.linalg.norm(means(x, y), axis=0), False, "columns"),
        (lambda x, y: unit(means(x, y)).T, False, "shape (4, 2)"),
        (lambda x, y: x[y == 2][0], False, "IndexError"),
        (lambda x, y: unit(means(x, y)), True, "Yes"),
        (torch_prototypes, True, "Yes"),
    ],
)
def test_prototypes(function, accepted, says, capsys):
    assert check_prototypes(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def weights(s, b):
    return np.exp(-b * (1 - s))


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda s, h, t, a, b: a * weights(s, b) @ h, False, "text are missing"),
        (lambda s, h, t, a, b: t + weights(s, b) @ h, False, "alpha is missing"),
        (lambda s, h, t, a, b: a * t + weights(s, b) @ h, False, "not the text"),
        (lambda s, h, t, a, b: a * (t + weights(s, b) @ h), False, "not the sum"),
        (lambda s, h, t, a, b: t + a * weights(s, -b) @ h, False, "grow with the distance"),
        (lambda s, h, t, a, b: t + a * np.exp(-b * s) @ h, False, "not the cosine"),
        (lambda s, h, t, a, b: t + a * np.exp(b * s) @ h, False, "factor exp(beta)"),
        (lambda s, h, t, a, b: t + a * s @ h, False, "each shot by its cosine"),
        (lambda s, h, t, a, b: t + a * weights(s, 1) @ h, False, "beta is missing"),
        (lambda s, h, t, a, b: t + a * weights(s, b) @ (h / h.sum(0)), False, "of a class"),
        (lambda s, h, t, a, b: t + a * weights(s, b) @ h / len(h), False, "over all shots"),
        (
            lambda s, h, t, a, b: t + a * weights(s, b) / weights(s, b).sum(1)[:, None] @ h,
            False,
            "to the sum 1",
        ),
        (lambda s, h, t, a, b: weights(s, b), False, "shape (3, 5)"),
        (lambda s, h: 0, False, "TypeError"),
        (lambda s, h, t, a, b: t + a * weights(s, b) @ h, True, "Yes"),
        (lambda s, h, t, a, b: np.exp(b * s - b) @ (a * h) + t, True, "Yes"),
    ],
)
def test_cache(function, accepted, says, capsys):
    assert check_cache(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "exercise, right, wrong",
    [
        ("10.3", "text", ["nearest", "prototypes", "both", ...]),
        ("10.4", "itself", ["grid", "accuracy", "seed", "alpha", ...]),
    ],
)
def test_choices(exercise, right, wrong):
    assert check_choice(exercise, right)
    assert not any(check_choice(exercise, answer) for answer in wrong)
