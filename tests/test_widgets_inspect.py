"""Similarity matrix, token and patch inspector, heatmap slider: in plain Python, JavaScript against Python, and in JupyterLab."""

import json
import random

import numpy as np
import pytest
from lab_server import show_alone
from PIL import Image
from test_explain import save_clip, save_siglip
from test_widgets_browser import LONG, PAYLOADS, saved_notebook

import clipnb
from clipnb.widgets.render import heatmaps as heatmaps_page
from clipnb.widgets.render import inspector as inspector_page
from clipnb.widgets.render import maps
from clipnb.widgets.render import similarity as similarity_page
from clipnb.widgets.state.heatmaps import Heatmaps
from clipnb.widgets.state.inspector import LONGEST, Inspector, split
from clipnb.widgets.state.maps import patch_maps, small_maps, to_bytes
from clipnb.widgets.state.similarity import Similarity

SENTENCE = "a naïve frog, with greenish-yellow skin 🐸"
FROGS = {"tree frog": ["bright green skin", "red eyes"], "tailed frog": ["a short tail", "brown skin", "vertical pupils"]}


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


@pytest.fixture(scope="module")
def expect(lab):
    from playwright.sync_api import expect

    expect.set_options(timeout=LONG)
    return expect


def do(state, name, **arguments):
    state.act({"do": name, **arguments})


def stack(steps=3, rows=4, columns=5, seed=0):
    return np.random.default_rng(seed).normal(size=(steps, rows, columns)).astype(np.float32)


# --- the similarity matrix ----------------------------------------------------------------------------------------------------


def test_a_matrix_made_by_a_model_holds_cosines(clip, frogs):
    few, sentences = frogs.select([0, 3, 5]), ["a frog", "red skin"]
    state = Similarity(clip, few, sentences)
    assert np.allclose(state.matrix, (clip.encode_images(few) @ clip.encode_texts(sentences).T).numpy(), atol=1e-6)
    assert state.values.shape == (1, 3, 2) and state.found() is None
    do(state, "point", picture=2, sentence=1)
    assert state.value == pytest.approx(float(state.matrix[2, 1]))


def test_steps_and_ranks(frogs):
    values, own = stack(), [4, 0, 0, 2]
    state = Similarity(values, frogs.select(range(4)), "abcde", ["start", 100, 800], own)
    assert state.labels == ["start", "100", "800"] and state.document == {"picture": 0, "sentence": 4, "step": 2}
    for step in range(3):
        do(state, "step", to=step)
        assert state.found() == sum(values[step, i].argmax() == own[i] for i in range(4))
        for i in range(4):
            for j in range(5):
                do(state, "point", picture=i, sentence=j)
                order = (sorted(values[step, i], reverse=True).index(values[step, i, j]), sorted(values[step, :, j], reverse=True).index(state.value))
                assert state.ranks() == (order[0] + 1, order[1] + 1)
    flat = Similarity(np.zeros((4, 2)), frogs.select(range(4)), "ab", own=[0, 1, 1, 0])
    assert flat.found() == 4 and flat.ranks() == (1, 1)  # no sentence is better: equals share a place
    with pytest.raises(ValueError, match="no step 3"):
        do(state, "step", to=3)
    with pytest.raises(ValueError, match="no picture 4"):
        do(state, "point", picture=4, sentence=0)
    assert state.document["sentence"] == 4 and state.steps == 0


def test_matrices_that_do_not_fit(frogs):
    four, wrong = frogs.select(range(4)), stack()
    wrong[0, 0, 0] = np.nan
    for words, arguments in {
        "3 × 4 × 5, but there are 4 pictures and 3": (stack(), four, "abc"),
        "are 4, but": (np.zeros(4), four, "a"),
        "2 names of steps": (stack(), four, "abcde", ["a", "b"]),
        "not finite": (wrong, four, "abcde"),
        "no sentence to compare": (stack(), four, []),
        "own names the sentence of 1 pictures": (stack(), four, "abcde", None, [0]),
        "no sentence 5": (stack(), four, "abcde", None, [0, 1, 2, 5]),
        "shows at most 400": (stack(1, 401, 1), [np.zeros((2, 2, 3), np.uint8)] * 401, "a"),
    }.items():
        with pytest.raises(ValueError, match=words):
            Similarity(*arguments)


# --- tokens and patches -------------------------------------------------------------------------------------------------------


def test_tokens_are_the_models_own(clip, frogs):
    state = Inspector(clip, frogs, SENTENCE)
    parts, table = state.parts(), clipnb.word_relevance(clip, frogs.images[0], SENTENCE)
    tokens = [token for token in parts["tokens"] if token["text"]]
    assert [token["id"] for token in parts["tokens"]] == clip.tokenizer(SENTENCE)["input_ids"]
    assert [token["word"] for token in tokens] == table["number"].tolist()
    assert [token["share"] for token in tokens] == pytest.approx((table["relevance"] / table["relevance"].sum()).tolist(), rel=1e-4)
    assert [token["part"] for token in tokens if token["text"] == "🐸"] == ["1/4", "2/4", "3/4", "4/4"]
    assert parts["words"] == ["a", "naïve", "frog", "with", "greenish-yellow", "skin", "🐸"] and not parts["cut"]
    assert state.token()["share"] == max(token["share"] for token in tokens)
    assert parts["tokens"][0]["word"] is None and parts["tokens"][-1]["piece"] == clip.tokenizer.eos_token


def test_patches_are_what_the_heatmap_is_made_of(clip, frogs):
    state = Inspector(clip, frogs, "red skin")
    parts = state.parts()
    patch = clip.model.config.vision_config.patch_size
    assert parts["pixels"].shape == (parts["rows"] * patch, parts["columns"] * patch, 3)
    seen = np.asarray(frogs.images[0].resize(parts["pixels"].shape[1::-1], Image.Resampling.BICUBIC), float)
    assert np.abs(seen - parts["pixels"]).mean() < 3
    whole = clipnb.heatmap(clip, frogs.images[0], "red skin")
    h, w = (length // count for length, count in zip(whole.shape, (parts["rows"], parts["columns"])))
    middles = whole[h // 2 :: h, w // 2 :: w].ravel()
    assert np.corrcoef(middles, state.map())[0, 1] > 0.99 and sum(state.map()) == pytest.approx(1)
    assert state.document["patch"] == int(np.argmax(state.map()))
    do(state, "display", what="word")
    do(state, "pick", token=2)
    alone = patch_maps(clip, frogs.images[0], ["skin"])[1][0].ravel()
    assert state.map() == pytest.approx((alone / alone.sum()).tolist(), rel=1e-3)


def test_only_a_new_sentence_or_picture_runs_the_model(clip, frogs, monkeypatch):
    state = Inspector(clip, frogs, "red skin")
    calls = []
    monkeypatch.setattr("clipnb.widgets.state.inspector.take_apart", lambda *a: calls.append(a) or {"maps": [[1.0]], "tokens": []})
    for name, arguments in (("pick", {"token": 3}), ("look", {"patch": 5}), ("display", {"what": "word"}), ("write", {"text": "red skin"})):
        do(state, name, **arguments)
        state.parts()
    assert not calls
    do(state, "write", text="blue skin")
    state.parts()
    do(state, "undo")
    state.parts()
    do(state, "reset")
    assert len(calls) == 1 and state.document["sentence"] == "red skin"


@pytest.mark.parametrize("text", ["", "   ", "\x00", "...", "word " * 100, "{}<b>", "e\u0301", "日本"])
def test_any_sentence_is_taken_apart(clip, frogs, text):
    state = Inspector(clip, frogs)
    do(state, "write", text=text)
    parts = state.parts()
    shares = [token["share"] for token in parts["tokens"]]
    assert sum(shares) == pytest.approx(1 if any(shares) else 0) and len(parts["tokens"]) <= clip.max_tokens
    assert (
        all(token["word"] is None or token["word"] < len(parts["words"]) for token in parts["tokens"])
        and len(parts["maps"]) == len(parts["words"]) + 1
    )
    assert parts["cut"] == (text.startswith("word")) and "<table>" in inspector_page.page(state)
    for token in (0, clip.max_tokens - 1):
        do(state, "pick", token=token)
        do(state, "display", what="word")
        assert len(state.map()) == state.patches
    json.dumps([parts["tokens"], parts["maps"]], allow_nan=False)


def test_what_cannot_be_inspected(clip, frogs):
    state = Inspector(clip, frogs)
    before = json.dumps(state.document)
    for words, name, arguments in (
        ("characters", "write", {"text": "x" * (LONGEST + 1)}), ("no token", "pick", {"token": clip.max_tokens}),
        ("no patch", "look", {"patch": state.patches}), ("answer to the sentence or the word", "display", {"what": "x"}), ("no picture", "choose", {"picture": -1}),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            do(state, name, **arguments)
    assert json.dumps(state.document) == before


def test_other_models(tmp_path):
    wide = Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 100, 3), np.uint8))
    for save in (save_clip, save_siglip):
        clip = clipnb.load_clip(save(tmp_path / save.__name__), cache=False)
        tokens = split(clip, "a green frog")
        assert [token["text"] for token in tokens if token["text"]] == ["a", "green", "frog"] and len(tokens) in (4, 5)
        state = Inspector(clip, wide, "a green frog")
        assert len(state.map()) == 16 and state.parts()["rows"] == 4
        slider = Heatmaps(clip, wide, ["a green frog", "x"])
        assert slider.maps().shape == (2, 60, 100)
        assert (slider.maps()[:, :, :18] == 0).all() == (not clip.sigmoid)  # a CLIP does not see the ends of a wide picture


# --- heatmaps -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["gradient_attention", "gradient", "random"])
def test_small_maps_are_the_heatmap(clip, frogs, method):
    texts, picture = FROGS["tailed frog"], frogs.images[0]
    large, small = clipnb.heatmap(clip, picture, texts, method), small_maps(clip, picture, texts, method)
    assert small.shape == (3, 112, 112)
    pooled = large.reshape(3, 112, 2, 112, 2).sum((2, 4))
    for a, b in zip(pooled, small):
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.999
    packed = to_bytes(small)
    assert packed.dtype == np.int8 and packed.max() == 127 and packed.min() >= -127
    assert np.corrcoef(packed.ravel(), np.clip(small, None, np.percentile(small, 99.5)).ravel())[0, 1] > 0.999
    assert not to_bytes(np.zeros((1, 2, 2))).any() and (to_bytes(np.full((1, 2, 2), -3.0)) == -127).all()


def test_all_descriptors_go_through_in_one_pass_and_are_kept(clip, frogs, monkeypatch):
    state = Heatmaps(clip, frogs, FROGS)
    calls = []
    monkeypatch.setattr("clipnb.widgets.state.heatmaps.small_maps", lambda *a: calls.append(a[2]) or np.ones((len(a[2]), 4, 4)))
    truths = [state.pictures.truth(i) for i in range(len(frogs))]
    do(state, "choose", picture=truths.index("tailed frog"))
    assert state.document["of"] == 1 and state.document["descriptor"] == 0
    for to in (2, 0, 1):
        do(state, "slide", to=to)
        do(state, "fade", opacity=to / 2)
        assert state.maps().shape[0] == 3
    assert calls == [FROGS["tailed frog"]]
    do(state, "choose", picture=truths.index("cane toad"))  # has no descriptors: those of the last class stay
    state.maps()
    do(state, "choose", picture=truths.index("tailed frog"))
    state.maps()
    do(state, "use", method="grad_cam")
    state.maps()
    assert state.document["descriptor"] == 1 and len(calls) == 3 and state.cosines().shape == (3,)
    do(state, "describe", of=0)
    assert state.document["descriptor"] == 0


def test_what_cannot_be_slid(clip, frogs):
    state = Heatmaps(clip, frogs, ["green skin", "a tail"])
    assert state.names == [""] and state.class_of(0) is None
    for words, name, arguments in (
        ("no descriptor 2", "slide", {"to": 2}), ("no class", "describe", {"of": 1}), ("no method 'lime'", "use", {"method": "lime"}),
        ("no method 'constant' here", "use", {"method": "constant"}), ("opacity is a number", "fade", {"opacity": 2}), ("no picture", "choose", {"picture": "0"}),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            do(state, name, **arguments)
    for words, arguments in (("no descriptor;", ([],)), ("'b' has no descriptor", ({"a": ["x"], "b": []},)), ("no class", ({},)),
                             ("no method 'lime'", (["x"], ["lime"])), ("no method to choose", (["x"], []))):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            Heatmaps(clip, frogs, *arguments)


# --- pages without scripts ----------------------------------------------------------------------------------------------------


def evil(clip, frogs):
    data = frogs.select(range(6))
    data.sources, data.class_names = PAYLOADS[:6], PAYLOADS[: len(data.class_names)]
    described = {payload: PAYLOADS[i : i + 5] for i, payload in enumerate(PAYLOADS[:95])}
    many = [data.images[0]] * 100
    return [
        clipnb.widgets.compare_similarities(clip, data, PAYLOADS[:12], own=range(6)),
        clipnb.widgets.compare_similarities(stack(2, 100, 100), many, PAYLOADS, PAYLOADS[:2]),
        clipnb.widgets.inspect_tokens(clip, data, PAYLOADS[0]),
        clipnb.widgets.slide_heatmaps(clip, data, described, ["gradient_attention"]),
    ]


def test_pages_are_the_same_twice_and_show_a_picture(clip, frogs):
    make = (
        lambda: (similarity_page, Similarity(clip, frogs.select(range(3)), ["a", "b"])),
        lambda: (similarity_page, Similarity(stack(2, 22, 30), frogs, [*map(str, range(30))])),
        lambda: (inspector_page, Inspector(clip, frogs, SENTENCE)),
        lambda: (heatmaps_page, Heatmaps(clip, frogs, FROGS)),
    )
    for one in make:
        (module, state), (_, again) = one(), one()
        html = module.page(state)
        assert html == module.page(again) and "data:image" in html and "-0.00" not in html and "<script" not in html
    values = np.array([[1.0, 0.0], [-1.0, 0.02]])
    laid = np.asarray(maps.overlay(Image.new("RGB", (10, 10), "black"), values, 1.0, 10, grid=True), int)
    assert tuple(laid[3, 3]) == maps.PLUS and tuple(laid[8, 3]) == maps.MINUS and laid[3, 8, 0] == laid[8, 8, 0] == 128


def test_python_may_act_too(clip, frogs):
    slider = clipnb.widgets.slide_heatmaps(clip, frogs, FROGS)
    slider.act("describe", of=1)
    assert slider.seen["key"][1] == 1 and len(slider.values) == 3 * slider.seen["rows"] * slider.seen["columns"]
    inspector = clipnb.widgets.inspect_tokens(clip, frogs, "red skin")
    inspector.act("choose", picture=21)
    inspector.act("write", text="blue skin")
    assert inspector.seen["key"] == [21, "blue skin"] and inspector.extra["index"] == 21
    for widget in (slider, inspector, clipnb.widgets.compare_similarities(stack(), frogs.select(range(4)), "abcde")):
        assert set(widget._repr_mimebundle_()[0]) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
        assert "0x" not in repr(widget) and "http" not in widget._css


# --- JavaScript against Python ------------------------------------------------------------------------------------------------

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
    near = lambda count: chance.choice([0, 1, count - 1, count, -1])  # noqa: E731
    matrix = clipnb.widgets.compare_similarities(stack(), frogs.select(range(4)), "abcde", own=[0, 1, 2, 3])
    inspector = clipnb.widgets.inspect_tokens(clip, frogs)
    slider = clipnb.widgets.slide_heatmaps(clip, frogs, FROGS)
    plans = {
        "SIMILARITY": (matrix, {"point": lambda: {"picture": near(4), "sentence": near(5)}, "step": lambda: {"to": near(3)}}),
        "INSPECTOR": (inspector, {
            "choose": lambda: {"picture": near(22)}, "write": lambda: {"text": chance.choice(["", "a", "🐸" * LONGEST, "🐸" * (LONGEST + 1)])},
            "pick": lambda: {"token": near(clip.max_tokens)}, "look": lambda: {"patch": near(inspector.state.patches)},
            "display": lambda: {"what": chance.choice(["word", "sentence", ""])}, "undo": dict, "reset": dict}),
        "HEATMAPS": (slider, {
            "choose": lambda: {"picture": near(22)}, "describe": lambda: {"of": near(2)}, "slide": lambda: {"to": near(3)},
            "use": lambda: {"method": chance.choice(["random", "grad_cam", "x"])}, "fade": lambda: {"opacity": chance.choice([0, 0.35, 1, 1.1])}}),
    }  # fmt: skip
    for name, (widget, make) in plans.items():
        actions = [{"do": what, **make[what]()} for what in chance.choices(list(make), k=150)]
        with lab.plain("") as sight:
            show_alone(sight.page, widget)
            theirs = sight.page.evaluate(REPLAY, [name, actions])
        refusals = 0
        for action, got in zip(actions, theirs, strict=True):
            try:
                widget.state.act(action)
                refused = False
            except ValueError:
                refused = True
            refusals += refused
            assert (got["refused"], got["document"]) == (refused, widget.state.document), action
            if name == "SIMILARITY":
                assert (got["cell"]["inRow"], got["cell"]["inColumn"]) == widget.state.ranks() and got["found"] == widget.state.found()
                assert got["cell"]["value"] == pytest.approx(widget.state.value)
        assert 15 < refusals < 130


# --- in a browser -------------------------------------------------------------------------------------------------------------


def test_no_script_in_any_text_is_run(lab, clip, frogs):
    widgets = evil(clip, frogs)
    with lab.plain("".join(widget.page() for widget in widgets)) as sight:
        page = sight.page
        for widget in widgets:
            show_alone(page, widget)
            if "sentences" in widget.trait_names():
                for at in range(len(widget.sentences)):  # every sentence is read out once
                    page.locator(".clipnb-field").last.press("ArrowRight")
                    assert widget.sentences[min(at + 1, len(widget.sentences) - 1)] == page.locator(".clipnb-said").last.inner_text()
        for payload in PAYLOADS[:95]:
            page.get_by_label("Descriptors of").select_option(payload)
        for payload in PAYLOADS:
            page.locator(".clipnb-sentence input").fill(payload)
        page.mouse.move(300, 300)
        page.wait_for_timeout(300)
        assert page.evaluate("window.owned") is None and page.evaluate("document.querySelectorAll('script').length") == 0
        wrong = page.evaluate("document.querySelectorAll('.clipnb :is(script, iframe, svg, a, [onerror], [onload], [onmouseover])').length")
        assert wrong == 0


def test_without_a_kernel_and_narrow(lab, clip, frogs, expect):
    matrix = clipnb.widgets.compare_similarities(stack(3, 22, 22), frogs, [*"abcdefghijklmnopqrstuv"], ["0", "100", "800"], range(22))
    inspector, slider = clipnb.widgets.inspect_tokens(clip, frogs, SENTENCE), clipnb.widgets.slide_heatmaps(clip, frogs, FROGS)
    for widget in (matrix, inspector, slider):
        with lab.plain("", width=560) as sight:
            page = sight.page
            show_alone(page, widget)
            assert page.evaluate("document.documentElement.scrollWidth") <= 560
            page.screenshot(path=lab.shots / f"{type(widget).__name__}-560.png", full_page=True)
            if widget is matrix:
                page.get_by_label("Step of training").fill("0")
                widget.act("step", to=0)
                expect(page.locator(".clipnb-count")).to_contain_text(f"{matrix.state.found()} of 22")
            elif widget is inspector:
                page.locator(".clipnb-sentence input").fill("another sentence")
                expect(page.locator(".clipnb-status")).to_contain_text("needs a running kernel")
                page.get_by_role("button", name="Undo").click()
                expect(page.locator(".clipnb-status")).to_be_empty()
            else:
                page.get_by_role("button", name=FROGS["tree frog"][1]).click()
                expect(page.locator(".clipnb-now")).to_contain_text("2 of 2: red eyes")


def test_a_saved_notebook_shows_the_last_state(lab, clip, frogs, expect):
    matrix = clipnb.widgets.compare_similarities(stack(), frogs.select(range(4)), "abcde", ["0", "100", "800"])
    inspector, slider = clipnb.widgets.inspect_tokens(clip, frogs, SENTENCE), clipnb.widgets.slide_heatmaps(clip, frogs, FROGS)
    matrix.act("point", picture=2, sentence=3)
    inspector.act("write", text="last words")
    slider.act("slide", to=1)
    with lab.opened(notebook=saved_notebook(matrix, inspector, slider), run=False, height=2200) as sight:
        page = sight.page
        expect(page.locator(".clipnb")).to_have_count(3)
        expect(page.locator(".clipnb-said")).to_have_text("d")
        expect(page.locator(".clipnb-tokens button")).to_have_count(len(inspector.seen["tokens"]))
        expect(page.locator(".clipnb-now")).to_contain_text(f"2 of {len(slider.seen['cosines'])}")
        assert drawn(page.locator(".clipnb-matrix")) > 5 and drawn(page.locator(".clipnb-stack canvas")) > 20


COLOURS = "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"


def drawn(canvas):
    """How many colours a canvas shows."""
    return canvas.evaluate(COLOURS)


PREPARE = """import numpy as np, clipnb
clip = clipnb.load_clip()
data = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
eight = data.select(range(8))
sentences = [f"a photo of a {data.class_names[label]}" for label in eight.labels]
last = (clip.encode_images(eight) @ clip.encode_texts(sentences).T).numpy()"""
MATRIX = "clipnb.widgets.compare_similarities(np.stack([last * 0, last / 2, last]), eight, sentences, ['start', 100, 800], own=range(8))"
INSPECTOR = "clipnb.widgets.inspect_tokens(clip, data, 'a green frog')"
SLIDER = (
    "clipnb.widgets.slide_heatmaps(clip, data, clipnb.load_descriptors('fieldguide').select(data.class_names), ['gradient_attention', 'gradient'])"
)
UNLABELLED = "box => [...box.querySelectorAll('input, select, button, [tabindex]')].filter((one) => !(one.ariaLabel || one.labels?.length || one.textContent.trim())).length"


def active(page):
    """Which cell of the notebook is the active one: a key of a widget must not move to another."""
    return page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex")


def look_at(lab, page, widget, name):
    """Screenshots on light and dark ground, and in a narrow window; and what every widget must fulfil."""
    assert widget.evaluate(UNLABELLED) == 0
    assert widget.get_attribute("data-failures") == "0"
    page.screenshot(path=lab.shots / f"{name}-light.png")
    lab.theme(page, "JupyterLab Dark")
    page.set_viewport_size({"width": 700, "height": 1500})
    widget.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    page.screenshot(path=lab.shots / f"{name}-dark-700.png")


def test_matrix_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(PREPARE, MATRIX) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        field, said, dial = widget.get_by_role("application"), widget.locator(".clipnb-said"), widget.get_by_label("Step of training")
        expect(said).to_have_text("a photo of a common frog")
        at_the_end = drawn(widget.locator(".clipnb-matrix"))
        assert at_the_end > 10
        box = widget.locator(".clipnb-matrix").bounding_box()
        page.mouse.move(box["x"] + box["width"] * 5.5 / 8, box["y"] + box["height"] * 2.5 / 8)  # hover: third picture, sixth sentence
        sixth = widget.locator(".clipnb-heads span").nth(5).get_attribute("title")
        expect(said).to_have_text(sixth)
        expect(widget.locator("figcaption")).to_contain_text("strawberry poison frog")
        assert widget.locator(".clipnb-reading img").get_attribute("src") == widget.locator(".clipnb-thumbs img").nth(2).get_attribute("src")
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
        tokens, patches = widget.locator(".clipnb-tokens button"), widget.locator(".clipnb-grid button")
        about = widget.get_by_role("status")
        expect(tokens).to_have_count(5)
        tokens.nth(2).click()
        expect(about.filter(has_text="vocabulary")).to_contain_text("“green” is number")
        count = patches.count()
        patches.nth(9).click()
        expect(about.filter(has_text="Patch")).to_contain_text(f"Patch 10 of {count}")
        whole = patches.evaluate_all("all => all.map((one) => one.style.background).join()")
        widget.get_by_label("“green” by itself").check()
        assert patches.evaluate_all("all => all.map((one) => one.style.background).join()") != whole
        expect(about.filter(has_text="Patch")).to_contain_text("For “green” it has")

        # by keyboard: tokens and patches by arrows, and a new sentence, which goes to the kernel when the typing pauses
        before = active(page)
        tokens.nth(2).focus()
        page.keyboard.press("ArrowRight")
        expect(about.filter(has_text="vocabulary")).to_contain_text("“frog” is number")
        patches.nth(9).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowLeft")
        columns = int(widget.locator(".clipnb-sight").first.evaluate("one => one.style.getPropertyValue('--columns')"))
        expect(about.filter(has_text="Patch")).to_contain_text(f"Patch {9 + columns} of")
        assert active(page) == before
        field = widget.get_by_label("Sentence", exact=True)
        field.fill("")
        page.keyboard.type("a naïve frog 🐸")
        expect(tokens.filter(has_text="byte 4/4")).to_have_count(1)
        expect(widget).to_have_attribute("data-pending", "0")
        assert field.input_value() == "a naïve frog 🐸"
        widget.get_by_role("button", name="Undo").click()
        expect(tokens).to_have_count(5)
        number = widget.get_by_label("picture (1 to 22)")
        number.fill("22")
        number.press("Tab")
        expect(widget).to_have_attribute("data-pending", "0")
        expect(widget.locator(".clipnb-sight img").first).to_have_js_property("complete", True)
        look_at(lab, page, widget, "inspector")


def test_slider_by_mouse_and_by_keyboard(lab, expect):
    with lab.opened(PREPARE, SLIDER) as sight:
        page, widget = sight.page, sight.page.locator(".clipnb")
        now, canvas, slider = widget.locator(".clipnb-now"), widget.locator(".clipnb-stack canvas"), widget.get_by_label("Descriptor", exact=True)
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
        widget.get_by_label("Method").select_option("gradient attention")
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
