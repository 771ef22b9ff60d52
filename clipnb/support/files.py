"""Files that are written whole or not at all, and images as ``data:`` addresses inside a page."""

from __future__ import annotations

import base64
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image


@contextmanager
def replacing(path: Path, newline: str | None = None) -> Iterator[IO[str]]:
    """A text file to write that takes the place of ``path`` when it is complete, and never before;
    it may be read by whom the umask allows."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        # file names may hold bytes that are no text; they are shown as \udc.., not a reason to stop
        with open(
            temporary, "x", encoding="utf-8", errors="backslashreplace", newline=newline
        ) as file:
            yield file
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def data_address(content: bytes, kind: str) -> str:
    """The content of a file as an address, ``kind`` such as "image/png"."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def image_address(image: Image.Image, side: int = 224, quality: int = 85) -> str:
    """A PIL image as a small JPEG in a data address, its longer side at most ``side`` pixels."""
    small = image.convert("RGB")
    small.thumbnail((side, side))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=quality)
    return data_address(file.getvalue(), "image/jpeg")
