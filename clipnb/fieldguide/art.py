"""SVG drawings as data: choose the variants, fill the colours, rasterise, cut out the mask of a
part.

A drawing is an ordinary SVG file of 200 x 200 units that any vector editor or browser opens. Three
conventions make it poseable:

* every child ``<g id="crest">`` of the root is a **part**; parts are painted in the order of the
  file;
* ``data-when="crest=tall|short wing=barred"`` on any element: it is drawn only where all these
  conditions hold;
* ``class="fill-crest stroke-crest-dark"``: paint with the colour of the slot ``crest``, or a darker
  or lighter shade of it
  (``-dark``, ``-light``). ``stop-crest`` does the same for a gradient stop.
"""

from __future__ import annotations

import io
import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Collection
from functools import cache
from pathlib import Path

import numpy as np
import resvg
from PIL import Image

from .allowed import read_drawing

UNITS = 200  # side of every drawing, in SVG user units
_SVG = "{http://www.w3.org/2000/svg}"
_PAINT = {"fill": "fill", "stroke": "stroke", "stop": "stop-color"}
_LOCAL = threading.local()  # resvg's options belong to the thread that made them


def shade(hexcolour: str, amount: float) -> str:
    """Mix a colour ``#rrggbb`` with black (amount < 0) or white (amount > 0)."""
    target = 255 if amount > 0 else 20
    rgb = [int(hexcolour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(c + (target - c) * abs(amount)):02x}" for c in rgb)


class Art:
    """One SVG file, cut once into pieces so that a posed figure is a join of strings.

    Attributes
    ----------
    parts : list of str
        Ids of the parts in painting order.
    slots : set of str
        The colour slots used by the classes of the file.
    conditions : dict of str to set of str
        Every slot named in a ``data-when`` with the values it is compared with.
    pieces : list of (str or None, conditions, str)
        The file in order: the part a piece belongs to, the (slot, values) that must all hold, and
        its text with ``%(slot)s`` where a colour goes.
    """

    def __init__(self, path: Path | str):
        self.path = Path(path)
        self.parts: list[str] = []
        self.slots: set[str] = set()
        self.conditions: dict[str, set[str]] = {}
        self.pieces: list[tuple[str | None, tuple, str]] = []
        root = read_drawing(self.path)
        for child in root:
            tag = child.tag.removeprefix(_SVG)
            if tag == "g" and (part := child.get("id")):
                self.parts.append(part)
                self._cut(child, part, ())
            elif tag == "defs":
                self._cut(child, None, ())
            elif tag not in ("style", "title", "desc", "metadata"):
                raise ValueError(
                    f"{self.path.name}: <{tag}> stands outside a part; put it into a <g id=...>."
                )

    def _cut(
        self, node: ET.Element, part: str | None, conditions: tuple[tuple[str, frozenset[str]], ...]
    ) -> None:
        if not isinstance(node.tag, str):
            return  # a comment
        tag = node.tag.removeprefix(_SVG)
        attributes = dict(node.attrib)
        if when := attributes.pop("data-when", None):
            for condition in when.split():
                slot, _, values = condition.partition("=")
                conditions += ((slot, frozenset(values.split("|"))),)
                self.conditions.setdefault(slot, set()).update(values.split("|"))
        for word in attributes.pop("class", "").split():
            kind, _, slot = word.partition("-")
            if kind not in _PAINT:
                raise ValueError(
                    f"{self.path.name}: class {word} in part {part}: expected fill-, stroke- or"
                    " stop- and a slot."
                )
            self.slots.add(re.sub("-(dark|light)$", "", slot))
            attributes[_PAINT[kind]] = f"%({slot})s"
        text = "".join(
            f' {k}="{v.replace("%", "%%") if not v.startswith("%(") else v}"'
            for k, v in attributes.items()
        )
        if len(node):
            self.pieces.append((part, conditions, f"<{tag}{text}>"))
            for child in node:
                self._cut(child, part, conditions)
            self.pieces.append((part, conditions, f"</{tag}>"))
        else:
            self.pieces.append((part, conditions, f"<{tag}{text}/>"))

    def svg(
        self, marks: dict[str, str], colours: dict[str, str], parts: Collection[str] | None = None
    ) -> str:
        """The figure as SVG markup, without the outer ``<svg>``.

        Parameters
        ----------
        marks : dict
            Value of every slot named in a ``data-when``.
        colours : dict
            Colour ``#rrggbb`` of every colour slot.
        parts : collection of str, optional
            Only these parts (definitions are always kept).
        """
        paint = {}
        for slot, colour in colours.items():
            paint[slot], paint[f"{slot}-dark"], paint[f"{slot}-light"] = (
                colour,
                shade(colour, -0.38),
                shade(colour, 0.42),
            )
        chosen = [
            text
            for part, conditions, text in self.pieces
            if (parts is None or part is None or part in parts)
            and all(marks[slot] in values for slot, values in conditions)
        ]
        return "".join(chosen) % paint


def document(body: str, size: int, view: str = f"0 0 {UNITS} {UNITS}") -> str:
    """Wrap markup as a whole SVG document of size x size pixels."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{view}" width="{size}" height="{size}">{body}</svg>'
    )


def rasterise(svg: str) -> Image.Image:
    """Draw an SVG document with resvg; an RGBA image."""
    if not hasattr(_LOCAL, "options"):
        _LOCAL.options = resvg.usvg.Options.default()
    png = resvg.render(
        resvg.usvg.Tree.from_str(svg, _LOCAL.options), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    )
    return Image.open(io.BytesIO(png)).convert("RGBA")


def alpha(svg: str) -> np.ndarray:
    """Coverage of an SVG document, (size, size) in 0..1."""
    return np.asarray(rasterise(svg))[..., 3] / 255.0


@cache
def load_art(path: Path) -> Art:
    """Read and cut a drawing once."""
    return Art(path)
