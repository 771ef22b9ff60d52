"""Heatmaps, word relevance, contributions of descriptors: identities that must hold, and controls
that must fail."""

import numpy as np
import pytest
import torch
from PIL import Image
from small_models import save_clip, save_siglip

import clipnb
from clipnb.explain import attention, gradients, shapley
from clipnb.explain.heatmaps import METHODS

QUICK = {
    "shapley_sampling": {"samples": 2, "regions": 3},
    "kernel_shap": {"samples": 40, "regions": 3},
    "integrated_gradients": {"steps": 4},
}
TEXTS = ["a red head", "green skin", "a long tail"]


@pytest.fixture(scope="module")
def models(clip, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    return {
        "bundled": clip,
        "clip": clipnb.load_clip(save_clip(folder / "clip"), cache=False),
        "siglip": clipnb.load_clip(save_siglip(folder / "siglip"), cache=False),
    }


@pytest.fixture(scope="module")
def wide():
    """An image that is not square, so that a CLIP does not see its left and right ends."""
    rng = np.random.default_rng(0)
    return Image.fromarray(rng.integers(0, 255, (6, 10, 3), np.uint8)).resize(
        (100, 60), Image.Resampling.BICUBIC
    )


def cosines(clip, image, texts=TEXTS):
    return (clip.encode_images(image) @ clip.encode_texts(texts).T)[0].numpy()


# --- heatmaps: shapes, batches, errors ------------------------------------------------------------


@pytest.mark.parametrize("name", ["clip", "siglip"])
@pytest.mark.parametrize("method", METHODS)
def test_a_batch_of_texts_gives_what_each_alone_gives(models, wide, name, method):
    clip, options = models[name], QUICK.get(method, {})
    maps = clipnb.heatmap(clip, wide, TEXTS, method, **options)
    assert (
        maps.shape == (3, 60, 100)
        and maps.dtype.kind == "f"
        and np.isfinite(maps).all()
        and maps.any((1, 2)).all()
    )
    alone = clipnb.heatmap(clip, wide, TEXTS[1], method, **options)
    assert alone.shape == (60, 100)
    assert np.allclose(alone, maps[1], rtol=1e-3, atol=1e-4 * abs(alone).max())
    if method != "constant":
        assert not np.allclose(maps[0], maps[1], rtol=1e-3, atol=1e-3 * abs(alone).max())
    unseen = maps[:, :, :19]  # a CLIP sees the middle 60 × 60
    assert (unseen == 0).all() if name == "clip" else (maps[:, :, 19] != 0).any()


def test_the_bundled_model_and_arrays(clip, fieldguide):
    image = fieldguide.images[0]
    maps = clipnb.heatmap(clip, image, TEXTS)
    assert maps.shape == (3, 224, 224) and (maps >= 0).all()
    assert np.allclose(maps, clipnb.heatmap(clip, np.asarray(image), TEXTS))
    assert clipnb.heatmap(clip, image, []).shape == (0, 224, 224)


def test_unknown_methods_options_and_inputs_name_what_there_is(models, wide):
    clip = models["clip"]
    with pytest.raises(ValueError, match="'saliency'.*gradient_attention, grad_cam.*constant"):
        clipnb.heatmap(clip, wide, "a frog", "saliency")
    with pytest.raises(
        TypeError, match="'grad_cam' has no option 'steps'; its options are layer, relu"
    ):
        clipnb.heatmap(clip, wide, "a frog", "grad_cam", steps=3)
    with pytest.raises(TypeError, match="'constant' has no option 'seed'; it has none"):
        clipnb.heatmap(clip, wide, "a frog", "constant", seed=3)
    with pytest.raises(TypeError, match="one image.*list"):
        clipnb.heatmap(clip, [wide], "a frog")
    with pytest.raises(TypeError, match="7"):
        clipnb.heatmap(clip, wide, ["a frog", 7])
    with pytest.raises(ValueError, match="layer is -1.*0 … 1.*class token"):
        clipnb.heatmap(clip, wide, "a frog", "grad_cam", layer=-1)
    with pytest.raises(ValueError, match="layers is 9; the model has 3"):
        clipnb.heatmap(clip, wide, "a frog", layers=9)
    with pytest.raises(ValueError, match="baseline is 'grey'; it can be mean, black, white, blur"):
        clipnb.heatmap(clip, wide, "a frog", "integrated_gradients", baseline="grey")
    for wrong, why in (
        (0, "1 … 40"),
        ("slic", "superpixels"),
        (np.zeros((3, 3), int), "shape of"),
        (True, "labels"),
    ):
        with pytest.raises(ValueError, match=why.replace("shape of", "must be that of the image")):
            clipnb.heatmap(clip, wide, "a frog", "shapley_sampling", regions=wrong)


def test_odd_texts_and_images_pass(models):
    clip = models["clip"]
    odd = ["", "<b>&amp;</b> $x_1$", "лягушка \N{FROG FACE}", "frog " * 100]
    with pytest.warns(UserWarning, match="cut after"):
        maps = clipnb.heatmap(clip, Image.new("RGBA", (3, 200), (9, 9, 9, 0)), odd)
    assert maps.shape == (4, 200, 3) and np.isfinite(maps).all()


def test_what_was_changed_is_restored(models, wide):
    clip = models["siglip"]
    parts = (clip.model, clip.model.vision_model, clip.model.text_model)
    before, embedding = (
        [part.config._attn_implementation for part in parts],
        clip.encode_images(wide),
    )
    for method in ("gradient_attention", "grad_cam"):
        clipnb.heatmap(clip, wide, TEXTS, method)
    clipnb.word_relevance(clip, wide, "a frog")
    with pytest.raises(RuntimeError), attention.eager_attention(clip.model):
        raise RuntimeError
    assert [part.config._attn_implementation for part in parts] == before == ["sdpa"] * 3
    assert not any(module._forward_hooks for module in clip.model.modules())
    torch.testing.assert_close(clip.encode_images(wide), embedding, rtol=0, atol=1e-5)
    assert all(parameter.grad is None for parameter in clip.model.parameters())


# --- identities -----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bundled", "clip", "siglip"])
@pytest.mark.parametrize("baseline", ["mean", "black", (200, 30, 90)])
def test_integrated_gradients_are_complete(models, fieldguide, wide, name, baseline):
    """The map adds up to the difference of two cosines to 0.02 with 32 steps, also after it was
    brought to the image's size."""
    clip, image = models[name], fieldguide.images[0] if name == "bundled" else wide
    view = gradients.look(clip, image, TEXTS)
    with torch.no_grad():
        ground = (view.embed(view.baseline(baseline)) @ clip.encode_texts(TEXTS).T)[0].numpy()
    maps = clipnb.heatmap(clip, image, TEXTS, "integrated_gradients", baseline=baseline, steps=32)
    difference = cosines(clip, image) - ground
    error = abs(maps.sum((1, 2)) - difference).max()
    assert error < 0.02
    assert abs(difference).max() > 2 * error  # or the line above would say nothing


@pytest.mark.parametrize("cut", [3, "superpixels", "array"])
@pytest.mark.parametrize("method", ["shapley_sampling", "kernel_shap"])
def test_shapley_values_are_efficient(models, wide, method, cut):
    """They add up to the difference of two cosines, however few the samples."""
    clip = models["clip"]
    if cut == "array":
        cut = np.arange(60)[:, None] // 20 * 7 + np.zeros((60, 100), int)
    view = gradients.look(clip, wide, TEXTS)
    with torch.no_grad():
        ground = (view.embed(view.baseline("mean")) @ clip.encode_texts(TEXTS).T)[0].numpy()
    maps = clipnb.heatmap(
        clip,
        wide,
        TEXTS,
        method,
        regions=cut,
        samples=3 if method == "shapley_sampling" else 60,
    )
    assert np.allclose(maps.sum((1, 2)), cosines(clip, wide) - ground, atol=1e-3)


def exact_shapley(worth, players):
    """By the definition: the mean over all orders of what a player adds when it joins."""
    from itertools import permutations

    values, orders = np.zeros(players), list(permutations(range(players)))
    for order in orders:
        present = np.zeros(players, bool)
        for player in order:
            before = worth(present)
            present[player] = True
            values[player] += worth(present) - before
    return values / len(orders)


def test_both_shapley_methods_find_the_exact_values(models, wide):
    clip = models["clip"]
    view = gradients.look(clip, wide, TEXTS[:1])
    labels, worth = shapley._game(view, clip.encode_texts(TEXTS[:1]).clone(), 2, "mean")
    exact = exact_shapley(
        lambda present: worth(torch.from_numpy(present)[None].float())[0, 0].item(), 4
    )
    for method, samples, close in (("shapley_sampling", 400, 0.2), ("kernel_shap", 2000, 0.02)):
        small = METHODS[method](
            view, clip.encode_texts(TEXTS[:1]).clone(), regions=2, samples=samples
        )[0][0]
        values = np.bincount(labels.ravel(), small.ravel())
        assert abs(values - exact).max() < close * np.ptp(exact), method


def test_no_coalition_goes_through_the_model_twice(models, wide, monkeypatch):
    clip, seen = models["clip"], []
    whole = gradients.View.embed
    monkeypatch.setattr(
        gradients.View,
        "embed",
        lambda self, pixels: seen.append(len(pixels)) or whole(self, pixels),
    )
    clipnb.heatmap(clip, wide, TEXTS, "kernel_shap", regions=2, samples=200)
    assert sum(seen) <= 2**4


def test_grad_cam_is_its_formula(models, wide):
    """Against the definition by plain hooks: ReLU of the sum over channels of mean gradient ×
    activation."""
    clip = models["clip"]
    view, texts = (
        gradients.look(clip, wide, TEXTS[:1]),
        clip.encode_texts(TEXTS[:1]).clone(),
    )
    kept = []
    hook = clip.model.vision_model.encoder.layers[1].register_forward_hook(
        lambda m, i, out: kept.append(out)
    )
    score = view.embed(view.pixels)[0] @ texts[0]
    hook.remove()
    grads = torch.autograd.grad(score, kept[0])[0][0, 1:]
    expected = (kept[0][0, 1:] * grads.mean(0)).sum(-1).detach().numpy().reshape(4, 4)
    signed = gradients.grad_cam(view, texts, relu=False)[0][0]
    assert np.allclose(signed, expected, atol=1e-6 * abs(expected).max() + 1e-9)
    assert np.allclose(gradients.grad_cam(view, texts)[0][0], expected.clip(min=0), atol=1e-6)


def test_relevance_is_its_formula(models, wide):
    """Against transformers' own attention maps, one text at a time, R ← R + Ā R."""
    clip = models["clip"]
    view, texts = (
        gradients.look(clip, wide, TEXTS[:1]),
        clip.encode_texts(TEXTS[:1]).clone(),
    )
    with attention.eager_attention(clip.model):
        out = clip.model.get_image_features(pixel_values=view.pixels, output_attentions=True)
    score = torch.nn.functional.normalize(out.pooler_output, dim=-1)[0] @ texts[0]
    relevance = torch.eye(17)
    for weights, grad in zip(out.attentions, torch.autograd.grad(score, out.attentions)):
        relevance = relevance + (weights * grad)[0].clamp(min=0).mean(0) @ relevance
    ours = gradients.gradient_attention(view, texts)[0][0]
    assert np.allclose(ours.ravel(), relevance[0, 1:].detach().numpy(), rtol=1e-4, atol=1e-9)


def test_siglips_pooling_with_maps_computes_the_same(models, wide):
    clip, kept = models["siglip"], []
    head = clip.model.vision_model.head
    hidden = torch.randn(2, 16, 32, generator=torch.Generator().manual_seed(0))
    query = head.probe.repeat(2, 1, 1)
    expected, mean = head.attention(query, hidden, hidden)
    got = attention._pooling_with_maps(head.attention, kept)(query, hidden, hidden)[0]
    assert torch.allclose(got, expected, atol=1e-6) and torch.allclose(
        kept[0].mean(1), mean, atol=1e-6
    )


def test_maps_keep_their_sum_and_their_place():
    view = gradients.View(None, torch.zeros(1, 3, 8, 8), (50, 80), (15.0, 0.0, 65.0, 50.0), [])
    small = np.zeros((1, 8, 8))
    small[0, 2, 5] = 1.0
    for smooth in (False, True):
        large = gradients.to_image(view, small, smooth)[0]
        y, x = np.unravel_index(large.argmax(), large.shape)
        assert (
            2 <= y / 50 * 8 <= 3
            and 5 <= (x - 15) / 50 * 8 <= 6
            and (large[:, :15] == 0).all()
            and (large[:, 65:] == 0).all()
        )
    assert gradients.to_image(view, small, False).sum() == pytest.approx(1)
    assert np.allclose(gradients.to_image(view, np.ones((1, 8, 8)), True)[0, :, 15:65], 1)


# --- sanity: explanations must depend on what was learnt ------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("method", ["gradient_attention", "grad_cam", "gradient"])
def test_a_model_with_random_weights_explains_differently(clip, fieldguide, method):
    """Adebayo et al. 2018: an explanation that stays when the weights go explains the image, not
    the model. New weights for every image."""
    from transformers import CLIPModel

    untrained, found = clipnb.load_clip(cache=False), []
    options = {"relu": False} if method == "grad_cam" else {}
    for seed, index in enumerate(range(0, len(fieldguide), len(fieldguide) // 12)):
        torch.manual_seed(seed)
        untrained.model, image = CLIPModel(clip.model.config).eval(), fieldguide.images[index]
        maps = [
            clipnb.heatmap(model, image, "a bright red head", method, **options)[::8, ::8].ravel()
            for model in (clip, untrained)
        ]
        found.append(np.corrcoef(*maps)[0, 1])
    print(method, np.round(found, 2))
    assert abs(np.mean(found)) < 0.3, found


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bundled", "clip", "siglip"])
def test_word_relevance_covers_the_text_in_order(models, wide, name):
    text = "Bright-red head, <i>short</i> beak"
    table = clipnb.word_relevance(models[name], wide, text)
    assert list(table.columns) == ["number", "word", "token", "relevance"]
    assert table["number"].is_monotonic_increasing and set(table["word"]) <= set(text.split())
    if name != "siglip":  # the small SigLIP reads 16 tokens only
        assert list(dict.fromkeys(table["word"])) == text.split()
    assert (
        (table["relevance"] >= 0).all()
        and table["relevance"].max() > 0
        and table["token"].iloc[0].lower().startswith("b")
    )


def test_the_word_that_fits_counts_most(clip, fieldguide):
    """A text of one true word among three fillers: more often than not the score rests on the
    true one (chance: a quarter)."""
    some = range(0, len(fieldguide), 9)
    wins = 0
    for index in some:
        kind = fieldguide.scenes[index].individual.kind
        table = clipnb.word_relevance(clip, fieldguide.images[index], f"this is a {kind}")
        wins += table.loc[table["relevance"].idxmax(), "word"] == kind
    assert wins > len(some) / 2


def test_word_relevance_refuses_more_than_one(models, wide):
    with pytest.raises(TypeError, match="one text.*list"):
        clipnb.word_relevance(models["clip"], wide, ["a frog"])
    with pytest.raises(TypeError, match="one image, but got 2"):
        clipnb.word_relevance(models["clip"], [wide, wide], "a frog")
    assert len(clipnb.word_relevance(models["clip"], wide, "")) == 0


# --- contributions of descriptors -----------------------------------------------------------------


TABLE = {
    "cardinal": ["a red crest", "a short orange beak", "a bird"],
    "robin": ["an orange breast", "a bird"],
    "frog": ["green skin"],
}


@pytest.fixture(scope="module")
def prediction(clip, fieldguide):
    return clipnb.ZeroShotClassifier(clip, TABLE).predict(fieldguide.select(range(6)))


@pytest.mark.parametrize("classes", [None, ("robin", "cardinal"), ["frog", "robin"]])
def test_contributions_add_up_to_the_margin(prediction, classes):
    for index in range(6):
        table = clipnb.contributions(prediction, index, classes)
        first, second = table.attrs["classes"]
        place = {name: i for i, name in enumerate(prediction.class_names)}
        margin = (
            prediction.scores[index, place[first]] - prediction.scores[index, place[second]]
        ).item()
        assert (
            table["contribution"].sum() == pytest.approx(margin, abs=1e-6) == table.attrs["margin"]
        )
        assert table["centred"].sum() == pytest.approx(margin, abs=1e-6)  # 6 images: no reference
        assert table["centred"].is_monotonic_decreasing and table["prompt"].is_unique
        if classes is None:
            best = prediction.scores[index].sort(descending=True).indices.tolist()
            assert [place[first], place[second]] == best[:2]
        else:
            assert [first, second] == list(classes)


def test_contributions_do_what_they_say_when_a_text_goes(clip, fieldguide):
    """Where both classes have as many texts: replacing one by a text at the midpoint
    changes the margin by its centred value."""
    prediction = clipnb.ZeroShotClassifier(
        clip, {"a": ["a red head", "a long tail"], "b": ["green skin", "webbed feet"]}
    ).predict(fieldguide.select([0]))
    table = clipnb.contributions(prediction, 0, ("a", "b")).set_index("prompt")
    scores = prediction.explain(0, ["a", "b"]).set_index("prompt")["cosine"]
    middle = float(prediction.scores[0].mean())
    margin = prediction.scores[0, 0] - prediction.scores[0, 1]
    for text in scores.index:
        changed = scores.copy()
        changed[text] = middle
        after = (
            changed[["a red head", "a long tail"]].mean()
            - changed[["green skin", "webbed feet"]].mean()
        )
        assert margin - after == pytest.approx(table.loc[text, "centred"], abs=1e-6)


def test_a_shared_text_has_one_row(prediction):
    table = clipnb.contributions(prediction, 0, ("cardinal", "robin"))
    shared = table[table["class"] == "cardinal / robin"]
    assert list(shared["prompt"]) == ["a bird"] and len(table) == 4


def test_the_reading_starts_with_the_winner(prediction):
    for index in range(6):
        for classes in (("robin", "frog"), ("frog", "robin")):
            text, table = (
                clipnb.because(prediction, index, classes),
                clipnb.contributions(prediction, index, classes),
            )
            winner, loser = classes if table.attrs["margin"] > 0 else classes[::-1]
            assert text.startswith(f"{winner} rather than {loser}, because ") and text.endswith(".")
            strongest = table["prompt"].iloc[0 if winner == classes[0] else -1]
            assert strongest in text.split("; against it")[0]
    alike = clipnb.ZeroShotClassifier(
        prediction.classifier.clip, {"a": ["red"], "b": ["red"]}
    ).predict(prediction.image_embeddings)
    assert "alike" in clipnb.because(alike)


def test_contributions_refuse_what_they_cannot_say(clip, fieldguide, prediction):
    with pytest.raises(ValueError, match="no class 'wren'"):
        clipnb.contributions(prediction, 0, ("robin", "wren"))
    with pytest.raises(ValueError, match="two different classes"):
        clipnb.contributions(prediction, 0, ("robin", "robin"))
    with pytest.raises(ValueError, match="two different classes"):
        clipnb.contributions(prediction, 0, "robin")
    with pytest.raises(IndexError, match="no image 6"):
        clipnb.contributions(prediction, 6)
    with pytest.raises(ValueError, match="this classifier has one"):
        clipnb.contributions(
            clipnb.ZeroShotClassifier(clip, {"a": ["red"]}).predict(fieldguide.select([0]))
        )
