"""What is refused when a model is loaded, and what changes its fingerprint."""

import json
import os
import shutil

import numpy as np
import pytest
import torch
from small_models import save_clip, save_siglip

import clipnb
from clipnb.model.clip import BUNDLED
from clipnb.support.cache import EmbeddingCache


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(BUNDLED, tmp_path / "model")


def change_weights(folder, change):
    from safetensors.torch import load_file, save_file

    weights = change(load_file(folder / "model.safetensors"))
    tensors = {name: tensor.contiguous() for name, tensor in weights.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def change_json(folder, name, change):
    content = json.loads((folder / name).read_text())
    change(content)
    (folder / name).write_text(json.dumps(content))


def one_value(name, value):
    def change(weights):
        weights[name] = weights[name].clone()
        weights[name].view(-1)[0] = value
        return weights

    return change


INNER = "vision_model.encoder.layers.1.mlp.fc1.weight"


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda w: {f"module.{k}": v for k, v in w.items()}, r"not in its file.*'module\."),
        (lambda w: {k: v for k, v in w.items() if "vision_model" not in k}, "vision_model"),
        (lambda w: {k: v for k, v in w.items() if "projection" not in k}, "projection"),
        (lambda w: {k: v for k, v in w.items() if k != "logit_scale"}, "logit_scale"),
        (lambda w: {k: v for k, v in w.items() if k != INNER}, "1 weights .*fc1.weight"),
        (one_value(INNER, float("nan")), f"'{INNER}'.*NaN"),
        (one_value(INNER, float("inf")), f"'{INNER}'.*infinite"),
        (lambda w: w | {"logit_scale": torch.tensor(100.0)}, "logit_scale.*logarithm"),
        (lambda w: w | {"logit_scale": torch.tensor(14.3)}, "logit_scale.*logarithm"),
        (lambda w: w | {INNER: w[INNER][:, :10]}, f"another shape.*{INNER}"),
    ],
)
def test_weights_that_would_give_wrong_numbers_are_refused(folder, change, message):
    change_weights(folder, change)
    with pytest.raises(ValueError, match=message) as refused:
        clipnb.load_clip(folder, cache=False)
    assert "model" in str(refused.value) and "\n" not in str(refused.value)


def test_further_weights_do_no_harm(folder):
    change_weights(folder, lambda w: w | {"classifier.weight": torch.zeros(3)})
    assert clipnb.load_clip(folder, cache=False).encode_texts("a frog").shape[0] == 1


def cut_in_half(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def lfs_pointer(folder):
    text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    (folder / "model.safetensors").write_text(text)


def pipe(folder):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(folder / "notes.json")


def open_clip(folder):
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    (folder / "open_clip_config.json").write_text("{}")


def code_of_its_own(file):
    def change(folder):
        change_json(folder, file, lambda c: c.update(auto_map={"AutoModel": "modeling.Clip"}))

    return change


def huge_json(folder):
    with open(folder / "tokenizer.json", "wb") as file:
        file.truncate(1 << 30)


@pytest.mark.parametrize(
    "change, message",
    [
        (cut_in_half, "damaged or incomplete"),
        (lfs_pointer, "pointer of Git LFS"),
        (pipe, "notes.json' is not a regular file"),
        (open_clip, "has no model_cfg"),
        (code_of_its_own("config.json"), "code of its own .auto_map in config.json"),
        (code_of_its_own("tokenizer_config.json"), "code of its own"),
        (huge_json, "tokenizer.json' has 1,074 MB|tokenizer.json' has 1,024 MB"),
        (lambda f: (f / "config.json").write_text("{"), "config.json' is not JSON"),
        (lambda f: (f / "config.json").write_text("[" * 100_000), "config.json' is not JSON"),
        (lambda f: (f / "config.json").write_text("[1]"), "holds a list"),
        (lambda f: (f / "config.json").unlink(), "no config.json"),
        (
            lambda f: change_json(f, "config.json", lambda c: c.update(model_type="x")),
            "an? x model",
        ),
        (lambda f: (f / "model.safetensors").unlink(), "safetensors"),
    ],
)
def test_folders_that_hold_no_model_are_refused_by_name(folder, change, message):
    change(folder)
    with pytest.raises((OSError, ValueError), match=message) as refused:
        clipnb.load_clip(folder, cache=False)
    assert "model" in str(refused.value) and "\n" not in str(refused.value)


def test_a_folder_that_is_not_there_is_named_in_full():
    home = os.path.expanduser("~")
    with pytest.raises(OSError, match=f"no folder '{home}.models.clip'"):
        clipnb.load_clip("~/models/clip")


def test_a_folder_has_no_revisions(folder):
    with pytest.raises(ValueError, match="local folder, which has no revision 'v1'; leave"):
        clipnb.load_clip(folder, revision="v1")


def without_tokenizer(folder):
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()


def other_end(config):
    config["text_config"]["eos_token_id"] = 77


@pytest.mark.parametrize(
    "change, message",
    [
        (without_tokenizer, "tokenizer"),
        (lambda f: change_json(f, "config.json", other_end), "does not end a text with token 77"),
    ],
)
def test_a_tokenizer_that_does_not_fit_is_refused(folder, change, message):
    change(folder)
    with pytest.raises((OSError, ValueError), match=message):
        clipnb.load_clip(folder, cache=False)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"image_std": [0, 0, 0]}, "image_std"),
        ({"image_mean": [0.5, 0.5]}, "image_mean"),
        ({"image_std": []}, "image_std"),
        ({"image_mean": ["a", "b", "c"]}, "image_mean"),
        ({"image_mean": [0.5, float("nan"), 0.5]}, "image_mean"),
        ({"size": {"shortest_edge": 30_000}}, "30,000 pixels"),
        ({"crop_size": {"height": 64, "width": 64}}, "64 pixels a side, but the model reads 96"),
    ],
)
def test_an_image_processor_that_makes_no_sense_is_refused(folder, settings, message):
    for name in ("preprocessor_config.json", "processor_config.json"):
        change_json(folder, name, lambda c: c.get("image_processor", c).update(settings))
    with pytest.raises(ValueError, match=message):
        clipnb.load_clip(folder, cache=False)


def test_two_widths_that_cannot_be_compared_are_refused(tmp_path):
    save_siglip(tmp_path)
    change_json(tmp_path, "config.json", lambda c: c["text_config"].update(projection_size=24))
    with pytest.raises(ValueError, match="24 dimensions and images in 32"):
        clipnb.load_clip(tmp_path, cache=False)


# --- the fingerprint ------------------------------------------------------------------------------


def noise(clip):
    with torch.no_grad():
        for weight in clip.model.parameters():
            weight.add_(0.05 * torch.randn_like(weight))


def through_data(clip):
    """As a merged LoRA is written: past PyTorch's counter."""
    clip.model.text_projection.weight.data += 0.1
    clip.model.visual_projection.weight.data += 0.1


def one_row(clip):
    with torch.no_grad():
        clip.model.text_projection.weight[3] += 0.5
        clip.model.visual_projection.weight[3] += 0.5


def new_projection(clip):
    for name in ("visual_projection", "text_projection"):
        old = getattr(clip.model, name)
        setattr(clip.model, name, torch.nn.Linear(old.in_features, clip.dim, bias=False))


def loaded(clip):
    state = clip.model.state_dict()
    clip.model.load_state_dict({k: v * 1.5 if "projection" in k else v for k, v in state.items()})


def hooks(clip):
    """As heads are ablated, or directions are added."""
    for layer in (clip.model.text_projection, clip.model.visual_projection):
        layer.register_forward_hook(lambda layer, inputs, output: output.flip(-1))


def hooks_before(clip):
    for layer in (clip.model.text_projection, clip.model.visual_projection):
        layer.register_forward_pre_hook(lambda layer, inputs: (inputs[0].flip(-1),))


def another_forward(clip):
    for layer in (clip.model.text_projection, clip.model.visual_projection):
        layer.forward = lambda x, old=layer.forward: old(x).flip(-1)


def another_activation(clip):
    for part in (clip.model.text_model, clip.model.vision_model):
        part.encoder.layers[0].mlp.activation_fn = torch.nn.Tanh()


@pytest.mark.parametrize("change", [hooks, hooks_before, another_forward])
def test_what_a_hook_changes_is_neither_kept_nor_taken_from_the_cache(change, fieldguide):
    clip, data = clipnb.load_clip(), fieldguide.select([0, 1])
    before = clip.encode_texts(["a frog"]), clip.encode_images(data)
    change(clip)
    after = clip.encode_texts(["a frog"]), clip.encode_images(data)
    assert all((one - other).abs().max() > 0.01 for one, other in zip(before, after))
    fresh = clipnb.load_clip()
    assert torch.allclose(fresh.encode_texts(["a frog"]), before[0], atol=1e-6)
    assert torch.allclose(fresh.encode_images(data), before[1], atol=1e-6)


@pytest.mark.parametrize(
    "change", [noise, through_data, one_row, new_projection, loaded, another_activation]
)
def test_after_a_change_in_memory_nothing_comes_from_the_cache(change, fieldguide):
    torch.manual_seed(0)
    clip, data = clipnb.load_clip(), fieldguide.select([0, 1])
    before = clip.encode_texts(["a frog"], normalize=False), clip.encode_images(data)
    kept, encoded = clip.fingerprint, clip.encoded
    change(clip)
    after = clip.encode_texts(["a frog"], normalize=False), clip.encode_images(data)
    assert clip.encoded - encoded == 3 and clip.fingerprint != kept
    assert not torch.equal(before[0], after[0])
    # and the other way round: the changed model's are not given to the bundled one
    fresh = clipnb.load_clip()
    assert torch.allclose(fresh.encode_images(data), before[1], atol=1e-6)


def test_a_change_that_is_taken_back_is_the_old_model_again():
    clip = clipnb.load_clip(cache=False)
    first, weight = clip.fingerprint, clip.model.text_projection.weight
    with torch.no_grad():
        weight.mul_(2)
        assert clip.fingerprint != first
        weight.mul_(0.5)
    assert clip.fingerprint == first
    clip.model.requires_grad_(False)
    assert clip.fingerprint == first


def test_a_narrower_number_type_and_other_settings_are_computed_anew(fieldguide):
    clip, data = clipnb.load_clip(), fieldguide.select([0])
    clip.encode_images(data), clip.encode_texts(["a frog"])
    encoded = clip.encoded
    clip.model.bfloat16()
    assert clip.dtype == torch.bfloat16
    clip.encode_images(data), clip.encode_texts(["a frog"])
    assert clip.encoded == encoded + 2
    clip = clipnb.load_clip()
    clip.image_processor.image_mean = (0.4, 0.4, 0.4)
    clip.encode_images(data)
    clip.tokens.most = 8
    clip.encode_texts(["a frog"])
    assert clip.encoded == 2


def test_the_scale_is_the_model_s_own():
    clip = clipnb.load_clip(cache=False)
    with torch.no_grad():
        clip.model.logit_scale.fill_(2.0)
    assert clip.logit_scale == pytest.approx(np.exp(2.0), rel=1e-6)


# --- numbers that are none ------------------------------------------------------------------------


def test_an_embedding_that_is_no_number_is_refused_and_not_kept(fieldguide):
    clip, data = clipnb.load_clip(), fieldguide.select([0, 1])
    with torch.no_grad():
        clip.model.get_parameter(INNER)[0, 0] = float("nan")
        clip.model.text_projection.weight[0] = float("nan")
    for call, name in (
        (lambda: clip.encode_images(data), data.sources[0]),
        (lambda: clip.encode_images([data.images[0]]), "image 0"),
        (lambda: clip.encode_texts(["a frog"]), "a frog"),
    ):
        for _ in range(2):  # the second time nothing comes from the cache
            with pytest.raises(ValueError, match=f"{name}.*not a number"):
                call()


@pytest.mark.parametrize(
    "rows, message",
    [
        (torch.full((2, 160), torch.nan), "Embedding 0 holds NaN"),
        (10 * torch.eye(160)[:3], "Embedding 0 has the length 10"),
        (torch.eye(512)[:3], r"\(n, 160\), but these are \(3, 512\)"),
        (torch.ones(160), r"these are \(160,\)"),
    ],
)
def test_embeddings_that_fit_no_model_are_refused(clip, rows, message):
    classifier = clipnb.ZeroShotClassifier(clip, {"a": ["a frog"], "b": ["a bird"]})
    with pytest.raises(ValueError, match=message):
        classifier.predict(rows)


def test_embeddings_of_numpy_and_in_half_precision_are_taken(clip, fieldguide):
    classifier = clipnb.ZeroShotClassifier(clip, {"a": ["a frog"], "b": ["a bird"]})
    rows = clip.encode_images(fieldguide.select(range(4)))
    right = classifier.predict(rows)
    for given in (rows.numpy(), rows.double(), rows.half()):
        assert torch.allclose(classifier.predict(given).scores, right.scores, atol=1e-3)


def test_a_damaged_row_of_the_cache_is_computed_again(tmp_path, monkeypatch):
    import sqlite3

    monkeypatch.setenv("CLIPNB_CACHE", str(tmp_path))
    clip = clipnb.load_clip()
    right = clip.encode_texts(["a frog", "a bird"])
    for change in (
        "embedding = zeroblob(640)",
        "embedding = x'00'",
        "embedding = 'text'",
        "embedding = NULL",
        "sum = sum + 1",
    ):
        with sqlite3.connect(tmp_path / "embeddings.sqlite") as store:
            store.execute(f"UPDATE checked_embeddings SET {change}")
        store.close()
        before = clip.encoded
        assert torch.allclose(clip.encode_texts(["a frog", "a bird"]), right, atol=1e-6), change
        assert clip.encoded == before + 2, change


def test_a_row_of_another_length_is_none(tmp_path):
    cache = EmbeddingCache(tmp_path / "embeddings.sqlite")
    cache.put(["a"], np.ones((1, 3)))
    assert cache.fill(["a"], np.zeros((1, 4), np.float32)) == [0]


# --- texts ----------------------------------------------------------------------------------------

LONG = "a bird with " + "a red breast and a long tail and " * 30


@pytest.mark.parametrize("save", [save_clip, save_siglip])
def test_every_call_that_cuts_a_text_says_so_even_from_the_cache(save, tmp_path):
    clip = clipnb.load_clip(save(tmp_path))
    for text in (LONG + "one", LONG + "two", LONG + "one"):
        with pytest.warns(UserWarning, match="cut after .* tokens: 1 of 2"):
            clip.encode_texts([text, "a frog"])


def test_a_text_of_just_the_right_length_is_not_said_to_be_cut(clip, recwarn):
    for count in range(1, clip.max_tokens):
        text = " ".join(["a"] * count)
        cut = len(clip.tokenizer(text, verbose=False)["input_ids"]) > clip.max_tokens
        assert bool(clip.tokens.cut([text])) == cut
    clip.encode_texts(["a short text"])
    assert not recwarn.list


def test_half_a_character_is_refused(clip):
    with pytest.raises(ValueError, match=r"an orange breast \\ud83d' holds half a character"):
        clip.encode_texts(["a frog", "an orange breast \ud83d"])


def test_frozen_weights_and_switched_off_gradients_do_not_matter(fieldguide):
    clip, image = clipnb.load_clip(cache=False), fieldguide.images[0]
    methods = ("gradient_attention", "grad_cam", "integrated_gradients", "gradient")
    maps = {method: clipnb.heatmap(clip, image, "a frog", method) for method in methods}
    words = clipnb.word_relevance(clip, image, "a frog")["relevance"]
    clip.model.requires_grad_(False)
    for off in (torch.enable_grad, torch.no_grad, torch.inference_mode):
        with off():
            for method, right in maps.items():
                found = clipnb.heatmap(clip, image, "a frog", method)
                np.testing.assert_allclose(found, right, atol=1e-5, err_msg=method)
            found = clipnb.word_relevance(clip, image, "a frog")["relevance"]
        np.testing.assert_allclose(found, words, atol=1e-5)


@pytest.mark.parametrize("value", [100.0, -300.0, 50.0, float("nan"), float("inf")])
def test_a_logit_scale_that_was_changed_to_nonsense_gives_no_probabilities(value):
    clip = clipnb.load_clip(cache=False)
    classifier = clipnb.ZeroShotClassifier(clip, {"a": ["a frog"], "b": ["a fish"]})
    clip.model.logit_scale.data.fill_(value)
    with pytest.raises(ValueError, match="logit_scale of 'bundled' is .* must be stored as a log"):
        classifier.predict(torch.nn.functional.normalize(torch.ones(1, clip.dim)))


# --- tokenizers, processors and adapters that give wrong numbers ----------------------------------


def with_added_token(folder, end):
    """A token behind the end of text, as textual inversion adds one."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(["<my-frog>"])
    size, name = len(tokenizer), "text_model.embeddings.token_embedding.weight"

    def longer(weights):
        more = size - len(weights[name])
        weights[name] = torch.cat([weights[name], weights[name][-1:].repeat(more, 1)])
        return weights

    change_weights(folder, longer)
    text = {"vocab_size": size, "eos_token_id": end}
    change_json(folder, "config.json", lambda c: c["text_config"].update(text))
    tokenizer.save_pretrained(folder)


def test_an_added_token_is_refused_where_the_model_would_read_a_text_at_it(folder):
    with_added_token(folder, 2)
    with pytest.raises(ValueError, match="tokens above its end of text"):
        clipnb.load_clip(folder, cache=False)


def test_an_added_token_does_no_harm_where_the_end_of_text_is_known(folder):
    with_added_token(folder, 1)
    clip = clipnb.load_clip(folder, cache=False)
    a, b = clip.encode_texts(["a <my-frog> with red legs", "a <my-frog> on a blue leaf"])
    assert float(a @ b) < 0.999


def tokenizer_setting(folder, **settings):
    change_json(folder, "tokenizer_config.json", lambda c: c.update(settings))


def test_padding_on_the_left_changes_nothing(folder):
    tokenizer_setting(folder, padding_side="left")
    clip = clipnb.load_clip(folder, cache=False)
    texts = ["a frog", "a green frog with long legs on a leaf"]
    assert torch.allclose(clip.encode_texts(texts)[0], clip.encode_texts(texts[0])[0], atol=1e-5)


def test_a_clip_without_a_padding_token_pads_with_the_end_of_text(folder, clip):
    tokenizer_setting(folder, pad_token=None)
    texts = ["a frog", "a green frog with long legs"]
    mine = clipnb.load_clip(folder, cache=False)
    assert torch.allclose(mine.encode_texts(texts), clip.encode_texts(texts), atol=1e-5)


def test_a_padding_token_that_the_model_does_not_know_is_refused(folder):
    tokenizer_setting(folder, pad_token="<new-pad>")
    with pytest.raises(ValueError, match="pads with token"):
        clipnb.load_clip(folder, cache=False)


@pytest.mark.parametrize("off", [{"do_center_crop": False}, {"do_resize": False}])
def test_a_processor_whose_images_differ_in_size_is_refused_or_works(folder, off):
    for name in ("preprocessor_config.json", "processor_config.json"):
        change_json(folder, name, lambda c: c.get("image_processor", c).update(off))
    images = [np.zeros((100, 160, 3), np.uint8), np.zeros((140, 100, 3), np.uint8)]
    try:
        clip = clipnb.load_clip(folder, cache=False)
    except ValueError as error:
        assert "different sizes" in str(error) and "do_center_crop" in str(error)
        return
    assert clip.encode_images(images).shape == (2, clip.dim)


def test_an_adapter_beside_its_base_model_is_refused(folder):
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    with pytest.raises(OSError, match="LoRA adapter"):
        clipnb.load_clip(folder, cache=False)


def test_a_token_that_ends_texts_is_refused_inside_one(clip):
    with pytest.raises(ValueError, match=r"holds '<\|endoftext\|>'.*remove it"):
        clip.encode_texts(["a frog <|endoftext|> with red legs"])
    assert clip.encode_texts("a < b and [c]").shape[0] == 1


def test_a_model_in_training_embeds_without_dropout_and_stays_in_training(folder, fieldguide):
    for name in ("text_config", "vision_config"):
        change_json(
            folder, "config.json", lambda c, name=name: c[name].update(attention_dropout=0.3)
        )
    clip, data = clipnb.load_clip(folder, cache=False), fieldguide.select([0, 1])
    right = clip.encode_images(data), clip.encode_texts(["a frog"])
    clip.model.train()
    assert torch.allclose(clip.encode_images(data), right[0], atol=1e-6)
    assert torch.allclose(clip.encode_texts(["a frog"]), right[1], atol=1e-6)
    first = clipnb.heatmap(clip, data.images[0], "a frog")
    np.testing.assert_array_equal(first, clipnb.heatmap(clip, data.images[0], "a frog"))
    assert all(module.training for module in clip.model.modules())


@pytest.mark.slow
def test_threads_share_a_model(clip, fieldguide):
    """Embeddings and heatmaps of one model at the same time, as in an application."""
    from concurrent.futures import ThreadPoolExecutor

    fresh = clipnb.load_clip(cache=False)
    images = [fieldguide.images[i] for i in range(3)]
    tasks = [lambda k=k: fresh.encode_texts([f"a frog {k}", "a bird"]) for k in range(3)]
    tasks += [lambda: fresh.encode_images(images, progress_bar=False)]
    for method in ("gradient_attention", "grad_cam"):
        tasks += [lambda m=method, k=k: clipnb.heatmap(fresh, images[k], "a", m) for k in range(3)]
    right = [np.asarray(task()) for task in tasks]
    with ThreadPoolExecutor(4) as pool:
        for k, found in enumerate(pool.map(lambda task: np.asarray(task()), tasks * 3)):
            np.testing.assert_allclose(found, right[k % len(right)], atol=1e-4)


def test_a_cache_that_another_process_holds_is_not_waited_for_long(tmp_path, monkeypatch, capsys):
    import sqlite3
    import time

    from clipnb.support import cache as module

    monkeypatch.setattr(module, "WAIT", 0.2)
    cache = EmbeddingCache(tmp_path / "embeddings.sqlite")
    cache.put(["a"], np.ones((1, 3)))
    holder = sqlite3.connect(tmp_path / "embeddings.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    start = time.monotonic()
    for _ in range(3):
        assert cache.get(["a"]) == {}
    assert time.monotonic() - start < 2 and capsys.readouterr().err.count("going on without") == 1
    holder.close()


@pytest.mark.parametrize(
    "said, remedy",
    [
        ("SiglipTokenizer requires the SentencePiece library but it was", r"clipnb\[siglip\]"),
        ("AutoImageProcessor requires the Torchvision library but it was", "--upgrade clipnb"),
    ],
)
def test_a_missing_package_is_named_with_what_to_install(folder, monkeypatch, said, remedy):
    from transformers import AutoTokenizer

    def missing(*_, **__):
        raise ImportError(f"\n{said} not found.\nCheck out the instructions on the\n")

    monkeypatch.setattr(AutoTokenizer, "from_pretrained", missing)
    with pytest.raises(ImportError, match=f"model' needs a package.*{remedy}.*library") as error:
        clipnb.load_clip(folder, cache=False)
    assert "\n" not in str(error.value)
