"""The similarity matrix as a page without scripts."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib import colormaps
from PIL import Image

from ..common import html
from ..common import saved_maps as maps
from .state import Similarity


@cache
def palette() -> np.ndarray:
    """The colours of the matrix, from the smallest value to the largest: (256, 3) uint8."""
    return (
        (np.array(colormaps["viridis"].resampled(256)(range(256)))[:, :3] * 255)
        .round()
        .astype(np.uint8)
    )


MOST_WRITTEN = 12  # rows and columns that fit a table


def page(state: Similarity) -> str:
    """A small matrix as a table, a large one as an image; and the cell in view."""
    row, column = state.document["picture"], state.document["sentence"]
    step = f", at {state.labels[state.document['step']]}" if len(state.labels) > 1 else ""
    found = (
        f" {state.found()} of {len(state.images)} images have no better text than their own."
        if state.own is not None
        else ""
    )
    matrix = state.matrix
    if max(matrix.shape) <= MOST_WRITTEN:
        rows = [
            [state.images.name(i), *(html.decimal(value) for value in values)]
            for i, values in enumerate(matrix.tolist())
        ]
        shown = html.table(["picture", *state.texts], rows)
    else:
        shown = maps.png(
            drawn(state),
            f"Similarities of {matrix.shape[0]} images (down) and {matrix.shape[1]} texts (across)",
        )
    return (
        "<div>"
        + html.image(state.images[row], state.images.name(row))
        + html.paragraph(
            f"{state.images.name(row)} and “{state.texts[column]}”: cosine"
            f" {html.decimal(state.value)}{step}.{found}"
        )
        + shown
        + html.paragraph(
            "In Jupyter, run this cell: then every cell of the matrix shows its image and its text."
        )
        + "</div>"
    )


def drawn(state: Similarity, side: int = 400) -> Image.Image:
    """The matrix in 16 steps of colour, on one scale for all steps of training."""
    low, high = float(state.values.min()), float(state.values.max())
    steps = np.round((state.matrix - low) / max(high - low, 1e-9) * 15).astype(int) * 17
    cell = max(1, side // max(steps.shape))
    return Image.fromarray(palette()[steps]).resize(
        (steps.shape[1] * cell, steps.shape[0] * cell), Image.Resampling.NEAREST
    )
