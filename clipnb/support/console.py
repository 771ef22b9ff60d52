"""Printing where the output cannot show every character: consoles and files of Windows (cp1252),
a terminal with LANG=C."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TextIO

# what we print ourselves, in ASCII; any other character becomes its escape
PLAIN = str.maketrans(
    {
        "✔": "OK:",
        "✘": "X:",
        "█": "#",
        "…": "...",
        "→": "->",
        "±": "+/-",
        "×": "x",
        "·": "-",
        "–": "-",
        "−": "-",
        "“": '"',
        "”": '"',
        "’": "'",
    }
)


nobody_reads = threading.Event()  # set when who read the output has gone: head, less, grep -q


def for_stream(text: str, stream: TextIO) -> str:
    """The text as this stream can show it."""
    encoding = getattr(stream, "encoding", None) or "utf-8"  # a notebook's stream takes everything
    if _fits(text, encoding):
        return text
    text = "".join(c if _fits(c, encoding) else c.translate(PLAIN) for c in text)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def say(text: str, stream: TextIO | None = None) -> None:
    """Print a text at once. A character that the stream cannot show is written in ASCII; where
    nobody reads any more, or there is no stream, the text goes nowhere: no reason to stop."""
    shown_on = sys.stdout if stream is None else stream
    if shown_on is None:  # pythonw.exe has none
        return
    try:
        print(for_stream(text, shown_on), file=shown_on, flush=True)
    except OSError as error:
        if not _reader_is_gone(error):
            raise
        nobody_reads.set()


def _reader_is_gone(error: OSError) -> bool:
    # Windows says EINVAL of a pipe that was closed
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == 22)


def end_output() -> None:
    """At the end of a command: whatever nobody has read is given up, or Python would complain when
    it writes that out on its way out."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError as error:
            if not _reader_is_gone(error):
                raise
            nobody_reads.set()
            with suppress(OSError):  # a stream without a file
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
        except ValueError:  # closed
            pass


def show_everything() -> None:
    """For a command: whatever it prints, by whatever function, a character that the console cannot
    show is escaped and is no reason to stop."""
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
