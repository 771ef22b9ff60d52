"""Training the bundled CLIP: the loss against its definition, and a miniature run that is stopped
and resumed."""

import json
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, interpolate, normalize

from clipnb.fieldguide.facts import FactCoder
from clipnb.fieldguide.lookalikes import APART, lookalike_scene
from clipnb.fieldguide.species_names import names_in
from clipnb.fieldguide.world import KINDS, all_species, difference, load_kind, unnamed_individual
from clipnb.pretrain import stages
from clipnb.pretrain.batches import Batches, with_strange_words
from clipnb.pretrain.continued import resize_patches, take_image_encoder
from clipnb.pretrain.losses import (
    MarksHead,
    caption_embeddings,
    contrastive_loss,
    image_embeddings,
    marks_loss,
)
from clipnb.pretrain.options import DEFAULTS, check_options, keep_options
from clipnb.pretrain.pool import build_pool
from clipnb.pretrain.run import encode_captions, main
from clipnb.pretrain.stages import SCHEDULES, load_weights, steps_of


def some(n, m, d=8):
    torch.manual_seed(0)
    return (
        normalize(torch.randn(n, d), dim=1),
        normalize(torch.randn(m, d), dim=1),
        torch.tensor(5.0),
    )


def test_with_one_positive_each_it_is_clips_loss():
    images, texts, scale = some(6, 6)
    logits = scale * images @ texts.T
    plain = (cross_entropy(logits, torch.arange(6)) + cross_entropy(logits.T, torch.arange(6))) / 2
    assert torch.allclose(
        contrastive_loss(images, texts, scale, torch.eye(6, dtype=torch.bool)), plain, atol=1e-6
    )


def test_it_is_lowest_where_scores_are_the_joint_distribution():
    """Free logits descend to pointwise mutual information: the specific caption above the general
    one, the false ones far below."""
    # captions: of image 0; of images 1 and 2; of all
    true = torch.tensor([[1, 0, 1], [0, 1, 1], [0, 1, 1]]).bool()
    # three orthogonal images: with images = identity the texts are the logits, up to the scale
    texts, images = torch.zeros(3, 3, requires_grad=True), torch.eye(3)
    optimiser = torch.optim.Adam([texts], lr=0.05)
    for _ in range(600):
        optimiser.zero_grad()
        contrastive_loss(images, texts, torch.tensor(1.0), true).backward()
        optimiser.step()
    scores = texts.detach().T
    assert scores[0, 0] > scores[0, 2] + 0.5 > scores[0, 1] + 2


def test_marks_loss_is_the_cross_entropy_of_the_values_that_hold():
    coder = FactCoder()
    torch.manual_seed(0)
    head, image = MarksHead(8, coder), normalize(torch.randn(1, 8), dim=1)
    slot = coder.slots["main"]
    values = list(coder.values["main"])
    first = sum(len(v) for s, v in list(coder.values.items())[:slot])
    probabilities = head.linear(16 * image)[0, first : first + len(values)].softmax(0)
    accepted = [values.index("red"), values.index("rust")]
    bits = np.array([[sum(1 << i for i in accepted), 1, 0]])
    # "any" and an empty set do not count
    slots = np.array([[slot, coder.slots["any"], coder.slots["kind"]]])
    assert torch.allclose(
        marks_loss(head, image, slots, bits), -probabilities[accepted].sum().log(), atol=1e-5
    )


def test_length_chunks_change_nothing(clip):
    captions = [
        "a frog",
        "a very long caption about a frog with green skin and orange eyes",
        "bird",
        "a red bird",
        "two fish",
        "leaf",
    ]
    ids = clip.tokenizer(captions, padding=True, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        expected = clip.model.get_text_features(input_ids=ids).pooler_output
        assert torch.allclose(
            caption_embeddings(clip.model, ids), normalize(expected, dim=1), atol=1e-5
        )


def test_image_embeddings_are_those_of_the_whole_model(clip):
    size = clip.model.config.vision_config.image_size
    pixels = torch.randn(3, 3, size, size)
    with torch.no_grad():
        expected = clip.model.get_image_features(pixel_values=pixels).pooler_output
        assert torch.allclose(
            image_embeddings(clip.model, pixels), normalize(expected, dim=1), atol=1e-5
        )


def test_a_pool_of_other_options_is_not_used_without_a_word(tmp_path):
    options = DEFAULTS | {"images": 2, "lookalikes": 1, "captions": 1, "image_size": 16}
    build_pool(tmp_path, options)
    build_pool(tmp_path, options | {"steps": 1})  # says nothing about the pool
    for name in ("images", "lookalikes", "captions", "image_size", "seed"):
        with pytest.raises(
            ValueError, match=f"made with {name} = {options[name]}, not 7; .*--work"
        ):
            build_pool(tmp_path, options | {name: 7})


def test_refining_batches_hold_one_kind_and_captions_that_leave_it_unsaid(tmp_path):
    options = DEFAULTS | {"images": 60, "lookalikes": 30, "captions": 6, "image_size": 16}
    options |= {"batch": 20}
    build_pool(tmp_path, options)
    ids = np.ones((540, 4), np.int16)
    ids[:, 0] = np.arange(540)  # the number of the caption in place of its first token
    batches = Batches(tmp_path, ids, options, "cpu", np.ones(540, int))
    kinds = {name: [] for name in ("join", "refine")}
    unsaid = {name: [] for name in kinds}
    for name in kinds:
        for step in range(40):
            _, facts, tokens, _, true = batches.of(name)(np.random.default_rng(step))
            images = true.float()
            assert (tokens[:, 0] < 360).all()  # look-alikes have a stage of their own
            assert (images.sum(0) >= 1).all() and (images.sum(1) >= 2).all()
            kinds[name].append(len(set(facts[1][:, FactCoder().slots["kind"]].tolist())))
            unsaid[name].append(batches.kind_unsaid[tokens[:, 0].numpy()].mean())
    assert min(kinds["join"]) == 2 and 10 <= np.sum(np.array(kinds["refine"]) == 1) <= 30
    assert np.mean(unsaid["refine"]) > 1.5 * np.mean(unsaid["join"]) > 0
    lines = (tmp_path / "captions.txt").read_text("utf-8").splitlines()
    named = [line for line, silent in zip(lines, batches.kind_unsaid, strict=True) if silent]
    assert named and not any(names_in(line) for line in named)


def test_the_last_stage_shows_look_alikes_for_half_of_the_images(tmp_path):
    options = DEFAULTS | {"images": 60, "lookalikes": 60, "captions": 2, "image_size": 16}
    options |= {"batch": 8}
    build_pool(tmp_path, options)
    ids = np.ones((240, 12), np.int16)
    ids[:, :2] = np.arange(1000, 1240)[:, None]
    ends = np.arange(1240) % 2
    found = []
    for step in range(40):
        _, _, tokens, _, _ = Batches(tmp_path, ids, options, "cpu", ends).of("look-alikes")(
            np.random.default_rng(step)
        )
        captions = tokens[:, 0].numpy() - 1000
        found.append((captions >= 120).mean())
    # a batch of one kind may have fewer than four of either in so small a pool
    assert np.median(found) == 0.5 and 0.4 < np.mean(found) < 0.6


def test_strange_words_stand_between_words_and_leave_the_others_as_they_are():
    ends = np.array([-1, -1, *[0] * 5, *[1] * 5])  # 0 and 1: start and end of text
    ids = np.array([[0, 2, 7, 8, 3, 4, 9, *[1] * 13], [0, 7, *[1] * 18], [0, *[8] * 18, 1]] * 200)
    changed = with_strange_words(ids, ends, np.random.default_rng(0), 0.5)
    assert 0.4 < (changed != ids).any(1)[np.arange(600) % 3 < 2].mean() < 0.6
    assert (changed[2::3] == ids[2::3]).all()  # no room
    for before, after in zip(ids.tolist(), changed.tolist(), strict=True):
        words, strange = (
            "".join("b" if ends[i] == 0 else "e" for i in row[1:] if i != 1) + "."
            for row in (before, after)
        )
        assert after[0] == 0 and strange.count("e") - words.count("e") in (0, 1, 2)
        assert "b." not in strange  # every word has its end
        rest = iter(after)
        assert all(token in rest for token in before if token != 1)


def test_look_alikes_share_marks_with_a_named_species_and_are_none():
    shared = []
    for i in range(120):
        individual = lookalike_scene(i).individual
        kind = load_kind(individual.kind)
        everyone = [*kind.species, *kind.exam]
        apart = {s.name: difference(kind, individual.marks, s.marks) for s in everyone}
        assert individual.species is None and min(apart.values()) >= APART
        named = [one for one in all_species() if one.seen][i % 60]
        shared.append(1 - apart[named.name] / len(kind.visible(named.marks)))
    random = [
        1
        - difference(kind, unnamed_individual(kind, np.random.default_rng(i)).marks, one.marks)
        / len(kind.visible(one.marks))
        for i, kind in enumerate(map(load_kind, KINDS))
        for one in kind.species
    ]
    assert np.mean(shared) > np.mean(random) + 0.2


def test_half_written_token_ids_are_not_taken_for_whole_ones(tmp_path, monkeypatch):
    def die(file, array):
        file.write(b"half")
        raise KeyboardInterrupt

    (tmp_path / "captions.txt").write_text("a frog\na bird\n")
    tokenizer = lambda lines, **_: SimpleNamespace(input_ids=[[0, 1]] * len(lines))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(np, "save", die)
        encode_captions(tmp_path, tokenizer, {"length": 2})
    assert encode_captions(tmp_path, tokenizer, {"length": 2}).tolist() == [[0, 1], [0, 1]]


def test_options_with_which_nothing_can_be_trained_are_named():
    check_options(DEFAULTS)
    for name, value in (
        ("batch", 0),
        ("weight_decay", float("nan")),
        ("warmup", -1),
        ("images", -5),
    ):
        with pytest.raises(ValueError, match=f"--{name.replace('_', '-')} is {value}"):
            check_options(DEFAULTS | {name: value})
    with pytest.raises(ValueError, match="--image-size is 7, less than --patch-size, 10"):
        check_options(DEFAULTS | {"image_size": 7, "patch_size": 10})


def test_an_image_encoder_belongs_to_one_schedule():
    with pytest.raises(ValueError, match="give its folder with --image-encoder"):
        check_options(DEFAULTS | {"schedule": "continued"})
    with pytest.raises(
        ValueError, match="belongs to the schedule 'continued', not to 'contrastive'"
    ):
        check_options(DEFAULTS | {"image_encoder": "folder"})
    check_options(DEFAULTS | {"schedule": "continued", "image_encoder": "folder"})


def test_an_enlarged_patch_keeps_its_vector():
    torch.manual_seed(0)
    kernel, patch = torch.randn(6, 3, 10, 10), torch.randn(1, 3, 10, 10)
    larger = interpolate(patch, (12, 12), mode="bicubic")
    before = (kernel * patch).sum((1, 2, 3))
    after = (resize_patches(kernel, 12) * larger).sum((1, 2, 3))
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-4)
    assert resize_patches(kernel, 10) is kernel


def test_only_the_image_encoder_is_taken(tmp_path):
    old, new = tiny_clip(16), tiny_clip(32)
    old.save_pretrained(tmp_path)
    texts = {n: p.clone() for n, p in new.named_parameters() if n.startswith("text")}
    take_image_encoder(new, tmp_path)
    for name, parameter in new.named_parameters():
        if name in texts:
            assert torch.equal(parameter, texts[name]), name
        elif name.startswith(("vision", "visual")) and "patch_embedding" not in name:
            assert torch.equal(parameter, old.get_parameter(name)), name
    with pytest.raises(ValueError, match="There is no model in 'nowhere'"):
        take_image_encoder(new, Path("nowhere"))
    with pytest.raises(ValueError, match=r"another shape \(vision_model.*give a model of the same"):
        take_image_encoder(tiny_clip(32, width=64), tmp_path)


def tiny_clip(image_size, width=32):
    """Four patches of any size."""
    from transformers import CLIPConfig, CLIPModel

    shape = dict(hidden_size=width, intermediate_size=4 * width, num_hidden_layers=1)
    vision = shape | dict(image_size=image_size, patch_size=image_size // 2, num_attention_heads=1)
    text = shape | dict(vocab_size=600, max_position_embeddings=8, num_attention_heads=1)
    return CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16))


def test_a_second_run_with_other_options_is_refused_by_name(tmp_path):
    keep_options(tmp_path, DEFAULTS)
    keep_options(tmp_path, DEFAULTS)
    with pytest.raises(ValueError, match="--vision-width 160, not 32; .*--work"):
        keep_options(tmp_path, DEFAULTS | {"vision_width": 32})


def test_a_damaged_checkpoint_is_named_with_what_to_do(tmp_path):
    for content in (b"", b"half a checkpoint"):
        path = tmp_path / "checkpoint.safetensors"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"checkpoint.safetensors' is damaged.*delete it"):
            load_weights(path, torch.nn.Linear(2, 2))
    assert load_weights(tmp_path / "none", torch.nn.Linear(2, 2)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_miniature_run_resumes_and_its_folder_is_a_clip(tmp_path, monkeypatch, schedule):
    small = (
        "--images 40 --lookalikes 16 --captions 3 --batch 16 --look-batch 8 --read-batch 16 --image-size 32"
        " --vision-width 32 --vision-layers 1 --text-width 32 --text-layers 1 --embedding 16"
        " --vocabulary 600"
    )
    arguments = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "model"), *small.split()]
    log = lambda: json.loads((tmp_path / "work" / "training.json").read_text())["stages"]
    turns = [turn[0] for turn in SCHEDULES[schedule]]
    steps = [*arguments, "--schedule", schedule, "--steps", str(12 * len(turns))]
    if schedule == "continued":
        steps += ["--image-encoder", str(tmp_path / "earlier"), "--patch-size", "16"]
        tiny_clip(16).save_pretrained(tmp_path / "earlier")

    with monkeypatch.context() as patch:
        patch.setattr(stages, "CHECKPOINT_SECONDS", 0)
        patch.setattr(torch.optim.Muon, "step", Mock(side_effect=[None] * 4 + [KeyboardInterrupt]))
        assert main(steps) == 130
    place = load_weights(tmp_path / "work" / "checkpoint.safetensors", Mock(state_dict=dict))
    assert (place["turn"], place["step"]) == ("0", "4")
    pool = (tmp_path / "work" / "images.npy").stat().st_mtime
    assert main(steps) == 0
    assert [row["stage"] for row in log()] == turns
    assert sum(row["steps"] for row in log()) == sum(
        steps_of({"schedule": schedule, "steps": 12 * len(turns)})
    )
    assert (tmp_path / "work" / "images.npy").stat().st_mtime == pool
    before = log()
    assert main(steps) == 0  # nothing is left to train: the same model again
    assert log() == before
    from transformers import CLIPModel

    model = CLIPModel.from_pretrained(tmp_path / "model")
    assert model.dtype == torch.float32 and model.config.projection_dim == 16
    captions = (tmp_path / "work" / "captions.txt").read_text("utf-8").splitlines()
    assert len(captions) == 168 and np.load(tmp_path / "work" / "facts.npy").shape[0] == 56
