"""Design a creature, browse confusions, map embeddings: their pages in a real browser, by mouse and
by keyboard."""

import re

import pytest
from lab_server import show_alone, side_by_side
from test_widgets_browser import PAYLOADS, saved_notebook
from test_widgets_creature_state import (
    by_nonsense,
    described_pictures,
    hostile_confusions,
    hostile_map,
)

import clipnb
from clipnb.widgets.confusions.widget import ConfusionBrowser
from clipnb.widgets.embedding_map.widget import EmbeddingMapWidget


@pytest.fixture(scope="module")
def described():
    return described_pictures()


@pytest.fixture(scope="module")
def birds(clip, described):
    data, table = described
    return data, clipnb.ZeroShotClassifier(clip, table).predict(data)


# -- in a browser, alone
# ------------------------------------------------------------------------------------------------------

REPLAY = """([rules, actions]) => {
  const machine = new window.module.Machine(model.get("document"), eval(`(m => ${rules})`)(window.module));
  return actions.map((action) => {
    let refused = false;
    try { machine.act(action); } catch { refused = true; }
    return { refused, document: structuredClone(machine.document), steps: machine.past.length };
  });
}"""


def check_twin(lab, widget, rules, actions, keys):
    """Actions on the page's machine and on the state: the same refusals, documents and steps."""
    with lab.plain("") as sight:
        show_alone(sight.page, widget)
        theirs = sight.page.evaluate(REPLAY, [rules, actions])
    for action, got, _ in side_by_side(widget, actions, theirs):
        assert (
            all(got["document"][key] == widget.state.document[key] for key in keys)
            and got["steps"] == widget.state.steps
        ), action
    assert any(got["refused"] for got in theirs) and not all(got["refused"] for got in theirs)


def test_the_javascript_of_the_three_does_what_python_does(lab, clip, described, birds):
    creature = clipnb.widgets.design_creature(
        clip, "fish", descriptors={"a": ["red"], "b": ["blue"]}
    )
    values = creature.state.values
    actions = [
        {"do": "set", "of": slot, "value": value}
        for slot in values
        for value in (values[slot][-1], "no such value")
    ]
    actions += [{"do": "start", "species": n} for n in (1, 99, -1)] + [
        {"do": "settle", "habitat": name} for name in ("reef", "moon")
    ]
    actions += [
        {"do": "become", "marks": {"tail": values["tail"][0], "x": "y"}},
        {"do": "become", "marks": {"tail": values["tail"][0]}},
    ]
    actions += [
        {"do": "set", "of": "constructor", "value": "x"},
        {"do": "against", "of": 1},
        {"do": "against", "of": 2},
    ]
    check_twin(
        lab,
        creature,
        'm.CREATURE(model.get("settings"))',
        [
            *actions,
            *[{"do": "undo"}] * 40,
            {"do": "start", "species": 2},
            {"do": "reset"},
            {"do": "undo"},
        ],
        creature.document,
    )
    data, prediction = birds
    browser = clipnb.widgets.browse_confusions(prediction, data, max_classes=4)
    actions = [{"do": "choose", "group": group} for group in (1, 2, 5, 4, 0)]
    actions += [
        {"do": "open", "row": row, "column": column} for row in (0, 3, 4) for column in (0, 4, 5)
    ]
    check_twin(lab, browser, 'm.CONFUSIONS(model.get("matrices"))', actions, ["group", "cell"])
    chart = clipnb.widgets.map_embeddings(clip, *described, max_points=8)
    actions = [
        {"do": "select", "points": points} for points in ([3, 1, 1], [], [15], [16], [1, -1])
    ] + [{"do": "toggle", "point": p} for p in (2, 1, 2, 16)]
    actions += (
        [{"do": "choose", "point": p} for p in (0, 15, 16)]
        + [{"do": "centre", "on": on} for on in (True, False)]
        + [{"do": "undo"}] * 3
        + [{"do": "reset"}]
    )
    check_twin(lab, chart, 'm.EMBEDDING_MAP(model.get("points").length)', actions, chart.document)


def test_no_script_in_a_name_a_sentence_or_a_file_name_is_run(lab, clip):
    creature = clipnb.widgets.design_creature(
        clip, descriptors={name: [name, name[::-1]] for name in PAYLOADS}
    )
    confusions = ConfusionBrowser(hostile_confusions(clip))
    pages = [creature, confusions, EmbeddingMapWidget(hostile_map(clip))]
    with lab.plain(
        "".join(widget._repr_mimebundle_()[0]["text/html"] for widget in pages)
    ) as sight:
        page = sight.page
        for widget in pages:
            show_alone(page, widget)
            # every name among the leaders and in the reasons, every one from the kernel
            if widget is creature:
                for of in range(100):
                    creature.act("against", of=of)
                    page.evaluate("opinion => model.set('opinion', opinion)", creature.opinion)
                    assert page.evaluate(
                        "el.querySelector('.clipnb-heading ~ .clipnb-reasons, .clipnb-because .clipnb-heading') &&"
                        " el.querySelector('.clipnb-because').textContent.includes(model.get('opinion').why.right)"
                    )
            if widget is confusions:
                for group in range(0, 100, 10):
                    confusions.act("choose", group=group)
                    for row in range(10):
                        confusions.act("open", row=row, column=10)
                        page.evaluate(
                            "([document, behind]) => { model.set('behind', behind);"
                            " model.set('document', document); }",
                            [confusions.document, confusions.behind],
                        )
        page.locator(".clipnb-map").hover()
        page.wait_for_timeout(300)
        assert page.evaluate("window.owned") is None
        assert (
            page.locator(
                ".clipnb :is(script, iframe, a, style, math, details, [onerror], [onload],"
                " [onfocus])"
            ).count()
            == 0
        )
        assert (
            page.locator("script").count() == 0
            and page.locator("svg:not(.clipnb svg)").count() == 0
        )
        assert (
            page.locator(".clipnb-map title")
            .nth(7)
            .text_content()
            .endswith(f"{PAYLOADS[7]} ({PAYLOADS[92]})")
        )


def test_a_column_without_pictures_is_left_out_and_heads_are_whole(lab, clip, birds):
    data, prediction = birds[0], by_nonsense(clip, birds[0])
    for most in (3, len(data.class_names)):
        widget = clipnb.widgets.browse_confusions(prediction, data, max_classes=most)
        size, others = len(widget.matrices[0]["classes"]), widget.matrices[0]["others"]
        assert others == (most == 3)
        widget.act("open", row=1, column=size)  # in Python the column has its index, drawn or not
        with lab.plain("", width=1000) as sight:
            page = sight.page
            show_alone(page, widget)
            lab.shoot(page, f"confusions-{most}", full_page=True)
            assert (
                page.locator("thead th").count() == size + 1 + others
                and page.locator("tbody tr").first.locator("td").count() == size + others
            )
            assert page.get_by_text("other classes", exact=True).count() == others
            assert page.locator("table [tabindex='0']").count() == 1
            page.locator("table [tabindex='0']").focus()
            for _ in range(size + 3):
                page.keyboard.press("ArrowRight")
            assert (
                page.evaluate("Number(document.activeElement.dataset.column)") == size - 1 + others
            )
            cut = (
                "all => all.filter((one) => one.scrollHeight > one.clientHeight || one.scrollWidth"
                " > one.clientWidth).length"
            )
            assert page.locator("thead span").evaluate_all(cut) == 0


# -- in JupyterLab
# ------------------------------------------------------------------------------------------------------------

PREPARE = """import clipnb
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds=["bird", "frog"], per_species=2)
table = clipnb.descriptor_prompts(clipnb.load_descriptors("fieldguide").select(data.class_names), include_name=False)"""
UNLABELLED = (
    "box => [...box.querySelectorAll('input, select, button')].filter((one) => !(one.ariaLabel ||"
    " one.labels?.length || one.textContent.trim())).length"
)


@pytest.fixture(scope="module")
def expect(lab):
    from playwright.sync_api import expect

    expect.set_options(timeout=120_000)
    return expect


def settled(expect, widget):
    """The kernel has answered, and nothing failed there."""
    expect(widget).to_have_attribute("data-pending", "0")
    expect(widget).to_have_attribute("data-failures", "0")


def look(lab, page, widget, name):
    """Images to look at: light, dark, 700 pixels wide; and what can be checked of them."""
    assert widget.evaluate(UNLABELLED) == 0
    lab.shoot(page, name, "JupyterLab Light")
    lab.shoot(page, f"{name}-dark", "JupyterLab Dark")
    page.set_viewport_size({"width": 700, "height": 1500})
    page.wait_for_timeout(500)
    assert widget.evaluate("box => box.scrollWidth - box.clientWidth") <= 1
    lab.shoot(page, f"{name}-700")


def test_creature_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(
        "import clipnb\nclipnb.widgets.design_creature(clipnb.load_clip(), 'bird', 'northern"
        " cardinal')",
        height=1300,
    ) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        settled(expect, widget)
        drawing, leader, truth = (
            widget.locator(".clipnb-drawing img"),
            widget.locator(".clipnb-verdict li").first,
            widget.locator(".clipnb-truth"),
        )
        expect(truth).to_have_text("By the table of field marks: northern cardinal.")
        first, verdict = drawing.get_attribute("src"), leader.inner_text()

        # by mouse: the crest goes, with its colours; the drawing and the scores follow, and come
        # back
        colour = widget.get_by_label("crest: colour", exact=True)
        expect(colour).to_be_visible()
        widget.get_by_label("crest: form").select_option("none")
        expect(colour).to_be_hidden()
        settled(expect, widget)
        assert drawing.get_attribute("src") != first and leader.inner_text() != verdict
        expect(truth).to_contain_text("no species; nearest is northern cardinal")
        widget.get_by_role("button", name="Undo").click()
        settled(expect, widget)
        assert drawing.get_attribute("src") == first and leader.inner_text() == verdict
        third = widget.locator(".clipnb-verdict li").nth(2).get_by_role("button")
        third.click()
        expect(widget.locator(".clipnb-because .clipnb-heading")).to_contain_text(
            f"rather than {third.inner_text()}?"
        )
        # it has a frame, and the page says what that means
        expect(third).to_have_attribute("aria-pressed", "true")
        expect(widget.locator(".clipnb-hint")).to_contain_text(
            "Framed: compared with the first, below."
        )

        # by keyboard: another species, another habitat, chance, and back
        widget.get_by_label("Start from").focus()
        page.keyboard.type("mallard")
        expect(truth).to_have_text("By the table of field marks: mallard.")
        widget.get_by_label("Habitat").focus()
        page.keyboard.type("snow")
        expect(drawing).to_have_attribute("alt", re.compile("^bird, snow: "))
        settled(expect, widget)
        mallard = drawing.get_attribute("src")
        widget.get_by_role("button", name="Random").focus()
        page.keyboard.press("Enter")
        expect(drawing).not_to_have_attribute("src", mallard)
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # Reset
        expect(drawing).to_have_attribute("src", first)
        settled(expect, widget)
        look(lab, page, widget, "creature")

        # without a kernel: what is there stays, and the page says what is missing
        lab.end_kernel_of(page)
        widget.get_by_label("tail: form").select_option("short")
        expect(widget.get_by_role("status")).to_contain_text("needs a running kernel")
        expect(drawing).to_have_attribute("src", first)


def test_confusions_by_mouse_and_by_keyboard(lab, expect):
    cell = (
        "prediction = clipnb.ZeroShotClassifier(clip,"
        " table).predict(data)\nclipnb.widgets.browse_confusions(prediction, data)"
    )
    with lab.opened(PREPARE, cell, height=1300) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        settled(expect, widget)
        expect(widget.locator("tbody tr")).to_have_count(12)
        expect(widget.locator(".clipnb-because .clipnb-heading")).to_contain_text("Why ")

        # by mouse: a cell, another image, another group
        right = widget.locator("[data-kind=right]").first
        right.click()
        settled(expect, widget)
        count = int(right.inner_text())
        expect(widget.locator(".clipnb-behind button")).to_have_count(count)
        expect(widget.locator(".clipnb-heading").first).to_contain_text(f": {count} image")
        widget.locator(".clipnb-behind button").last.click()
        expect(widget.locator(".clipnb-behind button").last).to_have_attribute(
            "aria-pressed", "true"
        )
        expect(widget.locator("figcaption")).to_contain_text("and taken for it")
        widget.locator("select").select_option("frog")
        settled(expect, widget)
        expect(widget.locator("tbody th").first).to_be_visible()
        assert (
            widget.locator("p").first.inner_text().startswith("frog: ")
            or "frog: " in widget.inner_text()
        )

        # by keyboard: one stop of Tab, arrows inside, Enter opens
        assert widget.locator("table [tabindex='0']").count() == 1
        widget.locator("table [tabindex='0']").focus()
        for _ in range(12):
            page.keyboard.press("ArrowUp")
            page.keyboard.press("ArrowLeft")
        assert page.evaluate(
            "[document.activeElement.dataset.row, document.activeElement.dataset.column]"
        ) == ["0", "0"]
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(widget.locator("table [aria-pressed=true]")).to_have_attribute("data-row", "1")
        settled(expect, widget)
        assert page.evaluate("document.activeElement.dataset.column") == "1"
        widget.locator("select").select_option("all classes")
        settled(expect, widget)
        look(lab, page, widget, "confusions")
        # beside Lab's side bar
        assert (
            widget.locator(".clipnb-scroll").evaluate("box => box.scrollWidth - box.clientWidth")
            <= 1
        )


def test_map_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(
        PREPARE,
        "widget = clipnb.widgets.map_embeddings(clip, data, table, max_points=60)\nwidget",
        height=1100,
    ) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        settled(expect, widget)
        chart, listed, near = (
            widget.locator(".clipnb-map"),
            widget.locator(".clipnb-chosen li"),
            widget.locator(".clipnb-near li"),
        )
        page.wait_for_timeout(700)  # until the points have moved to their places

        # by mouse: a rectangle around everything, a lasso around half, a click on a point
        box = chart.bounding_box()
        corner = lambda x, y: (
            box["x"] + x * box["width"],
            box["y"] + y * box["height"],
        )

        def draw(*places):
            page.mouse.move(*corner(*places[0]))
            page.mouse.down()
            for place in places[1:]:
                page.mouse.move(*corner(*place), steps=4)
            page.mouse.up()

        draw((0.01, 0.01), (0.99, 0.99))
        expect(listed).to_have_count(60)
        expect(widget.locator(".clipnb-heading", has_text="Selected")).to_contain_text(
            "here the first 60"
        )
        widget.get_by_label("lasso").check()
        draw((0.01, 0.01), (0.5, 0.01), (0.5, 0.99), (0.01, 0.99))
        total = widget.locator(".clipnb-heading", has_text="Selected").inner_text()
        assert 0 < sum(map(int, re.findall(r"(\d+) (?:image|text)", total))) < 120
        widget.get_by_role("button", name="Undo").click()
        expect(listed).to_have_count(60)
        widget.get_by_role("button", name="frog", exact=True).click()
        assert widget.locator(".clipnb-map [data-dim=false]").count() < 120
        listed.first.get_by_role("button").click()
        expect(near).to_have_count(5)
        expect(widget.locator(".clipnb-beside > img")).to_be_visible()

        # by keyboard: from point to point, explain, select, centre
        chart.focus()
        said = widget.get_by_role("status").inner_text()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        assert widget.get_by_role("status").inner_text() != said
        page.keyboard.press("Escape")
        page.keyboard.press("Space")
        expect(listed).to_have_count(1)
        page.keyboard.press("Enter")
        text = listed.first.inner_text()
        expect(widget.locator(".clipnb-heading").first).to_contain_text(text)
        before = chart.evaluate(
            "chart => [...chart.querySelectorAll('path')].map((path) =>"
            " path.style.transform).join()"
        )
        widget.get_by_label("each cloud on its own mean").focus()
        page.keyboard.press("Space")
        assert (
            chart.evaluate(
                "chart => [...chart.querySelectorAll('path')].map((path) =>"
                " path.style.transform).join()"
            )
            != before
        )
        settled(expect, widget)
        widget.get_by_label("each cloud on its own mean").uncheck()
        page.wait_for_timeout(700)
        widget.get_by_role("button", name="Select nothing").click()
        look(lab, page, widget, "map")


def test_a_saved_notebook_shows_the_three_as_they_were(lab, clip, described, birds, expect):
    creature = clipnb.widgets.design_creature(clip, "bird", "mallard")
    creature.act("settle", habitat="snow")
    confusions = clipnb.widgets.browse_confusions(birds[1], birds[0])
    chart = clipnb.widgets.map_embeddings(clip, *described, max_points=20)
    chart.act("select", points=[0, 25])
    chart.act("choose", point=25)
    with lab.opened(
        notebook=saved_notebook(creature, confusions, chart), run=False, height=2600
    ) as sight:
        page = sight.page
        expect(page.locator(".clipnb")).to_have_count(3)
        expect(page.locator(".clipnb-drawing img")).to_have_attribute(
            "alt", re.compile("^bird, snow: ")
        )
        expect(page.locator(".clipnb-behind button")).to_have_count(len(confusions.state.behind()))
        expect(page.locator(".clipnb-near li")).to_have_count(5)
        expect(page.locator(".clipnb-chosen li")).to_have_count(2)
        page.locator(".clipnb-near button").first.click()  # the map goes on without a kernel
        expect(page.locator(".clipnb .clipnb-heading", has_text="Texts nearest to")).to_be_visible()
        lab.shoot(page, "saved-three")
