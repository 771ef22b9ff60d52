"""A table of labels beside a folder of images: which class each file has."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..support.limits import LIST_BYTES, bytes_of
from ..support.names import check_name
from ..support.text import brief, printable
from .summary import Summary, some

FILE_COLUMNS = "file file_name filename image image_name image_id path source id".split()
CLASS_COLUMNS = "class class_name label species category name".split()
NO_ROW = "without a row in the labels"


def labels_of(
    root: Path, files: list[Path], labels: Any, summary: Summary
) -> list[tuple[str, Path]]:
    """The files that have a label, with it. The others are noted in the summary, and so are rows
    that are about no file.

    A row names a file by its path in the folder or by its name, with or without the ending; a path
    that leads elsewhere counts by its name.
    """
    if isinstance(labels, Mapping) or type(labels).__name__ == "Series":
        where = "labels"
        rows = [(str(key), str(value)) for key, value in labels.items()]
    elif isinstance(labels, (str, Path)):
        where = f"'{printable(labels)}'"
        rows = _read(Path(labels).expanduser(), where)
    else:
        raise TypeError(
            f"labels is a {type(labels).__name__}; give the path of a CSV file, or a dictionary:"
            " file → class."
        )
    found: dict[Path, str] = {}
    missing = []
    places = _places(root, files)
    for name, label in rows:
        plain = _plain(name)  # a path of another computer ends in the same name
        at = places.get(plain) or places.get(PurePosixPath(plain).name, [])
        if len(at) > 1:
            first, second = (printable(path.relative_to(root)) for path in at[:2])
            raise ValueError(
                f"'{brief(name)}' in {where} could be '{first}' or '{second}'; give the path in"
                " the folder."
            )
        if not at:
            missing.append(printable(name))
        elif found.setdefault(at[0], label) != label:
            raise ValueError(
                f"{where} has two classes for '{brief(name)}': '{brief(found[at[0]])}' and"
                f" '{brief(label)}'; keep one of them."
            )
    if not found:
        raise ValueError(
            f"No row of {where} names an image in '{printable(root)}': the first row names"
            f" '{brief(rows[0][0]) if rows else 'nothing'}', the first image is"
            f" '{printable(files[0].relative_to(root)) if files else 'missing'}'."
        )
    if missing:
        number = "1 row names" if len(missing) == 1 else f"{len(missing):,} rows name"
        summary.remarks.append(f"{number} no image in the folder: {some(missing, 5)}.")
    for path in files:
        if path not in found:
            summary.skip(NO_ROW, path.relative_to(root))
    return [(found[path], path) for path in files if path in found]


def _places(root: Path, files: list[Path]) -> dict[str, list[Path]]:
    """What a row may call a file → the files that it could mean; a more exact name comes first."""
    places: dict[str, list[Path]] = {}
    for call in (
        lambda inside: inside.as_posix(),
        lambda inside: f"{root.name}/{inside.as_posix()}",
        lambda inside: inside.with_suffix("").as_posix(),
        lambda inside: inside.name,
        lambda inside: inside.stem,
    ):
        level: dict[str, list[Path]] = {}
        for path in files:
            level.setdefault(_plain(str(call(path.relative_to(root)))), []).append(path)
        for name, paths in level.items():
            places.setdefault(name, paths)
    return places


def _plain(name: str) -> str:
    return str(PurePosixPath(name.strip().replace("\\", "/")))


def _read(path: Path, where: str) -> list[tuple[str, str]]:
    """(file, class) of every row of a CSV file."""
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {where}; give a CSV file with labels.")
    try:
        text = bytes_of(path, LIST_BYTES, "a table of labels").decode("utf-8-sig")
        first = text.split("\n", 1)[0]
        mark = max(",;\t", key=first.count)  # spreadsheets of many countries write semicolons
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        rows = [row for row in lines if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{where} is not a CSV file in UTF-8: {brief(error)}") from error
    header = [name.strip().casefold().replace(" ", "_") for name in rows[0]] if rows else []
    file = next((header.index(name) for name in FILE_COLUMNS if name in header), None)
    label = next((header.index(name) for name in CLASS_COLUMNS if name in header), None)
    if file is None or label is None:
        raise ValueError(
            f"{where} has the columns {brief(', '.join(header), 80) or 'of no name'}; its first"
            " line must name one 'file' and one 'class'."
        )
    body = rows[1:]
    if short := next((n for n, row in enumerate(body, 2) if len(row) <= max(file, label)), None):
        raise ValueError(f"Line {short} of {where} has too few columns; write it again.")
    pairs = [(row[file], row[label].strip()) for row in body]
    for name, one in pairs:
        if not one:
            raise ValueError(
                f"'{brief(name)}' has no class in {where}; write it there, or remove the row."
            )
        check_name(one, where)
    return pairs
