"""The prompt playground as a page without scripts."""

from __future__ import annotations

from ..common import html
from .state import Playground


def page(state: Playground, most: int = 8) -> str:
    """The image, and a table of the leading names under every template."""
    now = state.document["picture"]
    name, truth = state.images.name(now), state.images.truth(now)
    caption = f"{name}: {truth}" if truth else name
    values = state.columns()[state.document["show"]]
    names = [state.document["names"][n]["text"] for n in state.live("names")]
    templates = [state.document["templates"][t]["text"] for t in state.live("templates")] + [
        "mean of the cosines"
    ]
    order = sorted(range(len(names)), key=lambda n: -values[-1][n]) if values.size else []
    rows = [
        [names[n], *(f"{row[n]:.2f} {html.bar(row[n], 8)}" for row in values)] for n in order[:most]
    ]
    return (
        "<div>"
        + html.image(state.images[now], caption)
        + html.paragraph(caption)
        + html.table([state.document["show"], *templates], rows)
        + html.paragraph(
            "In Jupyter, run this cell: then templates, names and temperature can be changed, and"
            " the numbers follow."
        )
        + "</div>"
    )
