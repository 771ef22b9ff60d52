"""What all widgets share: a state on a page, and exceptions that nobody can overlook."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Dict, Int, Unicode

from ...support.text import printable
from .document import Document, sendable
from .html import paragraph
from .kept import SAID, cell, edits_of, remember

COMMON = Path(__file__).parent
WIDGETS = COMMON.parent
MOST_SAID = 600  # characters of a message under the widget
MOST_VIEWS = 8  # whose last message is remembered
log = logging.getLogger("clipnb.widgets")


def style(kind: str, shared: tuple[str, ...]) -> str:
    """The styles of a page. All of them meet in the page's head: nested, those of one kind neither
    reach another kind nor yield to its copy of common.css."""
    paths = [*(COMMON / f"{name}.css" for name in shared), WIDGETS / kind / "style.css"]
    own = "\n".join(path.read_text("utf-8") for path in paths if path.exists())
    common = (COMMON / "common.css").read_text("utf-8")
    return f"{common}\n.clipnb.clipnb-widget-{kind} {{\n{own}\n}}"


class Widget(anywidget.AnyWidget):
    """A state on a page.

    Parameters
    ----------
    state : Document
    traits
        What the page needs beside the document and never changes.

    Attributes
    ----------
    state : Document
    document : dict
        A copy of ``state.document``; the page shows it and keeps its own.
    problem : str
        One text for the reader, or empty.
    answered : dict
        View → number of its last action that the kernel has performed.
    failures : int
        Callbacks that raised something other than ValueError.
    first : dict
        What reset goes back to, if that is not what the page gets: the cell was run again, and the
        edits are still here.
    """

    kind = ""  # the widget's folder, and the name of its style
    styles: tuple[str, ...] = ()  # of common/, before its own
    state: Any  # a Document; each widget names its own

    document = Dict().tag(sync=True)
    problem = Unicode().tag(sync=True)
    answered = Dict().tag(sync=True)
    failures = Int(0).tag(sync=True)
    first = Dict().tag(sync=True)

    def __init_subclass__(cls, **options):
        # not for the nameless subclasses that traitlets makes of every instance
        if "kind" in cls.__dict__:
            cls._esm = (WIDGETS / cls.kind / "bundle.js").read_text("utf-8")
            cls._css = style(cls.kind, cls.styles)
        super().__init_subclass__(**options)

    def __init__(self, state: Document, **traits: Any):
        self.state = state
        self._place = (cell(), self.kind, state.beginning)
        traits |= self._go_on()
        super().__init__(document=state.copy(), **sendable({**traits, **self.show()}))
        self.on_msg(self._receive)

    def _go_on(self) -> dict:
        """Take over the edits that were made before this cell was run again."""
        edits, before = edits_of(self._place), self.state.snapshot()
        if edits is None:
            return {}
        try:
            self.state.go_on(edits)
            self.show()
        except Exception:  # another model or other images, with which they cannot be shown
            log.exception("Edits of %s could not be taken over", type(self).__name__)
            self.state.restore(before)
            return {
                "problem": "Your edits from before cannot be shown with what this cell has now."
            }
        return {"first": json.loads(self.state.beginning), "problem": SAID}

    def show(self) -> dict:
        """Traits that depend on the state, beside the document; called after every action."""
        return {}

    def page(self) -> str:
        """The widget as HTML without scripts, where there is neither a kernel nor a saved state; a
        widget with more to show there has a saved.py."""
        return paragraph("In Jupyter, run this cell: it shows a widget.")

    def act(self, do: str, **arguments: Any) -> None:
        """Do from Python what the reader does on the page, as ``widget.act("weigh", of=0, row=2,
        weight=0.5)``."""
        self._perform({"do": do, **arguments})

    def _perform(self, action: dict) -> None:
        """An action, and what the page shows of it: both, or neither."""
        before = self.state.snapshot()
        try:
            if action.get("do") != "hello":
                self.state.act(action)
            shown = sendable(self.show())
        except BaseException:
            self.state.restore(before)
            raise
        with self.hold_sync():
            for name, value in shown.items():
                setattr(self, name, value)
            self.document = self.state.copy()
        remember(self._place, self.state.edits)

    def _receive(self, _widget, message, _buffers) -> None:
        """An action from the page. Jupyter swallows what a callback raises, so this is the last
        place where it can be seen."""
        if not isinstance(message, dict):
            return
        with self.hold_sync():
            action = {key: value for key, value in message.items() if key not in ("view", "serial")}
            try:
                self._perform(action)
                # what a new view has to say stays until something is done
                self.problem = self.problem if action.get("do") == "hello" else ""
            except ValueError as error:
                self._refuse(str(error))
            except Exception as error:
                log.exception("A callback of %s failed", type(self).__name__)
                self.failures += 1
                self._refuse(
                    f"Something went wrong in the kernel ({type(error).__name__}: {error}); its log"
                    " has the details."
                    + ("" if action.get("do") == "hello" else " What you did last is taken back.")
                )
            latest = {**self.answered, str(message.get("view")): message.get("serial")}
            self.answered = dict(list(latest.items())[-MOST_VIEWS:])

    def _refuse(self, text: str) -> None:
        """Say why nothing has changed. The page has performed the action on its own copy, so it is
        sent the document even where the kernel's is as before."""
        self.problem = printable(text)[:MOST_SAID]
        self.document = self.state.copy()
        self.send_state("document")

    def __repr__(self):
        return f"{type(self).__name__}()"

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        shown = {"text/plain": repr(self), "text/html": self.page()}
        return {**(data or {}), **sendable(shown)}, metadata
