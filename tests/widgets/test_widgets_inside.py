"""Inside CLIP in plain Python: attention by hand, every family, the numbers of the eight steps, and
the page without scripts."""

import math

import numpy as np
import pytest
import torch
from payloads import PAYLOADS
from PIL import Image
from small_families import SAVE, TEXTS
from small_models import save_clip

import clipnb
from clipnb.widgets.inside import saved
from clipnb.widgets.inside.parts import look_at_image, position_similarities, read_text
from clipnb.widgets.inside.state import Inside
from clipnb.widgets.inside.steps import STEPS, steps

TEXT = "a green frog with red eyes"


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


@pytest.fixture
def state(clip, frogs):
    return Inside(clip, frogs, TEXT)


def do(state, name, **arguments):
    state.act({"do": name, **arguments})


def by_hand(blocks, tokens, causal):
    """softmax(QK/√d) of every head, and on to the next layer: the weights alone are the model's."""
    maps = []
    for block in blocks:
        own, before = block.self_attn, block.layer_norm1(tokens)
        heads, width = own.num_heads, own.head_dim
        q, k, v = (
            layer(before).unflatten(-1, (heads, width)).transpose(1, 2)
            for layer in (own.q_proj, own.k_proj, own.v_proj)
        )
        scores = q @ k.transpose(-1, -2) / math.sqrt(width)
        if causal:
            future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
            scores = scores.masked_fill(future, -math.inf)
        powers = (scores - scores.amax(-1, keepdim=True)).exp()
        maps.append(powers / powers.sum(-1, keepdim=True))
        tokens = tokens + own.out_proj((maps[-1] @ v).transpose(1, 2).flatten(2))
        tokens = tokens + block.mlp(block.layer_norm2(tokens))
    return torch.cat(maps).numpy()


@torch.no_grad()
def test_attention_is_that_by_hand(clip, frogs):
    vision, text = clip.model.vision_model, clip.model.text_model
    image, pixels = look_at_image(clip, frogs.images[3]), clip.pixels
    prepared = pixels.finish([pixels.prepare(frogs.images[3])], clip.device, torch.float32)
    start = vision.pre_layrnorm(vision.embeddings(prepared["pixel_values"]))
    wanted = by_hand(vision.encoder.layers, start, causal=False)
    assert image.attention.shape == wanted.shape
    assert np.abs(image.attention - wanted).max() < 1e-5
    read = read_text(clip, TEXT)
    ids = clip.tokenize([TEXT])["input_ids"]
    wanted = by_hand(text.encoder.layers, text.embeddings(input_ids=ids), causal=True)
    assert read.attention.shape == wanted.shape and np.abs(read.attention - wanted).max() < 1e-5
    assert read.causal and read.read == len(read.tokens) - 1 and image.pooling is None
    assert np.allclose(image.attention.sum(-1), 1, atol=1e-5)
    # what was set on the model for it is as before
    assert clip.model.config._attn_implementation != "eager"


def test_the_parts_are_those_that_the_embedding_is_made_of(clip, frogs, state):
    seen = state.image().pixels
    assert seen.shape == (state.clip.pixels.crop[0], state.clip.pixels.crop[1], 3)
    assert np.array_equal(seen, clip.pixels.prepare(state.images[state.document["picture"]]))
    image, text = state.embeddings()
    encoded = clip.encode_images(frogs.images[state.document["picture"]])[0]
    assert np.allclose(image, encoded, atol=1e-5)
    assert (
        np.allclose(text, clip.encode_texts(TEXT)[0], atol=1e-5) and abs(image @ image - 1) < 1e-5
    )
    cosine = float(image @ text)
    assert state.products().sum() == pytest.approx(cosine, abs=1e-6)
    cosines, probabilities = state.scores()
    assert state.candidates() == [TEXT, *state.prompts] and cosines[0] == pytest.approx(cosine)
    table = clipnb.PromptTable({one: [one] for one in state.candidates()})
    wanted = clipnb.ZeroShotClassifier(clip, table).predict(
        [frogs.images[state.document["picture"]]]
    )
    assert probabilities == pytest.approx(wanted.probabilities[0], abs=1e-5)
    do(state, "write", text=state.prompts[2])  # a text that is a prompt is there once
    assert len(state.candidates()) == len(state.prompts)


def test_positions_of_neighbours_are_alike(clip, state):
    alike = position_similarities(clip)
    rows, columns = state.image().rows, state.image().columns
    assert alike.shape == (rows * columns,) * 2 and np.allclose(np.diag(alike), 1, atol=1e-5)
    weights = clip.model.vision_model.embeddings.position_embedding.weight.detach().numpy()
    a, b = weights[1 + 5], weights[1 + 9]  # 0 is the class token's
    wanted = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
    assert alike[5, 9] == pytest.approx(wanted, abs=1e-5)


def test_whose_attention_is_shown(state):
    image = state.image()
    assert np.array_equal(state.attention(), image.attention[:, :, 0])
    do(state, "look", patch=7)
    assert np.array_equal(state.attention(), image.attention[:, :, 0])
    do(state, "ask", query="patch")
    assert np.array_equal(state.attention(), image.attention[:, :, 8])
    strongest = Inside(state.clip, state.images.data, TEXT).document["patch"]
    assert strongest == np.median(image.attention[-1, :, 0, 1:], axis=0).argmax()


def test_what_cannot_be_done_is_said(clip, frogs, state):
    before = state.copy()
    (layers, heads), (text_layers, _) = state.image_size, state.text_size
    for words, name, arguments in [
        ("no image 99", "choose", {"picture": 99}),
        ("601 characters", "write", {"text": "x" * 601}),
        ("no step 8", "go", {"step": 8}),
        (f"no patch {state.patches}", "look", {"patch": state.patches}),
        ("class or the patch", "ask", {"query": "text"}),
        (f"no layer {layers}", "open", {"layer": layers, "head": 0}),
        (f"no head {heads}", "open", {"layer": 0, "head": heads}),
        (f"no layer {text_layers}", "open_text", {"layer": text_layers, "head": 0}),
        ("no token -1", "pick", {"token": -1}),
        (f"no number {clip.dim}", "count", {"number": clip.dim}),
    ]:
        with pytest.raises(ValueError, match=words):
            do(state, name, **arguments)
    assert state.document == before and state.steps == 0
    with pytest.raises(ValueError, match="51 names"):
        Inside(clip, frogs, TEXT, [f"name {i}" for i in range(51)])
    with pytest.raises(ValueError, match="{}"):
        Inside(clip, frogs, TEXT, ["frog"], template="a photo")
    with pytest.raises(ValueError, match="no image"):
        Inside(clip, [], TEXT)


def test_names_come_from_the_data_or_are_the_kinds(clip, frogs):
    state = Inside(clip, frogs, TEXT, start="tailed frog")
    assert state.names[0] == "tailed frog" and len(state.names) <= 8
    assert set(state.names) <= set(frogs.class_names)
    assert Inside(clip, frogs.images[0], TEXT).names == list(clipnb.fieldguide.world.KINDS)
    state = Inside(clip, frogs, TEXT, ["a", "b", "a"], template="the {}")
    assert state.prompts == ["the a", "the b"]


# --- other models ---------------------------------------------------------------------------------


def image_of(side=60):
    noise = np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8)
    return Image.fromarray(noise)


@pytest.mark.parametrize("family", [name for name in SAVE if "NaFlex" not in name])
def test_every_family_shows_what_it_has(family, tmp_path):
    if "SigLIP" in family:
        pytest.importorskip("sentencepiece", reason="SigLIP's tokenizer: clipnb[siglip]")
    clip = clipnb.load_clip(str(SAVE[family](tmp_path)), cache=False)
    widget = clipnb.widgets.look_inside(clip, image_of(), TEXTS[0], ["frog", "bird"])
    state, sigmoid = widget.state, clip.sigmoid
    image, text = state.image(), state.text()
    vision, language = clip.model.config.vision_config, clip.model.config.text_config
    places = image.rows * image.columns + int(not sigmoid)
    size = (vision.num_hidden_layers, vision.num_attention_heads)
    assert image.attention.shape == (*size, places, places)
    assert text.attention.shape[:2] == (language.num_hidden_layers, language.num_attention_heads)
    assert text.attention.shape[2] == text.attention.shape[3] == len(text.tokens)
    assert np.allclose(image.attention.sum(-1), 1, atol=1e-4)
    assert text.causal == (family in ("CLIP", "MetaCLIP 2"))
    assert state.attention().shape == (size[0] + int(sigmoid), size[1], places)
    cosines, probabilities = state.scores()
    assert (abs(probabilities.sum() - 1) < 1e-5) != sigmoid
    html = saved.page(state)
    assert html.count("<p><b>") == len(STEPS)
    if sigmoid:
        assert image.pooling.sum(-1) == pytest.approx(1, abs=1e-4)
        assert "no class token" in html and "Class token" not in html
        with pytest.raises(ValueError, match="no class token"):
            do(state, "ask", query="class")
    else:
        assert widget.settings["queries"] == ["class", "patch"]


def test_patches_of_any_shape_are_refused_in_one_sentence(tmp_path):
    clip = clipnb.load_clip(str(SAVE["SigLIP 2 (NaFlex)"](tmp_path)), cache=False)
    with pytest.raises(ValueError, match="resizes and crops"):
        clipnb.widgets.look_inside(clip, image_of(), TEXTS[0])


def test_sizes_are_read_from_the_model(tmp_path):
    clip = clipnb.load_clip(str(save_clip(tmp_path, image=96, patch=12, layers=2)), cache=False)
    widget = clipnb.widgets.look_inside(clip, image_of(120), TEXT, ["frog", "bird"])
    settings = widget.settings
    assert (settings["rows"], settings["columns"], settings["width"]) == (8, 8, 96)
    assert settings["imageHeads"] == [2, 4] and settings["dim"] == clip.dim == 24
    said = " ".join(step["text"] for step in steps(widget.state))
    assert "96 × 96 pixels" in said and "12 × 12; the 432 numbers" in said
    assert "In each of 2 layers, 4 heads" in said and "24 numbers" in said
    attention = np.frombuffer(widget.attention, "<u2").reshape(2, 4, 65) / 65535
    assert np.abs(attention - widget.state.attention()).max() < 1e-5


# --- the page without scripts ---------------------------------------------------------------------


def test_the_page_without_scripts_has_all_steps_and_escapes_texts(clip, frogs, state):
    html = clipnb.widgets.look_inside(clip, frogs, TEXT)._repr_mimebundle_()[0]["text/html"]
    assert "<script" not in html and html.count("<p><b>") == len(STEPS)
    assert html.count("<img") == 6 and html.count("alt=") == 6
    largest = int(np.abs(state.products()).argmax())
    assert f">{largest + 1}</td>" in html
    assert f">{state.products().sum():.2f}</td>" in html
    best = state.candidates()[int(state.scores()[1].argmax())]
    assert f">{best}</td>" in html
    hostile = saved.page(Inside(clip, frogs, PAYLOADS[0], [PAYLOADS[0], PAYLOADS[1]], "{}"))
    assert "<script" not in hostile and "&lt;script" in hostile


def test_a_text_with_marks_is_refused_and_the_widget_stays_as_it_was(clip, frogs):
    widget = clipnb.widgets.look_inside(clip, frogs, TEXT)
    with pytest.raises(ValueError, match="marks the beginning"):
        widget.act("write", text="red <|endoftext|> cap")
    assert widget.document["sentence"] == TEXT
    widget.act("write", text="")
    assert len(widget.seen["tokens"]) == 2
    widget.act("write", text="frog " * 100)
    assert widget.seen["cut"] and len(widget.seen["tokens"]) == clip.max_tokens
