"""Concepts inside the model: exact sums, convex optima, measures by hand, and bad input."""

import numpy as np
import pytest
import torch
from small_families import SAVE
from small_models import save_clip, save_siglip
from torch.nn.functional import normalize

import clipnb
from clipnb.classify.regression import softmax_regression
from clipnb.concepts import feature_auc, precision_recall, split_groups, text_span
from clipnb.concepts.solvers import nonnegative_lasso, sparse_softmax_regression
from clipnb.fieldguide.concept_words import GROUPS, concept_words, truth_of


def unit(n, width=160, seed=0):
    rows = torch.randn(n, width, generator=torch.Generator().manual_seed(seed))
    return normalize(rows, dim=1)


def pixels(n=3):
    chance = np.random.default_rng(0)
    return [chance.integers(0, 255, (50, 60, 3), dtype=np.uint8) for _ in range(n)]


# --- an embedding is the sum of its parts ---------------------------------------------------------


def exact(clip, images):
    parts = clipnb.decompose_embedding(clip, images, patches=True)
    torch.testing.assert_close(parts.total(), clip.encode_images(images), atol=1e-4, rtol=0)
    torch.testing.assert_close(parts.patches.sum(3), parts.heads, atol=1e-5, rtol=0)
    return parts


def test_parts_add_up_to_the_embedding(clip, fieldguide):
    parts = exact(clip, fieldguide.select(range(0, 60, 10)))
    assert parts.heads.shape == (6, 4, 5, 160) and parts.mlps.shape == (6, 4, 160)
    assert len(parts.names()) == 20 and "6 images, 4 layers of 5 heads" in repr(parts)


def test_parts_of_another_shape(tmp_path):
    small = clipnb.load_clip(str(save_clip(tmp_path, image=60, patch=12, layers=2)))
    assert exact(small, pixels()).patches.shape == (3, 2, 4, 26, 24)


@pytest.mark.slow
@pytest.mark.parametrize("family", [name for name in SAVE if "SigLIP" not in name])
def test_parts_of_every_family_with_a_class_token(family, tmp_path):
    SAVE[family](tmp_path)
    exact(clipnb.load_clip(str(tmp_path)), pixels())


def test_many_images_are_taken_in_batches(clip, fieldguide):
    some = fieldguide.select(range(70))
    parts = clipnb.decompose_embedding(clip, some)
    torch.testing.assert_close(parts.total(), clip.encode_images(some), atol=1e-4, rtol=0)


def test_ablation_replaces_a_head_by_its_mean(clip, fieldguide):
    parts = clipnb.decompose_embedding(clip, fieldguide.select(range(5)))
    part = parts.heads[:, 3, 2]
    by_hand = normalize(parts.total() - part + part.mean(0), dim=1)
    torch.testing.assert_close(parts.without([(3, 2), (3, 2)]), by_hand)
    with pytest.raises(ValueError, match=r"no head \(4, 0\); there are 4 layers with 5 heads"):
        parts.without([(4, 0)])


def test_no_layers_to_look_at(clip, fieldguide, tmp_path):
    siglip = clipnb.load_clip(str(save_siglip(tmp_path)))
    for function in (clipnb.decompose_embedding, clipnb.class_tokens):
        with pytest.raises(ValueError, match="is of the family SigLIP.* no class token"):
            function(siglip, pixels())
        with pytest.raises(ValueError, match="There are no images"):
            function(clip, [])
        with pytest.raises(ValueError, match="There are no images"):
            function(clip, fieldguide.select([]))


def test_class_tokens_end_in_the_embedding(clip, fieldguide):
    some = fieldguide.select(range(4))
    tokens = clipnb.class_tokens(clip, some)
    assert tokens.shape == (5, 4, 160) and np.ptp(tokens[0], axis=0).max() < 1e-5
    with torch.no_grad():
        last = clip.model.vision_model.post_layernorm(torch.tensor(tokens[-1]))
        embedding = normalize(clip.model.visual_projection(last), dim=1)
    torch.testing.assert_close(embedding, clip.encode_images(some), atol=1e-4, rtol=0)


def test_the_model_is_left_as_it_was(clip, fieldguide):
    before = clip.model.vision_model.config._attn_implementation
    clipnb.decompose_embedding(clip, fieldguide.select([0]))
    assert clip.model.vision_model.config._attn_implementation == before
    hooked = [m for m in clip.model.modules() if m._forward_hooks or m._forward_pre_hooks]
    assert not hooked


# --- texts of heads -------------------------------------------------------------------------------


def test_text_span_finds_the_directions_of_the_variance():
    basis, chance = torch.eye(6), torch.Generator().manual_seed(0)
    sizes = torch.tensor([3.0, 2.0, 0.5])
    head = torch.randn(200, 3, generator=chance) * sizes @ basis[:3] + basis[5]
    chosen, shares = text_span(head, basis[[4, 1, 0, 2]], 3)
    assert chosen == [2, 1, 3] and shares == sorted(shares) and shares[-1] == pytest.approx(1)
    assert text_span(head, basis[[4, 5]], 2) == ([], [])  # texts that a head never writes
    for bad, message in ((5, "4 texts"), (0, "whole number")):
        with pytest.raises(ValueError, match=message):
            text_span(head, basis[:4], bad)
    with pytest.raises(ValueError, match="at least two images"):
        text_span(head[:1], basis, 1)


def test_heads_are_described(clip, fieldguide):
    parts = clipnb.decompose_embedding(clip, fieldguide.select(range(0, 60, 3)))
    table = clipnb.describe_heads(clip, parts, ["red", "green", "forest", "sea"], count=2)
    assert len(table) == 20 and all(len(texts) == 2 for texts in table["texts"])
    assert table["share"].between(0, 1).all()
    with pytest.raises(ValueError, match="There are no texts"):
        clipnb.describe_heads(clip, parts, [])


# --- convex problems at their optimum -------------------------------------------------------------


def test_lasso_is_at_its_optimum():
    x, D = unit(20, 12), unit(30, 12, seed=1)
    w = nonnegative_lasso(x, D, 0.1, steps=5000)
    gradient = (w @ D - x) @ D.T + 0.1  # 0 where a weight is positive, not negative elsewhere
    assert (w >= 0).all() and (w == 0).any() and (w > 0).any()
    assert gradient[w > 1e-5].abs().max() < 1e-3 and gradient.min() > -1e-3
    assert (nonnegative_lasso(x, D, 1.0) == 0).all()


def test_softmax_regressions_are_at_their_optimum():
    x, y = unit(60, 5), np.random.default_rng(0).integers(0, 3, 60)
    one_hot = np.eye(3)[y]
    W, b = softmax_regression(x.numpy(), y, 3, 0.1)
    p = torch.tensor(x.numpy() @ W.T + b).softmax(1).numpy()
    assert np.abs((p - one_hot).T @ x.numpy() / 60 + 0.1 * W).max() < 1e-6
    assert np.abs((p - one_hot).sum(0)).max() < 1e-5
    offset = np.random.default_rng(1).normal(size=(60, 3))
    W, b = softmax_regression(x.numpy(), y, 3, 0.1, offset=offset)
    p = torch.tensor(x.numpy() @ W.T + offset).softmax(1).numpy()
    assert np.abs((p - one_hot).T @ x.numpy() / 60 + 0.1 * W).max() < 1e-6 and not b.any()
    W, b = sparse_softmax_regression(x, torch.tensor(y), 3, 0.02, steps=5000)
    p = (x @ W.T + b).softmax(1)
    gradient = (p - torch.tensor(one_hot).float()).T @ x / 60
    assert (W == 0).any() and (W != 0).any()
    assert (gradient + 0.02 * W.sign())[W != 0].abs().max() < 2e-3
    assert gradient[W == 0].abs().max() < 0.022


# --- words with ground truth ----------------------------------------------------------------------


def test_words_are_true_of_scenes(fieldguide):
    words = concept_words()
    assert {group for group, _ in words.values()} == set(GROUPS)
    truth = truth_of(words, fieldguide.scenes)
    assert truth.shape == (len(fieldguide), len(words))
    kinds = [word for word in words if words[word][0] == "kind"]
    habitats = [word for word in words if words[word][0] == "habitat"]
    assert (truth[kinds].sum(axis=1) == 1).all() and (truth[habitats].sum(axis=1) == 1).all()
    cardinal = truth.iloc[fieldguide.class_names.index("northern cardinal") * 3]
    assert cardinal["bird"] and cardinal["red"] and not cardinal["blue"]
    with pytest.raises(ValueError, match="'dragon' is not in the vocabulary"):
        truth_of(["bird", "dragon"], fieldguide.scenes)


# --- sparse sums of words -------------------------------------------------------------------------


def test_sparse_sums_name_what_is_there(clip, fieldguide):
    half = fieldguide.select(range(0, len(fieldguide), 3))
    words = [word for word, (group, _) in concept_words().items() if group != "mark"]
    model = clipnb.SparseConcepts(clip, [*words, words[0]], fieldguide)
    assert model.words == words
    weights = model.weights(half, 0.1)
    found = precision_recall(weights > 0, truth_of(words, half.scenes), half.labels)
    assert found.loc["precision", "value"] > 0.6  # true at random: below 0.2
    assert (weights >= 0).all() and (model.weights(half, 1) == 0).all()
    assert model.rebuilt(weights).shape == (len(half), 160)
    top = model.top(half, 0.1, count=2)
    assert len(top) == len(half) and all(len(one) <= 2 for one in top)


@pytest.mark.parametrize(
    "words, images, says",
    [
        ([], unit(3), "has 0 words"),
        (["red", "red"], unit(3), "has 1 words"),
        ("red", unit(3), "one string"),
        (["red", "blue"], unit(0), "no images"),
        (["red", "blue"], unit(3) * torch.nan, "Embedding 0 holds NaN"),
        (["red", "blue"], unit(3) * 2, "has the length 2"),
        (["red", "blue"], unit(3, 12), r"are \(n, 160\)"),
    ],
)
def test_vocabulary_and_images_are_checked(clip, words, images, says):
    with pytest.raises(ValueError, match=says):
        clipnb.SparseConcepts(clip, words, images)


def test_penalty_is_checked(clip):
    with pytest.raises(ValueError, match="penalty is -1"):
        clipnb.SparseConcepts(clip, ["red", "blue"], unit(3)).weights(unit(2), -1)


# --- a concept bottleneck -------------------------------------------------------------------------


def test_bottleneck_classifies_and_can_be_corrected(clip, fieldguide):
    x = clip.encode_images(fieldguide)
    kinds = np.array([scene.individual.kind for scene in fieldguide.scenes])
    model = clipnb.ConceptBottleneck(clip, clipnb.fieldguide.world.KINDS, 0.001).fit(x, kinds)
    assert (model.predict(x) == kinds).mean() > 0.9 and model.predict(x[:1]).shape == (1,)
    scores = model.concept_scores(x)
    torch.testing.assert_close(model.decide(scores), model.class_scores(x))
    scores[0, model.concepts.index("fish")] = 20.0
    assert model.class_names[model.decide(scores)[0].argmax()] == "fish"
    logits, two = model.class_scores(x)[0], ("bird", "fish")
    this, that = (model.class_names.index(name) for name in two)
    assert model.reasons(x, 0, two).sum() == pytest.approx(
        float(logits[this] - logits[that]), abs=1e-4
    )
    with pytest.raises(ValueError, match="no class 'dragon'"):
        model.reasons(x, 0, ("bird", "dragon"))
    assert clipnb.ConceptBottleneck(clip, ["red"]).fit(fieldguide).class_names == sorted(
        fieldguide.class_names
    )


def test_bottleneck_refuses(clip):
    with pytest.raises(ValueError, match="There are no concepts"):
        clipnb.ConceptBottleneck(clip, [])
    model = clipnb.ConceptBottleneck(clip, ["red", "blue"])
    with pytest.raises(ValueError, match="call fit first"):
        model.predict(unit(2))
    for images, labels, says in (
        (unit(0), [], "no images"),
        (unit(2), ["a", "a"], "one class, 'a'"),
        (unit(2) * torch.nan, ["a", "b"], "holds NaN"),
    ):
        with pytest.raises(ValueError, match=says):
            model.fit(images, labels)


# --- probes ---------------------------------------------------------------------------------------


def test_probe_reads_what_is_there_and_nothing_from_shuffled_labels():
    chance = np.random.default_rng(0)
    labels, train = np.repeat(["a", "b"], 100), np.tile([True, False], 100)
    layers = np.stack([np.zeros((200, 4)), chance.normal(size=(200, 4))])
    layers[1, :, 0] += 6 * (labels == "b")
    found = clipnb.probe_layers(layers, labels, train).mean()
    assert found[0] == 0.5 and found[1] > 0.95
    assert clipnb.probe_layers(layers, labels, train, shuffle=0).mean()[1] < 0.8


def test_groups_stay_on_one_side():
    groups = np.repeat(list("abcdef"), 5)
    half = split_groups(groups)
    assert half.sum() == 15 and not set(groups[half]) & set(groups[~half])
    with pytest.raises(ValueError, match="fewer than two groups"):
        split_groups(["a", "a"])


def test_probe_refuses():
    tokens, train = np.zeros((2, 4, 3)), np.array([True, True, False, False])
    with pytest.raises(ValueError, match="5 labels"):
        clipnb.probe_layers(tokens, list("abcde"), train)
    with pytest.raises(ValueError, match="one side"):
        clipnb.probe_layers(tokens, list("abab"), np.ones(4))
    tokens[1, 2] = np.nan
    with pytest.raises(ValueError, match="image 2 in layer 1 holds NaN"):
        clipnb.probe_layers(tokens, list("abab"), train)


# --- a sparse autoencoder -------------------------------------------------------------------------


def test_autoencoder_rebuilds_and_is_sparse():
    chance = np.random.default_rng(0)
    directions, codes = unit(12, 16), chance.random((400, 12)) * (chance.random((400, 12)) < 0.2)
    x = normalize(torch.tensor(codes).float() @ directions + 0.2, dim=1)
    model = clipnb.SparseAutoencoder(24, active=4).fit(x, epochs=40)
    code = model.encode(x)
    assert (code >= 0).all() and (code > 0).sum(1).max() <= 4
    assert model.losses[-1] < 0.3 < model.losses[0]
    torch.testing.assert_close(model.decoder.norm(dim=1), torch.ones(24))
    left = (model.decode(code) - x).square().sum() / (x - x.mean(0)).square().sum()
    assert left < 0.4
    again = clipnb.SparseAutoencoder(24, active=4).fit(x, epochs=40)
    torch.testing.assert_close(again.decoder, model.decoder)
    out = int(code[0].argmax())
    by_hand = normalize(x[:1] - code[:1, [out]] @ model.decoder[[out]], dim=1)
    torch.testing.assert_close(model.without(x[:1], [out]), by_hand)


def test_autoencoder_refuses():
    with pytest.raises(ValueError, match="active is 9, but there are 8 features"):
        clipnb.SparseAutoencoder(8, 9)
    model = clipnb.SparseAutoencoder(8, 2)
    with pytest.raises(ValueError, match="call fit first"):
        model.encode(unit(2))
    for rows, says in (
        (unit(1), "at least two"),
        (unit(3) * torch.nan, "Embedding 0 holds NaN"),
        (torch.ones(3, dtype=int), "floats"),
    ):
        with pytest.raises(ValueError, match=says):
            model.fit(rows)


# --- measures -------------------------------------------------------------------------------------


def test_auc_by_hand():
    values, truth = (
        np.array([[1.0, 0], [2, 0], [3, 0], [4, 0]]),
        np.array([[0, 1], [1, 1], [0, 1], [1, 1]]),
    )
    found = feature_auc(values, truth)
    np.testing.assert_allclose(found[0], [0.75, 0.5])
    assert np.isnan(found[1]).all()
    with pytest.raises(ValueError, match="same images"):
        feature_auc(values, truth[:2])
    with pytest.raises(ValueError, match="Feature 0 of image 1 is NaN"):
        feature_auc(np.array([[0.0], [np.nan]]), truth[:2])


def test_precision_and_recall_by_hand():
    chosen, truth = np.array([[1, 1, 0], [0, 1, 0]]), np.array([[1, 0, 1], [0, 1, 1]])
    found = precision_recall(chosen, truth, ["a", "b"])
    assert found.loc["precision", "value"] == pytest.approx(2 / 3)
    assert found.loc["recall", "value"] == 0.5
    assert (found["low"] <= found["value"]).all() and (found["value"] <= found["high"]).all()
    with pytest.raises(ValueError, match="at least one image"):
        precision_recall(chosen[:0], truth[:0], [])
    with pytest.raises(ValueError, match="3 groups for 2 images"):
        precision_recall(chosen, truth, ["a", "b", "c"])


# --- what is given otherwise ----------------------------------------------------------------------


def test_a_feature_that_is_named_twice_is_removed_once():
    x = unit(40, 16)
    model = clipnb.SparseAutoencoder(24, active=4).fit(x, epochs=3)
    most = int(model.encode(x).sum(0).argmax())
    torch.testing.assert_close(model.without(x, [most, most]), model.without(x, [most]))


def test_tables_of_numbers_are_taken_as_arrays_and_refused_by_their_shape(clip, fieldguide):
    data = fieldguide.select(range(12))
    x = clip.encode_images(data)
    coder = clipnb.SparseAutoencoder(24, active=4).fit(x, epochs=1)
    words = clipnb.SparseConcepts(clip, ["red", "blue", "green"], x)
    bottleneck = clipnb.ConceptBottleneck(clip, ["red", "blue"]).fit(x, np.arange(12) % 2)
    for use, rows in (
        (coder.decode, coder.encode(x)),
        (words.rebuilt, words.weights(x)),
        (bottleneck.decide, bottleneck.concept_scores(x)),
    ):
        torch.testing.assert_close(use(rows.numpy().astype("f8")), use(rows))
        with pytest.raises(ValueError, match=r"\(12, 1\)"):
            use(rows[:, :1])
    assert text_span(x.numpy(), x[:3].numpy(), 2)[0] == text_span(x, x[:3], 2)[0]


def test_a_bottleneck_answers_with_the_labels_that_it_was_given(clip, fieldguide):
    x, y = clip.encode_images(fieldguide.select(range(24))), np.arange(24) // 2
    model = clipnb.ConceptBottleneck(clip, ["red", "blue", "tail", "wings"], penalty=0)
    assert (model.fit(x, y).predict(x) == y).mean() > 0.2
    assert model.class_names == [str(c) for c in range(12)]


@pytest.mark.parametrize("heads", [[(0.5, 1)], [3], (0, 1), [(0, 1, 2)], ["ab"]])
def test_what_is_no_pair_of_layer_and_head_is_refused(heads, clip, fieldguide):
    parts = clipnb.decompose_embedding(clip, fieldguide.select(range(2)))
    with pytest.raises(ValueError, match=r"heads is .*; give pairs \(layer, head\)"):
        parts.without(heads)
    pairs = [(0, 1), (0, 1), (1, 0)]
    torch.testing.assert_close(parts.without(np.array(pairs)), parts.without(pairs[1:]))


def test_one_label_on_the_training_side_is_nothing_to_learn():
    labels, train = list("aabbb"), np.arange(5) < 2
    with pytest.raises(ValueError, match="training side has one label only"):
        clipnb.probe_layers(np.zeros((1, 5, 2)), labels, train)
