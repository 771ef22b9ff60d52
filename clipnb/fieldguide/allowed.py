"""What a drawing may hold: shapes, gradients and copies of its own shapes. A drawing that somebody
sends is drawn by Python and, on the site, by a browser; so whatever runs, loads or grows without an
end is refused when it is read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

from ..support.limits import bytes_of
from ..support.text import printable

DRAWING_BYTES = 8 << 20  # the largest of ours has 0.7 MB
MOST_DEPTH = 60  # elements in elements
MOST_ELEMENTS = 50_000  # of the file; the largest of ours has 1,500
MOST_SHAPES = 500_000  # with those that <use> repeats; our flowers have 56,000, in all variants
SVG = "{http://www.w3.org/2000/svg}"
TAGS = frozenset(
    "svg g defs title desc metadata use path rect circle ellipse line polyline polygon clipPath"
    " linearGradient radialGradient stop".split()
)
ATTRIBUTES = frozenset(
    "id class data-when d points x y x1 y1 x2 y2 cx cy r rx ry fx fy width height viewBox href"
    " transform gradientTransform gradientUnits spreadMethod offset clip-path clip-rule"
    " clipPathUnits fill fill-opacity fill-rule opacity stroke stroke-opacity stroke-width"
    " stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset"
    " stop-color stop-opacity version".split()
)


def read_drawing(path: Path) -> ET.Element:
    """The root of an SVG file.

    Raises
    ------
    ValueError
        If the file is too large or no XML, or holds what no drawing needs; the message names file
        and element.
    """
    content = bytes_of(path, DRAWING_BYTES, "a drawing")
    if re.search(rb"<!(DOCTYPE|ENTITY)", content):
        raise ValueError(f"{path.name}: a drawing has no <!DOCTYPE> and no entities; remove them.")
    try:
        root = ET.fromstring(content)
    except (ET.ParseError, ValueError) as error:
        raise ValueError(f"{path.name} is no SVG file ({printable(error)}).") from error
    if root.tag != f"{SVG}svg":
        raise ValueError(
            f"{path.name} is no SVG file: it begins with <{printable(root.tag)[:60]}>."
        )
    if (count := sum(1 for _ in root.iter())) > MOST_ELEMENTS:
        raise ValueError(f"{path.name}: {count:,} elements; at most {MOST_ELEMENTS:,} are read.")
    for child in root:
        if child.tag != f"{SVG}style":  # for vector editors only, and not drawn
            _check(path, child, 1)
    _check_copies(path, root)
    return root


def _check(path: Path, node: ET.Element, depth: int) -> None:
    if not isinstance(node.tag, str):
        return  # a comment
    tag = node.tag.removeprefix(SVG)
    if tag in ("metadata", "title", "desc") and depth == 1:
        return  # not drawn
    if tag not in TAGS:
        raise ValueError(f"{path.name}: <{printable(tag)[:60]}> is not used in these drawings.")
    if depth > MOST_DEPTH:
        raise ValueError(f"{path.name}: more than {MOST_DEPTH} elements inside one another.")
    for name, value in node.attrib.items():
        what = f"{path.name}: attribute {printable(name)[:60]} of <{tag}>"
        if name not in ATTRIBUTES:
            raise ValueError(f"{what} is not used in these drawings; use plain SVG attributes.")
        if re.search(r"[<>\"&]", value):
            raise ValueError(
                f'{what} holds a character that is no part of a drawing (<, >, " or &).'
            )
        elsewhere = re.search(r"url\(\s*(?!#)", value) or (name == "href" and value[:1] != "#")
        if elsewhere:
            raise ValueError(
                f"{what} is '{printable(value)[:60]}'; it may only point into the drawing, as"
                " '#crest' does."
            )
    for child in node:
        _check(path, child, depth + 1)


def _check_copies(path: Path, root: ET.Element) -> None:
    """A copy of copies of copies grows without an end, or holds itself."""
    by_id = {node.get("id"): node for node in root.iter() if node.get("id")}
    known: dict[ET.Element, int] = {}
    open_: Counter = Counter()

    def shapes(node: ET.Element) -> int:
        if node in known:
            return known[node]
        if open_[node]:
            raise ValueError(
                f"{path.name}: the part '{printable(node.get('id'))[:60]}' holds a copy of itself."
            )
        open_[node] += 1
        count = 1 + sum(shapes(child) for child in node)
        target = by_id.get((node.get("href") or "")[1:])
        if node.tag == f"{SVG}use" and target is not None:
            count += shapes(target)
        if count > MOST_SHAPES:
            raise ValueError(
                f"{path.name}: more than {MOST_SHAPES:,} shapes, with those that <use> repeats."
            )
        open_[node] -= 1
        known[node] = count
        return count

    try:
        shapes(root)
    except RecursionError:  # a long chain of copies
        raise ValueError(f"{path.name}: copies of copies of copies; draw the shapes.") from None
