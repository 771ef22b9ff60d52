"""JSON files of other people: read within limits, and refused with a message that names the
file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from .limits import JSON_BYTES, JSON_DEPTH, bytes_of
from .text import brief, printable

_DIGITS = 1000  # of a number; Python reads no integer of more than 4,300


def read_json(path: str | Path, what: str) -> Any:
    """The content of a JSON file in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Parameters
    ----------
    path : str or path
    what : str
        What is read, for the message of a file that is too large.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is too large (``limits.JSON_BYTES``) or not JSON: also for NaN, for a key that an
        object has twice (Python keeps the last one), and for deep nesting.
    """
    shown = printable(f"'{path}'")
    try:
        content = json.loads(
            bytes_of(path, JSON_BYTES, what),
            object_pairs_hook=_each_once,
            parse_constant=_no_constant,
            parse_int=_whole_number,
        )
    except RecursionError:
        raise ValueError(_too_deep(shown)) from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{shown} is not JSON ({brief(error, 200)}); give a JSON file, or correct this one."
        ) from error
    except _NotJSON as error:
        raise ValueError(f"{shown} {error}") from None
    if sum(1 for _ in islice(_levels(content), JSON_DEPTH + 2)) > JSON_DEPTH + 1:
        raise ValueError(_too_deep(shown))
    return content


class _NotJSON(Exception):
    """A message about a file, without its subject."""


def _too_deep(shown: str) -> str:
    return f"{shown} has more than {JSON_DEPTH} brackets within brackets; it is no list of texts."


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise _NotJSON(f"lists '{brief(twice)}' twice; put its content into one entry.")
    return found


def _no_constant(name: str) -> float:
    raise _NotJSON(f"holds {name}, which is no JSON; remove it.")


def _whole_number(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise _NotJSON(f"holds a number of {len(digits):,} digits; remove it.")
    return int(digits)


def _levels(content: Any) -> Iterator[list[Any]]:
    """The values, then those in them, and so on."""
    level = [content]
    while level:
        yield level
        level = [
            inner
            for value in level
            if isinstance(value, (dict, list))
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
