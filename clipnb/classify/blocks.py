"""Scores of any number of images in bounded memory: block by block, or row by row when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from numbers import Integral
from typing import Any, NamedTuple, cast

import torch

from ..support.limits import SCORES_KEPT
from ..support.progress import progress
from .pooling import leading

# numbers in one block of scores: 16 MB, which the allocator hands out again without new pages
BLOCK = 1 << 22
IN_CACHE = 1 << 19  # and of a piece of it that stays in a core's cache from one step to the next
TOP_K = 5  # classes that are kept of each image where not all are


def row_blocks(n: int, width: int) -> Iterator[slice]:
    """The rows of an (n, width) table in blocks of at most 4 million numbers, at least one row
    each; one empty block for no rows."""
    step = max(1, BLOCK // max(1, width))
    for start in range(0, max(1, n), step):
        yield slice(start, min(start + step, n))


class TopK(NamedTuple):
    """The best classes of each image, best first: three (n, k) tensors.

    Attributes
    ----------
    indices : int64
        Classes; of equal scores, the first in order.
    scores, probabilities : float32
    """

    indices: torch.Tensor
    scores: torch.Tensor
    probabilities: torch.Tensor

    def first(self, k: int) -> TopK:
        """The best k; ValueError if fewer were kept."""
        if k > (most := self.indices.shape[1]):
            raise ValueError(
                f"k is {k}, but of these images only the {most} best classes are kept; ask for"
                f" more with predict(images, top_k={k})."
            )
        return TopK(*(part[:, :k] for part in self))


def top_of_blocks(
    blocks: Iterable[tuple[slice, torch.Tensor]],
    probabilities: Callable[[torch.Tensor], torch.Tensor],
    n: int,
    k: int,
) -> TopK:
    """The ``k`` best classes of ``n`` images, of whose scores a block at a time is in memory.

    Parameters
    ----------
    blocks : iterable of (slice, (rows, classes) tensor)
        Scores of all images.
    probabilities : callable
        Scores → probabilities.
    """
    best = torch.empty((n, k), dtype=torch.int64)
    kept = TopK(best, torch.empty((n, k)), torch.empty((n, k)))
    for rows, block in blocks:
        start = rows.start
        for scores in block.split(max(1, IN_CACHE // block.shape[1])):
            piece = slice(start, start := start + len(scores))
            kept.indices[piece] = found = leading(scores, k)
            kept.scores[piece] = scores.gather(1, found)
            kept.probabilities[piece] = probabilities(scores).gather(1, found)
    return kept


def moderate(rows: torch.Tensor) -> bool:
    """Whether all numbers are finite and so small that no product of two such rows overflows."""
    # NaN is neither below nor above
    return not rows.numel() or bool((rows.amax() < 1e6) & (rows.amin() > -1e6))


def refuse_what_is_no_number(scores: torch.Tensor, first: int, class_names: list[str]) -> None:
    """ValueError if a score is not a number, with its image, counted from ``first``, and class."""
    # the sum is one pass over the scores, and no number if one of them is none
    if not scores.sum().isfinite() and not (finite := scores.isfinite()).all():
        row, column = (~finite).nonzero()[0].tolist()
        raise ValueError(
            f"The score of image {first + row} for the class '{class_names[column]}' is not a"
            " number, so nothing was predicted; the model or an embedding is damaged."
        )


def checked_blocks(
    score: Callable[[torch.Tensor], torch.Tensor],
    embeddings: torch.Tensor,
    texts: torch.Tensor,
    class_names: list[str],
    what: str,
) -> Iterator[tuple[slice, torch.Tensor]]:
    """(rows, scores) of unit image embeddings, block by block; ``texts`` are what they are
    multiplied with. ValueError if a score is not a number; the message names image and class."""
    blocks, known = list(row_blocks(len(embeddings), len(class_names))), moderate(texts)
    for rows in progress(blocks, len(blocks), what, least=50):
        scores = score(embeddings[rows])
        # a look at the factors takes less time than one at all the products
        if not (known and moderate(embeddings[rows])):
            refuse_what_is_no_number(scores, rows.start, class_names)
        yield rows, scores


class ComputedRows:
    """Scores or probabilities, (n, classes), computed when rows are asked for, since all of them
    would not fit into memory.

    ``rows[i]``, ``rows[i, c]``, ``rows[a:b]`` and ``rows[list]`` give float32 tensors, as they do
    for a tensor. Whatever needs the whole table is refused.

    Parameters
    ----------
    embeddings : (n, dim) tensor
    compute : callable
        Embeddings (k, dim) → (k, classes).
    classes : int
    what : {"scores", "probabilities"}
        For messages.

    Attributes
    ----------
    shape : (int, int)
    """

    def __init__(
        self,
        embeddings: torch.Tensor,
        compute: Callable[[torch.Tensor], torch.Tensor],
        classes: int,
        what: str,
    ):
        self.shape = torch.Size((len(embeddings), classes))
        self._embeddings, self._compute, self._what = embeddings, compute, what

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        n, classes = self.shape
        return f"ComputedRows({self._what} of {n:,} images, {classes:,} classes)"

    def __getitem__(self, key: Any) -> torch.Tensor:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        one = isinstance(rows, Integral)
        chosen = self._embeddings[rows][None] if one else self._embeddings[rows]
        if chosen.ndim != 2:
            raise IndexError(
                f"{self} has rows and columns; ask for rows[i], rows[a:b], rows[i, c]."
            )
        if chosen.shape[0] * self.shape[1] > SCORES_KEPT:
            raise ValueError(self._too_large(chosen.shape[0]))
        found = self._compute(chosen)
        if one:
            return found[0][columns]
        pairs = not isinstance(rows, slice) and not isinstance(columns, (slice, Integral))
        # rows[[0, 1], [2, 3]] are two numbers of a tensor, and no block of four
        return found[torch.arange(len(found)), columns] if pairs else found[:, columns]

    def _too_large(self, n: int) -> str:
        gigabytes = 4e-9 * n * self.shape[1]
        return (
            f"The {self._what} of {n:,} images and {self.shape[1]:,} classes would take"
            f" {gigabytes:.1f} GB; take rows, such as {self._what}[0], or use the prediction's"
            " top(k), confidence or blocks()."
        )

    # -- refused: each of these would compute the whole table, or one row at a time -------------

    def __iter__(self) -> Iterator[torch.Tensor]:
        raise ValueError(self._too_large(len(self)))

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise ValueError(self._too_large(len(self)))

    @classmethod
    def __torch_function__(cls, function: Callable, *_: Any, **__: Any) -> Any:
        raise TypeError(
            f"torch's {getattr(function, '__name__', function)} needs a tensor, but these rows are"
            " computed when asked for; take rows[a:b], or use the prediction's top(k), confidence"
            " or blocks()."
        )

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"Scores and probabilities of so many images are no tensor and have no '{name}'; take"
            " rows[a:b], or use the prediction's top(k), confidence or blocks()."
        )


def computed_tables(
    embeddings: torch.Tensor,
    score: Callable[[torch.Tensor], torch.Tensor],
    probabilities: Callable[[torch.Tensor], torch.Tensor],
    classes: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores and probabilities of images as :class:`ComputedRows`, which answer to the indexing of
    a tensor and refuse the rest.

    Parameters
    ----------
    embeddings : (n, dim) tensor
    score, probabilities : callable
        Embeddings → scores, and scores → probabilities.
    classes : int
    """
    chances = lambda some: probabilities(score(some))
    scores = ComputedRows(embeddings, score, classes, "scores")
    return (
        cast(torch.Tensor, scores),
        cast(torch.Tensor, ComputedRows(embeddings, chances, classes, "probabilities")),
    )
