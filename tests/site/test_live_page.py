"""The live pages in a browser: stored results first, the model in the page afterwards, Python's
numbers, and nothing that leaves the page.

The pages are made by live_browser.py as book/build.py makes them, without the site around them;
tests/site/test_book.py opens them in the built site.
"""

import base64
import io
import json
from contextlib import contextmanager

import numpy as np
import pytest
from lab_server import Sight
from live_browser import live_page
from payloads import PAYLOADS
from PIL import Image

import clipnb
from clipnb.widgets.explorer.state import Explorer

LIVE = '[data-state="live"]'


@pytest.fixture(scope="module")
def opened(lab, live):
    """``with opened(…) as page``: the live page, in a context of its own; any error or request to
    elsewhere fails the test."""

    @contextmanager
    def open_page(path="explorer-frog.html", wait=LIVE, before=None, missing=None, **options):
        context = lab.browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        context.set_default_timeout(120_000)
        if missing:
            context.route(f"**/{missing}", lambda route: route.fulfill(status=404, body=""))
        if before:
            context.add_init_script(before)
        sight = Sight(context.new_page())
        sight.watch(live.removeprefix("http://"))
        sight.page.asked = []
        sight.page.on("request", lambda request: sight.page.asked.append(request.url))
        try:
            sight.page.goto(path if ":" in path else f"{live}/{path}")
            if wait:
                sight.page.wait_for_selector(wait)
            yield sight.page
            sight.check()
        finally:
            context.close()

    return open_page


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


@pytest.fixture
def state(clip, frogs):
    """What Python makes of the same page."""
    return Explorer(
        clip,
        frogs,
        clipnb.load_descriptors("fieldguide").select(frogs.class_names),
        strip=len(frogs),
        start="tailed frog",
    )


def status(page) -> str:
    return page.locator(".clipnb-live-status").inner_text()


def rows(page, side=0):
    return page.locator(".clipnb-panel").nth(side).locator("textarea")


def scores(page) -> dict[str, float]:
    """Class → score, of the eight best."""
    page.wait_for_selector('.clipnb-stage[data-pending="0"]')
    lines = page.locator(".clipnb-ranking li").evaluate_all(
        "all => all.map((one) => [one.children[0].textContent, one.children[3].textContent])"
    )
    return {
        name: float(score.replace("−", "-")) for name, score in lines if score != "no descriptor"
    }


def same_scores(page, state) -> None:
    wanted = dict(zip(state.names, state.scores()))
    shown = scores(page)
    best = [state.names[of] for of in state.ranking()[:8] if wanted[state.names[of]] is not None]
    assert set(shown) == set(best) or min(shown.values()) == pytest.approx(
        min(wanted[name] for name in best), abs=1.1e-3
    )
    for name, score in shown.items():
        assert score == pytest.approx(wanted[name], abs=1.1e-3), name  # three digits are shown


# --- stored, then live ----------------------------------------------------------------------------


def test_stored_results_come_first_and_then_the_model(opened, state):
    with opened(wait="[data-shown]") as page:
        same_scores(page, state)
        page.wait_for_selector(LIVE)
        assert status(page).startswith("Live: the model runs in this page.")
        same_scores(page, state)


def test_new_words_are_scored_as_python_scores_them(opened, state):
    of = state.compared()[0]
    with opened() as page:
        for row, text in enumerate(["a tail", "große schwarze Augen 🐸", "  ", "a frog " * 60]):
            rows(page).nth(row).fill(text)
            state.act({"do": "edit", "of": of, "row": row, "text": text})
        state.learn()
        page.locator("body").click(position={"x": 2, "y": 2})
        same_scores(page, state)
        page.get_by_role("button", name="Reset").click()
        state.act({"do": "reset"})
        same_scores(page, state)


TIMED = """async (texts) => {
  const field = document.querySelector(".clipnb-panel textarea"), line = field.closest("li"), shown = line.querySelector(".clipnb-value"), times = [];
  for (const text of texts) {
    field.value = text;
    const start = performance.now();
    field.dispatchEvent(new Event("input"));
    while (shown.textContent === "…" || line.dataset.pending === "true") await new Promise((done) => setTimeout(done));
    times.push(performance.now() - start);
  }
  return times;
}"""


def test_an_edited_descriptor_is_scored_again_at_once(opened):
    with opened() as page:
        times = page.evaluate(TIMED, [f"a tail as long as {number} legs" for number in range(30)])
        print(
            f"An edited descriptor: {np.median(times):.0f} ms (median of {len(times)}, p95"
            f" {np.percentile(times, 95):.0f} ms)"
        )
        assert np.median(times) <= 250  # 50 ms on a machine that does nothing else


def test_reasons_follow_the_ranking_until_a_class_is_picked(opened, state):
    def asked():
        best, second = (state.names[of] for of in state.compared())
        return f"Why {best} rather than {second}?"

    with opened() as page:
        heading = page.locator(".clipnb-because .clipnb-heading")
        for picture in range(len(state.images)):
            page.locator(".clipnb-strip [type=radio]").nth(picture).check(force=True)
            state.act({"do": "choose", "picture": picture})
            assert heading.inner_text() == asked()
        kept = page.locator(".clipnb-panel select").first.input_value()
        for row in range(rows(page).count()):  # the panel keeps its class while it is edited
            rows(page).nth(row).fill("nothing of the kind")
        assert page.locator(".clipnb-panel select").first.input_value() == kept
        page.get_by_role("button", name="Reset").click()
        third = state.names[state.ranking()[2]]
        page.locator(".clipnb-ranking button").nth(2).click()
        assert third in heading.inner_text()
        page.get_by_role("button", name="Compare the two best").click()
        assert heading.inner_text() == asked()


def test_every_kind_of_the_field_guide_can_be_had(opened, clip):
    with opened() as page:
        kinds = page.get_by_label("Field guide:")
        assert kinds.locator("option").all_inner_texts() == sorted(clipnb.fieldguide.world.KINDS)
        kinds.select_option("mushroom")
        page.wait_for_function(
            "document.querySelector('.clipnb-panel select').textContent.includes('fly agaric')"
        )
        rows(page).first.fill("a red cap with white spots")
        assert "fly agaric" in scores(page)
        kinds.select_option("frog")
        page.wait_for_function(
            "document.querySelector('.clipnb-panel select').textContent.includes('tailed frog')"
        )


def test_a_kind_that_cannot_be_fetched_is_said_and_the_list_stays(lab, live):
    with live_page(lab, live, "explorer-frog") as sight:
        page = sight.page
        sight.expected.append("explorer-mushroom.js")
        page.route("**/explorer-mushroom.js", lambda route: route.abort())
        kinds = page.get_by_label("Field guide:")
        kinds.select_option("mushroom")
        page.wait_for_function(
            "document.querySelector('.clipnb-live-note').textContent.includes('mushroom page could"
            " not be loaded')"
        )
        assert kinds.input_value() == "frog" and "tailed frog" in scores(page)
        page.unroute("**/explorer-mushroom.js")
        kinds.select_option("mushroom")
        page.wait_for_function(
            "document.querySelector('.clipnb-panel select').textContent.includes('fly agaric')"
        )


# --- classes and images of the reader's own -----------------------------------------------------


def test_classes_can_be_added_and_removed_and_undone(opened, state):
    with opened() as page:
        field, add = (
            page.get_by_label("Name of a class"),
            page.get_by_role("button", name="Add this class"),
        )
        add.click()
        assert (
            page.locator(".clipnb-live-note").first.inner_text()
            == "Write the name of the class first."
        )
        field.fill("  my   newt ")
        add.click()
        assert page.locator(".clipnb-panel select").first.input_value() == "my newt"
        assert page.evaluate(
            "document.activeElement === document.querySelector('.clipnb-panel textarea')"
        )
        page.keyboard.type("a very long tail")
        new = {"name": "my newt", "rows": [{"text": "a very long tail", "on": True, "weight": 1}]}
        state.document["classes"].append(new)
        state.learn()
        same_scores(page, state)
        field.fill("MY NEWT")
        field.press("Enter")
        assert "already" in page.locator(".clipnb-live-note").first.inner_text()
        page.get_by_role("button", name="Remove the first class").click()
        state.document["classes"].pop()
        same_scores(page, state)
        # the removal, the typing, the adding: then the first class is gone, and another stands
        # there
        for _ in range(3):
            page.get_by_role("button", name="Undo").click()
        assert page.locator(".clipnb-panel select").first.locator("option").count() == len(
            state.names
        )
        same_scores(page, state)


def jpeg_of(turn: int) -> tuple[bytes, Image.Image]:
    """A photo with an EXIF turn, and what Python sees of it."""
    image = clipnb.load_fieldguide("shifted", per_species=1).images[3].resize((400, 300))
    exif = Image.Exif()
    exif[0x0112] = turn
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92, exif=exif)
    return file.getvalue(), clipnb.data.decode.to_rgb(Image.open(io.BytesIO(file.getvalue())))


def own_scores(state, clip, image) -> None:
    """Let Python look at the reader's image."""
    state.images._embeddings[state.document["picture"]] = clip.encode_images([image])[0].numpy()


DROP = """([text, type, name, how]) => {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  const at = document.querySelector(".clipnb-stage");
  if (how === "drop") for (const what of ["dragover", "drop"]) at.dispatchEvent(new DragEvent(what, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  else document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));
}"""


@pytest.mark.parametrize("how", ["choose", "drop", "paste"])
def test_a_picture_of_ones_own_is_scored_and_never_leaves_the_page(how, opened, state, clip):
    photo, image = jpeg_of(6)
    with opened() as page:
        page.evaluate(
            "import('/_static/live/images.js').then((images) => images.decoded(new"
            " Blob()).catch(() => {}))"
        )
        before = len(page.asked)
        if how == "choose":
            page.locator("[type=file]").set_input_files(
                {"name": "me & my frog.jpg", "mimeType": "image/jpeg", "buffer": photo}
            )
        else:
            page.evaluate(
                DROP, [base64.b64encode(photo).decode(), "image/jpeg", "me & my frog.jpg", how]
            )
        page.wait_for_function(
            "document.querySelector('.clipnb-live-note').textContent.startsWith('Your image is in')"
        )
        asked = [
            address for address in page.asked[before:] if not address.startswith(("data:", "blob:"))
        ]
        assert not asked
        assert page.locator(".clipnb-stage figcaption").inner_text() == "me & my frog.jpg"
        wide, high = page.locator(".clipnb-image").evaluate(
            "one => one.decode().then(() => [one.naturalWidth, one.naturalHeight])"
        )
        assert (wide < high) == (image.width < image.height)
        own_scores(state, clip, image)
        same_scores(page, state)
        page.locator(".clipnb-strip [type=radio]").first.check(force=True)
        state_of_first = Explorer(
            clip,
            state.images.data,
            {
                one["name"]: [row["text"] for row in one["rows"]]
                for one in state.document["classes"]
            },
            strip=99,
            start=0,
        )
        same_scores(page, state_of_first)
        page.locator(".clipnb-live-mine").click()
        same_scores(page, state)
        page.get_by_label("Field guide:").select_option("mushroom")  # the image comes along
        page.wait_for_function(
            "document.querySelector('.clipnb-panel select').textContent.includes('fly agaric')"
        )
        page.locator(".clipnb-live-mine").click()
        page.wait_for_function(
            "document.querySelector('.clipnb-stage figcaption').textContent === 'me & my frog.jpg'"
        )


def test_what_is_no_picture_is_said_so(opened):
    with opened() as page:
        for content in (
            b"no image",
            b"",
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'"
                b" onload='window.owned=1'><script>window.owned=1</script></svg>"
            ),
        ):
            page.evaluate("document.querySelector('.clipnb-live-note').textContent = ''")
            page.locator("[type=file]").set_input_files(
                {"name": "x.svg", "mimeType": "image/svg+xml", "buffer": content}
            )
            page.wait_for_function(
                "document.querySelector('.clipnb-live-note').textContent.includes('could not be"
                " read as an image')"
            )
        assert page.evaluate("window.owned") is None


def file_of(kind: str, width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, kind)
    return file.getvalue()


def test_the_size_of_an_image_is_known_before_it_is_decoded(opened):
    files = [file_of(kind, 321, 123) for kind in ("PNG", "GIF", "JPEG", "WEBP")]
    file = io.BytesIO()
    Image.new("RGBA", (321, 123)).save(file, "WEBP", lossless=True)
    with opened(wait="[data-shown]") as page:
        for content in [*files, file.getvalue()]:
            size = page.evaluate(
                """async (text) => (await import("/_static/live/image_size.js")).sizeOf(
                  new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))]))""",
                base64.b64encode(content).decode(),
            )
            assert size == {"width": 321, "height": 123}, content[:16]
        for broken in ("", "/9j/", "iVBORw0KGgo="):
            page.evaluate(
                "async (text) => (await import('/_static/live/image_size.js')).sizeOf(new"
                " Blob([atob(text)]))",
                broken,
            )


def test_an_image_of_too_many_pixels_is_refused_at_once(opened):
    header = file_of("PNG", 20, 20)
    large = header[:16] + (20_000).to_bytes(4, "big") * 2 + header[24:]
    with opened() as page:
        field = page.locator("[type=file]")
        assert "svg" not in field.get_attribute("accept")
        field.set_input_files({"name": "large.png", "mimeType": "image/png", "buffer": large})
        page.wait_for_function(
            "document.querySelector('.clipnb-live-note').textContent.includes('400 million"
            " pixels')",
            timeout=5_000,
        )


# --- text is data ---------------------------------------------------------------------------------


def test_no_script_in_any_text_field_or_file_name_is_run(opened):
    payloads = PAYLOADS[::4]
    assert len(payloads) == 25
    with opened() as page:
        photo, _ = jpeg_of(1)
        for number, payload in enumerate(payloads):
            page.get_by_label("Name of a class").fill(f"{number}{payload}"[:60])
            page.get_by_role("button", name="Add this class").click()
            rows(page).first.fill(payload)
            page.get_by_label("Field guide:").focus()
            page.get_by_role("button", name="Remove the first class").click()
            page.evaluate(DROP, [base64.b64encode(photo).decode(), "image/jpeg", payload, "drop"])
            page.wait_for_function(
                "name => document.querySelector('.clipnb-stage figcaption').textContent === name",
                arg=payload,
            )
            page.evaluate(DROP, [base64.b64encode(b"no").decode(), "image/jpeg", payload, "drop"])
            page.wait_for_function(
                "name => document.querySelector('.clipnb-live-note').textContent.includes(name)",
                arg=payload,
            )
        assert page.evaluate("window.owned") is None
        assert (
            page.locator(
                ".clipnb-live :is(script, iframe, svg, a, [onerror], [onload], [onfocus])"
            ).count()
            == 0
        )


# --- where the model cannot run -------------------------------------------------------------------


def works_on_stored_phrases(page, state) -> None:
    page.locator(".clipnb-panel [type=checkbox]").first.click()
    state.act({"do": "switch", "of": state.compared()[0], "row": 0, "on": False})
    same_scores(page, state)
    picture = page.locator(".clipnb-strip [type=radio]").nth(3)
    picture.check(force=True)
    state.act({"do": "choose", "picture": 3})
    same_scores(page, state)


def test_without_webassembly_the_stored_results_stay_with_a_sentence(opened, state):
    with opened(wait="[data-state=stored]", before="delete window.WebAssembly") as page:
        assert "WebAssembly is switched off" in status(page) and status(page).startswith(
            "Stored results."
        )
        works_on_stored_phrases(page, state)
        rows(page).nth(1).fill("words that nobody stored")
        page.wait_for_function(
            "document.querySelector('.clipnb-status').textContent.startsWith('New words are scored"
            " as soon as the model is here')"
        )
        page.locator("[type=file]").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg_of(1)[0]}
        )
        page.wait_for_function(
            "document.querySelector('.clipnb-live-note').textContent.includes('WebAssembly')"
        )


def test_a_page_opened_as_a_file_says_what_to_do(opened, live_site, state):
    with opened((live_site / "explorer-frog.html").as_uri(), wait="[data-state=stored]") as page:
        assert "python -m http.server" in status(page)
        works_on_stored_phrases(page, state)
        page.get_by_label("Field guide:").select_option("mushroom")
        page.wait_for_function(
            "document.querySelector('.clipnb-panel select').textContent.includes('fly agaric')"
        )


def test_a_file_of_the_model_that_is_missing_is_said(opened):
    with opened(wait="[data-state=stored]", missing="text.onnx.xz") as page:
        assert "text.onnx.xz could not be loaded (404)" in status(page)


def test_without_scripts_the_stored_results_are_a_table(opened, state):
    with opened(wait=None, java_script_enabled=False) as page:
        assert (
            page.locator(".clipnb-stage table")
            .first.inner_text()
            .splitlines()[1]
            .startswith(state.names[state.ranking()[0]])
        )
        assert "Scripts are switched off" in page.locator(".clipnb-live").inner_text()


def test_who_saves_data_is_asked_first(opened):
    saving = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    with opened(wait="[data-state=stored]", before=saving) as page:
        assert not [address for address in page.asked if ".onnx" in address or ".wasm" in address]
        page.get_by_role("button", name="Load the model").click()
        page.wait_for_selector(LIVE)


# --- a phone, a keyboard --------------------------------------------------------------------------


def test_a_phone_is_wide_enough(opened):
    with opened(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate(
            "[...document.querySelectorAll('.clipnb-live *')].every((one) =>"
            " one.getBoundingClientRect().right <= 361)"
        )
        narrow = page.evaluate(
            "[...document.querySelectorAll('.clipnb-reasons .clipnb-text')].map((one) =>"
            " one.getBoundingClientRect().width)"
        )
        assert min(narrow) > 150
        rows(page).first.tap()
        page.keyboard.type(" and a tail")
        assert scores(page)


def test_everything_can_be_done_by_keyboard(opened):
    with opened() as page:
        seen = []
        for _ in range(120):
            page.keyboard.press("Tab")
            seen.append(
                page.evaluate(
                    "document.activeElement.type + ' ' +"
                    " (document.activeElement.getAttribute('aria-label') ??"
                    " document.activeElement.textContent)"
                )
            )
        kinds = " | ".join(seen)
        for what in (
            "file ",
            "select-one ",
            "Name of a class",
            "Add this class",
            "Remove the first class",
            "radio ",
            "checkbox ",
            "Add a descriptor",
            "Save as JSON",
        ):
            assert what in kinds, what
        page.locator(".clipnb-strip [type=radio]:checked").focus()
        before = page.locator(".clipnb-stage figcaption").inner_text()
        page.keyboard.press("ArrowRight")
        assert page.locator(".clipnb-stage figcaption").inner_text() != before


def test_the_stored_states_hold_python_vectors(live_site, state):
    text = (live_site / "_static" / "live" / "pages" / "explorer-frog.js").read_text("utf-8")
    page = json.loads(text.partition(" = ")[2].rstrip(";\n"))
    vectors = np.frombuffer(base64.b64decode(page["bytes"]["picture_vectors"]), "<f4").reshape(
        -1, state.clip.dim
    )
    assert np.allclose(vectors, state.images.embeddings(state.images.strip), atol=1e-6)
    assert (
        page["traits"]["document"] == state.document
        and page["traits"]["total"] == len(state.images) + 1
    )
