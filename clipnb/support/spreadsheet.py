"""Text in a CSV file, where a spreadsheet runs what begins like a formula."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a cell begins with that a spreadsheet runs


def guarded(text: str) -> str:
    """The text with an apostrophe before it, if a spreadsheet would run it."""
    return "'" + text if text.lstrip("'").startswith(FORMULA) else text


def unguarded(text: str) -> str:
    """What :func:`guarded` made its text of."""
    return text[1:] if text.startswith("'") and guarded(text) != text else text
