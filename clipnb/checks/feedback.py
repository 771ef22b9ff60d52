"""What every check says, and how it looks at what the reader wrote."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def say(done: bool, text: str) -> None:
    """Print a verdict, in lines that a cell shows without breaking words."""
    lines = [
        textwrap.fill(line, 80, subsequent_indent="  ", break_on_hyphens=False)
        for line in text.split("\n")
    ]
    print(("✔ " if done else "✘ ") + "\n".join(lines))


def stopped(error: Exception) -> bool:
    """The reader's function raised: that is feedback, not a crash."""
    say(False, f"Your function stopped with {type(error).__name__}: {error}")
    return False


def called(function: Callable, *inputs: Any) -> np.ndarray | None:
    """What the reader's function returns as an array, or None after saying why there is nothing to
    look at."""

    try:
        return np.asarray(function(*inputs), dtype=float)
    except Exception as error:  # whatever the reader's code raises is feedback, not a crash
        stopped(error)
        return None


def match(
    got: np.ndarray | None, expected: npt.ArrayLike, wrong: dict, yes: str, name: str
) -> bool:
    """Compare what came with what should have come, and with what well-known mistakes give."""

    expected = np.asarray(expected, dtype=float)
    if got is None:
        return False
    if got.shape != expected.shape:
        say(
            False,
            f"Your function returns the shape {got.shape}; {name} has the shape {expected.shape}."
            if expected.shape
            else f"Your function returns {got.shape}; {name} is one number.",
        )
    elif np.allclose(got, expected, atol=1e-5):
        say(True, yes)
        return True
    else:
        hint = next(
            (
                text
                for text, value in wrong.items()
                if np.allclose(got, np.asarray(value, dtype=float), atol=1e-5)
            ),
            None,
        )
        at = int(np.argmin(np.isclose(got, expected, atol=1e-5)))  # the first that differs
        place = f"number {at + 1} of {name}" if expected.shape else name
        say(
            False,
            hint
            or f"For the test data {place} should be {expected.ravel()[at]:.4f}, yours is {got.ravel()[at]:.4f}.",
        )
    return False
