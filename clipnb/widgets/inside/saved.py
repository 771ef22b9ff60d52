"""Inside CLIP as a page without scripts: the eight steps with a figure each."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import numpy as np

from ..common import html
from ..common.saved_maps import png
from ..common.scoring import ranked
from . import figures
from .parts import position_similarities
from .state import Inside
from .steps import steps

MOST_TOKENS = 40  # rows of a table
MOST_PRODUCTS = 5


def page(state: Inside) -> str:
    """All steps, one under the other."""
    parts = [
        f"<p><b>{number}. {escape(step['title'])}</b></p>{html.paragraph(step['text'])}{figure}"
        for number, (step, figure) in enumerate(zip(steps(state), _figures(state)), 1)
    ]
    return (
        "<div>"
        + "".join(parts)
        + html.paragraph(
            "In Jupyter, run this cell: then steps, patches, heads and tokens can be chosen, and"
            " another text written."
        )
        + "</div>"
    )


def _figures(state: Inside) -> Iterator[str]:
    name = state.images.name(state.document["picture"])
    image, embeddings = state.image(), state.embeddings()
    grid = (image.rows, image.columns)
    cut = figures.patches(image.pixels, *grid, state.document["patch"])
    yield png(cut.quantize(64), f"{name} in {grid[1]} × {grid[0]} patches, one of them in a frame")
    yield _position(state)
    maps = state.attention()[..., int(state.class_token) :]
    maps = maps.reshape(*maps.shape[:2], *grid)
    yield png(
        figures.heads_on_image(image.pixels, maps).quantize(64),
        f"{name}, once for each head; a row for each layer, the first on top",
    ) + html.paragraph("A row for each layer, the first on top; each map in its own scale.")
    yield png(
        figures.stripes([embeddings[0]]), f"The {state.clip.dim} numbers of the image embedding"
    ) + html.paragraph("One stripe for each number: blue above 0, orange below.")
    yield _tokens(state)
    yield png(
        figures.heads_of_text(state.text().attention),
        "A square for each head of the text encoder; a row for each layer, the first on top",
    ) + html.paragraph(
        "A square for each head: row i shows what token i takes from every token, first to last."
    )
    yield _product(state)
    yield _probabilities(state)


def _position(state: Inside) -> str:
    image, patch = state.image(), state.document["patch"]
    alike = position_similarities(state.clip)[patch].reshape(image.rows, image.columns)
    what = f"How similar the positional embedding of patch {patch} is to those of the others"
    return png(figures.signed_tiles(alike), what) + html.paragraph(
        f"{what}: blue similar, orange opposite."
    )


def _tokens(state: Inside) -> str:
    text = state.text()
    rows = [
        [str(i), token["text"] or "–", token["piece"], str(token["id"])]
        for i, token in enumerate(text.tokens[:MOST_TOKENS])
    ]
    more = len(text.tokens) - len(rows)
    return (
        html.paragraph(f"“{state.document['sentence']}”: {len(text.tokens)} tokens.")
        + html.table(["place", "text", "token", "number"], rows)
        + (html.paragraph(f"… and {more} more.") if more else "")
    )


def _product(state: Inside) -> str:
    image, text = state.embeddings()
    products = state.products()
    largest = ranked(np.abs(products).tolist())[:MOST_PRODUCTS]
    rows = [
        [str(i + 1), html.decimal(image[i]), html.decimal(text[i]), html.decimal(products[i], 3)]
        for i in largest
    ]
    rows.append([f"all {len(products)}", "", "", html.decimal(products.sum())])
    return png(
        figures.stripes([image, text, products]),
        "Three stripes: the image embedding, the text embedding, and their products",
    ) + html.table(["number", "image", "text", "product"], rows)


def _probabilities(state: Inside) -> str:
    texts, (cosines, probabilities) = state.candidates(), state.scores()
    rows = [
        [
            texts[i],
            html.decimal(cosines[i]),
            f"{probabilities[i]:.0%}",
            html.bar(float(probabilities[i]), 16),
        ]
        for i in ranked(cosines.tolist())
    ]
    return html.table(["text", "cosine", "probability", ""], rows)
