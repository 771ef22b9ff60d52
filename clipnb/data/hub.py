"""Data sets through Hugging Face ``datasets``: from the Hub, or from a folder that it saved."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from .images import NO_LABEL, ImageDataset, LazyImages, to_rgb

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
    openers = [
        lambda i=i: _decode(raw[i][images], f"image {i} of {source}") for i in range(len(raw))
    ]
    # reads no image
    keys = [
        hashlib.sha256(f"{dataset._fingerprint} {i}".encode()).hexdigest() for i in range(len(raw))
    ]
    names = [name.replace("_", " ") for name in dataset.features[label].names]
    return ImageDataset(
        LazyImages(openers),
        np.array(labels),
        names,
        keys,
        [f"{source} {i}" for i in range(len(raw))],
    )


def _column(dataset: datasets.Dataset, kind: type, usual: Sequence[str], source: str) -> str:
    columns = [name for name, feature in dataset.features.items() if isinstance(feature, kind)]
    chosen = columns if len(columns) == 1 else [name for name in usual if name in columns]
    if not chosen:
        which = (
            f"has the {kind.__name__} columns {', '.join(columns)}; select one of them"
            if columns
            else f"has no column of type {kind.__name__}"
        )
        raise ValueError(f"{source} {which}; its columns are {', '.join(dataset.features)}.")
    return chosen[0]


def _decode(cell: dict, what: str) -> Image.Image:
    try:
        with Image.open(
            io.BytesIO(cell["bytes"]) if cell["bytes"] is not None else cell["path"]
        ) as image:
            return to_rgb(image)
    except (OSError, TypeError) as error:
        raise ValueError(f"{what} cannot be decoded: {error}") from error


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
            " from the Hugging Face Hub; check the name and the network."
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
