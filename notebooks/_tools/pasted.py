"""Images in Markdown cells. One that was pasted is an attachment of its cell, which a .py has no
place for; one that is linked is a file beside the notebook, which does not go with a copy."""

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


def with_images(notebook, edited, folder: Path, name: str) -> None:
    """Give the cells of a copy the images that they link to; SystemExit names a cell whose image is
    not there.

    Parameters
    ----------
    notebook, edited : notebook
        The copy, and the one that holds the pasted images (None if there is no such file).
    folder : Path
        Where the files lie that cells link to.
    name : str
        What to call the notebook.
    """
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
            if kind == "attachment" or not ELSEWHERE.match(link) and not _attach(cell, folder, link):
                raise SystemExit(
                    f"{name}, {_named(number, cell)}: the image '{printable(link)[:80]}' is not"
                    " there; paste it again, or save it as an image file in"
                    " notebooks/ and link that."
                )


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
