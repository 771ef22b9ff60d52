"""Checkpoints of open_clip compute what they compute there, and what would not is refused by name."""

import json
import shutil
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from fake_hub import fake_hub, files_of
from huggingface_hub import constants
from open_clip_models import TEXT, padded, save_open_clip, save_tokenizer
from PIL import Image
from small_families import TEXTS
from small_models import noisy_images

import clipnb
from clipnb.model import open_clip

HALF = {torch.float32: 1e-5, torch.bfloat16: 2e-2}  # of a cosine
BUILDS = {
    "gelu": {},
    "quick_gelu": {"quick_gelu": True},
    "squash": {"preprocess": {"resize_mode": "squash", "interpolation": "bilinear"}},
    "wide": {"vision": {"mlp_ratio": 4.3637, "patch_dropout": 0.5, "timm_model_name": ""}},
}
NAME = "tiny/clip"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folder and model of each build."""
    folders = {build: tmp_path_factory.mktemp("open_clip") for build in BUILDS}
    return {b: (folder, save_open_clip(folder, **BUILDS[b])) for b, folder in folders.items()}


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made["gelu"][0], tmp_path / "model")


@pytest.fixture(scope="module")
def images():
    return noisy_images()


def load(place, **options):
    return clipnb.load_clip(place, device="cpu", cache=False, **options)


def logits(clip, images, texts=TEXTS):
    return clip.logit_scale * clip.encode_images(images) @ clip.encode_texts(texts).T


def pixels_of(images, settings):
    """By hand: the shortest side, or both, and the middle."""
    side, rows = settings["model_cfg"]["vision_cfg"]["image_size"], []
    squash = settings["preprocess_cfg"].get("resize_mode") == "squash"
    for image in images:
        scale = side / min(image.size)
        size = (side, side) if squash else tuple(int(one * scale) for one in image.size)
        image = image.resize(
            size, Image.Resampling.BILINEAR if squash else Image.Resampling.BICUBIC
        )
        left, top = ((one - side) // 2 for one in size)
        rows.append(np.array(image.crop((left, top, left + side, top + side))) / 255)
    mean, std = (np.array(settings["preprocess_cfg"][key]) for key in ("mean", "std"))
    return torch.tensor((np.stack(rows) - mean) / std).permute(0, 3, 1, 2).float()


# --- what is computed -----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", HALF, ids=str)
@pytest.mark.parametrize("build", BUILDS)
def test_logits_are_those_of_open_clip_s_architecture(made, images, build, dtype):
    folder, model = made[build]
    clip = load(folder, dtype=dtype)
    assert clip.dtype == dtype and clip.max_tokens == TEXT["context_length"]
    settings = json.loads((folder / open_clip.SETTINGS).read_text())
    ids = padded(clip.tokenizer, TEXTS, TEXT["context_length"])
    with torch.inference_mode():
        right = model(pixels_of(images, settings), ids)
    # a test that mixed-up texts or images would not pass
    assert right.std(0).min() > 0.05 and right.std(1).min() > 0.05
    allowed = clip.logit_scale * HALF[dtype]
    torch.testing.assert_close(logits(clip, images), right, rtol=0, atol=allowed)


def reference():
    """open_clip itself, with torchvision's transforms, which need none of its compiled parts."""
    try:
        import torchvision
    except ImportError:
        pytest.skip("open_clip is not installed (it needs torchvision)")
    except RuntimeError:
        pytest.skip("torchvision does not fit torch here, and open_clip needs it")
    return pytest.importorskip("open_clip", reason="open_clip is not installed")


def save_real_tokenizer(folder):
    """open_clip's own vocabulary under the names of the Hub's files."""
    theirs = reference().tokenizer.SimpleTokenizer()
    names = {"<start_of_text>": "<|startoftext|>", "<end_of_text>": "<|endoftext|>"}
    vocab = {names.get(token, token): number for token, number in theirs.encoder.items()}
    return save_tokenizer(folder, vocab, theirs.bpe_ranks)


@pytest.mark.slow
@pytest.mark.parametrize("build", [*BUILDS, "custom_text"])
def test_logits_tokens_and_pixels_are_those_of_open_clip_itself(tmp_path, images, build):
    theirs, place = reference(), f"local-dir:{tmp_path}"
    options = BUILDS.get(build, {"custom_text": True, "nonscalar_logit_scale": True})
    text = {"context_length": 77}
    save_open_clip(tmp_path, tokenizer=save_real_tokenizer, text=text, **options)
    if build == "custom_text":  # the text encoder below "text.", as open_clip would save it
        from safetensors.torch import load_file, save_file

        model = theirs.create_model(place)
        assert any(key.startswith("text.") for key in model.state_dict())
        save_file(model.state_dict(), tmp_path / open_clip.WEIGHTS)
        assert load_file(tmp_path / open_clip.WEIGHTS)["logit_scale"].shape == (1,)
    model, prepare = theirs.create_model_from_pretrained(place)
    model.eval()
    tokenize, clip = theirs.get_tokenizer(place), load(tmp_path)
    texts = [*TEXTS, "the bird's two long-legged chicks, 3 cm", "très petit oiseau", "a " * 100]
    ids = tokenize(texts)
    mine = clip.tokenize(texts)
    for row, own, read in zip(ids, mine["input_ids"], mine["attention_mask"]):
        assert row[: read.sum()].tolist() == own[: read.sum()].tolist()
        assert not row[read.sum() :].any()
    pixels = torch.stack([prepare(image) for image in images])
    prepared = [clip.pixels.prepare(image) for image in images]
    own = clip.pixels.finish(prepared, clip.device, clip.dtype)
    torch.testing.assert_close(own["pixel_values"], pixels, rtol=0, atol=1e-5)
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a text is cut
        right = model.get_logits(pixels, ids)[0]
        torch.testing.assert_close(logits(clip, images, texts), right, rtol=0, atol=1e-3)
    assert clip.logit_scale == pytest.approx(model.logit_scale.exp().item(), rel=1e-6)


def test_heatmaps_and_word_relevance_work(made, images):
    clip = load(made["quick_gelu"][0])
    for method in ("gradient_attention", "gradient", "integrated_gradients"):
        found = clipnb.heatmap(clip, images[0], "a frog", method)
        assert found.shape == images[0].size[::-1] and np.isfinite(found).all() and found.any()
    table = clipnb.word_relevance(clip, images[0], "a red frog")
    assert list(dict.fromkeys(table["word"])) == ["a", "red", "frog"]


def test_saved_with_transformers_it_stays_the_same_model(made, images, tmp_path):
    clip = load(made["quick_gelu"][0])
    for part in (clip.model, clip.tokenizer, clip.image_processor):
        part.save_pretrained(tmp_path)
    torch.testing.assert_close(logits(load(tmp_path), images), logits(clip, images))


# --- where it is found ----------------------------------------------------------------------------


def save_both(folder):
    """Beside open_clip's files those of transformers, with another logit scale."""
    clip = load(folder)
    clip.model.logit_scale.data.fill_(2.0)
    clip.model.save_pretrained(folder)
    clip.image_processor.save_pretrained(folder)


def test_the_prefix_says_which_format_is_read(folder, images):
    assert load(folder).logit_scale == pytest.approx(np.exp(3)) and load(folder).name == str(folder)
    save_both(folder)
    other, same = load(folder), load(f"local-dir:{folder}")
    assert other.logit_scale == pytest.approx(np.exp(2))
    assert same.logit_scale == pytest.approx(np.exp(3))
    again = clipnb.load_clip(**same.origin)
    assert again.fingerprint == same.fingerprint and again.name == f"local-dir:{folder}"


def test_the_fingerprint_is_that_of_the_files(folder):
    from safetensors.torch import load_file, save_file

    first = load(folder).fingerprint
    assert load(folder).fingerprint == first
    weights = load_file(folder / open_clip.WEIGHTS)
    weights["visual.proj"][0, 0] += 1
    save_file(weights, folder / open_clip.WEIGHTS)
    assert load(folder).fingerprint != first


def test_timm_s_settings_beside_it_do_no_harm(folder):
    (folder / "config.json").write_text('{"architecture": "vit_base_patch32_clip_224"}')
    assert load(folder).dim == 24


@pytest.fixture
def hub(monkeypatch, tmp_path):
    with fake_hub(monkeypatch, tmp_path / "hub") as server:
        yield server


@pytest.mark.parametrize("name", [NAME, f"hf-hub:{NAME}"])
def test_a_model_of_the_hub_is_fetched_once(hub, made, monkeypatch, name):
    extra = {"open_clip_pytorch_model.bin": b"x", "model.safetensors": b"x"}
    commit = hub.repository(NAME, files_of(made["gelu"][0]) | extra).references["main"]
    first = clipnb.load_clip(name, cache=False)
    assert first.fingerprint == f"{name}@{commit}" and first.name == name
    assert not any(path.endswith(tuple(f"/{one}" for one in extra)) for path in +hub.asked)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    again = clipnb.load_clip(**first.origin)
    assert again.fingerprint == first.fingerprint
    assert torch.equal(again.encode_texts("a frog"), first.encode_texts("a frog"))


def test_a_repository_with_both_formats_is_read_in_transformers_by_its_bare_name(hub, folder):
    save_both(folder)
    hub.repository(NAME, files_of(folder))
    for name, scale in ((NAME, 2), (f"hf-hub:{NAME}", 3)):
        assert load(name).logit_scale == pytest.approx(np.exp(scale))


def test_pickled_weights_only_are_refused(hub, made, folder):
    files = files_of(folder)
    del files[open_clip.WEIGHTS]
    hub.repository(NAME, files | {"open_clip_pytorch_model.bin": b"x"})
    with pytest.raises(ValueError, match="no weights as safetensors.*open_clip_pytorch_model.bin"):
        load(f"hf-hub:{NAME}")
    (folder / open_clip.WEIGHTS).rename(folder / open_clip.PICKLED)
    with pytest.raises(OSError, match=f"no {open_clip.WEIGHTS} .*can run code"):
        load(folder)


def test_a_name_that_is_not_there_is_said(hub, tmp_path):
    with pytest.raises(OSError, match="'hf-hub:no/model' .*check the name"):
        load("hf-hub:no/model")
    with pytest.raises(OSError, match=f"no folder '{tmp_path}/no'"):
        load(f"local-dir:{tmp_path}/no")
    with pytest.raises(OSError, match="no folder"):
        load("hf-hub:")
    with pytest.raises(OSError, match=f"no model in open_clip's format.*{open_clip.SETTINGS}"):
        load(f"local-dir:{tmp_path}")


@pytest.mark.slow
def test_the_command_takes_it(folder, tmp_path, images):
    (tmp_path / "photos").mkdir()
    for i, image in enumerate(images):
        image.save(tmp_path / "photos" / f"{i}.png")
    command = [sys.executable, "-m", "clipnb", "embed", str(tmp_path / "photos")]
    command += [str(tmp_path / "out"), "--model", f"local-dir:{folder}"]
    subprocess.run(command, check=True, capture_output=True)
    stored = clipnb.load_embeddings(tmp_path / "out")
    assert stored.model["fingerprint"] == load(folder).fingerprint
    right = load(folder).encode_images(images).numpy()
    np.testing.assert_allclose(stored.embeddings, right, atol=1e-6)


# --- what is refused ------------------------------------------------------------------------------


def setting(part, key, value):
    def change(settings):
        (settings["model_cfg"][part] if part else settings["model_cfg"])[key] = value

    return change


@pytest.mark.parametrize(
    "change, said",
    [
        (setting("", "multimodal_cfg", {"width": 512}), r"a text decoder \(CoCa\)"),
        (setting("vision_cfg", "timm_model_name", "convnext_base"), "of timm, 'convnext_base'"),
        (setting("vision_cfg", "layers", [3, 4, 6, 3]), "a ResNet as its image encoder"),
        (setting("text_cfg", "hf_model_name", "roberta-base"), "another library, 'roberta-base'"),
        (setting("text_cfg", "hf_tokenizer_name", "bert-base"), "another model, 'bert-base'"),
        (setting("", "init_logit_bias", -10), "the setting init_logit_bias = -10 in its model_cfg"),
        (setting("vision_cfg", "pool_type", "avg"), "pool_type = avg in its vision_cfg"),
        (setting("vision_cfg", "no_ln_pre", True), "no_ln_pre = True"),
        (setting("vision_cfg", "ls_init_value", 1e-4), "ls_init_value = 0.0001"),
        (setting("vision_cfg", "ls_init_value", 0), "ls_init_value = 0"),
        (setting("vision_cfg", "eva_model_name", "eva02"), "eva_model_name = eva02"),
        (setting("text_cfg", "embed_cls", True), "embed_cls = True"),
        (setting("text_cfg", "no_causal_mask", True), "no_causal_mask"),
        (setting("text_cfg", "proj_bias", True), "proj_bias"),
        (setting("text_cfg", "pool_type", "last"), "pool_type = last in its text_cfg"),
        (setting("text_cfg", "tokenizer_kwargs", {"clean": "canonicalize"}), "tokenizer_kwargs"),
        (setting("text_cfg", "act_kwargs", {"approximate": "tanh"}), "act_kwargs"),
        (setting("text_cfg", "norm_kwargs", {"eps": 1e-6}), "norm_kwargs"),
    ],
)
def test_other_builds_are_refused_by_name_with_a_list_of_what_is_taken(folder, change, said):
    settings = json.loads((folder / open_clip.SETTINGS).read_text())
    change(settings)
    (folder / open_clip.SETTINGS).write_text(json.dumps(settings))
    with pytest.raises(
        ValueError, match=f"model' is a model of open_clip with .*{said}"
    ) as refused:
        load(folder)
    words = str(refused.value)
    assert "MetaCLIP 2 (metaclip_2)" in words and "open_clip's vision transformers" in words
    assert "\n" not in words


def test_what_is_refused_is_refused_before_its_weights_are_fetched(hub, folder):
    settings = json.loads((folder / open_clip.SETTINGS).read_text())
    setting("vision_cfg", "timm_model_name", "vit_base_mci_224")(settings)
    (folder / open_clip.SETTINGS).write_text(json.dumps(settings))
    hub.repository(NAME, files_of(folder))
    with pytest.raises(ValueError, match=f"'hf-hub:{NAME}' .*'vit_base_mci_224'"):
        load(f"hf-hub:{NAME}")
    assert not any(path.endswith(".safetensors") for path in +hub.asked)


@pytest.mark.parametrize(
    "key, value, said",
    [
        ("model_cfg", None, "has no model_cfg"),
        ("model_cfg", {"embed_dim": 24}, "has no vision_cfg"),
        ("preprocess_cfg", {"resize_mode": "longest"}, "resize_mode = longest; load_clip takes"),
        ("preprocess_cfg", {"interpolation": "lanczos"}, "interpolation = lanczos"),
        ("preprocess_cfg", {"mean": [0.5]}, r"mean = \[0.5\]; expected three numbers"),
        ("preprocess_cfg", {"std": [0.5, "x", 1]}, "std = .*expected three numbers"),
        ("preprocess_cfg", {"std": [0.5, -1, 1]}, "image_std"),
        ("preprocess_cfg", [1], "preprocess_cfg in .* is no object"),
        (("vision_cfg", "width"), "wide", "width = wide; expected a number"),
        (("vision_cfg", "image_size"), [40, 50], "image_size = "),
        (("vision_cfg", "image_size"), 80, "another shape.*position_embedding"),
        (("vision_cfg", "head_width"), 9, "leaves a rest"),
        (("vision_cfg", "head_width"), 100, "0 attention heads"),
        (("text_cfg", "heads"), 5, "leaves a rest"),
        (("text_cfg", "mlp_ratio"), -1, "mlp_ratio = -1"),
        (("text_cfg", "layers"), 3, "not in its file.*layers.2"),
    ],
)
def test_settings_that_make_no_sense_are_named(folder, key, value, said):
    settings = json.loads((folder / open_clip.SETTINGS).read_text())
    if isinstance(key, tuple):
        settings["model_cfg"][key[0]][key[1]] = value
    else:
        settings[key] = value
    (folder / open_clip.SETTINGS).write_text(json.dumps(settings))
    with pytest.raises((OSError, ValueError), match=said) as refused:
        load(folder)
    assert "model'" in str(refused.value) and "\n" not in str(refused.value)


def test_a_weight_that_clip_does_not_have_is_named(folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / open_clip.WEIGHTS)
    for key in ("visual.attn_pool.query", "logit_bias", "transformer.resblocks.0.ls_1.gamma"):
        save_file(weights | {key: torch.ones(2)}, folder / open_clip.WEIGHTS)
        with pytest.raises(ValueError, match=f"a weight '{key}' that CLIP does not have"):
            load(folder)
    # what OpenAI's files have besides weights
    save_file(weights | {"context_length": torch.tensor(40)}, folder / open_clip.WEIGHTS)
    assert load(folder).dim == 24


def test_a_tokenizer_is_needed_and_its_end_of_text_must_be_the_highest_token(folder):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    with pytest.raises(OSError, match="without a tokenizer; put tokenizer.json"):
        load(folder)
    tokenizer.add_tokens(["<my-frog>"])
    tokenizer.save_pretrained(folder)
    with pytest.raises(ValueError, match="tokens above its end of text|of text"):
        load(folder)


def test_vocabulary_and_merges_are_a_tokenizer(folder, made):
    right = load(made["gelu"][0]).encode_texts(TEXTS)
    vocab = load(folder).tokenizer.get_vocab()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    (folder / "vocab.json").write_text(json.dumps(vocab))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    torch.testing.assert_close(load(folder).encode_texts(TEXTS), right)


def test_code_is_never_run(folder):
    (folder / "tokenizer_config.json").write_text('{"auto_map": {"AutoTokenizer": "t.T"}}')
    with pytest.raises(ValueError, match="brings code of its own"):
        load(folder)
