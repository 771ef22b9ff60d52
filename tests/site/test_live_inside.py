"""The live page *Inside CLIP*: attention and embeddings as in Python, the stored example before the
model is there, and texts that stay texts."""

import sys

import numpy as np
import pytest
from live_browser import (
    LIVE,
    SETTLED,
    check_texts_stayed_texts,
    live_page,
    without_engine,
    without_webassembly,
    write_all,
)
from payloads import PAYLOADS

sys.path.insert(0, str(LIVE))
import stored

TEXTS = [
    "a frog",
    "große 🐸, red eyes",
    "the red one with white dots on its cap",
    "word " * 60,
    "x",
]
GO = "step => document.querySelectorAll('.clipnb-steps button')[step].click()"
TRAITS = """() => {
  const model = document.querySelector(".clipnb-stage").model;
  const bytes = (name) => { const view = model.get(name); return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength); };
  return {
    seen: model.get("seen"),
    attention: Array.from(new Uint16Array(bytes("attention")), (x) => x / 65535),
    text: Array.from(new Uint16Array(bytes("text_attention")), (x) => x / 65535),
    embeddings: ["image_embedding", "text_embedding"].map((name) => [...new Float32Array(bytes(name))]),
  };
}"""


@pytest.fixture(scope="module")
def state(clip):
    return next(stored.insides(clip))[1].state


def same(page, state):
    """Every number on the page is Python's within 1e-3; returns the largest difference."""
    got, text = page.evaluate(TRAITS), state.text()
    assert got["seen"]["key"] == [
        state.document["picture"],
        state.document["sentence"],
        state.asked,
    ]
    assert got["seen"]["tokens"] == text.tokens and got["seen"]["read"] == text.read
    assert got["seen"]["cut"] == text.cut
    pairs = [
        (got["attention"], state.attention()),
        (got["text"], text.attention),
        *zip(got["embeddings"], state.embeddings(), strict=True),
    ]
    far = max(np.abs(np.array(ours) - theirs.ravel()).max() for ours, theirs in pairs)
    assert far <= 1e-3
    return far


@pytest.mark.filterwarnings("ignore:Texts are cut")
def test_attention_and_embeddings_are_pythons(lab, live, state):
    far = []
    with live_page(lab, live, "inside") as sight:
        page = sight.page
        for number, text in enumerate(TEXTS):
            text = text.strip()
            page.locator(".clipnb-strip [type=radio]").nth(number).check(force=True)
            page.get_by_label("Text", exact=True).fill(text)
            state.act({"do": "choose", "picture": number})
            state.act({"do": "write", "text": text})
            page.wait_for_function(SETTLED, arg=text)
            far.append(same(page, state))
        page.evaluate(GO, 2)
        page.get_by_role("radio", name="the chosen patch").check()
        state.act({"do": "ask", "query": "patch"})
        for patch in (0, state.patches - 1):
            page.locator(".clipnb-scene:not([hidden]) .clipnb-grid button").nth(patch).click()
            state.act({"do": "look", "patch": patch})
            page.wait_for_function(SETTLED, arg=text)
            far.append(same(page, state))
    print(f"Attention and embeddings differ by {max(far):.1e} at most")


@pytest.mark.parametrize("prepare", [without_engine, without_webassembly])
def test_without_a_model_the_stored_example_can_be_followed(lab, live, clip, prepare):
    state = next(stored.insides(clip))[1].state
    with live_page(lab, live, "inside", prepare, wait=False) as sight:
        page = sight.page
        page.wait_for_selector(".clipnb-live-status[data-state=stored]")
        same(page, state)
        for step in range(8):
            page.evaluate(GO, step)
            assert page.locator(".clipnb-scene:visible").count() == 1
        assert page.locator("ol .clipnb-candidate").count() == len(state.candidates())
        page.get_by_label("Text", exact=True).fill("words that nobody stored")
        assert page.locator(".clipnb-live .clipnb").get_attribute("data-pending") == "1"
        page.get_by_role("button", name="Undo").click()
        assert page.locator(".clipnb-live .clipnb").get_attribute("data-pending") == "0"


def test_without_scripts_there_are_eight_steps(lab, live):
    context = lab.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live}/inside.html")
    assert page.locator(".clipnb-stage p > b").count() == 8
    assert page.locator(".clipnb-stage img").count() == 6
    context.close()


def test_texts_stay_texts_and_a_phone_is_wide_enough(lab, live):
    with live_page(lab, live, "inside", width=390) as sight:
        page = sight.page
        write_all(page, PAYLOADS[3::4])
        for step in range(8):
            page.evaluate(GO, step)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
        check_texts_stayed_texts(page)


def slow_images(sight):
    """The network of images comes long after that of texts."""

    def later(route):
        sight.page.wait_for_timeout(1500)
        route.continue_()

    sight.page.context.route("**/image.onnx*", later)


def test_an_image_waits_for_its_network(lab, live):
    with live_page(lab, live, "inside", slow_images) as sight:
        sight.page.wait_for_timeout(500)
        assert sight.page.get_by_text("Something went wrong").count() == 0
