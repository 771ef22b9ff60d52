"""Attention heads in words: TextSpan (Gandelsman, Efros & Steinhardt, ICLR 2024, section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch

from ..model.rows import tensor_of
from ..support.arguments import whole
from ..support.names import listed
from .heads import EmbeddingParts

if TYPE_CHECKING:
    import pandas as pd

    from ..model.clip import Clip


def text_span(
    contributions: torch.Tensor, texts: torch.Tensor, count: int
) -> tuple[list[int], list[float]]:
    """The texts whose directions hold most of a head's variance over images, chosen one by one.

    Contributions are centred, and texts projected onto their span. Then, ``count`` times: the text
    along which the contributions vary most is taken, and its direction is removed from the
    contributions and from all texts (algorithm 1 of the paper).

    Parameters
    ----------
    contributions : (n, dim) float tensor
        What one head adds to each of n embeddings.
    texts : (m, dim) float tensor
        Text embeddings.
    count : int
        How many texts, at most m.

    Returns
    -------
    chosen : list of int
        Numbers of texts, the first chosen first. Fewer than ``count`` where nothing is left.
    shares : list of float
        The share of the variance that lies in the directions of the texts up to this one.

    Raises
    ------
    ValueError
        If ``count`` is no whole number from 1 to m, or there are fewer than two images.
    """
    whole("count", count, 1)
    contributions, texts = tensor_of(contributions), tensor_of(texts)
    if count > len(texts):
        raise ValueError(f"count is {count}, but there are {len(texts)} texts.")
    if len(contributions) < 2:
        raise ValueError("A variance needs at least two images.")
    left = (contributions - contributions.mean(0)).double()
    _, sizes, axes = torch.linalg.svd(left, full_matrices=False)
    # what is left of equal contributions is rounding, and no direction
    axes = axes[sizes > 1e-6 * torch.maximum(sizes[0], contributions.double().norm())]
    rest = texts.double() @ axes.T @ axes
    smallest = 1e-6 * rest.norm(dim=1).max()
    whole_variance, chosen, shares = left.square().sum(), [], []
    for _ in range(count):
        along = (left @ rest.T).square().sum(0)
        along[rest.norm(dim=1) <= smallest] = -1
        best = int(along.argmax())
        if along[best] <= 0:
            break
        direction = rest[best] / rest[best].norm()
        left = left - (left @ direction)[:, None] * direction
        rest = rest - (rest @ direction)[:, None] * direction
        chosen.append(best)
        shares.append(float(1 - left.square().sum() / whole_variance))
    return chosen, shares


def describe_heads(
    clip: Clip, parts: EmbeddingParts, texts: Iterable[str], count: int = 3
) -> pd.DataFrame:
    """Every attention head in words.

    Parameters
    ----------
    clip : Clip
    parts : EmbeddingParts
        Of at least two images, from :func:`decompose_embedding`.
    texts : iterable of str
        Candidates.
    count : int
        Texts per head.

    Returns
    -------
    pandas.DataFrame
        A row per head: ``layer``, ``head`` (from 0), ``texts`` (a list, the first chosen first),
        ``share`` (of the head's variance, in the directions of these texts), ``variance`` (of its
        contributions over images, summed over dimensions).

    Raises
    ------
    ValueError
        If there are no texts, fewer than ``count``, or fewer than two images.
    """
    import pandas as pd

    texts = listed(texts, "texts")
    if not texts:
        raise ValueError("There are no texts; give candidates, such as the words of a vocabulary.")
    embeddings = clip.encode_texts(texts)
    rows = []
    for layer, head in parts.names():
        part = parts.heads[:, layer, head]
        chosen, shares = text_span(part, embeddings, count)
        found = [texts[i] for i in chosen]
        variance = float(part.var(0, correction=0).sum())
        rows.append((layer, head, found, shares[-1] if shares else float("nan"), variance))
    return pd.DataFrame(rows, columns=["layer", "head", "texts", "share", "variance"])
