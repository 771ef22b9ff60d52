"""What all widgets share: a state on a page, and exceptions that nobody can overlook."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Dict, Int, Unicode

from .document import Document
from .html import paragraph

COMMON = Path(__file__).parent
WIDGETS = COMMON.parent
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
    """

    kind = ""  # the widget's folder, and the name of its style
    styles: tuple[str, ...] = ()  # of common/, before its own
    state: Any  # a Document; each widget names its own

    document = Dict().tag(sync=True)
    problem = Unicode().tag(sync=True)
    answered = Dict().tag(sync=True)
    failures = Int(0).tag(sync=True)

    def __init_subclass__(cls, **options):
        # not for the nameless subclasses that traitlets makes of every instance
        if "kind" in cls.__dict__:
            cls._esm = (WIDGETS / cls.kind / "bundle.js").read_text("utf-8")
            cls._css = style(cls.kind, cls.styles)
        super().__init_subclass__(**options)

    def __init__(self, state: Document, **traits: Any):
        self.state = state
        super().__init__(document=state.copy(), **traits, **self.show())
        self.on_msg(self._receive)

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
        self.state.act({"do": do, **arguments})
        self._update()

    def _update(self) -> None:
        with self.hold_sync():
            for name, value in self.show().items():
                setattr(self, name, value)
            self.document = self.state.copy()

    def _receive(self, _widget, message, _buffers) -> None:
        """An action from the page. Jupyter swallows what a callback raises, so this is the last
        place where it can be seen."""
        with self.hold_sync():
            try:
                action = {
                    key: value for key, value in message.items() if key not in ("view", "serial")
                }
                if action.get("do") != "hello":
                    self.state.act(action)
                self._update()
                self.problem = ""
            except ValueError as error:
                self.problem = str(error)
                self.document = self.state.copy()
            except Exception as error:
                log.exception("A callback of %s failed", type(self).__name__)
                self.failures += 1
                self.problem = (
                    f"Something went wrong in the kernel ({type(error).__name__}: {error}); its log"
                    " has the details."
                )
            latest = {**self.answered, str(message.get("view")): message.get("serial")}
            self.answered = dict(list(latest.items())[-MOST_VIEWS:])

    def __repr__(self):
        return f"{type(self).__name__}()"

    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/plain": repr(self), "text/html": self.page()}, metadata
