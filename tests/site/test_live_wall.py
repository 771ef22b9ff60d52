"""The live page *How CLIP sees*: the same order and numbers as in Python, by mouse, by keyboard,
without a model, and against those who write scripts."""

import sys

import pytest
import stored
from live_browser import (
    LIVE,
    READ,
    SETTLED,
    UNLABELLED,
    live_page,
    without_engine,
    without_webassembly,
    write,
)
from payloads import PAYLOADS

sys.path.insert(0, str(LIVE))
import stored
from live_browser import (
    LIVE,
    READ,
    SETTLED,
    UNLABELLED,
    live_page,
    without_engine,
    without_webassembly,
    write,
)

SENTENCES = [
    "a frog",
    "A FROG!",
    "an orange fish with white bands",
    "a butterfly that is not blue",
    "purple",
    "the red one with white dots on its cap",
    "größer, 🐸",
    "quetzal",
    "a long beak",
    "leaf",
    "a photo of a snowy owl in the snow",
    "  a   spaced text ",
    "x",
    "tall tall tall " * 15,
    "yellow and black stripes",
    "a wet place",
    "wings",
    "sea",
    "an animal with six legs",
    "something to eat",
]


@pytest.fixture(scope="module")
def state(clip):
    return next(stored.walls(clip))[1].state


def test_sentences_sort_the_wall_and_fall_to_tokens_as_in_python(lab, live, state):
    with live_page(lab, live, "wall") as sight:
        for sentence in [*SENTENCES, *state.starters]:
            got = write(sight.page, sentence)
            state.act({"do": "write", "text": sentence})
            cosines = state.cosines()
            # shown to three digits
            assert got["values"] == pytest.approx(
                [cosines[i] for i in got["order"]], abs=1e-3 + 5e-4
            ), sentence
            assert sorted(got["order"]) == list(range(len(cosines))) and got["values"] == sorted(
                got["values"], reverse=True
            )
            assert (
                got["order"][0] == state.ranking()[0]
                or cosines[state.ranking()[0]] - cosines[got["order"][0]] < 1e-4
            )
            assert got["ids"] == [token["id"] for token in state.tokens()], sentence
        assert write(sight.page, "")["ids"] == []
        assert sight.page.locator(".clipnb-wall .clipnb-value").first.text_content() == "–"


@pytest.mark.parametrize(
    "prepare, words",
    [(without_engine, "Stored"), (without_webassembly, "WebAssembly is switched off")],
)
def test_without_a_model_the_stored_sentences_sort_the_wall(lab, live, state, prepare, words):
    with live_page(lab, live, "wall", prepare, wait=False) as sight:
        page = sight.page
        page.wait_for_selector(".clipnb-live-status[data-state=stored]")
        if prepare is without_webassembly:
            assert words in page.inner_text(".clipnb-live-status")
        assert "Stored results." in page.inner_text(".clipnb-live-status")
        for sentence in reversed(state.starters):
            page.get_by_role("button", name=sentence).click()
            state.act({"do": "write", "text": sentence})
            assert page.evaluate(READ)["order"] == state.ranking()
            assert page.evaluate(READ)["ids"] == [token["id"] for token in state.tokens()]
        page.get_by_label("Text", exact=True).fill("words that nobody stored")
        assert page.locator(".clipnb-live .clipnb").get_attribute("data-pending") == "1"
        page.get_by_role("button", name="Undo").click()
        assert page.evaluate(READ)["order"] == state.ranking()


def test_before_the_model_is_there_the_wall_is_sorted_and_a_sentence_waits_for_it(lab, live, state):
    released = []

    def hold(sight):
        sight.page.route("**/engine.js", lambda route: released.append(route))

    with live_page(lab, live, "wall", hold, wait=False) as sight:
        page = sight.page
        page.wait_for_function("document.querySelectorAll('.clipnb-wall img').length === 64")
        assert page.locator(".clipnb-live-status progress").is_visible()
        page.get_by_label("Text", exact=True).fill("a green frog that waits")
        released[0].continue_()
        page.wait_for_function(SETTLED, arg="a green frog that waits")
        state.act({"do": "write", "text": "a green frog that waits"})
        assert page.evaluate(READ)["order"][:5] == state.ranking()[:5]


def test_no_script_in_a_sentence_is_run(lab, live):
    # explorer, wall, first screen and the inside share the payloads: a quarter each
    with live_page(lab, live, "wall") as sight:
        page = sight.page
        for payload in PAYLOADS[1::4]:
            write(page, payload[:300])
        page.wait_for_timeout(300)
        assert page.evaluate("window.owned") is None
        assert (
            page.locator(
                ".clipnb-live :is(script, iframe, a, style, math, details, svg, [onerror],"
                " [onload], [onfocus])"
            ).count()
            == 0
        )


def test_the_wall_by_keyboard(lab, live, state):
    with live_page(lab, live, "wall") as sight:
        page = sight.page
        assert (
            page.evaluate(
                UNLABELLED.replace(
                    "box =>", "(() => { const box = document.querySelector('.clipnb-live'); return "
                )
                + " })()"
            )
            == 0
        )
        page.get_by_label("Text", exact=True).focus()
        page.keyboard.press("Control+A")
        page.keyboard.type("a yellow flower")
        page.wait_for_function(SETTLED, arg="a yellow flower")
        # sorting takes nobody's focus
        assert page.evaluate("document.activeElement.tagName") == "INPUT"
        order = page.evaluate(READ)["order"]
        page.locator(".clipnb-wall button[tabindex='0']").focus()
        page.locator(".clipnb-wall button").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        chosen = page.locator(".clipnb-wall button[aria-pressed=true]")
        assert int(chosen.get_attribute("data-image")) == order[1] and chosen.count() == 1
        assert "place 2" in page.locator(".clipnb-told").nth(1).text_content()
        page.keyboard.press("ArrowDown")
        assert (
            page.evaluate(
                "[...document.querySelectorAll('.clipnb-wall"
                " button')].indexOf(document.activeElement)"
            )
            == 9
        )
        assert chosen.locator("img").get_attribute("alt") == state.images.truth(order[1])


@pytest.mark.parametrize("motion, moves", [("no-preference", True), ("reduce", False)])
def test_pictures_glide_unless_the_reader_asked_for_less_motion(lab, live, motion, moves):
    with live_page(lab, live, "wall", reduced_motion=motion) as sight:
        button = "[...document.querySelectorAll('.clipnb-starters button')]"
        running = sight.page.evaluate(
            f"() => {{ {button}[3].click(); return document.getAnimations().length; }}"
        )
        assert (running > 30) == moves and (moves or running == 0)


def test_the_wall_is_sorted_at_once_and_fits_a_phone(lab, live):
    with live_page(lab, live, "wall", width=360) as sight:
        page = sight.page
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        stored = page.evaluate("""async () => {
          const times = [];
          for (const button of [...document.querySelectorAll(".clipnb-starters button")].reverse()) {
            const start = performance.now();
            button.click();
            document.body.offsetHeight;
            times.push(performance.now() - start);
            await new Promise((next) => setTimeout(next, 420));
          }
          return times;
        }""")
        typed = page.evaluate("""async () => {
          const [field, box] = [document.querySelector(".clipnb-entry input"), document.querySelector(".clipnb-live .clipnb")];
          const times = [];
          for (const text of ["a pink bird", "a blue bird", "a black bird", "a white bird", "a grey bird"]) {
            const start = performance.now();
            field.value = text;
            field.dispatchEvent(new Event("input", { bubbles: true }));
            while (box.dataset.pending !== "0") await new Promise((next) => setTimeout(next, 1));
            times.push(performance.now() - start);
          }
          return times;
        }""")
    stored, typed = sorted(stored), sorted(typed)
    print(
        f"sorted by a stored text after {stored[0]:.0f} ms (median {stored[len(stored) // 2]:.0f}), by a new"
        f" one after {typed[0]:.0f} ms (median {typed[2]:.0f})"
    )
    # the best of several: what else runs on the machine is no fault of the page
    assert stored[0] <= 50 and typed[0] <= 250
