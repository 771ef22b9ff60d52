"""The live pages: where ``{{live:NAME}}`` stands in a page, a widget with its stored state, its
scripts, and results for those without scripts."""

import re
import shutil
from html import escape
from pathlib import Path

from vendor import packed

HERE = Path(__file__).parent
LIVE = HERE / "_build" / "live"  # made by book/live/stored.py
# what a page fetches when it needs it, where a server is; its own script is one of live/bundles
MODULES = (
    "engine",
    "worker",
    "resize",
    "unpack",
    "images",
    "decoder",
    "image_size",
    "rasterise",
    "real_clip",
    "real_worker",
)


def stored(name: str) -> str:
    path = LIVE / "pages" / f"{name}.html"
    if not path.exists():
        raise SystemExit(
            f"There is no stored state of the live page '{name}': say  make book, which writes it"
            " with book/live/stored.py"
        )
    return path.read_text("utf-8")


def place(name: str) -> str:
    """The widget's place as HTML on one line, which Markdown leaves alone."""
    widget = name.split("-")[0]
    kinds = " ".join(
        sorted(
            path.stem.removeprefix(f"{widget}-")
            for path in (LIVE / "pages").glob(f"{widget}-*.html")
        )
    )
    parts = [f"pages/parts-{widget}.js"] if (LIVE / "pages" / f"parts-{widget}.js").exists() else []
    scripts = [
        f"{widget}_page.js",
        f"pages/style-{widget}.js",
        *parts,
        f"pages/{name}.js",
    ]
    # the first runs where it stands: it starts fetching the model before the theme's scripts have
    # run; the others wait for the whole page
    tags = "".join(
        f'<script{" defer" * (i > 0)} src="_static/live/{script}"></script>'
        for i, script in enumerate(scripts)
    )
    # where the style lies, it stands on the page: nothing moves when the scripts come
    style = LIVE / "pages" / f"{name}.css"
    css = (
        f'<style data-widget="{widget}">{" ".join(style.read_text("utf-8").split())}</style>'
        if style.exists()
        else ""
    )
    attributes = (
        f'data-live="{escape(name)}" data-kinds="{escape(kinds)}"'
        ' data-megabytes="{{live_megabytes}}"'
    )
    without = (
        "<noscript><p>Scripts are switched off: these are results that were stored when the site"
        " was built.</p></noscript>"
    )
    body = (
        f'{css}<div class="clipnb-live" {attributes}>{without}<div'
        f' class="clipnb-stage">{stored(name)}</div></div>{tags}'
    )
    return f"```{{raw}} html\n{body}\n```"


def megabytes(static: Path) -> str:
    """What a browser fetches for the model, on a server that packs nothing."""
    files = [
        path
        for pattern in (
            "live/*.js",
            "live/model/[!h]*",  # the network of heads is fetched on its page only
            "vendor/ort*",
            "vendor/tokenizers.min.mjs",
            "vendor/xz.mjs",
        )
        for path in static.glob(pattern)
    ]
    return f"{sum(path.stat().st_size for path in files) / 1e6:.0f}"


def with_live_parts(text: str, static: Path) -> str:
    """A page with its live widgets; ``static`` holds what :func:`copy_live` and vendor.py have
    written."""
    return re.sub(r"\{\{live:([\w-]+)\}\}", lambda match: place(match[1]), text).replace(
        "{{live_megabytes}}", megabytes(static)
    )


def copy_live(target: Path) -> None:
    """The engine, the model and the stored states, as the pages look for them; SystemExit if these
    were not made."""
    if not LIVE.is_dir():
        raise SystemExit(
            f"'{LIVE}' is not there: make book, or .venv/bin/python book/live/stored.py"
        )
    without = shutil.ignore_patterns("*.html", "*.css", "made-from.txt", "*.onnx")
    shutil.copytree(LIVE, target, ignore=without)
    for network in (LIVE / "model").glob("*.onnx"):
        (target / "model" / f"{network.name}.xz").write_bytes(packed(network.read_bytes()))
    scripts = [HERE / "live" / f"{name}.js" for name in MODULES]
    for script in [*scripts, *(HERE / "live" / "bundles").glob("*.js")]:
        shutil.copyfile(script, target / script.name)
