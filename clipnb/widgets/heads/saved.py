"""The head browser as a page without scripts."""

from __future__ import annotations

from typing import SupportsFloat

import numpy as np
from PIL import Image

from ..common import html
from ..common import saved_maps as maps
from .state import Heads

MOST_HEADS = 12  # columns of a table; a row of more says its sum only
SIDE = 72


def page(state: Heads) -> str:
    """The sum as a table, and the chosen part: patches, texts, images."""
    found, document = state.found(), state.document
    name = state.images.name(document["picture"])
    return (
        "<div>"
        + html.paragraph(
            f"{name} and “{document['sentence']}”: cosine {html.decimal(found.cosine, 3)}."
            " What every part of the image encoder adds to it, in thousandths; the sum of all"
            f" {state.count} parts is {html.decimal(found.values.sum(), 3)}."
        )
        + _sums(state)
        + _part(state)
        + html.paragraph(
            "In Jupyter, run this cell: then heads, patches and images can be chosen, and another"
            " text written."
        )
        + "</div>"
    )


def _sums(state: Heads) -> str:
    (layers, heads), values = state.size, state.found().values
    grid = values[:-1].reshape(layers, heads + 1)
    few = heads <= MOST_HEADS
    columns = [f"head {i + 1}" for i in range(heads)] if few else ["heads"]
    rows = [
        [
            f"layer {i + 1}",
            *map(_thousandths, row[:-1] if few else [row[:-1].sum()]),
            _thousandths(row[-1]),
            _thousandths(row.sum()),
        ]
        for i, row in enumerate(grid)
    ]
    empty = [""] * (len(columns) + 1)
    rows.append(["start and biases", *empty, _thousandths(values[-1])])
    rows.append(["all", *empty, _thousandths(values.sum())])
    return html.table(["", *columns, "MLP", "sum"], rows)


def _thousandths(value: SupportsFloat) -> str:
    return f"{1000 * float(value):+z.1f}"


def _part(state: Heads) -> str:
    """The part in view."""
    found, part = state.found(), state.document["part"]
    head, told = state.head(part), state.name(part).capitalize()
    parts = [
        html.paragraph(
            f"{told} adds {_thousandths(found.values[part])}, on average over"
            f" {len(state.searched)} images {_thousandths(found.usual[part])}."
        )
    ]
    if head:
        values = found.maps[head][1:].reshape(state.rows, state.columns)
        laid = maps.overlay(
            Image.fromarray(state.pixels()),
            values / (np.abs(values).max() or 1),
            side=20 * max(values.shape),
            grid=True,
        )
        words = state.described[head[0] * state.size[1] + head[1]]
        parts += [
            maps.png(laid, f"What {state.name(part)} adds by reading each patch"),
            html.paragraph("By patch: blue adds to the cosine, orange takes from it."),
            html.paragraph(
                f"Texts along which this head varies most: {', '.join(words['texts'])}"
                f" ({words['share']:.0%} of its variance)."
                if words["texts"]
                else "Texts for a head need two images at least."
            ),
        ]
    pairs = zip(found.top[part].tolist(), found.highest[part].tolist())
    named = [(i, state.images.truth(i) or state.images.name(i), value) for i, value in pairs]
    images = " ".join(html.image(state.images[i], name, SIDE) for i, name, _ in named)
    told = ", ".join(f"{name} {_thousandths(value)}" for _, name, value in named)
    return "".join(parts) + html.paragraph(f"Images to which it adds most: {told}.") + images
