"""Four rules that pool the cosines of a class's prompts into its score, and the weight with which
each prompt enters it.

The weights belong to the classifier, not to an explanation of it: ``Prediction.explain`` needs them
here, and ``clipnb.explain``, which is a level above, builds margins and centred values on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import normalize

from ..model.rows import tensor_of
from ..support.arrays import array_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

POOLINGS = ("mean", "centroid", "raw_mean", "max")
TINY = 1e-12  # the least length that torch's ``normalize`` divides by
NEIGHBOURS = 64  # classes of which :func:`leading` looks at the best score first


def pool(scores: ArrayLike, groups: ArrayLike, how: str = "mean") -> torch.Tensor:
    """Pool prompt scores into class scores.

    Parameters
    ----------
    scores : (n, prompts) array or tensor
        The cosine of every image with every prompt.
    groups : (prompts,) int
        The class of every prompt; classes are 0 … max.
    how : {"mean", "max"}
        ``mean`` is the paper's rule (Menon & Vondrick 2023, equation 1). "centroid" and "raw_mean"
        need the embeddings and are :class:`ZeroShotClassifier`'s.

    Returns
    -------
    (n, classes) float32 tensor

    Raises
    ------
    ValueError
        If the shapes do not belong together, a class has no prompt, or ``how`` is unknown.

    Examples
    --------
    >>> clipnb.pool([[0.2, 0.4, 0.1]], [0, 0, 1])  # prompts of class 0, 0 and 1
    tensor([[0.3000, 0.1000]])
    >>> clipnb.pool([[0.2, 0.4, 0.1]], [0, 0, 1], how="max")
    tensor([[0.4000, 0.1000]])
    """
    scores, given = tensor_of(scores).to(torch.float32), array_of(groups)
    if given.dtype.kind not in "iu" or (given < 0).any():
        raise ValueError("groups must be class indices: integers from 0 on.")
    groups = torch.as_tensor(given.astype(np.int64))
    if scores.ndim != 2 or groups.shape != scores.shape[1:]:
        raise ValueError(
            "scores must be (n, prompts) and groups (prompts,), but they are"
            f" {tuple(scores.shape)} and {tuple(groups.shape)}."
        )
    classes = int(groups.max()) + 1
    counts = torch.bincount(groups, minlength=classes)
    if (counts == 0).any():
        raise ValueError(
            f"Class {int((counts == 0).nonzero()[0, 0])} has no prompt in groups; every class"
            " needs at least one."
        )
    if how == "mean":
        # whole rows at a time: several times faster than columns
        rows = torch.zeros(classes, len(scores)).index_add_(0, groups, scores.T)
        return (rows / counts[:, None]).T
    if how == "max":
        return torch.full((len(scores), classes), -torch.inf).scatter_reduce_(
            1, groups.expand_as(scores), scores, "amax"
        )
    raise ValueError(
        f"how is '{how}'; it can be 'mean' or 'max' ('centroid' and 'raw_mean' need the embeddings:"
        " ZeroShotClassifier)."
    )


def twins(rows: Iterable[Sequence[str]]) -> list[tuple[int, int]]:
    """(later, first) for every class whose prompts are those of an earlier class. A matrix product
    may round equal columns differently, so their scores are copied."""
    first: dict[tuple[str, ...], int] = {}
    firsts = [first.setdefault(tuple(row), i) for i, row in enumerate(rows)]
    return [(i, earlier) for i, earlier in enumerate(firsts) if earlier != i]


def ranking(scores: torch.Tensor) -> torch.Tensor:
    """Classes from the highest score to the lowest; of equal scores, the class that comes first.

    Parameters
    ----------
    scores : (classes,) or (n, classes) tensor

    Returns
    -------
    int64 tensor of the same shape
        Indices of classes. ``argmax`` and ``topk`` of torch do not say which of two equal scores
        they return, so every choice of a best class goes through this function.
    """
    return scores.argsort(dim=-1, descending=True, stable=True)


def leading(scores: torch.Tensor, k: int = 1) -> torch.Tensor:
    """The first ``k`` columns of :func:`ranking`, many times faster for many classes.

    Only groups of neighbouring classes whose best score is among the ``k`` best of all groups can
    hold one of the ``k`` best classes, so only those are sorted.

    Parameters
    ----------
    scores : (n, classes) tensor
    k : int
        At most the number of classes.

    Returns
    -------
    (n, k) int64 tensor
    """
    classes = scores.shape[1]
    whole = classes // NEIGHBOURS
    if classes <= 4 * NEIGHBOURS or whole <= k:
        return ranking(scores)[:, :k]
    best = scores[:, : whole * NEIGHBOURS].unflatten(1, (whole, NEIGHBOURS)).amax(2)
    if rest := classes - whole * NEIGHBOURS:
        best = torch.cat([best, scores[:, -rest:].amax(1, keepdim=True)], 1)
    chosen = ranking(best)[:, :k].sort(dim=1).values
    columns = (chosen[:, :, None] * NEIGHBOURS + torch.arange(NEIGHBOURS)).flatten(1)
    found = scores.gather(1, columns.clamp_max(classes - 1))
    found = found.masked_fill(columns >= classes, -torch.inf)
    return columns.gather(1, ranking(found)[:, :k])


def class_embeddings(embeddings: torch.Tensor, groups: ArrayLike, pooling: str) -> torch.Tensor:
    """What an image embedding is multiplied with to score a class, (classes, dim), for the rules
    that do not depend on the image; :class:`ZeroShotClassifier` defines them.

    Parameters
    ----------
    embeddings : (prompts, dim) float tensor
        Projected text embeddings, not normalised.
    groups : (prompts,) int
    pooling : {"mean", "centroid", "raw_mean"}

    Raises
    ------
    ValueError
        For ``max``, which has no such embedding.
    """
    if pooling == "max":
        raise ValueError(
            "'max' pooling has no class embeddings; the best prompt differs from image to image."
        )
    rows = embeddings if pooling == "raw_mean" else normalize(embeddings, dim=-1)
    means = pool(rows.T, groups).T
    return means if pooling == "mean" else normalize(means, dim=-1)


def linear_weights(embeddings: torch.Tensor, groups: ArrayLike, pooling: str) -> torch.Tensor:
    r"""The weight of each prompt in the score of its class, for the rules that do not depend on the
    image: :math:`s_c = \sum_{k \in c} w_k \; i \cdot u_k`.

    With :math:`K` prompts in the class and :math:`u_k = t_k / \lVert t_k \rVert`:

    * ``mean``: :math:`s = \frac{1}{K} \sum_k i \cdot u_k`, hence :math:`w_k = 1 / K`
      (Menon & Vondrick 2023, equation 1).
    * ``centroid`` (CuPL, Pratt et al. 2022): :math:`s = i \cdot m / \lVert m \rVert` with
      :math:`m = \frac{1}{K} \sum_k u_k`. The length of :math:`m` is one number of the class, the
      same for every image, so :math:`s = \sum_k (i \cdot u_k) / (K \lVert m \rVert)` and
      :math:`w_k = 1 / (K \lVert m \rVert)`.
    * ``raw_mean`` (Kravets' articles): :math:`s = i \cdot r / \lVert r \rVert` with
      :math:`r = \frac{1}{K} \sum_k t_k = \frac{1}{K} \sum_k \lVert t_k \rVert u_k`, hence
      :math:`w_k = \lVert t_k \rVert / (K \lVert r \rVert)`: a prompt with a long embedding
      counts for more.

    The weights of ``mean`` add up to 1 in every class; those of the two others to more than 1, the
    more so the less the prompts of the class agree.

    Parameters
    ----------
    embeddings : (prompts, dim) float tensor
        Projected text embeddings :math:`t_k`, not normalised.
    groups : (prompts,) int
    pooling : {"mean", "centroid", "raw_mean"}

    Returns
    -------
    (prompts,) float32 tensor
    """
    groups = torch.as_tensor(np.asarray(groups), dtype=torch.int64)
    counts = torch.bincount(groups).to(torch.float32)
    if pooling == "mean":
        return 1 / counts[groups]
    rows = embeddings if pooling == "raw_mean" else normalize(embeddings, dim=-1)
    lengths = pool(rows.T, groups).norm(dim=0).clamp_min(TINY)
    return rows.norm(dim=-1) / (counts * lengths)[groups]


def winner_weights(cosines: torch.Tensor, groups: ArrayLike) -> torch.Tensor:
    """The weights of ``max``: 1 for the prompt of the highest cosine in each class, 0 for all
    others; of equal cosines, the prompt that comes first.

    Parameters
    ----------
    cosines : (n, prompts) float tensor
    groups : (prompts,) int

    Returns
    -------
    (n, prompts) float32 tensor
    """
    groups = torch.as_tensor(np.asarray(groups), dtype=torch.int64).expand_as(cosines)
    best = pool(cosines, groups[0], "max").gather(1, groups)
    places = torch.arange(cosines.shape[1]).expand_as(cosines)
    places = places.masked_fill(cosines != best, cosines.shape[1])
    classes = int(groups.max()) + 1
    first = torch.full((len(cosines), classes), cosines.shape[1])
    first = first.scatter_reduce(1, groups, places, "amin")
    return torch.zeros(cosines.shape).scatter_(1, first, 1.0)
