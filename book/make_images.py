"""The pictures of README: ``python book/make_images.py`` writes book/images/*.png from the bundled model and field guide.

The still of the live explorer needs the built site (``make book``) and a chromium; where one is missing it stays as it is, with the reason.
"""

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import clipnb  # noqa: E402
from clipnb import plots  # noqa: E402

OUT = Path(__file__).parent / "images"
SITE = Path(__file__).parent / "_build" / "html"
CHROMIUM = os.environ.get("CLIPNB_CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WORDS = "smooth wet skin"  # what the still writes in place of a descriptor


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def live_explorer(site: Path = SITE, out: Path = OUT / "live.png", width: int = 1180) -> Path | None:
    """A still of the live explorer after somebody has written a descriptor into it; None, with the reason printed, where it cannot be taken."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return print("The live page is not photographed: playwright is not installed.")
    if CHROMIUM is None or not (site / "live_explorer.html").exists():
        return print(f"The live page is not photographed: there is no {'chromium' if CHROMIUM is None else 'built site; say  make book'}.")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme="light", device_scale_factor=1.5)
            page.goto(f"http://127.0.0.1:{server.server_port}/live_explorer.html")
            page.wait_for_selector(".clipnb-live-status[data-state=live]", timeout=120_000)
            field = page.locator(".clipnb-panel .clipnb-rows [type=text]").first
            field.fill(WORDS)
            page.wait_for_function("document.querySelector('.clipnb-stage').dataset.pending === '0'")
            field.blur()
            page.wait_for_timeout(500)
            top, panels = page.locator(".clipnb-live").bounding_box(), page.locator(".clipnb-panels").bounding_box()
            below = panels["y"] + panels["height"] - top["y"]
            page.screenshot(path=out, full_page=True, clip={"x": top["x"] - 8, "y": top["y"] - 8, "width": top["width"] + 16, "height": below + 16})
            browser.close()
    finally:
        server.shutdown()
        server.server_close()
    return out


def main() -> None:
    OUT.mkdir(exist_ok=True)
    clip = clipnb.load_clip()
    data = clipnb.load_fieldguide("test", per_species=2)
    names = data.class_names
    show = ["northern cardinal", "hoopoe", "monarch", "Apollo", "Rosalia longicorn", "wasp beetle", "clownfish", "Moorish idol"]
    show += ["tree frog", "tailed frog", "foxglove", "common sunflower", "fly agaric", "shaggy ink cap", "sugar maple", "English holly"]
    titles = [name if data.seen[names.index(name)] else f"{name}\n(held out)" for name in show]
    axes = plots.show_images([data.of_class(name).images[0] for name in show], titles, columns=8, side=1.45)
    axes[0, 0].figure.savefig(OUT / "fieldguide.png", dpi=130)
    table = clipnb.descriptor_prompts(clipnb.load_descriptors("fieldguide").select(names), include_name=False)
    picture = data.of_class("Apollo")
    left, _ = plots.explain_picture(picture, clipnb.ZeroShotClassifier(clip, table).predict(picture), 0)
    left.figure.savefig(OUT / "explained.png", dpi=110)
    live_explorer()


if __name__ == "__main__":
    main()
