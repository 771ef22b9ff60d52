"""From any file or image to upright RGB."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from PIL import Image, ImageCms

from ..support.limits import IMAGE_PIXELS, MB, PIXELS_AT_ONCE, PIXELS_WHOLE
from . import tones
from .budget import in_flight
from .formats import format_of

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION = 0x0112  # the tag of EXIF
EXACT = ImageCms.Flags.NOOPTIMIZE  # a table of Little CMS is wrong by 3 in dark colours


def to_rgb(image: Image.Image | np.ndarray) -> Image.Image:
    """An image of any mode, or an array, as upright RGB.

    =======================================  =======================================================
    mode                                     becomes
    =======================================  =======================================================
    RGB                                      itself
    1, L                                     grey
    P                                        the colours of its palette
    LA, La, PA, RGBA, RGBa; 1, L, P, RGB     laid on white; La and RGBa, whose colours are
    or I;16 with a transparent colour        multiplied by their opacity already, as that means
    CMYK (YCCK too)                          by its ICC profile; without one, red = (1 - cyan) ·
                                             (1 - black) and so on. Pillow turns the inverted
                                             values of JPEG files round.
    YCbCr, HSV                               by their definitions (JFIF, hexcone)
    LAB                                      CIE L*a*b* under D50, by Little CMS, as sRGB
    I;16, I;16L, I;16B, I;16N, I, F          grey, with white as :func:`clipnb.data.tones.grey_of`
                                             says; ValueError if a value is not a number
    array (h, w, 3) or (h, w, 4) of uint8    RGB, RGBA
    other arrays                             ValueError: nobody knows what 1 means
    =======================================  =======================================================

    Of animated images and files with several pages, it is the first frame, or page, and of an MPO
    the main photo. An embedded ICC profile that is not sRGB is applied, and the image converted to
    sRGB; a damaged profile, or one for another mode, is ignored. The image is turned as its EXIF
    orientation says (1 to 8; anything else, and EXIF that cannot be read, leaves it as it is), so
    the result may have its sides exchanged. It carries no EXIF and no profile any more.

    Raises
    ------
    ValueError
        For arrays of another kind, values that are not numbers, and modes that Pillow cannot
        convert.
    """
    if not isinstance(image, Image.Image):
        array = np.asarray(image)
        if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] not in (3, 4):
            raise ValueError(
                "An image as an array must be (height, width, 3) of type uint8, 0 to 255, but"
                f" this one is {array.shape} of type {array.dtype}; convert it, or give a PIL"
                " image."
            )
        image = Image.fromarray(array)
    if not image.width * image.height:
        raise ValueError(
            f"An image of {image.width} × {image.height} holds no pixel; leave it out."
        )
    with in_flight.using(image.width * image.height):
        return _upright(image)


def decode(file: IO[bytes], suffix: str = "", small: bool = False) -> Image.Image:
    """A file as upright RGB, opened with the list of formats.

    An image of more than PIXELS_WHOLE pixels is read in half the resolution, or a third …: a JPEG
    by decoding less, others by averages over squares of pixels.

    Parameters
    ----------
    file : binary file that can seek
    suffix : str
        The ending of its name.
    small : bool
        Whether a smaller image will do: a JPEG is decoded to about 64 pixels.

    Raises
    ------
    ValueError
        If it is no image in one of these formats, or has too many pixels. Pillow raises many
        more types on damaged files.
    """
    kind = format_of(file.read(32), suffix)
    file.seek(0)
    with _pillows_limit(), Image.open(file, formats=[kind]) as image:
        width, height = image.size
        if width * height > IMAGE_PIXELS:
            raise ValueError(
                f"it has {width:,} × {height:,} pixels, larger than the"
                f" {IMAGE_PIXELS / 1e6:,.0f} megapixels that are read; make it smaller"
            )
        _scale_key(image)
        factor = math.ceil(math.sqrt(width * height / PIXELS_WHOLE))
        if small or factor > 1:
            half = (factor - 1).bit_length()  # a JPEG can be decoded in half the size, or a quarter
            image.draft(None, (64, 64) if small else (width >> half, height >> half))
            factor = math.ceil(math.sqrt(image.width * image.height / PIXELS_WHOLE))
        with in_flight.using(image.width * image.height):
            return _upright(image, max(1, factor))


def _scale_key(image: Image.Image) -> None:
    """The transparent colour of a PNG of 2, 4 or 48 bits a pixel, which Pillow gives as it stands
    in the file, as a colour of the decoded pixels."""
    key, tile = image.info.get("transparency"), getattr(image, "tile", None)
    kind = tile[0].args if tile and image.format == "PNG" else None
    if isinstance(key, int) and kind in ("L;2", "L;4"):
        image.info["transparency"] = key * (85 if kind == "L;2" else 17)
    elif isinstance(key, tuple) and kind == "RGB;16B":
        image.info["transparency"] = tuple(value >> 8 for value in key)


def _upright(image: Image.Image, factor: int = 1) -> Image.Image:
    image.load()  # before the orientation is read: Pillow turns TIFF files while it loads them
    turn = TURNS.get(_orientation(image))
    result = _in_bands(image, factor)
    if turn is not None:
        result = result.transpose(turn)
    elif result is image:
        result = image.copy()
    result.info = {}  # another reader must not turn it again
    return result


def _orientation(image: Image.Image) -> int:
    try:
        value: Any = image.getexif().get(ORIENTATION, 1)
        return next((turn for turn in TURNS if turn == value), 1)
    except Exception:  # whatever is wrong with EXIF, the image is there
        return 1


def _in_bands(image: Image.Image, factor: int) -> Image.Image:
    """Converted; a large image in bands of rows, for the steps between need memory as well."""
    width, height = image.size
    convert = _converter(image)
    if factor == 1 and width * height <= PIXELS_AT_ONCE:
        return convert(image)
    rows = max(1, PIXELS_AT_ONCE // width // factor) * factor
    result = Image.new("RGB", (math.ceil(width / factor), math.ceil(height / factor)))
    for top in range(0, height, rows):
        band = convert(image.crop((0, top, width, min(height, top + rows))))
        result.paste(band.reduce(factor) if factor > 1 else band, (0, top // factor))
    return result


# --- colours --------------------------------------------------------------------------------------


def _converter(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What makes RGB of this image, or of a band of its rows: what is decided for the whole image
    is decided here."""
    if image.mode in tones.MODES:
        grey, to_srgb = tones.grey_of(image), _profile(image, "L")
        return lambda band: _srgb(grey(band), to_srgb)
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return _applying(ImageCms.buildTransform(lab, srgb, "LAB", "RGB", flags=EXACT))
    colours = {"1": "L", "L": "L", "LA": "L", "La": "L", "CMYK": "CMYK"}.get(image.mode, "RGB")
    to_srgb = _profile(image, colours)
    if not image.has_transparency_data:
        return lambda band: _srgb(_in_mode(band, colours), to_srgb)

    def on_white(band: Image.Image) -> Image.Image:
        if band.mode in ("La", "RGBa"):
            band = band.convert(band.mode.upper())
        whole = _in_mode(band, "RGBA")
        plain = _srgb(_in_mode(band if colours == "L" else whole, colours), to_srgb)
        white = Image.new("RGB", band.size, "white")
        return Image.composite(plain, white, whole.getchannel("A"))

    return on_white


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _applying(
    transform: ImageCms.ImageCmsTransform,
) -> Callable[[Image.Image], Image.Image]:
    """A colour transform as a function of an image."""
    return lambda band: ImageCms.applyTransform(band, transform) or band


def _srgb(image: Image.Image, transform: Callable | None) -> Image.Image:
    return transform(image) if transform is not None else _in_mode(image, "RGB")


def _profile(image: Image.Image, mode: str) -> Callable[[Image.Image], Image.Image] | None:
    """From the embedded ICC profile to sRGB; None where there is none to apply."""
    content = image.info.get("icc_profile")
    if not content:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(content))
        space = {"L": "GRAY"}.get(mode, mode)
        described: Any = profile.profile
        name = described.profile_description or ""
        if described.xcolor_space.strip() != space or "sRGB" in name:
            return None
        srgb = ImageCms.createProfile("sRGB")
        return _applying(ImageCms.buildTransform(profile, srgb, mode, "RGB"))
    except Exception:  # a damaged profile: Pillow and Little CMS raise many types
        return None


# --- Pillow's own limits --------------------------------------------------------------------------

# Pillow takes memory in blocks of 16 MB, which the C library keeps for the thread that frees them:
# with six threads, 2 GB for images that are gone. Blocks of this size go back to the system.
Image.core.set_block_size(64 * MB)

_limit = threading.Lock()
_decoding, _theirs = 0, None


@contextmanager
def _pillows_limit() -> Iterator[None]:
    """Pillow warns of 90 megapixels, which phones have, and refuses 180; while a file is decoded
    here, in whatever thread, its limit is ours."""
    global _decoding, _theirs
    with _limit:
        if not _decoding:
            # so high that ``decode`` sees the size first
            _theirs, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, 4 * IMAGE_PIXELS
        _decoding += 1
    try:
        yield
    except Image.DecompressionBombError as error:
        raise ValueError(
            f"it has more than the {IMAGE_PIXELS / 1e6:,.0f} megapixels that are read; make it"
            " smaller"
        ) from error
    finally:
        with _limit:
            _decoding -= 1
            if not _decoding:
                Image.MAX_IMAGE_PIXELS = _theirs
