"""Readers of public data sets in the layouts in which they are published."""

from __future__ import annotations

import hashlib
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from .images import ImageDataset, LazyImages, from_files, images_in, lines_of


def cub(root: Path, split: str) -> ImageDataset:
    """CUB-200-2011 (Wah et al. 2011): images.txt, train_test_split.txt, classes.txt. The class of a
    image is the folder it lies in."""
    paths = dict(line.split() for line in lines_of(root / "images.txt"))
    training = dict(line.split() for line in lines_of(root / "train_test_split.txt"))
    wanted = [
        path
        for number, path in paths.items()
        if split == "all" or (training[number] == "1") == (split == "train")
    ]
    # the number in front is part of the name
    folders = sorted(line.split()[1] for line in lines_of(root / "classes.txt"))
    readable = {folder: folder.split(".", 1)[1].replace("_", " ").lower() for folder in folders}
    return from_files(
        root,
        [(readable[path.split("/")[0]], root / "images" / path) for path in wanted],
        list(readable.values()),
    )


def pets(root: Path, split: str) -> ImageDataset:
    """Oxford-IIIT Pets (Parkhi et al. 2012): annotations/{trainval,test}.txt. The class is in the
    file name: Abyssinian_100 → Abyssinian."""

    def read(line: str) -> tuple[str, str]:
        image = line.split()[0]
        return image.rsplit("_", 1)[0], f"{image}.jpg"

    return _listed(root, "annotations/{}.txt", split, ("trainval", "test"), read)


def food101(root: Path, split: str) -> ImageDataset:
    """Food-101 (Bossard et al. 2014): meta/{train,test}.txt with lines such as
    apple_pie/1005649."""
    return _listed(
        root,
        "meta/{}.txt",
        split,
        ("train", "test"),
        lambda line: (line.split("/")[0], f"{line}.jpg"),
    )


def dtd(root: Path, split: str) -> ImageDataset:
    """Describable Textures (Cimpoi et al. 2014), partition 1 of the 10:
    labels/{train,val,test}1.txt, lines such as banded/banded_0002.jpg."""
    return _listed(
        root,
        "labels/{}1.txt",
        split,
        ("train", "val", "test"),
        lambda line: (line.split("/")[0], line),
    )


def _listed(
    root: Path,
    file: str,
    split: str,
    splits: tuple[str, ...],
    read: Callable[[str], tuple[str, str]],
) -> ImageDataset:
    """A data set whose splits are lists of images; ``read`` makes a line into (class, file). The
    classes are those of all lists, by alphabet."""
    lists = {
        s: [read(line) for line in lines_of(root / file.format(s)) if line[0] != "#"]
        for s in splits
        if (root / file.format(s)).is_file()
    }
    if split not in lists:
        raise FileNotFoundError(
            f"'{root}' has no list {file.format(split)}, so its split '{split}' cannot be read."
        )
    names = sorted({name for pairs in lists.values() for name, _ in pairs}, key=str.lower)
    found = [(name.replace("_", " "), root / "images" / path) for name, path in lists[split]]
    return from_files(root, found, [name.replace("_", " ") for name in names])


def eurosat(root: Path, split: str) -> ImageDataset:
    """EuroSAT, RGB (Helber et al. 2019): a folder per class, no split; 27,000 images. Papers that
    test on a part of them differ."""
    folders = sorted(path for path in root.iterdir() if path.is_dir())
    readable = {
        folder: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", folder.name).lower() for folder in folders
    }
    found = [(name, path) for folder, name in readable.items() for path in images_in(folder, "*")]
    return from_files(root, found, list(readable.values()))


def cifar100(root: Path, split: str) -> ImageDataset:
    """CIFAR-100 (Krizhevsky 2009), fine labels; the binary version, or the Python version read by
    an unpickler that can build arrays only."""
    if (root / "fine_label_names.txt").exists():
        names = lines_of(root / "fine_label_names.txt")
        # coarse label, fine label, pixels
        records = np.fromfile(root / f"{split}.bin", np.uint8).reshape(-1, 2 + 3072)
        labels, pixels = records[:, 1].astype(int), records[:, 2:]
    else:
        names = list(_unpickle(root / "meta")["fine_label_names"])
        content = _unpickle(root / split)
        labels, pixels = np.array(content["fine_labels"]), np.asarray(content["data"], np.uint8)
    images = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    openers = [lambda image=image: Image.fromarray(np.ascontiguousarray(image)) for image in images]
    keys = [hashlib.sha256(b"cifar" + row.tobytes()).hexdigest() for row in pixels]
    readable, sources = (
        [name.replace("_", " ") for name in names],
        [f"{split}/{i}" for i in range(len(keys))],
    )
    return ImageDataset(LazyImages(openers), labels, readable, keys, sources)


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


def _unpickle(path: Path) -> dict:
    try:
        with open(path, "rb") as file:
            return _ArraysOnly(file, encoding="latin1").load()
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"'{path}' is not a file of CIFAR-100, or it has been tampered with ({error}); it was"
            " not loaded."
        ) from error
