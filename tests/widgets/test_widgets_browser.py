"""Widgets in JupyterLab, in a real browser: by mouse, by keyboard, without a kernel, and against
those who write scripts into class names."""

import json
import random

import nbformat
import numpy as np
import pytest
from lab_server import show_alone, side_by_side
from payloads import PAYLOADS
from test_widgets_state import ROWS

import clipnb

PREPARE = """import clipnb
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)"""
LONG = 120_000  # ms, on a busy machine


@pytest.fixture(scope="module")
def expect(lab):
    from playwright.sync_api import expect

    expect.set_options(timeout=LONG)
    return expect


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


# --- JavaScript against Python --------------------------------------------------------------------

NUMBERS = ("contribution", "centred", "cosine", "mean")
REPLAY_EXPLORER = """actions => {
  const { Machine, EXPLORER, Embeddings, counted, pooled, toProbabilities, ranked, difference, meanOf, rowsIn, keyOf, asJson, compared } = window.module;
  const settings = model.get("settings"), embeddings = new Embeddings(settings.dim), offered = new Embeddings(settings.dim);
  embeddings.add(model.get("texts"), model.get("vectors"));
  offered.add(model.get("pictures").map((one) => one.index), model.get("picture_vectors"));
  const machine = new Machine(model.get("document"), EXPLORER(model.get("total")));
  const reference = settings.images ? meanOf(rowsIn(model.get("picture_vectors"), settings.dim)) : null;
  return actions.map((action) => {
    let refused = false, json = null;
    try { machine.act(action); } catch { refused = true; }
    const { picture, classes } = machine.document;
    const rows = classes.map((one) => counted(one.rows, offered.get(picture), (k) => embeddings.get(keyOf(settings, one.name, one.rows[k].text)), reference));
    const scores = rows.map(pooled);
    try { json = asJson(classes, machine.first.classes, settings.provenance); } catch { json = null; }
    const compare = compared(machine.document.compare, ranked(scores));
    return { refused, json, scores, compare, document: structuredClone(machine.document), steps: machine.past.length, probabilities: toProbabilities(scores, settings),
             order: ranked(scores), parts: compare[0] === compare[1] ? [] : difference(rows[compare[0]], rows[compare[1]]).map((part) => [part.contribution, part.centred, part.cosine, part.mean]) };
  });
}"""


def actions_for(state, texts, count=300, seed=0):
    chance = random.Random(seed)
    place = lambda: {
        "of": chance.choice([0, 0, 1, 1, 2, 3]),
        "row": chance.choice([0, 0, 1, 1, 2, 5]),
    }
    make = {
        "edit": lambda: {**place(), "text": chance.choice(texts)},
        "weigh": lambda: {**place(), "weight": chance.choice([0, 0.5, 1, 2.25, 10, -1, 11])},
        "switch": lambda: {**place(), "on": chance.random() < 0.6},
        "add": lambda: {"of": chance.randrange(3)},
        "remove": place,
        "switch_all": lambda: {"of": chance.choice([0, 1, 2, 3]), "on": chance.random() < 0.7},
        "choose": lambda: {"picture": chance.choice(state.images.strip)},
        "compare": lambda: {"side": chance.randrange(3), "of": chance.randrange(4)},
        "follow": dict,
        "undo": dict,
        "reset": dict,
    }
    names = chance.choices(list(make), weights=[4, 4, 4, 2, 2, 1, 2, 2, 1, 3, 0.3], k=count)
    return [{"do": name, **make[name]()} for name in names]


@pytest.mark.parametrize("include_name", [False, True])
def test_the_explorers_javascript_does_and_counts_what_python_does(lab, clip, frogs, include_name):
    texts = [*sum(ROWS.values(), []), "", "  ", "größer, 🐸"]
    # so that every embedding is there from the start
    everything = {name: texts[:-3] + texts[-1:] for name in ROWS}
    widget = clipnb.widgets.explore_descriptors(clip, frogs, everything, include_name)
    actions = actions_for(widget.state, texts)
    with lab.plain("") as sight:
        show_alone(sight.page, widget)
        theirs = sight.page.evaluate(REPLAY_EXPLORER, actions)
    state, refusals = widget.state, 0
    for action, got, refused in side_by_side(widget, actions, theirs):
        refusals += refused
        assert got["document"] == state.document and got["steps"] == state.steps, action
        assert got["scores"] == pytest.approx(state.scores(), abs=1e-9)
        assert got["probabilities"] == pytest.approx(state.probabilities(), abs=1e-9)
        assert got["order"] == state.ranking()
        assert got["compare"] == state.compared()
        parts = state.difference(*state.compared())
        numbers = [[part[name] for name in NUMBERS] for part in parts]
        assert np.shape(got["parts"]) == np.shape(numbers)
        assert np.allclose(got["parts"], numbers, rtol=0, atol=1e-9)
        try:
            saved = state.descriptors()
        except ValueError:
            assert got["json"] is None
        else:
            assert json.loads(got["json"]) == {
                "provenance": saved.provenance,
                "descriptors": dict(saved),
            }
    assert 20 < refusals < 200


REPLAY_PLAYGROUND = """actions => {
  const { Machine, PLAYGROUND, Embeddings, columns } = window.module;
  const settings = model.get("settings"), embeddings = new Embeddings(settings.dim), offered = new Embeddings(settings.dim);
  embeddings.add(model.get("texts"), model.get("vectors"));
  offered.add(model.get("pictures").map((one) => one.index), model.get("picture_vectors"));
  const machine = new Machine(model.get("document"), PLAYGROUND(model.get("total"), settings));
  return actions.map((action) => {
    let refused = false;
    try { machine.act(action); } catch { refused = true; }
    return { refused, document: structuredClone(machine.document), ...columns(machine.document, offered.get(machine.document.picture), embeddings, settings) };
  });
}"""


def test_the_playgrounds_javascript_does_and_counts_what_python_does(lab, clip, frogs):
    templates, names = ["a photo of a {}", "{}", "no name"], ["tree frog", "$& {}", "cane toad"]
    widget = clipnb.widgets.play_prompts(clip, frogs, templates, names)
    actions = [
        {"do": "switch", "of": of, "row": row, "on": on}
        for of in ("templates", "names")
        for row in (0, 2, 3)
        for on in (False, True)
    ]
    actions += [{"do": "rescale", "scale": scale} for scale in (0.5, 1, 37.5, 300, 301)] + [
        {"do": "display", "what": what} for what in ("cosine", "x")
    ]
    actions += [
        {"do": "edit", "of": "names", "row": 0, "text": text}
        for text in ("cane toad", " ", "$& {}")
    ] + [
        {"do": "choose", "picture": widget.state.images.strip[3]},
        {"do": "undo"},
    ]
    actions += [
        {"do": "edit", "of": "templates", "row": 1, "text": "a photo of a {}"},
        {"do": "remove", "of": "names", "row": 1},
        {"do": "add", "of": "templates"},
    ]
    actions += [{"do": "remove", "of": "templates", "row": 0} for _ in range(5)] + [
        {"do": "reset"},
        {"do": "edit", "of": "x", "row": 0, "text": "y"},
    ]
    with lab.plain("") as sight:
        show_alone(sight.page, widget)
        theirs = sight.page.evaluate(REPLAY_PLAYGROUND, actions)
    for action, got, _ in side_by_side(widget, actions, theirs):
        assert got["document"] == widget.state.document, action
        values = widget.state.columns()
        for what in ("cosine", "probability"):
            assert sum(got[what], []) == pytest.approx(values[what].ravel().tolist(), abs=1e-9), (
                action
            )


# --- text is data ---------------------------------------------------------------------------------


def test_no_script_in_a_name_a_descriptor_or_a_file_name_is_run(lab, clip, frogs):
    assert len(set(PAYLOADS)) == 100
    data = clipnb.load_fieldguide("test", per_species=2).select(range(100))
    data.sources, data.class_names = PAYLOADS, [*PAYLOADS[: len(data.class_names)]]
    described = {payload: [payload, PAYLOADS[i - 1]] for i, payload in enumerate(PAYLOADS)}
    explorer = clipnb.widgets.explore_descriptors(clip, data, described, max_images=100)
    playground = clipnb.widgets.play_prompts(
        clip, data, [*PAYLOADS[:6], "{}"], PAYLOADS, max_images=100
    )
    static = "".join(
        widget._repr_mimebundle_()[0]["text/html"] for widget in (explorer, playground)
    )
    with lab.plain(static) as sight:
        page = sight.page
        for widget in (explorer, playground):
            show_alone(page, widget)
            assert (
                page.evaluate(
                    "el.textContent.length + [...el.querySelectorAll('input, textarea')].map((one)"
                    " => one.value).join().length"
                )
                > 3000
            )
        # every class is on the page once, with its rows and in the explanation, and every image
        # with its name
        for of in range(100):
            page.evaluate(
                f"document.querySelectorAll('select')[0].selectedIndex = {of};"
                " document.querySelectorAll('select')[0].onchange()"
            )
            page.evaluate(f"document.querySelectorAll('.clipnb [type=radio]')[{of}].click()")
        page.mouse.move(300, 300)
        page.wait_for_timeout(300)
        assert page.evaluate("window.owned") is None
        assert (
            page.evaluate(
                "document.querySelectorAll('.clipnb script, .clipnb iframe, .clipnb svg, .clipnb a,"
                " .clipnb [onerror], .clipnb [onload]').length"
            )
            == 0
        )
        assert page.evaluate("document.querySelectorAll('script').length") == 0
        assert (
            page.evaluate("document.querySelector('.clipnb select').options[7].textContent")
            == PAYLOADS[7]
        )


# --- without a kernel -----------------------------------------------------------------------------


def scores(page):
    return page.locator(".clipnb-panel .clipnb-score").all_inner_texts()


def test_the_explorer_works_without_a_kernel(lab, clip, frogs, expect):
    widget = clipnb.widgets.explore_descriptors(clip, frogs, ROWS)
    widget.act("compare", side=0, of=0)
    widget.act("compare", side=1, of=1)
    with lab.plain("", width=640) as sight:
        page = sight.page
        page.clock.install()
        show_alone(page, widget)
        assert scores(page) == [f"score {score:.3f}" for score in widget.state.scores()[:2]]
        widths = page.locator(".clipnb-reasons .clipnb-fill").evaluate_all(
            "fills => fills.map((one) => parseFloat(one.style.width))"
        )
        parts = [abs(part["centred"]) for part in widget.state.difference(0, 1)]
        bars = [50 * part / max(parts) if part >= 0.0005 else 0 for part in parts]
        assert sorted(widths) == pytest.approx(sorted(bars), abs=0.01)
        page.get_by_label("tree frog, descriptor 1: on", exact=True).uncheck()
        page.get_by_label("tailed frog, descriptor 1: weight").fill("4")
        page.get_by_role("radio").nth(4).check()
        for action in (
            {"do": "switch", "of": 0, "row": 0, "on": False},
            {"do": "weigh", "of": 1, "row": 0, "weight": 4},
        ):
            widget.state.act(action)
        widget.state.act({"do": "choose", "picture": widget.state.images.strip[4]})
        assert scores(page) == [f"score {score:.3f}" for score in widget.state.scores()[:2]]
        page.get_by_label("tree frog, descriptor 2", exact=True).fill("words that no kernel reads")
        page.clock.run_for(10_000)  # longer than a kernel is waited for
        expect(page.get_by_role("status")).to_contain_text("needs a running kernel")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_be_empty()
        assert scores(page) == [f"score {score:.3f}" for score in widget.state.scores()[:2]]
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save as JSON").click()
        again = clipnb.load_descriptors(saved.value.path())
        assert (
            dict(again) == dict(widget.descriptors)
            and again.provenance == widget.descriptors.provenance
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 640


CUT = """el => [...el.querySelectorAll(".clipnb-textfield textarea")]
  .filter((one) => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth)
  .map((one) => one.value)"""
PASTE = """([one, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  one.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""
LINES = "one => Math.round((one.clientHeight - 4) / parseFloat(getComputedStyle(one).lineHeight))"
PHRASE = "The tailed frog is a small amphibian, with a skin fold curving around the eardrum"


def test_every_phrase_can_be_read_whatever_the_width(lab, clip, frogs):
    odd = [
        "",
        " ",
        "x" * 90,
        "a  b " * 30,
        "größer 🐸, extraordinarily-hyphenated/slashed " * 3,
        "two\nlines",
        "trailing   ",
        *PAYLOADS[::9],
    ]
    descriptors = clipnb.load_descriptors("fieldguide").select(frogs.class_names[:4])
    explorer = clipnb.widgets.explore_descriptors(
        clip, frogs, {**descriptors, "odd": [PHRASE, *"abcdefghijklmnopqrstuvwxyz"[: len(odd)]]}
    )
    for row, text in enumerate(odd, 1):
        explorer.act("edit", of=4, row=row, text=text)
    explorer.act("compare", side=1, of=4)
    playground = clipnb.widgets.play_prompts(
        clip, frogs, ["a {} in the style of a barely readable painting", *odd[2:5], "{}"]
    )
    for widget in (explorer, playground):
        with lab.plain("", width=1280) as sight:
            page = sight.page
            show_alone(page, widget)
            for width in (1280, 1100, 979, 700, 533, 360):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate(f"({CUT})(el)") == [], width
                if width in (1280, 700):
                    lab.shoot(page, f"phrases-{type(widget).__name__}-{width}", full_page=True)
            for of in range(5) if widget is explorer else ():
                page.locator(".clipnb-panel select").first.select_option(index=of)
                assert page.evaluate(f"({CUT})(el)") == [], of


def test_a_phrase_is_one_line_of_text_that_grows(lab, clip, frogs):
    widget = clipnb.widgets.explore_descriptors(clip, frogs, ROWS)
    widget.act("compare", side=0, of=0)
    widget.act("compare", side=1, of=1)
    with lab.plain("", width=800) as sight:
        page = sight.page
        show_alone(page, widget)
        field = page.get_by_label("tree frog, descriptor 1", exact=True)
        assert field.evaluate(LINES) == 1
        field.fill("")
        field.press_sequentially(PHRASE)
        assert field.evaluate(LINES) >= 2 and page.evaluate(f"({CUT})(el)") == []
        grown = field.bounding_box()["height"]
        for key in ("Enter", "Shift+Enter"):
            field.press(key)
        assert field.input_value() == PHRASE and field.bounding_box()["height"] == grown
        page.evaluate(PASTE, [field.element_handle(), ", pasted\r\nfrom\nelsewhere"])
        assert field.input_value() == f"{PHRASE}, pasted from elsewhere"
        field.press("Control+z")  # the browser's own undo goes on
        assert field.input_value() == PHRASE
        field.evaluate(
            "one => { one.value = 'dropped\\nhere'; one.dispatchEvent(new Event('input'));"
            " one.blur(); }"
        )
        page.wait_for_function(
            "document.querySelector('.clipnb-panel textarea').value === 'dropped here'"
        )
        assert field.evaluate(LINES) == 1
        page.get_by_role("button", name="Undo").click()
        assert field.input_value() == ROWS["tree frog"][0]
        sent = page.evaluate("model.sent.filter((one) => one.do === 'edit').at(-1).text")
        assert sent == "dropped here"


def saved_notebook(*widgets):
    """A notebook as it lies on disk after it was run: outputs, and the state of its widgets."""
    from ipywidgets import Widget

    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        }
    )
    for widget in widgets:
        output = nbformat.v4.new_output("display_data", data=widget._repr_mimebundle_()[0])
        notebook.cells.append(
            nbformat.v4.new_code_cell("widget", outputs=[output], execution_count=1)
        )
    state = Widget.get_manager_state(
        widgets=[each for widget in widgets for each in (widget, widget.layout)]
    )
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    return notebook


def test_a_saved_notebook_shows_the_last_state_before_it_is_run(lab, clip, frogs, expect):
    explorer, playground = (
        clipnb.widgets.explore_descriptors(clip, frogs, ROWS),
        clipnb.widgets.play_prompts(clip, frogs),
    )
    explorer.act("compare", side=0, of=1)
    explorer.act("edit", of=1, row=0, text="last words")
    playground.act("edit", of="templates", row=0, text="a sketch of a {}")
    with lab.opened(notebook=saved_notebook(explorer, playground), run=False, height=1700) as sight:
        page = sight.page
        expect(page.locator(".clipnb")).to_have_count(2)
        expect(page.locator(".clipnb-panel textarea").first).to_have_value("last words")
        expect(page.get_by_label("prompt 1", exact=True)).to_have_value("a sketch of a {}")
        before = scores(page)
        page.locator(".clipnb-panel [type=checkbox]").nth(1).uncheck()
        assert scores(page) != before
        lab.shoot(page, "saved")


# --- in JupyterLab, with a kernel -----------------------------------------------------------------


def test_explorer_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(
        PREPARE,
        "widget = clipnb.widgets.explore_descriptors(clip, data, descriptors)\nwidget",
        height=1500,
    ) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        expect(widget.locator(".clipnb-ranking li")).to_have_count(8)
        first = widget.locator(".clipnb-panel").first
        best = widget.locator(".clipnb-ranking button").first.inner_text()
        assert (
            first.locator("select").evaluate("choice => choice.selectedOptions[0].textContent")
            == best
        )

        # by mouse: a row off changes score, ranking and explanation in the same frame; undo brings
        # them back
        before = widget.inner_text()
        changed = first.locator("[type=checkbox]").first.evaluate(
            "box => { box.click(); return box.closest('.clipnb').innerText }"
        )
        assert changed != before
        widget.get_by_role("button", name="Undo").click()
        assert widget.inner_text() == before

        # one row alone: all off, one on; the class has no score in between, and one Undo takes back
        # one step
        first.get_by_role("button", name="All off").click()
        expect(first.locator(".clipnb-score")).to_have_text("no score: no descriptor is on")
        first.locator("[type=checkbox]").nth(1).check()
        expect(first.locator(".clipnb-score")).to_have_text(
            f"score {first.locator('li .clipnb-value').nth(1).inner_text()}"
        )
        for _ in range(2):
            widget.get_by_role("button", name="Undo").click()
        assert widget.inner_text() == before

        # new text goes to the kernel, and its score comes back
        text = first.locator("textarea").first
        text.fill("a purple unicorn with a striped hat")
        expect(first.locator("li").first).to_have_attribute("data-pending", "true")
        expect(first.locator("li").first).to_have_attribute("data-pending", "false")
        expect(first.locator("li .clipnb-value").first).not_to_have_text("…")
        assert text.input_value() == "a purple unicorn with a striped hat"

        # by keyboard alone: images by arrow, a row added, written, weighed, removed
        radios = widget.get_by_role("radio")
        radios.first.focus()
        page.keyboard.press("ArrowRight")
        expect(radios.nth(1)).to_be_checked()
        rows = first.locator("li").count()
        first.get_by_role("button", name="Add a descriptor").focus()
        page.keyboard.press("Enter")
        page.keyboard.type("green skin")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowUp")
        last = first.locator("li").last
        expect(last.locator("textarea")).to_have_value("green skin")
        expect(last.locator("[type=number]")).to_have_value("1.5")
        expect(last.locator(".clipnb-value")).not_to_be_empty()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(first.locator("li")).to_have_count(rows)
        assert page.evaluate("document.activeElement.type") == "textarea"  # the focus is not lost

        # an image that is not offered comes from the kernel; a wrong number is refused in a
        # text
        number = widget.get_by_label("image (1 to 22)")
        number.fill("22")
        number.press("Tab")
        expect(widget.locator("figcaption")).to_contain_text("(test/")
        expect(widget).to_have_attribute("data-pending", "0")
        number.fill("99")
        number.press("Tab")
        expect(widget.get_by_role("status")).to_contain_text("There is no image 98")
        first.locator("[type=number]").first.fill("-3")
        expect(widget.get_by_role("status")).to_contain_text("A weight is a number from 0 to 10")

        widget.get_by_role("button", name="Reset").click()
        lab.shoot(page, "explorer-light", "JupyterLab Light")
        page.set_viewport_size({"width": 1000, "height": 1900})
        lab.shoot(page, "explorer-dark", "JupyterLab Dark")
        unlabelled = (
            "box => [...box.querySelectorAll('input, select, button, textarea')].filter((one) =>"
            " !(one.ariaLabel || one.labels?.length || one.textContent.trim())).length"
        )
        assert widget.evaluate(unlabelled) == 0
        expect(widget).to_have_attribute("data-failures", "0")


def test_playground_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(PREPARE, "widget = clipnb.widgets.play_prompts(clip, data)\nwidget") as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        cells = widget.locator("tbody tr").first.locator(".clipnb-value")
        expect(cells).to_have_count(4)
        assert all(text.endswith("%") for text in cells.all_inner_texts())
        widget.get_by_label("raw cosine").check()
        assert not any("%" in text for text in cells.all_inner_texts())
        widget.get_by_label("probability (softmax)").check()
        before = cells.all_inner_texts()
        widget.get_by_label("Logit scale").focus()
        page.keyboard.press("Home")  # the scale 1: hardly sure of anything
        assert all(float(text.split()[0]) < 12 for text in cells.all_inner_texts())
        widget.get_by_role("button", name="the model's own").click()
        assert cells.all_inner_texts() == before
        widget.get_by_role("button", name="Add a prompt").click()
        page.keyboard.type("a tattoo of a {}")
        expect(cells).to_have_count(5)
        expect(cells.nth(3)).to_contain_text("%")
        widget.get_by_text("Names (11 of 11 on)").click()
        widget.get_by_label("name 1: on", exact=True).uncheck()
        expect(widget.get_by_text("Names (10 of 11 on)")).to_be_visible()
        widget.get_by_label("name 2", exact=True).fill("")
        page.keyboard.type("a teapot")
        expect(widget.locator("tbody th", has_text="a teapot")).to_have_count(1)
        expect(widget).to_have_attribute("data-pending", "0")
        lab.shoot(page, "playground-light", "JupyterLab Light")
        widget.get_by_role("button", name="Reset").click()
        expect(cells).to_have_count(4)
        assert cells.all_inner_texts() == before
        expect(widget).to_have_attribute("data-failures", "0")


BROKEN = """from clipnb.widgets.common.base import Widget
from clipnb.widgets.common.document import Document
class State(Document):
    actions = ("fail",)
    def fail(self): 1 / 0
class Failing(Widget):
    _esm = "export default { render({ model, el }) { el.append(document.createElement('i')); el.firstChild.className = 'failing'; model.send({ do: 'fail', view: 'v', serial: 1 }); const tell = () => (el.firstChild.title = model.get('problem')); model.on('change:problem', tell); tell(); } }"
    def page(self): return "<p>broken</p>"
Failing(State({}))"""


def test_a_callback_that_fails_is_shown_and_fails_a_test(lab, expect):
    told = False
    with pytest.raises(AssertionError, match="ZeroDivisionError"), lab.opened(BROKEN) as sight:
        expect(sight.page.locator("i.failing")).to_have_attribute(
            "title",
            "Something went wrong in the kernel (ZeroDivisionError: division by zero); its log has"
            " the details. What you did last is taken back.",
        )
        told = True
    assert told  # it was the harness that complained, not the line above


def test_a_notebook_from_elsewhere_shows_the_page_without_scripts(lab, clip, frogs, expect):
    with lab.opened(
        notebook=saved_notebook(clipnb.widgets.explore_descriptors(clip, frogs, ROWS)),
        run=False,
        trusted=False,
    ) as sight:
        expect(sight.page.get_by_text("In Jupyter, run this cell")).to_be_visible()
        expect(sight.page.locator(".clipnb")).to_have_count(0)
