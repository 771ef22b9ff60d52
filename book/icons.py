"""The icons that the site uses, out of the theme's 2,000: three small fonts inside the style sheet
instead of a script of 1.5 MB and three font files."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path("_static/vendor/fontawesome/webfonts")
NAME = re.compile(r"\bfa-[a-z][a-z0-9-]*")
# ".fa-bars:before,.fa-navicon:before{content:"\f0c9"}"
GLYPH = re.compile(r'((?:\.fa-[a-z0-9-]+:{1,2}before,?)+)\{content:"\\([0-9a-f]+)"\}')
# one of the theme's own, such as that of a warning: content:"\f071", or a variable of that value
POINT = re.compile(r'"\\([ef][0-9a-f]{3})"')
FACE = re.compile(r'@font-face\{[^}]*?font-family:"?Font ?\\? ?Awesome[^}]*\}')


def names_in(site: Path) -> set[str]:
    """Every fa-… that a page or a script of it names."""
    paths = [*site.rglob("*.html"), *site.glob("_static/*.js"), *site.glob("_static/live/*.js")]
    paths += [site / "_static/scripts" / name for name in SCRIPTS]
    return {name for path in paths for name in NAME.findall(path.read_text("utf-8"))}


SCRIPTS = ("pydata-sphinx-theme.js", "sphinx-book-theme.js")


def subset_font(path: Path, points: set[int]) -> bytes | None:
    """The font with these code points alone, as WOFF; None if it has none of them."""
    font = TTFont(path)
    kept = points & set(font.getBestCmap())
    if not kept:
        return None
    options = subset.Options(flavor="woff", notdef_outline=True, drop_tables=["FFTM"])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=kept)
    cutter.subset(font)
    out = io.BytesIO()
    font.flavor = "woff"  # zlib is enough for forty glyphs; WOFF2 would want one more library
    font.save(out)
    return out.getvalue()


def with_few_icons(css: str, names: set[str], fonts: Path) -> str:
    """A style sheet with the icons in ``names`` and those of its own rules, and their fonts
    inside."""

    def rule(match):
        used = {name.split(":")[0][1:] for name in match[1].split(",")} & names
        return match[0] if used else ""

    css = GLYPH.sub(rule, css)
    points = {int(point, 16) for point in POINT.findall(css)}

    def face(match):
        file = re.search(r"([\w-]+)\.woff2", match[0])
        font = file and subset_font(fonts / f"{file[1]}.ttf", points)
        if not font:
            return ""
        address = f"url(data:font/woff;base64,{base64.b64encode(font).decode()})"
        return re.sub(r"src:[^}]*(?=\})", f'src:{address} format("woff")', match[0])

    return FACE.sub(face, css)
