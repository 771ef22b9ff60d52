"""A document that is edited by named actions, with undo and reset."""

from __future__ import annotations

import inspect
import json

MOST_STEPS = 100  # that can be undone


class Document:
    """What a widget shows, as JSON, and the actions that change it.

    A subclass names its methods in ``actions``. Page and kernel perform the same actions on the
    same document, so a method must depend on the document and its arguments alone, and
    ``static/<widget>.js`` has its twin.

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


def index(value: object, count: int, what: str) -> int:
    """A whole number from 0 to count - 1, or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise ValueError(f"There is no {what} {value!r}; there are {count}, counted from 0.")
    return value


def number(value: object, low: float, high: float, what: str) -> float:
    """A finite number within bounds, or ValueError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ValueError(f"{what} is a number from {low:g} to {high:g}, not {repr(value)[:40]}.")
    return value


def words(value: object, longest: int = 2000) -> str:
    """Text of at most so many characters, on one line, or ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"This must be text, not {value!r}.")
    if len(value) > longest:
        raise ValueError(f"This text has {len(value):,} characters; at most {longest:,} are taken.")
    return value
