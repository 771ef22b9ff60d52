"""What Google Colab asks of widgets, as far as it can be tried without Colab.

Colab shows an output in a frame of another origin. Its own widget manager, which has to be asked
for, fetches anywidget's script from a server; the widget itself comes from the kernel. So a widget
must ask for that manager, need nothing else from anywhere, and nothing that such a frame is
refused.
"""

import json
import re
import subprocess
import sys

import pytest
from lab_server import show_alone
from test_widgets_browser import LONG

VIEW = "application/vnd.jupyter.widget-view+json"
FAKE = f"""import json, sys, types
calls = []
output = types.ModuleType("google.colab.output")
output.enable_custom_widget_manager = lambda: calls.append(1)
output._widgets = types.SimpleNamespace(_installed_url="manager.js")
for name in ("google", "google.colab"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["google.colab.output"] = output
import clipnb
clip, data = clipnb.load_clip(), clipnb.load_fieldguide("test", kinds="frog", per_species=1)
views = [clipnb.widgets.play_prompts(clip, data), clipnb.widgets.rank_images(clip, data)]
data, metadata = [view._repr_mimebundle_() for view in views][-1]
print(json.dumps([len(calls), "{VIEW}" in data, metadata]))"""
REFUSED = (
    "sessionStorage localStorage indexedDB cookie caches serviceWorker parent top opener alert"
    " confirm prompt open".split()
)


@pytest.fixture(scope="module")
def expect(lab):
    from playwright.sync_api import expect

    expect.set_options(timeout=LONG)
    return expect


def test_colab_is_asked_once_for_its_widget_manager_and_told_which_it_is():
    """anywidget does this where it finds Colab; a widget's own description of itself must pass it
    on."""
    answer = subprocess.run(
        [sys.executable, "-c", FAKE], capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(answer) == [
        1,
        True,
        {VIEW: {"colab": {"custom_widget_manager": {"url": "manager.js"}}}},
    ]


def test_a_widget_names_no_address_and_imports_nothing(widgets):
    for name, widget in widgets.items():
        state = widget.get_state()
        # a name, not an address
        known = json.dumps(state, default=lambda _: "bytes").replace(
            "http://www.w3.org/2000/svg", ""
        )
        assert not re.findall(r"\w+://[^\"\s]{,60}", known), name
        assert not re.search(
            r"^\s*import\b|\bimport\s*\(|\bfetch\s*\(|XMLHttpRequest|WebSocket|\bWorker\b",
            state["_esm"],
            re.M,
        ), name
        assert not re.search(r"@import|url\(", state["_css"]), name
        words = "|".join(REFUSED)
        assert not re.search(
            rf"\b(?:window|self|globalThis|document|navigator)\.(?:{words})\b|\b(?:alert|confirm|prompt)\(",
            state["_esm"],
        ), name


FRAME = (
    '<iframe sandbox="allow-scripts" style="width: 1100px; height: 1100px; border: 0"'
    ' srcdoc="<!doctype html><title>output</title>"></iframe>'
)
OUTSIDE = """() => [() => localStorage, () => document.cookie, () => parent.document].map((touch) => {
  try { touch(); return "allowed"; } catch (error) { return error.name; } })"""


def test_every_widget_works_in_a_frame_of_another_origin(lab, widgets, expect):
    for name, widget in widgets.items():
        with lab.plain(FRAME) as sight:
            frame = sight.page.frames[1]
            frame.wait_for_load_state()
            assert frame.evaluate(OUTSIDE) == ["SecurityError"] * 3  # it is such a frame
            show_alone(frame, widget, view="Uint8Array")  # Colab's manager hands over bytes so
            shown = frame.locator(".clipnb")
            expect(shown).to_have_count(1)
            assert (
                shown.locator("input, select, button, canvas, svg").count() > 2
                and shown.bounding_box()["height"] > 200
            ), name
            if name == "explore_descriptors":
                before = shown.locator(".clipnb-score").all_inner_texts()
                # the one that fits worst
                shown.locator(".clipnb-panel [type=checkbox]").nth(5).uncheck()
                assert shown.locator(".clipnb-score").all_inner_texts() != before
            if name == "slide_heatmaps":
                shown.get_by_role("slider", name="Descriptor").fill("2")
                expect(shown).to_contain_text("3 of ")
            lab.shoot(sight.page, f"frame-{name}")
