"""The descriptor explorer as a page without scripts."""

from __future__ import annotations

from ..common import html
from .state import Explorer


def page(state: Explorer, most: int = 6) -> str:
    """The image, the leading classes with their bars, and the descriptors of the two that are
    compared."""
    now = state.document["picture"]
    name, truth = state.images.name(now), state.images.truth(now)
    caption = f"{name}: {truth}" if truth else name
    scores, probabilities, ranking = state.scores(), state.probabilities(), state.ranking()
    ranked = [
        [
            state.names[c],
            "–" if scores[c] is None else f"{scores[c]:.2f}",
            f"{probabilities[c]:.2f}",
            html.bar(probabilities[c]),
        ]
        for c in ranking[:most]
    ]
    described = [
        [state.names[c], row["text"], f"{row['weight']:g}" if row["on"] else "off"]
        for c in dict.fromkeys(state.compared())
        for row in state.document["classes"][c]["rows"]
    ]
    return (
        "<div>"
        + html.image(state.images[now], caption)
        + html.paragraph(caption)
        + html.table(["class", "score", "probability", ""], ranked)
        + html.table(["class", "descriptor", "weight"], described)
        + html.paragraph(
            "In Jupyter, run this cell: then the descriptors can be edited, and the scores follow."
        )
        + "</div>"
    )
