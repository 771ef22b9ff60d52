"""From any file or image to upright RGB, against values that NumPy computes."""

import colorsys
import io
import struct
import threading
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from clipnb.data import decode as decode_module
from clipnb.data.budget import PixelBudget
from clipnb.data.decode import decode, to_rgb
from clipnb.data.formats import FORMATS, NotAnImage, format_of

RNG = np.random.default_rng(0)
GREY, ALPHA = (RNG.integers(0, 256, (20, 30), np.uint8) for _ in range(2))
COLOUR = RNG.integers(0, 256, (20, 30, 3), np.uint8)
WORDS = RNG.integers(0, 65536, (20, 30), np.uint16)
REAL = RNG.random((20, 30), np.float32)


def grey(values):
    """(h, w) of any range as (h, w, 3)."""
    return np.repeat(np.asarray(values, float)[..., None], 3, 2)


def on_white(colour, alpha):
    share = np.asarray(alpha, float)[..., None] / 255
    return colour * share + 255 * (1 - share)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def close(image, expected, most=1):
    got = np.asarray(image, float)
    assert image.mode == "RGB" and got.shape == np.shape(expected)
    return np.abs(got - expected).max() <= most


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, bits, colour, rows, *extra):
    """A PNG file, written by hand."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = chunk(b"IHDR", head) + b"".join(extra) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunks)


# --- modes ----------------------------------------------------------------------------------------

RGBA = Image.fromarray(np.dstack([COLOUR, ALPHA]))
LA = Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(ALPHA)])
INK = RNG.integers(0, 256, (20, 30, 4), np.uint8)
CMYK = Image.fromarray(INK, "CMYK")
OF_INK = 255 * (1 - INK[..., :3] / 255) * (1 - INK[..., 3:] / 255)
PALETTE = Image.fromarray(COLOUR).quantize(64)
COLOURS = np.array(PALETTE.getpalette()).reshape(-1, 3)[np.asarray(PALETTE)]


def of_ycbcr(values):
    y, blue, red = (values[..., i].astype(float) - (0, 128, 128)[i] for i in range(3))
    mixed = [y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue]
    return np.clip(np.dstack(mixed), 0, 255)


def of_lab(values):
    """CIE L*a*b* under D50 → sRGB, with the matrix adapted by Bradford's method."""
    lightness, a, b = values[..., 0] * 100 / 255.0, values[..., 1] - 128.0, values[..., 2] - 128.0
    fy = (lightness + 16) / 116
    f = np.stack([fy + a / 500, fy, fy - b / 200], -1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * (0.9642, 1, 0.8249)
    matrix = [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
    linear = np.clip(xyz @ np.array(matrix).T, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


NEAR_GREY = np.dstack([RNG.integers(50, 220, (20, 30)), *RNG.integers(118, 138, (2, 20, 30))])
# a* and b* are signed in files, and in Pillow's raw data
LAB = Image.frombytes("LAB", (30, 20), (NEAR_GREY ^ (0, 128, 128)).astype(np.uint8).tobytes())
YCBCR, HSV = (Image.fromarray(COLOUR).convert(mode) for mode in ("YCbCr", "HSV"))
OF_HSV = [[colorsys.hsv_to_rgb(*(v / 255 for v in p)) for p in row] for row in np.asarray(HSV)]

MODES = {
    "1": (Image.fromarray(GREY > 99), grey((GREY > 99) * 255)),
    "L": (Image.fromarray(GREY), grey(GREY)),
    "LA": (LA, on_white(grey(GREY), ALPHA)),
    "La": (LA.convert("La"), on_white(grey(GREY), ALPHA)),
    "RGB": (Image.fromarray(COLOUR), COLOUR),
    "RGBA": (RGBA, on_white(COLOUR, ALPHA)),
    "RGBa": (RGBA.convert("RGBa"), on_white(COLOUR, ALPHA)),
    "P": (PALETTE, COLOURS),
    "CMYK": (CMYK, OF_INK),
    "YCbCr": (YCBCR, of_ycbcr(np.asarray(YCBCR))),
    "HSV": (HSV, np.array(OF_HSV) * 255),
    "LAB": (LAB, of_lab(NEAR_GREY)),
    "I;16": (Image.fromarray(WORDS), grey(WORDS / 257)),
    "I;16B": (Image.frombytes("I;16B", (30, 20), WORDS.astype(">u2").tobytes()), grey(WORDS / 257)),
    "I;16L": (Image.frombytes("I;16L", (30, 20), WORDS.astype("<u2").tobytes()), grey(WORDS / 257)),
    "I": (Image.fromarray(WORDS.astype(np.int32)), grey(WORDS / 257)),
    "F": (Image.fromarray(REAL), grey(REAL * 255)),
}


@pytest.mark.parametrize("mode", MODES)
def test_every_mode(mode, monkeypatch):
    image, expected = MODES[mode]
    assert image.mode == mode
    assert close(to_rgb(image), expected, 2 if mode in ("La", "RGBa") else 1)
    # a large image, which is converted in bands of rows, becomes the same
    whole = to_rgb(image)
    monkeypatch.setattr(decode_module, "PIXELS_AT_ONCE", 100)
    assert np.array_equal(np.asarray(whole), np.asarray(to_rgb(image)))


FILES = {
    "12 bits in 16": (Image.fromarray(WORDS >> 4), "PNG", {}, grey((WORDS >> 4) / 4095 * 255)),
    "a TIFF that says what is white": (
        Image.fromarray(WORDS >> 3),
        "TIFF",
        {"tiffinfo": {281: 8191}},
        grey((WORDS >> 3) / 8191 * 255),
    ),
    "a TIFF in which 0 is white": (
        Image.fromarray(WORDS),
        "TIFF",
        {"tiffinfo": {262: 0}},
        grey(255 - WORDS / 257),
    ),
    "PNG of 16 bits": (MODES["I;16"][0], "PNG", {}, grey(WORDS / 257)),
    "PGM of 16 bits": (MODES["I;16"][0], "PPM", {}, grey(WORDS / 257)),
    "JPEG 2000 of 16 bits": (MODES["I;16"][0], "JPEG2000", {}, grey(WORDS / 257)),
    "TIFF of real numbers": (MODES["F"][0], "TIFF", {}, grey(REAL * 255)),
    "TIFF of ink": (CMYK, "TIFF", {}, OF_INK),
    "TIFF of L*a*b*": (LAB, "TIFF", {}, of_lab(NEAR_GREY)),
    "GIF with a transparent colour": (
        PALETTE,
        "GIF",
        {"transparency": 5},
        np.where(np.asarray(PALETTE)[..., None] == 5, 255, COLOURS),
    ),
    "palette with opacities": (
        PALETTE,
        "PNG",
        {"transparency": bytes(range(0, 256, 4))},
        on_white(COLOURS, np.asarray(PALETTE) * 4),
    ),
    "grey with a transparent value": (
        Image.fromarray(GREY),
        "PNG",
        {"transparency": int(GREY[0, 0])},
        grey(np.where(GREY == GREY[0, 0], 255, GREY)),
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name):
    image, kind, options, expected = FILES[name]
    assert close(decode(saved(image, kind, **options)), expected)


def test_ink_in_a_jpeg_is_inverted_and_turned_round():
    ramp = np.tile(np.linspace(0, 255, 64, dtype=np.uint8)[:, None, None], (1, 64, 4))
    file = saved(Image.fromarray(ramp, "CMYK"), "JPEG", quality=100)
    assert close(decode(file), 255 * (1 - ramp[..., :3] / 255) * (1 - ramp[..., 3:] / 255), 3)


def test_transparent_colours_of_other_depths():
    key = lambda *values: chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))
    assert np.asarray(decode(png(4, 1, 2, 0, [b"\x1b"], key(1))))[0, :, 0].tolist() == [
        *(0, 255, 170, 255),
    ]
    assert np.asarray(decode(png(4, 1, 4, 0, [b"\x01\x23"], key(3))))[0, :, 0].tolist() == [
        *(0, 17, 34, 255),
    ]
    words = np.array([[[300, 9000, 60000], [300, 9000, 20000]]], ">u2")
    got = np.asarray(decode(png(2, 1, 16, 2, [words.tobytes()], key(300, 9000, 60000))))
    assert got[0].tolist() == [[255, 255, 255], [1, 35, 78]]
    words = np.arange(0, 65000, 1000).astype(">u2")
    got = np.asarray(decode(png(65, 1, 16, 0, [words.tobytes()], key(3000))))[0, :, 0]
    assert got[3] == 255 and got[4] == round(4000 / 257)


@pytest.mark.parametrize(
    "values, white",
    [
        (REAL * 255, 255),
        (REAL * 0.02, 1),  # dark, and so it stays
        (REAL * 1.05, 1),
        (REAL * 65535, 65535),
        ((WORDS >> 8).astype(np.uint16), 255),
        ((WORDS >> 6).astype(np.uint16), 1023),
        ((WORDS >> 2).astype(np.uint16), 16383),
    ],
)
def test_white_is_a_depth_that_is_enough(values, white):
    values = np.asarray(values, values.dtype if values.dtype == np.uint16 else np.float32)
    assert close(to_rgb(Image.fromarray(values)), np.clip(grey(values) * 255 / white, 0, 255))


def test_no_single_pixel_decides():
    for ramp, dot in (((GREY.astype(np.uint16)), 60000), (REAL, 1e9), (REAL, -7.0)):
        spotted = ramp.copy()
        spotted[3, 4] = dot
        before, after = (np.asarray(to_rgb(Image.fromarray(v)), float) for v in (ramp, spotted))
        assert np.delete(np.abs(before - after).max(2).ravel(), 3 * 30 + 4).max() == 0


def test_numbers_of_another_range_are_stretched():
    for values in (REAL * 4, REAL * 2 - 1, REAL * 1e6 - 5e5):
        got = np.asarray(to_rgb(Image.fromarray(values.astype(np.float32))), float)[..., 0]
        assert got.max() == 255 and np.corrcoef(got.ravel(), REAL.ravel())[0, 1] > 0.999


def test_what_is_no_number_is_refused():
    for value in (np.nan, np.inf):
        values = REAL.copy()
        values[0, 0] = value
        with pytest.raises(ValueError, match="not numbers, or infinite"):
            to_rgb(Image.fromarray(values))


def test_arrays_of_another_kind_are_refused():
    for array in (COLOUR.astype(float), GREY, np.zeros((3, 20, 30), np.uint8)):
        with pytest.raises(ValueError, match="must be .height, width, 3. of type uint8"):
            to_rgb(array)
    assert close(to_rgb(np.dstack([COLOUR, ALPHA])), on_white(COLOUR, ALPHA))


def test_the_first_frame():
    red, blue = (Image.new("RGB", (30, 20), c) for c in ("red", "blue"))
    for kind in ("GIF", "TIFF", "WEBP", "PNG"):
        file = saved(red, kind, save_all=True, append_images=[blue])
        assert close(decode(file), np.asarray(red), 3)


# --- profiles -------------------------------------------------------------------------------------


def profile(curve, space=b"RGB ", matrix=None):
    """A small ICC profile of version 2: a gamma curve, and for RGB the XYZ of its colours."""
    number = lambda value: struct.pack(">i", round(value * 65536))
    gamma = b"curv" + bytes(4) + struct.pack(">IH", 1, round(curve * 256)) + bytes(2)
    xyz = lambda values: b"XYZ " + bytes(4) + b"".join(map(number, values))
    white, name = xyz((0.9642, 1, 0.8249)), b"odd\0"
    text = b"desc" + bytes(4) + struct.pack(">I", len(name)) + name + bytes(78)
    tags = {b"wtpt": white, b"desc": text + bytes(-len(text) % 4)}
    if matrix is not None:
        for i, colour in enumerate(b"rgb"):
            tags[bytes([colour]) + b"XYZ"] = xyz(matrix[:, i])
            tags[bytes([colour]) + b"TRC"] = gamma
    else:
        tags[b"kTRC"] = gamma
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    head = struct.pack(">I4sI", at + len(body), b"lcms", 0x02100000) + b"mntr" + space + b"XYZ "
    head += bytes(12) + b"acsp" + bytes(28) + xyz((0.9642, 1, 0.8249))[8:]
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


# Display P3, adapted to D50
WIDE = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])


def as_srgb(linear):
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def of_wide(values):
    to_srgb = [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
    xyz = (values / 255.0) ** 2.2 @ WIDE.T
    return as_srgb(np.clip(xyz @ np.array(to_srgb).T, 0, 1))


SOFT = (COLOUR // 4 + 96).astype(np.uint8)  # colours that sRGB has too


def test_profiles_are_applied():
    image = Image.fromarray(SOFT)
    wide = profile(2.2, matrix=WIDE)
    assert np.abs(of_wide(SOFT) - SOFT).max() > 8  # it matters
    assert close(decode(saved(image, "PNG", icc_profile=wide)), of_wide(SOFT), 2)
    clear = Image.fromarray(np.dstack([SOFT, ALPHA]))
    assert close(decode(saved(clear, "PNG", icc_profile=wide)), on_white(of_wide(SOFT), ALPHA), 2)
    some = Image.fromarray(GREY // 2 + 64)
    expected = grey(as_srgb((np.asarray(some) / 255.0) ** 1.4))
    got = decode(saved(some, "PNG", icc_profile=profile(1.4, b"GRAY")))
    assert close(got, expected, 2)


def test_profiles_that_are_srgb_or_damaged_or_of_another_mode_change_nothing():
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    wide = profile(2.2, matrix=WIDE)
    for icc in (own, b"rubbish", wide[:200], wide[:140] + bytes(400), profile(1.4, b"GRAY")):
        assert close(decode(saved(Image.fromarray(COLOUR), "PNG", icc_profile=icc)), COLOUR, 0)


# --- orientation ----------------------------------------------------------------------------------

TURNED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a),
}


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
def test_exif_turns_an_image_once(kind):
    corner = np.zeros((32, 48, 3), np.uint8)
    corner[:16, :16], corner[16:, 32:] = (255, 0, 0), (0, 0, 255)
    for value, turned in TURNED.items():
        exif = Image.Exif()
        exif[0x0112] = value
        options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95, "subsampling": 0}}
        file = saved(Image.fromarray(corner), kind, exif=exif, **options.get(kind, {}))
        image = decode(file)
        assert close(image, turned(corner), 40 if kind == "JPEG" else 0), value
        assert np.array_equal(
            np.asarray(to_rgb(image)), np.asarray(image)
        )  # it carries no EXIF any more
        file.seek(0)
        with Image.open(file) as opened:
            assert np.array_equal(np.asarray(to_rgb(opened)), np.asarray(image))


@pytest.mark.parametrize("value", [0, 9, 255, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(value):
    exif = Image.Exif()
    exif[0x0112] = value
    assert decode(saved(Image.fromarray(COLOUR), "PNG", exif=exif)).size == (30, 20)


# --- formats, limits ------------------------------------------------------------------------------


def test_only_listed_formats_are_opened():
    for content, what in (
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"%PDF-1.7\n", "PDF"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"\0" * 64, "all zero"),
        (b"", "empty"),
        (b"8BPS\0\1", "Photoshop"),
        (b"a plain text", "not an image"),
    ):
        with pytest.raises(NotAnImage, match=what):
            decode(io.BytesIO(content))
    assert not {"EPS", "WMF", "PDF", "PSD", "FPX", "MIC", "IPTC", "GBR"} & set(FORMATS)
    assert format_of(b"\xff\xd8\xff\xe0") == "JPEG" and format_of(b"\0\0\2", ".TGA") == "TGA"


def test_heic_photos_are_read_with_the_extra():
    pytest.importorskip("pillow_heif").register_heif_opener()
    file = saved(Image.fromarray(SOFT).resize((64, 64)), "HEIF", quality=100)
    assert decode(file, ".heic").size == (64, 64)


def test_an_image_of_too_many_pixels_is_refused_before_it_is_decoded():
    with pytest.raises(ValueError, match="30,000 × 20,000 pixels, larger than the 400 megapixels"):
        decode(png(30000, 20000, 8, 0, [b"\0"]))


def test_large_images_are_read_in_a_lower_resolution(monkeypatch):
    monkeypatch.setattr(decode_module, "PIXELS_WHOLE", 3000)
    big = np.repeat(np.repeat(SOFT, 5, 0), 5, 1)  # 100 × 150
    limit = Image.MAX_IMAGE_PIXELS
    for kind, mode in (("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "RGB")):
        image = Image.fromarray(big)
        image = image.quantize(256) if mode == "P" else image.convert(mode)
        exif = Image.Exif()
        exif[0x0112] = 6
        got = decode(saved(image, kind, exif=exif))
        assert got.size in ((34, 50), (25, 38))  # turned
        small = Image.fromarray(np.rot90(big, -1)).resize(got.size, Image.Resampling.BOX)
        assert np.abs(np.asarray(got, float) - np.asarray(small, float)).mean() < 8
    assert Image.MAX_IMAGE_PIXELS == limit


def test_pillows_own_limit_stays_what_it_was(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for kind in ("PNG", "TIFF", "GIF"):
        assert decode(saved(Image.fromarray(COLOUR), kind)).size == (30, 20)
    assert Image.MAX_IMAGE_PIXELS == 100
    with pytest.raises(NotAnImage):
        decode(io.BytesIO(b"x"))
    assert Image.MAX_IMAGE_PIXELS == 100


def test_pixels_in_flight_are_bounded_and_one_image_is_always_let_in():
    budget, most, lock = PixelBudget(100), [], threading.Lock()

    def work(pixels):
        with budget.using(), budget.using(pixels):
            with lock:
                most.append((budget.used, pixels))

    threads = [threading.Thread(target=work, args=(40 if i % 5 else 500,)) for i in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(most) == 40 and budget.used == 0
    assert all(used <= 100 or used == pixels == 500 for used, pixels in most)
    with pytest.raises(RuntimeError), budget.using(70):
        raise RuntimeError
    assert budget.used == 0
