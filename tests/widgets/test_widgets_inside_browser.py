"""Inside CLIP in a browser: the twin of its state, every number on the page equal to Python's, and
a large model on a small screen."""

import numpy as np
import pytest
from lab_server import show_alone
from payloads import PAYLOADS
from small_models import save_clip
from test_widgets_creature import check_twin

import clipnb

TEXT = "a green frog"
GO = "step => document.querySelectorAll('.clipnb-steps button')[step].click()"
SHOWN = "() => document.querySelector('.clipnb-scene:not([hidden]) .clipnb-about')?.textContent"


@pytest.fixture(scope="module")
def widget(clip):
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    return clipnb.widgets.look_inside(clip, data, TEXT, start="tree frog")


def test_the_javascript_does_what_python_does(lab, clip, widget):
    layers, heads = widget.state.image_size
    actions = [{"do": "write", "text": text} for text in ("x" * 600, "x" * 601, "größer 🐸", "")]
    actions += [{"do": "choose", "picture": n} for n in (1, 99, -1)]
    actions += [{"do": "go", "step": n} for n in (7, 8)]
    actions += [{"do": "look", "patch": n} for n in (0, widget.state.patches)]
    actions += [{"do": "ask", "query": query} for query in ("patch", "class", "text")]
    actions += [{"do": "open", "layer": 0, "head": 1}, {"do": "open", "layer": layers, "head": 0}]
    actions += [
        {"do": "open", "layer": 0, "head": heads},
        {"do": "open_text", "layer": 0, "head": 1},
    ]
    actions += [{"do": "open_text", "layer": 99, "head": 0}]
    actions += [{"do": "pick", "token": n} for n in (0, clip.max_tokens)]
    actions += [{"do": "count", "number": n} for n in (clip.dim - 1, clip.dim)]
    actions += [{"do": name} for name in ("undo", "undo", "reset", "undo")]
    rules = 'm.INSIDE(model.get("total"), model.get("settings"))'
    fresh = clipnb.widgets.look_inside(clip, widget.state.images.data, TEXT)
    check_twin(lab, fresh, rules, actions, fresh.state.document)


def test_every_step_shows_pythons_numbers(lab, widget):
    state = widget.state
    row = state.attention()[0, 2]
    patch = int(row[1:].argmax())
    with lab.plain("", width=1100) as sight:
        page = sight.page
        show_alone(page, widget)
        heads = page.locator(".clipnb-scene:not([hidden]) .clipnb-heads button")
        assert page.locator(".clipnb-steps button").count() == 8
        page.evaluate(GO, 2)
        assert heads.count() == np.prod(state.image_size)
        assert page.locator("[data-part=heads]").get_attribute("data-on") == "true"
        heads.nth(2).click()
        page.locator(".clipnb-scene:not([hidden]) .clipnb-grid button").nth(patch).click()
        told = page.evaluate(SHOWN)
        assert f"Layer 1, head 3: the class token takes {percent(row[1 + patch])}" in told
        assert f"It keeps {percent(row[0])} from itself" in told
        page.evaluate(GO, 5)
        assert heads.count() == np.prod(state.text_size)
        heads.nth(0).click()
        shown = page.locator(".clipnb-scene:not([hidden]) .clipnb-tokens .clipnb-id")
        attention = state.text().attention[0, 0, state.token()]
        assert shown.all_text_contents() == [percent(x) for x in attention]
        page.evaluate(GO, 6)
        assert f"products is {state.products().sum():.3f}" in page.evaluate(SHOWN)
        page.evaluate(GO, 7)
        rows = page.locator("ol .clipnb-candidate")
        cosines, probabilities = state.scores()
        order = np.argsort(-probabilities, kind="stable")
        for i, which in enumerate(order):
            text, cosine, probability = rows.nth(i).locator("span").all_text_contents()[:2] + [
                rows.nth(i).locator(".clipnb-value").nth(1).text_content()
            ]
            assert text == state.candidates()[which] and cosine == f"{cosines[which]:.3f}"
            assert probability == percent(probabilities[which])


def percent(x):
    return f"{100 * x:.{1 if 0 < x < 0.1 else 0}f} %"


def test_steps_by_keyboard_and_what_waits_for_a_kernel(lab, widget):
    with lab.plain("", width=1100) as sight:
        page = sight.page
        show_alone(page, widget)
        page.get_by_role("button", name="Next").focus()
        for _ in range(7):
            page.keyboard.press("Enter")
        assert page.locator(".clipnb-title").text_content() == "8. Probabilities"
        assert page.get_by_role("button", name="Next").is_disabled()
        page.locator("[data-part=heads]").click()
        assert page.locator(".clipnb-title").text_content() == "3. Attention between patches"
        page.locator(".clipnb-scene:not([hidden]) .clipnb-heads button[tabindex='0']").focus()
        page.keyboard.press("ArrowLeft")  # from the first of the last layer to the one before it
        at = page.evaluate("document.activeElement.getAttribute('aria-label')")
        layers, heads = widget.state.image_size
        assert at == f"layer {layers - 1}, head {heads}"
        page.get_by_role("radio", name="the chosen patch").check()
        assert page.locator(".clipnb").get_attribute("data-pending") == "1"
        page.get_by_role("radio", name="the class token").check()
        assert page.locator(".clipnb").get_attribute("data-pending") == "0"


def test_twelve_layers_of_twelve_heads_on_a_phone(lab, tmp_path):
    from transformers import CLIPConfig, CLIPModel

    save_clip(tmp_path, image=56, patch=8)
    config = CLIPConfig.from_pretrained(tmp_path)
    for side in (config.vision_config, config.text_config):
        side.hidden_size, side.num_hidden_layers, side.num_attention_heads = 48, 12, 12
    CLIPModel(config).save_pretrained(tmp_path)
    clip = clipnb.load_clip(str(tmp_path), cache=False)
    frog = clipnb.load_fieldguide("test", kinds="frog", per_species=1).images[0]
    widget = clipnb.widgets.look_inside(clip, frog, TEXT)
    for width in (390, 1280):
        with lab.plain("", width=width) as sight:
            page = sight.page
            show_alone(page, widget)
            for step in range(8):
                page.evaluate(GO, step)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, step
            for step in (2, 5):
                page.evaluate(GO, step)
                boxes = page.locator(
                    ".clipnb-scene:not([hidden]) .clipnb-heads button"
                ).evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")
                assert len(boxes) == 144
                assert min(min(box["width"], box["height"]) for box in boxes) >= 23.9


def test_texts_and_names_stay_texts(lab, clip, widget):
    data = widget.state.images.data
    hostile = clipnb.widgets.look_inside(clip, data, PAYLOADS[0], PAYLOADS[:20], template="{}")
    with lab.plain("", width=900) as sight:
        page = sight.page
        show_alone(page, hostile)
        for step in range(8):
            page.evaluate(GO, step)
        page.wait_for_timeout(200)
        assert page.evaluate("window.owned") is None
        assert page.locator(".clipnb :is(script, iframe, a, style, math, [onerror])").count() == 0
