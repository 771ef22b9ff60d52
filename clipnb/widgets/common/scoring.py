"""From scores to probabilities, where some scores are missing; scoring.js is the same."""

from __future__ import annotations

import numpy as np


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
