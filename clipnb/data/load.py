"""``load_images``: an :class:`ImageDataset` from a folder or a named data set."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable
from pathlib import Path

from .images import SUFFIXES, ImageDataset, from_files, images_in, list_of_names, readable_name
from .named import is_named, load_named


def load_images(
    source: str | Path, class_names: Iterable[str] | str | Path | None = None
) -> ImageDataset:
    """Images from a folder, from a public data set in its own layout, or from the Hugging Face
    Hub.

    Parameters
    ----------
    source : str or path
        A folder: either one folder per class (the folder's name is the class, ``_`` reads as a
        space), searched in depth, or a flat folder of images without labels.
        ``"cub:folder[:split]"``, and so with pets, food101, dtd, eurosat, cifar100 and imagenet: a
        data set in the layout in which it is published. ``"hf:name[:split]"``: a data set of the
        Hub, or a folder that ``datasets`` saved. See :mod:`clipnb.data.named`.
    class_names : sequence of str, optional
        The order of the classes, and for a flat folder the candidates. Folders are matched by name,
        never by position. For ImageNet: the file that says what the classes are called.

    Returns
    -------
    ImageDataset
        Broken files are named in a warning, and skipped; so are images that lie beside class
        folders, not in one.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist or holds no readable image.
    ValueError
        If a folder's class is not among ``class_names``, or these are one string or a file, which
        only ImageNet takes.
    """
    if is_named(source):
        return load_named(str(source), class_names)
    root = Path(source).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(
            f"There is no folder '{source}'; give the folder that holds your images."
        )
    folders = sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    asked = None if class_names is None else list_of_names(class_names)
    called = {_composed(name): name for name in asked or []}
    names = [_composed(readable_name(folder.name).replace("_", " ")) for folder in folders]
    found: list[tuple[str | None, Path]] = [
        (called.get(name, name), path)
        for name, folder in zip(names, folders)
        for path in images_in(folder, "**/*")
    ]
    direct = images_in(root, "*")
    if found and direct:
        many = "1 image" if len(direct) == 1 else f"{len(direct)} images"
        where = (
            f"directly in '{root}', beside the class folders (the first is"
            f" '{readable_name(direct[0].name)}')"
        )
        warnings.warn(
            f"Skipped {many} {where}; move what belongs to a class into its folder.", stacklevel=2
        )
    if not found:
        found = [(None, path) for path in direct]
    if not found:
        raise FileNotFoundError(
            f"'{source}' holds no images ({', '.join(sorted(SUFFIXES))}), neither in class"
            " folders nor directly."
        )
    present = list(dict.fromkeys(name for name, _ in found if name is not None))
    return from_files(root, found, present if asked is None else asked)


def _composed(name: str) -> str:
    """With é as one character; in the names of folders macOS writes two."""
    return unicodedata.normalize("NFC", name)
