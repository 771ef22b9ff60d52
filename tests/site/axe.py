"""What axe-core finds on the pages of the built site: ``python tests/site/axe.py [PAGE …]``.

Every page is opened in three ways: light, dark, and as on a phone (390 pixels). All that is folded
away is opened first, and live pages are waited for. All of axe's rules run, and the size of targets
too, which axe leaves out unless it is asked. ``npm ci --prefix tests/javascript`` fetches axe.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SITE = ROOT / "book" / "_build" / "html"
AXE = ROOT / "tests" / "javascript" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = {
    "light": {"color_scheme": "light", "width": 1366},
    "dark": {"color_scheme": "dark", "width": 1366},
    "phone": {"color_scheme": "light", "width": 390},
}
# a live page has its model; saved widgets are drawn; nothing is folded away any more
READY = """() => document.readyState === "complete" && window.axe &&
  [...document.querySelectorAll(".clipnb-live:not([data-live=first])")].every((one) => one.querySelector("[data-state=live]")) &&
  [...document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')].every(
    (one) => one.parentElement.querySelector(".jupyter-widgets, .lm-Widget, .clipnb"))"""
UNFOLD = (
    "document.querySelectorAll('details').forEach((one) => (one.open = true));"
    "document.querySelectorAll('.toggle-hidden').forEach((one) => one.classList.remove('toggle-hidden'))"
)
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, html, failureSummary }) => ({ rule: id, impact, where: target.flat().join(" "), html, why: failureSummary })));
}"""


@dataclass(frozen=True)
class Finding:
    """A node of a page that breaks a rule."""

    page: str
    look: str
    rule: str
    impact: str
    where: str
    html: str
    why: str

    def __str__(self) -> str:
        why = " ".join(self.why.split())
        return f"{self.page} ({self.look}): {self.rule}, {self.impact}: {self.where}\n    {self.html[:160]}\n    {why[:300]}"


def pages(site: Path = SITE) -> list[str]:
    """All pages of the site."""
    return [
        path.relative_to(site).as_posix()
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
    ]


def no_axe() -> str | None:
    """Why axe cannot run, or None."""
    return None if AXE.exists() else "no axe-core: npm ci --prefix tests/javascript fetches it"


def opened(browser, base: str, names: list[str], width: int = 1366, unfold: bool = True):
    """Name after name, and its page at ``base``: ready, and with all that was folded away."""
    context = browser.new_context(reduced_motion="reduce", service_workers="block")
    context.set_default_timeout(120_000)
    context.add_init_script(path=AXE)
    page = context.new_page()
    try:
        for name in names:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{base}/{name}", wait_until="load")
            page.wait_for_function(READY)
            if unfold:
                page.evaluate(UNFOLD)
            yield name, page
    finally:
        context.close()


def examine(browser, base: str, names: list[str], looks=tuple(LOOKS)) -> list[Finding]:
    """Open pages at ``base`` in these looks; all that axe finds."""
    return [
        Finding(name, look, **one)
        for name, page in opened(browser, base, names)
        for look in looks
        for one in looked_at(page, look)
    ]


def looked_at(page, look: str) -> list[dict]:
    """What axe finds on an open page."""
    scheme, width = LOOKS[look]["color_scheme"], LOOKS[look]["width"]
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=scheme)
    return page.evaluate(RUN)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="such as live_wall.html; all, if none is named")
    parser.add_argument("--look", choices=LOOKS, action="append")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from lab_server import CHROMIUM, FLAGS, no_browser
    from packed_server import serving
    from playwright.sync_api import sync_playwright

    if reason := no_browser() or no_axe():
        raise SystemExit(reason)
    names = options.pages or pages()
    with serving(SITE) as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        found = examine(browser, server.address, names, options.look or tuple(LOOKS))
        browser.close()
    print(*found, sep="\n")
    for (look, rule, impact), count in sorted(
        Counter((one.look, one.rule, one.impact) for one in found).items()
    ):
        print(f"{look:6} {rule:32} {impact:9} {count}")
    print(f"{len(found)} findings on {len({one.page for one in found})} of {len(names)} pages")
    return bool(found)


if __name__ == "__main__":
    raise SystemExit(main())
