"""One Parquet file of embeddings: written whole or not at all, and read only if nothing in it has
changed since."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from ..data.images import ImageDataset
from ..support.files import replacing_path
from .clip import Clip
from .encoding import NotEncoded

# entries of the Parquet schema's metadata: model, class names, which of them were seen in training;
# and the digest of that and of all columns
NOTE, DIGEST = b"clipnb", b"clipnb digest"
TEXTS = ("source", "key", "class")
NAME = re.compile(r"part-\d{10}-[0-9a-f]{24}")  # how the name of a file of embed begins


class Damaged(ValueError):
    """A file that :func:`write_part` wrote and that is not what it was."""


def files_of(path: Path) -> list[Path]:
    """The files of a folder of embeddings, or the file itself; none if it is neither."""
    if path.is_dir():
        return sorted(path.glob("part-*.parquet"))
    return [path] if path.is_file() else []


def class_of(data: ImageDataset, index: int) -> str | None:
    return data.class_names[data.labels[index]] if data.labels[index] >= 0 else None


def write_part(
    data: ImageDataset, which: list[int], out: Path, clip: Clip, progress_bar: bool = False
) -> tuple[str, list[str]]:
    """Embed the images ``which`` and write them as one file into the folder ``out``; its name, and
    what is wrong with those that cannot be read."""
    part, failed = data.select(which), {}
    try:
        embeddings = clip.encode_images(part, progress_bar=progress_bar).numpy()
    except NotEncoded as error:
        failed = error.failed
        good = [i for i in range(len(part)) if i not in failed]
        if not good:
            return f"no file for {which[0]}", list(failed.values())
        embeddings, part = error.embeddings[good].numpy(), part.select(good)
        which = [which[i] for i in good]
    table = table_of(part, which, embeddings, {"name": clip.name, "fingerprint": clip.fingerprint})
    # by its images only: a part that is embedded twice, because a machine died, replaces itself
    names = "\n".join(f"{source} {key}" for source, key in zip(part.sources, part.keys))
    name = f"part-{which[0]:010d}-{hashlib.sha256(names.encode()).hexdigest()[:24]}.parquet"
    write_table(table, out / name)
    return name, list(failed.values())


def note_on(data: ImageDataset, model: dict[str, str]) -> dict[str, Any]:
    """What is kept besides the rows: the model, the classes, what the field guide knows."""
    note = {
        "model": model,
        "class_names": list(data.class_names),
        "seen": data.seen.tolist(),
        "field_guide": data.field_guide,
    }
    if data.name_frequency is not None:
        note["name_frequency"] = np.asarray(data.name_frequency).tolist()
    return note


def table_of(
    data: ImageDataset, which: list[int], embeddings: np.ndarray, model: dict[str, str]
) -> Any:
    """Images and their embeddings as an Arrow table, with the note and a digest of everything.

    Parameters
    ----------
    data : ImageDataset
    which : (n,) int
        The place of each image in its source.
    embeddings : (n, dim) float32 array
    model : dict
        ``name`` and ``fingerprint``.
    """
    pyarrow, _ = arrow()
    classes = [class_of(data, i) for i in range(len(data))]
    table = pyarrow.table(
        {
            "source": pyarrow.array(data.sources, pyarrow.string()),
            "key": pyarrow.array(data.keys, pyarrow.string()),
            "class": pyarrow.array(classes, pyarrow.string()),
            "number": pyarrow.array(np.asarray(which), pyarrow.int64()),
            "embedding": pyarrow.FixedSizeListArray.from_arrays(
                pyarrow.array(embeddings.ravel()), embeddings.shape[1]
            ),
        }
    )
    text = json.dumps(note_on(data, model))
    return table.replace_schema_metadata({NOTE: text.encode(), DIGEST: _digest(table, text)})


def write_table(table: Any, path: Path) -> None:
    """A table as a Parquet file, whole or not at all."""
    _, parquet = arrow()
    with replacing_path(path) as unfinished:
        parquet.write_table(
            table,
            unfinished,
            use_dictionary=["class"],
            compression="zstd",
            write_page_checksum=True,
        )


def is_ours(file: Path) -> bool:
    """Whether :func:`write_part` wrote a file, by its name or by what stands in its schema; also
    where it is damaged since."""
    _, parquet = arrow()
    if NAME.match(file.name):
        return True
    try:
        entries = parquet.read_schema(file).metadata or {}
    except Exception:  # whatever a damaged file makes of it, the reader will say so
        return False
    return NOTE in entries or DIGEST in entries


def read_part(file: Path) -> tuple[dict, Any]:
    """What :func:`write_part` noted of the model and the classes, and the table.

    Raises
    ------
    ValueError
        If the file was not written by :func:`write_part`; :class:`Damaged` if it was, and a bit of
        it has changed.
    """
    pyarrow, parquet = arrow()
    try:
        # not read_table: it would take a folder called "run=3" for a column
        with parquet.ParquetFile(file, page_checksum_verification=True) as opened:
            table = opened.read()
        entries = table.schema.metadata or {}
        if NOTE in entries and entries.get(DIGEST) == _digest(table, entries[NOTE].decode()):
            return json.loads(entries[NOTE]), table
    except OSError as error:
        if not isinstance(error, pyarrow.ArrowException) and error.errno is not None:
            raise
        entries = {NOTE: b""}
    except Exception:  # whatever a changed bit makes of a file, it is no news to the reader
        entries = {NOTE: b""} if _ours(file) else {}
    if NOTE not in entries:
        raise ValueError(
            f"'{file}' was not written by clipnb.embed; give the folder that embed returned."
        )
    raise Damaged(
        f"'{file}' is damaged; delete it and run embed once more, which makes only what is missing."
    )


def rows_in(files: list[Path]) -> int:
    """How many rows the files say they have together; those of a damaged one, which
    :func:`read_part` names, are not counted."""
    pyarrow, parquet = arrow()
    count = 0
    for file in files:
        with suppress(OSError, pyarrow.ArrowException):
            count += parquet.read_metadata(file).num_rows
    return count


def _ours(file: Path) -> bool:
    """Whether a file that cannot be read has our name, or begins like one of ours."""
    with open(file, "rb") as opened:
        return file.name.startswith("part-") and opened.read(4) == b"PAR1"


def _digest(table: Any, note: str) -> bytes:
    digest = hashlib.sha256(note.encode())
    for name in (*TEXTS, "number"):
        digest.update(json.dumps(table[name].to_pylist()).encode())
    digest.update(embeddings_of(table).tobytes())
    return digest.hexdigest().encode()


def embeddings_of(table: Any) -> np.ndarray:
    """The column ``embedding`` as an (n, dim) float32 array."""
    column = table["embedding"]
    rows = [column.chunk(i).flatten().to_numpy() for i in range(column.num_chunks)]
    flat = np.concatenate(rows) if rows else np.zeros(0, np.float32)
    return flat.reshape(len(table), column.type.list_size)


def check_alike(file: Path, note: dict, other: str | Path, wanted: dict) -> None:
    """ValueError if two parts are not of one model and the same classes."""
    mine, theirs = note["model"], wanted["model"]
    if mine["fingerprint"] != theirs["fingerprint"]:
        raise ValueError(
            f"'{file}' holds embeddings of the model '{mine['name']}' ({mine['fingerprint']}), but"
            f" {other} is of '{theirs['name']}' ({theirs['fingerprint']}); give every model a"
            " folder of its own."
        )
    if different := set(note["class_names"]) ^ set(wanted["class_names"]):
        raise ValueError(
            f"'{file}' and {other} have not the same classes ('{min(different)}' is in one only);"
            " give every set of classes a folder of its own."
        )


def arrow(what: str = "Embeddings are kept in Parquet files") -> tuple[Any, Any]:
    """pyarrow and its Parquet module; ImportError that names the extra."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise ImportError(
            f"{what}, which need the package pyarrow: pip install 'clipnb[embed]'."
        ) from error
    return pyarrow, pyarrow.parquet
