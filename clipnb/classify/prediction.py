"""What a classifier says of some images, and the reasons read off the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from ..support.arguments import whole
from . import blocks as large
from .pooling import leading, ranking
from .reasons import table_of_reasons

if TYPE_CHECKING:
    import pandas as pd

    from .zeroshot import ZeroShotClassifier

TOP_K = 5  # classes that are kept of each image where not all are
NONE_OF_THESE = "none of these"  # the label of an image that was rejected


class Rejects(Protocol):
    """What decides that images resemble no class: :class:`clipnb.evaluation.Rejection`."""

    def rejects(self, prediction: Prediction) -> np.ndarray:
        """Which images are rejected, (n,) bool."""
        ...


@dataclass
class Prediction:
    """What a classifier says of some images.

    Attributes
    ----------
    scores : (n, classes) float32 tensor
        Pooled cosine similarities. Above 50 million numbers (``support.limits.SCORES_KEPT``), or
        where ``predict`` was asked for the top k only, a
        :class:`clipnb.classify.blocks.ComputedRows`: ``scores[i]``, ``scores[i, c]`` and
        ``scores[a:b]`` are the same, but computed when asked for; so are probabilities.
    probabilities : (n, classes) float32 tensor
        CLIP: softmax of logit_scale · scores. SigLIP: a sigmoid for each class by itself.
    labels : list of str
        The best class of every image; "none of these" where it was rejected.
    rejected : (n,) bool array, optional
        Which images resemble no class, where :meth:`ZeroShotClassifier.predict` got ``reject``.
    class_names : list of str
    indices : (n,) int array
        The best class as an index into ``class_names``.
    confidence : (n,) float32 tensor
        The probability of the best class.
    kept : TopK, optional
        The best classes of each image, where not all scores are kept.
    """

    scores: torch.Tensor
    probabilities: torch.Tensor
    class_names: list[str]
    image_embeddings: torch.Tensor = field(repr=False)
    classifier: ZeroShotClassifier = field(repr=False)
    kept: large.TopK | None = field(default=None, repr=False)
    rejected: np.ndarray | None = field(default=None, repr=False)

    def top(self, k: int = TOP_K) -> large.TopK:
        """The ``k`` best classes of each image with their scores and probabilities, best first;
        fewer where there are fewer classes.

        Raises
        ------
        ValueError
            If k is no whole number from 1 on, or more than were kept.
        """
        whole("k", k, 1)
        k = min(k, len(self.class_names))
        if self.kept is None:
            best = leading(self.scores, k)
            return large.TopK(best, self.scores.gather(1, best), self.probabilities.gather(1, best))
        if k > (most := self.kept.indices.shape[1]):
            raise ValueError(
                f"k is {k}, but of these images only the {most} best classes are kept; ask for"
                f" more with predict(images, top_k={k})."
            )
        return large.TopK(*(part[:, :k] for part in self.kept))

    @property
    def indices(self) -> np.ndarray:
        best = leading(self.scores, 1) if self.kept is None else self.kept.indices
        return best[:, 0].numpy()

    @property
    def confidence(self) -> torch.Tensor:
        return self.top(1).probabilities[:, 0]

    def ranking(self, index: int = 0) -> list[int]:
        """The classes of one image, as indices, best first; of equal scores, the first in order."""
        return ranking(self.scores[index]).tolist()

    @property
    def labels(self) -> list[str]:
        best = [self.class_names[i] for i in self.indices.tolist()]
        if self.rejected is None:
            return best
        return [NONE_OF_THESE if no else name for no, name in zip(self.rejected, best)]

    def blocks(self) -> Iterator[tuple[slice, torch.Tensor, torch.Tensor]]:
        """(rows, scores, probabilities) of some images after the other, in bounded memory; the two
        tensors are (len(rows), classes)."""
        for rows in large.row_blocks(len(self), len(self.class_names)):
            yield rows, self.scores[rows], self.probabilities[rows]

    def __len__(self):
        return len(self.scores)

    def __repr__(self):
        return f"Prediction({len(self)} images, {len(self.class_names)} classes)"

    def explain(self, index: int = 0, classes: int | Sequence[str] = 2) -> pd.DataFrame:
        """The reasons for the prediction of one image: every prompt of the leading classes with its
        numbers.

        Parameters
        ----------
        index : int
            The image.
        classes : int or list of str
            How many of the leading classes, or which.

        Returns
        -------
        pandas.DataFrame
            One row per prompt: ``class``, ``class_probability``, ``class_score``, ``prompt``,
            ``cosine`` (of image and prompt), ``contribution`` (what the prompt adds to the class
            score: its cosine times its weight, see :meth:`ZeroShotClassifier.prompt_weights`). The
            contributions of a class add up to its score for all four pooling rules; with ``max``
            one prompt has all of it. Best class first, highest cosine first.

            A cosine holds an offset of the prompt's own, which is often larger than the effect of
            the image; :func:`clipnb.contributions` has the values without it.

        Raises
        ------
        IndexError
            If there is no such image.
        ValueError
            If the classifier has no such class; the message names it. If there is no class.
        """
        if not -len(self) <= index < len(self):
            raise IndexError(f"There is no image {index}; the prediction holds {len(self)}.")
        if isinstance(classes, int):
            if not 1 <= classes:
                raise ValueError(f"classes is {classes}; give 1 or more, or a list of names.")
            chosen = self.ranking(index)[:classes]
        else:
            chosen = [self.class_index(name) for name in classes]
        scores, probabilities = self.scores[index], self.probabilities[index]
        cosines = self.classifier.cosines(self.image_embeddings[index][None])
        parts = self.classifier.prompt_weights(cosines).reshape(cosines.shape) * cosines
        numbers = scores, probabilities, cosines[0], parts[0]
        return table_of_reasons(self.classifier.table, chosen, *numbers)

    def class_index(self, name: str) -> int:
        """The place of a class in ``class_names``; ValueError if there is none of that name."""
        if name not in self.class_names:
            raise ValueError(f"The classifier has no class '{name}'; its class_names list them.")
        return self.class_names.index(name)
