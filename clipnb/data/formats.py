"""The one list of file formats that are read as images, and what is said of others.

Pillow can read many more. Some start a program (PostScript: Ghostscript), some are seldom
tried, and a file is opened by its content, whatever its name says. So every file is opened with
this list.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

# Pillow's name → endings of file names
FORMATS: dict[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo"),  # an MPO begins with a JPEG
    "PNG": (".png", ".apng"),
    "GIF": (".gif",),
    "WEBP": (".webp",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
    "JPEG2000": (".jp2", ".j2k", ".jpx", ".jpf", ".j2c", ".jpc"),
    "TGA": (".tga",),  # has no first bytes to know it by, hence by its name only
    "AVIF": (".avif", ".avifs"),
    "HEIF": (".heic", ".heif", ".hif", ".heics"),
}
SUFFIXES = {suffix for suffixes in FORMATS.values() for suffix in suffixes}
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
NEEDS_HEIF = "HEIC, which needs pip install 'clipnb[heic]'"
NEEDS_AVIF = "AVIF, which needs Pillow 11.3 or newer"
CONVERT = "in a format that is not read; save it as JPEG or PNG"
# images that are not read, and that would be missed
OTHERS = {".jxl", ".psd", ".svg", ".eps", ".ico", ".xcf", ".exr", ".hdr", ".dcm"} | {
    f".{raw}" for raw in "cr2 cr3 nef arw dng orf rw2 raf pef srw".split()
}
# first bytes → what it is
KINDS: dict[bytes, str] = {
    b"%!PS": "PostScript",
    b"\xc5\xd0\xd3\xc6": "PostScript",
    b"%PDF": "PDF",
    b"<svg": "SVG",
    b"<?xml": "SVG or other XML",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
    b"8BPS": "Photoshop",
    b"\xff\x0a": "JPEG XL",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "a gzip archive",
}


class NotAnImage(ValueError):
    """A file that is no image in one of the FORMATS; the message says what it is instead."""


def format_of(first: bytes, suffix: str = "") -> str:
    """The format of a file by its first 32 bytes.

    Raises
    ------
    NotAnImage
    """
    if first[4:8] == b"ftyp" and _is_heif(first) and not _heif():
        raise NotAnImage(NEEDS_HEIF)
    if not Image.OPEN or "TGA" not in Image.OPEN:
        Image.init()
    for name in FORMATS:
        accepts = Image.OPEN[name][1] if name in Image.OPEN else None
        if accepts is not None and accepts(first) is True:
            return name
    if suffix.lower() in FORMATS["TGA"]:
        return "TGA"
    if first[4:8] == b"ftyp" and first[8:12] in (b"avif", b"avis"):
        raise NotAnImage(NEEDS_AVIF)
    raise NotAnImage(_what_else(first))


def _what_else(first: bytes) -> str:
    if not first:
        return "the file is empty"
    if not any(first):
        return "its first bytes are all zero"
    if first.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer; run git lfs pull"
    begin = first.lstrip().lower()
    for known, what in KINDS.items():
        if begin.startswith(known.lower()):
            return f"{what}, not an image in a format that is read"
    return "not an image in a format that is read"


def _is_heif(first: bytes) -> bool:
    """By the brands of its first box, of which AVIF has others."""
    length = min(int.from_bytes(first[:4], "big"), len(first))
    brands = [first[8:12], *(first[i : i + 4] for i in range(16, length, 4))]
    return brands[0] in HEIF_BRANDS and b"avif" not in brands and b"avis" not in brands


def _heif() -> bool:
    """Whether HEIC can be read; the extra is imported when the first such photo comes."""
    if "HEIF" in Image.OPEN:
        return True
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def looks_like_an_image(path: Path) -> bool:
    """By its name; a file without an ending by its first bytes."""
    suffix = path.suffix.lower()
    if suffix:
        return suffix in SUFFIXES or suffix in OTHERS
    try:
        if not path.is_file():
            return False
        with open(path, "rb") as file:
            format_of(file.read(32))
    except (OSError, NotAnImage) as error:
        return str(error) == NEEDS_HEIF
    return True
