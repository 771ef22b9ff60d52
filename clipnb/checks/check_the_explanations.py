"""Checks of the exercises about faithful explanations (notebook 08)."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType

import numpy as np

from .feedback import called, checked, match, say


@checked
def check_pointing(function: Callable | EllipsisType) -> bool:
    """Whether ``function(heatmaps, masks)``, both (n, height, width), is the share of heatmaps whose
    highest pixel lies in the mask of the same number."""
    if function is ...:
        say(False, "Not written yet: replace the three dots by a function of heatmaps and masks.")
        return False
    heatmaps, masks = np.zeros((5, 3, 5)), np.zeros((5, 3, 5), bool)
    peaks = [(0, 3), (2, 0), (1, 4), (2, 2), (2, 4)]
    for one, peak, height in zip(heatmaps, peaks, [1.0, 0.6, 0.8, 0.4, 0.7]):
        one[peak] = height
    heatmaps[1, 0], heatmaps[3, 0, 0], heatmaps[4, 1, 1] = 0.5, -0.9, 0.3
    masks[0, 0, 2:4] = masks[1, 0] = masks[2, 1, 4] = masks[3, 0, 0] = masks[4, 1] = True
    pairs = list(zip(heatmaps, masks))  # a hit, a miss, a hit, two misses
    mass = [one.clip(0)[mask].sum() / one.clip(0).sum() for one, mask in pairs]
    magnitude = [mask.ravel()[np.abs(one).argmax()] for one, mask in pairs]
    next_mask = [mask.ravel()[one.argmax()] for one, mask in zip(heatmaps, np.roll(masks, -1, 0))]
    wrong = {
        "That is the mass in the mask, the share of the map; the pointing game asks for the highest pixel only.": (
            np.mean(mass)
        ),
        "You take the highest magnitude, so a pixel that speaks against the text counts as a hit.": (
            np.mean(magnitude)
        ),
        "You compare each heatmap with the mask of another one.": np.mean(next_mask),
        "That is the number of hits; the share is wanted.": 2.0,
        "You count every mask that the map touches; only its highest pixel decides.": (
            np.mean([mask[one > 0].any() for one, mask in pairs])
        ),
        "That is chance, the share of the pixels in the masks.": masks.mean(),
    }
    got = called(function, heatmaps, masks)
    return match(
        got,
        0.4,
        wrong,
        "Yes: one pixel of each map decides, the highest.",
        "the share",
    )


@checked
def check_single_deletion(function: Callable | EllipsisType) -> bool:
    """Whether ``function(before, after, importance)`` is Spearman's correlation of importance and
    drops.

    ``before``: the score of the whole image; ``after`` (parts,): without each part;
    ``importance`` (parts,).
    """
    from scipy.stats import pearsonr, spearmanr

    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of a score, the scores without"
            " each part, and the parts' importance.",
        )
        return False
    before, after, importance = (
        0.62,
        np.array([0.60, 0.31, 0.66, 0.59, 0.45]),
        np.array([0.30, 0.50, -0.10, 0.05, 0.40]),
    )
    drops = before - after
    wrong = {
        "The sign is reversed: the drop is the score before minus the score after.": (
            spearmanr(importance, after).statistic
        ),
        "That is Pearson's correlation of the values; the protocol compares their ranks (scipy.stats.spearmanr).": (
            pearsonr(importance, drops).statistic
        ),
        "That is FunnyBirds' (1 + ρ) / 2; here ρ itself is wanted, so that chance is 0.": (
            0.5 + spearmanr(importance, drops).statistic / 2
        ),
        "You ranked the sizes and lost the signs: a part whose removal helps must come last.": (
            spearmanr(importance, np.abs(drops)).statistic
        ),
        "That is the p value; the correlation is the first of the two.": (
            spearmanr(importance, drops).pvalue
        ),
    }
    got = called(function, before, after, importance)
    return match(
        got,
        spearmanr(importance, drops).statistic,
        wrong,
        "Yes: ranks of the importance against ranks of the true drops.",
        "the correlation",
    )
