"""Similarity matrix, inspector and heatmap slider in a browser."""

import random
import re

import pytest
from lab_server import show_alone, side_by_side
from test_widgets_browser import PAYLOADS, saved_notebook
from test_widgets_inspect import (
    FROGS,
    SENTENCE,
    evil,
    expect,
    frogs,
    stack,
)

import clipnb
from clipnb.widgets.inspector.state import LONGEST

# --- JavaScript against Python --------------------------------------------------------------------

REPLAY = """([name, actions]) => {
  const { Machine, cellOf, found } = window.module;
  const settings = model.get("settings"), matrix = name === "SIMILARITY";
  const sizes = matrix ? [model.get("pictures").length, model.get("sentences").length, settings.labels.length] : [model.get("total"), settings];
  const machine = new Machine(model.get("document"), window.module[name](...sizes));
  const values = matrix && new Float32Array(model.get("values").buffer.slice(0));
  return actions.map((action) => {
    let refused = false;
    try { machine.act(action); } catch { refused = true; }
    const cell = matrix ? cellOf(values, machine.document, sizes[1], sizes[0]) : null;
    return { refused, cell, found: matrix ? found(values, settings.own, machine.document.step, sizes[1]) : null, document: structuredClone(machine.document) };
  });
}"""


def test_the_javascript_does_what_python_does(lab, clip, frogs):
    chance = random.Random(0)
    near = lambda count: chance.choice([0, 1, count - 1, count, -1])
    matrix = clipnb.widgets.compare_similarities(
        stack(), frogs.select(range(4)), list("abcde"), own=[0, 1, 2, 3]
    )
    inspector = clipnb.widgets.inspect_tokens(clip, frogs)
    slider = clipnb.widgets.slide_heatmaps(clip, frogs, FROGS)
    plans = {
        "SIMILARITY": (
            matrix,
            {
                "point": lambda: {"picture": near(4), "sentence": near(5)},
                "step": lambda: {"to": near(3)},
            },
        ),
        "INSPECTOR": (
            inspector,
            {
                "choose": lambda: {"picture": near(22)},
                "write": lambda: {
                    "text": chance.choice(["", "a", "🐸" * LONGEST, "🐸" * (LONGEST + 1)])
                },
                "pick": lambda: {"token": near(clip.max_tokens)},
                "look": lambda: {"patch": near(inspector.state.patches)},
                "display": lambda: {"what": chance.choice(["word", "sentence", ""])},
                "undo": dict,
                "reset": dict,
            },
        ),
        "HEATMAPS": (
            slider,
            {
                "choose": lambda: {"picture": near(22)},
                "describe": lambda: {"of": near(2)},
                "slide": lambda: {"to": near(3)},
                "use": lambda: {"method": chance.choice(["random", "grad_cam", "x"])},
                "fade": lambda: {"opacity": chance.choice([0, 0.35, 1, 1.1])},
            },
        ),
    }
    for name, (widget, make) in plans.items():
        actions = [{"do": what, **make[what]()} for what in chance.choices(list(make), k=150)]
        with lab.plain("") as sight:
            show_alone(sight.page, widget)
            theirs = sight.page.evaluate(REPLAY, [name, actions])
        refusals = 0
        for action, got, refused in side_by_side(widget, actions, theirs):
            refusals += refused
            assert got["document"] == widget.state.document, action
            if name == "SIMILARITY":
                assert (
                    got["cell"]["inRow"],
                    got["cell"]["inColumn"],
                ) == widget.state.ranks() and got["found"] == widget.state.found()
                assert got["cell"]["value"] == pytest.approx(widget.state.value)
        assert 15 < refusals < 130


# --- in a browser ---------------------------------------------------------------------------------


def test_no_script_in_any_text_is_run(lab, clip, frogs):
    widgets = evil(clip, frogs)
    with lab.plain("".join(widget.page() for widget in widgets)) as sight:
        page = sight.page
        for widget in widgets:
            show_alone(page, widget)
            if "sentences" in widget.trait_names():
                for at in range(len(widget.sentences)):  # every text is read out once
                    page.locator(".clipnb-field").last.press("ArrowRight")
                    assert (
                        widget.sentences[min(at + 1, len(widget.sentences) - 1)]
                        == page.locator(".clipnb-said").last.inner_text()
                    )
        for payload in PAYLOADS[:95]:
            page.get_by_label("Descriptors of").select_option(payload)
        for payload in PAYLOADS:
            page.locator(".clipnb-entry input").fill(payload)
        page.mouse.move(300, 300)
        page.wait_for_timeout(300)
        assert (
            page.evaluate("window.owned") is None
            and page.evaluate("document.querySelectorAll('script').length") == 0
        )
        wrong = page.evaluate(
            "document.querySelectorAll('.clipnb :is(script, iframe, svg, a, [onerror], [onload],"
            " [onmouseover])').length"
        )
        assert wrong == 0


def test_without_a_kernel_and_narrow(lab, clip, frogs, expect):
    matrix = clipnb.widgets.compare_similarities(
        stack(3, 22, 22), frogs, [*"abcdefghijklmnopqrstuv"], ["0", "100", "800"], range(22)
    )
    inspector, slider = (
        clipnb.widgets.inspect_tokens(clip, frogs, SENTENCE),
        clipnb.widgets.slide_heatmaps(clip, frogs, FROGS),
    )
    for widget in (matrix, inspector, slider):
        with lab.plain("", width=560) as sight:
            page = sight.page
            page.clock.install()
            show_alone(page, widget)
            assert page.evaluate("document.documentElement.scrollWidth") <= 560
            lab.shoot(page, f"{type(widget).__name__}-560", full_page=True)
            if widget is matrix:
                page.get_by_label("Step of training").fill("0")
                widget.act("step", to=0)
                expect(page.locator(".clipnb-count")).to_contain_text(
                    f"{matrix.state.found()} of 22"
                )
            elif widget is inspector:
                page.locator(".clipnb-entry input").fill("another text")
                page.clock.run_for(30_000)  # longer than a kernel is waited for
                expect(page.locator(".clipnb-status")).to_contain_text("needs a running kernel")
                page.get_by_role("button", name="Undo").click()
                expect(page.locator(".clipnb-status")).to_be_empty()
            else:
                page.get_by_role("button", name=FROGS["tree frog"][1]).click()
                expect(page.locator(".clipnb-now")).to_contain_text("2 of 2: red eyes")


def test_the_matrix_fits_beside_a_side_bar(lab, frogs):
    """JupyterLab at 700 pixels leaves some 380 for a cell's output; the cells shrink, and nothing
    is scrolled sideways."""
    for rows, columns in ((8, 8), (12, 30), (60, 60)):
        pictures = [frogs.images[i % len(frogs)] for i in range(rows)]
        matrix = clipnb.widgets.compare_similarities(
            stack(1, rows, columns), pictures, [f"text {i}" for i in range(columns)]
        )
        for width in (380, 1100):
            with lab.plain("", width=width) as sight:
                show_alone(sight.page, matrix)
                lab.shoot(sight.page, f"matrix-{columns}-{width}", full_page=True)
                box = "document.querySelector('.clipnb-scroll')"
                assert sight.page.evaluate(f"{box}.scrollWidth <= {box}.clientWidth"), (
                    columns,
                    width,
                )
                size = sight.page.evaluate(
                    "document.querySelector('.clipnb-matrix').getBoundingClientRect().width"
                )
                assert size > 0.6 * min(width, 440 if columns > 8 else 350)
                legend = sight.page.locator(".clipnb-range")
                # one line, a real minus
                assert (
                    re.fullmatch(r"−\d\.\d\d\s*\d\.\d\d", legend.inner_text())
                    and legend.bounding_box()["height"] < 24
                )


def test_a_saved_notebook_shows_the_last_state(lab, clip, frogs, expect):
    matrix = clipnb.widgets.compare_similarities(
        stack(), frogs.select(range(4)), list("abcde"), ["0", "100", "800"]
    )
    inspector, slider = (
        clipnb.widgets.inspect_tokens(clip, frogs, SENTENCE),
        clipnb.widgets.slide_heatmaps(clip, frogs, FROGS),
    )
    matrix.act("point", picture=2, sentence=3)
    inspector.act("write", text="last words")
    slider.act("slide", to=1)
    with lab.opened(
        notebook=saved_notebook(matrix, inspector, slider), run=False, height=2200
    ) as sight:
        page = sight.page
        expect(page.locator(".clipnb")).to_have_count(3)
        expect(page.locator(".clipnb-said")).to_have_text("d")
        expect(page.locator(".clipnb-tokens button")).to_have_count(len(inspector.seen["tokens"]))
        expect(page.locator(".clipnb-now")).to_contain_text(f"2 of {len(slider.seen['cosines'])}")
        assert (
            drawn(page.locator(".clipnb-matrix")) > 5
            and drawn(page.locator(".clipnb-stack canvas")) > 20
        )


COLOURS = (
    "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width,"
    " c.height).data.buffer)).size"
)


def drawn(canvas):
    """How many colours a canvas shows."""
    return canvas.evaluate(COLOURS)


PREPARE = """import numpy as np, clipnb
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
eight = data.select(range(8))
texts = [f"a photo of a {data.class_names[label]}" for label in eight.labels]
last = (clip.encode_images(eight) @ clip.encode_texts(texts).T).numpy()"""
MATRIX = (
    "clipnb.widgets.compare_similarities(np.stack([last * 0, last / 2, last]), eight, texts,"
    " ['start', 100, 800], own=range(8))"
)
INSPECTOR = "clipnb.widgets.inspect_tokens(clip, data, 'a green frog')"
SLIDER = (
    "clipnb.widgets.slide_heatmaps(clip, data,"
    " clipnb.load_descriptors('fieldguide').select(data.class_names), ['gradient_attention',"
    " 'gradient'])"
)
UNLABELLED = (
    "box => [...box.querySelectorAll('input, select, button, [tabindex]')].filter((one) =>"
    " !(one.ariaLabel || one.labels?.length || one.textContent.trim())).length"
)


def active(page):
    """Which cell of the notebook is the active one: a key of a widget must not move to another."""
    return page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex")


def look_at(lab, page, widget, name):
    """Screenshots on light and dark ground, and in a narrow window; and what every widget must
    fulfil."""
    assert widget.evaluate(UNLABELLED) == 0
    assert widget.get_attribute("data-failures") == "0"
    lab.shoot(page, f"{name}-light", "JupyterLab Light")
    page.set_viewport_size({"width": 700, "height": 1500})
    widget.scroll_into_view_if_needed()
    lab.shoot(page, f"{name}-dark-700", "JupyterLab Dark")


def test_matrix_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(PREPARE, MATRIX) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        field, said, dial = (
            widget.get_by_role("application"),
            widget.locator(".clipnb-said"),
            widget.get_by_label("Step of training"),
        )
        expect(said).to_have_text("a photo of a common frog")
        at_the_end = drawn(widget.locator(".clipnb-matrix"))
        assert at_the_end > 10
        box = widget.locator(".clipnb-matrix").bounding_box()
        # hover: third image, sixth text
        page.mouse.move(box["x"] + box["width"] * 5.5 / 8, box["y"] + box["height"] * 2.5 / 8)
        sixth = widget.locator(".clipnb-heads span").nth(5).get_attribute("title")
        expect(said).to_have_text(sixth)
        expect(widget.locator("figcaption")).to_contain_text("strawberry poison frog")
        assert widget.locator(".clipnb-reading img").get_attribute("src") == widget.locator(
            ".clipnb-thumbs img"
        ).nth(2).get_attribute("src")
        value = widget.locator(".clipnb-big").inner_text()

        field.focus()
        before = active(page)
        for key in ("ArrowDown", "ArrowRight", "ArrowLeft", "ArrowUp"):
            page.keyboard.press(key)
            expect(widget.locator(".clipnb-big")).not_to_have_text("")
        assert widget.locator(".clipnb-big").inner_text() == value  # there and back
        page.keyboard.press("PageUp")
        page.keyboard.press("PageUp")
        expect(widget.locator(".clipnb-big")).to_have_text("cosine 0.000")
        expect(widget.locator(".clipnb-dial")).to_contain_text("start")
        assert drawn(widget.locator(".clipnb-matrix")) == 1 and active(page) == before
        dial.focus()
        page.keyboard.press("End")
        expect(widget.locator(".clipnb-big")).to_have_text(value)
        assert drawn(widget.locator(".clipnb-matrix")) == at_the_end
        field.focus()
        page.keyboard.press("Home")
        page.keyboard.press("ArrowLeft")  # an edge is an edge
        expect(said).to_have_text("a photo of a common frog")
        look_at(lab, page, widget, "matrix")


def test_inspector_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(PREPARE, INSPECTOR, height=1300) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        tokens, patches = (
            widget.locator(".clipnb-tokens button"),
            widget.locator(".clipnb-grid button"),
        )
        about = widget.locator("p:not(.clipnb-spoken)")
        expect(tokens).to_have_count(5)
        tokens.nth(2).click()
        expect(about.filter(has_text="vocabulary")).to_contain_text("“green” is number")
        expect(patches).to_have_count(64)
        patches.nth(9).click()
        expect(about.filter(has_text="Patch")).to_contain_text(
            "Patch 9 (row 1, column 1) of 8 × 8, all counted from 0"
        )
        whole = patches.evaluate_all("all => all.map((one) => one.style.background).join()")
        widget.get_by_label("“green” by itself").check()
        assert patches.evaluate_all("all => all.map((one) => one.style.background).join()") != whole
        expect(about.filter(has_text="Patch")).to_contain_text("For “green” it has")

        # by keyboard: tokens and patches by arrows, and a new text, which goes to the kernel
        # when the typing pauses
        before = active(page)
        tokens.nth(2).focus()
        page.keyboard.press("ArrowRight")
        expect(about.filter(has_text="vocabulary")).to_contain_text("“frog” is number")
        patches.nth(9).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowLeft")
        columns = int(
            widget.locator(".clipnb-sight").first.evaluate(
                "one => one.style.getPropertyValue('--columns')"
            )
        )
        expect(about.filter(has_text="Patch")).to_contain_text(
            f"Patch {8 + columns} (row 2, column 0) of"
        )
        assert active(page) == before
        field = widget.get_by_label("Text", exact=True)
        field.fill("")
        page.keyboard.type("a naïve frog 🐸")
        expect(tokens.filter(has_text="byte 4/4")).to_have_count(1)
        expect(widget).to_have_attribute("data-pending", "0")
        assert field.input_value() == "a naïve frog 🐸"
        widget.get_by_role("button", name="Undo").click()
        expect(tokens).to_have_count(5)
        number = widget.get_by_label("image (1 to 22)")
        number.fill("22")
        number.press("Tab")
        expect(widget).to_have_attribute("data-pending", "0")
        expect(widget.locator(".clipnb-sight img").first).to_have_js_property("complete", True)
        look_at(lab, page, widget, "inspector")


def test_slider_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(PREPARE, SLIDER) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        now, canvas, slider = (
            widget.locator(".clipnb-now"),
            widget.locator(".clipnb-stack canvas"),
            widget.get_by_label("Descriptor", exact=True),
        )
        pixels = "c => c.toDataURL()"
        expect(now).to_contain_text("1 of 7: ")
        first = canvas.evaluate(pixels)
        widget.locator(".clipnb-descriptors button").nth(3).click()
        expect(now).to_contain_text("4 of 7: ")
        assert canvas.evaluate(pixels) != first and drawn(canvas) > 20
        before = active(page)
        slider.focus()
        page.keyboard.press("ArrowRight")
        expect(now).to_contain_text("5 of 7: ")
        page.keyboard.press("Home")
        expect(now).to_contain_text("1 of 7: ")
        assert canvas.evaluate(pixels) == first and active(page) == before
        widget.get_by_label("Opacity of the heatmap").focus()
        page.keyboard.press("Home")
        assert canvas.evaluate("c => c.style.opacity") == "0"
        page.keyboard.press("End")
        assert canvas.evaluate("c => c.style.opacity") == "1"
        widget.get_by_label("Method").select_option("gradient")
        expect(widget).to_have_attribute("data-pending", "0")
        assert canvas.evaluate(pixels) != first
        widget.get_by_label("Method").select_option("gradient × attention")
        assert canvas.evaluate(pixels) == first  # kept: in the same frame
        radios = widget.get_by_role("radio")
        radios.first.focus()
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        expect(widget).to_have_attribute("data-pending", "0")
        expect(widget.locator("figcaption")).to_contain_text("strawberry poison frog")
        expect(widget.get_by_label("Descriptors of")).to_have_value("strawberry poison frog")
        assert canvas.evaluate(pixels) != first
        look_at(lab, page, widget, "slider")
