"""The descriptor explorer as a page without scripts."""

from __future__ import annotations

from ..common import html
from .state import Explorer


def page(state: Explorer, most: int = 6) -> str:
    """The image, the leading classes with their bars, and the descriptors of the two that are
    compared with their cosines."""
    now = state.document["picture"]
    name, truth = state.images.name(now), state.images.truth(now)
    caption = f"True class: {truth} ({name})" if truth else name
    scores, probabilities, ranking = state.scores(), state.probabilities(), state.ranking()
    ranked = [
        [
            state.names[c],
            html.decimal(scores[c], 3),
            f"{probabilities[c]:.2f}",
            html.bar(probabilities[c]),
        ]
        for c in ranking[:most]
    ]
    rows = [
        (of, k, row)
        for of in dict.fromkeys(state.compared())
        for k, row in enumerate(state.document["classes"][of]["rows"])
    ]
    cosines = {
        (of, one["row"]): one["cosine"]
        for of in dict.fromkeys(state.compared())
        for one in state.counted(of)
    }
    values = [cosines.get((of, k)) for of, k, _ in rows]
    bars, told = html.bars(values)
    described = [
        [
            state.names[of],
            row["text"],
            f"{row['weight']:g}" if row["on"] else "off",
            html.decimal(value, 3),
            line,
        ]
        for (of, _, row), value, line in zip(rows, values, bars)
    ]
    return (
        "<div>"
        + html.image(state.images[now], caption)
        + html.paragraph(caption)
        + html.table(["class", "score", "probability", ""], ranked)
        + html.table(["class", "descriptor", "weight", "cosine", ""], described)
        + (html.paragraph(told) if told else "")
        + html.paragraph(
            "In Jupyter, run this cell: then the descriptors can be edited, and the scores follow."
        )
        + "</div>"
    )
