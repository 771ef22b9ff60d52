"""Explanations with inputs of another type, order or size: the same numbers, or one sentence."""

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import clipnb
from clipnb.data.decode import to_rgb
from clipnb.explain import faithfulness, part_evidence, separation, shapley
from clipnb.explain.gradients import look


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=4)


@pytest.fixture(scope="module")
def descriptors(frogs):
    return clipnb.load_descriptors("fieldguide").select(frogs.class_names)


@pytest.fixture(scope="module")
def classifier(clip, descriptors):
    return clipnb.ZeroShotClassifier(clip, clipnb.descriptor_prompts(descriptors))


@pytest.fixture(scope="module")
def cases(clip, frogs):
    return faithfulness.examine(clip, frogs.select([0, 4, 8]))


# --- heatmaps and words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "options", "says"),
    [
        ("shapley_sampling", {"samples": 0}, "samples is 0.*at least 1"),
        ("shapley_sampling", {"samples": 2.5}, "samples is 2.5.*whole number"),
        ("shapley_sampling", {"seed": -1}, "seed is -1"),
        ("kernel_shap", {"samples": 1}, "samples is 1.*at least 2"),
        ("kernel_shap", {"seed": None}, "seed is None"),
        ("integrated_gradients", {"steps": 0}, "steps is 0.*at least 1"),
        ("integrated_gradients", {"steps": "8"}, "steps is '8'"),
        ("integrated_gradients", {"baseline": (float("nan"), 0, 0)}, "baseline is .*a colour"),
        ("integrated_gradients", {"baseline": (300, 0, 0)}, "baseline is .*a colour"),
        ("integrated_gradients", {"baseline": ("a", "b", "c")}, "baseline is .*a colour"),
        ("gradient_attention", {"layers": 2.5}, "layers is 2.5"),
        ("grad_cam", {"layer": "1"}, "layer is '1'"),
        ("random", {"seed": "8"}, "seed is '8'"),
        ("shapley_sampling", {"regions": np.zeros((224, 224))}, "^regions is .{,60}…; it can be"),
    ],
)
def test_options_that_make_no_sense_are_named(clip, frogs, method, options, says):
    with pytest.raises(ValueError, match=says):
        clipnb.heatmap(clip, frogs.images[0], "a red frog", method, **options)


def test_texts_without_an_order_are_refused(clip, frogs):
    for texts in ({"a red head", "green skin"}, {"frog": ["green skin"]}, None, 3, b"red"):
        with pytest.raises(TypeError, match="takes a text or a list of texts"):
            clipnb.heatmap(clip, frogs.images[0], texts)
    with pytest.raises(ValueError, match="no method"):
        clipnb.heatmap(clip, frogs.images[0], "a red head", ["grad_cam"])


def test_one_region_has_the_whole_difference(clip, frogs):
    image, text = frogs.images[0], "a red frog"
    once = clipnb.heatmap(clip, image, text, "shapley_sampling", regions=1, samples=1)
    maps = clipnb.heatmap(clip, image, [text, "x"], "kernel_shap", regions=1)
    assert maps.shape == (2, 224, 224) and np.allclose(maps[0], once)


def test_labels_of_regions_may_be_any_integers(clip, frogs):
    view = look(clip, frogs.images[0], ["a red frog"])
    labels = np.zeros((224, 224), np.int64)
    labels[:, 112:] = 2**32
    expected = np.repeat([[0, 1]], 96, 0).repeat(48, 1)
    for given in (labels, labels.tolist(), torch.from_numpy(labels)):
        assert (shapley.region_labels(view, given) == expected).all()


def test_words_in_inference_mode_and_words_that_no_tokenizer_reads(clip, frogs):
    image, text = frogs.images[0], "a red head of a frog"
    expected = clipnb.word_relevance(clip, image, text)
    with torch.inference_mode():
        found = clipnb.word_relevance(clip, image, text)
    pd.testing.assert_frame_equal(found, expected)
    with pytest.raises(ValueError, match="half a character"):
        clipnb.word_relevance(clip, image, "a frog \ud83d")


def test_an_image_without_pixels_is_named(clip):
    empty = np.zeros((0, 5, 3), np.uint8)
    for given in (empty, Image.new("RGB", (0, 5))):
        with pytest.raises(ValueError, match="no pixel"):
            to_rgb(given)
    with pytest.raises(ValueError, match="no pixel"):
        clipnb.heatmap(clip, empty, "a frog")


# --- two classes, predictions, data sets ----------------------------------------------------------


def test_two_classes_go_by_position(classifier, frogs):
    prediction, pair = classifier.predict(frogs), frogs.class_names[:2]
    expected = clipnb.contributions(prediction, 0, pair)
    for given in (pd.Series(pair, index=[1, 0]), np.array(pair), iter(pair)):
        found = clipnb.contributions(prediction, 0, given)
        assert found.attrs["classes"] == tuple(pair)
        pd.testing.assert_frame_equal(found, expected)
    for given in (set(pair), dict.fromkeys(pair), 3, pair[:1], pair[0]):
        with pytest.raises(ValueError, match="give two different classes"):
            clipnb.contributions(prediction, 0, given)


def test_what_is_no_prediction_no_classifier_or_no_data_is_named(clip, classifier, frogs):
    from clipnb import explain

    for use in (
        lambda: clipnb.contributions(classifier),
        lambda: clipnb.because(None),
        lambda: explain.reference_of("a"),
        lambda: explain.class_reasons(classifier),
    ):
        with pytest.raises(TypeError, match="The prediction is .*; give what ZeroShot"):
            use()
    for use in (
        lambda: explain.spurious_cues(classifier.table, frogs, frogs),
        lambda: explain.ProjectedClassifier(None, torch.eye(clip.dim)[:1]),
    ):
        with pytest.raises(TypeError, match="The classifier is .*; give a ZeroShotClassifier"):
            use()
    for use in (
        lambda: explain.spurious_cues(classifier, frogs.images, frogs),
        lambda: explain.shift_directions(clip, frogs, frogs.images, 1),
        lambda: separation.separating_descriptors(clip, None, frogs.class_names[:2], {}),
        lambda: faithfulness.examine(clip, frogs.images),
    ):
        with pytest.raises(TypeError, match="not an ImageDataset"):
            use()
    with pytest.raises(ValueError, match="no images to look for cues in"):
        explain.spurious_cues(classifier, frogs.select([]), frogs)
    with pytest.raises(TypeError, match="not a model"):
        faithfulness.random_weights("bundled")


def test_a_row_of_descriptors_that_is_one_string_is_not_read_letter_by_letter(clip, frogs):
    pair = tuple(frogs.class_names[:2])
    with pytest.raises(ValueError, match=f"'{pair[0]}' is one string; give a list"):
        separation.separating_descriptors(clip, frogs, pair, {pair[0]: "green", pair[1]: ["red"]})
    with pytest.raises(ValueError, match="give two different classes"):
        separation.separating_descriptors(clip, frogs, "ab", {})


# --- faithfulness ---------------------------------------------------------------------------------


def ones(image, texts):
    return np.ones((len(texts), image.height, image.width))


def test_explanations_that_are_no_numbers_are_refused(clip, frogs, cases):
    for value in (np.nan, np.inf):
        with pytest.raises(ValueError, match="holds NaN, infinite"):
            faithfulness.measure_faithfulness(
                clip, frogs, {"m": lambda i, t, v=value: v * ones(i, t)}, cases=cases
            )


@pytest.mark.filterwarnings("error")
def test_maps_may_be_tensors_or_zero_and_cases_an_iterator(clip, frogs, cases):
    methods = {
        "array": ones,
        "tensor": lambda i, t: torch.from_numpy(ones(i, t)).bfloat16().requires_grad_(),
        "zero": lambda i, t: 0 * ones(i, t),
    }
    table = faithfulness.measure_faithfulness(clip, frogs, methods, cases=iter(cases))
    values = table.pivot(index="measure", columns="method", values="value")
    assert np.allclose(values["array"], values["tensor"], equal_nan=True)
    assert np.isnan(values["zero"]["mass in mask"])


@pytest.mark.parametrize(
    ("methods", "says"),
    [
        ({faithfulness.MASK: "constant"}, "is in the table anyway"),
        ({"descriptors": "constant"}, "is in the table anyway"),
        ({"m": 3}, "The method 'm' is int"),
        (["grad_cam"], "methods is list; give a mapping"),
    ],
)
def test_methods_that_would_mix_or_fail_are_refused_before_the_work(clip, frogs, methods, says):
    with pytest.raises(ValueError, match=says):
        faithfulness.measure_faithfulness(clip, frogs, methods, cases=iter([]))


def test_counts_of_parts_and_pairs(clip, frogs, cases):
    for given in (-1, 1, 2.5, None):
        with pytest.raises(ValueError, match="max_parts is .* at least 2"):
            faithfulness.examine(clip, frogs, given)
    with pytest.raises(ValueError, match="cases is empty"):
        faithfulness.measure_faithfulness(clip, frogs, cases=[])
    for wrong in ({"kinds": "frog"}, {"kinds": ["zz"]}, {"per_kind": -1}, {"images": 0}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))[:4]}.* is "):
            part_evidence.attribute_auc(clip, **wrong)
    table = faithfulness.measure_faithfulness(clip, frogs, {"m": ones}, cases=cases)
    with pytest.raises(ValueError, match="floor is 'constant'; it can be 'm'"):
        faithfulness.above_floor(table)


def test_a_vocabulary_has_no_empty_words(clip, frogs):
    for make in (
        lambda words: clipnb.SparseConcepts(clip, words, frogs),
        lambda words: clipnb.ConceptBottleneck(clip, words),
    ):
        with pytest.raises(ValueError, match=r"\[1\] is ' '; it must be text"):
            make(["red", " "])


def test_numbers_of_drawings_and_folders_that_cannot_be(clip, frogs, tmp_path):
    for wrong in ({"per_species": 0}, {"per_species": -1}, {"size": 0}, {"per_species": "2"}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} is .*at least 1"):
            clipnb.load_fieldguide("test", **wrong)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="cannot be made .a file has its name.; give another"):
        clipnb.embed(frogs, tmp_path / "file", clip)
    assert (tmp_path / "file").read_text() == "mine"
