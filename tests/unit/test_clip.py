"""Loading models: the bundled one, other CLIPs and SigLIPs, the cache, helpful errors."""

import re
import sqlite3
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from rounding import SAME

import clipnb
from clipnb.model.clip import BUNDLED
from clipnb.model.fingerprint import of_files
from clipnb.support.cache import EmbeddingCache


def test_unit_rows_float32_and_order(clip, fieldguide):
    embeddings = clip.encode_images(fieldguide.select(range(5)))
    assert embeddings.dtype == torch.float32 and embeddings.shape == (5, clip.dim)
    assert torch.allclose(embeddings.norm(dim=1), torch.ones(5), atol=1e-5)
    texts = ["a red bird", "a frog", "a red bird"]
    found = clip.encode_texts(texts)
    assert (
        torch.allclose(found.norm(dim=1), torch.ones(3), atol=1e-5)
        and (found[0] == found[2]).all()
        and (found[0] != found[1]).any()
    )
    raw = clip.encode_texts(texts, normalize=False)
    assert (
        torch.allclose(raw / raw.norm(dim=1, keepdim=True), found, atol=SAME)
        and (raw.norm(dim=1) != 1).all()
    )


def test_one_image_an_array_and_a_list_are_the_same(clip, fieldguide):
    image = fieldguide.images[0]
    fresh = clipnb.load_clip(cache=False)
    one, many, array = (
        fresh.encode_images(image),
        fresh.encode_images([image, image]),
        fresh.encode_images(np.asarray(image)),
    )
    assert (
        one.shape == (1, clip.dim)
        and torch.allclose(one, many[:1], atol=1e-5)
        and torch.allclose(one, array, atol=1e-5)
    )
    assert torch.allclose(one, clip.encode_images(fieldguide.select([0])), atol=1e-5)


def test_a_second_run_encodes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path))
    data = clipnb.load_fieldguide("test", kinds="leaf", per_species=1)
    first = clipnb.load_clip()
    a = first.encode_images(data), first.encode_texts(["a leaf", "lobed"])
    second = clipnb.load_clip()
    b = second.encode_images(data), second.encode_texts(["a leaf", "lobed"])
    assert first.encoded == len(data) + 2 and second.encoded == 0
    for one, other in zip(a, b):
        torch.testing.assert_close(one, other, rtol=0, atol=SAME)


def test_a_damaged_cache_costs_nothing_but_time(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path))
    (tmp_path / "embeddings.sqlite").write_bytes(b"this is no database" * 100)
    assert clipnb.load_clip().encode_texts("a frog").shape[0] == 1
    assert "going on without it" in capsys.readouterr().err


def test_a_cache_that_cannot_be_made_costs_nothing_but_time(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path / "file" / "cache"))
    cache = EmbeddingCache()
    assert "going on without it" in capsys.readouterr().err
    cache.put(["a"], np.zeros((1, 3)))
    assert cache.get(["a"]) == {} and capsys.readouterr().err == ""  # said once
    assert clipnb.load_clip().encode_texts("a frog").shape[0] == 1


def test_the_cache_leaves_no_connection_open(tmp_path, monkeypatch):
    opened, connect = [], sqlite3.connect
    monkeypatch.setattr(
        sqlite3,
        "connect",
        lambda *path, **options: opened.append(connect(*path, **options)) or opened[-1],
    )
    cache = EmbeddingCache(tmp_path / "embeddings.sqlite")
    cache.put(["a"], np.ones((1, 3)))
    assert cache.get(["a"])["a"].tolist() == [1, 1, 1] and len(opened) == 2
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


def test_a_change_in_the_middle_of_the_weights_is_another_fingerprint(tmp_path):
    weights = bytearray(11 << 20)
    (tmp_path / "model.safetensors").write_bytes(weights)
    before = of_files(tmp_path)
    weights[9 << 20] = 1
    (tmp_path / "model.safetensors").write_bytes(weights)
    assert of_files(tmp_path) != before


@pytest.mark.parametrize(
    "shape, kind", [((8, 9, 3), "float64"), ((8, 9), "uint8"), ((3, 8, 9), "uint8")]
)
def test_arrays_that_are_no_images_are_refused(clip, shape, kind):
    array = np.zeros(shape, kind)
    for given in (array, [array]):
        with pytest.raises(
            ValueError,
            match=(
                rf"\(height, width, 3\) of type uint8.*this one is {re.escape(str(shape))} of type"
                rf" {kind}"
            ),
        ):
            clip.encode_images(given)


def test_no_texts_and_wrong_types(clip):
    assert clip.encode_texts([]).shape == (0, clip.dim)
    with pytest.raises(TypeError, match="3"):
        clip.encode_texts(["a frog", 3])


def test_any_text_has_tokens_and_long_ones_are_cut_with_a_word(clip):
    embeddings = clip.encode_texts(["лягушка", "蛙", "\N{FROG FACE}", "ein grüner Frosch"])
    assert torch.isfinite(embeddings).all() and torch.unique(embeddings, dim=0).shape[0] == 4
    clip = clipnb.load_clip(cache=False)  # a model warns once, and the shared one may have done so
    with pytest.warns(UserWarning, match="cut after"):
        clip.encode_texts("frog " * 200)


# --- the bundled folder is a real CLIP ------------------------------------------------------------


@pytest.mark.slow
def test_bundled_folder_is_small_and_loads_without_clipnb(fieldguide, tmp_path):
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) <= 6e6
    fieldguide.images[0].save(tmp_path / "x.png")
    truth = fieldguide.class_names[fieldguide.labels[0]]
    code = f"""
import sys, torch
from transformers import AutoProcessor, CLIPModel, pipeline
from PIL import Image
folder, image = {str(BUNDLED)!r}, Image.open({str(tmp_path / "x.png")!r})
model = CLIPModel.from_pretrained(folder)
assert model.dtype == torch.float32
processor = AutoProcessor.from_pretrained(folder)
inputs = processor(text=["a photo of a {truth}", "a photo of a fly agaric"], images=image, return_tensors="pt", padding=True)
print(model(**inputs).logits_per_image.softmax(-1)[0, 0].item())
print(pipeline("zero-shot-image-classification", model=folder)(image, candidate_labels=["{truth}", "fly agaric"])[0]["label"])
assert "clipnb" not in sys.modules
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    probability, label = result.stdout.strip().splitlines()
    assert float(probability) > 0.9 and label == truth


@pytest.mark.slow
def test_it_does_what_the_model_card_says():
    """The figures of the model card, on a quarter of the images, with room for the sampling
    error."""
    clip, data = clipnb.load_clip(), clipnb.load_fieldguide("test", per_species=5)
    names, seen = data.class_names, data.seen[data.labels]
    descriptors = clipnb.load_descriptors("fieldguide")
    right = {
        "name": clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names)),
        "description": clipnb.ZeroShotClassifier(
            clip, clipnb.descriptor_prompts(descriptors, include_name=False)
        ),
        "swapped": clipnb.ZeroShotClassifier(
            clip, clipnb.swapped_prompts(descriptors, include_name=False)
        ),
    }
    from clipnb.evaluation.hits import correct

    right = {method: correct(classifier, data) for method, classifier in right.items()}
    figures = pd.read_csv(BUNDLED / "card" / "scorecard.csv").set_index(["split", "set", "method"])
    for where, which in (("species that training names", seen), ("development species", ~seen)):
        for method in ("name", "description"):
            stated = figures.loc[("test", where, method), "accuracy"]
            assert right[method][which].mean() == pytest.approx(stated, abs=0.06), (where, method)
    assert right["description"][~seen].mean() > right["name"][~seen].mean() + 0.35
    assert right["swapped"].mean() < 0.1


# --- other models ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vit_b_32(tmp_path_factory):
    """A CLIP of the shape of ViT-B/32 with random weights; the bundled tokenizer stands in for
    OpenAI's."""
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

    folder = tmp_path_factory.mktemp("models") / "vit-b-32"
    tokenizer = CLIPTokenizer.from_pretrained(BUNDLED)
    text = dict(
        vocab_size=49408, bos_token_id=0, eos_token_id=1, pad_token_id=1, num_hidden_layers=2
    )
    torch.manual_seed(0)
    CLIPModel(
        CLIPConfig(text_config=text, vision_config=dict(patch_size=32, num_hidden_layers=2))
    ).half().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    CLIPImageProcessorPil().save_pretrained(folder)
    return folder


def test_a_clip_of_the_shape_of_vit_b_32(vit_b_32, fieldguide):
    clip = clipnb.load_clip(vit_b_32, cache=False)
    assert (
        clip.dim == 512
        and not clip.sigmoid
        and clip.dtype == torch.float32
        and clip.max_tokens == 77
    )
    prediction = clipnb.ZeroShotClassifier(
        clip, {"a": ["a frog", "green"], "b": ["a bird"]}
    ).predict(fieldguide.select(range(3)))
    assert prediction.probabilities.sum(1).allclose(torch.ones(3))


def test_clipnb_agrees_with_transformers(vit_b_32, fieldguide):
    from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

    model, tokenizer = (
        CLIPModel.from_pretrained(vit_b_32, dtype=torch.float32),
        CLIPTokenizer.from_pretrained(vit_b_32),
    )
    pixels = CLIPImageProcessorPil.from_pretrained(vit_b_32)(
        [fieldguide.images[0]], return_tensors="pt"
    )["pixel_values"]
    with torch.no_grad():
        out = model(
            pixel_values=pixels,
            **tokenizer(["a frog", "a blue bird"], padding=True, return_tensors="pt"),
        )
    clip = clipnb.load_clip(vit_b_32, cache=False)
    ours = (
        clip.logit_scale
        * clip.encode_images(fieldguide.images[0])
        @ clip.encode_texts(["a frog", "a blue bird"]).T
    )
    assert torch.allclose(ours, out.logits_per_image, atol=1e-3)


def test_a_siglip_with_its_sigmoid_and_bias(tmp_path, fieldguide):
    from transformers import CLIPTokenizer, SiglipConfig, SiglipImageProcessorPil, SiglipModel

    small = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2)
    torch.manual_seed(0)
    model = SiglipModel(
        SiglipConfig(
            text_config=small
            | dict(
                vocab_size=5000,
                max_position_embeddings=16,
                projection_size=32,
                bos_token_id=0,
                eos_token_id=1,
                pad_token_id=1,
            ),
            vision_config=small | dict(image_size=32, patch_size=16),
        )
    )
    with torch.no_grad():
        model.logit_scale.fill_(2.0)
        model.logit_bias.fill_(-3.0)
    model.save_pretrained(tmp_path)
    CLIPTokenizer.from_pretrained(BUNDLED, model_max_length=16).save_pretrained(tmp_path)
    SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(tmp_path)
    clip = clipnb.load_clip(tmp_path, cache=False)
    assert (
        clip.sigmoid
        and clip.logit_bias == pytest.approx(-3)
        and clip.logit_scale == pytest.approx(np.exp(2.0), rel=1e-5)
    )
    prediction = clipnb.ZeroShotClassifier(
        clip, {"a": ["a frog"], "b": ["a bird", "wings"]}
    ).predict(fieldguide.select(range(3)))
    assert torch.allclose(
        prediction.probabilities, (clip.logit_scale * prediction.scores - 3).sigmoid()
    )
    assert (prediction.probabilities.sum(1) < 0.99).any()


def test_the_environment_variable_chooses_the_model(vit_b_32, monkeypatch):
    monkeypatch.setenv("CLIPNB_MODEL", str(vit_b_32))
    assert clipnb.load_clip(cache=False).dim == 512


def test_a_model_that_cannot_be_had_says_what_to_do():
    with pytest.raises(
        OSError, match=r"openai/clip-vit-base-patch32.*load_clip\(\) for the bundled"
    ):
        clipnb.load_clip("openai/clip-vit-base-patch32")


def test_another_kind_of_model_and_an_incomplete_folder_are_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ValueError, match="bert"):
        clipnb.load_clip(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    with pytest.raises(OSError, match="safetensors"):
        clipnb.load_clip(tmp_path)


def test_pickled_weights_are_not_read(vit_b_32, tmp_path):
    import shutil

    folder = shutil.copytree(vit_b_32, tmp_path / "pickled")
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(OSError, match="safetensors"):
        clipnb.load_clip(folder)


def test_images_of_any_shape_pass(clip):
    sizes = [(1, 1), (3, 400), (400, 3), (1000, 700)]
    assert torch.isfinite(clip.encode_images([Image.new("RGB", size) for size in sizes])).all()
