"""What a command says and how it ends: a warning and an error are one line on stderr each, and so
is Ctrl-C. Where its output goes into ``head`` it does its work all the same."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from .console import end_output, nobody_reads, say
from .text import printable

UNREAD = 141  # the exit code of a command whose output nobody reads to its end


class Parser(argparse.ArgumentParser):
    """A parser whose complaints show what a terminal would obey; argparse repeats arguments as they
    are."""

    def parse_known_args(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, args: Any = None, namespace: Any = None
    ) -> Any:
        """Refuses an empty argument, which is what a shell leaves of a variable that is not set;
        Python would take it for the folder one is in, or for nothing given."""
        words = sys.argv[1:] if args is None else list(args)
        for before, word in zip(["", *words], words):
            name, equals, value = word.partition("=")
            if not word.strip() or (name.startswith("--") and equals and not value.strip()):
                where = name if equals else before if before.startswith("-") else "an argument"
                self.error(f"{where} is empty; a variable of the shell may not be set")
        return super().parse_known_args(words, namespace)

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def say_error(command: str, message: object) -> None:
    """One line on stderr, in which nothing steers the terminal."""
    if sys.stderr is not None:
        say(f"{command}: {printable(message)}", sys.stderr)


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
        0, or what ``work`` returned; 2 after an error that names what is wrong, 130 after Ctrl-C,
        141 (as after SIGPIPE) if not all of the output was read, and the work is done.
    """
    nobody_reads.clear()
    try:
        code = _code(command, work, interrupted)
    finally:  # argparse ends by an exception
        end_output()
    return code or (UNREAD if nobody_reads.is_set() else 0)


def _code(command: str, work: Callable[[], int | None], interrupted: str) -> int:
    try:
        with warnings.catch_warnings():
            # without the line of code that warns, which is no news to who gave the command
            warnings.showwarning = lambda message, *_, **__: say_error(command, message)
            return work() or 0
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        say_error(command, error)
        # a progress bar that nobody reads any more (2>&1 | head) ends the work
        return UNREAD if isinstance(error, BrokenPipeError) and nobody_reads.is_set() else 2
    except KeyboardInterrupt:
        say_error(command, interrupted)
        return 130


@contextmanager
def noted() -> Iterator[list[str]]:
    """The texts of the warnings that are given within it, for a report; they are given once more
    when it ends, so that nobody else misses them."""
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        yield notes
    for one in caught:
        if issubclass(one.category, UserWarning) and str(one.message) not in notes:
            notes.append(str(one.message))
        warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
