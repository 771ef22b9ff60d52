"""``save_embeddings``: embeddings in the files that other programs read."""

from __future__ import annotations

import csv
import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ..data.images import ImageDataset
from ..data.load import load_images
from ..support.arguments import given_name, one_of
from ..support.files import create, make_folder, replace, replacing, replacing_path
from ..support.spreadsheet import guarded
from ..support.text import printable
from .checks import check_is_model
from .clip import Clip
from .clip_retrieval import IMAGES, TABLES
from .loading import load_clip
from .parts import NOTE, arrow, class_of, note_on, table_of, write_table
from .rows import kept_rows

FORMATS = ("npz", "npy", "parquet", "clip-retrieval")
PART = 1_000_000  # embeddings in a file of clip-retrieval's layout


def save_embeddings(
    data: ImageDataset | str | Path,
    path: str | Path,
    clip: Clip | None = None,
    format: str | None = None,
) -> Path:
    """Write embeddings with their file names and classes, for other programs and for
    :func:`load_embeddings`; completely or not at all.

    For more images than fit into memory there is :func:`embed`.

    Parameters
    ----------
    data : ImageDataset, or what :func:`load_images` takes
        Its embeddings are written, if it has any (those of :func:`load_embeddings`); otherwise its
        images are embedded.
    path : str or path
        What to write; a file of that name is replaced.
    clip : Clip, optional
        What embeds the images, by default the bundled one. Where there are embeddings, it must be
        the model that made them.
    format : {"npz", "npy", "parquet", "clip-retrieval"}, optional
        By default what the name of the path ends with; without an ending, clip-retrieval's folder.

        * ``npz``: arrays ``embeddings``, ``sources``, ``keys``, ``labels``, ``class_names``,
          ``model`` and ``fingerprint``; ``np.load`` reads it without pickle.
        * ``npy``: the array, and ``source``, ``class`` and ``key`` in a CSV of the same name; it
          does not say which model made it.
        * ``parquet``: one file as :func:`embed` writes them, for pandas, ``datasets`` and others.
        * ``clip-retrieval``: ``img_emb/img_emb_0.npy``, ``metadata/metadata_0.parquet``.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ValueError
        If the format is not known, the embeddings are those of another model or damaged, an image
        cannot be read, or a folder of that name is there already.
    ImportError
        If the format needs pyarrow and it is not installed.
    """
    given_name("path", path)
    check_is_model(clip, optional=True)
    path = Path(path).expanduser()
    kind = format or _format_of(path)
    one_of("format", kind, FORMATS)
    if kind in ("parquet", "clip-retrieval"):
        arrow("Parquet files are written here")
    if kind == "clip-retrieval":
        _refuse_what_is_there(path)
    data = data if isinstance(data, ImageDataset) else load_images(data)
    rows, model = _embeddings(data, clip)
    make_folder(path.parent)
    _WRITERS[kind](data, rows, model, path)
    return path


def _format_of(path: Path) -> str:
    ending = path.suffix.lower().removeprefix(".")
    if ending and ending not in FORMATS:
        raise ValueError(
            f"'{printable(path)}' ends with '.{printable(ending)}'; it can end with .npz, .npy or"
            " .parquet, or give format=."
        )
    return ending or "clip-retrieval"


def _embeddings(data: ImageDataset, clip: Clip | None) -> tuple[np.ndarray, dict[str, str]]:
    """The embeddings of the images, checked, and the model that made them."""
    if data.embeddings is not None and clip is None:
        model = data.model or {}
        if not isinstance(name := model.get("name"), str) or "fingerprint" not in model:
            raise ValueError(
                "The data do not say which model made their embeddings; give it as clip=."
            )
        width = np.shape(data.embeddings)[-1] if np.ndim(data.embeddings) else 0
        return kept_rows(data.embeddings, width, name, data.sources).numpy(), model
    clip = clip or load_clip()
    rows = clip.encode_images(data).numpy()
    return rows, {"name": clip.name, "fingerprint": clip.fingerprint}


# --- the formats ----------------------------------------------------------------------------------


def _write_npz(data: ImageDataset, rows: np.ndarray, model: dict[str, str], path: Path) -> None:
    arrays: dict[str, Any] = {
        "embeddings": rows,
        "sources": np.array(data.sources, str),
        "keys": np.array(data.keys, str),
        "labels": np.asarray(data.labels, np.int64),
        "class_names": np.array(data.class_names, str),
        "model": np.array(model["name"]),
        "fingerprint": np.array(model["fingerprint"]),
        "seen": np.asarray(data.seen, bool),
    }
    if data.name_frequency is not None:
        arrays["name_frequency"] = np.asarray(data.name_frequency)
    if data.field_guide is not None:
        arrays["field_guide"] = np.array(data.field_guide)
    with replacing_path(path) as unfinished, create(unfinished) as file:
        np.savez(file, **arrays)


def _write_npy(data: ImageDataset, rows: np.ndarray, model: dict[str, str], path: Path) -> None:
    table = path.with_suffix(".csv")
    with replacing_path(path) as unfinished:
        with create(unfinished) as file:
            np.save(file, rows, allow_pickle=False)
        # an array never stands beside the table of another one, whenever the power fails
        path.unlink(missing_ok=True)
        with replacing(table, newline="") as text:
            writer = csv.writer(text)
            writer.writerow(["source", "class", "key"])
            for i, (source, key) in enumerate(zip(data.sources, data.keys)):
                writer.writerow(map(guarded, (source, class_of(data, i) or "", key)))


def _write_parquet(data: ImageDataset, rows: np.ndarray, model: dict[str, str], path: Path) -> None:
    write_table(table_of(data, list(range(len(data))), rows, model), path)


def _write_folder(data: ImageDataset, rows: np.ndarray, model: dict[str, str], path: Path) -> None:
    pyarrow, _ = arrow()
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.unfinished")
    classes = [class_of(data, i) for i in range(len(data))]
    starts = range(0, max(1, len(data)), PART)
    digits = len(str(len(starts)))
    try:
        for folder in (IMAGES, TABLES):
            (unfinished / folder).mkdir(parents=True)
        for number, start in enumerate(starts):
            some, name = slice(start, start + PART), str(number).zfill(digits)
            np.save(unfinished / IMAGES / f"img_emb_{name}.npy", rows[some], allow_pickle=False)
            table = pyarrow.table(
                {
                    "image_path": pyarrow.array(data.sources[some], pyarrow.string()),
                    "class": pyarrow.array(classes[some], pyarrow.string()),
                    "key": pyarrow.array(data.keys[some], pyarrow.string()),
                }
            ).replace_schema_metadata({NOTE: json.dumps(note_on(data, model)).encode()})
            write_table(table, unfinished / TABLES / f"metadata_{name}.parquet")
        if path.exists():
            path.rmdir()  # it is empty; Windows puts no folder in its place
        replace(unfinished, path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _refuse_what_is_there(path: Path) -> None:
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise ValueError(f"'{printable(path)}' is there already; give a new folder, or delete it.")


_WRITERS: dict[str, Callable[[ImageDataset, np.ndarray, dict[str, str], Path], None]] = {
    "npz": _write_npz,
    "npy": _write_npy,
    "parquet": _write_parquet,
    "clip-retrieval": _write_folder,
}
