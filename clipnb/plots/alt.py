"""Alt texts: what a figure shows, in words, for those who do not see it.

In a notebook every figure carries one in the metadata of its output, ``{"image/png": {"alt": …}}``,
where nbconvert and the course's site look for it. It is composed from the axes (labels, legend,
categories with their values), so that it cannot contradict the figure; :func:`describe` gives a
better one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from .labels import plain

if TYPE_CHECKING:
    from matplotlib.axis import Axis


Shown = TypeVar("Shown", Axes, Figure, np.ndarray)
NOTE = "clipnb_alt"  # the attribute of a figure that describe() sets
MOST_VALUES = 12  # of one panel; a longer list helps nobody who listens to it


def describe(axes: Shown, text: str) -> Shown:
    """Say in words what a figure shows; returns what it was given.

    Parameters
    ----------
    axes : Axes or Figure, or an array of Axes
    text : str
        One or two texts with what there is to see, for a reader who does not see it. It
        replaces the composed one.
    """
    first: Any = axes.flat[0] if isinstance(axes, np.ndarray) else axes
    figure = first if isinstance(first, Figure) else first.figure
    setattr(figure, NOTE, " ".join(text.split()))
    return axes


def alt_text(figure: Figure) -> str:
    """The text of :func:`describe`, or one composed from the figure's axes."""
    if text := getattr(figure, NOTE, None):
        return text
    panels = [_panel(ax) for ax in figure.axes if ax.get_label() != "<colorbar>"]
    panels = [panel for panel in panels if panel]
    images = [panel for panel in panels if panel.startswith("image")]
    # a grid of images: one list instead of as many texts
    if len(images) == len(panels) > 1:
        names = list(dict.fromkeys(panel.removeprefix("image").strip("‘’ ") for panel in images))
        return f"{len(images)} images" + (": " + ", ".join(names) if any(names) else "")
    return "; ".join(panels)[:1].upper() + "; ".join(panels)[1:]


def _categories(axis: Axis) -> dict[float, str]:
    """Tick position → label, if the labels are words; empty for an axis of numbers."""
    labels = {
        float(at): plain(tick.get_text())
        for at, tick in zip(axis.get_ticklocs(), axis.get_ticklabels())
        if tick.get_text()
    }
    words = [
        label
        for label in labels.values()
        if not label.replace("−", "-").lstrip("-").replace(".", "").isdigit()
    ]
    return labels if words and all("mathdefault" not in word for word in words) else {}


def _panel(ax: Axes) -> str:
    title = plain(ax.get_title())
    if ax.images and not ax.axison:
        return f"image ‘{title}’" if title else "image"
    if not ax.has_data():
        return ""
    x, y = plain(ax.get_xlabel()), plain(ax.get_ylabel())
    if mesh := next((artist for artist in ax.collections if isinstance(artist, QuadMesh)), None):
        return _matrix(ax, mesh, title)
    down, across = _categories(ax.yaxis), _categories(ax.xaxis)
    values = _bars(ax, down, 0) if down else _bars(ax, across, 1) if across else ""
    text = (
        f"bars, {x if down else y}" if values else f"{y or 'values'} over {x}" if x else y or "plot"
    )
    if not values:
        rows = list(down.values()) or list(across.values()) or _legend(ax)
        values = ", ".join(rows[:MOST_VALUES])
    return (f"{title}, " if title else "") + text + (f": {values}" if values else "")


def _legend(ax: Axes) -> list[str]:
    return [plain(label) for label in ax.get_legend_handles_labels()[1]]


def _matrix(ax: Axes, mesh: QuadMesh, title: str) -> str:
    rows, columns = list(_categories(ax.yaxis).values()), list(_categories(ax.xaxis).values())
    values = np.asarray(mesh.get_array())
    size = f"matrix of {len(rows) or values.shape[0]} rows" + (
        f" ({', '.join(rows[:MOST_VALUES])})" if rows else ""
    )
    size += f" and {len(columns) or values.shape[-1]} columns" + (
        f" ({', '.join(columns[:MOST_VALUES])})" if columns else ""
    )
    return (
        f"{title}, " if title else ""
    ) + f"{size}, values from {values.min():.2f} to {values.max():.2f}"


def _bars(ax: Axes, categories: dict[float, str], along: int) -> str:
    """ "group: label value, label value" for the bars of an axis of words; ``along``: 0 if they
    lie, 1 if they stand."""
    groups = []
    for container in ax.containers:
        found = []
        for bar in getattr(container, "patches", []):
            at = (
                bar.get_y() + bar.get_height() / 2
                if along == 0
                else bar.get_x() + bar.get_width() / 2
            )
            nearest = min(categories, key=lambda place: abs(place - at))
            found.append(
                f"{categories[nearest]} {bar.get_width() if along == 0 else bar.get_height():.2f}"
            )
        label = plain(str(container.get_label()))
        if found:
            groups.append(
                ("" if label.startswith("_") else f"{label}: ") + ", ".join(found[:MOST_VALUES])
            )
    return "; ".join(groups)


def register() -> bool:
    """Let Jupyter put the alt text beside every figure that it shows; False outside of IPython."""
    ipython = sys.modules.get("IPython")  # where nobody has imported it, no notebook is running
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return False
    # Not the PNG formatter: the inline backend puts its own there whenever it is configured, and
    # this one adds metadata only
    shell.display_formatter.mimebundle_formatter.for_type(
        Figure, lambda figure: ({}, {"image/png": {"alt": alt_text(figure)}})
    )
    return True
