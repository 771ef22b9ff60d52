"""The heatmap slider as a page without scripts."""

from __future__ import annotations

from ...explain.heatmaps import METHOD_TITLES
from ..common import html
from ..common import saved_maps as maps
from .state import Heatmaps


def page(state: Heatmaps) -> str:
    """The image, the same with the heatmap in view, and the descriptors."""
    image, of, method = state.key()
    name, chosen = state.images.name(image), state.document["descriptor"]
    values = maps.pooled(state.maps()[chosen] / 127)
    laid = maps.overlay(state.images[image], values, 0.85 * state.document["opacity"])
    rows = [
        ["▶" if i == chosen else "", text, html.decimal(cosine)]
        for i, (text, cosine) in enumerate(zip(state.groups[of], state.cosines()))
    ]
    told = f"{name}: where “{state.groups[of][chosen]}” is seen, by {METHOD_TITLES[method]}"
    return (
        "<div>"
        + html.image(state.images[image], name, 160)
        + maps.png(laid, told)
        + html.paragraph(f"{told}.")
        + html.table(
            [
                "",
                f"descriptors of {state.names[of]}" if state.names[of] else "descriptors",
                "cosine",
            ],
            rows,
        )
        + html.paragraph("In Jupyter, run this cell: then the slider goes through the descriptors.")
        + "</div>"
    )
