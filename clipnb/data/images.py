"""Images with labels: an :class:`ImageDataset`, and what reads one from files."""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, overload

import numpy as np
from PIL import Image, ImageOps

from ..support.names import listed
from ..support.progress import progress

if TYPE_CHECKING:
    import numpy.typing as npt


SUFFIXES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".ppm", ".avif"}
NO_LABEL = -1


class LazyImages(Sequence[Image.Image]):
    """Images that are opened or drawn when somebody asks for them; an index gives a PIL image,
    a slice more of the same."""

    def __init__(self, openers: list[Callable[[], Image.Image]]):
        self._openers = openers

    def __len__(self) -> int:
        return len(self._openers)

    @overload
    def __getitem__(self, index: int) -> Image.Image: ...

    @overload
    def __getitem__(self, index: slice) -> LazyImages: ...

    def __getitem__(self, index: int | slice) -> Image.Image | LazyImages:
        if isinstance(index, slice):
            return LazyImages(self._openers[index])
        return self._openers[index]()

    def select(self, which: Iterable[int]) -> LazyImages:
        return LazyImages([self._openers[i] for i in which])


class NoImages(LazyImages):
    """Where only embeddings were kept: the number of images is known, their pixels are not here."""

    def __init__(self, sources: Iterable[str]):
        super().__init__([partial(_not_kept, source) for source in sources])


def _not_kept(source: str) -> NoReturn:
    raise ValueError(
        f"Only the embedding of '{source}' was kept, not the image; load the images with"
        " load_images."
    )


@dataclass
class ImageDataset:
    """Images, what they show, and the names of the classes.

    Attributes
    ----------
    images : sequence of PIL.Image
        RGB, opened on demand.
    labels : (n,) int array
        Index into ``class_names``; -1 where the class is not known.
    class_names : list of str
    keys : list of str
        What identifies each image's content; the cache of embeddings goes by it.
    sources : list of str
        File name, or for the field guide split and number.
    seen : (classes,) bool array
        Field guide only: whether the bundled CLIP met this name in training. All True elsewhere.
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
    """

    images: LazyImages
    labels: np.ndarray
    class_names: list[str]
    keys: list[str]
    sources: list[str]
    seen: np.ndarray = field(default_factory=lambda: np.empty(0, bool))
    scenes: list = field(default_factory=list)
    size: int | None = None
    embeddings: np.ndarray | None = None
    model: dict | None = None
    part_mask: Callable | None = None

    def __post_init__(self) -> None:
        self.labels = np.asarray(self.labels, dtype=int)
        if self.seen is None or not len(self.seen):
            self.seen = np.ones(len(self.class_names), bool)

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        return f"ImageDataset({len(self)} images, {len(self.class_names)} classes)"

    def select(self, which: npt.ArrayLike) -> ImageDataset:
        """The images at these indices, or where this boolean array is True; the classes stay the
        same."""
        which = np.asarray(which)
        if which.dtype == bool and which.shape != (len(self),):
            raise ValueError(
                f"This boolean array has {which.size} entries, but there are {len(self)} images;"
                " where it has one for each class, as data.seen, give data.seen[data.labels]."
            )
        which = np.flatnonzero(which) if which.dtype == bool else which.astype(int)
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
        return replace(self, class_names=new)

    def mask(self, index: int, part: str) -> np.ndarray:
        """Pixels that show a part of a field guide image, (size, size) bool; what later parts and
        other figures cover is left out."""
        if not self.scenes or self.part_mask is None:
            raise ValueError(
                "Only images of the field guide know their parts; photos have no part masks."
            )
        return self.part_mask(self.scenes[index], part, self.size)


def to_rgb(image: Image.Image | np.ndarray) -> Image.Image:
    """An image or a (height, width, 3) uint8 array as upright RGB: EXIF rotation applied,
    transparency laid on white, 16-bit and palette modes converted. ValueError for other arrays, of
    which nobody knows what 1 means."""
    if not isinstance(image, Image.Image):
        array = np.asarray(image)
        if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] not in (3, 4):
            raise ValueError(
                "An image as an array must be (height, width, 3) of type uint8, 0 to 255, but"
                f" this one is {array.shape} of type {array.dtype}; convert it, or give a PIL"
                " image."
            )
        image = Image.fromarray(array)
    image = ImageOps.exif_transpose(image)
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        values = np.asarray(image, dtype=np.float64)
        top = 65535 if values.max(initial=0) > 255 else 255
        image = Image.fromarray((np.clip(values / top, 0, 1) * 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    return image.convert("RGB")


def _check_file(path: Path) -> tuple[str | None, str | None]:
    """(key, None) of a readable image, (None, reason) of a broken one. The file is decoded once,
    small if it can be."""
    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            image.draft("RGB", (64, 64))
            image.load()
        return hashlib.sha256(data).hexdigest(), None
    except Exception as error:  # Pillow's decoders raise many types on damaged files
        return None, f"{type(error).__name__}: {error}".split("\n")[0]


def _open_file(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return to_rgb(image)


def from_files(
    root: Path, found: Sequence[tuple[str | None, Path]], class_names: Sequence[str]
) -> ImageDataset:
    """An ImageDataset of files, each with its class (or None); broken ones are named in a warning
    and skipped."""
    names = list_of_names(class_names)
    present = list(dict.fromkeys(name for name, _ in found if name is not None))
    if strangers := [name for name in present if name not in names]:
        raise ValueError(
            f"The folder '{strangers[0]}' is not among class_names; rename it or add it"
            f" ({len(strangers)} such)."
        )
    # around all threads: warning filters belong to the whole process
    with warnings.catch_warnings(), ThreadPoolExecutor() as pool:
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        checked = list(
            progress(
                pool.map(_check_file, [path for _, path in found]), len(found), "checking images"
            )
        )
    broken = [
        f"{readable_name(path.relative_to(root))} ({reason})"
        for (_, path), (key, reason) in zip(found, checked)
        if key is None
    ]
    if broken:
        more = f" and {len(broken) - 20} more" if len(broken) > 20 else ""
        files = "file" if len(broken) == 1 else "files"
        warnings.warn(
            f"Skipped {len(broken)} unreadable {files}: {'; '.join(broken[:20])}{more}",
            stacklevel=3,
        )
    good = [(name, path, key) for (name, path), (key, _) in zip(found, checked) if key]
    if not good:
        raise FileNotFoundError(f"None of the {len(found)} files in '{root}' is a readable image.")
    place = {name: i for i, name in enumerate(names)}
    labels = [NO_LABEL if name is None else place[name] for name, _, _ in good]
    openers = [lambda path=path: _open_file(path) for _, path, _ in good]
    sources = [readable_name(path.relative_to(root)) for _, path, _ in good]
    return ImageDataset(
        LazyImages(openers), np.array(labels), names, [key for *_, key in good], sources
    )


def list_of_names(class_names: Iterable[str] | str | Path) -> list[str]:
    """ValueError for one string, which would be a list of letters, and for a file."""
    note = (
        f"class_names is '{class_names}'; give a list of names (only ImageNet takes a file of"
        " them)."
    )
    return listed(class_names, "class_names", note)


def readable_name(name: str | Path) -> str:
    """A file name as text; a byte that is no text is written as \\udc.., as in the files that
    clipnb writes."""
    return str(name).encode("utf-8", "backslashreplace").decode()


def images_in(folder: Path, pattern: str) -> list[Path]:
    return sorted(
        p
        for p in folder.glob(pattern)
        if p.suffix.lower() in SUFFIXES and not p.name.startswith(".") and p.is_file()
    )


def lines_of(path: Path) -> list[str]:
    """The lines of a text file that are not empty."""
    return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
