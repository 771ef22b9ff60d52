"""The classifier: a table of prompts, encoded, pooled per class, compared with the image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import normalize

from ..model.clip import Clip
from ..support.arguments import whole
from ..support.limits import SCORES_KEPT
from ..support.progress import progress
from . import blocks as large
from .classifier import embedded
from .pooling import (
    POOLINGS,
    class_embeddings,
    linear_weights,
    pool,
    winner_weights,
)
from .prediction import TOP_K, Prediction, Rejects
from .prompts import PromptTable

if TYPE_CHECKING:
    from .classifier import Images


class ZeroShotClassifier:
    r"""A table of prompts as a classifier.

    With the unit embedding :math:`i` of an image, the embeddings :math:`t_k` of a class's prompts,
    and :math:`u_k = t_k / \lVert t_k \rVert`, the score of the class is

    * ``mean``: the mean of :math:`i \cdot u_k` over :math:`k` (Menon & Vondrick 2023, equation 1),
    * ``centroid``: :math:`i \cdot m / \lVert m \rVert` with :math:`m`, the mean of :math:`u_k`
      (CuPL, Pratt et al. 2022, and most public code),
    * ``raw_mean``: :math:`i \cdot r / \lVert r \rVert` with :math:`r`, the mean of :math:`t_k`,
      averaged before normalising (Kravets' articles),
    * ``max``: the largest :math:`i \cdot u_k`.

    All but ``max`` are linear in :math:`i`, so each class is one embedding and a batch costs one
    matrix product, however many prompts there are. For ``mean`` this embedding is :math:`m` itself,
    so its score is that of ``centroid`` times :math:`\lVert m \rVert`.

    Parameters
    ----------
    clip : Clip
    table : PromptTable or mapping
        Class → prompts.
    pooling : {"mean", "centroid", "raw_mean", "max"}
    """

    def __init__(
        self,
        clip: Clip,
        table: PromptTable | Mapping[str, Iterable[str]],
        pooling: str = "mean",
    ):
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is '{pooling}'; it can be {', '.join(POOLINGS)}.")
        self.clip, self.pooling = clip, pooling
        self.table = table if isinstance(table, PromptTable) else PromptTable(table)
        self.class_names = self.table.class_names
        self.raw_text_embeddings = clip.encode_texts(self.table.prompts, normalize=False)

    def __repr__(self):
        return (
            f"ZeroShotClassifier({len(self.class_names)} classes,"
            f" {len(self.raw_text_embeddings)} prompts, pooling={self.pooling!r})"
        )

    @cached_property
    def text_embeddings(self) -> torch.Tensor:
        """The prompts' unit embeddings, (prompts, dim), in the order of the table."""
        return normalize(self.raw_text_embeddings, dim=-1)

    @cached_property
    def class_embeddings(self) -> torch.Tensor:
        """What an image is multiplied with, (classes, dim); not for ``max``, which has no such
        embedding."""
        return class_embeddings(self.raw_text_embeddings, self.table.groups, self.pooling)

    def cosines(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Cosines of image embeddings with all prompts: (n, dim) unit rows → (n, prompts)
        float32."""
        return embeddings @ self.text_embeddings.T

    def prompt_weights(self, cosines: torch.Tensor | None = None) -> torch.Tensor:
        r"""The weight of every prompt in the score of its class, :math:`s_c = \sum_k w_k \; i
        \cdot u_k`; the derivation for each rule is in ``clipnb.classify.pooling``.

        Parameters
        ----------
        cosines : (n, prompts) tensor, optional
            Needed for ``max``, whose winning prompt differs from image to image.

        Returns
        -------
        (prompts,) float32 tensor, or (n, prompts) for ``max``
            0 for a prompt that does not count.

        Raises
        ------
        ValueError
            If the pooling is ``max`` and the cosines are missing.
        """
        if self.pooling != "max":
            return self._linear_weights
        if cosines is None:
            raise ValueError(
                "With the pooling 'max' the weights depend on the image; give its cosines:"
                " prompt_weights(classifier.cosines(embeddings))."
            )
        return winner_weights(cosines, self.table.groups)

    @cached_property
    def _linear_weights(self) -> torch.Tensor:
        return linear_weights(self.raw_text_embeddings, self.table.groups, self.pooling)

    def score(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Class scores of unit image embeddings (n, dim): (n, classes)."""
        if self.pooling != "max":
            return embeddings @ self.class_embeddings.T
        groups, prompts = self.table.groups, len(self.text_embeddings)
        blocks = large.row_blocks(len(embeddings), prompts)
        return torch.cat([pool(self.cosines(embeddings[rows]), groups, "max") for rows in blocks])

    def class_probabilities(self, scores: torch.Tensor) -> torch.Tensor:
        """Class scores (n, classes) as probabilities: the softmax of the logits; of a SigLIP, the
        sigmoid of each."""
        logits = self.clip.logit_scale * scores
        if self.clip.logit_bias:
            logits += self.clip.logit_bias
        return logits.sigmoid() if self.clip.sigmoid else logits.softmax(1)

    def score_blocks(
        self, embeddings: torch.Tensor, what: str = "scoring"
    ) -> Iterator[tuple[slice, torch.Tensor]]:
        """Class scores of any number of images in bounded memory, a block of images at a time.

        Yields
        ------
        (rows, scores) : slice, (len(rows), classes) float32 tensor

        Raises
        ------
        ValueError
            If a score is not a number; the message names image and class.
        """
        blocks = list(large.row_blocks(len(embeddings), len(self.class_names)))
        texts = self.text_embeddings if self.pooling == "max" else self.class_embeddings
        known = large.moderate(texts)
        for rows in progress(blocks, len(blocks), what, least=50):
            scores = self.score(embeddings[rows])
            # a look at the factors takes less time than one at all the products
            if not (known and large.moderate(embeddings[rows])):
                large.refuse_what_is_no_number(scores, rows.start, self.class_names)
            yield rows, scores

    def class_scores(self, images: Images) -> torch.Tensor:
        """Class scores of images or their unit embeddings: (n, classes); see :meth:`predict`."""
        embeddings = embedded(images, self.clip, self.text_embeddings.shape[1])
        return torch.cat([scores for _, scores in self.score_blocks(embeddings)])

    def predict(
        self, images: Images, top_k: int | None = None, reject: Rejects | None = None
    ) -> Prediction:
        """Classify images.

        Parameters
        ----------
        images : ImageDataset, PIL image(s), or (n, dim) tensor or array of unit image embeddings
        top_k : int, optional
            Keep only so many of the best classes of each image, and compute other scores and
            probabilities when they are asked for. By default all are kept, and of more than 50
            million (images × classes) the five best.
        reject : Rejection, optional
            Of :func:`clipnb.calibrate_rejection`: images of less confidence than its threshold
            are marked in ``rejected``, and their label is "none of these". Scores, probabilities
            and ``indices`` stay as they are.

        Returns
        -------
        Prediction

        Raises
        ------
        ValueError
            If embeddings are of another width, no unit rows, or no numbers.
        """
        embeddings = embedded(images, self.clip, self.text_embeddings.shape[1])
        if top_k is not None:
            whole("top_k", top_k, 1)
        if top_k is not None or len(embeddings) * len(self.class_names) > SCORES_KEPT:
            prediction = self._top_prediction(embeddings, top_k or TOP_K)
        else:
            prediction = self._full_prediction(embeddings)
        prediction.rejected = reject.rejects(prediction) if reject is not None else None
        return prediction

    def _full_prediction(self, embeddings: torch.Tensor) -> Prediction:
        scores = self.score(embeddings)
        large.refuse_what_is_no_number(scores, 0, self.class_names)
        probabilities = self.class_probabilities(scores)
        return Prediction(scores, probabilities, self.class_names, embeddings, self)

    def _top_prediction(self, embeddings: torch.Tensor, k: int) -> Prediction:
        """A prediction that keeps the k best classes of each image."""
        n, classes, chances = len(embeddings), len(self.class_names), self.class_probabilities
        blocks = self.score_blocks(embeddings, "classifying")
        kept = large.top_of_blocks(blocks, chances, n, min(k, classes))
        tables = large.computed_tables(embeddings, self.score, chances, classes)
        return Prediction(*tables, self.class_names, embeddings, self, kept)
