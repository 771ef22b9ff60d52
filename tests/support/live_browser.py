"""Modules of the live pages in a real browser: served from memory on an address that nothing else
can reach."""

from __future__ import annotations

import json
import mimetypes
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab_server import Sight

BOOK = Path(__file__).parent.parent.parent / "book"
LIVE = BOOK / "live"
HOST = "live.invalid"  # no such host: whatever is not served here fails


@contextmanager
def module_page(lab, files: dict, html: str = "", width: int = 1100, height: int = 900):
    """A page at ``http://live.invalid/`` with these files (name → bytes, text or JSON) beside it;
    yields a Sight. Errors of the page fail the test."""
    context = lab.browser.new_context(viewport={"width": width, "height": height})
    sight = Sight(context.new_page())
    sight.watch(HOST)

    def answer(route):
        name = route.request.url.split(f"{HOST}/")[1].split("?")[0]
        if name in files or not name:
            body = files[name] if name else f"<!doctype html><meta charset=utf-8>{html}"
            kind = mimetypes.guess_type(name)[0] if name else "text/html"
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
            route.fulfill(status=200, body=body, content_type=kind or "application/octet-stream")
        else:
            route.fulfill(status=404, body="")

    context.route(f"http://{HOST}/**", answer)
    try:
        sight.page.goto(f"http://{HOST}/")
        yield sight
        sight.check()
    finally:
        context.close()


# what a wall of images shows; the first screen's has nothing to press, and so no numbers of images
READ = """() => ({
  names: [...document.querySelectorAll(".clipnb-wall img")].map((one) => one.alt),
  order: [...document.querySelectorAll(".clipnb-wall button")].map((one) => Number(one.dataset.image)),
  values: [...document.querySelectorAll(".clipnb-wall .clipnb-value")].map((one) => Number(one.textContent.replace("−", "-"))),
  ids: [...document.querySelectorAll(".clipnb-chips .clipnb-id")].map((one) => Number(one.textContent)),
  best: document.querySelector(".clipnb-told").textContent,
})"""
SETTLED = (
    "text => document.querySelector('.clipnb-live .clipnb').dataset.pending === '0' &&"
    " document.querySelector('.clipnb-entry input').value === text"
)


def write(page, text: str) -> dict:
    """Type a text, wait for its numbers, and read the wall."""
    page.get_by_label("Text", exact=True).fill(text)
    page.wait_for_function(SETTLED, arg=text)
    return page.evaluate(READ)


UNLABELLED = (
    "box => [...box.querySelectorAll('input, select, button')].filter((one) => !(one.ariaLabel ||"
    " one.labels?.length || one.textContent.trim() || one.querySelector('[alt]'))).length"
)


def write_all(page, payloads) -> None:
    """Write one text after the other, and wait for its numbers."""
    for payload in payloads:
        page.get_by_label("Text", exact=True).fill(payload)
        page.wait_for_function(SETTLED, arg=page.get_by_label("Text", exact=True).input_value())


def check_texts_stayed_texts(page) -> None:
    """Nothing that was written is markup or has run, and every control has a name."""
    assert page.evaluate("window.owned") is None
    found = ".clipnb-live :is(script, iframe, a, style, math, [onerror], [onload])"
    assert page.locator(found).count() == 0
    assert page.locator(".clipnb-live").evaluate(UNLABELLED) == 0


def make_site(root: Path) -> Path:
    """The live pages as the site has them, without the book around them: ``live/NAME.html``, and
    ``_static`` with scripts, model and data."""
    pytest.importorskip(
        "onnxscript", reason="onnxscript is not installed: pip install clipnb[live]"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(LIVE))
        patch.syspath_prepend(str(BOOK))
        import export
        import live_pages
        import stored
        import vendor

        try:
            vendor.vendor(root / "_static" / "vendor")
        except SystemExit as error:
            pytest.skip(str(error))
        shutil.copytree(export.export(), root / "made" / "model")
        stored.store(root / "made" / "pages")
        patch.setattr(live_pages, "LIVE", root / "made")
        live_pages.copy_live(root / "_static" / "live")
        names = ("first", "names", "wall", "inside", "heads", "explorer-frog", "creature-bird")
        blocks = {
            name: "\n".join(
                live_pages.with_live_parts(f"{{{{live:{name}}}}}", root / "_static").splitlines()[
                    1:-1
                ]
            )
            for name in names
        }
    for module in ("export", "live_pages", "stored", "vendor"):
        sys.modules.pop(module, None)
    head = (
        '<!doctype html><meta charset=utf-8><meta name=viewport content="width=device-width"><link'
        " rel=icon href=data:,><title>live</title>"
    )
    styles = (
        '<link rel=stylesheet href="_static/style.css"><link rel=stylesheet'
        ' href="_static/live.css">'
    )
    for style in ("style.css", "live.css"):
        shutil.copy(BOOK / "assets" / style, root / "_static")
    for name, block in blocks.items():
        (root / f"{name}.html").write_text(
            f'{head}{styles}<body class="bd-content"><article class="bd-article">{block}</article>',
            "utf-8",
        )
    return root


@contextmanager
def live_page(
    lab, address: str, name: str, prepare=None, wait: bool = True, width: int = 1100, **options
):
    """A live page of a served site, by default when its model is there; whatever goes wrong unseen
    fails the test."""
    context = lab.browser.new_context(viewport={"width": width, "height": 900}, **options)
    context.set_default_timeout(120_000)
    sight = Sight(context.new_page())
    sight.watch(address.removeprefix("http://"))
    try:
        if prepare:
            prepare(sight)
        sight.page.goto(f"{address}/{name}.html")
        if wait:
            sight.page.wait_for_selector(".clipnb-live-status[data-state=live]")
        sight.page.wait_for_selector(".clipnb-live .clipnb")
        yield sight
        sight.check()
    finally:
        context.close()


def without_engine(sight) -> None:
    """The model never comes."""
    sight.expected.append("engine.js")
    sight.page.route("**/engine.js", lambda route: route.fulfill(status=404, body=""))


def without_webassembly(sight) -> None:
    sight.page.add_init_script("delete globalThis.WebAssembly")
