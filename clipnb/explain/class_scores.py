"""What each prompt adds to the score of its own class, as it is and centred: the two halves of a
margin, for figures and reports that show classes one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from ..classify.zeroshot import Prediction, ZeroShotClassifier
from .reference import Reference, ReferenceLike, as_reference

if TYPE_CHECKING:
    import pandas as pd


def class_parts(
    classifier: ZeroShotClassifier,
    embeddings: torch.Tensor,
    reference: Reference | None = None,
    absent: float = 0.0,
) -> torch.Tensor:
    """What every prompt adds to the score of its own class, for many images at once.

    Parameters
    ----------
    embeddings : (n, dim) float32 tensor
    reference : Reference, optional
        With it, each cosine is counted from the prompt's mean: the values of a class add up to its
        score minus its mean score.
    absent : float
        The value for a prompt that does not count (with ``max``: all but the winners). A centred
        value can be negative, so 0 is not below those that count.

    Returns
    -------
    (n, prompts) float32 tensor
        Without a reference they add up to the class scores.
    """
    cosines = classifier.cosines(embeddings)
    weights = classifier.prompt_weights(cosines)
    if reference is not None:
        means = reference.mean_cosines(classifier.text_embeddings)
        cosines = cosines - torch.as_tensor(means, dtype=cosines.dtype)
    return (weights * cosines).masked_fill(weights == 0, absent)


def class_reasons(
    prediction: Prediction,
    index: int = 0,
    classes: int | Sequence[str] = 2,
    reference: ReferenceLike | None = None,
) -> pd.DataFrame:
    """``Prediction.explain`` with centred values beside the raw ones.

    Parameters
    ----------
    prediction, index, classes
        As for :meth:`clipnb.Prediction.explain`.
    reference
        As for :func:`clipnb.contributions`.

    Returns
    -------
    pandas.DataFrame
        The columns and the order of ``Prediction.explain``, and ``mean_cosine`` and ``centred``:
        the prompt's mean cosine over the reference images, and its weight times what its cosine
        exceeds that by. The centred values of a class add up to its score minus its mean score
        (``max``: minus the mean cosine of the winning prompt). Both are NaN without a reference: a
        single class has no midpoint.
    """
    known = as_reference(reference, prediction)
    table = prediction.explain(index, classes)
    if known is None:
        return table.assign(mean_cosine=float("nan"), centred=float("nan"))
    classifier = prediction.classifier
    parts = class_parts(classifier, prediction.image_embeddings[index][None], known)[0].tolist()
    means = known.mean_cosines(classifier.text_embeddings).tolist()
    owners = [name for name, row in classifier.table.items() for _ in row]
    numbers = dict(zip(zip(owners, classifier.table.prompts), zip(means, parts)))
    found = [numbers[key] for key in zip(table["class"], table["prompt"])]
    return table.assign(
        mean_cosine=[mean for mean, _ in found], centred=[part for _, part in found]
    )
