"""Pieces of HTML without scripts; every text is escaped here and nowhere else."""

from __future__ import annotations

from html import escape

from PIL import Image

from ...support.files import image_address

BLOCKS = " ▏▎▍▌▋▊▉█"


def image(image: Image.Image, words: str, side: int = 112) -> str:
    """An ``img`` with the image inside and a description for those who cannot see it."""
    return f'<img src="{image_address(image, side)}" alt="{escape(words, quote=True)}">'


def bar(share: float, width: int = 20) -> str:
    """A bar of block characters, 0 … 1; it needs no style sheet, so GitHub keeps it."""
    eighths = round(8 * width * min(max(share, 0.0), 1.0))
    return "█" * (eighths // 8) + BLOCKS[eighths % 8].strip()


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table of plain texts."""
    cells = lambda tag, row: "".join(f"<{tag}>{escape(text)}</{tag}>" for text in row)
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', head)}</tr></thead><tbody>{body}</tbody></table>"


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
