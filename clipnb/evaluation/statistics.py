"""Intervals, paired and corrected tests, and how their figures are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np

from ..support.arguments import real, whole
from ..support.arrays import array_of, booleans, is_missing, of_one_kind

if TYPE_CHECKING:
    import numpy.typing as npt


Z = 1.959964  # of a 95 % interval


def mean_recall(correct: np.ndarray, labels: np.ndarray) -> float:
    """Mean per-class recall: the accuracy in each class, then the mean over classes; every class
    counts alike, however many images it has."""
    units = np.unique(labels, return_inverse=True)[1]
    if not len(units):
        return np.nan
    return float(np.mean(np.bincount(units, weights=correct) / np.bincount(units)))


def wilson(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a proportion (Wilson 1927); NaN for none of none, which has no
    share."""
    from scipy.stats import binomtest

    real("confidence", confidence, 0, 1)
    if not (0 <= hits <= n and int(hits) == hits and int(n) == n):
        raise ValueError(f"{hits} of {n} is no share of images; give two counts, hits and n.")
    if n == 0:
        return np.nan, np.nan
    interval = binomtest(int(hits), int(n)).proportion_ci(confidence, "wilson")
    return interval.low, interval.high


def numbered(name: str, given: npt.ArrayLike, count: int) -> np.ndarray:
    """The class of each image as a number from 0; ValueError where there is not one for each, or
    one is missing."""
    labels = array_of(given)
    if labels.shape != (count,):
        raise ValueError(f"There are {labels.size} {name} for {count} images; give one for each.")
    if missing := [i for i, one in enumerate(labels.tolist()) if is_missing(one)]:
        raise ValueError(f"Image {missing[0]} has no class in {name}; leave it out.")
    return np.unique(of_one_kind(name, labels), return_inverse=True)[1]


def bootstrap(
    correct: np.ndarray,
    labels: npt.ArrayLike | None = None,
    draws: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Percentile bootstrap interval of an accuracy (Efron 1979).

    Parameters
    ----------
    correct : (n,) bool
        Which images are correct.
    labels : (n,) int, optional
        Without: images are drawn, with replacement. With: whole classes are drawn, each with all
        its images. Images of one class tend to be correct or incorrect together, so this interval
        is wider; it answers what other classes of this sort would give.
    draws : int
        How many.
    seed : int
    confidence : float

    Returns
    -------
    (low, high)
        NaN where there is one class only, which says nothing of others. An accuracy of 0 or 1 gives
        an interval of no width: use :func:`clipnb.evaluation.wilson` there.
    """
    whole("draws", draws, 1)
    whole("seed", seed, 0)
    real("confidence", confidence, 0, 1)
    correct = np.asarray(array_of(correct), float)
    units = np.arange(len(correct)) if labels is None else numbered("labels", labels, len(correct))
    sizes, hits = np.bincount(units), np.bincount(units, weights=correct)
    if len(sizes) < 2:
        return np.nan, np.nan
    chance = np.random.default_rng(seed)
    means = []
    for _ in range(draws):  # one draw at a time: memory stays small for any number of images
        chosen = chance.integers(len(sizes), size=len(sizes))
        means.append(hits[chosen].sum() / sizes[chosen].sum())
    low, high = np.quantile(means, [0.5 - confidence / 2, 0.5 + confidence / 2])
    return float(low), float(high)


def mcnemar(before: np.ndarray, after: np.ndarray) -> tuple[int, int, float]:
    """Images fixed and broken from one classifier to another, and McNemar's exact two-sided p
    (McNemar 1947).

    Parameters
    ----------
    before, after : (n,) bool
        Which images are classified correctly; the same images in the same order.
    """
    from scipy.stats import binomtest

    before, after = np.asarray(before), np.asarray(after)
    if before.dtype != bool or after.dtype != bool or before.shape != after.shape:
        raise ValueError(
            "McNemar's test takes two boolean arrays of one length, but got"
            f" {before.dtype} {before.shape} and {after.dtype} {after.shape}."
        )
    fixed, broken = int((~before & after).sum()), int((before & ~after).sum())
    p = float(binomtest(fixed, fixed + broken).pvalue) if fixed + broken else 1.0
    return fixed, broken, p


def holm(p: npt.ArrayLike) -> np.ndarray:
    """Holm's step-down correction (Holm 1979): p values such that calling all below 0.05 real errs
    once or more in 5 % of studies at most.

    It holds for tests that depend on each other. NaN, where nothing was tested, stays NaN and is
    not counted.
    """
    p = np.asarray(p, float)
    if outside := [one for one in p.ravel().tolist() if one < 0 or one > 1]:
        raise ValueError(f"A p value is {outside[0]:g}; it lies between 0 and 1.")
    result = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    result[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return result


@overload
def half_width(n: int) -> float: ...


@overload
def half_width(n: np.ndarray) -> np.ndarray: ...


def half_width(n: int | np.ndarray) -> float | np.ndarray:
    """Half of Wilson's 95 % interval where it is widest, at an accuracy of one half: z / (2 √(n +
    z²)) (Wilson 1927)."""
    return Z / (2 * np.sqrt(n + Z**2))


def images_needed(half: float) -> int:
    """How many images make Wilson's 95 % interval no wider than ± ``half``, whatever the
    accuracy: z² / 4h² - z², rounded up; at least 1."""
    if not 0 < half < 1:
        raise ValueError(f"half is {half}; the half-width of an interval lies between 0 and 1.")
    return max(1, int(np.ceil((Z / (2 * half)) ** 2 - Z**2)))


def p_text(p: float) -> str:
    """A p as tables and prompts write it: three decimals, "<0.001" below that."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def percent(share: float) -> str:
    """A share in whole per cent; 0 % means none and 100 % means all, so what is near them has a
    decimal."""
    text = f"{100 * share:.0f}"
    if text in ("0", "100") and 0 < share < 1:
        text = f"{min(max(100 * share, 0.1), 99.9):.1f}"
    return f"{text} %"


def feature_auc(features: npt.ArrayLike, truth: npt.ArrayLike) -> np.ndarray:
    """Area under the ROC curve of every feature for every attribute: the probability that a random
    image with the attribute has a larger value than a random image without it; ties count half.

    Parameters
    ----------
    features : (n, f) float array-like
    truth : (n, a) bool array-like

    Returns
    -------
    (a, f) float array
        NaN for an attribute that all images have, or none.

    Raises
    ------
    ValueError
        If the numbers of images differ, there are none, a feature holds NaN, or ``truth`` is
        neither true nor false.
    """
    from scipy.stats import rankdata

    values, has = np.asarray(array_of(features), float), booleans("truth", truth)
    if values.ndim != 2 or has.ndim != 2 or len(values) != len(has) or not len(values):
        raise ValueError(
            f"features are {values.shape} and truth is {has.shape}; both need the same images, at"
            " least one, as rows."
        )
    if np.isnan(values).any():
        image, feature = np.argwhere(np.isnan(values))[0]
        raise ValueError(f"Feature {feature} of image {image} is NaN.")
    ranks, positive = rankdata(values, axis=0), has.sum(0)[:, None].astype(float)
    pairs = positive * (len(has) - positive)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (has.T @ ranks - positive * (positive + 1) / 2) / pairs
