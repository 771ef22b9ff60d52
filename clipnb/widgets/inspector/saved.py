"""The token and patch inspector as a page without scripts."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ..common import html
from ..common import saved_maps as maps
from .state import Inspector


def page(state: Inspector) -> str:
    """The patches with their relevance, and a table of the tokens."""
    parts = state.parts()
    name = state.images.name(state.document["picture"])
    values = np.reshape(state.map(), (parts["rows"], parts["columns"]))
    laid = maps.overlay(
        Image.fromarray(parts["pixels"]),
        values / (values.max() or 1),
        side=20 * max(values.shape),
        grid=True,
    )
    most = max(token["share"] for token in parts["tokens"]) or 1
    rows = [
        [
            token["text"] or "–",
            token["piece"] + (f" ({token['part']})" if token["part"] else ""),
            str(token["id"]),
            f"{token['share']:.0%}",
            html.bar(token["share"] / most, 12),
        ]
        for token in parts["tokens"]
    ]
    word = state.token()["word"]
    asked = (
        state.document["sentence"]
        if state.document["show"] == "sentence" or word is None
        else parts["words"][word]
    )
    return (
        "<div>"
        + maps.png(
            laid,
            f"{name} in {parts['rows']} × {parts['columns']} patches, with their relevance for"
            f" “{asked}”",
        )
        + html.paragraph(
            f"{name} in {parts['rows']} × {parts['columns']} patches; the stronger the colour, the"
            f" more relevant for “{asked}”."
        )
        + html.paragraph(
            f"“{state.document['sentence']}”: cosine {html.decimal(parts['cosine'])},"
            f" {len(rows)} tokens."
        )
        + html.table(["text", "token", "number", "relevance", ""], rows)
        + html.paragraph(
            "In Jupyter, run this cell: then tokens and patches can be chosen, and another text"
            " written."
        )
        + "</div>"
    )
