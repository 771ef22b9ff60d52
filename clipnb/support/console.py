"""Printing where the output cannot show every character: consoles and files of Windows (cp1252),
a terminal with LANG=C."""

from __future__ import annotations

import sys
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


def for_stream(text: str, stream: TextIO) -> str:
    """The text as this stream can show it."""
    encoding = getattr(stream, "encoding", None) or "utf-8"  # a notebook's stream takes everything
    if _fits(text, encoding):
        return text
    text = "".join(c if _fits(c, encoding) else c.translate(PLAIN) for c in text)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def say(text: str, stream: TextIO | None = None) -> None:
    """Print a text at once; a character that the stream cannot show is written in ASCII and is no
    reason to stop."""
    shown_on = sys.stdout if stream is None else stream
    if shown_on is not None:  # pythonw.exe has none
        print(for_stream(text, shown_on), file=shown_on, flush=True)


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
