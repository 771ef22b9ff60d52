"""A real CLIP in the page: Python's numbers, nothing fetched before it is asked for, and one sentence
for whatever goes wrong. The models are small, with random weights, in the layout of the Hub."""

import base64
import io
import json
import shutil
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from live_browser import LIVE, live_page
from onnx_folder import save_folder
from PIL import Image
from test_live_names import LIST, READ, same

import clipnb
from clipnb.explain.reference import Reference

sys.path.insert(0, str(LIVE))
import names as stored

TEXTS = [
    "a",
    "a photo of a cat",
    "A Photo of a CAT",
    "größer, Älter: Café; naïve?!",
    "it's 12.5 % of (all) the birds' wings -- isn't it",
    "🐸 שלום 猫",
    " ".join(["a long text about a green frog with red eyes"] * 5),
]
SIZES = [(40, 40), (41, 40), (40, 97), (13, 29), (300, 200), (640, 1)]
OPEN = """async ({ base, texts, images }) => {
  const here = new URL('_static/live/', location.href);
  const { addressOf, folderAt, open, read } = await import(new URL('real_clip.js', here));
  const { pixelsOf } = await import(new URL('images.js', here));
  const { signal } = new AbortController();
  const folder = await folderAt(addressOf(base), signal);
  let loaded = 0;
  const parts = await read(folder, signal, (now) => (loaded = now));
  const { clip, scale, close } = await open(folder.name, parts, signal);
  const pixels = await Promise.all(images.map(async (uri) => pixelsOf(await (await fetch(uri)).blob())));
  const together = await clip.encodeTexts(texts);
  const alone = await clip.encodeTexts([texts[1]]);
  const rows = await clip.encodeImages(pixels);
  const cut = texts.map((text) => clip.isCut(text));
  close();
  return { size: folder.size, loaded, scale, cut, texts: together.map((row) => [...row]), alone: [...alone[0]],
    images: rows.map((row) => [...row]) };
}"""


class Server(ThreadingHTTPServer):
    """A teacher's server on loopback: ``asked`` has every request; ``slow`` is seconds before each
    piece of a file."""

    daemon_threads = True

    def __init__(self, folder, shared=True):
        self.shared, self.asked, self.slow, self.cut = shared, [], 0.0, ""

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def send_head(self):
                self.server.asked.append(f"{self.command} {self.path}")
                return super().send_head()

            def end_headers(self):
                if self.server.shared:
                    self.send_header("Access-Control-Allow-Origin", "*")
                super().end_headers()

            def copyfile(self, source, out):
                content = source.read()
                if self.server.cut and self.server.cut in self.path:
                    out.write(content[: len(content) // 2])
                    return self.connection.close()
                for start in range(0, len(content), 20_000):
                    time.sleep(self.server.slow)
                    try:
                        out.write(content[start : start + 20_000])
                    except OSError:
                        return None

        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/"


@contextmanager
def teacher(folder, **options):
    server = Server(folder, **options)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return save_folder(tmp_path_factory.mktemp("floats"))


@pytest.fixture(scope="module")
def eight(tmp_path_factory):
    return save_folder(tmp_path_factory.mktemp("eight"), logit_scale=False, eight_bits=True)


@pytest.fixture(scope="module")
def other(folders):
    return clipnb.load_clip(folders[0], device="cpu", cache=False)


def images():
    made = np.random.default_rng(0)
    return [Image.fromarray(made.integers(0, 256, (h, w, 3), dtype=np.uint8)) for w, h in SIZES]


def uri(image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def opened(lab, live, server, pictures, texts=TEXTS):
    with live_page(lab, live, "names") as sight:
        sight.expected += [server.address, "404"]
        asked = {"base": server.address, "texts": texts, "images": [uri(one) for one in pictures]}
        return sight.page.evaluate(OPEN, asked)


# --- Python's numbers -----------------------------------------------------------------------------


def test_embeddings_are_those_of_python(lab, live, folders, other):
    pictures = images()
    with teacher(folders[1]) as server:
        got = opened(lab, live, server, pictures)
    assert got["size"] == got["loaded"] == sum(f.stat().st_size for f in folders[1].rglob("*.*"))
    assert got["scale"] == pytest.approx(other.logit_scale, rel=1e-5)
    with pytest.warns(UserWarning, match="cut"):
        texts = other.encode_texts(TEXTS)
    assert np.abs(np.array(got["texts"]) - texts.numpy()).max() < 1e-4
    assert np.abs(np.array(got["images"]) - other.encode_images(pictures).numpy()).max() < 1e-4
    logits = got["scale"] * np.array(got["images"]) @ np.array(got["texts"]).T
    wanted = other.logit_scale * other.encode_images(pictures) @ texts.T
    assert np.abs(logits - wanted.numpy()).max() < 1e-3
    assert got["cut"] == [False] * 6 + [True]
    assert (texts[0] - texts[1]).abs().max() > 0.01  # the comparison can fail


def test_networks_in_8_bits_run_and_do_not_depend_on_the_batch(lab, live, eight):
    from onnx.reference import ReferenceEvaluator

    source, web = eight
    python = clipnb.load_clip(source, device="cpu", cache=False)
    pictures, texts = images()[:3], TEXTS[:4]
    with teacher(web) as server:
        got = opened(lab, live, server, pictures, texts)
    assert got["scale"] == pytest.approx(100) and got["alone"] == got["texts"][1]
    text = ReferenceEvaluator(str(web / "onnx" / "text_model_quantized.onnx"))
    vision = ReferenceEvaluator(str(web / "onnx" / "vision_model_quantized.onnx"))
    floats = np.vstack([python.encode_texts(texts), python.encode_images(pictures)])
    raw = [
        text.run(None, {"input_ids": python.tokenize([one])["input_ids"].numpy()}) for one in texts
    ]
    for one in pictures:
        pixels = python.image_processor(one, return_tensors="np")["pixel_values"]
        raw.append(vision.run(None, {"pixel_values": pixels}))
    rows = np.vstack([one[0] for one in raw])
    wanted = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    found = np.array(got["texts"] + got["images"])
    assert np.abs(found - wanted).max() < 0.02  # a value between two steps goes either way
    assert np.abs(found - wanted).mean() < np.abs(found - floats).mean()


# --- the page -------------------------------------------------------------------------------------


def ask_for(page, server):
    page.locator(".clipnb-real summary").click()
    page.get_by_label("Address of the folder").fill(server.address)
    page.get_by_role("button", name="Look up its size").click()
    page.get_by_role("button", name="from 127.0.0.1").click()


STATE = ".clipnb-real-state [role=status]"


def said(page, words):
    page.wait_for_function(
        "([where, words]) => document.querySelector(where).textContent.includes(words)",
        arg=[STATE, words],
    )


def number_of(page, name):
    return page.evaluate(f"document.querySelector('.clipnb-stage').model.get('{name}')")


def settled(page):
    page.wait_for_selector('.clipnb-names[data-pending="0"]')
    return page.evaluate(READ)


def test_everything_on_the_page_is_the_other_models(lab, live, folders, other, clip):
    widget, traits = stored.names_screen(clip)
    strip = [
        Image.open(io.BytesIO(base64.b64decode(one["uri"].split(",")[1])))
        for one in widget.get_state()["pictures"]
    ]
    reference = Reference.of(other.encode_images(strip))
    chosen = Image.fromarray(np.random.default_rng(3).integers(0, 256, (90, 160, 3), np.uint8))
    content = base64.b64decode(uri(chosen).split(",")[1])
    names = ["Red Fox", "größer", "🐸", "fish"]
    described = {
        "Red Fox": ["A bushy tail", "red fur"],
        "fish": ["has fins"],
        "🐸": ["x"],
        "größer": ["é"],
    }
    with teacher(folders[1]) as server, live_page(lab, live, "names") as sight:
        page = sight.page
        page.locator(".clipnb-live-drop [type=file]").set_input_files(
            {"name": "me.png", "mimeType": "image/png", "buffer": content}
        )
        page.wait_for_function("document.querySelector('.clipnb-live-mine:not([hidden])')")
        page.get_by_label(LIST).fill(", ".join(names))
        settled(page)
        before = page.evaluate(READ)
        assert not server.asked  # and a request to any other host fails the test
        sight.expected += [server.address, "404"]
        ask_for(page, server)
        said(page, "is in use")
        now = page.locator(".clipnb-real-now")
        assert server.address.split("/")[2] in now.inner_text()
        assert "All numbers on this page are those of" in now.inner_text()
        page.wait_for_function(
            "document.querySelector('.clipnb-live-note').textContent.includes('was read by')"
        )
        mine = other.encode_images([chosen])[0]
        page.get_by_role("button", name="Why?").click()
        same(settled(page), other, dict(clipnb.name_prompts(names)), mine, reference)
        page.get_by_role("button", name="Describe them").click()
        for name, row in described.items():
            page.get_by_role("textbox", name=name, exact=True).fill("\n".join(row))
        page.locator("body").click(position={"x": 2, "y": 2})
        page.wait_for_function("document.querySelectorAll('.clipnb-ranking li').length === 4")
        page.wait_for_timeout(300)
        same(settled(page), other, described, mine, reference)
        page.get_by_role("textbox", name="fish", exact=True).fill("a very long fin " * 12)
        page.wait_for_function(
            "document.querySelector('.clipnb-told').textContent.includes('One prompt is longer')"
        )
        # another image of the strip
        page.get_by_role("textbox", name="fish", exact=True).fill("has fins")
        page.locator(".clipnb-strip label").nth(2).click()
        page.wait_for_timeout(300)
        first = other.encode_images([strip[2]])[0]
        same(settled(page), other, described, first, reference)
        # back: the document stays, the numbers are the bundled model's
        page.get_by_role("button", name="Describe them").click()
        page.locator(".clipnb-live-mine").click()
        page.get_by_role("button", name="Back to the bundled CLIP").click()
        said(page, "bundled CLIP again")
        page.wait_for_function(
            "document.querySelector('.clipnb-live-note').textContent.includes('nothing but')"
        )
        assert now.is_hidden()
        assert settled(page)["lines"] == before["lines"]


def test_the_browser_keeps_it_until_it_is_removed(lab, live, folders):
    with teacher(folders[1]) as server, live_page(lab, live, "names") as sight:
        sight.expected += [server.address, "404"]
        page = sight.page
        ask_for(page, server)
        said(page, "is in use")
        count = len(server.asked)
        page.reload()
        page.wait_for_selector(".clipnb-live-status[data-state=live]")
        assert page.locator(".clipnb-real-now").is_hidden()
        page.locator(".clipnb-real summary").click()
        page.get_by_role("button", name="kept in this browser").click()
        said(page, "is in use")
        assert len(server.asked) == count
        page.get_by_role("button", name="Remove the kept model").click()
        said(page, "Removed")
        assert page.evaluate("caches.has('clipnb-real-clip')") is False
        assert page.get_by_role("button", name="Remove the kept model").is_hidden()


def test_a_folder_of_this_computer(lab, live, eight):
    with live_page(lab, live, "names") as sight:
        page = sight.page
        page.locator(".clipnb-real summary").click()
        page.locator(".clipnb-real [type=file]").set_input_files(eight[1])
        said(page, "“web” is in use")
        assert "logit scale 100." in page.locator(".clipnb-real-now").inner_text()
        assert number_of(page, "settings") == {
            "dim": 24,
            "scale": pytest.approx(100),
            "bias": 0,
            "sigmoid": False,
        }


def test_a_model_of_the_hub_is_listed_and_then_read(lab, live, eight):
    """The Hub's list of files, and contents through ``resolve``: nobody asks for headers, to which
    its file servers do not answer."""
    asked = []

    def hub(route):
        request = route.request
        asked.append(request.url.removeprefix("https://huggingface.co/"))
        path = eight[1] / request.url.split("/resolve/main/")[-1]
        headers = {"access-control-allow-origin": "*"}
        if "/api/models/" in request.url:
            found = [
                {
                    "type": "file",
                    "path": f.relative_to(eight[1]).as_posix(),
                    "size": f.stat().st_size,
                }
                for f in eight[1].rglob("*.*")
            ]
            route.fulfill(json=found, headers=headers)
        elif request.method == "GET" and path.is_file():
            route.fulfill(body=path.read_bytes(), headers=headers)
        else:
            route.fulfill(status=403, body="", headers=headers)

    with live_page(lab, live, "names") as sight:
        page = sight.page
        page.route("https://huggingface.co/**", hub)
        page.wait_for_timeout(300)
        assert not asked
        sight.expected.append("huggingface.co")
        page.locator(".clipnb-real summary").click()
        page.get_by_role("button", name="Load 156 MB from huggingface.co").click()
        said(page, "“Xenova/clip-vit-base-patch32” is in use")
        repository = "Xenova/clip-vit-base-patch32"
        assert asked[0] == f"api/models/{repository}/tree/main?recursive=true"
        assert sorted(asked[1:]) == sorted(
            f"{repository}/resolve/main/{f.relative_to(eight[1]).as_posix()}"
            for f in eight[1].rglob("*.*")
        )
        page.get_by_label("Address of the folder").fill("https://huggingface.co/a/b")
        page.get_by_role("button", name="Look up its size").click()
        said(page, "The folder has all five files, 1 MB.")
        assert asked[-1] == "api/models/a/b/tree/main?recursive=true"


# --- whatever goes wrong --------------------------------------------------------------------------


def broken(folders, target, change):
    shutil.copytree(folders[1], target)
    change(target)
    return target


def edit(name, **values):
    def change(folder):
        path = folder / name
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")

    return change


def swap(folder):
    text, vision = (folder / "onnx" / f"{one}_model.onnx" for one in ("text", "vision"))
    text.rename(folder / "x"), vision.rename(text), (folder / "x").rename(vision)


WRONG = {
    "no file": (lambda f: (f / "tokenizer.json").unlink(), "has no tokenizer.json at this address (404)."),
    "no network": (
        lambda f: shutil.rmtree(f / "onnx"),
        "has no onnx/text_model_quantized.onnx at this address (404).",
    ),
    "html": (lambda f: (f / "config.json").write_text("<html>"), "config.json is not a JSON object."),
    "list": (lambda f: (f / "config.json").write_text("[1]"), "config.json is not a JSON object."),
    "type": (edit("config.json", model_type="siglip"), "is of the type “siglip”; expected: clip."),
    "size": (edit("preprocessor_config.json", size=56, crop_size=56), "name different sizes of an image: 40 and 56."),
    "huge size": (edit("preprocessor_config.json", size=1e9), "The size in preprocessor_config.json is 1000000000;"),
    "filter": (edit("preprocessor_config.json", resample=2), "asks for another preparation of images"),
    "std": (edit("preprocessor_config.json", image_std=[0, 1, 1]), "image_std in preprocessor_config.json is 0;"),
    "words": (edit("config.json", text_config={"vocab_size": 50}), "has tokens that the text model does not know."),
    "scale": (edit("config.json", logit_scale="<b>"), "logit_scale in config.json is \"<b>\"; expected: a number"),
    "tokenizer": (edit("tokenizer.json", model={"type": "Unigram"}), "tokenizer.json is not that of a CLIP"),
    "large": (
        lambda f: (f / "config.json").write_text(" " * 1_100_000),
        "config.json is larger than 1 MB, which is the most that this page reads.",
    ),
    "pointer": (
        lambda f: (f / "onnx" / "text_model.onnx").write_text("version https://git-lfs"),
        "The text model is not a network that this page can run (",
    ),
    "swapped": (swap, "The text model reads pixel_values; expected: input_ids."),
}  # fmt: skip


def test_an_incorrect_folder_is_refused_in_one_sentence(lab, live, folders, tmp_path):
    for name, (change, _) in WRONG.items():
        broken(folders, tmp_path / name, change)
    with teacher(tmp_path) as server, live_page(lab, live, "names") as sight:
        sight.expected += [server.address, "404"]
        page = sight.page
        page.locator(".clipnb-real summary").click()
        before = settled(page)
        for name, (_, sentence) in WRONG.items():
            page.get_by_label("Address of the folder").fill(f"{server.address}{name}")
            page.get_by_role("button", name="Look up its size").click()
            page.wait_for_selector(".clipnb-real[aria-busy=false]")
            load = page.get_by_role("button", name="from 127.0.0.1")
            if load.is_visible():
                load.click()
            said(page, sentence)
            page.wait_for_selector(".clipnb-real[aria-busy=false]")
            text = page.locator(STATE).inner_text()
            assert text.endswith((".", ").")) and "undefined" not in text, text
            assert page.locator(".clipnb-real-now").is_hidden()
        assert settled(page) == before
        assert page.evaluate("caches.has('clipnb-real-clip')") is False


def test_no_network_no_permission_a_broken_line_and_cancel(lab, live, folders):
    with teacher(folders[1], shared=False) as closed, teacher(folders[1]) as server:
        with live_page(lab, live, "names") as sight:
            sight.expected += [
                server.address,
                closed.address,
                "404",
                "127.0.0.1:9",
                "ERR_",
                "huggingface",
            ]
            page = sight.page
            page.locator(".clipnb-real summary").click()
            field, look = (
                page.get_by_label("Address of the folder"),
                page.get_by_role("button", name="Look up"),
            )
            for text, sentence in (
                ("file:///etc/passwd", "not the address of a folder"),
                ("javascript:alert(1)", "not the address of a folder"),
                ("http://127.0.0.1:9/", "127.0.0.1:9 could not be reached"),
                (closed.address, "does not let other sites read its files"),
            ):
                field.fill(text)
                page.locator(".clipnb-real form").evaluate(
                    "form => form.dispatchEvent(new Event('submit', {cancelable: true}))"
                )
                said(page, sentence)
                page.wait_for_selector(".clipnb-real[aria-busy=false]")
            # the Hub cannot be reached from a test
            page.route("https://huggingface.co/**", lambda route: route.abort())
            page.get_by_role("button", name="Load 156 MB from huggingface.co").click()
            said(page, "huggingface.co could not be reached")
            page.wait_for_selector(".clipnb-real[aria-busy=false]")
            server.cut = "vision"
            field.fill(server.address)
            look.click()
            page.get_by_role("button", name="from 127.0.0.1").click()
            said(page, "The download of onnx/vision_model.onnx broke off")
            page.wait_for_selector(".clipnb-real[aria-busy=false]")
            server.cut, server.slow = "", 0.2
            look.click()
            page.get_by_role("button", name="from 127.0.0.1").click()
            said(page, "Loading 127.0.0.1")
            page.wait_for_function("document.querySelector('.clipnb-real progress').value > 0.2")
            page.get_by_role("button", name="Cancel").click()
            said(page, "Cancelled.")
            assert page.get_by_role("button", name="Cancel").is_hidden()
            assert page.evaluate("caches.has('clipnb-real-clip')") is False
            server.slow = 0
            look.click()
            page.get_by_role("button", name="from 127.0.0.1").click()
            said(page, "is in use")


@pytest.mark.parametrize("width", [390, 1366])
def test_it_fits_the_screen(lab, live, folders, width):
    with teacher(folders[1]) as server, live_page(lab, live, "names", width=width) as sight:
        sight.expected += [server.address, "404"]
        page = sight.page
        ask_for(page, server)
        said(page, "is in use")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        shown = page.locator(".clipnb-live :is(.clipnb-real, .clipnb-real-now) :is(button, input)")
        for one in shown.all():
            if one.is_visible():
                assert one.bounding_box()["height"] >= 24, one
        lab.shoot(page, f"real-{width}", full_page=True)
