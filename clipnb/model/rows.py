"""What a row must be to count as an embedding; the one place for these rules, wherever embeddings
come from: a file, an array, an ImageDataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn.functional import normalize

from ..support.arrays import array_of
from ..support.text import printable

TOLERANCE = 0.01  # of the length 1; half precision keeps it to 0.001
BLOCK = 1 << 22  # numbers that are looked at in one step


def tensor_of(given: Any) -> torch.Tensor:
    """Rows as a tensor on the CPU without gradients, in their own number type; ValueError for what
    is no table of numbers."""
    if isinstance(given, torch.Tensor):
        rows = given.detach().cpu()
        return rows.to_dense() if rows.is_sparse else rows
    array = array_of(given)
    if array.dtype.kind not in "biufc":
        raise ValueError(
            f"Embeddings are rows of floats, but these are {type(given).__name__} of"
            f" {array.dtype}; give the numbers alone."
        )
    return torch.as_tensor(array if array.flags.writeable else array.copy())


def unit_rows(
    rows: torch.Tensor,
    called: Callable[[int], str] = "Embedding {}".format,
    repair: str = "give torch.nn.functional.normalize(embeddings, dim=-1)",
    scale: bool = False,
) -> torch.Tensor:
    """Rows as unit embeddings, in float32.

    Parameters
    ----------
    rows : (n, dim) float tensor
        On the CPU; float32 rows of length 1 come back as they are, without a copy. Rows of another
        type are normalised, since their rounding has changed their length.
    called : callable
        Index → what the message calls this row; by default "Embedding 3".
    repair : str
        What to do about a length other than 1.
    scale : bool
        Normalise rows of any length in place of refusing them.

    Returns
    -------
    (n, dim) float32 tensor

    Raises
    ------
    ValueError
        If they are no rows of floats, a row holds NaN or infinite numbers, or its length is not 1
        (with ``scale``: is 0).
    """
    if rows.ndim != 2 or not rows.is_floating_point():
        raise ValueError(
            f"Embeddings are rows of floats, but these are {tuple(rows.shape)} of {rows.dtype}."
        )
    for block in _blocks(rows):
        some, first = rows[block], block.start
        if not (finite := some.isfinite().all(1)).all():
            row = first + int((~finite).nonzero()[0])
            raise ValueError(f"{called(row)} holds NaN or infinite numbers; embed its image again.")
        # in double precision, where no square of a float32 overflows
        lengths = some.norm(dim=1, dtype=torch.float64)
        if scale and (lengths == 0).any():
            row = first + int((lengths == 0).nonzero()[0])
            raise ValueError(f"{called(row)} is all zeros; embed its image again.")
        if not scale and ((lengths - 1).abs() > TOLERANCE).any():
            row = int((lengths - 1).abs().argmax())
            raise ValueError(
                f"{called(first + row)} has the length {lengths[row]:.3g}, not 1, so its products"
                f" with other embeddings are no cosines; {repair}."
            )
    if rows.dtype == torch.float32 and not scale:
        return rows
    result = torch.empty(rows.shape)
    for block in _blocks(rows):
        result[block] = normalize(rows[block].double(), dim=-1)
    return result


def kept_rows(
    embeddings: np.ndarray | torch.Tensor, dim: int, model: str, sources: Sequence[str]
) -> torch.Tensor:
    """The embeddings of an ImageDataset, checked as :func:`unit_rows` says, and their shape.

    Parameters
    ----------
    embeddings : (n, dim) float array
    dim, model
        Of the model that made them: the length of its embeddings, and its name for messages.
    sources : (n,) str
        What the images are called.
    """
    rows = tensor_of(embeddings)
    if rows.ndim != 2 or rows.shape[1] != dim or not rows.is_floating_point():
        raise ValueError(
            f"Embeddings of '{model}' are (n, {dim}) floats, but those of these images are"
            f" {tuple(rows.shape)} of {rows.dtype}; embed the images again."
        )
    called = lambda i: f"The embedding of '{printable(sources[i])}'"
    return unit_rows(rows, called, "divide it by its length, or embed its image again")


def _blocks(rows: torch.Tensor) -> Iterator[slice]:
    step = max(1, BLOCK // max(1, rows.shape[1]))
    for start in range(0, len(rows), step):
        yield slice(start, start + step)
