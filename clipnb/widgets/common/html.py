"""Pieces of HTML without scripts; every text is escaped here and nowhere else."""

from __future__ import annotations

import re
from html import escape

from PIL import Image

from ...support.files import image_address

BLOCKS = " ▏▎▍▌▋▊▉█"
BAR = {*BLOCKS.strip()}
NUMBER = re.compile(r"[+−-]?[\d.,]+ ?%?")


def decimal(value: float | None, digits: int = 2) -> str:
    """ "0.12", "−0.12", never a minus before nothing, and a dash for what is missing."""
    return "–" if value is None else f"{value:z.{digits}f}".replace("-", "−")


def image(image: Image.Image, words: str, side: int = 112) -> str:
    """An ``img`` with the image inside and a description for those who cannot see it."""
    return f'<img src="{image_address(image, side)}" alt="{escape(words, quote=True)}">'


def bar(share: float, width: int = 20) -> str:
    """A bar of block characters, 0 … 1; it needs no style sheet, so GitHub keeps it."""
    eighths = round(8 * width * min(max(share, 0.0), 1.0))
    return "█" * (eighths // 8) + BLOCKS[eighths % 8].strip()


def bars(values: list[float | None], width: int = 12) -> tuple[list[str], str]:
    """Bars for cosines, which lie close together: from the smallest value to the largest, with a
    mark at the mean; and what to say of them. None is a value that is missing."""
    known = [value for value in values if value is not None]
    if not known:
        return ["" for _ in values], ""
    low, high, mean = min(known), max(known), sum(known) / len(known)
    share = lambda value: (value - low) / (high - low) if high > low else 0.0
    at = round(share(mean) * width)

    def one(value: float | None) -> str:
        if value is None:
            return ""
        filled = bar(share(value), width)
        line = f"{filled:\u2007<{width}}"  # a space as wide as a digit
        return "▏" + line[:at] + "┆" + line[at:].rstrip("\u2007")

    told = (
        f"Bars start at {decimal(low)}, the smallest value shown;"
        f" ┆ marks the mean, {decimal(mean)}."
    )
    return [one(value) for value in values], told


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table of plain texts: texts and bars begin at the left, numbers end at the right. Each cell
    says so itself, since the styles of Jupyter and nbconvert put every cell to the right, which
    takes the common baseline from bars. Marks on bars need characters of one width."""
    sides = ["right" if _numbers(column) else "left" for column in zip(*rows)]
    sides += ["left"] * (len(head) - len(sides))  # of a table without rows
    font = lambda text: "; font-family: monospace; white-space: nowrap" if BAR & {*text} else ""
    cells = lambda tag, row: "".join(
        f'<{tag} style="text-align: {side}{font(text)}">{escape(text)}</{tag}>'
        for text, side in zip(row, sides)
    )
    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    heads = f"<thead><tr>{cells('th', head)}</tr></thead>"
    return f'<table cellpadding="6">{heads}<tbody>{body}</tbody></table>'


def _numbers(column: tuple[str, ...]) -> bool:
    """Whether a column holds numbers, and nothing else but marks of missing ones."""
    return all(NUMBER.fullmatch(text) for text in column if text not in ("", "–"))


def paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
