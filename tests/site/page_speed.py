"""How fast the built site is over a slow line: ``python tests/site/page_speed.py``, or as part of
``make test-book``.

Eight pages, each in a browser that has nothing of the site, over 1.6 Mbit/s and 150 ms from a
server that packs text. For each: requests, compressed bytes, first paint, complete (everything
loaded, saved widgets drawn), layout shift, and on a live page when it answers new texts and new
images, and when it is live at a second visit, which the service worker serves. Medians of
``--repeat`` visits.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SITE = ROOT / "book" / "_build" / "html"
sys.path.insert(0, str(ROOT / "tests" / "support"))

from lab_server import CHROMIUM, FLAGS, no_browser
from packed_server import SLOW, Line, Server, serving

PAGES = (
    "index",
    "notebooks/00_start_here",
    "notebooks/01_see_what_clip_sees",
    "notebooks/03_classify_zero_shot",
    "notebooks/04_classify_by_description",
    "notebooks/07_explain_a_network",
    "live_wall",
    "live_explorer",
)
COLUMNS = ("requests", "kB", "first paint", "complete", "shift", "text", "images", "again")
# when the first live place of a page has reached each of its states, and how far the layout moved
WATCH = """(() => {
  window.reached = {}; window.shift = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
  }).observe({ type: "layout-shift", buffered: true });
  new MutationObserver(() => {
    const state = document.querySelector(".clipnb-live-status")?.dataset.state;
    if (state) window.reached[state] ??= performance.now() / 1000;
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["data-state"] });
})()"""
DRAWN = """() => document.readyState === "complete" &&
  [...document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')].every(
    (one) => one.parentElement.querySelector(".jupyter-widgets, .lm-Widget, .clipnb"))
  && (!document.querySelector("[data-live]:not([data-live=first])") || window.reached.live)"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime / 1000"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"


def quiet(server: Server, seconds: float = 0.5) -> None:
    """Return when nothing was asked of the server for a while."""
    since = time.monotonic()
    while time.monotonic() - since < seconds:
        if server.busy:
            since = time.monotonic()
        time.sleep(0.02)


def visit(browser, server: Server, name: str) -> dict[str, float | None]:
    """What a first visit of a page takes."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, service_workers="block", reduced_motion="reduce"
    )
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(240_000)
    try:
        server.sent.clear()
        page.goto(f"{server.address}/{name}.html", wait_until="commit")
        page.wait_for_function(DRAWN, polling=50)
        drawn = page.evaluate("performance.now() / 1000")
        quiet(server)
        reached = page.evaluate("window.reached")
        return {
            "requests": len(server.sent),
            "kB": sum(size for _, size, _ in server.sent) / 1000,
            "first paint": page.evaluate(PAINT),
            "complete": page.evaluate(LOADED) if reached else drawn,
            "shift": page.evaluate("window.shift"),
            "text": reached.get("text", reached.get("live")),
            "images": reached.get("live"),
        }
    finally:
        context.close()


KEPT = """async (path) => {
  while (!(navigator.serviceWorker.controller && (await caches.match(path)))) await new Promise((done) => setTimeout(done, 50));
}"""


def again(browser, server: Server, name: str) -> float:
    """Seconds until a live page is live at its second visit; the first is over a fast line."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    context.add_init_script(WATCH)
    line, server.line = server.line, Line()
    try:
        page = context.new_page()
        page.goto(f"{server.address}/{name}.html")
        page.wait_for_function(DRAWN, polling=50)
        page.evaluate(KEPT, f"{server.address}/_static/live/model/image.onnx.xz")
        page.evaluate(KEPT, f"{server.address}/_static/vendor/xz.mjs")
        quiet(server)
        page.close()
        server.line = line
        page = context.new_page()
        page.goto(f"{server.address}/{name}.html")
        page.wait_for_function(DRAWN, polling=50)
        return page.evaluate("window.reached.live")
    finally:
        server.line = line
        context.close()


def measured(folder: Path, pages: list[str], repeat: int, line: dict) -> dict[str, dict]:
    """Page → medians of its visits."""
    from playwright.sync_api import sync_playwright

    table = {}
    with sync_playwright() as playwright, serving(folder, **line) as server:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name in pages:
            visits = [visit(browser, server, name) for _ in range(repeat)]
            table[name] = {
                column: statistics.median(one[column] for one in visits)
                for column in COLUMNS
                if visits[0].get(column) is not None
            }
            if "images" in table[name]:
                table[name]["again"] = again(browser, server, name)
            print(row(name, table[name]), flush=True)
        browser.close()
    return table


def row(name: str, values: dict) -> str:
    digits = {"requests": 0, "kB": 0, "shift": 3}
    cells = [
        f"{values[column]:>11.{digits.get(column, 1)}f}" if column in values else " " * 11
        for column in COLUMNS
    ]
    return f"{name:<38}" + "".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", default=PAGES)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--fast", action="store_true", help="over a line of this machine's speed")
    options = parser.parse_args()
    if reason := no_browser():
        raise SystemExit(f"Not measured: {reason}")
    print(f"{'seconds, unless it says otherwise':<38}" + "".join(f"{one:>11}" for one in COLUMNS))
    measured(options.site, options.pages, options.repeat, {} if options.fast else SLOW)


if __name__ == "__main__":
    main()
