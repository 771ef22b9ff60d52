"""The first screen of the site: stored examples at once, the model on first use, Python's numbers,
and the answer on the first screen of a phone."""

import sys

import pytest
from live_browser import BOOK, LIVE, READ, SETTLED, live_page, without_engine, write
from payloads import PAYLOADS

sys.path.insert(0, str(LIVE))
import stored
from first import CANDIDATES, EXAMPLES, without_a_word


@pytest.fixture(scope="module")
def state(clip):
    return next(stored.firsts(clip))[1].state


def same(got, state):
    names, cosines = [state.images.truth(i) for i in state.ranking()], sorted(state.cosines())
    assert got["names"] == names
    assert got["values"] == pytest.approx(cosines[::-1], abs=1.5e-3)
    assert got["ids"] == [token["id"] for token in state.tokens()]
    assert f"Best match: {names[0]}" in got["best"]


def test_there_are_five_examples_that_work_or_say_that_they_fail(state):
    assert len(state.starters) == EXAMPLES <= len(CANDIDATES)
    fails = state.failures()
    if fails:  # too few work with this model
        works = [text for text in CANDIDATES if text not in fails]
        assert len(works) < EXAMPLES or set(fails) <= set(state.starters)
    assert len(fails) < EXAMPLES


def test_examples_are_answered_without_the_model(lab, live, state):
    asked = []

    def prepare(sight):
        without_engine(sight)
        sight.page.on("request", lambda request: asked.append(request.url))

    with live_page(lab, live, "first", prepare, wait=False) as sight:
        page = sight.page
        for text in state.starters:
            page.locator(f'.clipnb-starters [data-text="{text}"]').click()
            state.act({"do": "write", "text": text})
            same(page.evaluate(READ), state)
            page.get_by_role("button", name="why?").click()
            assert page.locator(".clipnb-words li").count() == len(without_a_word(text))
            page.get_by_role("button", name="why?").click()
        assert not [url for url in asked if "engine.js" in url or "/model/" in url]
        assert "fetched when you write" in page.inner_text(".clipnb-live-status")


def test_the_model_comes_with_the_first_own_text_and_says_what_python_says(lab, live, clip, state):
    with live_page(lab, live, "first", wait=False) as sight:
        page = sight.page
        for text in ("a spotted mushroom", "größer, 🐸", "x", "  two   spaced words "):
            state.act({"do": "write", "text": text})
            same(write(page, text), state)
        page.wait_for_selector(".clipnb-live-status[data-state=live]")
        text = "a red and white fish"
        state.act({"do": "write", "text": text})
        write(page, text)
        page.get_by_role("button", name="why?").click()
        page.wait_for_function(SETTLED, arg=text)
        first, second = state.ranking()[:2]
        lead = state.images.embedding(first) - state.images.embedding(second)
        whole, *parts = (clip.encode_texts([text, *without_a_word(text)]).numpy() @ lead).tolist()
        shown = page.locator(".clipnb-words .clipnb-value").all_inner_texts()
        assert [float(one.replace("−", "-")) for one in shown] == pytest.approx(
            [whole - part for part in parts], abs=1.6e-3
        )
        assert write(page, "")["ids"] == []


def test_no_script_in_a_text_is_run(lab, live):
    with live_page(lab, live, "first", wait=False) as sight:
        page = sight.page
        page.get_by_role("button", name="why?").click()
        for payload in PAYLOADS[2::4]:
            write(page, payload[:300].replace("\n", " "))
        assert page.evaluate("window.owned") is None
        found = ".clipnb-live :is(script, iframe, a, math, svg, [onerror], [onload])"
        assert page.locator(found).count() == 0


@pytest.mark.parametrize("width, height", [(390, 844), (1366, 768)])
def test_the_answer_is_on_the_first_screen_and_nothing_moves(lab, live, width, height):
    """The title and its sentence take up to 250 pixels above it on a phone."""
    with live_page(lab, live, "first", wait=False, width=width) as sight:
        page = sight.page
        page.set_viewport_size({"width": width, "height": height})
        box = page.locator(".clipnb-answer").bounding_box()
        assert box["y"] + box["height"] < height - 250
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        lab.shoot(page, f"first-{width}")


def test_without_scripts_the_first_screen_looks_the_same(lab, live, state):
    state.act({"do": "reset"})
    heights = []
    for scripts in (True, False):
        context = lab.browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{live}/first.html")
        if scripts:
            page.wait_for_selector("[data-shown]")
        heights.append(page.locator(".clipnb-answer").bounding_box()["y"])
        assert page.locator(".clipnb-wall img").first.get_attribute("alt") == state.images.truth(
            state.ranking()[0]
        )
        context.close()
    assert abs(heights[0] - heights[1]) < 60  # the note about scripts is a line more


def test_the_first_page_is_in_the_order_of_a_first_visit():
    text = (BOOK / "pages" / "index.md").read_text("utf-8")
    places = [
        text.index(part)
        for part in ("# ", "{{live:first}}", "See inside", "Take the course", "Use your own image")
    ]
    assert places == sorted(places) and text.index("{{live:first}}") < 300
