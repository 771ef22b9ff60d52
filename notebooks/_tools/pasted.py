"""Images in Markdown cells. One that was pasted is an attachment of its cell, which a .py has no
place for; one that is linked is a file beside the notebook, which does not go with a copy. A copy
holds it as an attachment, except an SVG: JupyterLab shows none that is attached, so it is copied."""

import base64
import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote

from clipnb.support.text import printable

CODE = re.compile(r"^(```|~~~).*?^\1|(`+)[^`].*?\2", re.M | re.S)
IMAGE = re.compile(r"""(?P<start>!\[[^\]]*\]\(\s*<?|<img\b[^>]*?\bsrc\s*=\s*["']?)(?P<link>[^)>\s"']+)""")
ELSEWHERE = re.compile(r"[a-zA-Z][\w+.-]*:|//|#")  # an address; a data URI


def pasted(notebook) -> list[str]:
    """The cells that hold pasted images, for a message."""
    return [_named(number, cell) for number, cell in enumerate(notebook.cells, 1) if _held(cell)]


def _held(cell) -> dict:
    return cell.get("attachments") or {}


def _named(number: int, cell) -> str:
    line = next((line for line in cell.source.splitlines() if line.strip()), "(empty)")
    return f"cell {number}: '{printable(line)[:60]}'"


def with_images(notebook, edited, folder: Path, name: str) -> dict[str, str]:
    """Give the cells of a copy the images that they link to; SystemExit names a cell whose image is
    not there. Returns link → text of the SVG files, which go beside the copy.

    Parameters
    ----------
    notebook, edited : notebook
        The copy, and the one that holds the pasted images (None if there is no such file).
    folder : Path
        Where the files lie that cells link to.
    name : str
        What to call the notebook.
    """
    beside: dict[str, str] = {}
    pasted_here: dict[str, list[dict]] = {}
    for cell in edited.cells if edited is not None else []:
        if _held(cell):
            pasted_here.setdefault(cell.source.strip(), []).append(_held(cell))
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "markdown":
            continue
        if same := pasted_here.get(cell.source.strip()):
            cell.attachments = dict(same.pop(0))
        for found in list(IMAGE.finditer(CODE.sub("", cell.source))):
            link = found["link"]
            kind, _, rest = link.partition(":")
            if kind == "attachment" and unquote(rest) in _held(cell):
                continue
            if not ELSEWHERE.match(link) and (drawn := svg_text(folder, link)) is not None:
                beside[unquote(link)] = drawn
                continue
            if kind == "attachment" or not ELSEWHERE.match(link) and not _attach(cell, folder, link):
                raise SystemExit(
                    f"{name}, {_named(number, cell)}: the image '{printable(link)[:80]}' is not"
                    " there; paste it again, or save it as an image file in"
                    " notebooks/ and link that."
                )
    return beside


def svg_text(folder: Path, link: str) -> str | None:
    """The text of a linked SVG file in this folder or below it; None if it is none."""
    path = folder / unquote(link)
    inside = path.resolve().is_relative_to(folder.resolve()) and ".." not in path.parts
    if path.suffix.lower() != ".svg" or not inside or not path.is_file():
        return None
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def _attach(cell, folder: Path, link: str) -> bool:
    """Whether a linked file is an image; it then goes into the cell."""
    path = folder / unquote(link)
    kind = mimetypes.guess_type(path.name)[0] or ""
    if not kind.startswith("image/") or not path.is_file():
        return False
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    attached = re.sub(r"[^\w.-]", "-", link.lstrip("./"))
    cell.attachments = {**_held(cell), attached: {kind: content}}
    turn = lambda found: (
        found["start"] + (f"attachment:{attached}" if found["link"] == link else found["link"])
    )
    cell.source = IMAGE.sub(turn, cell.source)
    return True
