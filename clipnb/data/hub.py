"""Data sets through Hugging Face ``datasets``: from the Hub, or from a folder that it saved."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ..support.hub import why_not_fetched
from ..support.text import printable
from .decode import decode
from .files import FromFile, State, open_file, state_of
from .images import NO_LABEL, ImageDataset
from .lazy_images import LazyImages
from .summary import Summary

if TYPE_CHECKING:
    import datasets


def from_huggingface(
    dataset: datasets.Dataset, source: str = "a Hugging Face data set"
) -> ImageDataset:
    """A ``datasets.Dataset`` as an ImageDataset; images are decoded when somebody asks for them.

    Parameters
    ----------
    dataset : datasets.Dataset
        With one column of images, and one of type ClassLabel, which brings its names; of several,
        the one called label or fine_label.
    source : str
        What to call it in messages.

    Raises
    ------
    ValueError
        If there is no such column, or more than one and none has the usual name.
    """
    import datasets

    images = _column(dataset, datasets.Image, ("image", "img"), source)
    label = _column(dataset, datasets.ClassLabel, ("label", "labels", "fine_label"), source)
    labels = [NO_LABEL if value is None else value for value in dataset.with_format(None)[label][:]]
    raw = dataset.select_columns([images]).cast_column(images, datasets.Image(decode=False))
    raw = raw.with_format(None)
    files = _files(raw, images)
    openers = [
        FromFile(path, state, partial(_decode, raw, images, i, source, (state, None)))
        for i, (path, state) in enumerate(files)
    ] or [partial(_decode, raw, images, i, source) for i in range(len(raw))]
    names = [printable(name).replace("_", " ") for name in dataset.features[label].names]
    return ImageDataset(
        LazyImages(openers),
        np.array(labels, int),
        names,
        _keys(files or [None] * len(raw), dataset._fingerprint),
        [f"{source} {i}" for i in range(len(raw))],
        summary=Summary(len(raw)),
    )


def _files(raw: datasets.Dataset, images: str) -> list[tuple[str, State]]:
    """The file of each image and its state, where the data set holds the names of files only; else
    [], so that no image is read."""
    if not len(raw) or _cell(raw, images, 0).get("bytes"):
        return []
    paths = [_cell(raw, images, i).get("path") or "" for i in range(len(raw))]
    return [(path, state_of(path)) for path in paths]


def _keys(files: Sequence[tuple[str, State] | None], fingerprint: str) -> list[str]:
    """By the fingerprint of the data set; for names of files by their size and time too, for these
    may change."""
    keys = []
    for i, file in enumerate(files):
        size_and_time = "" if file is None else " {} {}".format(*file[1] or ("no", "file"))
        keys.append(hashlib.sha256(f"{fingerprint} {i}{size_and_time}".encode()).hexdigest())
    return keys


def _cell(raw: datasets.Dataset, images: str, row: int) -> dict:
    return raw[row][images] or {}


def _column(dataset: datasets.Dataset, kind: type, usual: Sequence[str], source: str) -> str:
    columns = [name for name, feature in dataset.features.items() if isinstance(feature, kind)]
    chosen = columns if len(columns) == 1 else [name for name in usual if name in columns]
    if not chosen:
        which = (
            f"has the {kind.__name__} columns {', '.join(columns)}; select one of them"
            if columns
            else f"has no column of type {kind.__name__}{_other(dataset, kind, usual)}"
        )
        raise ValueError(
            printable(f"{source} {which}; its columns are {', '.join(dataset.features)}.")
        )
    return chosen[0]


def _other(dataset: datasets.Dataset, kind: type, usual: Sequence[str]) -> str:
    """What can be done with a column of the usual name and another type."""
    name = next((name for name in usual if name in dataset.features), None)
    if name is None:
        return ""
    feature = dataset.features[name]
    what = getattr(feature, "dtype", None) or type(feature).__name__
    hint = (
        "(dataset.class_encode_column makes one of texts, cast_column of numbers)"
        if kind.__name__ == "ClassLabel"
        else "(dataset.cast_column makes one of files or bytes)"
    )
    return f", for '{name}' is of type {what} {hint}"


def _decode(
    raw: datasets.Dataset, images: str, row: int, source: str, states: tuple[State, ...] = ()
) -> Image.Image:
    try:
        cell = _cell(raw, images, row)
        if cell.get("bytes") is not None:
            return decode(io.BytesIO(cell["bytes"]), Path(cell.get("path") or "").suffix)
        if not cell.get("path"):
            raise ValueError("the row has no image")
        if states and state_of(cell["path"]) not in states:
            raise ValueError(
                f"'{cell['path']}' was changed after the data set was loaded; load it again"
            )
        return open_file(cell["path"])
    except Exception as error:  # Pillow's decoders raise many types on damaged files
        said = printable(error) or type(error).__name__
        raise ValueError(f"image {row} of {printable(source)} cannot be decoded: {said}") from error


def load_huggingface(name: str, split: str | None) -> datasets.Dataset:
    try:
        import datasets
    except ImportError as error:
        raise ImportError(
            "Data sets of the Hugging Face Hub need the package datasets: pip install"
            " 'clipnb[datasets]'."
        ) from error
    try:
        folder = Path(name).expanduser()
        if (folder / "state.json").is_file() or (folder / "dataset_dict.json").is_file():
            saved = datasets.load_from_disk(folder)
            return (
                saved[_split(name, [str(one) for one in saved], split)]
                if isinstance(saved, datasets.DatasetDict)
                else saved
            )
        return datasets.load_dataset(
            name, split=_split(name, datasets.get_dataset_split_names(name), split)
        )
    except (OSError, ConnectionError) as error:
        # what `datasets` raises where there is no such name, or no network
        raise OSError(
            f"The data set '{name}' is neither a folder saved by datasets nor could it be fetched"
            f" from the Hugging Face Hub{why_not_fetched(error)}."
        ) from error


def _split(name: str, there: list[str], wanted: str | None) -> str:
    """The split asked for; without, test, or else validation, or else the only one."""
    chosen = (
        [wanted]
        if wanted
        else [
            *(s for s in ("test", "validation", "valid", "val") if s in there),
            *(there if len(there) == 1 else []),
        ]
    )
    if not chosen or chosen[0] not in there:
        raise ValueError(
            f"'{name}' has the splits {', '.join(there)}; say which: 'hf:{name}:{there[0]}'."
        )
    return chosen[0]
