"""Images with labels: an :class:`ImageDataset`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ..support.arrays import array_of, booleans, whole_numbers
from ..support.names import check_name, in_order, listed
from ..support.text import printable
from .files import FromFile, state_of
from .given import image_of, list_of_images
from .lazy_images import LazyImages
from .summary import Summary

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


NO_LABEL = -1
CONDITIONS = ("scale", "turn", "hidden", "dusk", "companion", "foreign")


@dataclass
class ImageDataset:
    """Images, what they show, and the names of the classes.

    Made by :func:`clipnb.load_images` and :func:`clipnb.load_fieldguide`, or by hand of images,
    labels and class names.

    Attributes
    ----------
    images : sequence of PIL.Image
        RGB, opened on demand. By hand: PIL images of any mode, (h, w, 3) uint8 arrays or paths.
    labels : (n,) int array
        Index into ``class_names``; -1 where the class is not known.
    class_names : list of str
    keys : list of str
        What identifies each image's content; the cache of embeddings goes by it. For images given
        by hand it is computed from their pixels, whatever is given.
    sources : list of str
        File name, or for the field guide split and number; by hand "image 0", … if none are given.
    seen : (classes,) bool array
        Field guide only: whether the bundled CLIP met this name in training. All True elsewhere.
    name_frequency : (classes,) int array, optional
        Field guide only: in how many of the bundled CLIP's training captions this name occurs, as
        counted there; 0 for development and exam species.
    field_guide : int, optional
        Field guide only: its version, which a model that was trained on it notes too.
    scenes : list
        Field guide only: what was drawn; :meth:`mask` needs it.
    size : int, optional
        Field guide only: side of the square images in pixels.
    embeddings : (n, dim) float32 array, optional
        Embeddings that were kept, unit rows, see :func:`clipnb.load_embeddings`;
        :meth:`Clip.encode_images` returns them. There are no pixels then.
    model : dict, optional
        ``name`` and ``fingerprint`` of the model that made the embeddings.
    part_mask : callable, optional
        Field guide only: draws the mask of a part, from a scene, the part's name and the size.
    summary : Summary, optional
        Of :func:`clipnb.load_images`: how many images were read, what was skipped and why.
    conditions_of : callable, optional
        Field guide only: the conditions of an image, from a scene and the size.

    Raises
    ------
    ValueError
        If the parts do not have one entry for each image, or a label is not the index of a class.
    """

    images: LazyImages
    labels: np.ndarray
    class_names: list[str]
    keys: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    seen: np.ndarray = field(default_factory=lambda: np.empty(0, bool))
    scenes: list = field(default_factory=list)
    size: int | None = None
    embeddings: np.ndarray | None = None
    model: dict | None = None
    part_mask: Callable | None = None
    summary: Summary | None = None
    conditions_of: Callable | None = None
    name_frequency: np.ndarray | None = None
    field_guide: int | None = None

    def __post_init__(self) -> None:
        self.class_names = _different(listed(self.class_names, "class_names"))
        given = None if isinstance(self.images, LazyImages) else list_of_images(self.images)
        count = len(self.images if given is None else given)
        if not len(self.sources):
            self.sources = [f"image {i}" for i in range(count)]
        self.sources = list(map(printable, self.sources))  # no file holds half a surrogate pair
        if given is not None:
            self.images, self.keys = _in_memory(given, list(self.keys), self.sources)
        self.labels = _labels(self.labels, self.class_names)
        optional = {"scenes": self.scenes, "embeddings": self.embeddings}
        parts = {"labels": self.labels, "keys": self.keys, "sources": self.sources}
        parts |= {k: part for k, part in optional.items() if part is not None and len(part)}
        for name, part in parts.items():
            if len(part) != count:
                raise ValueError(
                    f"There are {count} images, but {len(part)} {name}; give one for each image."
                )
        if self.seen is None or not len(self.seen):
            self.seen = np.ones(len(self.class_names), bool)
        self.seen = array_of(in_order("seen", self.seen, self.class_names))
        if self.name_frequency is not None:
            named = in_order("name_frequency", self.name_frequency, self.class_names)
            self.name_frequency = array_of(named)
        for name, part in {"seen": self.seen, "name_frequency": self.name_frequency}.items():
            if part is not None and len(part) != len(self.class_names):
                raise ValueError(
                    f"{name} has {len(part)} entries, but there are {len(self.class_names)}"
                    " classes; give one for each class."
                )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"ImageDataset({len(self)} images, {len(self.class_names)} classes)"

    def select(self, which: npt.ArrayLike) -> ImageDataset:
        """The images at these indices, or where this boolean array is True; the classes stay the
        same.

        Raises
        ------
        ValueError
            If there is not one boolean for each image, or an index is no whole number.
        IndexError
            If there is no such image.
        """
        which = _chosen(which, len(self))
        take = lambda items: [items[i] for i in which]
        return replace(
            self,
            images=self.images.select(which),
            labels=self.labels[which],
            keys=take(self.keys),
            sources=take(self.sources),
            scenes=take(self.scenes) if self.scenes else [],
            embeddings=None if self.embeddings is None else self.embeddings[which],
        )

    def changed(self) -> list[str]:
        """The sources of images whose files were written since the data set was made, by their size
        and time of change; an embedding that was kept is not used for them."""
        return [self.sources[i] for i in self.images.changed()]

    def of_class(self, name: str) -> ImageDataset:
        """The images of one class."""
        if name not in self.class_names:
            raise ValueError(f"There is no class '{name}' here; class_names lists them.")
        return self.select(self.labels == self.class_names.index(name))

    def rename(self, names: dict[str, str]) -> ImageDataset:
        """The same images with some classes called otherwise, as ``data.rename({"sea lake": "lake
        or sea"})``; ValueError names a class that is not there."""
        if strangers := [name for name in names if name not in self.class_names]:
            raise ValueError(f"There is no class '{strangers[0]}' here; class_names lists them.")
        new = [names.get(name, name) for name in self.class_names]
        if doubled := [name for name in new if new.count(name) > 1]:
            raise ValueError(
                f"Two classes would be called '{doubled[0]}'; every class needs a name of its own."
            )
        # how often the new names occur in training is not known
        frequency = self.name_frequency if new == self.class_names else None
        return replace(self, class_names=new, name_frequency=frequency)

    def mask(self, index: int, part: str) -> np.ndarray:
        """Pixels that show a part of a field guide image, (size, size) bool; what later parts and
        other figures cover is left out."""
        if not self.scenes or self.part_mask is None:
            raise ValueError(
                "Only images of the field guide know their parts; photos have no part masks."
            )
        return self.part_mask(self.scenes[index], part, self.size)

    def conditions(self) -> pd.DataFrame:
        """What makes field guide images hard, one row for each image.

        ``hidden`` is measured in masks, which are drawn when this is called: about 0.1 s for an
        image that plants partly hide.

        Returns
        -------
        pandas.DataFrame
            ``scale``: of the figure, relative to an ordinary one. ``turn``: degrees, to either
            side. ``hidden``: share of the figure's pixels that plants in front of it cover.
            ``dusk``: opacity of the darkness, 0 to 1. ``companion``: the kind of the other creature
            in the image, or "". ``foreign``: whether the species is not usually found in this
            habitat.

        Raises
        ------
        ValueError
            If these are no images of the field guide.
        """
        import pandas as pd

        if self.conditions_of is None or len(self.scenes) < len(self):
            raise ValueError(
                "Only images of the field guide know their conditions; photos have none."
            )
        rows = [self.conditions_of(scene, self.size) for scene in self.scenes]
        return pd.DataFrame(rows, columns=list(CONDITIONS))


def _different(names: list[Any]) -> list[str]:
    """ValueError for the name of a class that is no text, empty, is there twice, or cannot be
    printed."""
    if strange := [name for name in names if not isinstance(name, str)]:
        raise ValueError(
            f"class_names has {strange[0]!r} of type {type(strange[0]).__name__}; the name of a"
            " class is a str."
        )
    for name in names:
        check_name(name, "class_names")
    if len(set(names)) < len(names):
        doubled = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(
            f"Two classes are called '{printable(doubled)}' in class_names; every class needs a"
            " name of its own."
        )
    return names


def _chosen(which: Any, count: int) -> np.ndarray:
    """Indices of images, from indices or a boolean array."""
    given = array_of(which)
    # a nullable column of pandas is an array of objects
    if given.dtype == bool or (given.size and isinstance(given.flat[0], (bool, np.bool_))):
        if given.shape != (count,):
            raise ValueError(
                f"This boolean array has {given.size} entries, but there are {count} images; where"
                " it has one for each class, as data.seen, give data.seen[data.labels]."
            )
        return np.flatnonzero(booleans("The boolean array", given))
    places = whole_numbers("which", given)
    outside = places[(places < -count) | (places >= count)]
    if len(outside):
        raise IndexError(f"There is no image {outside[0]}; there are {count}.")
    return places


def _in_memory(
    images: Sequence[Any], keys: list[str], sources: Sequence[str]
) -> tuple[LazyImages, list[str]]:
    """Images that were given by hand, with the digests of their pixels as keys."""
    if keys and len(keys) != len(images):
        raise ValueError(
            f"There are {len(images)} images, but {len(keys)} keys; give one for each image."
        )
    computed, states = [], []
    for i, image in enumerate(images):
        states.append(
            state_of(Path(image).expanduser()) if isinstance(image, (str, Path)) else None
        )
        try:
            computed.append(_pixel_digest(image_of(image)))
        except (ValueError, OSError, TypeError) as error:
            name = sources[i] if i < len(sources) else f"image {i}"
            raise type(error)(f"'{printable(name)}': {error}") from error
    openers: list[Callable[[], Image.Image]] = []
    for image, key, state in zip(images, computed, states):
        opener = partial(_unchanged, image, key)
        file = isinstance(image, (str, Path))
        openers.append(FromFile(Path(image).expanduser(), state, opener) if file else opener)
    return LazyImages(openers, not any(isinstance(one, FromFile) for one in openers)), computed


def _unchanged(image: Any, key: str) -> Image.Image:
    rgb = image_of(image)
    if _pixel_digest(rgb) != key:
        raise ValueError("Its pixels were changed after the data set was made; make it again.")
    return rgb


def _pixel_digest(image: Image.Image) -> str:
    digest = hashlib.sha256(f"RGB {image.size}".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


def _labels(labels: Any, class_names: list[str]) -> np.ndarray:
    """Whole numbers that are indices of classes, or -1."""
    try:
        given = array_of(labels)
        with np.errstate(invalid="ignore"):  # NaN becomes some number, which is not equal to it
            numbers = given.astype(int) if given.size else np.empty(0, int)
        whole = given.ndim == 1 and given.dtype.kind != "U" and (numbers == given).all()
    except (TypeError, ValueError, OverflowError):
        numbers, whole = np.empty(0, int), False
    if not whole:
        raise ValueError(
            "labels must be one row of whole numbers, the index of each image's class in"
            f" class_names, or {NO_LABEL} where it is not known."
        )
    outside = np.flatnonzero((numbers < NO_LABEL) | (numbers >= len(class_names)))
    if len(outside):
        raise ValueError(
            f"Image {outside[0]} has the label {numbers[outside[0]]}, but there are"
            f" {len(class_names)} classes; a label is an index into class_names, or {NO_LABEL}"
            " where the class is not known."
        )
    return numbers
