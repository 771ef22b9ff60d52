"""Data sets in the layouts in which they are published, and through Hugging Face ``datasets``.

An image gets its class by the **name** that the data set gives it, never by a position in some
list: on Pets, labels in one order beside descriptors in another give about 10 % and look like a
result.

Class names are made readable, no more: ``001.Black_footed_Albatross`` → "black footed albatross",
``apple_pie`` → "apple pie", ``AnnualCrop`` → "annual crop"; Pets keeps its capitals (Abyssinian,
american bulldog), as in the descriptor files of Menon & Vondrick. **Papers differ**: CLIP's own
evaluation says "lake or sea" for EuroSAT's SeaLake and has ImageNet names of its own, and
accuracies move with them. :meth:`clipnb.ImageDataset.rename` puts other names in;
:meth:`clipnb.DescriptorSet.match` finds descriptors whose names differ in capitals, hyphens and
underscores only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeGuard

import numpy as np

from ..support.arguments import given_name
from ..support.text import printable
from .given import list_of_names
from .hub import from_huggingface, load_huggingface
from .imagenet import imagenet
from .images import ImageDataset
from .layouts import cifar100, cub, dtd, eurosat, food101, pets

# name → (loader, splits, the default first, files one of which marks the folder)
LAYOUTS: dict[str, tuple[Callable[..., ImageDataset], tuple[str, ...], tuple[str, ...]]] = {
    "cub": (cub, ("test", "train", "all"), ("images.txt",)),
    "pets": (pets, ("test", "trainval"), ("annotations/test.txt", "annotations/trainval.txt")),
    "food101": (food101, ("test", "train"), ("meta/test.txt", "meta/train.txt")),
    "dtd": (dtd, ("test", "val", "train"), ("labels/test1.txt", "labels/train1.txt")),
    "eurosat": (eurosat, ("all",), ("AnnualCrop", "Forest", "SeaLake")),
    "cifar100": (cifar100, ("test", "train"), ("fine_label_names.txt", "meta")),
    "imagenet": (
        imagenet,
        ("val",),
        ("val", "ILSVRC2012_img_val", "ILSVRC", "Data", "ILSVRC2012_val_00000001.JPEG"),
    ),
}


def is_named(source: object) -> TypeGuard[str]:
    """Whether a source is "layout:folder[:split]" or "hf:name[:split]"; a Windows path such as
    C:\\photos is not."""
    return (
        isinstance(source, str) and source.partition(":")[0] in ("hf", *LAYOUTS) and ":" in source
    )


def load_named(source: str, class_names: Iterable[str] | str | Path | None = None) -> ImageDataset:
    """What ``load_images`` does for "layout:folder[:split]" and "hf:name[:split]"."""
    kind, _, rest = source.partition(":")
    place, _, split = rest.rpartition(":") if re.search(r":[\w-]+$", rest) else (rest, "", None)
    given_name(f"The name after '{kind}:'", place)
    if kind == "hf":
        if class_names is not None:
            raise ValueError(
                "The class names of a Hugging Face data set come with it; use data.rename({old:"
                " new}) to change some."
            )
        return from_huggingface(load_huggingface(place, split), source)
    load, splits, marker = LAYOUTS[kind]
    split = split or splits[0]
    if split not in splits:
        raise ValueError(
            f"'{source}': there is no split '{split}' of {kind}; the splits are"
            f" {', '.join(splits)}."
        )
    root = _find_root(kind, Path(place).expanduser(), marker)
    return (
        load(root, split, class_names)
        if kind == "imagenet"
        else _in_order(
            load(root, split), None if class_names is None else list_of_names(class_names)
        )
    )


def _in_order(data: ImageDataset, class_names: Iterable[str] | None) -> ImageDataset:
    """The classes in the order asked for; names without images may be among them."""
    if class_names is None:
        return data
    names = list_of_names(class_names)
    if missing := [name for name in data.class_names if name not in names]:
        raise ValueError(
            f"The class '{missing[0]}' of the data set is not among class_names ({len(missing)}"
            " such)."
        )
    place = np.array([names.index(name) for name in data.class_names])
    labels = np.where(data.labels < 0, data.labels, place[data.labels])
    return replace(data, labels=labels, class_names=names, seen=np.empty(0, bool))


def _find_root(kind: str, folder: Path, marker: tuple[str, ...]) -> Path:
    """The folder that holds one of the marker files: the one given, or one or two below, where
    archives unpack themselves."""
    for depth in ("", "*/", "*/*/"):
        if roots := sorted(
            path.parents[name.count("/")] for name in marker for path in folder.glob(depth + name)
        ):
            return roots[0]
    raise FileNotFoundError(
        f"'{printable(folder)}' is not the folder of {kind}: neither in it nor below is there"
        f" {' or '.join(marker)}."
    )
