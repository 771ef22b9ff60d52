"""The images of README: ``python book/make_images.py`` writes book/images/ from the bundled model,
the field guide and the built site."""

import io
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import matplotlib

matplotlib.use("agg")
from PIL import Image

import clipnb
from clipnb import plots
from clipnb.evaluation import crossing

OUT = Path(__file__).parent / "images"
SITE = Path(__file__).parent / "_build" / "html"
# the film: the image, the descriptor that is switched off, and the one that is written
KIND, IMAGE, TRUE_CLASS, OFF = "bird", "barn owl (test/9)", "barn owl", "descriptor 2"
ADDED = "a golden-brown back and wings"


def live_page() -> None:
    """A film of the live explorer in which a reader writes a descriptor and the ranking changes:
    needs the site (make book) and a chromium."""
    from playwright.sync_api import sync_playwright

    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(SITE))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1240, "height": 1600})
        page.goto(f"http://127.0.0.1:{server.server_port}/live_explorer.html")
        page.wait_for_selector('.clipnb-live-status[data-state="live"]')
        page.add_style_tag(content=".skip-link, #pst-skip-link { display: none !important }")
        film(page)
        browser.close()
    server.shutdown()


def film(page) -> None:
    """An image is classified incorrectly; the descriptor with the lowest cosine is switched off,
    and another one is written word by word. ``live.webp`` repeats without end."""
    page.get_by_label("Field guide").select_option(KIND)
    page.get_by_label(IMAGE).check()
    page.wait_for_timeout(1500)  # the page encodes and sorts
    frames, seconds = [shot(page)], [2.5]
    panel = page.locator(".clipnb-panel", has=page.get_by_label(f"{TRUE_CLASS}, {OFF}: on"))
    page.get_by_label(f"{TRUE_CLASS}, {OFF}: on").uncheck()
    page.wait_for_timeout(1000)
    frames.append(shot(page))
    seconds.append(2.5)
    panel.get_by_role("button", name="Add a descriptor").click()
    for word in ADDED.split():
        page.keyboard.type(word + " ")
        page.wait_for_timeout(1000)
        frames.append(shot(page))
        seconds.append(0.7)
    seconds[-1] = 3.5
    # the page grows by a row; all frames of a film are of one size
    size = frames[0].width, min(frame.height for frame in frames)
    frames = [frame.crop((0, 0, *size)) for frame in frames]
    frames[0].save(
        OUT / "live.webp",
        save_all=True,
        append_images=frames[1:],
        duration=[int(1000 * s) for s in seconds],
        loop=0,
        quality=80,
        method=6,
    )


def shot(page) -> Image.Image:
    """The model's part of the page, down to the end of its panels."""
    whole, panels = (
        page.locator(place).bounding_box() for place in (".clipnb-live", ".clipnb-panels")
    )
    height = panels["y"] + panels["height"] - whole["y"] + 4
    clip = {"x": whole["x"] - 12, "y": whole["y"] - 8, "width": whole["width"] + 24}
    return Image.open(io.BytesIO(page.screenshot(clip=clip | {"height": height}))).convert("RGB")


def long_tail(clip: clipnb.Clip) -> None:
    """Accuracy over name frequency, of all test images."""
    data = clipnb.load_fieldguide("test")
    names, descriptors = data.class_names, clipnb.load_descriptors("fieldguide")
    bare = descriptors.select(names)
    tables = {
        "name": clipnb.name_prompts(names),
        "description": clipnb.descriptor_prompts(bare, include_name=False),
        "name + description": clipnb.descriptor_prompts(bare),
        "control: swapped": clipnb.swapped_prompts(bare, include_name=False),
    }
    methods = {what: clipnb.ZeroShotClassifier(clip, table) for what, table in tables.items()}
    found = crossing(methods["name"], methods["description"], data)
    ax = plots.plot_name_frequency(clipnb.by_name_frequency(methods, data), found)
    ax.figure.savefig(OUT / "long_tail.png", dpi=110)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    clip = clipnb.load_clip()
    data = clipnb.load_fieldguide("test", per_species=2)
    names = data.class_names
    show = [
        "northern cardinal",
        "hoopoe",
        "monarch",
        "Apollo",
        "Rosalia longicorn",
        "wasp beetle",
        "clownfish",
        "Moorish idol",
    ]
    show += [
        "tree frog",
        "tailed frog",
        "foxglove",
        "common sunflower",
        "fly agaric",
        "shaggy ink cap",
        "sugar maple",
        "English holly",
    ]
    titles = [name if data.seen[names.index(name)] else f"{name}\n(held out)" for name in show]
    axes = plots.show_images(
        [data.of_class(name).images[0] for name in show], titles, columns=8, side=1.45
    )
    axes[0, 0].figure.savefig(OUT / "fieldguide.png", dpi=130)
    table = clipnb.descriptor_prompts(
        clipnb.load_descriptors("fieldguide").select(names), include_name=False
    )
    picture = data.of_class("Apollo")
    left, _ = plots.explain_image(
        picture, clipnb.ZeroShotClassifier(clip, table).predict(picture), 0
    )
    left.figure.savefig(OUT / "explained.png", dpi=110)
    long_tail(clip)
    if SITE.exists():
        live_page()


if __name__ == "__main__":
    main()
