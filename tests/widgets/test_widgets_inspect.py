"""Similarity matrix, token and patch inspector, heatmap slider: in plain Python, JavaScript against
Python, and in JupyterLab."""

import json

import numpy as np
import pytest
from PIL import Image
from small_models import save_clip, save_siglip
from test_widgets_browser import LONG, PAYLOADS

import clipnb
from clipnb.widgets.common import saved_maps as maps
from clipnb.widgets.common.maps import patch_maps, small_maps, to_bytes
from clipnb.widgets.common.tokens import split
from clipnb.widgets.heatmaps import saved as heatmaps_page
from clipnb.widgets.heatmaps.state import Heatmaps
from clipnb.widgets.inspector import saved as inspector_page
from clipnb.widgets.inspector.state import LONGEST, Inspector
from clipnb.widgets.similarity import saved as similarity_page
from clipnb.widgets.similarity.state import Similarity

SENTENCE = "a naïve frog, with greenish-yellow skin 🐸"
FROGS = {
    "tree frog": ["bright green skin", "red eyes"],
    "tailed frog": ["a short tail", "brown skin", "vertical pupils"],
}


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


# --- the similarity matrix ------------------------------------------------------------------------


def test_a_matrix_made_by_a_model_holds_cosines(clip, frogs):
    few, sentences = frogs.select([0, 3, 5]), ["a frog", "red skin"]
    state = Similarity(clip, few, sentences)
    assert np.allclose(
        state.matrix, (clip.encode_images(few) @ clip.encode_texts(sentences).T).numpy(), atol=1e-6
    )
    assert state.values.shape == (1, 3, 2) and state.found() is None
    do(state, "point", picture=2, sentence=1)
    assert state.value == pytest.approx(float(state.matrix[2, 1]))


def test_steps_and_ranks(frogs):
    values, own = stack(), [4, 0, 0, 2]
    state = Similarity(values, frogs.select(range(4)), list("abcde"), ["start", 100, 800], own)
    assert state.labels == ["start", "100", "800"] and state.document == {
        "picture": 0,
        "sentence": 4,
        "step": 2,
    }
    for step in range(3):
        do(state, "step", to=step)
        assert state.found() == sum(values[step, i].argmax() == own[i] for i in range(4))
        for i in range(4):
            for j in range(5):
                do(state, "point", picture=i, sentence=j)
                order = (
                    sorted(values[step, i], reverse=True).index(values[step, i, j]),
                    sorted(values[step, :, j], reverse=True).index(state.value),
                )
                assert state.ranks() == (order[0] + 1, order[1] + 1)
    flat = Similarity(np.zeros((4, 2)), frogs.select(range(4)), ["a", "b"], own=[0, 1, 1, 0])
    # no text is better: equals share a place
    assert flat.found() == 4 and flat.ranks() == (1, 1)
    with pytest.raises(ValueError, match="no step 3"):
        do(state, "step", to=3)
    with pytest.raises(ValueError, match="no image 4"):
        do(state, "point", picture=4, sentence=0)
    assert state.document["sentence"] == 4 and state.steps == 0


def test_matrices_that_do_not_fit(frogs):
    four, wrong = frogs.select(range(4)), stack()
    wrong[0, 0, 0] = np.nan
    for words, arguments in {
        "3 × 4 × 5, but there are 4 images and 3": (stack(), four, list("abc")),
        "are 4, but": (np.zeros(4), four, ["a"]),
        "2 names of steps": (stack(), four, list("abcde"), ["a", "b"]),
        "not finite": (wrong, four, list("abcde")),
        "no text to compare": (stack(), four, []),
        "own names the text of 1 images": (stack(), four, list("abcde"), None, [0]),
        "no text 5": (stack(), four, list("abcde"), None, [0, 1, 2, 5]),
        "shows at most 400": (stack(1, 401, 1), [np.zeros((2, 2, 3), np.uint8)] * 401, ["a"]),
    }.items():
        with pytest.raises(ValueError, match=words):
            Similarity(*arguments)


# --- tokens and patches ---------------------------------------------------------------------------


def test_tokens_are_the_models_own(clip, frogs):
    state = Inspector(clip, frogs, SENTENCE)
    parts, table = state.parts(), clipnb.word_relevance(clip, frogs.images[0], SENTENCE)
    tokens = [token for token in parts["tokens"] if token["text"]]
    assert [token["id"] for token in parts["tokens"]] == clip.tokenizer(SENTENCE)["input_ids"]
    assert [token["word"] for token in tokens] == table["number"].tolist()
    assert [token["share"] for token in tokens] == pytest.approx(
        (table["relevance"] / table["relevance"].sum()).tolist(), rel=1e-4
    )
    assert [token["part"] for token in tokens if token["text"] == "🐸"] == [
        "1/4",
        "2/4",
        "3/4",
        "4/4",
    ]
    assert (
        parts["words"] == ["a", "naïve", "frog", "with", "greenish-yellow", "skin", "🐸"]
        and not parts["cut"]
    )
    assert state.token()["share"] == max(token["share"] for token in tokens)
    assert (
        parts["tokens"][0]["word"] is None
        and parts["tokens"][-1]["piece"] == clip.tokenizer.eos_token
    )


def test_patches_are_what_the_heatmap_is_made_of(clip, frogs):
    state = Inspector(clip, frogs, "red skin")
    parts = state.parts()
    patch = clip.model.config.vision_config.patch_size
    assert parts["pixels"].shape == (parts["rows"] * patch, parts["columns"] * patch, 3)
    seen = np.asarray(
        frogs.images[0].resize(parts["pixels"].shape[1::-1], Image.Resampling.BICUBIC), float
    )
    assert np.abs(seen - parts["pixels"]).mean() < 3
    whole = clipnb.heatmap(clip, frogs.images[0], "red skin")
    h, w = (
        length // count for length, count in zip(whole.shape, (parts["rows"], parts["columns"]))
    )
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
    monkeypatch.setattr(
        "clipnb.widgets.inspector.state.take_apart",
        lambda *a: calls.append(a) or {"maps": [[1.0]], "tokens": []},
    )
    for name, arguments in (
        ("pick", {"token": 3}),
        ("look", {"patch": 5}),
        ("display", {"what": "word"}),
        ("write", {"text": "red skin"}),
    ):
        do(state, name, **arguments)
        state.parts()
    assert not calls
    do(state, "write", text="blue skin")
    state.parts()
    do(state, "undo")
    state.parts()
    do(state, "reset")
    assert len(calls) == 1 and state.document["sentence"] == "red skin"


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "...", "word " * 100, "{}<b>", "e\u0301", "日本"]
)
def test_any_sentence_is_taken_apart(clip, frogs, text):
    state = Inspector(clip, frogs)
    do(state, "write", text=text)
    parts = state.parts()
    shares = [token["share"] for token in parts["tokens"]]
    assert (
        sum(shares) == pytest.approx(1 if any(shares) else 0)
        and len(parts["tokens"]) <= clip.max_tokens
    )
    assert (
        all(
            token["word"] is None or token["word"] < len(parts["words"])
            for token in parts["tokens"]
        )
        and len(parts["maps"]) == len(parts["words"]) + 1
    )
    assert parts["cut"] == (text.startswith("word")) and "<table" in inspector_page.page(state)
    for token in (0, clip.max_tokens - 1):
        do(state, "pick", token=token)
        do(state, "display", what="word")
        assert len(state.map()) == state.patches
    json.dumps([parts["tokens"], parts["maps"]], allow_nan=False)


def test_what_cannot_be_inspected(clip, frogs):
    state = Inspector(clip, frogs)
    before = json.dumps(state.document)
    for words, name, arguments in (
        ("characters", "write", {"text": "x" * (LONGEST + 1)}),
        ("no token", "pick", {"token": clip.max_tokens}),
        ("no patch", "look", {"patch": state.patches}),
        ("answer to the sentence or the word", "display", {"what": "x"}),
        ("no image", "choose", {"picture": -1}),
    ):
        with pytest.raises(ValueError, match=words):
            do(state, name, **arguments)
    assert json.dumps(state.document) == before


def test_other_models(tmp_path):
    wide = Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 100, 3), np.uint8))
    for save in (save_clip, save_siglip):
        clip = clipnb.load_clip(save(tmp_path / save.__name__), cache=False)
        tokens = split(clip, "a green frog")
        assert [token["text"] for token in tokens if token["text"]] == [
            "a",
            "green",
            "frog",
        ] and len(tokens) in (4, 5)
        state = Inspector(clip, wide, "a green frog")
        assert len(state.map()) == 16 and state.parts()["rows"] == 4
        slider = Heatmaps(clip, wide, ["a green frog", "x"])
        assert slider.maps().shape == (2, 60, 100)
        # a CLIP does not see the ends of a wide image
        assert (slider.maps()[:, :, :18] == 0).all() == (not clip.sigmoid)


# --- heatmaps -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["gradient_attention", "gradient", "random"])
def test_small_maps_are_the_heatmap(clip, frogs, method):
    texts, picture = FROGS["tailed frog"], frogs.images[0]
    large, small = (
        clipnb.heatmap(clip, picture, texts, method),
        small_maps(clip, picture, texts, method),
    )
    assert small.shape == (3, 112, 112)
    pooled = large.reshape(3, 112, 2, 112, 2).sum((2, 4))
    for a, b in zip(pooled, small):
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.999
    packed = to_bytes(small)
    assert packed.dtype == np.int8 and packed.max() == 127 and packed.min() >= -127
    assert (
        np.corrcoef(packed.ravel(), np.clip(small, None, np.percentile(small, 99.5)).ravel())[0, 1]
        > 0.999
    )
    assert (
        not to_bytes(np.zeros((1, 2, 2))).any()
        and (to_bytes(np.full((1, 2, 2), -3.0)) == -127).all()
    )


def test_all_descriptors_go_through_in_one_pass_and_are_kept(clip, frogs, monkeypatch):
    state = Heatmaps(clip, frogs, FROGS)
    calls = []
    monkeypatch.setattr(
        "clipnb.widgets.heatmaps.state.small_maps",
        lambda *a: calls.append(a[2]) or np.ones((len(a[2]), 4, 4)),
    )
    truths = [state.images.truth(i) for i in range(len(frogs))]
    do(state, "choose", picture=truths.index("tailed frog"))
    assert state.document["of"] == 1 and state.document["descriptor"] == 0
    for to in (2, 0, 1):
        do(state, "slide", to=to)
        do(state, "fade", opacity=to / 2)
        assert state.maps().shape[0] == 3
    assert calls == [FROGS["tailed frog"]]
    # has no descriptors: those of the last class stay
    do(state, "choose", picture=truths.index("cane toad"))
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
        ("no descriptor 2", "slide", {"to": 2}),
        ("no class", "describe", {"of": 1}),
        ("no method 'lime'", "use", {"method": "lime"}),
        ("no method 'constant' here", "use", {"method": "constant"}),
        ("opacity is a number", "fade", {"opacity": 2}),
        ("no image", "choose", {"picture": "0"}),
    ):
        with pytest.raises(ValueError, match=words):
            do(state, name, **arguments)
    for words, arguments in (
        ("no descriptor;", ([],)),
        ("'b' has no descriptor", ({"a": ["x"], "b": []},)),
        ("no class", ({},)),
        ("no method 'lime'", (["x"], ["lime"])),
        ("no method to choose", (["x"], [])),
    ):
        with pytest.raises(ValueError, match=words):
            Heatmaps(clip, frogs, *arguments)


# --- pages without scripts ------------------------------------------------------------------------


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
        assert (
            html == module.page(again)
            and "data:image" in html
            and "-0.00" not in html
            and "<script" not in html
        )
    values = np.array([[1.0, 0.0], [-1.0, 0.02]])
    laid = np.asarray(
        maps.overlay(Image.new("RGB", (10, 10), "black"), values, 1.0, 10, grid=True), int
    )
    assert (
        tuple(laid[3, 3]) == maps.PLUS
        and tuple(laid[8, 3]) == maps.MINUS
        and laid[3, 8, 0] == laid[8, 8, 0] == 128
    )


def test_python_may_act_too(clip, frogs):
    slider = clipnb.widgets.slide_heatmaps(clip, frogs, FROGS)
    slider.act("describe", of=1)
    assert (
        slider.seen["key"][1] == 1
        and len(slider.values) == 3 * slider.seen["rows"] * slider.seen["columns"]
    )
    inspector = clipnb.widgets.inspect_tokens(clip, frogs, "red skin")
    inspector.act("choose", picture=21)
    inspector.act("write", text="blue skin")
    assert inspector.seen["key"] == [21, "blue skin"] and inspector.extra["index"] == 21
    for widget in (
        slider,
        inspector,
        clipnb.widgets.compare_similarities(stack(), frogs.select(range(4)), list("abcde")),
    ):
        assert set(widget._repr_mimebundle_()[0]) == {
            "text/plain",
            "text/html",
            "application/vnd.jupyter.widget-view+json",
        }
        assert "0x" not in repr(widget) and "http" not in widget._css
