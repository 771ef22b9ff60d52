"""What a caller may give for rows of numbers: lists, arrays, tensors, columns of pandas. Made one
form of each, or refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np

from .text import brief


def array_of(given: Any) -> np.ndarray:
    """Anything like an array as an array that PyTorch takes, too.

    Tensors may have gradients, or be on a GPU; other byte orders and longer floats become this
    machine's, and reversed views are copied. In a list of names whatever is no name stays what it
    is, where numpy makes NaN the text "nan".

    Raises
    ------
    ValueError
        If entries of a masked array are masked: nobody knows what to put there.
    """
    if hasattr(given, "detach") and hasattr(given, "cpu"):
        given = given.detach().cpu()
        given = given.float() if "bfloat16" in str(given.dtype) else given
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise ValueError(
            f"An array of the shape {given.shape} has masked entries; fill them, or leave their"
            " rows out."
        )
    given = list(given) if isinstance(given, Iterator) else given
    found = np.asarray(given)
    if found.dtype.kind == "U" and isinstance(given, (list, tuple)):
        found = found if all(isinstance(one, str) for one in given) else np.array(given, object)
    if found.dtype.kind == "f" and found.dtype.itemsize > 8:
        return found.astype(np.float64)
    if not found.dtype.isnative:
        found = found.astype(found.dtype.newbyteorder("="))
    return found.copy() if any(step < 0 for step in found.strides) else found


def is_missing(one: Any) -> bool:
    """Whether an entry is None, NaN, NaT or pandas' NA."""
    return one is None or type(one).__name__ in ("NAType", "NaTType") or one != one


def of_one_kind(name: str, found: np.ndarray) -> np.ndarray:
    """Names or whole numbers that are kept as objects, as an array of their kind; anything else as
    it is.

    Raises
    ------
    ValueError
        If there are names and something else.
    """
    if found.dtype.kind != "O" or found.ndim != 1:
        return found
    entries = found.tolist()
    names = [one for one in entries if isinstance(one, str)]
    if names and len(names) < len(entries):
        raise ValueError(
            f"{name} hold names such as '{brief(names[0])}' and numbers; give one kind only."
        )
    if not names and not all(map(_is_whole, entries)):
        return found
    return found.astype(str if names else np.int64)


def booleans(name: str, given: Any) -> np.ndarray:
    """Yes or no for each entry: of bool, or numbers that are all 0 or 1.

    Python takes NaN, -1, 0.2 and the text "no" for true; here they are refused.

    Raises
    ------
    ValueError
        The message names the first entry that is neither.
    """
    found = array_of(given)
    if found.dtype == bool:
        return found
    typed = found.dtype.kind in "biufO"
    bad = [one for one in found.ravel().tolist() if not (typed and _is_boolean(one))]
    if bad:
        raise ValueError(
            f"{name} holds {brief(repr(bad[0]), 40)}; give True or False (or 1 and 0) for each."
        )
    return found.astype(bool)


def _is_boolean(one: Any) -> bool:
    return isinstance(one, (bool, np.bool_, Integral, float)) and one in (0, 1)


def whole_numbers(name: str, given: Any) -> np.ndarray:
    """One row of whole numbers, (n,) int64; an empty one of whatever type.

    Raises
    ------
    ValueError
        If it is of another shape, or an entry is no whole number: 0.9, NaN, True, "1"; the message
        names the first.
    """
    found = array_of(given)
    if not found.size:
        return np.empty(0, np.int64)
    if found.ndim != 1:
        shown = f"{found.shape}" if found.ndim else brief(repr(found.item()), 40)
        raise ValueError(f"{name} is {shown}; give one row of whole numbers.")
    if bad := [one for one in found.tolist() if not _is_whole(one)]:
        raise ValueError(f"{name} holds {brief(repr(bad[0]), 40)}; give whole numbers.")
    return found.astype(np.int64)


def _is_whole(one: Any) -> bool:
    if isinstance(one, (bool, np.bool_)) or not isinstance(one, (Integral, float)):
        return False
    number: Any = one
    return number == number and abs(number) < 2**63 and int(number) == number
