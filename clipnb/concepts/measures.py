"""How well features tell images with an attribute from images without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..evaluation.statistics import feature_auc as feature_auc
from ..evaluation.statistics import numbered
from ..support.arguments import whole
from ..support.arrays import booleans

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike


def precision_recall(
    chosen: ArrayLike, truth: ArrayLike, groups: ArrayLike, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """How many chosen words are true, and how many true words are chosen, over all images.

    Parameters
    ----------
    chosen : (n, words) bool array-like
    truth : (n, words) bool array-like
    groups : (n,) array-like
        The class of each image. The 95 % interval is a bootstrap over whole classes.
    draws, seed : int

    Returns
    -------
    pandas.DataFrame
        Rows ``precision`` and ``recall``; columns ``value``, ``low``, ``high``. NaN where nothing
        is chosen, or nothing true.

    Raises
    ------
    ValueError
        If shapes differ, there are no images, or an entry is neither true nor false.
    """
    import pandas as pd

    whole("draws", draws, 1)
    whole("seed", seed, 0)
    chosen, truth = booleans("chosen", chosen), booleans("truth", truth)
    if chosen.shape != truth.shape or chosen.ndim != 2 or not len(chosen):
        raise ValueError(
            f"chosen is {chosen.shape} and truth is {truth.shape}; both must be (images, words),"
            " with at least one image."
        )
    units = numbered("groups", groups, len(chosen))
    counts = np.stack([(chosen & truth).sum(1), chosen.sum(1), truth.sum(1)])
    sums = np.stack([np.bincount(units, weights=row) for row in counts])
    chance = np.random.default_rng(seed)
    picks = chance.integers(sums.shape[1], size=(draws, sums.shape[1]))
    drawn = sums[:, picks].sum(2)
    rows = {}
    with np.errstate(invalid="ignore", divide="ignore"):
        for name, row in (("precision", 1), ("recall", 2)):
            low, high = np.quantile(drawn[0] / drawn[row], [0.025, 0.975])
            rows[name] = (sums[0].sum() / sums[row].sum(), low, high)
    return pd.DataFrame(rows, index=["value", "low", "high"]).T
