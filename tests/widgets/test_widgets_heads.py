"""The head browser: the sum in plain Python, JavaScript against Python, the page without scripts, and
a browser."""

import json

import numpy as np
import pytest
from lab_server import show_alone, side_by_side
from payloads import PAYLOADS
from small_families import SAVE
from small_models import save_siglip

import clipnb
from clipnb.concepts import decompose_embedding, describe_heads
from clipnb.widgets import browse_heads
from clipnb.widgets.heads import saved
from clipnb.widgets.heads.state import LONGEST, Heads

TEXT = "a green frog with red eyes"


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


@pytest.fixture(scope="module")
def parts(clip, frogs):
    return decompose_embedding(clip, frogs)


@pytest.fixture
def state(clip, frogs, parts):
    return Heads(clip, frogs, TEXT, parts)


def do(state, name, **arguments):
    state.act({"do": name, **arguments})


def test_the_parts_add_up_to_the_cosine(clip, frogs, state):
    for picture in (0, 5, 21):
        do(state, "choose", picture=picture)
        found = state.found()
        image = clip.encode_images(frogs.select([picture]))[0]
        assert found.values.sum() == pytest.approx(found.cosine, abs=1e-5)
        assert found.cosine == pytest.approx(float(image @ clip.encode_texts(TEXT)[0]), abs=1e-5)
        for part in range(state.count):
            if head := state.head(part):
                assert found.maps[head].sum() == pytest.approx(found.values[part], abs=1e-5)
    assert len(found.values) == state.count == state.size[0] * (state.size[1] + 1) + 1


def test_parts_have_names_and_values_of_the_decomposition(clip, state, parts):
    text = clip.encode_texts(TEXT)[0]
    found, heads = state.found(), state.size[1]
    assert state.name(0) == "layer 1, head 1" and state.name(heads) == "layer 1, MLP"
    assert state.name(state.count - 1) == "start and biases" and state.head(heads) is None
    picture = state.document["picture"]
    for part in range(state.count - 1):
        layer, place = divmod(part, heads + 1)
        own = parts.mlps[:, layer] if place == heads else parts.heads[:, layer, place]
        values = (own @ text).numpy()
        assert found.values[part] == pytest.approx(float(values[picture]), abs=1e-5)
        assert found.usual[part] == pytest.approx(float(values.mean()), abs=1e-5)
        assert found.highest[part] == pytest.approx(np.sort(values)[::-1][:5], abs=1e-5)
        assert values[found.top[part]] == pytest.approx(found.highest[part], abs=1e-5)
    assert found.values[-1] == pytest.approx(float(parts.rest[picture] @ text), abs=1e-5)


def test_heads_are_described_as_by_the_package(clip, frogs, parts):
    colours = ["red", "green", "blue", "brown"]
    table = describe_heads(clip, parts, colours, 3)
    state = Heads(clip, frogs, TEXT, parts, iter(colours))
    assert [one["texts"] for one in state.described] == table["texts"].tolist()
    two = Heads(clip, frogs, TEXT, parts, colours[:2])
    assert all(len(one["texts"]) <= 2 for one in two.described)


def test_only_a_new_image_runs_the_model(clip, frogs, parts, monkeypatch):
    state, calls = Heads(clip, frogs, TEXT, parts), []
    monkeypatch.setattr(
        "clipnb.widgets.heads.state.decompose_embedding",
        lambda *a, **k: calls.append(a) or decompose_embedding(*a, **k),
    )
    for name, arguments in (
        ("open", {"part": 3}),
        ("look", {"patch": 5}),
        ("centre", {"on": True}),
        ("write", {"text": "a toad"}),
    ):
        do(state, name, **arguments)
        state.found()
    assert not calls
    do(state, "choose", picture=4)
    state.found()
    assert len(calls) == 1


def test_few_images_and_texts_of_ones_own(clip, frogs):
    one = Heads(clip, frogs.images[0])
    assert one.document["sentence"] == "a photo" and one.prompts == []
    assert one.top == 1 and not any(head["texts"] for head in one.described)
    assert "need two images" in saved.page(one)
    some = Heads(clip, frogs, searched=7, top=3)
    assert len(some.searched) == 7 and some.found().top.shape == (some.count, 3)
    assert some.document["sentence"] == f"a photo of a {some.images.truth(0)}"
    assert set(some.found().top.ravel()) <= set(some.searched)


def test_what_cannot_be_done_is_said(clip, frogs, parts, state, tmp_path):
    before = json.dumps(state.document)
    for words, name, arguments in (
        ("characters", "write", {"text": "x" * (LONGEST + 1)}),
        ("no part", "open", {"part": state.count}),
        ("no patch", "look", {"patch": state.rows * state.columns}),
        ("true or false", "centre", {"on": 1}),
        ("no image", "choose", {"picture": -1}),
    ):
        with pytest.raises(ValueError, match=words):
            do(state, name, **arguments)
    assert json.dumps(state.document) == before
    with pytest.raises(ValueError, match="parts are of 22 images"):
        Heads(clip, frogs.select(range(3)), TEXT, parts)
    with pytest.raises(ValueError, match="There are no texts"):
        Heads(clip, frogs, TEXT, parts, [])
    siglip = clipnb.load_clip(save_siglip(tmp_path), cache=False)
    with pytest.raises(ValueError, match="SigLIP.*no class token"):
        Heads(siglip, frogs)


@pytest.mark.slow
@pytest.mark.parametrize("family", SAVE)
def test_every_family_with_a_class_token(family, frogs, tmp_path):
    clip = clipnb.load_clip(SAVE[family](tmp_path), cache=False)
    few = frogs.select(range(4))
    if not hasattr(clip.model.vision_model.embeddings, "class_embedding"):
        with pytest.raises(ValueError, match="no class token"):
            Heads(clip, few, "a frog")
        return
    found = Heads(clip, few, "a frog", texts=["a", "frog", "green"]).found()
    assert found.values.sum() == pytest.approx(found.cosine, abs=1e-5)


def test_the_page_without_scripts_has_the_sum_and_escapes_texts(clip, frogs, parts):
    hostile = PAYLOADS[0]
    state = Heads(clip, frogs, hostile, parts, [hostile, "red", "green"])
    page = saved.page(state)
    assert "<script" not in page and hostile not in page and "sum" in page
    total = f"{1000 * state.found().values.sum():+z.1f}"
    assert total in page and f"cosine {state.found().cosine:.3f}" in page
    do(state, "open", part=state.count - 1)
    assert "Start and biases adds" in saved.page(state)


# --- in a browser -----------------------------------------------------------------------------------


@pytest.fixture
def alone(lab, clip, frogs, parts):
    with lab.plain("<!doctype html><title>heads</title>") as sight:
        widget = browse_heads(clip, frogs, TEXT, parts)
        show_alone(sight.page, widget)
        yield sight.page, widget


ACTIONS = [
    {"do": "open", "part": 7},
    {"do": "open", "part": 99},
    {"do": "look", "patch": 3},
    {"do": "look", "patch": -1},
    {"do": "centre", "on": True},
    {"do": "centre", "on": "yes"},
    {"do": "choose", "picture": 21},
    {"do": "choose", "picture": 22},
    {"do": "write", "text": "a toad"},
    {"do": "write", "text": "x" * (LONGEST + 1)},
    {"do": "undo"},
    {"do": "reset"},
]
PERFORM = """async actions => {
  const { Machine, HEADS } = window.module;
  const machine = new Machine(window.model.get("document"), HEADS(window.model.get("total"), window.model.get("settings")));
  return actions.map((action) => {
    let refused = false;
    try { machine.act(action); } catch { refused = true; }
    return { refused, document: structuredClone(machine.document) };
  });
}"""


def test_page_and_kernel_perform_the_same(alone):
    page, widget = alone
    for _, got, _ in side_by_side(widget, ACTIONS, page.evaluate(PERFORM, ACTIONS)):
        assert got["document"] == widget.state.document


def number(text):
    return float(text.replace("−", "-").replace("+", ""))


def test_the_sum_is_visible_and_heads_are_chosen_by_keyboard(alone):
    page, widget = alone
    found, heads = widget.state.found(), widget.state.size[1]
    cells = page.locator(".clipnb-sums button")
    shown = [number(text) for text in cells.all_inner_texts()]
    assert shown == pytest.approx((1000 * found.values).tolist(), abs=0.051)
    total = page.locator(".clipnb-rowsum").last
    assert number(total.inner_text()) == pytest.approx(1000 * found.cosine, abs=0.06)
    assert f"{found.cosine:.4f}. Sum of the" in page.locator(".clipnb-exact").inner_text()

    cells.nth(0).focus()
    page.keyboard.press("ArrowDown")
    title = page.locator(".clipnb-side .clipnb-heading")
    assert title.inner_text() == "Layer 2, head 1"
    page.keyboard.press("End")
    assert title.inner_text() == "Layer 2, MLP" and page.locator(".clipnb-grid").is_hidden()
    page.keyboard.press("ArrowLeft")
    assert title.inner_text() == f"Layer 2, head {heads}"
    texts = page.locator(".clipnb-texts li").all_inner_texts()
    assert texts == widget.state.described[2 * heads - 1]["texts"]
    captions = page.locator(".clipnb-highest li").count()
    assert captions == widget.state.top
    tiles = page.locator(".clipnb-grid button")
    tiles.nth(0).focus()
    page.keyboard.press("ArrowDown")
    assert "row 1, column 0), counted from 0" in page.locator(".clipnb-map p").inner_text()

    page.get_by_label("less its average").check()
    less = [number(text) for text in cells.all_inner_texts()]
    assert less == pytest.approx((1000 * (found.values - found.usual)).tolist(), abs=0.051)


def test_on_a_phone_nothing_is_cut_and_all_has_a_name(alone):
    page, _ = alone
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    unnamed = (
        "[...el.querySelectorAll('input, select, button')].filter((one) => !(one.ariaLabel ||"
        " one.labels?.length || one.textContent.trim())).length"
    )
    assert page.evaluate(unnamed) == 0
    small = (
        "[...el.querySelectorAll('.clipnb-sums button')].filter((one) =>"
        " one.getBoundingClientRect().width < 24 || one.getBoundingClientRect().height < 24).length"
    )
    assert page.evaluate(small) == 0
    page.emulate_media(forced_colors="active")
    edge = page.locator(".clipnb-sums [aria-pressed='true']").evaluate(
        "one => getComputedStyle(one).outlineStyle"
    )
    assert edge == "solid"


@pytest.mark.parametrize("hostile", PAYLOADS[:4])
def test_hostile_text_is_only_text(lab, clip, frogs, parts, hostile):
    with lab.plain("<!doctype html><title>heads</title>") as sight:
        widget = browse_heads(clip, frogs, hostile, parts, [hostile, "red", "green"])
        show_alone(sight.page, widget)
        sight.page.wait_for_timeout(200)
        assert sight.page.evaluate("el.querySelectorAll('script, iframe').length") == 0


def test_in_jupyterlab_another_text_is_answered_by_the_kernel(lab):
    from playwright.sync_api import expect

    prepare = """import clipnb
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds="frog", per_species=2)"""
    with lab.opened(prepare, "clipnb.widgets.browse_heads(clip, data)", height=1300) as sight:
        widget = sight.page.locator(".clipnb")
        exact = widget.locator(".clipnb-exact")
        expect(exact).to_contain_text("Cosine from the two encoders", timeout=60_000)
        before = exact.inner_text()
        widget.get_by_label("Text", exact=True).fill("a red mushroom")
        expect(exact).not_to_have_text(before, timeout=60_000)
        expect(widget).to_have_attribute("data-pending", "0", timeout=60_000)
        widget.get_by_label("image (1 to 22)").fill("22")
        widget.get_by_label("image (1 to 22)").press("Tab")
        expect(widget).to_have_attribute("data-pending", "0", timeout=60_000)
        widget.locator(".clipnb-sums button").nth(1).click()
        expect(widget.locator(".clipnb-side .clipnb-heading")).to_have_text("Layer 1, head 2")
        assert widget.get_attribute("data-failures") == "0"
