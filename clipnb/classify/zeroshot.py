"""The classifier: a table of sentences, encoded, pooled per class, compared with the picture; and
the reasons read off the same numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch.nn.functional import normalize

from ..model.clip import Clip
from .prompts import PromptTable

POOLINGS = ("mean", "centroid", "raw_mean", "max")


def pool(scores, groups, how: str = "mean") -> torch.Tensor:
    """Pool sentence scores into class scores.

    Parameters
    ----------
    scores : (n, sentences) array or tensor
        A picture's cosine with every sentence.
    groups : (sentences,) int
        The class of every sentence; classes are 0 … max.
    how : {"mean", "max"}
        ``mean`` is the paper's rule (Menon & Vondrick 2023, equation 1). "centroid" and "raw_mean"
        need the vectors and are :class:`ZeroShotClassifier`'s.

    Returns
    -------
    (n, classes) float32 tensor
    """
    scores = torch.as_tensor(np.asarray(scores), dtype=torch.float32)
    groups = torch.as_tensor(np.asarray(groups), dtype=torch.int64)
    if scores.ndim != 2 or groups.shape != scores.shape[1:]:
        raise ValueError(
            "scores must be (n, sentences) and groups (sentences,), but they are"
            f" {tuple(scores.shape)} and {tuple(groups.shape)}."
        )
    classes = int(groups.max()) + 1
    counts = torch.bincount(groups, minlength=classes)
    if (counts == 0).any():
        raise ValueError(
            f"Class {int((counts == 0).nonzero()[0, 0])} has no sentence in groups; every class"
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
        f"how is '{how}'; it can be 'mean' or 'max' ('centroid' and 'raw_mean' need the vectors:"
        " ZeroShotClassifier)."
    )


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


@dataclass
class Prediction:
    """What a classifier says of some pictures.

    Attributes
    ----------
    scores : (n, classes) float32 tensor
        Pooled cosine similarities.
    probabilities : (n, classes) float32 tensor
        CLIP: softmax of logit_scale · scores. SigLIP: a sigmoid for each class by itself.
    labels : list of str
        The best class of every picture.
    class_names : list of str
    indices : (n,) int array
        The best class as an index into ``class_names``.
    """

    scores: torch.Tensor
    probabilities: torch.Tensor
    class_names: list[str]
    image_embeddings: torch.Tensor = field(repr=False)
    classifier: ZeroShotClassifier = field(repr=False)

    @property
    def indices(self) -> np.ndarray:
        return ranking(self.scores)[:, 0].numpy()

    def ranking(self, index: int = 0) -> list[int]:
        """The classes of one image, as indices, best first; of equal scores, the first in order."""
        return ranking(self.scores[index]).tolist()

    @property
    def labels(self) -> list[str]:
        return [self.class_names[i] for i in self.indices]

    def __len__(self):
        return len(self.scores)

    def __repr__(self):
        return f"Prediction({len(self)} pictures, {len(self.class_names)} classes)"

    def explain(self, index: int = 0, classes=2):
        """The reasons for one picture's prediction: every sentence of the leading classes with its
        score.

        Parameters
        ----------
        index : int
            The picture.
        classes : int or list of str
            How many of the leading classes, or which.

        Returns
        -------
        pandas.DataFrame
            One row per sentence: ``class``, ``class_probability``, ``class_score``, ``sentence``,
            ``score`` (cosine of picture and sentence), ``contribution`` (what the sentence adds to
            the class score; with ``mean`` pooling they add up to it exactly, with the other rules
            there is no such share and the column is empty). Best class first, best sentence first.
        """
        import pandas as pd

        if not -len(self) <= index < len(self):
            raise IndexError(f"There is no picture {index}; the prediction holds {len(self)}.")
        if isinstance(classes, int):
            chosen = self.ranking(index)[:classes]
        else:
            chosen = [
                self.class_names.index(name) if name in self.class_names else _unknown(name)
                for name in classes
            ]
        classifier = self.classifier
        scores = (classifier.sentence_vectors @ self.image_embeddings[index]).numpy()
        frames = []
        for c in chosen:
            mine = scores[classifier.table.groups == c]
            share = mine / len(mine) if classifier.pooling == "mean" else np.nan
            frames.append(
                pd.DataFrame(
                    {
                        "class": self.class_names[c],
                        "class_probability": float(self.probabilities[index, c]),
                        "class_score": float(self.scores[index, c]),
                        "sentence": classifier.table[self.class_names[c]],
                        "score": mine,
                        "contribution": share,
                    }
                ).sort_values("score", ascending=False, kind="stable")
            )
        return pd.concat(frames, ignore_index=True)


def _unknown(name):
    raise ValueError(f"The classifier has no class '{name}'; its class_names list them.")


class ZeroShotClassifier:
    r"""A table of sentences as a classifier.

    With the unit vector :math:`i` of a picture, the vectors :math:`t_k` of a class's sentences, and
    :math:`u_k = t_k / \lVert t_k \rVert`, the score of the class is

    * ``mean``: the mean of :math:`i \cdot u_k` over :math:`k` (Menon & Vondrick 2023, equation 1),
    * ``centroid``: :math:`i \cdot m / \lVert m \rVert` with :math:`m`, the mean of :math:`u_k`
      (CuPL, Pratt et al. 2022, and most public code),
    * ``raw_mean``: :math:`i \cdot r / \lVert r \rVert` with :math:`r`, the mean of :math:`t_k`,
      averaged before normalising (Kravets' articles),
    * ``max``: the largest :math:`i \cdot u_k`.

    All but ``max`` are linear in :math:`i`, so each class is one vector and a batch costs one
    matrix product, however many sentences there are. For ``mean`` this vector is :math:`m` itself,
    so its score is that of ``centroid`` times :math:`\lVert m \rVert`.

    Parameters
    ----------
    clip : Clip
    table : PromptTable or mapping
        Class → sentences.
    pooling : {"mean", "centroid", "raw_mean", "max"}
    """

    def __init__(self, clip: Clip, table, pooling: str = "mean"):
        if pooling not in POOLINGS:
            raise ValueError(f"pooling is '{pooling}'; it can be {', '.join(POOLINGS)}.")
        self.clip, self.pooling = clip, pooling
        self.table = table if isinstance(table, PromptTable) else PromptTable(table)
        self.class_names = self.table.class_names
        self.raw_text_embeddings = clip.encode_texts(self.table.sentences, normalize=False)

    def __repr__(self):
        return (
            f"ZeroShotClassifier({len(self.class_names)} classes,"
            f" {len(self.raw_text_embeddings)} sentences, pooling={self.pooling!r})"
        )

    @cached_property
    def sentence_vectors(self) -> torch.Tensor:
        """The sentences' unit vectors, (sentences, dim), in the order of the table."""
        return normalize(self.raw_text_embeddings, dim=-1)

    @cached_property
    def class_vectors(self) -> torch.Tensor:
        """What a picture is multiplied with, (classes, dim); not for ``max``, which has no such
        vector."""
        if self.pooling == "max":
            raise ValueError(
                "'max' pooling has no class vectors; the best sentence differs from picture to"
                " picture."
            )
        vectors = self.raw_text_embeddings if self.pooling == "raw_mean" else self.sentence_vectors
        means = pool(vectors.T, self.table.groups).T
        return means if self.pooling == "mean" else normalize(means, dim=-1)

    def score(self, vectors: torch.Tensor) -> torch.Tensor:
        """Class scores of unit picture vectors (n, dim): (n, classes)."""
        if self.pooling == "max":
            return pool(vectors @ self.sentence_vectors.T, self.table.groups, "max")
        return vectors @ self.class_vectors.T

    def predict(self, images) -> Prediction:
        """Classify pictures.

        Parameters
        ----------
        images : ImageDataset, PIL picture(s), or (n, dim) tensor of unit picture vectors

        Returns
        -------
        Prediction
        """
        vectors = images if isinstance(images, torch.Tensor) else self.clip.encode_images(images)
        scores = self.score(vectors)
        logits = self.clip.logit_scale * scores + self.clip.logit_bias
        probabilities = logits.sigmoid() if self.clip.sigmoid else logits.softmax(1)
        return Prediction(scores, probabilities, self.class_names, vectors, self)
