"""A document that is edited by named actions, with undo and reset."""

from __future__ import annotations

import inspect
import json
import math
from typing import Any

from ...support.text import printable

MOST_STEPS = 100  # that can be undone


class Document:
    """What a widget shows, as JSON, and the actions that change it.

    A subclass names its methods in ``actions``. Page and kernel perform the same actions on the
    same document, so a method must depend on the document and its arguments alone, and
    the widget's ``page.js`` has its twin.

    Parameters
    ----------
    document : dict, JSON

    Attributes
    ----------
    document : dict
    actions : tuple of str
        Methods that a page may call.
    edited : tuple of str
        The entries of the document that undo and reset bring back; the others (which image is
        shown) are looks, not edits.
    merged : tuple of str
        Actions that are one step for undo when they repeat on the same place, such as typing in one
        field.
    """

    actions: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()

    def __init__(self, document: dict):
        check_sendable(document)
        self.document = document
        self._first, self._past, self._place = self._kept(), [], None

    def act(self, action: dict) -> None:
        """Perform ``{"do": name, …arguments}``; ValueError, and an unchanged document, if that
        cannot be done."""
        name = action.get("do")
        if name not in (*self.actions, "undo", "reset"):
            raise ValueError(f"There is no action '{name}' here.")
        arguments = {key: value for key, value in action.items() if key != "do"}
        method = getattr(self, name)
        try:
            inspect.signature(method).bind(**arguments)
        except TypeError as error:
            raise ValueError(f"The action '{name}' got wrong arguments: {error}.") from None
        if name in ("undo", "reset"):
            return method()
        kept, whole = self._kept(), json.dumps(self.document)
        try:
            method(**arguments)
            check_sendable(self.document)
        except BaseException:
            self.document = json.loads(whole)
            raise
        if self._kept() != kept:
            place = (
                (name, *(arguments.get(key) for key in ("of", "row")))
                if name in self.merged
                else None
            )
            self._remember(kept, place)

    def undo(self) -> None:
        """Take back the last edit; nothing happens if there is none."""
        if self._past:
            self.document.update(json.loads(self._past.pop()))
        self._place = None

    def reset(self) -> None:
        """Back to the beginning; can be undone."""
        if (kept := self._kept()) != self._first:
            self._remember(kept, None)
            self.document.update(json.loads(self._first))

    def snapshot(self) -> tuple:
        """All that an action changes, for :meth:`restore`."""
        return self.copy(), list(self._past), self._place

    def restore(self, snapshot: tuple) -> None:
        """Back to a snapshot, as if nothing had been done since."""
        document, past, self._place = snapshot
        self.document, self._past = document, list(past)

    @property
    def edits(self) -> str | None:
        """What undo and reset would bring back, as JSON; None while it is as in the beginning."""
        return None if (kept := self._kept()) == self._first else kept

    @property
    def beginning(self) -> str:
        """The same as it was in the beginning."""
        return self._first

    def go_on(self, edits: str) -> None:
        """Take over the edits of another document that began alike; can be undone."""
        self._remember(self._kept(), None)
        self.document.update(json.loads(edits))

    @property
    def steps(self) -> int:
        """How many edits can be undone."""
        return len(self._past)

    def copy(self) -> dict:
        """The document, apart from this one."""
        return json.loads(json.dumps(self.document))  # several times as fast as copy.deepcopy

    def _kept(self) -> str:
        return json.dumps({key: self.document[key] for key in self.edited})

    def _remember(self, kept: str, place) -> None:
        if place is None or place != self._place:
            self._past = [*self._past, kept][-MOST_STEPS:]
        self._place = place


def check_sendable(value: Any) -> None:
    """ValueError if a page cannot get this JSON: half a surrogate pair (of an emoji that was cut)
    has no bytes, and not a number is no JSON."""
    if isinstance(value, dict):
        for key, one in value.items():
            check_sendable(key)
            check_sendable(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            check_sendable(one)
    elif isinstance(value, str) and not _whole(value):
        raise ValueError(
            f"The text '{printable(value)[:60]}' holds half a character, as an emoji that was cut"
            " apart; delete it and write it anew."
        )
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number that can be shown.")


def sendable(value: Any) -> Any:
    """JSON with every half of a character replaced by its escape, for what is only shown: names of
    files and classes."""
    if isinstance(value, dict):
        return {sendable(key): sendable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [sendable(one) for one in value]
    return printable(value) if isinstance(value, str) and not _whole(value) else value


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def index(value: object, count: int, what: str) -> int:
    """A whole number from 0 to count - 1, or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise ValueError(f"There is no {what} {_shown(value)}; there are {count}, counted from 0.")
    return value


def number(value: object, low: float, high: float, what: str) -> float:
    """A finite number within bounds, or ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{what} is a number from {low:g} to {high:g}, not {_shown(value)}.")
    return value


def words(value: object, longest: int = 2000) -> str:
    """Text of at most so many characters, on one line, or ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"This must be text, not {_shown(value)}.")
    if len(value) > longest:
        raise ValueError(f"This text has {len(value):,} characters; at most {longest:,} are taken.")
    return value


def _shown(value: object) -> str:
    return printable(repr(value)[:40])
