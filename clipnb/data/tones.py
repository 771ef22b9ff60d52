"""Grey images of more than 8 bits, of whole or of real numbers: which of their values is white."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from ..support.limits import PIXELS_AT_ONCE

MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
DEPTHS = (255.0, 1023.0, 4095.0, 16383.0, 65535.0)  # 8, 10, 12, 14 and 16 bits
SAMPLE = 1_000_000  # pixels that are looked at
FEW = 200  # of so many pixels one may be beyond white


def grey_of(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """How this image, or a band of its rows, becomes grey of 8 bits (mode L).

    White is what the file says, where it says so: MaxSampleValue of a TIFF file, 4095 where that
    has 12 bits, 65535 in PPM and JPEG 2000 (Pillow scales them). Other files, 16 bits with values
    of 12 among them, and arrays do not say; then it is

    =================================================  =============================================
    all values but one in 200 are                      black and white are
    =================================================  =============================================
    0 … 1, real numbers                                0 and 1
    0 … 255, 1023, 4095, 16383 or 65535                0 and the smallest of these that is enough
    0 … a number from 1.1 to 16 (real), above 65535    0 and that number
    negative                                           the 0.5th and 99.5th percentiles
    =================================================  =============================================

    The few values beyond are cut off, so that no single pixel decides. A TIFF file in which 0 is
    white is turned round.

    Raises
    ------
    ValueError
        If a value is not a number, or infinite.
    """
    low, high = _declared(image) or _guessed(image)
    tag = getattr(image, "tag_v2", {})
    inverted = tag.get(262) == 0  # WhiteIsZero, which Pillow heeds for 8 bits only
    key = image.info.get("transparency")

    def convert(band: Image.Image) -> Image.Image:
        values = _numbers(band)
        grey = np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
        if inverted:
            grey = 1 - grey
        if isinstance(key, int):
            grey[values == key] = 1  # transparent, and laid on white
        return Image.fromarray(np.rint(grey * 255).astype(np.uint8))

    return convert


def _numbers(image: Image.Image) -> np.ndarray:
    values = np.asarray(image).astype(np.float32)
    if image.mode == "F" and not np.isfinite(values).all():
        raise ValueError(
            "it holds values that are not numbers, or infinite; replace them, for nobody knows how"
            " bright they are"
        )
    return values


def _declared(image: Image.Image) -> tuple[float, float] | None:
    if image.format in ("PPM", "JPEG2000") and image.mode != "F":
        return 0, 65535
    tags = getattr(image, "tag_v2", {})
    high = _number(tags.get(341, tags.get(281)))  # SMaxSampleValue, MaxSampleValue
    low = _number(tags.get(340, tags.get(280))) or 0
    if high is not None and high > low:
        return low, high
    return (0, 4095) if tags.get(258) in (12, (12,)) else None


def _number(value: Any) -> float | None:
    try:
        number = float(value[0] if isinstance(value, tuple) else value)
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return number if np.isfinite(number) else None


def _guessed(image: Image.Image) -> tuple[float, float]:
    width, height = image.size
    step = max(1, int((width * height / SAMPLE) ** 0.5))
    rows = max(1, PIXELS_AT_ONCE // max(1, width) // step) * step
    parts = [
        _numbers(image.crop((0, top, width, min(height, top + rows))))[::step, ::step].copy()
        for top in range(0, height, rows)
    ]
    values = np.sort(np.concatenate(parts), axis=None)
    if not values.size:
        return 0, 1
    beyond = min(max(1, values.size // FEW), values.size - 1)
    low, high = float(values[beyond]), float(values[-1 - beyond])
    if low < 0:
        return low, max(high, low + 1e-6 * abs(low))
    real = image.mode == "F"
    if real and high <= 1.1:  # a little above 1, as where an image was sharpened
        return 0, 1
    if real and high < 16 or high > DEPTHS[-1]:
        return 0, high
    return 0, next(depth for depth in DEPTHS if high <= depth)
