"""Accuracy over name frequency: when does a description help?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..support.arguments import whole
from ..support.arrays import array_of
from ..support.names import in_order
from .hits import check_classifiers, check_data, correct
from .statistics import bootstrap, wilson

if TYPE_CHECKING:
    from ..classify.zeroshot import ZeroShotClassifier
    from ..data.images import ImageDataset

    Frequencies: TypeAlias = npt.ArrayLike | Mapping[str, int]

# lower ends of the bands; the first is for names that training never wrote
BAND_STARTS = (0, 1, 31, 301)


def by_name_frequency(
    classifiers: Mapping[str, ZeroShotClassifier],
    data: ImageDataset,
    frequencies: Frequencies | None = None,
) -> pd.DataFrame:
    """Accuracy of several classifiers in bands of name frequency (compare Udandarao et al. 2024,
    Parashar et al. 2023).

    Parameters
    ----------
    classifiers : mapping
        What to call it → :class:`ZeroShotClassifier`.
    data : ImageDataset
    frequencies : (classes,) int, or mapping, optional
        How many training captions contain each class name, in the order of ``data.class_names``; a
        mapping or a Series with the names as its index is read by name. By default
        ``data.name_frequency``, which the field guide has.

    Returns
    -------
    pandas.DataFrame
        A row per classifier and band: ``method``, ``band`` ("0", "1–30", "31–300", "301+"),
        ``frequency`` (geometric mean in the band, 0 in the first), ``classes``, ``n``,
        ``accuracy``, ``low`` and ``high``: 95 % interval over classes, since the images of one
        class share its name (bootstrap; Wilson's where all images or none are correct). Bands
        without classes are left out.

    Raises
    ------
    ValueError
        If the frequencies are not known, or not one whole number for each class.
    """
    check_classifiers(classifiers)
    check_data(data)
    known = _frequencies(data, frequencies)
    band_of = _bands(known)
    rows = []
    for method, classifier in classifiers.items():
        right = correct(classifier, data)
        for band in np.unique(band_of[data.labels]):
            which = band_of[data.labels] == band
            labels = data.labels[which]
            low, high = bootstrap(right[which], labels)
            if np.isnan(low) or low == high:
                low, high = wilson(int(right[which].sum()), int(which.sum()))
            rows.append(
                {
                    "method": method,
                    **_band_row(int(band), known[np.unique(labels)]),
                    "n": int(which.sum()),
                    "accuracy": right[which].mean(),
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Crossing:
    """Where one classifier overtakes another as names become more frequent: :func:`crossing`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row per band: ``band``, ``frequency``, ``classes``, ``n`` as in
        :func:`by_name_frequency`; ``difference`` (accuracy of the first classifier minus that of
        the second, on the same images), and its 95 % interval over classes, ``low`` and ``high``.
    frequency : float
        From this name frequency on the first classifier is at least as good: interpolated on a
        logarithmic scale between the two neighbouring bands. 0 if it is so in every band, infinity
        if not even in the most frequent one.
    low, high : float
        Its 95 % interval, with whole classes drawn within each band.
    """

    table: pd.DataFrame
    frequency: float
    low: float
    high: float

    def better(self, which: int) -> list[str]:
        """The bands in which the first (0) or the second (1) classifier is better, and the interval
        excludes 0."""
        better = self.table["low"] > 0 if which == 0 else self.table["high"] < 0
        return list(self.table["band"][better])


def crossing(
    first: ZeroShotClassifier,
    second: ZeroShotClassifier,
    data: ImageDataset,
    frequencies: Frequencies | None = None,
    draws: int = 2000,
    seed: int = 0,
) -> Crossing:
    """Where the accuracies of two classifiers cross over name frequency.

    Parameters
    ----------
    first, second : ZeroShotClassifier
        Usually by name, and by description.
    data : ImageDataset
    frequencies : (classes,) int, or mapping, optional
        As for :func:`by_name_frequency`.
    draws : int
        How often classes are drawn for the intervals.
    seed : int

    Raises
    ------
    ValueError
        If the frequencies are not known, or not one whole number for each class.
    """
    whole("draws", draws, 1)
    check_data(data)
    known = _frequencies(data, frequencies)
    gains = correct(first, data).astype(float) - correct(second, data)
    chance = np.random.default_rng(seed)
    rows, drawn = [], []
    labels = np.unique(data.labels)
    sizes = np.bincount(data.labels, minlength=len(known))
    sums = np.bincount(data.labels, weights=gains, minlength=len(known))
    band_of = _bands(known)
    for band in np.unique(band_of[labels]):
        own = labels[band_of[labels] == band]
        chosen = own[chance.integers(len(own), size=(draws, len(own)))]
        drawn.append(sums[chosen].sum(1) / sizes[chosen].sum(1))
        # one class says nothing of others
        low, high = np.quantile(drawn[-1], [0.025, 0.975]) if len(own) > 1 else (np.nan, np.nan)
        rows.append(
            {
                **_band_row(int(band), known[own]),
                "n": int(sizes[own].sum()),
                "difference": sums[own].sum() / sizes[own].sum(),
                "low": float(low),
                "high": float(high),
            }
        )
    table = pd.DataFrame(rows)
    at = np.log10(1 + table["frequency"].to_numpy())
    found = _crossed(table["difference"].to_numpy()[None], at)[0]
    spread = _crossed(np.stack(drawn, axis=1), at)
    # sorted values and no interpolation, since some may be infinite
    low, high = np.quantile(spread, [0.025, 0.975], method="inverted_cdf")
    return Crossing(table, float(found), float(low), float(high))


def _crossed(differences: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Frequency from which the differences (draws, bands) are not below 0 any more; the bands lie
    at ``at`` = log10(1 + frequency)."""
    result = np.zeros(len(differences))
    for row, values in enumerate(differences):
        below = np.flatnonzero(values < 0)
        if not len(below):
            continue
        last = below[-1]
        if last + 1 == len(values):
            result[row] = np.inf
            continue
        share = values[last] / (values[last] - values[last + 1])
        result[row] = 10 ** (at[last] + share * (at[last + 1] - at[last])) - 1
    return result


def _frequencies(data: ImageDataset, given: Frequencies | None) -> np.ndarray:
    known = data.name_frequency if given is None else given
    if known is None:
        raise ValueError(
            "It is not known how often these class names occur in training; give frequencies, one"
            " whole number for each class."
        )
    numbers = array_of(in_order("frequencies", known, data.class_names))
    if numbers.shape != (len(data.class_names),):
        raise ValueError(
            f"There are {numbers.size} frequencies for {len(data.class_names)} classes; give one"
            " for each class."
        )
    if not np.issubdtype(numbers.dtype, np.integer) or (numbers < 0).any():
        raise ValueError("A frequency is a whole number of captions, 0 or more; give counts.")
    return numbers


def _bands(known: np.ndarray) -> np.ndarray:
    return np.searchsorted(BAND_STARTS, known, "right") - 1


def _band_row(band: int, in_band: np.ndarray) -> dict[str, object]:
    """What a band is called, the geometric mean of its frequencies, and its number of classes."""
    frequency = float(np.exp(np.log(in_band).mean())) if band else 0.0
    return {"band": _band_name(band), "frequency": frequency, "classes": len(in_band)}


def _band_name(band: int) -> str:
    if band + 1 == len(BAND_STARTS):
        return f"{BAND_STARTS[band]}+"
    last = BAND_STARTS[band + 1] - 1
    return str(last) if BAND_STARTS[band] == last else f"{BAND_STARTS[band]}–{last}"
