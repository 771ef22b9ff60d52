"""What a report says of images that resemble no class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..evaluation.abstain import uncalibrated
from ..evaluation.hits import true_answers
from ..evaluation.statistics import percent, wilson
from ..support.text import printable

if TYPE_CHECKING:
    from ..classify.zeroshot import Prediction
    from ..data.images import ImageDataset
    from ..evaluation.abstain import Rejection


NAMED = 3  # files that are named, the least confident first


def none_of_these(
    prediction: Prediction, data: ImageDataset, reject: Rejection | None
) -> list[str]:
    """How many images resemble no class, which, by what threshold, and where that comes from; in
    words.

    Parameters
    ----------
    prediction : Prediction
        Of the images of ``data``.
    data : ImageDataset
        Labels may be missing.
    reject : Rejection, optional
        Without, the limit of :func:`clipnb.evaluation.abstain.uncalibrated`.
    """
    used = reject or uncalibrated(prediction.classifier)
    rejected, n = used.rejects(prediction), len(data)
    count = int(rejected.sum())
    said = f"Images that resemble no class: {count} of {n} ({percent(count / n)})"
    if count:
        first = np.argsort(used.confidence(prediction), kind="stable")[: min(count, NAMED)]
        said += ", such as " + ", ".join(f"‘{printable(data.sources[i])}’" for i in first)
    said += (
        f". For these, the {used.confidence.words} is below {used.threshold:.3g}; the threshold was"
        f" {used.origin}."
    )
    if both := len(used.keys.intersection(data.keys)):
        said += f" {both} of these images set it themselves, so the count is too low."
    if reject is None:
        said += " Set one with reject=calibrate_rejection(…), or --calibrate FOLDER."
    return [said, *_others(prediction, data, rejected)]


def _others(prediction: Prediction, data: ImageDataset, rejected: np.ndarray) -> list[str]:
    """How accurate the answers for the other images are, where some are rejected and labelled."""
    kept = ~rejected & (data.labels >= 0)
    if not rejected.any() or not kept.any():
        return []
    right = prediction.indices == true_answers(prediction.class_names, data)
    hits, n = int(right[kept].sum()), int(kept.sum())
    low, high = wilson(hits, n)
    return [
        f"Without them, {hits} of {n} labelled images are classified correctly,"
        f" {percent(hits / n)} (95 % interval {percent(low)} to {percent(high)}). All other figures"
        " of this report count every image."
    ]
