"""How a command ends: an error is one line on stderr, and so is Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Callable

from .text import printable


def say_error(command: str, message: object) -> None:
    """One line on stderr, in which nothing steers the terminal."""
    print(f"{command}: {printable(message)}", file=sys.stderr)


def exit_code(
    command: str, work: Callable[[], int | None], interrupted: str = "interrupted."
) -> int:
    """Do the work of a command, and say how it ended.

    Parameters
    ----------
    command : str
        What it is called, such as "clipnb report".
    work : callable
        Returns an exit code, or None for 0.
    interrupted : str
        What is said after Ctrl-C.

    Returns
    -------
    int
        0, or what ``work`` returned; 2 after an error that names what is wrong, 130 after Ctrl-C.
    """
    try:
        return work() or 0
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        say_error(command, error)
        return 2
    except KeyboardInterrupt:
        say_error(command, interrupted)
        return 130
