"""Checks of the exercises about attributions (notebook 07)."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType

import numpy as np
import torch

from .feedback import called, checked, match, say


@checked
def check_integrated_gradients(function: Callable | EllipsisType) -> bool:
    """Whether ``function(slope, x, baseline, steps)`` gives the integrated gradients (d,) of the
    function whose gradient is ``slope``."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of slope, x, baseline and"
            " steps.",
        )
        return False

    def slope(at):  # of x0² x1 + 3 x2³, whose attributions along a straight line are known
        a, b, c = np.asarray(at, float)
        gradient = np.array([2 * a * b, a**2, 9 * c**2])
        return torch.from_numpy(gradient) if isinstance(at, torch.Tensor) else gradient

    x, baseline, steps = np.array([1.5, -0.8, 0.9]), np.array([0.5, 0.4, -0.3]), 2000
    alphas = (np.arange(steps) + 0.5) / steps
    slopes = np.array([slope(baseline + alpha * (x - baseline)) for alpha in alphas])
    from_zero = np.array([slope(alpha * x) for alpha in alphas])
    expected = (x - baseline) * slopes.mean(0)
    wrong = {
        "That is the mean gradient; multiply it by the distance that each entry travels, x - baseline.": (
            slopes.mean(0)
        ),
        "You multiplied by x; the distance that an entry travels is x - baseline.": x
        * slopes.mean(0),
        "Your path begins at 0. It begins at the baseline: baseline + alpha * (x - baseline).": (
            from_zero.mean(0) * x
        ),
        "Your path begins at 0. It begins at the baseline: baseline + alpha * (x - baseline)!": (
            from_zero.mean(0) * (x - baseline)
        ),
        "That is gradient times difference at the end of the path only; take the mean of the gradients along it.": (
            (x - baseline) * slope(x)
        ),
        "You added the gradients up; take their mean, or the answer grows with the number of steps.": (
            (x - baseline) * slopes.sum(0)
        ),
        "The sign is reversed: the path leads from the baseline to x.": -expected,
    }
    got = called(function, slope, x, baseline, steps)
    # ends or middles of the steps, as you like
    if got is not None and got.shape == expected.shape and np.allclose(got, expected, atol=0.01):
        got = expected
    return match(
        got,
        expected,
        wrong,
        "Yes: the mean gradient from the baseline to x, times x - baseline; the sum is the"
        " difference.",
        "the answer",
    )


@checked
def check_margin_shares(function: Callable | EllipsisType) -> bool:
    """Whether ``function(this, that)`` gives the share (k + l,) of every cosine in the margin
    mean(this) - mean(that).

    Counting all cosines from one common point, as the midpoint of the two scores, is correct as
    well: :func:`clipnb.contributions` does so where it has no reference images.
    """
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of the cosines of this class and"
            " of that class.",
        )
        return False
    from ..explain.margins import split_margin

    this, that = np.array([0.42, 0.11, 0.30]), np.array([0.25, -0.02, 0.19, 0.33, 0.08])
    shares = [np.full(len(side), 1 / len(side)) for side in (this, that)]
    plain = np.concatenate(split_margin(shares, (this, that))[0])
    got = called(function, this, that)
    if got is not None and got.shape == plain.shape:
        # where each share counts from
        points = np.concatenate([this - got[:3] * 3, that + got[3:] * 5])
        if np.allclose(points, points[0], atol=1e-6):
            got = plain
    apart = np.concatenate([(this - this.mean()) / 3, -(that - that.mean()) / 5])
    wrong = {
        "Divide the cosines of each class by the number of its own descriptors: the score is their mean.": np.concatenate(
            [this, -that]
        ),
        "You divided by the number of all descriptors; each class has its own mean.": (
            np.concatenate([this, -that]) / 8
        ),
        "The descriptors of that class lower the margin: their sign is minus.": np.concatenate(
            [this / 3, that / 5]
        ),
        "The sign is reversed: it is this class minus that one.": -plain,
        "You counted each class from its own mean, so the shares add up to 0; count both from the same point.": (
            apart
        ),
    }
    return match(
        got,
        plain,
        wrong,
        "Yes: the shares add up to the margin, each cosine divided by the number of descriptors of its class.",
        "the answer",
    )
