"""The prompt playground as a page without scripts."""

from __future__ import annotations

from ..common import html
from ..common.scoring import ranked
from .state import Playground


def page(state: Playground, most: int = 8) -> str:
    """The image, and a table of the leading names under every template."""
    now = state.document["picture"]
    name, truth = state.images.name(now), state.images.truth(now)
    caption = f"True class: {truth} ({name})" if truth else name
    values = state.columns()[state.document["show"]]
    names = [state.document["names"][n]["text"] for n in state.live("names")]
    templates = [state.document["templates"][t]["text"] for t in state.live("templates")] + [
        "mean of the cosines"
    ]
    order = ranked(values[-1]) if values.size else []
    shown, told = order[:most], ""
    if state.document["show"] == "cosine":  # they lie close together: from 0 all bars look alike
        bars, told = html.bars([float(row[n]) for n in shown for row in values], 8)
        line = iter(bars)
        rows = [
            [names[n], *(f"{html.decimal(row[n], 3)} {next(line)}" for row in values)]
            for n in shown
        ]
    else:
        rows = [
            [names[n], *(f"{row[n]:.2f} {html.bar(row[n], 8)}" for row in values)] for n in shown
        ]
    return (
        "<div>"
        + html.image(state.images[now], caption)
        + html.paragraph(caption)
        + html.table([state.document["show"], *templates], rows)
        + (html.paragraph(told) if told else "")
        + html.paragraph(
            "In Jupyter, run this cell: then templates, names and temperature can be changed, and"
            " the numbers follow."
        )
        + "</div>"
    )
