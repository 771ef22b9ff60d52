"""Arguments of functions: refused by name when they are of another type or out of range."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any, cast

from .text import brief, is_blank, odd_character


def whole(name: str, value: Any, least: int | None = None) -> None:
    """ValueError for what is not a whole number, or below ``least``; True is no number."""
    typed = isinstance(value, Integral) and not isinstance(value, bool)
    if not typed or not (-(2**63) if least is None else least) <= int(value) < 2**63:
        range_ = "" if least is None else f" of at least {least}"
        raise ValueError(f"{name} is {_shown(value)}; it must be a whole number{range_}.")


def real(name: str, value: Any, least: float, most: float) -> None:
    """ValueError for what is not a number from ``least`` to ``most``; NaN and True are none."""
    typed = isinstance(value, Real) and not isinstance(value, bool)
    if not typed or not least <= cast(float, value) <= most:
        raise ValueError(
            f"{name} is {_shown(value)}; it must be a number from {least:g} to {most:g}."
        )


def text(name: str, value: Any) -> None:
    """ValueError for what is not text, or cannot be sent and printed."""
    if not isinstance(value, str) or is_blank(value):
        raise ValueError(f"{name} is {_shown(value)}; it must be text.")
    if odd := odd_character(value):
        raise ValueError(f"{name} is {_shown(value)}, which holds {odd}; remove it.")


def image_index(index: Any, count: int, holder: str = "there are") -> None:
    """ValueError for what is no whole number, IndexError for one that no image of so many has;
    -1 is the last."""
    whole("index", index)
    if not -count <= index < count:
        raise IndexError(f"There is no image {index}; {holder} {count}.")


def given_name(name: str, value: Any) -> None:
    """ValueError for an empty name or path, which is what a shell leaves of a variable that is not
    set. Python would take it for the folder one is in, or for nothing given."""
    if isinstance(value, str) and is_blank(value):
        raise ValueError(f"{name} is empty; give a name or a path.")


def line(name: str, value: Any, most: int = 200) -> None:
    """ValueError for what is not one line of text of at most ``most`` characters."""
    text(name, value)
    if len(value.splitlines()) != 1:
        raise ValueError(f"{name} is {_shown(value)}; it must be one line of text.")
    if len(value) > most:
        raise ValueError(f"{name} has {len(value):,} characters; it may have {most}.")


def one_of(name: str, value: Any, choices: Iterable[str]) -> None:
    """ValueError for what is none of the choices."""
    known = tuple(choices)
    if not isinstance(value, str) or value not in known:
        listing = ", ".join(f"'{one}'" for one in known)
        raise ValueError(f"{name} is {_shown(value)}; it can be {listing}.")


def _shown(value: Any) -> str:
    try:
        return brief(repr(value), 60)
    except Exception:  # an integer of 5,000 digits has no repr
        return f"a {type(value).__name__} that cannot be shown"
