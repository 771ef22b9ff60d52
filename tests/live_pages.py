"""Modules of the live pages in a real browser: served from memory on an address that nothing else can reach."""

from __future__ import annotations

import json
import mimetypes
from contextlib import contextmanager
from pathlib import Path

from lab_server import Sight

LIVE = Path(__file__).parent.parent / "book" / "live"
HOST = "live.invalid"  # no such host: whatever is not served here fails


@contextmanager
def module_page(lab, files: dict, html: str = "", width: int = 1100, height: int = 900):
    """A page at ``http://live.invalid/`` with these files (name → bytes, text or JSON) beside it; yields a Sight. Errors of the page fail the test."""
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
