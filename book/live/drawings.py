"""The field guide's drawings as JSON, for art.js: what :class:`clipnb.fieldguide.art.Art` cut from
the SVG files, and nothing else."""

from __future__ import annotations

from clipnb.fieldguide.art import Art, load_art
from clipnb.fieldguide.scene import HABITATS
from clipnb.fieldguide.world import HERE


def drawing(art: Art) -> dict:
    """``pieces``: [part or None, number of its conditions, text with %(slot)s]; ``conditions``:
    lists of [slot, values], each list once."""
    known: dict[tuple, int] = {}
    pieces = [
        [part, known.setdefault(conditions, len(known)), text]
        for part, conditions, text in joined(art.pieces)
    ]
    return {
        "parts": art.parts,
        "conditions": [[[slot, sorted(values)] for slot, values in one] for one in known],
        "pieces": pieces,
    }


def joined(pieces: list[tuple]) -> list[tuple]:
    """Neighbours that are drawn under the same conditions as one piece: a third of the text, and
    the same strings."""
    result: list[tuple] = []
    for part, conditions, text in pieces:
        if result and result[-1][:2] == (part, conditions):
            text = result.pop()[2] + text
        result.append((part, conditions, text))
    return result


def habitats() -> dict[str, dict]:
    """Habitat → drawing."""
    return {name: drawing(load_art(HERE / "habitats" / f"{name}.svg")) for name in HABITATS}
