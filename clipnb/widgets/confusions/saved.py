"""The confusion matrix as a page without scripts."""

from __future__ import annotations

from ..common import html
from ..common.saved_reasons import reasons
from .state import OTHER, Confusions


def summary(matrix: dict) -> str:
    """What a matrix shows, and of how many classes it shows how many."""
    shown, members = len(matrix["classes"]), matrix["members"]
    which = (
        f"the {shown} most confused of {members} classes"
        if shown < members
        else f"{members} classes"
    )
    share = matrix["right"] / matrix["total"]
    return (
        f"{matrix['name']}: {matrix['right']} of {matrix['total']} images correct ({share:.0%});"
        f" shown: {which}."
    )


def page(state: Confusions) -> str:
    """The matrix, the first image behind the open cell, and its reasons."""
    matrix = state.matrices[state.document["group"]]
    heads = [*matrix["classes"], *([OTHER] if matrix["others"] else [])]
    rows = [
        [name, *(str(count or "") for count in row[: len(heads)])]
        for name, row in zip(matrix["classes"], matrix["counts"])
    ]
    parts = [html.paragraph(summary(matrix)), html.table(["shown ↓  taken for →", *heads], rows)]
    if (image := state.document["picture"]) is not None:
        entry = state.entry(image)
        caption = f"{entry['truth']}, taken for {entry['taken']} ({entry['name']})"
        parts += [
            html.image(state.data.images[image], caption),
            html.paragraph(caption),
            reasons(state.reasons()),
        ]
    parts.append(
        html.paragraph(
            "In Jupyter, run this cell: then a number of the matrix opens the images behind it,"
            " and an image its reasons."
        )
    )
    return "<div>" + "".join(parts) + "</div>"
