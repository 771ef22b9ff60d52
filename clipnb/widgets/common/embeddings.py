"""Embeddings that a widget keeps, so that editing re-scores and only new text runs the model; and
the images to choose from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image

from ...data.given import image_of, list_of_images
from ...data.images import ImageDataset
from ...data.lazy_images import LazyImages
from ...data.load import load_images
from ...model.checks import check_is_model
from ...support.arguments import whole
from ...support.limits import TEXT_CHARACTERS
from .document import index

if TYPE_CHECKING:
    import numpy.typing as npt

    from ...model.clip import Clip

# What a reader may have at hand: a data set, an image, images, or what load_images takes
Images: TypeAlias = (
    "ImageDataset | Image.Image | np.ndarray | Sequence[Image.Image | np.ndarray] | str | Path"
)


class TextEmbeddings:
    """Unit embeddings of texts, by key; what is asked for again is not encoded again.

    Parameters
    ----------
    clip : Clip
    """

    def __init__(self, clip: Clip):
        check_is_model(clip)
        self.clip, self.place, self._rows = clip, {}, np.zeros((0, clip.dim), np.float32)

    def learn(self, texts: dict[str, str]) -> list[str]:
        """Encode what is new of key → text, in one pass; the new keys."""
        new = [key for key in texts if key not in self.place]
        if long := [text for key in new if len(text := texts[key]) > TEXT_CHARACTERS]:
            raise ValueError(
                f"'{long[0][:40]}…' makes a text of {len(long[0]):,} characters; at most"
                f" {TEXT_CHARACTERS:,} are taken."
            )
        if new:
            rows = self.clip.encode_texts([texts[key] for key in new], progress_bar=False).numpy()
            self.place.update({key: len(self.place) + i for i, key in enumerate(new)})
            self._rows = np.concatenate([self._rows, rows])
        return new

    def __getitem__(self, keys: list[str]) -> np.ndarray:
        """(keys, dim) float32"""
        return self._rows[[self.place[key] for key in keys]]

    def cosines(self, keys: list[str], image: np.ndarray) -> np.ndarray:
        """(keys,) float64: the products are summed in double precision, as JavaScript does."""
        return self[keys].astype(np.float64) @ image.astype(np.float64)


class ImageStore:
    """Images with names and embeddings; each is opened and encoded when it is first needed.

    Parameters
    ----------
    clip : Clip or None
        None where no embedding is asked for.
    images : ImageDataset, PIL image, sequence of images, or what ``load_images`` takes
    strip : int
        How many a page offers from the start: evenly over the classes.
    """

    def __init__(self, clip: Clip | None, images: Images, strip: int = 12):
        check_is_model(clip, optional=True)
        whole("max_images", strip, 1)
        self.clip, self.data, self._embeddings = clip, as_dataset(images), {}
        if not len(self.data):
            raise ValueError("There is no image to show.")
        self.strip = spread(self.data.labels, strip)

    def __len__(self):
        return len(self.data)

    def first(self, start: int | str | None) -> int:
        """The image to begin with: a number, or the first of a class."""
        if isinstance(start, str):
            if not len(
                mine := np.flatnonzero(
                    self.data.labels
                    == (
                        self.data.class_names.index(start) if start in self.data.class_names else -2
                    )
                )
            ):
                raise ValueError(f"There is no image of '{start}' here.")
            return int(mine[0])
        if start is None:
            return self.strip[0]
        whole("start", start)
        return index(int(start), len(self), "image")

    def __getitem__(self, which: int):
        return self.data.images[which]

    def embedding(self, which: int) -> np.ndarray:
        """(dim,) float32, unit length"""
        if which not in self._embeddings:
            self._encode([which])
        return self._embeddings[which]

    def embeddings(self, which: list[int]) -> np.ndarray:
        """(which, dim) float32"""
        if missing := [i for i in which if i not in self._embeddings]:
            self._encode(missing)
        return np.stack([self._embeddings[i] for i in which])

    def _encode(self, which: list[int]) -> None:
        assert self.clip is not None  # who asks for embeddings has given one
        encoded = self.clip.encode_images(self.data.select(which), progress_bar=False).numpy()
        self._embeddings.update(zip(which, encoded))

    def name(self, which: int) -> str:
        """The file, or the field guide's split and number."""
        return self.data.sources[which]

    def truth(self, which: int) -> str | None:
        """The class of the image, if it is known."""
        label = self.data.labels[which]
        return self.data.class_names[label] if label >= 0 else None


def as_dataset(images: Images) -> ImageDataset:
    """Any of what a reader may have at hand as an ImageDataset."""
    if isinstance(images, ImageDataset):
        return images
    if isinstance(images, (str, os.PathLike)):
        return load_images(images if isinstance(images, str) else Path(images))
    opened = [image_of(one) for one in list_of_images(images)]
    names = [f"image {i + 1}" for i in range(len(opened))]
    keys = [_digest(one) for one in opened]
    return ImageDataset(
        LazyImages([lambda one=one: one for one in opened], in_memory=True),
        np.full(len(opened), -1),
        [],
        keys,
        names,
    )


def _digest(image: Image.Image) -> str:
    return hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()


def spread(labels: npt.ArrayLike, count: int) -> list[int]:
    """Indices of ``count`` images, one of each class in turn, ordered as in the data set."""
    turns: dict[int, int] = {}
    order = []
    for i, label in enumerate(np.asarray(labels).tolist()):
        turns[label] = turns.get(label, -1) + 1
        order.append((turns[label], i))
    return sorted(i for _, i in sorted(order)[:count])
