"""Widgets in VS Code's widget manager, on a kernel and from a saved notebook. VS Code itself runs
nowhere here: vscode_page.py says what does.

``make test-vscode`` fetches the manager and runs this. In ``make test`` it is skipped, with the
reason, unless the manager was fetched before.
"""

import pytest
import vscode_page
from all_widgets import PREPARE, calls
from test_widgets_browser import LONG, ROWS, saved_notebook

import clipnb

fetched = pytest.mark.skipif(bool(vscode_page.missing()), reason=str(vscode_page.missing()))
TYPED = "a purple unicorn with a striped hat"


@pytest.fixture(scope="module")
def expect(lab):
    from playwright.sync_api import expect

    expect.set_options(timeout=LONG)
    return expect


def test_vs_code_finds_anywidgets_script_in_the_environment():
    """Otherwise VS Code would ask a server for it, or show nothing."""
    script = vscode_page.local_scripts()["anywidget"]
    assert 'define(["@jupyter-widgets/base"]' in (vscode_page.JUPYTER / f"{script}.js").read_text(
        "utf-8"
    )


@fetched
def test_every_widget_is_drawn(lab, expect):
    with vscode_page.opened(lab, height=900) as sight:
        vscode_page.start(
            lab, sight, PREPARE, "\n".join(f"display({call})" for call in calls().values())
        )
        widgets = sight.page.locator(".clipnb")
        expect(widgets).to_have_count(len(calls()))
        for name, widget in zip(calls(), widgets.all(), strict=True):
            expect(widget).to_have_attribute("data-pending", "0")
            assert (
                widget.locator("input, select, button, canvas, svg").count() > 2
                and widget.bounding_box()["height"] > 200
            ), name
            lab.shoot(widget, f"vscode-{name}")
        assert sight.page.evaluate("log") == ["asked for anywidget"]


@fetched
@pytest.mark.parametrize("dark", [False, True])
def test_what_is_typed_goes_to_the_kernel_and_its_score_comes_back(lab, expect, dark):
    with vscode_page.opened(lab, dark, height=1500) as sight:
        vscode_page.start(
            lab,
            sight,
            PREPARE,
            "widget = widgets.explore_descriptors(clip, data, descriptors)\nwidget",
        )
        widget = sight.page.locator(".clipnb")
        row = widget.locator(".clipnb-panel").first.locator("li").first
        before = widget.locator(".clipnb-ranking").inner_text()
        row.locator("textarea").fill(TYPED)
        expect(row).to_have_attribute("data-pending", "true")
        expect(row).to_have_attribute("data-pending", "false")
        expect(row.locator(".clipnb-value").first).not_to_have_text("…")
        assert widget.locator(".clipnb-ranking").inner_text() != before
        number = widget.get_by_label("image (1 to 22)")
        number.fill("22")  # an image that the page does not have
        number.press("Tab")
        expect(widget.locator("figcaption")).to_contain_text("(test/")
        expect(widget).to_have_attribute("data-pending", "0")
        expect(widget).to_have_attribute("data-failures", "0")
        lab.shoot(sight.page, f"vscode-{'dark' if dark else 'light'}")

        # Python has what was done on the page, and what Python does is seen there
        texts = "[one['rows'][0]['text'] for one in widget.document['classes']]"
        vscode_page.cell(
            sight, f"assert widget.document['picture'] == 21 and {TYPED!r} in {texts}, {texts}"
        )
        vscode_page.cell(
            sight, "widget.act('edit', of=widget.state.compared()[0], row=0, text='from Python')"
        )
        expect(row.locator("textarea")).to_have_value("from Python")


@fetched
def test_a_saved_notebook_shows_the_last_state_without_a_kernel(lab, clip, expect):
    frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
    explorer, playground = (
        clipnb.widgets.explore_descriptors(clip, frogs, ROWS),
        clipnb.widgets.play_prompts(clip, frogs),
    )
    explorer.act("compare", side=0, of=1)
    explorer.act("edit", of=1, row=0, text="last words")
    with vscode_page.opened(lab, height=1700) as sight:
        state = saved_notebook(explorer, playground).metadata["widgets"]
        options = {
            "state": state,
            "models": [explorer.model_id, playground.model_id],
            "scripts": vscode_page.local_scripts(),
        }
        sight.page.evaluate("options => restore(options)", options)
        expect(sight.page.locator(".clipnb")).to_have_count(2)
        panel = sight.page.locator(".clipnb-panel").first
        expect(panel.locator("textarea").first).to_have_value("last words")
        before = panel.locator(".clipnb-score").inner_text()
        panel.locator("[type=checkbox]").nth(1).uncheck()
        assert panel.locator(".clipnb-score").inner_text() != before
        lab.shoot(sight.page, "vscode-saved")
