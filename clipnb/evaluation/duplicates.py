"""Images that are nearly the same: resized, compressed again, a little brighter."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..classify.blocks import row_blocks
from ..model.rows import tensor_of, unit_rows
from ..support.arguments import real

if TYPE_CHECKING:
    import pandas as pd

    from ..data.images import ImageDataset

SIDE = 32  # pixels of the small grey image that is compared
NEIGHBOURS = 5  # of each image are compared with it
SHAPE = 1.1  # how much the proportions may differ


def near_duplicates(
    data: ImageDataset, embeddings: torch.Tensor, least: float = 0.7, alike: float = 0.97
) -> pd.DataFrame:
    """Pairs of images that are nearly the same.

    Candidates are the five nearest neighbours of each image in the embedding space. They are then
    compared as small grey images, since different images of one class may have a high cosine, too.
    Copies that were resized, compressed again or made brighter are found; those that were cropped,
    turned or mirrored are not.

    Parameters
    ----------
    data : ImageDataset
        Labels are not looked at. Images that cannot be opened are left out.
    embeddings : (n, dim) tensor
        Their unit embeddings.
    least : float
        Lowest cosine of a candidate.
    alike : float
        Lowest correlation of the small grey images.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second`` (numbers of images, ``first < second``), ``cosine``, ``correlation``,
        ``exact`` (byte for byte the same); the most similar first.

    Raises
    ------
    ValueError
        If there is not one embedding for each image, or a limit makes no sense.
    """
    import pandas as pd

    real("least", least, -1, 1)
    real("alike", alike, -1, 1)
    rows = tensor_of(embeddings)
    if rows.ndim != 2 or len(rows) != len(data):
        raise ValueError(f"There are {len(rows)} embeddings for {len(data)} images.")
    embeddings = unit_rows(rows)
    grey = lru_cache(maxsize=4096)(lambda i: _grey(data, i))
    rows = []
    for first, second, cosine in sorted(_candidates(embeddings, least)):
        exact = data.keys[first] == data.keys[second]
        correlation = 1.0 if exact else _correlation(grey(first), grey(second))
        if correlation >= alike:
            rows.append((first, second, cosine, correlation, exact))
    columns = ["first", "second", "cosine", "correlation", "exact"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("correlation", ascending=False, kind="stable", ignore_index=True)


def _candidates(embeddings: torch.Tensor, least: float) -> set[tuple[int, int, float]]:
    found = {}
    k = min(NEIGHBOURS, len(embeddings) - 1)
    for block in row_blocks(len(embeddings), len(embeddings)) if k > 0 else []:
        cosines = embeddings[block] @ embeddings.T
        numbers = torch.arange(block.start, block.stop)
        cosines[torch.arange(len(cosines)), numbers] = -torch.inf
        best = cosines.topk(k, dim=1)
        for i, values, others in zip(numbers.tolist(), best.values.tolist(), best.indices.tolist()):
            found |= {
                (min(i, j), max(i, j)): value for value, j in zip(values, others) if value >= least
            }
    return {(*pair, value) for pair, value in found.items()}


def _grey(data: ImageDataset, i: int) -> tuple[np.ndarray, float] | None:
    """A small grey image of zero mean and unit length, and width through height; None where the
    image cannot be opened, or has one tone only."""
    try:
        image: Any = data.images[i]
        width, height = image.size
        small = np.asarray(image.convert("L").resize((SIDE, SIDE)), float)
    except (OSError, ValueError, SyntaxError, AttributeError):
        return None  # a file that is gone or damaged, or only its embedding was kept
    small -= small.mean()
    length = np.linalg.norm(small)
    return (small / length, width / height) if length > SIDE else None


def _correlation(
    one: tuple[np.ndarray, float] | None, other: tuple[np.ndarray, float] | None
) -> float:
    if one is None or other is None or not 1 / SHAPE <= one[1] / other[1] <= SHAPE:
        return -1.0
    return float((one[0] * other[0]).sum())
