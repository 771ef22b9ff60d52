"""Compressed bytes of every page of the built site, and the committed table of them.

``python tests/site/page_sizes.py`` writes the table, page_sizes.json, after a page was made larger
on purpose.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent.parent
SITE = ROOT / "book" / "_build" / "html"
TABLE = Path(__file__).with_suffix(".json")
sys.path.insert(0, str(ROOT / "tests" / "support"))

from packed_server import packed

PART = re.compile(r'<(?:script|img)\b[^>]*?\bsrc="([^"]+)"|<link\b[^>]*?\brel="stylesheet"[^>]*>')
MODEL = (
    "live/engine.js",
    "live/worker.js",
    "live/resize.js",
    "live/unpack.js",
    "live/model/clip.json",
    "live/model/image.onnx.xz",
    "live/model/text.onnx.xz",
    "vendor/ort*",
    "vendor/tokenizers.min.mjs",
    "vendor/xz.mjs",
)


def parts(page: Path, site: Path) -> set[Path]:
    """The files that a page asks for, images that come later included; the model on a live page,
    but not on the first, which asks for it when a reader writes."""
    text = page.read_text("utf-8")
    found = {page}
    for match in PART.finditer(text):
        address = match[1] or re.search(r'href="([^"]+)"', match[0])[1]
        if not address.startswith("data:"):
            found.add((page.parent / unquote(urlsplit(address).path)).resolve())
    if "data-live=" in text and 'data-live="first"' not in text:
        heads = ["live/model/heads.onnx.xz"] if 'data-live="heads"' in text else []
        found.update(path for one in [*MODEL, *heads] for path in (site / "_static").glob(one))
    return {path for path in found if path.is_file()}


def sizes(site: Path = SITE) -> dict[str, int]:
    """Page → kilobytes over the line."""
    site = site.resolve()
    pages = [page for page in sorted(site.rglob("*.html")) if "_static" not in page.parts]
    return {
        page.relative_to(site).as_posix(): round(
            sum(len(packed(path, path.stat().st_mtime)) for path in parts(page, site)) / 1000
        )
        for page in pages
    }


if __name__ == "__main__":
    if not SITE.exists():
        raise SystemExit("The site is not built: make book")
    TABLE.write_text(json.dumps(sizes(), indent=1) + "\n", "utf-8")
    print(TABLE)
