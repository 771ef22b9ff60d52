"""The images against which cosines are centred, since every prompt has an offset of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch

from ..classify.zeroshot import Prediction
from ..evaluation.hits import check_is_prediction
from ..model.rows import tensor_of, unit_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from ..data.images import ImageDataset

# On the field guide 20 varied images order the reasons of a decision as 1,840 do (Spearman 0.99)
MIN_IMAGES = 20
MIDPOINT = "midpoint"
# What a reader may give as a reference: one, images, their embeddings, or MIDPOINT
ReferenceLike: TypeAlias = "Reference | ReferenceImages | torch.Tensor | str"
ReferenceImages: TypeAlias = (
    "ImageDataset | Image.Image | np.ndarray | Sequence[Image.Image | np.ndarray]"
)


@dataclass(frozen=True)
class Reference:
    """A set of images against which cosines are centred.

    A mean of dot products is the dot product with the mean, so one embedding is all that is kept.

    Attributes
    ----------
    mean : (dim,) float64 array
        Mean of the images' unit embeddings; not of unit length itself.
    n : int
        How many images.
    """

    mean: np.ndarray
    n: int

    @classmethod
    def of(cls, embeddings: torch.Tensor | np.ndarray) -> Reference:
        """Of image embeddings, (n, dim) unit rows, as tensor or array; ValueError if there are
        none, one holds NaN or infinite numbers, or its length is not 1."""
        rows = tensor_of(embeddings)
        if rows.ndim != 2 or not len(rows) or not rows.is_floating_point():
            raise ValueError(
                "A reference needs the embeddings (n, dim) of at least one image, not an array"
                f" {tuple(rows.shape)}."
            )
        unit = unit_rows(rows, "Embedding {} of the reference".format)
        return cls(unit.numpy().mean(0, dtype=np.float64), len(rows))

    def mean_cosines(self, text_embeddings: torch.Tensor | np.ndarray) -> np.ndarray:
        """The mean cosine of every text over the images: (texts, dim) unit rows → (texts,)."""
        return np.asarray(text_embeddings, np.float64) @ self.mean


def reference_of(prediction: Prediction) -> Reference | None:
    """The images of a prediction as a reference, if they are fit for it.

    They are, if there are at least 20 and no class is predicted for more than half of them (three
    quarters where there are only two classes). If all images show one class, their mean holds what
    makes that class that class, and centring would remove exactly the reasons one looks for. The
    embeddings do not say what an image shows; the predicted classes are the nearest substitute.

    Returns
    -------
    Reference or None
    """
    check_is_prediction(prediction)
    n, classes = len(prediction), len(prediction.class_names)
    if n < MIN_IMAGES or classes < 2:
        return None
    largest = np.bincount(prediction.indices).max() / n
    return None if largest > max(0.5, 1.5 / classes) else Reference.of(prediction.image_embeddings)


def as_reference(given: ReferenceLike | None, prediction: Prediction) -> Reference | None:
    """What a reader may give as ``reference``, as a Reference; None for the midpoint.

    Parameters
    ----------
    given : images, (n, dim) embeddings, Reference, "midpoint" or None
        None stands for :func:`reference_of`.
    prediction : Prediction

    Raises
    ------
    ValueError
        If it is another text, holds no image, or its embeddings are those of another model.
    """
    check_is_prediction(prediction)
    if given is None:
        return reference_of(prediction)
    if isinstance(given, str):
        if given == MIDPOINT:
            return None
        raise ValueError(
            f"reference is '{given}'; it can be images, their embeddings, or '{MIDPOINT}'."
        )
    if not isinstance(given, Reference):
        if not (
            isinstance(given, torch.Tensor) or (isinstance(given, np.ndarray) and given.ndim < 3)
        ):
            given = prediction.classifier.clip.encode_images(given)
        given = Reference.of(given)
    dim = prediction.image_embeddings.shape[1]
    if given.mean.shape != (dim,):
        raise ValueError(
            f"The reference has embeddings of {len(given.mean)} dimensions and the prediction of"
            f" {dim}; both must come from the same model."
        )
    return given


def counted_from(reference: Reference | None) -> str:
    """What a centred value is counted from, in words for a label."""
    if reference is None:
        return "the midpoint of the two class scores"
    return f"the prompt's mean over {reference.n:,} image{'s' if reference.n > 1 else ''}"
