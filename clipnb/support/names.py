"""What counts as a list of names: anything but one string, which Python reads as a list of
letters."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def listed(given: Iterable[str] | str | Path, what: str, note: str | None = None) -> list[str]:
    """The names as a list.

    Parameters
    ----------
    given : iterable of str
    what : str
        What the caller calls it, for the message.
    note : str, optional
        The whole message in its place.

    Raises
    ------
    ValueError
        For one string or a path.
    """
    if isinstance(given, (str, Path)):
        raise ValueError(note or f"{what} is one string; give a list: ['{str(given)[:40]}'].")
    return list(given)
