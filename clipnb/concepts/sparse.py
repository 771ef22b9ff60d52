r"""An image as a sparse non-negative sum of words: SpLiCE (Bhalla et al., NeurIPS 2024).

Images and texts lie in different parts of the embedding space (the modality gap), so both are
centred and normalised first (section 4 of the paper). Then
:math:`\frac{1}{2} \lVert x - w D \rVert^2 + \lambda \sum_j w_j` is minimised over :math:`w \ge 0`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import normalize

from ..classify.classifier import embedded
from ..model.checks import check_is_model
from ..model.rows import tensor_of
from ..support.arguments import real, whole
from ..support.names import different_texts
from .solvers import nonnegative_lasso

if TYPE_CHECKING:
    import pandas as pd

    from ..classify.classifier import Images
    from ..model.clip import Clip


class SparseConcepts:
    """A dictionary of words, and images as sparse sums of them.

    Parameters
    ----------
    clip : Clip
    words : iterable of str
        The vocabulary; repeated words count once.
    images : ImageDataset, image(s), or (n, dim) unit embeddings
        Whose mean is subtracted from every image; other images than those that are decomposed
        later.

    Attributes
    ----------
    words : list of str
    dictionary : (m, dim) float32 tensor
        Centred unit embeddings of the words.
    image_mean, word_mean : (dim,) float32 tensor

    Raises
    ------
    ValueError
        If the vocabulary has fewer than two words or an empty one, if there are no images, or if
        embeddings are of another width, hold NaN, or are no unit rows.
    """

    def __init__(self, clip: Clip, words: Iterable[str], images: Images):
        check_is_model(clip)
        self.clip, self.words = clip, different_texts(words, "words")
        if len(self.words) < 2:
            raise ValueError(
                f"The vocabulary has {len(self.words)} words; centring needs at least two."
            )
        texts = clip.encode_texts(self.words)
        self.image_mean, self.word_mean = self._embedded(images).mean(0), texts.mean(0)
        self.dictionary = normalize(texts - self.word_mean, dim=1)

    def __repr__(self) -> str:
        return f"SparseConcepts({len(self.words)} words)"

    def centred(self, images: Images) -> torch.Tensor:
        """(n, dim) unit rows: image embeddings less the mean, normalised."""
        return normalize(self._embedded(images) - self.image_mean, dim=1)

    def weights(self, images: Images, penalty: float = 0.2) -> torch.Tensor:
        """The weights of all words for each image.

        Parameters
        ----------
        images : ImageDataset, image(s), or (n, dim) unit embeddings
        penalty : float
            From 0 to 1; larger gives fewer words. At 1 no word has a weight.

        Returns
        -------
        (n, m) float32 tensor
            No weight is negative, most are 0.

        Raises
        ------
        ValueError
            As the class, and for a penalty outside 0 to 1.
        """
        real("penalty", penalty, 0, 1)
        return nonnegative_lasso(self.centred(images), self.dictionary, penalty)

    def rebuilt(self, weights: torch.Tensor) -> torch.Tensor:
        """(n, dim) unit embeddings from weights: the sum of words, with the image mean added
        again."""
        rows = tensor_of(weights)
        if rows.ndim != 2 or rows.shape[1] != len(self.words):
            raise ValueError(f"weights are {tuple(rows.shape)}; give (n, {len(self.words)}).")
        return normalize(normalize(rows.float() @ self.dictionary, dim=1) + self.image_mean, dim=1)

    def top(self, images: Images, penalty: float = 0.2, count: int = 8) -> list[pd.Series]:
        """For each image its words with the largest weights, largest first."""
        import pandas as pd

        whole("count", count, 1)
        series = [pd.Series(row, self.words) for row in self.weights(images, penalty).numpy()]
        return [one[one > 0].sort_values(ascending=False)[:count] for one in series]

    def _embedded(self, images: Images) -> torch.Tensor:
        found = embedded(images, self.clip, self.clip.dim)
        if not len(found):
            raise ValueError("There are no images; give at least one.")
        return found
