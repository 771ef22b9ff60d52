"""What counts as a list of names, and which names of classes are refused or warned about; the one
place for these rules."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from .arguments import text
from .text import NO_WIDTH, brief, is_blank, odd_character

T = TypeVar("T")
_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic letters; not Japanese ones


def listed(given: Iterable[T] | str | Path, what: str, note: str | None = None) -> list[T]:
    """The names as a list, read once; those of a set, which has no order, sorted.

    Parameters
    ----------
    given : iterable of str
    what : str
        What the caller calls it, for the message.
    note : str, optional
        The message for one string or a path, in place of the usual one.

    Raises
    ------
    ValueError
        For one string or a path, which Python may read as a list of letters, for what is no list,
        and for a table of several columns.
    """
    if isinstance(given, (str, bytes, Path)):
        shown = brief(repr(str(given)), 40)
        raise ValueError(note or f"{what} is one string; give a list: [{shown}].")
    if not isinstance(given, Iterable) or getattr(given, "ndim", 1) != 1:
        raise ValueError(f"{what} is {type(given).__name__}, not a list of names; give a list.")
    return sorted(given, key=str) if isinstance(given, (set, frozenset)) else list(given)


def different_texts(given: Iterable[str] | str | Path, what: str) -> list[str]:
    """Texts as a list, each once; ValueError as for :func:`listed`, and for one that is empty or no
    text, which would be a word without a meaning."""
    texts = listed(given, what)
    for place, one in enumerate(texts):
        text(f"{what}[{place}]", one)
    return list(dict.fromkeys(texts))


def alike(name: str) -> str:
    """The name without what two spellings of one name differ in: capitals, accents, hyphens,
    underscores, apostrophes, spaces, characters that are not seen."""
    seen = NO_WIDTH.sub("", name)
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", seen)))
    plain = re.sub(r"[-_‐‑–\s]+", " ", re.sub("['’‘ʼ`]", "", plain)).strip().casefold()
    return plain or name


def class_list(given: Iterable[str] | str | Path, what: str, note: str | None = None) -> list[str]:
    """The names of classes as a list, each of them once.

    Parameters
    ----------
    given, what, note
        As for :func:`listed`.

    Raises
    ------
    ValueError
        As :func:`listed`, and for a name that occurs twice (two classes would become one, and those
        after it would shift), is empty or no text, or holds a character that nobody can print.
    """
    names = listed(given, what, note)
    check_names(names, what)
    return names


def check_names(names: list[str], what: str) -> None:
    """Refuse names of classes as :func:`class_list` says, and warn of two that are alike."""
    places: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        check_name(name, what)
        if name in places:
            raise ValueError(
                f"{what} holds '{brief(name)}' twice (places {places[name]} and {place}), and"
                " two classes of one name would become one; give each a name of its own."
            )
        places[name] = place
    for _, group in groupby(sorted(names, key=alike), alike):
        if len(same := list(group)) > 1:
            warnings.warn(
                f"The classes '{brief(same[0])}' and '{brief(same[1])}' differ only in"
                " capitals, accents, hyphens, apostrophes or spaces, which are nearly the"
                " same to CLIP; rename one, or remove one if they are the same.",
                stacklevel=2,  # here, so that it is shown once
            )


def check_name(name: object, what: str) -> None:
    """ValueError for the name of a class that is no text, empty, or cannot be printed."""
    shown = brief(repr(name), 60)
    if not isinstance(name, str):
        raise ValueError(f"{what} holds {shown} where the name of a class belongs; names are text.")
    if is_blank(name):
        raise ValueError(f"{what} holds the empty name {shown}; give every class a name.")
    if odd := odd_character(name):
        raise ValueError(f"The name of the class {shown} holds {odd}; remove it.")


def two_names(given: Any, what: str = "classes") -> tuple[Any, Any]:
    """Two different names by their positions, (this, that); ValueError for anything else, such as a
    set, which has no order."""
    ordered = isinstance(given, Iterable) and not isinstance(
        given, (str, bytes, set, frozenset, Mapping)
    )
    names = list(given) if ordered else []
    if len(names) != 2 or names[0] == names[1]:
        shown = brief(repr(given), 80)
        raise ValueError(f"{what} is {shown}; give two different classes, (this, that).")
    return names[0], names[1]


def in_order(what: str, given: Any, names: list[str]) -> Any:
    """A value for each class in the order of the classes, where it comes with names: a mapping, or
    a pandas Series whose index holds them. Anything else is returned as it is.

    Raises
    ------
    ValueError
        If a class is missing, or a Series has one twice; the message names it.
    """
    if type(given).__name__ == "Series" and any(isinstance(name, str) for name in given.index):
        check_names(list(given.index), what)
        given = dict(zip(given.index, given.tolist()))
    if not isinstance(given, Mapping):
        return given
    if missing := [name for name in names if name not in given]:
        raise ValueError(f"{what} lacks the class '{brief(missing[0])}'; give one for each class.")
    return [given[name] for name in names]
