"""Accuracy over name frequency: when does a description help?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from .comparison import correct
from .statistics import bootstrap, wilson

if TYPE_CHECKING:
    from ..classify.zeroshot import ZeroShotClassifier
    from ..data.images import ImageDataset

# lower ends of the bands; the first is for names that training never wrote
BAND_STARTS = (0, 1, 31, 301)


def by_name_frequency(
    classifiers: Mapping[str, ZeroShotClassifier],
    data: ImageDataset,
    frequencies: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Accuracy of several classifiers in bands of name frequency (compare Udandarao et al. 2024,
    Parashar et al. 2023).

    Parameters
    ----------
    classifiers : mapping
        What to call it → :class:`ZeroShotClassifier`.
    data : ImageDataset
    frequencies : (classes,) int, optional
        How many training captions contain each class name; by default ``data.name_frequency``,
        which the field guide has.

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
    known = _frequencies(data, frequencies)
    band_of = np.searchsorted(BAND_STARTS, known, "right") - 1
    rows = []
    for method, classifier in classifiers.items():
        right = correct(classifier, data)
        for band in np.unique(band_of[data.labels]):
            which = band_of[data.labels] == band
            labels = data.labels[which]
            in_band = known[np.unique(labels)]
            low, high = bootstrap(right[which], labels)
            if np.isnan(low) or low == high:
                low, high = wilson(int(right[which].sum()), int(which.sum()))
            rows.append(
                {
                    "method": method,
                    "band": _band_name(int(band)),
                    "frequency": float(np.exp(np.log(in_band).mean())) if band else 0.0,
                    "classes": len(in_band),
                    "n": int(which.sum()),
                    "accuracy": right[which].mean(),
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def _frequencies(data: ImageDataset, given: npt.ArrayLike | None) -> np.ndarray:
    known = data.name_frequency if given is None else given
    if known is None:
        raise ValueError(
            "It is not known how often these class names occur in training; give frequencies, one"
            " whole number for each class."
        )
    numbers = np.asarray(known)
    if numbers.shape != (len(data.class_names),):
        raise ValueError(
            f"There are {numbers.size} frequencies for {len(data.class_names)} classes; give one"
            " for each class."
        )
    if not np.issubdtype(numbers.dtype, np.integer) or (numbers < 0).any():
        raise ValueError("A frequency is a whole number of captions, 0 or more; give counts.")
    return numbers


def _band_name(band: int) -> str:
    if band + 1 == len(BAND_STARTS):
        return f"{BAND_STARTS[band]}+"
    last = BAND_STARTS[band + 1] - 1
    return str(last) if BAND_STARTS[band] == last else f"{BAND_STARTS[band]}–{last}"
