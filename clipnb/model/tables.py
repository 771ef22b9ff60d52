"""Embeddings in a column of a table that others wrote: Parquet files, a ``datasets.Dataset``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..support.limits import EMBEDDING_BYTES, MB, NOTE_BYTES
from .foreign import (
    FIELD_GUIDE,
    Found,
    Part,
    Refused,
    called,
    choose,
    damage_named,
    known_columns,
)
from .parts import NOTE, arrow

if TYPE_CHECKING:
    import datasets

ROWS = 16_384  # read in one step
LISTS = "column with a list of floats in each row"


def read_parquet(files: Sequence[Path], where: str, column: str | None) -> Found:
    """Any Parquet files with a column of lists of floats, one after the other."""
    described = [_described(file, column) for file in files]

    def parts() -> Iterator[Part]:
        for file, (_, vectors, others) in zip(files, described):
            batches = _batches(file, [vectors, *others.values()])
            yield from _parts(batches, called(file), vectors, others)

    return Found(where, sum(rows for rows, _, _ in described), parts())


def read_dataset(dataset: datasets.Dataset, column: str | None) -> Found:
    """A ``datasets.Dataset`` with a column of lists of floats; a ClassLabel brings its names."""
    where = "The data set"
    if isinstance(dataset, dict):  # DatasetDict, IterableDatasetDict
        splits = ", ".join(f"'{name}'" for name in list(dataset)[:5])
        raise Refused(f"{where} has the splits {splits}; give one of them, as dataset['train'].")
    if not hasattr(dataset, "__len__"):
        raise Refused(f"{where} is read as a stream; load it with streaming=False.")
    schema = dataset.features.arrow_schema
    vectors = choose(_lists(schema), column, where, LISTS)
    others = _texts(schema, vectors)
    rows = dataset.select_columns([vectors, *others.values()]).with_format("arrow")
    label = dataset.features[others["classes"]] if "classes" in others else None
    parts = _parts(rows.iter(batch_size=ROWS), where, vectors, others)
    return Found(where, len(dataset), parts, list(getattr(label, "names", None) or []) or None)


def is_dataset(source: Any) -> bool:
    """Whether this is a data set of Hugging Face ``datasets``, found out without importing it."""
    return any(kind.__module__.split(".")[0] == "datasets" for kind in type(source).__mro__)


def table_columns(file: Path) -> dict[str, list[Any]]:
    """The known columns of a Parquet table without embeddings, by what they are in Part."""
    with _opened(file) as opened:
        others = _texts(opened.schema_arrow, None)
        table = opened.read(columns=list(others.values()))
        columns = {part: table[name].to_pylist() for part, name in others.items()}
        # a table without any of them still says how many rows it has
        return columns or {"keys": [None] * opened.metadata.num_rows}


def note_of(file: Path) -> dict[str, Any]:
    """What clipnb noted in a Parquet file of clip-retrieval's layout that it wrote itself."""
    with _opened(file) as opened:
        entry = (opened.schema_arrow.metadata or {}).get(NOTE, b"")
    with suppress(ValueError, RecursionError):
        note = json.loads(entry) if 0 < len(entry) <= NOTE_BYTES else {}
        if isinstance(note, dict) and isinstance(note.get("model"), dict):
            kept = {name: note[name] for name in ("class_names", *FIELD_GUIDE) if name in note}
            return {**note["model"], **kept}
    return {}


# --- files ----------------------------------------------------------------------------------------


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """A Parquet file; whatever is wrong with it is said with its name."""
    _, parquet = arrow()
    with damage_named(called(file), "Parquet file"):
        with parquet.ParquetFile(file, page_checksum_verification=True) as opened:
            yield opened


def _described(file: Path, column: str | None) -> tuple[int, str, dict[str, str]]:
    """Of a Parquet file: rows, the column of embeddings, and the other columns that are known."""
    with _opened(file) as opened:
        schema, metadata = opened.schema_arrow, opened.metadata
        vectors = choose(_lists(schema), column, called(file), LISTS)
        others = _texts(schema, vectors)
        wanted, size = {vectors, *others.values()}, 0
        for group in map(metadata.row_group, range(metadata.num_row_groups)):
            for chunk in map(group.column, range(group.num_columns)):
                if chunk.path_in_schema.split(".")[0] in wanted:
                    size += chunk.total_uncompressed_size
        if size > EMBEDDING_BYTES:
            raise Refused(
                f"{called(file)} has {size // MB:,} MB of embeddings; at most"
                f" {EMBEDDING_BYTES // MB:,} MB are read, so split it."
            )
        return metadata.num_rows, vectors, others


def _batches(file: Path, columns: Sequence[str]) -> Iterator[Any]:
    with _opened(file) as opened:
        yield from opened.iter_batches(ROWS, columns=list(columns))


# --- columns --------------------------------------------------------------------------------------


def _lists(schema: Any) -> list[str]:
    """The columns whose rows are lists of floats."""
    types = arrow()[0].types
    kinds = (types.is_list, types.is_large_list, types.is_fixed_size_list)
    return [
        field.name
        for field in schema
        if any(is_kind(field.type) for is_kind in kinds)
        and types.is_floating(field.type.value_type)
    ]


def _texts(schema: Any, vectors: str | None) -> dict[str, str]:
    """The other columns that are known, if they hold texts or whole numbers."""
    types = arrow()[0].types
    plain = (types.is_string, types.is_large_string, types.is_integer, types.is_null)
    inner = lambda kind: kind.value_type if types.is_dictionary(kind) else kind
    names = [field.name for field in schema if any(is_(inner(field.type)) for is_ in plain)]
    return known_columns(names, vectors)


def _parts(
    batches: Iterable[Any], where: str, vectors: str, others: dict[str, str]
) -> Iterator[Part]:
    first = 0
    for batch in batches:
        rows = _rows(batch[vectors], where, first)
        columns = {part: batch[name].to_pylist() for part, name in others.items()}
        yield Part(where, rows, first, columns)
        first += len(rows)


def _rows(column: Any, where: str, first: int) -> np.ndarray:
    """A column of lists as an (n, dim) array."""
    pyarrow, _ = arrow()
    import pyarrow.compute as compute

    column = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    if isinstance(column, pyarrow.ChunkedArray):  # of no or of many chunks
        column = pyarrow.concat_arrays(column.chunks) if column.num_chunks else column.chunk(0)
    lengths = np.asarray(
        compute.call_function("list_value_length", [column]).to_numpy(zero_copy_only=False), float
    )
    if not len(lengths):
        return np.zeros((0, 0), np.float32)
    if (lengths != lengths[0]).any():  # as that of a missing row, which is NaN
        row = int((lengths != lengths[0]).argmax())
        many = lambda length: "none" if length != length else f"{int(length):,} numbers"
        raise Refused(
            f"Embedding {first + row} of {where} has {many(lengths[row])}, but the one before it"
            f" {many(lengths[0])}; embed its image again, or remove the row."
        )
    flat = column.flatten().to_numpy(zero_copy_only=False)
    return flat.reshape(len(lengths), -1)
