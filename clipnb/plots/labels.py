r"""Names of classes, methods and texts as labels: drawn as they are, whatever is in them.

matplotlib reads a ``$`` as the beginning of mathematics, leaves a name that begins with ``_`` out
of legends, and cannot draw a control character.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ..support.text import printable

MOST_LINES = 8  # of one label; a longer one would leave no room for the figure
LEGEND_WIDTH = 85  # characters of all names side by side
FEW_LINES = 3  # in a legend, over a low panel
HIDDEN = "\N{ZERO WIDTH SPACE}"  # in front of a leading "_", which alone means "not in the legend"


def wrap(text: object, width: int = 34, most: int = MOST_LINES) -> str:
    """A label in lines (its own breaks stay), at most so many; a dollar sign is text, not
    mathematics, and what no font shows is written as its escape."""
    lines: list[str] = []
    for line in printable(text, keep="\n\t").split("\n"):
        lines += textwrap.wrap(line, width) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: width - 1] + "…"]
    return "\n".join(lines).replace("$", r"\$")


def legend_label(text: object, note: str = "", width: int = 40) -> str:
    """A name, and a note behind it, as ``label=`` of what is drawn; it is in the legend whatever it
    begins with."""
    label = wrap(text, width, FEW_LINES) + note
    return HIDDEN + label if not label or label.startswith("_") else label


def legend_columns(names: Iterable[object]) -> int:
    """How many columns a legend above a figure has: one line if the names are short, else one name
    a line."""
    widths = [max(map(len, wrap(name, 40, FEW_LINES).split("\n"))) + 5 for name in names]
    return len(widths) if sum(widths) <= LEGEND_WIDTH else 1


def plain(label: str) -> str:
    """A label on one line, as the text was before :func:`wrap`."""
    return " ".join(printable(label.replace(r"\$", "$").replace(HIDDEN, ""), keep="\n\t").split())
