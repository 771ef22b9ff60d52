"""The lists in which public data sets say which image is what: read line by line, so that whatever
is wrong is named with file and line."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..support.limits import LIST_BYTES, bytes_of
from ..support.text import printable
from . import summary as reasons
from .summary import Summary

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Line:
    """One line of a list, and where it is."""

    text: str
    path: Path
    number: int

    def wrong(self, expected: str) -> ValueError:
        """The error of a line that is not what is expected there."""
        return ValueError(
            f"'{printable(self.path)}', line {self.number}, is '{printable(self.text)[:80]}', but"
            f" {expected}; get the file again."
        )

    def fields(self, count: int, expected: str, exact: bool = True) -> list[str]:
        """Its parts between blanks; of ``count``, the last one holds the rest."""
        parts = self.text.split() if exact else self.text.split(maxsplit=count - 1)
        if len(parts) < count or exact and len(parts) > count:
            raise self.wrong(expected)
        return parts


def lines_of(path: Path) -> list[Line]:
    """The lines of a text file that are not empty.

    Raises
    ------
    ValueError
        If it is too large, or no text in UTF-8 (or UTF-16, if its first bytes say so).
    OSError
        If it cannot be read; the message names it.
    """
    try:
        content = bytes_of(path, LIST_BYTES, "a list of a data set")
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"There is no '{printable(path)}', which belongs to the data set; get it again."
        ) from error
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"'{printable(path)}', line {line}, is not text in UTF-8; get the file again, or save"
            " it as UTF-8."
        ) from error
    return [
        Line(line.strip(), path, number)
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    ]


def inside(folder: Path, name: str, line: Line) -> Path:
    """A file below a folder, by a name in a list.

    Raises
    ------
    ValueError
        If the name leads out of the folder.
    """
    windows = PureWindowsPath(name)
    out = windows.drive or windows.root or PurePosixPath(name).is_absolute()
    if out or ".." in windows.parts or "\0" in name:
        raise line.wrong("it leads out of the data set's folder, and such files are not read")
    return folder / name


def once(
    found: Sequence[tuple[str, Path]], root: Path, summary: Summary
) -> list[tuple[str | None, Path]]:
    """Each image once, if a list has it several times."""
    kept: dict[Path, str] = {}
    for name, path in found:
        if path not in kept:
            kept[path] = name
        elif kept[path] == name:
            summary.skip(reasons.REPEATED, path.relative_to(root))
        else:
            raise ValueError(
                f"'{printable(path)}' is in the lists with two classes, '{printable(kept[path])}'"
                f" and '{printable(name)}'; get the data set again."
            )
    return [(name, path) for path, name in kept.items()]
