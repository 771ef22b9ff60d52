"""A reader's guesses beside what was measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..support.console import say as print_text
from .feedback import shown


def compare_guesses(guesses: Mapping[str, tuple[object, Any]], digits: int = 2) -> None:
    """Print each guess next to its result. A guess is no answer, so nothing is called incorrect.

    Parameters
    ----------
    guesses : dict
        What was guessed → (the reader's guess, the measured value). ``...`` means that no guess was
        made, and is never an error.
    digits : int
        Decimal places of both.
    """
    for what, (guess, measured) in guesses.items():
        print_text(f"{what}: {_guess(guess, digits)}; measured: {float(measured):.{digits}f}")


def _guess(guess: object, digits: int) -> str:
    """A guess in words: a number, or what is missing."""
    if guess is ...:
        return "no guess recorded"
    try:
        value = float(guess)  # type: ignore[arg-type]
    except Exception:  # any object; a guess ends no cell
        value = math.nan
    if not math.isfinite(value):
        return f"your guess is no number ({shown(guess, 30)})"
    return f"your guess: {value:.{digits}f}"
