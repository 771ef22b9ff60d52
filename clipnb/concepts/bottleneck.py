"""A classifier that reads only the scores of concepts: label-free concept bottleneck models
(Oikarinen et al., ICLR 2023) and LaBo (Yang et al., CVPR 2023), with a sparse linear last step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..classify.classifier import embedded
from ..classify.shots import class_of_each
from ..model.checks import check_is_model
from ..model.rows import tensor_of
from ..support.arguments import image_index, real
from ..support.names import different_texts, two_names
from ..support.text import brief
from .solvers import sparse_softmax_regression

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from ..classify.classifier import Images
    from ..model.clip import Clip


class ConceptBottleneck:
    """Sparse softmax regression on the similarities of images with concepts.

    A concept's score is the cosine of image and text, standardised over the training images.

    Parameters
    ----------
    clip : Clip
    concepts : iterable of str
        Texts; repeated ones count once.
    penalty : float
        Of the sum of absolute weights; larger gives fewer concepts per class.

    Attributes
    ----------
    concepts : list of str
    classes_ : (classes,) array
        Sorted labels, as they were given; known after :meth:`fit`.
    class_names : list of str
        ``classes_`` as text.
    weights : (classes, concepts) float32 tensor
        Known after :meth:`fit`; most are 0.

    Raises
    ------
    ValueError
        If there are no concepts, or one is empty.
    """

    def __init__(self, clip: Clip, concepts: Iterable[str], penalty: float = 0.001):
        real("penalty", penalty, 0, 1000)
        check_is_model(clip)
        self.clip, self.penalty = clip, penalty
        self.concepts = different_texts(concepts, "concepts")
        if not self.concepts:
            raise ValueError("There are no concepts; give at least one text.")
        self._texts = clip.encode_texts(self.concepts)

    def __repr__(self) -> str:
        return f"ConceptBottleneck({len(self.concepts)} concepts)"

    def fit(self, images: Images, labels: ArrayLike | None = None) -> ConceptBottleneck:
        """Learn from labelled images.

        Parameters
        ----------
        images : ImageDataset, image(s), or (n, dim) unit embeddings
        labels : (n,) array-like of str or int, optional
            An ImageDataset brings its own.

        Returns
        -------
        ConceptBottleneck
            Itself.

        Raises
        ------
        ValueError
            If there are no images, fewer than two classes, or embeddings that hold NaN, are no unit
            rows or of another width.
        """
        x = self._embedded(images)
        names = class_of_each(images, labels, len(x))
        found, y = np.unique(names, return_inverse=True)
        self.classes_, self.class_names = found, [str(name) for name in found]
        if len(self.class_names) < 2:
            raise ValueError(
                f"There is one class, '{brief(self.class_names[0])}'; a classifier needs two."
            )
        raw = x @ self._texts.T
        self._mean, self._spread = raw.mean(0), raw.std(0, correction=0).clamp_min(1e-6)
        self.weights, self.intercept = sparse_softmax_regression(
            self.concept_scores(x), torch.as_tensor(y), len(self.class_names), self.penalty
        )
        return self

    def concept_scores(self, images: Images) -> torch.Tensor:
        """(n, concepts): cosines, in standard deviations from their mean over the training
        images."""
        self._fitted()
        return (self._embedded(images) @ self._texts.T - self._mean) / self._spread

    def class_scores(self, images: Images) -> torch.Tensor:
        """(n, classes) logits."""
        return self.decide(self.concept_scores(images))

    def decide(self, scores: torch.Tensor) -> torch.Tensor:
        """(n, classes) logits from concept scores, also from corrected ones (an intervention; Koh
        et al. 2020)."""
        self._fitted()
        rows = tensor_of(scores)
        if rows.ndim != 2 or rows.shape[1] != len(self.concepts):
            raise ValueError(f"scores are {tuple(rows.shape)}; give (n, {len(self.concepts)}).")
        return rows.float() @ self.weights.T + self.intercept

    def predict(self, images: Images) -> np.ndarray:
        """(n,) labels, as in ``classes_``."""
        best = self.class_scores(images).argmax(1).numpy()
        return self.classes_[best]

    def reasons(self, images: Images, index: int, classes: tuple[str, str]) -> pd.Series:
        """What each concept adds to the margin of one class over another, for one image; the
        largest magnitudes first, and the intercept last.

        Raises
        ------
        ValueError
            If the classes are not two different ones of the classifier.
        IndexError
            If there is no such image.
        """
        import pandas as pd

        every = self.concept_scores(images)
        image_index(index, len(every))
        pair = two_names(classes)
        scores = every[index]
        for name in pair:
            if name not in self.class_names:
                raise ValueError(f"The classifier has no class '{brief(name)}'.")
        this, that = (self.class_names.index(name) for name in pair)
        terms = pd.Series(
            (scores * (self.weights[this] - self.weights[that])).numpy(), self.concepts
        )
        terms = terms[terms != 0].sort_values(key=abs, ascending=False)
        terms["(intercept)"] = float(self.intercept[this] - self.intercept[that])
        return terms

    def _embedded(self, images: Images) -> torch.Tensor:
        found = embedded(images, self.clip, self.clip.dim)
        if not len(found):
            raise ValueError("There are no images; give at least one.")
        return found

    def _fitted(self) -> None:
        if not hasattr(self, "_mean"):
            raise ValueError("The bottleneck has no training images yet; call fit first.")
