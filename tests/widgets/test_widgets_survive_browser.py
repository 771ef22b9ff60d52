"""In JupyterLab: a cell that is run again keeps the reader's edits, and what the kernel refuses is
taken back on the page."""

import pytest

PREPARE = """import clipnb
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)"""
LONG = 120_000  # ms, on a busy machine


@pytest.fixture(scope="module")
def expect(lab):
    from playwright.sync_api import expect

    expect.set_options(timeout=LONG)
    return expect


def test_edits_are_kept_when_the_cell_is_run_again(lab, expect):
    with lab.opened(PREPARE, "widget = clipnb.widgets.rank_images(clip, data)\nwidget") as sight:
        page, text = sight.page, sight.page.locator(".clipnb textarea, .clipnb input[type=text]")
        reset = page.get_by_role("button", name="Reset")
        expect(reset).to_be_disabled()
        begun = text.first.input_value()
        text.first.fill("a yellow frog")
        kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel"
        # the kernel has it, before another cell of it is run
        page.wait_for_timeout(2000)
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for_timeout(1000)
        page.wait_for_function(f"{kernel}?.status === 'idle'", timeout=LONG)
        expect(page.get_by_text("Your edits from before are still here")).to_be_visible()
        expect(text.first).to_have_value("a yellow frog")
        expect(reset).to_be_enabled()
        reset.click()
        expect(text.first).to_have_value(begun)


def test_what_the_kernel_refuses_is_taken_back_on_the_page(lab, expect):
    """The page cannot know how long a text the model takes; the kernel says it, and the page shows
    what it showed before."""
    code = "widget = clipnb.widgets.play_prompts(clip, data, names=['a frog', 'a ' * 900])\nwidget"
    with lab.opened(PREPARE, "import warnings; warnings.simplefilter('ignore')", code) as sight:
        page = sight.page
        template = page.locator(".clipnb tbody textarea, .clipnb thead textarea").first
        templates = [
            field for field in page.locator(".clipnb textarea").all() if "{}" in field.input_value()
        ]
        template, before = templates[0], templates[0].input_value()
        template.fill("{}" * 100)
        template.blur()
        expect(page.get_by_text("makes a text of")).to_be_visible()
        expect(template).to_have_value(before)
        template.fill("a drawing of {}")
        expect(template).to_have_value("a drawing of {}")
        expect(page.get_by_text("makes a text of")).not_to_be_visible()
