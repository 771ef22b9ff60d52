"""What :func:`clipnb.compare` and :func:`clipnb.evaluate` ask of a classifier, and the embeddings
that every classifier takes in place of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import torch

from ..model.rows import tensor_of, unit_rows
from ..support.text import brief

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL import Image

    from ..data.images import ImageDataset
    from ..model.clip import Clip

    Images: TypeAlias = (
        ImageDataset | Image.Image | np.ndarray | Sequence[Image.Image | np.ndarray] | torch.Tensor
    )

NONE_OF_THESE = "none of these"  # the label of an image that was rejected


class Rejects(Protocol):
    """What decides that images resemble no class: :class:`clipnb.evaluation.Rejection`."""

    def rejects(self, prediction: Any) -> np.ndarray:
        """Which images are rejected, (n,) bool."""
        ...


def check_can_reject(class_names: list[str], reject: Rejects | None = None) -> None:
    """ValueError where a class is called as the label of rejected images is, or what rejects
    cannot."""
    if NONE_OF_THESE in class_names:
        raise ValueError(
            f"The classifier has a class '{NONE_OF_THESE}', which is what a rejection says;"
            " give this class another name."
        )
    if reject is not None and not hasattr(reject, "rejects"):
        raise ValueError(
            f"reject is {reject!r}; give what calibrate_rejection returns, or leave it out."
        )


@runtime_checkable
class Classifier(Protocol):
    """:class:`ZeroShotClassifier`, :class:`FewShotClassifier`, or one of your own.

    Attributes
    ----------
    class_names : list of str
        Classes are matched by name, so their order is free.
    clip : Clip or None
        The model whose embeddings it takes; None where it was given embeddings only.
    """

    @property
    def class_names(self) -> list[str]: ...

    @property
    def clip(self) -> Clip | None: ...

    def class_scores(self, images: Images) -> torch.Tensor:
        """(n, classes) scores of images or their unit embeddings; the highest one wins."""
        ...


def model_of(classifier: Classifier) -> dict[str, str] | None:
    """``name`` and ``fingerprint`` of the model whose embeddings a classifier takes; None where it
    was given embeddings of which nobody said who made them."""
    if classifier.clip is None:
        return getattr(classifier, "model_", None)
    return {"name": classifier.clip.name, "fingerprint": classifier.clip.fingerprint}


def check_same_model(one: Mapping | None, other: Mapping | None, whose: str, others: str) -> None:
    """ValueError if both models are known, and they are not the same; ``whose`` and ``others`` say
    in the message what is of the one and of the other."""
    if one and other and one["fingerprint"] != other["fingerprint"]:
        name = lambda model: f"'{brief(model['name'])}' ({model['fingerprint']})"
        raise ValueError(
            f"{whose} of the model {name(one)}, but {others} of {name(other)}; use one model for"
            " both."
        )


def embedded(
    images: Images, clip: Clip | None, width: int | None, model: Mapping | None = None
) -> torch.Tensor:
    """Images, or their embeddings, as (n, width) float32 unit rows on the CPU.

    Parameters
    ----------
    images : ImageDataset, PIL image(s), or (n, width) tensor or array of unit image embeddings
        Rows of floats are embeddings, not an image.
    clip : Clip, optional
        What encodes images.
    width : int, optional
        What the classifier takes; without, any.
    model : mapping, optional
        Without ``clip``: the model whose embeddings the classifier takes, see :func:`model_of`.

    Raises
    ------
    ValueError
        If embeddings are of another model or width, no unit rows, or no numbers; if images have no
        model.
    """
    if isinstance(images, torch.Tensor):
        return _unit_rows(images, clip, width)
    if isinstance(images, np.ndarray) and images.ndim == 2 and images.dtype.kind == "f":
        return _unit_rows(images, clip, width)
    if clip is not None:
        return clip.encode_images(images)
    kept = getattr(images, "embeddings", None)  # of an ImageDataset
    if kept is None:
        raise ValueError("Images need a model to encode them; give clip, or embeddings.")
    theirs = getattr(images, "model", None)
    check_same_model(model, theirs, "The classifier takes embeddings", "these images have some")
    return _unit_rows(kept, clip, width)


def _unit_rows(
    given: torch.Tensor | np.ndarray, clip: Clip | None, width: int | None
) -> torch.Tensor:
    rows = tensor_of(given)
    if not rows.is_floating_point():
        raise ValueError(f"Image embeddings are rows of floats, but these are {given.dtype}.")
    if rows.ndim != 2 or width not in (None, rows.shape[1]):
        whose = f"'{clip.name}'" if clip is not None else "these shots"
        raise ValueError(
            f"Image embeddings of {whose} are (n, {width or 'width'}), but these are"
            f" {tuple(rows.shape)}; they are of another model, or no embeddings."
        )
    return unit_rows(rows)
