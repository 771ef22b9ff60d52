"""The figures of the page without scripts: patches, heads side by side, embeddings as stripes."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ..common.saved_maps import LEVELS, overlay

PLUS, MINUS = (43, 140, 196), (217, 119, 43)  # as in common.css
GROUND = 255


def patches(pixels: np.ndarray, rows: int, columns: int, chosen: int, gap: int = 3) -> Image.Image:
    """What the model sees, cut into its patches, the chosen one in a frame."""
    side = max(12, 240 // max(rows, columns))
    whole = Image.fromarray(pixels).resize((columns * side, rows * side), Image.Resampling.NEAREST)
    sheet = Image.new("RGB", (columns * (side + gap) + gap, rows * (side + gap) + gap), "white")
    for i in range(rows * columns):
        row, column = divmod(i, columns)
        place = (column * (side + gap) + gap, row * (side + gap) + gap)
        if i == chosen:
            frame = Image.new("RGB", (side + 2 * gap, side + 2 * gap), "black")
            sheet.paste(frame, (place[0] - gap, place[1] - gap))
        corner = (column * side, row * side)
        sheet.paste(whole.crop((*corner, corner[0] + side, corner[1] + side)), place)
    return sheet


def heads_on_image(pixels: np.ndarray, maps: np.ndarray, side: int = 0) -> Image.Image:
    """(layers, heads, rows, columns): a small image for each head, its strongest patch in full
    colour; a row for each layer."""
    layers, heads, rows, columns = maps.shape
    side = side or max(3 * max(rows, columns), min(72, 760 // heads))
    seen = Image.fromarray(pixels)
    tiles = [
        [overlay(seen, one / (one.max() or 1), side=side, grid=False) for one in row]
        for row in maps
    ]
    return sheet([[np.asarray(tile) for tile in row] for row in tiles])


def heads_of_text(maps: np.ndarray) -> Image.Image:
    """(layers, heads, to, from): a square for each head, dark where much is taken."""
    cell = max(1, min(8, 72 // maps.shape[-1]))
    steps = np.round(np.clip(maps, 0, 1) * LEVELS) / LEVELS
    colour = np.array((213, 94, 0))
    tiles = 244 + (colour - 244) * steps[..., None]
    tiles = np.round(tiles).astype(np.uint8).repeat(cell, 2).repeat(cell, 3)
    return sheet([list(row) for row in tiles])


def signed_tiles(values: np.ndarray, side: int = 24) -> Image.Image:
    """(rows, columns) numbers from -1 to 1 as tiles: blue above 0, orange below."""
    steps = np.round(np.clip(values, -1, 1) * LEVELS)[..., None] / LEVELS
    colours = GROUND + (np.where(steps < 0, MINUS, PLUS) - GROUND) * np.abs(steps)
    tiles = np.round(colours).astype(np.uint8).repeat(side, 0).repeat(side, 1)
    tiles[::side] = tiles[:, ::side] = GROUND
    return Image.fromarray(tiles)


def sheet(tiles: list[list[np.ndarray]], gap: int = 4) -> Image.Image:
    """Images of one size in rows."""
    height, width = tiles[0][0].shape[:2]
    rows, columns = len(tiles), len(tiles[0])
    whole = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, 3), GROUND, np.uint8
    )
    for i, row in enumerate(tiles):
        for j, tile in enumerate(row):
            y, x = i * (height + gap), j * (width + gap)
            whole[y : y + height, x : x + width] = tile
    return Image.fromarray(whole)


def stripes(rows: list[np.ndarray], width: int = 640, height: int = 26) -> Image.Image:
    """One stripe for each vector, one column for each number: blue where it is positive, orange
    where negative, each stripe in full colour at its largest."""
    whole = np.full((len(rows) * (height + 6) - 6, width, 3), GROUND, np.uint8)
    for i, values in enumerate(rows):
        steps = np.round(values / (np.abs(values).max() or 1) * LEVELS) / LEVELS
        colours = np.where(steps[:, None] < 0, MINUS, PLUS)
        line = GROUND + (colours - GROUND) * np.abs(steps)[:, None]
        at = np.arange(width) * len(values) // width
        whole[i * (height + 6) : i * (height + 6) + height] = np.round(line).astype(np.uint8)[at]
    return Image.fromarray(whole)
