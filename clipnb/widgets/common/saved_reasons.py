"""Why one class rather than another, as a table."""

from __future__ import annotations

from . import html
from .scoring import rounded


def reasons(why: dict | None, most: int = 6) -> str:
    """The prompts that speak most for the lead of a class, and those that speak most against."""
    if why is None or not why["parts"]:
        return ""
    strongest = sorted(why["parts"], key=lambda part: -rounded(abs(part["centred"])))[:most]
    rows = [
        [part["name"], part["text"], f"{part['centred']:+z.2f}"]
        for part in sorted(strongest, key=lambda part: -rounded(part["centred"]))
    ]
    average = (
        f", against {why['usual']:+z.2f} on average over {why['images']} images; the prompts that"
        " make most of the difference:"
        if why["images"]
        else "; the prompts that add or take most:"
    )
    lead = f"Why {why['left']} rather than {why['right']}? The lead is {why['margin']:+z.2f}"
    return html.paragraph(lead + average) + html.table(["class", "prompt", "adds"], rows)


def truth_of_marks(name: str, away: int) -> str:
    """What the table of species says, whatever CLIP says."""
    if not away:
        return f"By the table of field marks: {name}."
    return (
        f"By the table of field marks: no species; nearest is {name}, {away} visible"
        f" mark{'s' if away > 1 else ''} away."
    )
