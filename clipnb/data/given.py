"""What a caller may give for images and for the names of classes, made one form of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..support.names import class_list
from ..support.text import printable
from .decode import to_rgb
from .files import open_file


def list_of_names(class_names: Iterable[str] | str | Path) -> list[str]:
    """The names of classes that a caller gives, see :func:`clipnb.support.names.class_list`; not a
    file of them."""
    note = (
        f"class_names is '{printable(class_names)}'; give a list of names (only ImageNet takes a"
        " file of them)."
    )
    return class_list(class_names, "class_names", note)


def list_of_images(images: Any) -> Sequence[Any]:
    """What was given for images as a sequence of images, by position whatever its index is.

    Parameters
    ----------
    images : one image, a path, or several in a list, array, generator or pandas Series

    Raises
    ------
    TypeError
        If it is something else; the message names what.
    """
    if isinstance(images, (Image.Image, str, Path)):
        return [images]
    if isinstance(images, np.ndarray) and images.ndim in (2, 3) and images.dtype != object:
        return [images]
    if isinstance(images, Sequence) and not isinstance(images, bytes):
        return images
    table = hasattr(images, "columns") and hasattr(images, "iloc")
    if isinstance(images, (Mapping, bytes)) or table or not hasattr(images, "__iter__"):
        raise TypeError(
            f"Images were expected, but got {type(images).__name__}; give PIL images, arrays or"
            " paths in a list, or what load_images returns."
        )
    return list(images)  # a Series is indexed by its labels, but goes through its values in order


def image_of(given: Image.Image | np.ndarray | str | Path) -> Image.Image:
    """An image, an array or a path as upright RGB.

    Raises
    ------
    ValueError, OSError
        If it cannot be read.
    TypeError
        If it is none of these.
    """
    if isinstance(given, (Image.Image, np.ndarray)):
        return to_rgb(given)
    if not isinstance(given, (str, Path)):
        if hasattr(given, "__array__"):
            return to_rgb(np.asarray(given))
        raise TypeError(
            f"An image was expected, but got {type(given).__name__}; give a PIL image, a"
            " (height, width, 3) uint8 array or a path."
        )
    if "://" in str(given)[:12]:
        raise ValueError(
            f"'{printable(given)}' is an address; download the image and give its path."
        )
    path = Path(given).expanduser()
    if path.is_dir():
        raise ValueError(
            f"'{printable(path)}' is a folder; give load_images('{printable(path)}'), or the path"
            " of one image."
        )
    return open_file(path)


def name_of_given(given: Any, index: int) -> str:
    """What to call one of several images in a message."""
    return f"'{printable(given)}'" if isinstance(given, (str, Path)) else f"image {index}"
