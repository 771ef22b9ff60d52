"""What each prompt adds to the score of its own class, as it is and centred: the two halves of a
margin, for figures and reports that show classes one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from ..classify.pooling import winner_weights
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


class OwnParts(NamedTuple):
    """The prompts of one class for each of n images, and what they add to its score; columns are as
    many as the largest of these classes has prompts.

    Attributes
    ----------
    prompts : (n, k) int64
        Positions in ``table.prompts``; -1 where the class has fewer prompts.
    cosines, parts : (n, k) float32
        NaN where there is no prompt; parts also for a prompt that does not count.
    """

    prompts: torch.Tensor
    cosines: torch.Tensor
    parts: torch.Tensor


def own_parts(
    classifier: ZeroShotClassifier,
    embeddings: torch.Tensor,
    classes: Sequence[int] | np.ndarray,
    reference: Reference | None = None,
) -> OwnParts:
    """As :func:`class_parts`, but of each image for one class only, whose prompts are all that is
    looked at: the time does not grow with the number of classes.

    Parameters
    ----------
    embeddings : (n, dim) float32 tensor
    classes : (n,) int
        The class of each image whose prompts are asked for.
    reference : Reference, optional
    """
    sizes = torch.as_tensor(np.bincount(classifier.table.groups))
    firsts, wanted = sizes.cumsum(0) - sizes, torch.as_tensor(np.asarray(classes, np.int64))
    columns = torch.arange(int(sizes[wanted].max()) if len(wanted) else 0)
    absent = columns[None] >= sizes[wanted][:, None]
    prompts = (firsts[wanted][:, None] + columns).masked_fill(absent, 0)
    texts = classifier.text_embeddings[prompts]
    cosines = (texts @ embeddings[:, :, None])[:, :, 0]
    if classifier.pooling == "max":
        groups = np.zeros(len(columns), int)
        weights = winner_weights(cosines.masked_fill(absent, -torch.inf), groups)
    else:
        weights = classifier.prompt_weights()[prompts]
    counted = cosines
    if reference is not None:
        means = reference.mean_cosines(texts.flatten(0, 1)).reshape(prompts.shape)
        counted = cosines - torch.as_tensor(means, dtype=cosines.dtype)
    parts = (weights * counted).masked_fill(absent | (weights == 0), torch.nan)
    return OwnParts(prompts.masked_fill(absent, -1), cosines.masked_fill(absent, torch.nan), parts)


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
    classifier, numbers = prediction.classifier, {}
    shown = [prediction.class_index(name) for name in dict.fromkeys(table["class"])]
    image = prediction.image_embeddings[index].expand(len(shown), -1)
    own = own_parts(classifier, image, shown, known)
    for c, prompts, parts in zip(shown, own.prompts, own.parts.nan_to_num(0.0)):
        name = prediction.class_names[c]
        rows = classifier.table[name]
        means = known.mean_cosines(classifier.text_embeddings[prompts[: len(rows)]])
        numbers |= zip(((name, row) for row in rows), zip(means.tolist(), parts.tolist()))
    found = [numbers[key] for key in zip(table["class"], table["prompt"])]
    return table.assign(
        mean_cosine=[mean for mean, _ in found], centred=[part for _, part in found]
    )
