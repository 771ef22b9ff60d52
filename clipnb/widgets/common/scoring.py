"""From scores to an order and to probabilities, where some scores are missing; scoring.js is the
same."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

DECIMALS = 9


def rounded(score: float) -> int:
    """A score as an order sees it, in units of its ninth decimal.

    The same numbers added up in another order, or by JavaScript, differ in their last bits. Unless
    these are rounded away, they decide between two classes that are tied, and the page and Python
    disagree.
    """
    return math.floor(score * 10**DECIMALS + 0.5)  # as Math.round does, and unlike round


def ranked(scores: Sequence[float | None]) -> list[int]:
    """Indices, best first; equals in their order, those without a score last."""
    place = lambda i: math.inf if scores[i] is None else -rounded(scores[i])
    return sorted(range(len(scores)), key=place)


def to_probabilities(
    scores: list[float | None], scale: float, bias: float, sigmoid: bool
) -> list[float]:
    """Class probabilities of scores, of which some may be missing."""
    have = [i for i, score in enumerate(scores) if score is not None]
    result = [0.0] * len(scores)
    if have:
        logits = scale * np.array([scores[i] for i in have]) + bias
        values = 1 / (1 + np.exp(-logits)) if sigmoid else np.exp(logits - logits.max())
        for i, value in zip(have, values if sigmoid else values / values.sum()):
            result[i] = float(value)
    return result
