"""Which descriptors tell a class from its neighbours? Chosen without training and without
labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import normalize

from ..model.clip import Clip
from ..support.arguments import whole
from .blocks import row_blocks
from .classifier import embedded
from .descriptors import DescriptorSet
from .prompts import descriptor_prompts, rows_of
from .zeroshot import ZeroShotClassifier

if TYPE_CHECKING:
    import pandas as pd

    from ..data.images import ImageDataset


def descriptor_margins(
    clip: Clip,
    descriptors: Mapping[str, list[str]],
    images: ImageDataset | torch.Tensor | None = None,
    neighbours: int = 10,
    images_per_class: int = 5,
) -> pd.DataFrame:
    """How much better every descriptor fits its own class than the classes that are easily confused
    with it.

    A class stands for the mean of its descriptors' embeddings (for the descriptor that is judged:
    the mean of the others), or, where images are given, for the mean of the images that its whole
    description likes best. Neighbours are the classes with the most similar descriptions.

    Parameters
    ----------
    clip : Clip
    descriptors : DescriptorSet or mapping
        Class → descriptors.
    images : ImageDataset or (n, dim) tensor, optional
        Images of these classes; labels are not looked at.
    neighbours : int
        Classes that a descriptor is held against.
    images_per_class : int
        Images that stand for a class.

    Returns
    -------
    pandas.DataFrame
        One row per descriptor: ``class``, ``descriptor``, ``own`` (its cosine with its own class),
        ``others`` (with the neighbours, mean), ``margin`` = own - others; in the order of the
        descriptors.
    """
    import pandas as pd

    whole("neighbours", neighbours, 1)
    whole("images_per_class", images_per_class, 1)
    descriptors = rows_of(descriptors)
    if len(descriptors) < 2:
        raise ValueError(
            "Choosing descriptors needs at least two classes: a descriptor discriminates between"
            " classes."
        )
    classifier = ZeroShotClassifier(clip, descriptor_prompts(descriptors, include_name=False))
    groups, prompts = torch.as_tensor(classifier.table.groups), classifier.text_embeddings
    described = normalize(classifier.class_embeddings, dim=1)
    nearest = _nearest(described, min(neighbours, len(described) - 1))
    if images is None:
        stands = described
        sums = classifier.class_embeddings * torch.bincount(groups)[:, None]
        own = (prompts * normalize(sums[groups] - prompts, dim=1)).sum(1)
    else:
        embeddings = embedded(images, clip, prompts.shape[1])
        stands = _mean_of(embeddings, _likeliest(classifier, embeddings, images_per_class))
        own = (prompts * stands[groups]).sum(1)
    # the mean of dot products with the neighbours is the dot product with their mean
    others = (prompts * _mean_of(stands, nearest)[groups]).sum(1)
    table = classifier.table
    rows = {
        "class": [name for name in table for _ in table[name]],
        "descriptor": table.prompts,
        "own": own,
        "others": others,
    }
    return pd.DataFrame(rows).assign(margin=lambda frame: frame["own"] - frame["others"])


def _nearest(described: torch.Tensor, k: int) -> torch.Tensor:
    """The k most similar other classes of each class, (classes, k); similarities are computed for a
    block of classes at a time."""
    found = []
    for rows in row_blocks(len(described), len(described)):
        similar = described[rows] @ described.T
        similar[torch.arange(len(similar)), torch.arange(rows.start, rows.stop)] = -torch.inf
        found.append(similar.topk(k).indices)
    return torch.cat(found)


def _likeliest(classifier: ZeroShotClassifier, embeddings: torch.Tensor, k: int) -> torch.Tensor:
    """The k images with the highest scores for each class, (classes, k)."""
    k = min(k, len(embeddings))
    best = torch.empty((0, len(classifier.class_names)))
    images = torch.empty(best.shape, dtype=torch.int64)
    for rows, scores in classifier.score_blocks(embeddings):
        numbers = torch.arange(rows.start, rows.stop)[:, None].expand(scores.shape)
        candidates = torch.cat([best, scores]).topk(min(k, rows.stop), dim=0)
        best, images = candidates.values, torch.cat([images, numbers]).gather(0, candidates.indices)
    return images.T


def _mean_of(rows: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """The mean of some rows for each row of ``chosen``: (n, dim), (m, k) int → (m, dim)."""
    return sum((rows[column] for column in chosen.T), torch.zeros(())) / chosen.shape[1]


def select_descriptors(
    clip: Clip,
    descriptors: Mapping[str, list[str]],
    images: ImageDataset | torch.Tensor | None = None,
    keep: int = 4,
    neighbours: int = 10,
    images_per_class: int = 5,
) -> DescriptorSet:
    """The descriptors of each class with the largest margin over its neighbours, in their old
    order.

    The idea is after Ma et al. 2025 (*Does VLM Classification Benefit from LLM Description
    Semantics?*, AAAI): judge a description by what it does in the embedding space among the classes
    that are easily confused. The procedure here is simpler, and ours.

    Limits. A descriptor is kept for being unlike the neighbours' descriptions, which does not make
    it true, nor visible to the model. Without images, the selection knows only what the texts say.
    Notebook 05 compares both with as many descriptors at random, and with all of them.

    All other arguments are those of :func:`clipnb.classify.selection.descriptor_margins`.

    Parameters
    ----------
    keep : int
        Descriptors that a class keeps; a class with fewer keeps all.

    Returns
    -------
    DescriptorSet
    """
    whole("keep", keep, 1)
    descriptors = rows_of(descriptors)
    margins = descriptor_margins(clip, descriptors, images, neighbours, images_per_class)
    chosen = (
        margins.sort_values("margin", ascending=False, kind="stable")
        .groupby("class")
        .head(keep)
        .sort_index()
    )
    rows = chosen.groupby("class", sort=False)["descriptor"].agg(list)
    how = {
        "keep": keep,
        "neighbours": neighbours,
        "by": "descriptions alone" if images is None else "unlabelled images",
    }
    return DescriptorSet(
        {name: rows[name] for name in descriptors},
        {**getattr(descriptors, "provenance", {}), "selected": how},
    )
