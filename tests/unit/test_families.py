"""Every family that load_clip takes computes what its own forward pass computes."""

import json
import warnings

import numpy as np
import pytest
import torch
from PIL import Image
from small_families import SAVE, TEXTS
from small_models import noisy_images

import clipnb
from clipnb.model import families

BERTS = ("AltCLIP", "ChineseCLIP")
HALF = {torch.float32: 1e-5, torch.bfloat16: 2e-2}  # of a cosine


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("families")
    made = {}
    for name, save in SAVE.items():
        (folder / name).mkdir()
        made[name] = save(folder / name)
    return made


@pytest.fixture(scope="module")
def images():
    return noisy_images()


def load(folder, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clipnb.load_clip(folder, device="cpu", cache=False, **options)


def encoded(clip, images):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # texts in lower case
        return clip.encode_images(images), clip.encode_texts(TEXTS)


def own_logits(folder, images, dtype):
    """As transformers' documentation uses the family: its model, tokenizer, image processor."""
    from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(folder, dtype=dtype).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    siglip = model.config.model_type.startswith("siglip")
    most = model.config.text_config.max_position_embeddings
    texts = [text.lower() if siglip else text for text in TEXTS]
    padding = {"padding": "max_length", "max_length": most} if siglip else {"padding": True}
    tokens = dict(tokenizer(texts, return_tensors="pt", **padding))
    if siglip:
        tokens = {"input_ids": tokens["input_ids"]}
    pixels = AutoImageProcessor.from_pretrained(folder, backend="pil")(images, return_tensors="pt")
    pixels = {k: v.to(dtype) if v.is_floating_point() else v for k, v in pixels.items()}
    with torch.inference_mode(), torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        output = model(**tokens, **pixels)
    return output.logits_per_image.float()


@pytest.mark.slow
@pytest.mark.parametrize("dtype", HALF, ids=str)
@pytest.mark.parametrize("family", SAVE)
def test_logits_are_those_of_the_family(folders, images, family, dtype):
    clip = load(folders[family], dtype=dtype)
    of_images, of_texts = encoded(clip, images)
    assert of_images.dtype == of_texts.dtype == torch.float32 and clip.dtype == dtype
    # a test that mixed-up texts or images would not pass
    for rows in (of_images, of_texts):
        assert (rows @ rows.T - torch.eye(len(rows))).max() < 0.999
    mine = clip.logit_scale * of_images @ of_texts.T + clip.logit_bias
    allowed = clip.logit_scale * HALF[dtype]
    for other in {dtype, torch.float32}:
        own = own_logits(folders[family], images, other)
        torch.testing.assert_close(mine, own, rtol=0, atol=allowed)


@pytest.mark.parametrize("family", SAVE)
def test_one_text_is_embedded_as_among_longer_ones(folders, family):
    clip = load(folders[family])
    long, short = "a green leaf on a long stem", "frog"
    together = clip.encode_texts([short, long])
    torch.testing.assert_close(together[:1], clip.encode_texts(short), rtol=0, atol=1e-5)


@pytest.mark.parametrize("family", SAVE)
def test_the_longest_text_is_read_and_a_longer_one_is_cut_with_a_word(folders, family):
    clip = load(folders[family])
    with pytest.warns(UserWarning, match=f"cut after {clip.max_tokens} tokens"):
        assert clip.encode_texts("a " * 200).isfinite().all()


@pytest.mark.parametrize("family", ["SigLIP 2", "SigLIP 2 (NaFlex)"])
def test_siglip_2_reads_lower_case(folders, family):
    clip = load(folders[family])
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        one, other = clip.encode_texts(["a Blue Bird", "a blue bird"])
        clip.encode_texts(["a Red Bird"])
    assert torch.equal(one, other)
    # a tokenizer of its own does it without a word, as CLIP's and SigLIP's do
    assert len(said) == int(clip.tokens.lower_case)
    for warning in said:
        assert "lower case" in str(warning.message) and "'a Blue Bird'" in str(warning.message)


def test_gemma_s_tokenizer_keeps_capitals_so_they_are_lowered_and_that_is_said(folders):
    clip = load(folders["SigLIP 2"])
    assert clip.tokens.lower_case
    assert not any(load(folders[one]).tokens.lower_case for one in ("CLIP", "SigLIP", *BERTS))
    clip.tokens.lower_case = False
    one, other = clip.encode_texts(["a Blue Bird", "a blue bird"])
    assert not torch.allclose(one, other, atol=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("family", SAVE)
def test_heatmaps_work_or_are_refused_by_name(folders, images, family):
    clip = load(folders[family])
    for method in ("gradient_attention", "grad_cam", "gradient", "integrated_gradients"):
        if family == "SigLIP 2 (NaFlex)":
            with pytest.raises(ValueError, match="Siglip2ImageProcessor"):
                clipnb.heatmap(clip, images[0], "a frog", method)
            continue
        # all values of a Grad-CAM may be negative, which leaves nothing of it
        options = {"relu": False} if method == "grad_cam" else {}
        found = clipnb.heatmap(clip, images[0], "a frog", method, **options)
        assert found.shape == images[0].size[::-1] and np.isfinite(found).all() and found.any()
    # what the maps explain is what encode_images computes
    if family != "SigLIP 2 (NaFlex)":
        grey = Image.new("RGB", images[0].size, (128, 128, 128))
        cosines = clip.encode_images([images[0], grey]) @ clip.encode_texts("a frog").T
        found = clipnb.heatmap(
            clip,
            images[0],
            "a frog",
            "integrated_gradients",
            steps=256,
            baseline=(128, 128, 128),
        )
        assert found.sum() == pytest.approx(float(cosines[0] - cosines[1]), abs=0.02)


@pytest.mark.parametrize("family", SAVE)
def test_word_relevance_works_or_is_refused_by_name(folders, images, family):
    clip = load(folders[family])
    if family in BERTS:
        with pytest.raises(ValueError, match=f"{family}.*which is a BERT; load a CLIP"):
            clipnb.word_relevance(clip, images[0], "a red frog")
        return
    table = clipnb.word_relevance(clip, images[0], "a red frog")
    assert list(dict.fromkeys(table["word"])) == ["a", "red", "frog"]
    assert table["relevance"].max() > 0


def test_metaclip_2_is_read_at_its_end_although_that_is_token_2(folders):
    config = load(folders["MetaCLIP 2"]).model.config
    ids = torch.tensor([0, 30, 7, 2, 1, 1])
    assert families.end_of_text(config) == 2 and families.text_position(config, ids) == 3
    config = load(folders["CLIP"]).model.config
    config.text_config.eos_token_id = 2
    assert families.end_of_text(config) is None and families.text_position(config, ids) == 1


def test_a_metaclip_2_whose_tokenizer_ends_no_text_is_refused(folders, tmp_path):
    import shutil

    folder = shutil.copytree(folders["MetaCLIP 2"], tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["eos_token_id"] = 5
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="does not end a text with token 5"):
        clipnb.load_clip(folder, cache=False)


@pytest.mark.parametrize("kind", ["clip_vision_model", "blip", "owlvit", "flava", None])
def test_other_families_are_refused_by_name_with_a_list_of_what_is_taken(tmp_path, kind):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": kind} if kind else {}))
    said = f"is a {kind} model" if kind else "does not say what model it is"
    with pytest.raises(ValueError, match=said) as refused:
        clipnb.load_clip(tmp_path)
    for name, family in families.MODEL_TYPES.items():
        assert f"{family} ({name})" in str(refused.value)
    assert "\n" not in str(refused.value)
