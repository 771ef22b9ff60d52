"""Are the probabilities calibrated? Of the images that get 0.8, eight in ten should be classified
correctly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..data.images import ImageDataset
from ..support.arguments import real, whole
from .hits import check_data, check_labels, check_predicted, true_answers

if TYPE_CHECKING:
    import pandas as pd

    from ..classify.zeroshot import Prediction


def reliability(prediction: Prediction, data: ImageDataset, bins: int = 10) -> pd.DataFrame:
    """The reliability curve: images sorted into bins by the probability of their best class (Guo
    et al. 2017, section 2).

    Parameters
    ----------
    prediction : Prediction
        Of a classifier, for the images of ``data``.
    data : ImageDataset
        With labels.
    bins : int
        Of equal width, from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        One row per bin: ``low`` and ``high`` (the bin is low < probability ≤ high), ``n``,
        ``confidence`` (mean probability of the best class) and ``accuracy``; the two are empty
        where there is no image. Confidence above accuracy is overconfidence.
    """
    correct = correct_of(prediction, data)
    return _bin(prediction.confidence.double().numpy(), correct, bins)


def calibration_error(prediction: Prediction, data: ImageDataset, bins: int = 10) -> float:
    """Expected calibration error: how far accuracy and confidence lie apart, as a mean over the
    bins (Guo et al. 2017, equation 3).

    The bins are weighted by their numbers of images. It depends on the number of bins, and with few
    images it is above zero even for perfect probabilities.

    Parameters
    ----------
    prediction : Prediction
        Of a classifier, for the images of ``data``.
    data : ImageDataset
        With labels.
    bins : int
        Of equal width, from 0 to 1.
    """
    return error_of(reliability(prediction, data, bins))


def calibration_by_scale(
    prediction: Prediction, data: ImageDataset, scales: Iterable[float], bins: int = 10
) -> pd.DataFrame:
    """What the logit scale does: the same scores, other probabilities.

    softmax(scale · score) at another scale never changes which class is best, only how confident
    it is. CLIP learns one scale for single captions; pooled scores lie closer together, and
    may need another.

    Parameters
    ----------
    prediction : Prediction
        Of a CLIP; a SigLIP has a probability for every class by itself, and no softmax.
    data : ImageDataset
        With labels.
    scales : iterable of float
        The logit scales to try; the model's own is ``clip.logit_scale``.
    bins : int
        As for :func:`reliability`.

    Returns
    -------
    pandas.DataFrame
        One row per scale: ``scale``, ``accuracy``, ``confidence`` (mean), ``error`` (expected
        calibration error) and ``loss`` (mean -log probability of the true class, which unlike the
        error cannot be made small by being correct on average only). Choosing the scale that does
        best takes labels: do it on other images than those it is reported on.
    """
    import pandas as pd

    correct = correct_of(prediction, data)
    if prediction.classifier.clip.sigmoid:
        raise ValueError(
            "The logit scale is studied for softmax probabilities; a SigLIP gives every class a"
            " probability by itself."
        )
    if not isinstance(scales, Iterable):
        raise ValueError(f"scales is {scales}; give a list of logit scales: [{scales}].")
    if not (scales := list(scales)):
        raise ValueError("There are no scales; give at least one.")
    for scale in scales:
        real("A logit scale", scale, -float("inf"), float("inf"))
        if not 0 < scale < float("inf"):
            raise ValueError(f"A logit scale is {scale}; it must be more than 0.")
    truth = torch.from_numpy(true_answers(prediction.class_names, data))
    found = [
        [_at_scale(scores, truth[which], scale) for scale in scales]
        for which, scores, _ in prediction.blocks()
    ]
    rows = []
    for scale, parts in zip(scales, zip(*found)):
        confidence = torch.cat([best for best, _ in parts]).numpy()
        loss = -torch.cat([true for _, true in parts]).mean().item()
        rows.append(
            {
                "scale": float(scale),
                "accuracy": correct.mean(),
                "confidence": confidence.mean(),
                "error": error_of(_bin(confidence, correct, bins)),
                "loss": loss,
            }
        )
    return pd.DataFrame(rows)


def _at_scale(
    scores: torch.Tensor, truth: torch.Tensor, scale: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Of every image the probability of its best class and the log probability of the true one."""
    logs = (scale * scores.double()).log_softmax(1)
    return logs.max(1).values.exp(), logs.gather(1, truth[:, None])[:, 0]


def correct_of(prediction: Prediction, data: ImageDataset) -> np.ndarray:
    """Which images have their true class as the best one, (n,) bool, whether rejected or not;
    ValueError if prediction and data do not fit together, or there is no image."""
    check_predicted(prediction, data)
    check_data(data, "be correct or incorrect on")
    check_labels(prediction.class_names, data)
    return prediction.indices == true_answers(prediction.class_names, data)


def _bin(confidence: np.ndarray, correct: np.ndarray, bins: int) -> pd.DataFrame:
    import pandas as pd

    whole("bins", bins, 1)
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    n = np.bincount(place, minlength=bins)
    sums = {
        name: np.bincount(place, weights=values, minlength=bins)
        for name, values in {"confidence": confidence, "accuracy": correct}.items()
    }
    means = {
        name: np.where(n > 0, values / np.maximum(n, 1), np.nan) for name, values in sums.items()
    }
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "n": n, **means})


def error_of(table: pd.DataFrame) -> float:
    """The expected calibration error of a table of :func:`reliability`."""
    full = table.loc[table["n"] > 0]
    gaps = np.abs(full["accuracy"].to_numpy() - full["confidence"].to_numpy())
    return float((gaps * full["n"].to_numpy()).sum() / full["n"].sum())
