"""Why one class rather than another, as a table."""

from __future__ import annotations

from . import html


def reasons(why: dict | None, most: int = 6) -> str:
    """The sentences that add most to the lead of a class, and those that take most."""
    if why is None or not why["parts"]:
        return ""
    strongest = sorted(why["parts"], key=lambda part: -abs(part["contribution"]))[:most]
    rows = [
        [part["name"], part["text"], f"{part['contribution']:+z.2f}"]
        for part in sorted(strongest, key=lambda part: -part["contribution"])
    ]
    lead = (
        f"Why {why['left']} rather than {why['right']}? The lead is {why['margin']:+z.2f}; the"
        " sentences that add or take most:"
    )
    return html.paragraph(lead) + html.table(["class", "sentence", "adds"], rows)


def truth_of_marks(name: str, away: int) -> str:
    """What the table of species says, whatever CLIP says."""
    if not away:
        return f"By the table of field marks: {name}."
    return (
        f"By the table of field marks: no species; nearest is {name}, {away} visible"
        f" mark{'s' if away > 1 else ''} away."
    )
