"""Readers of public data sets in the layouts in which they are published."""

from __future__ import annotations

import hashlib
import io
import pickle
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..support.limits import LIST_BYTES, bytes_of
from ..support.text import printable
from .folders import class_folders, images_below
from .gather import from_files
from .images import ImageDataset
from .lazy_images import LazyImages
from .lists import Line, inside, lines_of, once
from .summary import Summary


def cub(root: Path, split: str) -> ImageDataset:
    """CUB-200-2011 (Wah et al. 2011): images.txt, train_test_split.txt, classes.txt. The class of a
    image is the folder it lies in."""
    folders = _cub_classes(root / "classes.txt")
    training = {}
    for line in lines_of(root / "train_test_split.txt"):
        number, flag = line.fields(2, "the number of an image and 0 or 1 were expected")
        if flag not in ("0", "1"):
            raise line.wrong("the number of an image and 0 or 1 were expected")
        training[number] = flag == "1"
    found = []
    for line in lines_of(root / "images.txt"):
        # a blank in the name of a file is part of it
        number, name = line.fields(2, "a number and a file were expected", exact=False)
        path, folder = inside(root / "images", name, line), name.split("/")[0]
        if folder not in folders:
            raise line.wrong(f"classes.txt has no class '{printable(folder)}'")
        if number not in training:
            raise line.wrong(f"train_test_split.txt does not say which split image {number} is in")
        if split == "all" or training[number] == (split == "train"):
            found.append((folders[folder], path))
    summary = Summary()
    return from_files(root, once(found, root, summary), list(folders.values()), summary)


def _cub_classes(path: Path) -> dict[str, str]:
    """Folder → name of the class."""
    folders = {}
    for line in lines_of(path):
        folder = line.fields(2, "a number and a class such as 001.Laysan_Albatross were expected")[
            1
        ]
        number, dot, name = folder.partition(".")
        if not dot or not number.isdigit() or not name:
            raise line.wrong("a number and a class such as 001.Laysan_Albatross were expected")
        # the number in front is part of the name
        folders[folder] = printable(name).replace("_", " ").lower()
    return dict(sorted(folders.items()))


def pets(root: Path, split: str) -> ImageDataset:
    """Oxford-IIIT Pets (Parkhi et al. 2012): annotations/{trainval,test}.txt. The class is in the
    file name: Abyssinian_100 → Abyssinian."""

    def read(line: Line) -> tuple[str, str]:
        expected = "an image such as Abyssinian_100 and three numbers were expected"
        image, *numbers = line.fields(4, expected)
        name, _, number = image.rpartition("_")
        if not name or not all(one.isdigit() for one in (number, *numbers)):
            raise line.wrong(expected)
        return name, f"{image}.jpg"

    return _listed(root, "annotations/{}.txt", split, ("trainval", "test"), read)


def food101(root: Path, split: str) -> ImageDataset:
    """Food-101 (Bossard et al. 2014): meta/{train,test}.txt with lines such as
    apple_pie/1005649."""

    def read(line: Line) -> tuple[str, str]:
        name, _, image = line.text.partition("/")
        if not name or not image:
            raise line.wrong("a class and an image such as apple_pie/1005649 were expected")
        return name, f"{line.text}.jpg"

    return _listed(root, "meta/{}.txt", split, ("train", "test"), read)


def dtd(root: Path, split: str) -> ImageDataset:
    """Describable Textures (Cimpoi et al. 2014), partition 1 of the 10:
    labels/{train,val,test}1.txt, lines such as banded/banded_0002.jpg."""

    def read(line: Line) -> tuple[str, str]:
        name, _, image = line.text.partition("/")
        if not name or not image:
            raise line.wrong("a class and an image such as banded/banded_0002.jpg were expected")
        return name, line.text

    return _listed(root, "labels/{}1.txt", split, ("train", "val", "test"), read)


def _listed(
    root: Path,
    file: str,
    split: str,
    splits: tuple[str, ...],
    read: Callable[[Line], tuple[str, str]],
) -> ImageDataset:
    """A data set whose splits are lists of images; ``read`` makes a line into (class, file). The
    classes are those of all lists, by alphabet."""
    lists = {}
    for one in splits:
        if (root / file.format(one)).is_file():
            lists[one] = []
            for line in lines_of(root / file.format(one)):
                if not line.text.startswith("#"):
                    name, path = read(line)
                    lists[one].append((printable(name), inside(root / "images", path, line)))
    if split not in lists:
        raise FileNotFoundError(
            f"'{root}' has no list {file.format(split)}, so its split '{split}' cannot be read."
        )
    names = sorted({name for pairs in lists.values() for name, _ in pairs}, key=str.lower)
    found = [(name.replace("_", " "), path) for name, path in lists[split]]
    if not found:
        raise ValueError(f"'{root / file.format(split)}' lists no image; get the file again.")
    summary = Summary()
    return from_files(
        root, once(found, root, summary), [name.replace("_", " ") for name in names], summary
    )


def eurosat(root: Path, split: str) -> ImageDataset:
    """EuroSAT, RGB (Helber et al. 2019): a folder per class, no split; 27,000 images. Papers that
    test on a part of them differ."""
    summary = Summary()
    readable = {
        folder.name: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", printable(folder.name)).lower()
        for folder in class_folders(root)
    }
    found = [
        (readable[path.relative_to(root).parts[0]], path)
        for path in images_below(root, summary)
        if path.parent != root
    ]
    return from_files(root, found, list(readable.values()), summary)


def cifar100(root: Path, split: str) -> ImageDataset:
    """CIFAR-100 (Krizhevsky 2009), fine labels; the binary version, or the Python version read by
    an unpickler that can build arrays only."""
    if (root / "fine_label_names.txt").exists():
        names = [line.text for line in lines_of(root / "fine_label_names.txt")]
        path = root / f"{split}.bin"
        content = bytes_of(path, LIST_BYTES, "a file of CIFAR-100")
        if not content or len(content) % (2 + 3072):
            raise ValueError(
                f"'{printable(path)}' has {len(content):,} bytes, not a multiple of the 3,074 of an"
                " image of CIFAR-100; get the file again."
            )
        # coarse label, fine label, pixels
        records = np.frombuffer(content, np.uint8).reshape(-1, 2 + 3072)
        labels, pixels = records[:, 1].astype(int), records[:, 2:]
    else:
        names = _entry(root / "meta", "fine_label_names", list)
        path = root / split
        labels = np.asarray(_entry(path, "fine_labels", list))
        pixels = _entry(path, "data", np.ndarray)
        if pixels.dtype != np.uint8 or pixels.shape != (len(labels), 3072):
            raise ValueError(
                f"'{printable(path)}' has pixels of shape {pixels.shape} and {len(labels)} labels,"
                " not 3,072 bytes a label; get the file again."
            )
    whole = labels.dtype.kind in "iu" and len(labels)
    if not whole or labels.min() < 0 or labels.max() >= len(names):
        raise ValueError(
            f"'{printable(path)}' has labels beyond the {len(names)} class names beside it; get"
            " both files again."
        )
    images = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    openers = [partial(_from_array, image) for image in images]
    keys = [hashlib.sha256(b"cifar" + row.tobytes()).hexdigest() for row in pixels]
    readable, sources = (
        [printable(name).replace("_", " ") for name in names],
        [f"{split}/{i}" for i in range(len(keys))],
    )
    return ImageDataset(
        LazyImages(openers, in_memory=True),
        labels,
        readable,
        keys,
        sources,
        summary=Summary(len(keys)),
    )


def _from_array(image: np.ndarray) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(image))


class _ArraysOnly(pickle.Unpickler):
    """A pickle can run any program; this one may build NumPy arrays and plain values, and refuses
    the rest."""

    ALLOWED = {
        (module, name)
        for module in ("numpy.core.multiarray", "numpy._core.multiarray")
        for name in ("_reconstruct",)
    } | {
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("_codecs", "encode"),  # bytes, where Python 3 wrote the file in an old protocol
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def _entry(path: Path, name: str, kind: type) -> Any:
    """An entry of a file of the Python version."""
    content = _unpickle(path)
    if not isinstance(content, dict) or not isinstance(content.get(name), kind):
        raise ValueError(
            f"'{printable(path)}' has no entry {name} as a file of CIFAR-100 has; get it again."
        )
    return content[name]


def _unpickle(path: Path) -> Any:
    content = bytes_of(path, LIST_BYTES, "a file of CIFAR-100")
    try:
        return _ArraysOnly(io.BytesIO(content), encoding="latin1").load()
    except Exception as error:  # a damaged pickle raises almost anything
        raise ValueError(
            f"'{printable(path)}' is not a file of CIFAR-100, or it has been tampered with"
            f" ({printable(error) or type(error).__name__}); it was not loaded."
        ) from error
