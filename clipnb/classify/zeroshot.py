"""The classifier: a table of prompts, encoded, pooled per class, compared with the image; and
the reasons read off the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import normalize

from ..data.images import ImageDataset
from ..model.checks import check_is_model
from ..model.clip import Clip
from ..support.arguments import image_index, whole
from ..support.limits import SCORES_KEPT
from ..support.names import listed
from . import blocks as large
from . import pooling as rules
from .classifier import NONE_OF_THESE, check_can_reject, embedded
from .prompts import PromptTable
from .reasons import table_of_reasons

if TYPE_CHECKING:
    import pandas as pd

    from .classifier import Images, Rejects


@dataclass
class Prediction:
    """What a classifier says of some images.

    Attributes
    ----------
    scores : (n, classes) float32 tensor
        Pooled cosine similarities. Above 50 million numbers (``support.limits.SCORES_KEPT``), or
        where ``predict`` was asked for the top k only, a
        ``clipnb.classify.blocks.ComputedRows``: ``scores[i]``, ``scores[i, c]`` and
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
    keys : list of str, optional
        What identifies the images, where they were an ImageDataset; labels are then taken from data
        in the same order only.
    """

    scores: torch.Tensor
    probabilities: torch.Tensor
    class_names: list[str]
    image_embeddings: torch.Tensor = field(repr=False)
    classifier: ZeroShotClassifier = field(repr=False)
    kept: large.TopK | None = field(default=None, repr=False)
    rejected: np.ndarray | None = field(default=None, repr=False)
    keys: list[str] | None = field(default=None, repr=False)

    def top(self, k: int = large.TOP_K) -> large.TopK:
        """The ``k`` best classes of each image with their scores and probabilities, best first;
        fewer where there are fewer classes.

        Raises
        ------
        ValueError
            If k is no whole number from 1 on, or more than were kept.
        """
        whole("k", k, 1)
        k = min(k, len(self.class_names))
        if self.kept is not None:
            return self.kept.first(k)
        best = rules.leading(self.scores, k)
        return large.TopK(best, self.scores.gather(1, best), self.probabilities.gather(1, best))

    @property
    def indices(self) -> np.ndarray:
        best = rules.leading(self.scores, 1) if self.kept is None else self.kept.indices
        return best[:, 0].numpy()

    @property
    def confidence(self) -> torch.Tensor:
        return self.top(1).probabilities[:, 0]

    def ranking(self, index: int = 0) -> list[int]:
        """The classes of one image, as indices, best first; of equal scores, the first in order."""
        return rules.ranking(self.scores[index]).tolist()

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
        image_index(index, len(self), "the prediction holds")
        if isinstance(classes, Iterable):
            chosen = [self.class_index(name) for name in listed(classes, "classes")]
            if not chosen:
                raise ValueError("classes is empty; give 1 or more, or a list of names.")
        else:
            whole("classes", classes, 1)
            chosen = self.ranking(index)[:classes]
        cosines = self.classifier.cosines(self.image_embeddings[index][None])
        parts = self.classifier.prompt_weights(cosines).reshape(cosines.shape) * cosines
        rows = self.scores[index], self.probabilities[index], cosines[0], parts[0]
        return table_of_reasons(self.classifier.table, chosen, *rows)

    def class_index(self, name: str) -> int:
        """The place of a class in ``class_names``; ValueError if there is none of that name."""
        if name not in self.class_names:
            raise ValueError(f"The classifier has no class '{name}'; its class_names list them.")
        return self.class_names.index(name)


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

    Examples
    --------
    >>> frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
    >>> descriptors = clipnb.load_descriptors("fieldguide").select(frogs.class_names)
    >>> table = clipnb.descriptor_prompts(descriptors, include_name=False)
    >>> clip = clipnb.load_clip(device="cpu")
    >>> prediction = clipnb.ZeroShotClassifier(clip, table).predict(frogs)
    >>> len(prediction.labels), prediction.probabilities.shape  # images × classes
    (22, torch.Size([22, 11]))
    >>> prediction.explain(0).columns.tolist()
    ['class', 'class_probability', 'class_score', 'prompt', 'cosine', 'contribution']
    """

    def __init__(
        self,
        clip: Clip,
        table: PromptTable | Mapping[str, Iterable[str]],
        pooling: str = "mean",
    ):
        if pooling not in rules.POOLINGS:
            raise ValueError(f"pooling is '{pooling}'; it can be {', '.join(rules.POOLINGS)}.")
        check_is_model(clip)
        self.clip, self.pooling = clip, pooling
        self.table = table if isinstance(table, PromptTable) else PromptTable(table)
        self.class_names = self.table.class_names
        self._twins = rules.twins(self.table.values())
        self.raw_text_embeddings = clip.encode_texts(self.table.prompts, normalize=False)

    def __repr__(self):
        size = f"{len(self.class_names)} classes, {len(self.raw_text_embeddings)} prompts"
        return f"ZeroShotClassifier({size}, pooling={self.pooling!r})"

    @cached_property
    def text_embeddings(self) -> torch.Tensor:
        """The prompts' unit embeddings, (prompts, dim), in the order of the table."""
        return normalize(self.raw_text_embeddings, dim=-1)

    @cached_property
    def class_embeddings(self) -> torch.Tensor:
        """What an image is multiplied with, (classes, dim); ``max`` has no such embedding."""
        return rules.class_embeddings(self.raw_text_embeddings, self.table.groups, self.pooling)

    def cosines(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Cosines of unit image embeddings with all prompts: (n, dim) → (n, prompts) float32."""
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
        return rules.winner_weights(cosines, self.table.groups)

    @cached_property
    def _linear_weights(self) -> torch.Tensor:
        return rules.linear_weights(self.raw_text_embeddings, self.table.groups, self.pooling)

    def score(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Class scores of unit image embeddings (n, dim): (n, classes)."""
        if self.pooling != "max":
            scores = embeddings @ self.class_embeddings.T
            for later, first in self._twins:
                scores[:, later] = scores[:, first]
            return scores
        groups, prompts = self.table.groups, len(self.text_embeddings)
        blocks = large.row_blocks(len(embeddings), prompts)
        return torch.cat(
            [rules.pool(self.cosines(embeddings[rows]), groups, "max") for rows in blocks]
        )

    def class_probabilities(self, scores: torch.Tensor) -> torch.Tensor:
        """Class scores → probabilities: the softmax of the logits; of a SigLIP, their sigmoids."""
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
        texts = self.text_embeddings if self.pooling == "max" else self.class_embeddings
        return large.checked_blocks(self.score, embeddings, texts, self.class_names, what)

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
        images : ImageDataset, PIL image(s), path(s), or (n, dim) unit image embeddings
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
        if reject is not None:
            check_can_reject(self.class_names, reject)
        embeddings = embedded(images, self.clip, self.text_embeddings.shape[1])
        if top_k is not None:
            whole("top_k", top_k, 1)
        if top_k is not None or len(embeddings) * len(self.class_names) > SCORES_KEPT:
            prediction = self._top_prediction(embeddings, top_k or large.TOP_K)
        else:
            scores = self.score(embeddings)
            large.refuse_what_is_no_number(scores, 0, self.class_names)
            tables = scores, self.class_probabilities(scores)
            prediction = Prediction(*tables, self.class_names, embeddings, self)
        prediction.keys = images.keys if isinstance(images, ImageDataset) else None
        prediction.rejected = reject.rejects(prediction) if reject is not None else None
        return prediction

    def _top_prediction(self, embeddings: torch.Tensor, k: int) -> Prediction:
        """A prediction that keeps the k best classes of each image."""
        n, classes, chances = len(embeddings), len(self.class_names), self.class_probabilities
        blocks = self.score_blocks(embeddings, "classifying")
        kept = large.top_of_blocks(blocks, chances, n, min(k, classes))
        tables = large.computed_tables(embeddings, self.score, chances, classes)
        return Prediction(*tables, self.class_names, embeddings, self, kept)
