"""Edits that outlive a widget: a cell that is run again makes a new one, which goes on where the
last one was."""

from __future__ import annotations

import sys
from typing import Any

MOST_KEPT = 20  # widgets whose edits are remembered
SAID = "Your edits from before are still here; “Reset” goes back to the beginning."

_edits: dict[tuple, str] = {}


def cell() -> str | None:
    """The cell that runs now: its name where the frontend says it (JupyterLab, Notebook 7, VS
    Code), empty where it does not, None outside of a notebook."""
    ipython = sys.modules.get("IPython")  # where nobody has imported it, no notebook is running
    shell: Any = ipython.get_ipython() if ipython else None
    if shell is None or not hasattr(shell, "get_parent"):
        return None
    message = shell.get_parent() or {}
    return str((message.get("metadata") or {}).get("cellId", ""))


def remember(place: tuple, edits: str | None) -> None:
    """Keep the edits of a widget by its place (cell, kind, what it began with); None: there are
    none any more."""
    _edits.pop(place, None)
    if edits is not None and place[0] is not None:
        _edits[place] = edits
        while len(_edits) > MOST_KEPT:
            del _edits[next(iter(_edits))]


def edits_of(place: tuple) -> str | None:
    """What was edited in the last widget at this place."""
    return _edits.get(place)
