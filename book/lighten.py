"""Makes the built pages light: what Jupyter Book puts into every page is left to those that need
it, and nothing but one style sheet stands between a reader and the first paint.

Measured by tests/site/page_speed.py. What it does to a page:

- all style sheets are one, with the icons that the site uses (icons.py);
- scripts wait until the page is there (``defer``), and those of the search are on its page only;
- MathJax comes with a formula, the widget manager with a widget that needs it;
- the state of saved widgets stands at the end;
- images have a size and are fetched when they come near.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
from pathlib import Path

from icons import names_in, with_few_icons

STYLE = re.compile(r'\s*<link\b[^>]*\brel="stylesheet"[^>]*/?>')
SCRIPT = re.compile(r"\s*<script\b([^>]*)>(.*?)</script>", re.S)
STATE = re.compile(
    r'\s*<script type="application/vnd\.jupyter\.widget-state\+json">.*?</script>', re.S
)
IMAGE = re.compile(r'<img\b[^>]*\bsrc="(?!data:|https?:)([^"]+)"[^>]*>')
SEARCH = ("searchtools.js", "language_data.js", "searchindex.js")
MANAGER = ("vendor/require.js", "widget-modules.js", "vendor/embed-amd.js")
WIDGETS = {"AnyModel", "LayoutModel"}  # saved_page.js draws them; all others need the manager
FORMULA = re.compile(r'class="[^"]*\bmath\b|\\\(.+?\\\)')


def attribute(tag: str, name: str) -> str:
    match = re.search(rf'\b{name}="([^"]*)"', tag)
    return match[1] if match else ""


def file_of(address: str) -> str:
    """An address without what marks its version."""
    return re.split(r"[?#]", address)[0]


# --- style sheets ---------------------------------------------------------------------------------


def one_sheet(paths: list[Path], static: Path) -> str:
    """Style sheets one after the other, their imports and addresses as seen from ``static``."""
    return "\n".join(sheet(path, static) for path in paths)


def sheet(path: Path, static: Path) -> str:
    def imported(match):
        return sheet((path.parent / match[1]).resolve(), static)

    def address(match):
        there = posixpath.normpath(
            posixpath.join(os.path.relpath(path.parent, static).replace(os.sep, "/"), match[1])
        )
        return f"url({there})"

    css = re.sub(r"@charset[^;]*;|/\*# sourceMappingURL=.*?\*/", "", path.read_text("utf-8"))
    css = re.sub(r'url\(["\']?(?!data:|#|https?:)([^"\')]+)["\']?\)', address, css)
    return re.sub(r'@import\s+"([^"]+)";', imported, css)


class Sheets:
    """Every combination of style sheets that a page asks for becomes a file of its own; there is
    one, or two."""

    def __init__(self, site: Path):
        self.site, self.names, self.made = site, names_in(site), {}

    def name(self, page: Path, links: list[str]) -> str:
        addresses = [file_of(attribute(link, "href")) for link in links]
        paths = tuple((page.parent / address).resolve() for address in addresses)
        if paths not in self.made:
            static = (self.site / "_static").resolve()
            css = one_sheet(list(paths), static)
            css = with_few_icons(css, self.names, static / "vendor/fontawesome/webfonts")
            name = f"site-{hashlib.sha256(css.encode()).hexdigest()[:10]}.css"
            (static / name).write_text(css, "utf-8")
            self.made[paths] = name
        return self.made[paths]


# --- scripts --------------------------------------------------------------------------------------


def draws_all(state: str) -> bool:
    """Whether saved_page.js can draw the saved widgets."""
    saved = json.loads(re.search(r">(.*)</script>", state, re.S)[1])["state"]
    return {one["model_name"] for one in saved.values()} <= WIDGETS


def unwanted(page: Path, head: str, body: str, state: str) -> set[str]:
    """The ends of the addresses of scripts that this page does without."""
    out = {"scripts/fontawesome.js"}
    if page.name != "search.html":
        out.update(SEARCH)
    if not FORMULA.search(body):
        out.add("vendor/mathjax.js")
    if not state or draws_all(state):
        out.update(MANAGER)
    return out


def light_script(match: re.Match, out: set[str]) -> str:
    attributes, code = match.groups()
    source = file_of(attribute(attributes, "src"))
    if any(source.endswith(name) for name in out):
        return ""
    if source and "defer" not in attributes and "async" not in attributes:
        return match[0].replace("<script", "<script defer", 1)
    # a module runs in its turn among the scripts that wait; it needs one of them
    if "DOCUMENTATION_OPTIONS." in code and not attributes.strip():
        return match[0].replace("<script", '<script type="module"', 1)
    return match[0]


def light_head(page: Path, head: str, body: str, state: str, sheets: Sheets, up: str) -> str:
    out = unwanted(page, head, body, state)
    links = STYLE.findall(head)
    if links:
        style = f'\n    <link rel="stylesheet" href="{up}_static/{sheets.name(page, links)}" />'
        head = head.replace(links[0], style, 1)
        for link in links[1:]:
            head = head.replace(link, "", 1)
    head = re.sub(r'\s*<link rel="preload" as="script"[^>]*>', "", head)
    head = SCRIPT.sub(lambda match: light_script(match, out), head)
    more = ["saved_page"] if state and draws_all(state) else []
    more += ["choices_page"] if 'class="clipnb-choice"' in body else []
    for name in [*more, "keep_page"]:
        head += f'  <script defer src="{up}_static/live/{name}.js"></script>\n  '
    return head


# --- images ---------------------------------------------------------------------------------------


def size_of(path: Path) -> tuple[int, int] | None:
    """Width and height of a PNG or an SVG as it is shown without a style."""
    if path.suffix == ".png":
        head = path.read_bytes()[16:24]
        return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
    if path.suffix == ".svg":
        box = re.search(r'<svg\b[^>]*\bviewBox="\S+ \S+ (\S+) (\S+)"', path.read_text("utf-8"))
        return box and (round(float(box[1])), round(float(box[2])))
    return None


def light_image(match: re.Match, page: Path) -> str:
    tag, path = match[0], (page.parent / match[1]).resolve()
    size = size_of(path) if path.is_file() else None
    more = "" if "loading=" in tag else ' loading="lazy" decoding="async"'
    if size and not re.search(r'\s(width|height)=|style="[^"]*(width|height)', tag):
        more += f' width="{size[0]}" height="{size[1]}"'
    return tag.replace("<img", f"<img{more}", 1)


# --- pages ----------------------------------------------------------------------------------------


def light_page(page: Path, sheets: Sheets) -> str:
    """The HTML of a page, made light."""
    text = page.read_text("utf-8")
    head, mark, body = text.partition("</head>")
    if not mark or "<body" not in body:
        return text
    found = STATE.search(head)
    state = found[0] if found else ""
    head = head.replace(state, "", 1) if state else head
    up = "../" * (len(page.relative_to(sheets.site).parts) - 1)
    before, article, rest = body.partition("<article")
    rest = IMAGE.sub(lambda match: light_image(match, page), rest)
    head = light_head(page, head, body, state, sheets, up)
    return head + mark + before + article + rest.replace("</body>", f"{state}\n  </body>", 1)


def lighten(site: Path) -> None:
    """Make all pages of a built site light, and delete what none of them asks for any more."""
    sheets = Sheets(site)
    pages = [page for page in site.rglob("*.html") if "_static" not in page.parts]
    for page in pages:
        page.write_text(light_page(page, sheets), "utf-8")
    for path in [*site.glob("_static/scripts/fontawesome.js*"), *site.glob("_static/**/*.map")]:
        path.unlink(missing_ok=True)
    for font in (site / "_static/vendor/fontawesome/webfonts").iterdir():
        font.unlink()
