"""Embeddings in files that others write: ``.npz``, and ``.npy`` with a CSV; ``clipnb.model.tables``
reads Parquet and ``datasets``, ``clipnb.model.clip_retrieval`` the folder of that program.

A reader says how many rows there are and gives them part by part, as they are in the file;
``clipnb.model.joining`` checks them. Files are untrusted: nothing in them is run, sizes are known
before memory is asked for, and whatever is wrong is said with the file's name.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..support.limits import EMBEDDING_BYTES, LIST_BYTES, MB, NAMES_BYTES, bytes_of
from ..support.spreadsheet import unguarded
from ..support.text import brief, printable

# what others call the columns; the first that is there counts
VECTORS = ("embedding", "embeddings", "vectors", "features")
COLUMNS = {
    "sources": ("source", "sources", "image_path", "file_name", "filename", "file", "path", "url"),
    "classes": ("class", "label", "labels"),
    "keys": ("key", "keys"),
    "models": ("model", "model_name", "embedding_model"),
}
FIELD_GUIDE = ("seen", "name_frequency", "field_guide")  # kept with embeddings of the field guide


class Refused(ValueError):
    """A refusal in one sentence, which no reader takes for damage."""


@dataclass
class Part:
    """Some rows, unchecked.

    Attributes
    ----------
    where : str
        Where they come from, for messages.
    vectors : array
        Of any shape and type.
    first : int
        What the first row is called in messages.
    columns : dict
        ``sources``, ``classes``, ``keys``, ``models``: a value for each row, where there are any;
        classes are names, or indices into ``class_names`` of :class:`Found`.
    """

    where: str
    vectors: np.ndarray
    first: int = 0
    columns: Mapping[str, Sequence[Any] | np.ndarray] = field(default_factory=dict)


@dataclass
class Found:
    """What a file, folder or data set holds.

    Attributes
    ----------
    where : str
        For messages.
    count : int
        Rows, all parts together.
    parts : iterator of Part
    class_names : list of str, optional
        In the order that indices of classes mean.
    note : dict
        What else it says: ``name`` and ``fingerprint`` of the model, and FIELD_GUIDE's.
    """

    where: str
    count: int
    parts: Iterator[Part]
    class_names: list[Any] | None = None
    note: dict[str, Any] = field(default_factory=dict)


@contextmanager
def damage_named(where: str, what: str) -> Iterator[None]:
    """Whatever a damaged file makes of the libraries that read it, as one sentence."""
    try:
        yield
    except (Refused, MemoryError, ImportError, FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        raise Refused(
            f"{where} is no {what}, or damaged ({brief(error, 100)}); get or write it again."
        ) from error


def called(path: Path) -> str:
    """A path for a message."""
    return f"'{printable(path)}'"


def first_of(names: Sequence[str], known: Sequence[str]) -> str | None:
    """The first of the known names that is among ``names``."""
    return next((name for name in known if name in names), None)


def known_columns(names: Sequence[str], vectors: str | None = None) -> dict[str, str]:
    """What is there besides the embeddings: attribute of :class:`Part` → the column's name."""
    rest = [name for name in names if name != vectors]
    found = {part: first_of(rest, known) for part, known in COLUMNS.items()}
    return {part: name for part, name in found.items() if name is not None}


def choose(candidates: Sequence[str], column: str | None, where: str, what: str) -> str:
    """Which array or column holds the embeddings: the one asked for, the one with a usual name, or
    the only one.

    Raises
    ------
    Refused
        If there is none, or several and none has a usual name.
    """
    listing = ", ".join(f"'{brief(name, 40)}'" for name in candidates[:8])
    if not candidates:
        raise Refused(f"{where} has no {what}, hence no embeddings; give the file that has them.")
    if column is not None and column not in candidates:
        raise Refused(
            f"{where} has no {what} called '{brief(column, 40)}'; column can be {listing}."
        )
    usual = candidates[0] if len(candidates) == 1 else first_of(candidates, VECTORS)
    if (name := column or usual) is None:
        raise Refused(f"{where} has {listing}; give column=, the name of its embeddings.")
    return name


# --- an archive of arrays -------------------------------------------------------------------------


def read_npz(path: Path, column: str | None) -> Found:
    """An ``.npz`` archive: the embeddings; labels, class_names and sources if it has them."""
    where = called(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {where}; give the path of an .npz archive.")
    with damage_named(where, ".npz archive"), zipfile.ZipFile(path) as archive:
        names = [n.removesuffix(".npy") for n in archive.namelist() if n.endswith(".npy")]
        headers = {name: _header(archive, name) for name in names}
        floats = [
            n for n, (shape, dtype) in headers.items() if len(shape) == 2 and dtype.kind == "f"
        ]
        name = choose(floats, column, where, "two-dimensional array of floats")
        vectors = _array(archive, name, where, EMBEDDING_BYTES)
        wanted = known_columns(names, name)
        note_names = {"name": wanted.pop("models", ""), "fingerprint": "fingerprint"}
        note_names |= {name: name for name in ("class_names", *FIELD_GUIDE)}
        note = {
            key: _array(archive, entry, where, NAMES_BYTES).tolist()
            for key, entry in note_names.items()
            if entry in names
        }
        columns = {}
        for part, entry in wanted.items():
            columns[part] = np.atleast_1d(_array(archive, entry, where, NAMES_BYTES))
            check_rows(len(vectors), columns[part], where, f"its '{entry}'")
    class_names = note.pop("class_names", None)
    return Found(where, len(vectors), iter([Part(where, vectors, 0, columns)]), class_names, note)


def _header(archive: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], np.dtype]:
    """Shape and type of an array in an archive; without its numbers."""
    with archive.open(f"{name}.npy") as file:
        version = np.lib.format.read_magic(file)
        old = np.lib.format.read_array_header_1_0
        shape, _, dtype = (old if version == (1, 0) else np.lib.format.read_array_header_2_0)(file)
    return shape, dtype


def _array(archive: zipfile.ZipFile, name: str, where: str, limit: int) -> np.ndarray:
    """An array of an archive, whose size is known before memory is asked for."""
    shape, dtype = _header(archive, name)
    if dtype.hasobject:
        raise Refused(
            f"{where} holds '{brief(name, 40)}' as Python objects, which could run code and are not"
            " read; save text as np.array(names, dtype=str)."
        )
    size, held = dtype.itemsize * int(np.prod(shape, dtype=object)), archive.getinfo(f"{name}.npy")
    if size > limit:
        raise Refused(
            f"'{brief(name, 40)}' in {where} has {size // MB:,} MB; at most {limit // MB:,} MB are"
            " read, so split the file."
        )
    if size > held.file_size:
        raise Refused(f"'{brief(name, 40)}' in {where} is cut off; get or write it again.")
    with archive.open(held) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


# --- one array in a file, and a table beside it ---------------------------------------------------


def mapped(path: Path) -> np.ndarray:
    """The array of an ``.npy`` file; its numbers stay on the disk until they are used."""
    where = called(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {where}.")
    with damage_named(where, ".npy file with one array of numbers"):
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        if not isinstance(array, np.ndarray):
            raise Refused(f"{where} is an archive of arrays; call it .npz.")
    return array


def read_npy(path: Path) -> Found:
    """An ``.npy`` array, with ``source`` and ``class`` in a CSV of the same name beside it."""
    part = with_table(path, path.with_suffix(".csv"), read_csv)
    return Found(part.where, len(part.vectors), iter([part]))


def with_table(
    path: Path,
    table: Path,
    read: Callable[[Path], dict[str, list[Any]]],
) -> Part:
    """The array of an ``.npy`` file with the columns of the table beside it, if there is one."""
    vectors = np.atleast_1d(mapped(path))
    columns = read(table) if table.exists() else {}
    for values in columns.values():
        check_rows(len(vectors), values, called(path), called(table))
    return Part(called(path), vectors, 0, columns)


def check_rows(rows: int, values: Sequence[Any] | np.ndarray, where: str, beside: str) -> None:
    """Refused if an array and a column have not the same number of rows."""
    if len(values) != rows:
        raise Refused(
            f"{where} has {rows:,} embeddings, but {beside} has {len(values):,} rows; they do not"
            " belong together, so get or write both again."
        )


def read_csv(path: Path) -> dict[str, list[str]]:
    """The columns of a CSV file that are known, by what they are in :class:`Part`."""
    where = called(path)
    content = bytes_of(path, LIST_BYTES, "a table of file names")
    with damage_named(where, "CSV file in UTF-8"):
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
        header = [name.strip().casefold() for name in rows[0]] if rows else []
        found = known_columns(header)
        if twice := [name for name in found.values() if header.count(name) > 1]:
            raise Refused(f"{where} has the column '{twice[0]}' twice; remove one of them.")
        places = {part: header.index(name) for part, name in found.items()}
        if not places:
            raise Refused(
                f"{where} has the columns {brief(', '.join(header), 80) or 'of no name'}, and none"
                " is 'source' or 'class'; give it a first line with these names."
            )
        body = [row for row in rows[1:] if row]
        uneven = next((i for i, row in enumerate(body) if len(row) != len(header)), None)
        if uneven is not None:
            raise Refused(
                f"{where} has {len(header)} columns, but its row {uneven} has {len(body[uneven])};"
                " write it again."
            )
    return {part: [unguarded(row[at]) for row in body] for part, at in places.items()}
