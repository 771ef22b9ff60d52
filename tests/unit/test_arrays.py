"""Rows of numbers as others give them: columns of pandas, tensors, masks, other byte orders. Each
is taken for what it means, or refused by name."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch

import clipnb
from clipnb.concepts import precision_recall, probe_layers, split_groups
from clipnb.evaluation import bootstrap, holm, wilson
from clipnb.evaluation.duplicates import near_duplicates
from clipnb.evaluation.label_errors import confident_learning, held_out_probabilities
from clipnb.evaluation.statistics import feature_auc

EVEN = [i % 2 == 0 for i in range(6)]


@pytest.fixture(scope="module")
def six(fieldguide):
    return fieldguide.select(range(6))


@pytest.fixture(scope="module")
def rows(clip, six):
    return clip.encode_images(six)


# --- choosing images ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mask",
    [
        np.array(EVEN, object),
        pd.array(EVEN, dtype="boolean"),
        pd.Series(EVEN, index=range(6, 0, -1), dtype=object),
        torch.tensor(EVEN),
    ],
)
def test_a_mask_of_any_type_is_a_mask_and_no_list_of_places(six, mask):
    assert six.select(mask).sources == [six.sources[i] for i in (0, 2, 4)]


@pytest.mark.parametrize(
    ("which", "says"),
    [
        ([0.5, 2], "which holds 0.5"),
        ([np.nan], "which holds nan"),
        (["1"], "which holds '1'"),
        (pd.array([True, None] * 3, dtype="boolean"), "The boolean array holds <NA>"),
        (3, "which is 3"),
        (slice(0, 2), "which is slice"),
        (None, "which is None"),
        ([[0, 1], [2, 3]], r"which is \(2, 2\)"),
        (range(7), "There is no image 6; there are 6"),
        ([-7], "There is no image -7; there are 6"),
    ],
)
def test_what_chooses_no_images_is_named(six, which, says):
    with pytest.raises((ValueError, IndexError), match=says):
        six.select(which)


def test_images_by_their_places(six):
    for which in ([1, -1], (1, 5), torch.tensor([1, 5]), pd.Series([1, 5]), np.array([1.0, 5.0])):
        assert six.select(which).sources == [six.sources[1], six.sources[5]]


# --- embeddings -----------------------------------------------------------------------------------


def forms(rows):
    array = rows.numpy()
    read_only = array.copy()
    read_only.flags.writeable = False
    return {
        "another byte order": array.astype(">f4"),
        "long": array.astype(np.longdouble),
        "reversed twice": array[::-1].copy()[::-1],
        "read-only": read_only,
        "gradients": rows.clone().requires_grad_(),
        "sparse": rows.to_sparse(),
        "a mask that hides nothing": np.ma.masked_array(array, mask=False),
    }


@pytest.mark.parametrize("form", forms(torch.eye(2)))
def test_embeddings_in_any_form_are_the_same_embeddings(clip, rows, form):
    given, labels = forms(rows)[form], list("ababab")
    classifier = clipnb.ZeroShotClassifier(clip, {"a": ["a frog"], "b": ["a red bird"]})
    shots = clipnb.FewShotClassifier(clip, "prototypes")
    coder = clipnb.SparseAutoencoder(8, 2).fit(rows, epochs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = classifier.predict(given).scores
        assert torch.allclose(scores, classifier.predict(rows).scores, atol=1e-6)
        assert (
            shots.fit(given, labels).predict(rows) == shots.fit(rows, labels).predict(rows)
        ).all()
        assert torch.allclose(coder.encode(given), coder.encode(rows), atol=1e-5)
        groups = [0] * 80 + [1] * (rows.shape[1] - 80)
        assert torch.allclose(clipnb.pool(given, groups), clipnb.pool(rows, groups), atol=1e-6)


def test_masked_numbers_are_not_used(clip, rows):
    hidden = np.ma.masked_array(rows.numpy(), mask=rows.numpy() > 0.1)
    classifier = clipnb.ZeroShotClassifier(clip, {"a": ["a frog"], "b": ["a red bird"]})
    with pytest.raises(ValueError, match="has masked entries"):
        classifier.predict(hidden)


def test_lengths_are_looked_at_wherever_embeddings_are_taken(clip, six, rows):
    descriptors = {"a": ["a red crest"], "b": ["blue wings"]}
    prediction = clipnb.ZeroShotClassifier(clip, descriptors).predict(rows)
    uses = [
        lambda rows: clipnb.contributions(prediction, 0, reference=rows),
        lambda rows: clipnb.select_descriptors(clip, descriptors, rows),
        lambda rows: near_duplicates(six, rows),
        lambda rows: held_out_probabilities(rows, [0, 1] * 3, 20.0),
    ]
    for use in uses:
        use(rows), use(rows.numpy())
        with pytest.raises(ValueError, match="has the length 2, not 1"):
            use(2 * rows)
        with pytest.raises(ValueError, match="holds NaN or infinite"):
            use(rows * torch.nan)


# --- true or false, and classes -------------------------------------------------------------------


@pytest.mark.parametrize("odd", [np.nan, -1, 0.2, 2, "no", None])
def test_what_is_neither_true_nor_false_is_not_taken_for_true(odd):
    truth, tokens = [[odd], [1], [0]], np.zeros((1, 3, 2))
    with pytest.raises(ValueError, match=r"truth holds .*; give True or False"):
        feature_auc([[1.0], [2.0], [3.0]], truth)
    with pytest.raises(ValueError, match="truth holds"):
        precision_recall([[1], [1], [0]], truth, [0, 1, 2])
    with pytest.raises(ValueError, match="chosen holds"):
        precision_recall(truth, [[1], [1], [0]], [0, 1, 2])
    with pytest.raises(ValueError, match="train holds"):
        probe_layers(tokens, ["a", "b", "a"], [odd, 1, 0])


def test_true_and_false_as_numbers():
    assert feature_auc([[1.0], [2.0]], [[0], [1.0]]) == 1
    assert feature_auc([[1.0], [2.0]], pd.DataFrame({"a": [True, False]})) == 0


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_a_missing_class_is_no_class(missing):
    labels = np.array([missing, "a", "b", "a"], object)
    for use in (
        lambda: bootstrap([True, False, True, True], labels),
        lambda: split_groups(labels),
        lambda: precision_recall(np.eye(4), np.eye(4), labels),
        lambda: probe_layers(np.zeros((1, 4, 2)), labels, [1, 1, 0, 0]),
    ):
        with pytest.raises(ValueError, match="Image 0 has no class in (labels|groups)"):
            use()


def test_one_label_for_all_is_nothing_to_probe():
    with pytest.raises(ValueError, match="All images have the same label"):
        probe_layers(np.zeros((1, 4, 2)), ["a"] * 4, [1, 1, 0, 0])


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        ([-1, 0, 1], "Image 0 has the label -1, so no class is known"),
        ([0.9, 0, 1], "labels holds 0.9"),
        (["0", "1", "0"], "labels holds '0'"),
        ([True, False, True], "labels holds True"),
        ([0, 1], "There are 2 labels for 3 images"),
    ],
)
def test_labels_that_are_no_class_numbers_are_named(labels, says):
    with pytest.raises(ValueError, match=says):
        confident_learning(torch.full((3, 2), 0.5), labels)
    with pytest.raises(ValueError, match=says):
        held_out_probabilities(torch.eye(3), labels, 20.0)


@pytest.mark.parametrize("value", [np.nan, -3.0, 1.5])
def test_label_errors_are_not_looked_for_with_what_is_no_probability(value):
    probabilities = torch.tensor([[0.5, 0.5], [value, 0.5]])
    with pytest.raises(ValueError, match="The probability of image 1 for class 0"):
        confident_learning(probabilities, [0, 1])


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda: wilson(5, 3), "5 of 3 is no share"),
        (lambda: wilson(1.5, 3), "1.5 of 3 is no share"),
        (lambda: wilson(1, 3, 95), "confidence is 95"),
        (lambda: holm([0.01, 95.0]), "A p value is 95"),
        (lambda: holm([-0.1]), "A p value is -0.1"),
        (lambda: bootstrap([True, False], draws=0), "draws is 0"),
        (lambda: bootstrap([True, False], confidence=95), "confidence is 95"),
        (lambda: bootstrap([True, False, True], [0, 1]), "There are 2 labels for 3 images"),
        (lambda: precision_recall([[1]], [[1]], [0], draws=0), "draws is 0"),
    ],
)
def test_statistics_of_impossible_numbers(use, says):
    with pytest.raises(ValueError, match=says):
        use()


@pytest.mark.parametrize(
    "labels",
    [
        np.array([2, 2, 10, 10, 7, 7], object),
        pd.Series([2, 2, 10, 10, 7, 7], dtype=object, index=range(6, 0, -1)),
        pd.Series([2, 2, 10, 10, 7, 7], dtype="Int64"),
        (one for one in (2, 2, 10, 10, 7, 7)),
    ],
)
def test_whole_numbers_in_any_column_are_numbers_and_no_names(labels):
    rows, labels = torch.eye(6), list(labels) if hasattr(labels, "send") else labels
    for given in (labels, iter(labels)):
        found = clipnb.FewShotClassifier(None, "prototypes").fit(rows, given)
        assert found.classes_.tolist() == [2, 7, 10] and found.predict(rows[2:3]) == [10]
    assert found.score(rows, labels) == 1
    assert sorted(clipnb.sample_shots(labels, 2)) == list(range(6))


@pytest.mark.parametrize("form", [list, tuple, pd.Series, lambda row: np.array(row, object)])
def test_a_missing_name_does_not_become_the_name_nan(form):
    labels = form(["ant", "ant", "bee", np.nan])
    with pytest.raises(ValueError, match="labels hold nan"):
        clipnb.FewShotClassifier(None, "prototypes").fit(torch.eye(4), labels)
    with pytest.raises(ValueError, match="Image 3 has no class in labels"):
        clipnb.sample_shots(labels, 1)
    with pytest.raises(ValueError, match="Image 3 has no class in groups"):
        split_groups(labels)


def test_names_and_numbers_are_one_kind_only():
    labels = pd.Series(["ant", 1, "ant", 1], dtype=object)
    for use in (
        lambda: clipnb.sample_shots(labels, 1),
        lambda: split_groups(labels),
        lambda: clipnb.FewShotClassifier(None, "prototypes").fit(torch.eye(4), list(labels)),
    ):
        with pytest.raises(ValueError, match="names such as 'ant' and numbers; give one kind only"):
            use()


@pytest.mark.parametrize("odd", [torch.eye(4, dtype=int), torch.ones(4)])
def test_what_is_no_row_of_floats_is_no_embedding(six, odd):
    for use in (
        lambda: held_out_probabilities(odd, [0, 0, 1, 1], 10),
        lambda: near_duplicates(six.select(range(4)), odd),
        lambda: clipnb.SparseAutoencoder(8, 2).fit(odd),
    ):
        with pytest.raises(ValueError, match=r"[Ee]mbeddings"):
            use()


def test_what_no_other_image_can_judge_has_no_probability_rather_than_nan():
    assert (held_out_probabilities(torch.eye(3), [0, 1, 2], 10) == 0).all()
