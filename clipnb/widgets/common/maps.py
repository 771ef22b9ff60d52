"""Relevance of places, small enough for a page: per patch, or over an image that was made
small."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...explain.gradients import gradient_attention, look, to_image
from ...explain.heatmaps import METHODS

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from ...model.clip import Clip


def patch_maps(
    clip: Clip, image: Image.Image | np.ndarray, texts: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """What the model sees, and the relevance of every patch for every text (gradient ×
    attention, Chefer et al. 2021).

    Returns
    -------
    (h, w, 3) uint8 array, (n, rows, columns) float array, never negative
    """
    view = look(clip, image, texts)
    maps, _ = gradient_attention(view, _embeddings(clip, texts))
    processor = clip.pixels
    mean, std = (
        np.asarray(numbers.cpu(), float).reshape(3, 1, 1)
        for numbers in (processor.mean, processor.std)
    )
    pixels = view.pixels[0].float().cpu().numpy() * std + mean
    return np.round(np.clip(pixels, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0), maps


def small_maps(
    clip: Clip,
    image: Image.Image | np.ndarray,
    texts: list[str],
    method: str,
    side: int = 112,
) -> np.ndarray:
    """:func:`clipnb.heatmap` of all texts in one pass, (n, height, width) float array with the
    longer side at most ``side``.

    The model sees the image as it is; only the maps are small.
    """
    view = look(clip, image, texts)
    maps, smooth = METHODS[method](view, _embeddings(clip, texts))
    height, width = view.size
    factor = min(1.0, side / max(height, width))
    small = (max(1, round(height * factor)), max(1, round(width * factor)))
    y, x = small[0] / height, small[1] / width
    left, top, right, bottom = view.box
    return to_image(
        replace(view, size=small, box=(left * x, top * y, right * x, bottom * y)), maps, smooth
    )


def to_bytes(maps: np.ndarray) -> np.ndarray:
    """Maps on one common scale, as int8 from -127 to 127; 127 is the strength of their strongest
    places (99.5th percentile)."""
    limit = float(np.percentile(np.abs(maps), 99.5)) or float(np.abs(maps).max()) or 1.0
    return np.round(np.clip(maps / limit, -1, 1) * 127).astype(np.int8)


def _embeddings(clip: Clip, texts: list[str]) -> torch.Tensor:
    """(n, dim) unit embeddings on the model's device; a clone, for embeddings made in inference
    mode have no gradients."""
    return clip.encode_texts(texts, progress_bar=False).clone().to(clip.device)
