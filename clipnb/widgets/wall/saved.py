"""The wall of images as a page without scripts."""

from __future__ import annotations

from ..common import html
from .state import Wall


def page(state: Wall, most: int = 8) -> str:
    """The text, its tokens, and the images that fit best."""
    cosines, ranking = state.cosines(), state.ranking()
    shown = ranking[:most]
    name = lambda i: state.images.truth(i) or state.images.name(i)
    tokens = " · ".join(f"{token['text']} {token['id']}" for token in state.tokens())
    low, high = state.nonsense
    rows = [
        [str(place + 1), name(i), html.decimal(cosines[i]) if cosines else "–"]
        for place, i in enumerate(shown)
    ]
    return (
        "<div>"
        + html.paragraph(f"“{state.document['sentence']}”")
        + html.paragraph(f"Its tokens and their numbers: {tokens}")
        + "".join(html.image(state.images[i], name(i), 96) for i in shown)
        + html.table(["place", f"of {len(ranking)} images", "cosine"], rows)
        + html.paragraph(
            f"Texts of random letters reach {html.decimal(low)} to {html.decimal(high)} with their"
            " best image."
        )
        + html.paragraph(
            "In Jupyter, run this cell: then another text can be written, and the images sort"
            " themselves."
        )
        + "</div>"
    )
