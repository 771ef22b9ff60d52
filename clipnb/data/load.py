"""``load_images``: an :class:`ImageDataset` from a folder or a named data set."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..support.arguments import given_name
from ..support.names import alike
from ..support.text import printable
from . import summary as reasons
from .folders import check_levels, class_folders, images_below
from .formats import SUFFIXES
from .gather import from_files
from .given import list_of_names
from .images import ImageDataset
from .labels import labels_of
from .named import is_named, load_named
from .summary import Summary


def load_images(
    source: str | Path,
    class_names: Iterable[str] | str | Path | None = None,
    labels: str | Path | Mapping[str, str] | None = None,
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
    labels : path or mapping, optional
        The class of each image of a folder, in place of its class folders: a CSV file whose first
        line names a column ``file`` (or ``file_name``, ``image``, ``path``, ``id``) and a column
        ``class`` (or ``label``, ``species``, ``category``), or a dictionary, file → class. A file
        is named by its path in the folder or by its name, with or without the ending. Images
        without a row are skipped.

    Returns
    -------
    ImageDataset
        Its ``summary`` says how many images were read, what was skipped and why: broken files,
        formats that are not read, images beside class folders, empty or closed folders, links that
        lead to nothing or to the same images again; and content that is in two classes, or names
        that differ in capitals, accents and the like only. If there is any such thing, it is a
        warning as well. Hidden folders (``.x``, ``@eaDir``, ``__MACOSX``) are left out. For what
        becomes of each kind of image see ``clipnb.data.decode.to_rgb``.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist or holds no readable image.
    ValueError
        If a folder's class is not among ``class_names``, or these are one string or a file, which
        only ImageNet takes; if the folders are splits (train, test), or two folders would be one
        class. If ``labels`` has no such columns, names no image, or says two things of one.

    Examples
    --------
    >>> load_images("photos/")  # photos/robin/*.jpg, photos/wren/*.jpg  # doctest: +SKIP
    ImageDataset(300 images, 2 classes)
    >>> load_images("photos/", labels="labels.csv")  # file,class  # doctest: +SKIP
    ImageDataset(300 images, 2 classes)
    """
    if not isinstance(source, (str, Path)):
        raise TypeError(
            f"load_images takes the path of a folder, but got {type(source).__name__}; images that"
            " are in memory go into ImageDataset or encode_images."
        )
    given_name("source", source)
    if not is_named(source):
        asked = None if class_names is None else list_of_names(class_names)
        data = _from_folder(Path(source), asked, labels)
    elif labels is None:
        data = load_named(str(source), class_names)
    else:
        raise ValueError(
            f"'{printable(source)}' has labels of its own; labels= is for a folder of your images."
        )
    if data.summary:
        warnings.warn(str(data.summary), stacklevel=2)
    return data


def _from_folder(root: Path, asked: list[str] | None, labels: object = None) -> ImageDataset:
    shown = printable(root)
    root = _existing(root)
    summary = Summary()
    files = images_below(root, summary)
    if labels is not None:
        pairs = [
            (_class_name(label, asked), path)
            for label, path in labels_of(root, files, labels, summary)
        ]
        names = sorted({name for name, _ in pairs}) if asked is None else asked
        return from_files(root, pairs, names, summary)
    names = {folder.name: _class_name(folder.name, asked) for folder in class_folders(root)}
    summary.remarks += _check_folders(names, asked)
    found: list[tuple[str | None, Path]] = []
    direct: list[Path] = []
    for path in files:
        top, *more = path.relative_to(root).parts
        if more:
            found.append((names[top], path))
        else:
            direct.append(path)
    if found:
        beside = (
            f"directly in '{shown}', beside the class folders (move what belongs to a class into"
            " its folder)"
        )
        for path in direct:
            summary.skip(beside, path.name)
        if remark := check_levels(root, files, asked is not None):
            summary.remarks.append(remark)
    else:
        found = [(None, path) for path in direct]
    if not found:
        raise FileNotFoundError(
            f"'{shown}' holds no images ({', '.join(sorted(SUFFIXES))}), neither in class"
            f" folders nor directly.{f' {summary}' if summary else ''}"
        )
    present = list(dict.fromkeys(name for name, _ in found if name is not None))
    noted = {text.split(" (")[0] for skipped in summary.skipped.values() for text in skipped}
    for folder, name in names.items():
        if present and name not in present and printable(folder) not in noted:
            summary.skip(reasons.EMPTY, folder)
    return from_files(root, found, present if asked is None else asked, summary)


def _existing(root: Path) -> Path:
    shown = printable(root)
    try:
        root = root.expanduser()
        if root.suffix.lower() in (".csv", ".tsv") and root.is_file():
            raise NotADirectoryError(
                f"'{shown}' is a table; give the folder that holds your images, and the table as"
                f" labels: load_images(folder, labels='{shown}')."
            )
        if root.suffix.lower() in (".zip", ".tar", ".gz", ".tgz", ".7z") and root.is_file():
            raise NotADirectoryError(
                f"'{shown}' is an archive; unpack it, and give the folder that holds your images."
            )
        if root.is_file():
            raise NotADirectoryError(
                f"'{shown}' is a file; give the folder that holds your images, or open one image"
                " with PIL.Image.open."
            )
        if not root.is_dir():
            raise FileNotFoundError(
                f"There is no folder '{shown}'; give the folder that holds your images."
            )
        next(root.iterdir(), None)
    except PermissionError as error:
        raise PermissionError(
            f"The folder '{shown}' may not be read; change its permissions."
        ) from error
    except (ValueError, RuntimeError) as error:  # a null character, the home of nobody
        raise ValueError(f"'{shown}' is not the path of a folder ({error}).") from error
    return root


def _class_name(folder: str, asked: list[str] | None) -> str:
    """What the class of a folder is called: as in ``class_names``, if it is there, with or without
    underscores."""
    own, readable = (_composed(printable(text)) for text in (folder, folder.replace("_", " ")))
    for name in asked or []:
        if _composed(printable(name)) in (own, readable):
            return name
    return readable


def _check_folders(names: dict[str, str], asked: list[str] | None) -> list[str]:
    """ValueError where two folders would be one class; remarks on classes that only a program tells
    apart, where the caller did not name them so."""
    seen: dict[str, str] = {}
    remarks = []
    for folder, name in names.items():
        if name in seen.values():
            other = next(other for other in seen if names[other] == name)
            raise ValueError(
                f"The folders '{printable(other)}' and '{printable(folder)}' would both be the"
                f" class '{name}'; rename one of them, or put their images into one folder."
            )
        same = next((other for other, taken in seen.items() if alike(taken) == alike(name)), None)
        if same is not None and asked is None:
            remarks.append(
                f"The folders '{printable(same)}' and '{printable(folder)}' differ only in"
                " capitals, accents, hyphens, underscores or apostrophes; rename one if they are"
                " two classes, or put their images into one folder."
            )
        seen[folder] = name
    return remarks


def _composed(name: str) -> str:
    """With é as one character; in the names of folders macOS writes two."""
    return unicodedata.normalize("NFC", name)
