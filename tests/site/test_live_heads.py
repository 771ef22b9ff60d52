"""The live page *Attention heads*: every part as in Python, the stored example before the model is
there, and texts that stay texts."""

import sys

import numpy as np
import pytest
from live_browser import (
    LIVE,
    SETTLED,
    check_texts_stayed_texts,
    live_page,
    without_engine,
    write_all,
)
from payloads import PAYLOADS

sys.path.insert(0, str(LIVE))
import stored

TEXTS = ["a frog", "große 🐸, red eyes", "a photo of a red mushroom with white dots", "x"]
CLOSE = 1e-4
TRAITS = """() => {
  const model = document.querySelector(".clipnb-stage").model;
  const maps = model.get("maps");
  return { seen: model.get("seen"), maps: [...new Float32Array(maps.buffer.slice(maps.byteOffset, maps.byteOffset + maps.byteLength))] };
}"""


@pytest.fixture(scope="module")
def state(clip):
    return next(stored.heads(clip))[1].state


def same(page, state) -> float:
    """Every number on the page is Python's; returns the largest difference."""
    got, found = page.evaluate(TRAITS), state.found()
    seen = got["seen"]
    assert seen["key"] == [state.document["picture"], state.document["sentence"]]
    pairs = [
        (seen["values"], found.values),
        (seen["usual"], found.usual),
        (seen["cosine"], found.cosine),
        (seen["highest"], found.highest),
        (got["maps"], found.maps.ravel()),
    ]
    far = max(np.abs(np.array(ours) - theirs).max() for ours, theirs in pairs)
    assert far <= CLOSE
    assert abs(sum(seen["values"]) - seen["cosine"]) < 1e-5
    for part, row in enumerate(seen["top"]):  # the same images, or others with equal values
        others = set(row) ^ set(found.top[part].tolist())
        assert not others or np.ptp(found.highest[part, -1:]) <= CLOSE
        assert all(any(one["index"] == i for one in seen["small"]) for i in row)
    return far


def test_every_part_is_pythons(lab, live, state):
    far = []
    with live_page(lab, live, "heads") as sight:
        page = sight.page
        for number, text in enumerate(TEXTS):
            page.locator(".clipnb-strip [type=radio]").nth(3 * number).check(force=True)
            page.get_by_label("Text", exact=True).fill(text)
            state.act({"do": "choose", "picture": 3 * number})
            state.act({"do": "write", "text": text})
            page.wait_for_function(SETTLED, arg=text)
            far.append(same(page, state))
            buttons = page.locator(".clipnb-sums button")
            assert buttons.count() == state.count
            buttons.nth(7).click()
            assert page.locator(".clipnb-heading").inner_text() == "Layer 2, head 2"
            assert page.locator(".clipnb-highest img").count() == state.top
            buttons.nth(5).click()  # an MLP, which has no map
            assert page.locator(".clipnb-sight .clipnb-grid:visible").count() == 0
    print(f"Parts differ by {max(far):.1e} at most")


def test_without_a_model_all_parts_of_the_stored_example_can_be_seen(lab, live, clip):
    state = next(stored.heads(clip))[1].state
    with live_page(lab, live, "heads", without_engine, wait=False) as sight:
        page = sight.page
        page.wait_for_selector(".clipnb-live-status[data-state=stored]")
        same(page, state)
        for part in range(state.count):
            page.locator(".clipnb-sums button").nth(part).click()
            assert page.locator(".clipnb-heading").inner_text().lower() == state.name(part).lower()
        page.get_by_label("Text", exact=True).fill("words that nobody stored")
        assert page.locator(".clipnb-live .clipnb").get_attribute("data-pending") == "1"
        page.get_by_role("button", name="Undo").click()
        assert page.locator(".clipnb-live .clipnb").get_attribute("data-pending") == "0"


def test_without_scripts_the_sum_is_a_table(lab, live):
    context = lab.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live}/heads.html")
    assert page.locator(".clipnb-stage table tr").count() == 1 + 4 + 2
    context.close()


def test_texts_stay_texts_and_a_phone_is_wide_enough(lab, live):
    with live_page(lab, live, "heads", width=390) as sight:
        page = sight.page
        write_all(page, PAYLOADS[::5])
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        check_texts_stayed_texts(page)
