"""The designed creature as a page without scripts, and its drawing for one with them."""

from __future__ import annotations

from ...support.files import data_address
from ..common import html
from ..common.saved_reasons import reasons, truth_of_marks
from .state import Creature


def drawing(state: Creature) -> str:
    """The SVG as the address of an image: an ``img`` runs no scripts and loads nothing, whatever is
    in it."""
    return data_address(state.svg().encode(), "image/svg+xml")


def page(state: Creature) -> str:
    """The drawing, the leading classes, and why the first leads the second."""
    opinion = state.opinion()
    rows = [
        [
            one["name"],
            html.decimal(one["score"]),
            f"{one['probability']:.2f}",
            html.bar(one["probability"]),
        ]
        for one in opinion["leaders"]
    ]
    return (
        "<div>"
        + html.image(state.picture(), opinion["words"], 200)
        + html.paragraph(truth_of_marks(opinion["nearest"], opinion["away"]))
        + html.table(["CLIP takes it for", "score", "probability", ""], rows)
        + reasons(opinion["why"])
        + html.paragraph(
            "In Jupyter, run this cell: then parts, colours and habitat can be changed, and the"
            " prediction follows."
        )
        + "</div>"
    )
