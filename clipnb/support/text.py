"""Text from elsewhere (names of files and classes, JSON, answers of servers) as text that can be
shown: on a terminal, in a message, in a file."""

from __future__ import annotations

import re
import unicodedata

# marks that turn the direction of writing: what follows would be shown in another order
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# nothing of them is seen, such as the byte order mark; not those that join or part letters
NO_WIDTH = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")

# escape and its relatives, backspace, delete; not NUL and bell, which change nothing that is shown
STEERING = frozenset("\x08\x1b\x7f" + "".join(map(chr, range(0x80, 0xA0)))) - {"\x85"}


def obeyed(character: str) -> bool:
    """Whether a terminal or a page obeys this character instead of showing it, or it is no
    character at all (half a surrogate pair, which no file can hold)."""
    return unicodedata.category(character) in ("Cc", "Cs") or character in TURNING


def printable(text: object, keep: str = "") -> str:
    r"""The text with every character that a terminal obeys written as its escape: ``\x1b``.

    Parameters
    ----------
    text : object
        Anything with a ``str``; an exception, a path.
    keep : str
        Characters that stay, such as the line break of a message of several lines.
    """
    text = str(text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c.encode("unicode_escape").decode() if obeyed(c) and c not in keep else c for c in text
    )


def brief(text: object, most: int = 80) -> str:
    """The printable text, cut after so many characters: a name for a message."""
    shown = printable(text)
    return shown if len(shown) <= most else shown[:most] + "…"


def odd_character(text: str) -> str:
    r"""What is wrong with the characters of a text, for a message: half a surrogate pair (such as
    ``\ud83d`` without its second half), which cannot be encoded, or a character that begins a
    sequence which a terminal obeys or takes back what it shows. An empty string if nothing is."""
    for c in "" if text.isprintable() else text:
        if unicodedata.category(c) == "Cs":
            return f"half a character ({printable(c)}, one half of a surrogate pair)"
        if c in STEERING:
            return f"the control character {printable(c)}"
    return ""


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen: white space, and marks without a width."""
    return all(c.isspace() or unicodedata.category(c) == "Cf" for c in text)
