"""Images with numbers laid over them, for pages without scripts; coarse, so that rounding differs
on no machine."""

from __future__ import annotations

import io
from html import escape

import numpy as np
from PIL import Image

from ...support.files import data_address

PLUS, MINUS = (0, 114, 178), (230, 159, 0)  # Okabe and Ito's blue and orange
LEVELS = 8


def overlay(
    image: Image.Image,
    values: np.ndarray,
    strength: float = 0.85,
    side: int = 160,
    grid: bool = False,
) -> Image.Image:
    """A pale grey image with values from -1 to 1 over it: blue where they are positive, orange
    where negative.

    Parameters
    ----------
    image : PIL image
    values : (rows, columns) float array; shown in ``LEVELS`` steps
    strength : float
        0 … 1, of the strongest place.
    side : int
        Of the longer side of the result.
    grid : bool
        Draw every place as a tile with a line around it.
    """
    factor = side / max(image.size)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    pale = 0.45 * np.asarray(image.convert("L").resize(size), float)[..., None] + 0.5 * 255
    steps = np.round(np.clip(values, -1, 1) * LEVELS).astype(np.int32)
    how = Image.Resampling.NEAREST if grid else Image.Resampling.BILINEAR
    share = (
        np.asarray(Image.fromarray(steps.astype(np.float32), "F").resize(size, how), float)[
            ..., None
        ]
        / LEVELS
    )
    colours = np.where(share < 0, MINUS, PLUS)
    mixed = pale * (1 - strength * abs(share)) + colours * strength * abs(share)
    if grid:
        mixed[[size[1] * row // values.shape[0] for row in range(values.shape[0])]] = 255
        mixed[:, [size[0] * column // values.shape[1] for column in range(values.shape[1])]] = 255
    return Image.fromarray(np.round(mixed).astype(np.uint8))


def pooled(values: np.ndarray, most: int = 14) -> np.ndarray:
    """(h, w) → at most ``most`` rows and columns, by means."""
    size = (min(most, values.shape[1]), min(most, values.shape[0]))
    return np.asarray(
        Image.fromarray(values.astype(np.float32), "F").resize(size, Image.Resampling.BOX)
    )


def png_uri(image: Image.Image) -> str:
    """An image as a PNG in a data URI, pixel for pixel."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return data_address(file.getvalue(), "image/png")


def png(image: Image.Image, words: str) -> str:
    """An ``img`` with the image inside and a description for those who cannot see it."""
    return f'<img src="{png_uri(image)}" alt="{escape(words, quote=True)}">'
