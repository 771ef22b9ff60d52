"""How good is a classifier, and is it better than another: accuracy with intervals, paired counts, an exact test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .images import ImageDataset


def correct(classifier, data: ImageDataset) -> np.ndarray:
    """Which pictures are classified right, (n,) bool; classes are matched by name, whatever their order.

    Raises
    ------
    ValueError
        If a picture has no label, or the classifier lacks the class of a picture: then the accuracy would mean nothing.
    """
    if (data.labels < 0).any():
        raise ValueError(f"{int((data.labels < 0).sum())} pictures have no label; only labelled pictures can be scored.")
    present = [data.class_names[i] for i in np.unique(data.labels)]
    if missing := [name for name in present if name not in classifier.class_names]:
        raise ValueError(
            f"The classifier has no class '{missing[0]}'" + (f" and {len(missing) - 1} more of" if missing[1:] else ", which is in") + " the data;"
            " the names must be the same, letter by letter."
        )
    return np.array(classifier.predict(data).labels) == np.array(data.class_names)[data.labels]


def wilson(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a proportion (Wilson 1927)."""
    from scipy.stats import binomtest

    interval = binomtest(int(hits), int(n)).proportion_ci(confidence, "wilson")
    return interval.low, interval.high


def mcnemar(before: np.ndarray, after: np.ndarray) -> tuple[int, int, float]:
    """Pictures fixed and broken from one classifier to another, and McNemar's exact two-sided p."""
    from scipy.stats import binomtest

    fixed, broken = int((~before & after).sum()), int((before & ~after).sum())
    p = binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0
    return fixed, broken, p


def compare(classifiers: Mapping, data: ImageDataset):
    """Compare classifiers on the same pictures; the first is the baseline.

    Parameters
    ----------
    classifiers : mapping, what to call it → ZeroShotClassifier
    data : ImageDataset with labels; ``data.select`` gives subsets

    Returns
    -------
    pandas.DataFrame
        A row per classifier: ``n``, ``accuracy`` (top-1), ``low`` and ``high`` (95 % Wilson interval), and against the baseline ``fixed``,
        ``broken`` (pictures that became right, wrong) and ``p`` (exact McNemar test).
    """
    import pandas as pd

    if not classifiers:
        raise ValueError("compare needs at least one classifier: compare({'name': classifier}, data).")
    if not len(data):
        raise ValueError("There are no pictures to compare on.")
    rows, baseline = [], None
    for name, classifier in classifiers.items():
        right = correct(classifier, data)
        low, high = wilson(right.sum(), len(right))
        row = {"method": name, "n": len(right), "accuracy": right.mean(), "low": low, "high": high}
        if baseline is None:
            baseline = right
        else:
            row["fixed"], row["broken"], row["p"] = mcnemar(baseline, right)
        rows.append(row)
    frame = pd.DataFrame(rows).set_index("method")
    for column in ("fixed", "broken"):
        if column in frame:
            frame[column] = frame[column].astype("Int64")
    return frame
