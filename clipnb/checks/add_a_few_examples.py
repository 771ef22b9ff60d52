"""Checks of the exercises about classification by a few examples (notebook 10)."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType

import numpy as np

from .feedback import called, checked, match, say

# two classes with three and two shots, in no order
LABELS = np.array([1, 0, 0, 1, 0])


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def _shots() -> np.ndarray:
    """(5, 4) unit embeddings."""
    return _unit(np.random.default_rng(4).normal(size=(5, 4)) + 0.5)


@checked
def check_prototypes(function: Callable | EllipsisType) -> bool:
    """Whether ``function(embeddings, labels)`` gives the prototypes (classes, dim), unit rows."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of embeddings and labels.",
        )
        return False
    x = _shots()
    means = np.stack([x[c == LABELS].mean(0) for c in (0, 1)])
    expected = _unit(means)
    wrong = {
        "These means are shorter than 1, the more so the more the shots of a class differ. Normalise them.": (
            means
        ),
        "These are sums: a class with more shots gets larger scores. Normalise them.": np.stack(
            [x[c == LABELS].sum(0) for c in (0, 1)]
        ),
        "That is the first shot of each class; take the mean of all of them.": x[[1, 0]],
        "The rows are in the order in which the classes first appear; row c belongs to class c.": (
            expected[::-1]
        ),
        "You took the labels to be sorted: the first three rows, then the other two.": _unit(
            np.stack([x[:3].mean(0), x[3:].mean(0)])
        ),
        "You normalised the columns; each row is an embedding, so its length must be 1.": (
            means / np.linalg.norm(means, axis=0)
        ),
    }
    return match(
        called(function, x, LABELS),
        expected,
        wrong,
        "Yes: the mean of the shots of each class, normalised.",
        "the prototypes",
    )


@checked
def check_cache(function: Callable | EllipsisType) -> bool:
    """Whether ``function(cosines, one_hot, text_logits, alpha, beta)`` gives Tip-Adapter's logits
    (images, classes)."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of cosines, one_hot,"
            " text_logits, alpha and beta.",
        )
        return False
    chance = np.random.default_rng(5)
    one_hot, alpha, beta = np.eye(2)[LABELS], 2.5, 3.0
    cosines = _unit(chance.normal(size=(3, 4)) + 0.5) @ _shots().T
    text = chance.normal(size=(3, 2)) * 5
    weights = np.exp(-beta * (1 - cosines))
    expected = text + alpha * weights @ one_hot
    counts = one_hot.sum(0)
    wrong = {
        "The logits of the text are missing; the cache is added to them.": expected - text,
        "alpha is missing: it says how much the cache counts against the text.": text
        + weights @ one_hot,
        "alpha multiplies the cache, not the text.": alpha * text + weights @ one_hot,
        "alpha multiplies the cache only, not the sum.": alpha * (text + weights @ one_hot),
        "Your weights grow with the distance. A shot with the cosine 1 gets the weight 1, all others less: exp(-beta * (1 - cosine)).": (
            text + alpha * np.exp(beta * (1 - cosines)) @ one_hot
        ),
        "The distance of a shot is 1 - cosine, not the cosine.": text
        + alpha * np.exp(-beta * cosines) @ one_hot,
        "That is exp(beta * cosine): larger than Tip-Adapter's weight by the factor exp(beta).": (
            text + alpha * np.exp(beta * cosines) @ one_hot
        ),
        "You weighted each shot by its cosine; the weight is exp(-beta * (1 - cosine)).": (
            text + alpha * cosines @ one_hot
        ),
        "beta is missing: it says how fast the weight falls with the distance.": text
        + alpha * np.exp(cosines - 1) @ one_hot,
        "You took the mean over the shots of a class; Tip-Adapter takes the sum.": text
        + alpha * weights @ one_hot / counts,
        "You took the mean over all shots; Tip-Adapter takes the sum.": text
        + alpha * weights @ one_hot / len(one_hot),
        "You normalised the weights of each image to the sum 1; Tip-Adapter leaves them as they are.": (
            text + alpha * (weights / weights.sum(1, keepdims=True)) @ one_hot
        ),
    }
    return match(
        called(function, cosines, one_hot, text, alpha, beta),
        expected,
        wrong,
        "Yes: the logits of the text, plus alpha times the weighted labels of the shots.",
        "the logits",
    )
