"""Names, texts and numbers of images or features that are none; each is refused by name."""

import numpy as np
import pandas as pd
import pytest
import torch

import clipnb
from clipnb.classify.estimator import Estimator


@pytest.fixture(scope="module")
def frogs():
    return clipnb.load_fieldguide("test", kinds="frog", per_species=2)


@pytest.fixture(scope="module")
def rows(clip, frogs):
    return clip.encode_images(frogs)


@pytest.fixture(scope="module")
def prediction(clip, frogs, rows):
    return clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(frogs.class_names)).predict(rows)


@pytest.mark.parametrize(
    "texts", [{"a": ["x"]}, {"a", "b"}, frozenset("ab"), pd.DataFrame({"a": ["x"]}), b"a", None, 3]
)
def test_texts_in_no_order_are_refused(clip, texts):
    with pytest.raises(TypeError, match="encode_texts takes a text or a list of texts, but got"):
        clip.encode_texts(texts)


def test_a_table_of_prompts_is_not_its_class_names(clip):
    with pytest.raises(TypeError, match="give a list, table.prompts"):
        clip.encode_texts(clipnb.name_prompts(["frog"]))
    for texts in (
        ["a", "b"],
        ("a", "b"),
        pd.Series(["a", "b"], index=[1, 0]),
        {"a": 0, "b": 1}.keys(),
    ):
        assert torch.equal(clip.encode_texts(texts), clip.encode_texts(["a", "b"]))


@pytest.mark.parametrize("index", [True, None, 0.5, "0", slice(0, 1)])
def test_what_is_no_number_of_an_image_is_named(index, clip, frogs, rows, prediction):
    shots = clipnb.FewShotClassifier(clip, "prototypes").fit(frogs)
    bottleneck = clipnb.ConceptBottleneck(clip, ["red", "blue"]).fit(frogs)
    pair = tuple(frogs.class_names[:2])
    for use in (
        lambda: prediction.explain(index),
        lambda: clipnb.contributions(prediction, index),
        lambda: shots.explain(rows, index),
        lambda: bottleneck.reasons(rows, index, pair),
    ):
        with pytest.raises(ValueError, match="index is .*; it must be a whole number"):
            use()
    with pytest.raises(IndexError, match="There is no image 99"):
        bottleneck.reasons(rows, 99, pair)
    for classes in (pair[0], pair[:1], (pair[0], pair[0])):
        with pytest.raises(ValueError, match="give two different classes"):
            bottleneck.reasons(rows, 0, classes)


def test_classes_to_explain(prediction):
    name = prediction.class_names[0]
    assert len(prediction.explain(np.int64(0), np.int64(2))) == 2
    for classes, says in (
        (name, "classes is one string; give a list"),
        ([], "classes is empty"),
        (0, "classes is 0"),
        (True, "classes is True"),
        (1.5, "classes is 1.5"),
    ):
        with pytest.raises(ValueError, match=says):
            prediction.explain(0, classes)


@pytest.mark.parametrize("count", [0, -1, 1.5, True])
def test_no_reasons_are_not_said_to_be_none(count, clip, prediction, rows):
    with pytest.raises(ValueError, match="top_k is"):
        clipnb.because(prediction, 0, top_k=count)
    with pytest.raises(ValueError, match="count is"):
        clipnb.SparseConcepts(clip, ["red", "blue", "green"], rows).top(rows, count=count)


# --- names of classes -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\x1b[31mrobin", "\ud83d"])
def test_a_name_that_nobody_can_read_is_refused_wherever_classes_are_named(name, clip, frogs, rows):
    images = [frogs.images[0], frogs.images[1]]
    labels = [name, "a"] * (len(rows) // 2)
    for use in (
        lambda: clipnb.ImageDataset(images, [0, 1], [name, "a"]),
        lambda: frogs.rename({frogs.class_names[0]: name}),
        lambda: clipnb.FewShotClassifier(clip, "prototypes").fit(rows, labels),
        lambda: clipnb.ConceptBottleneck(clip, ["red", "blue"]).fit(rows, labels),
    ):
        with pytest.raises(ValueError, match="empty name|half a character|control character"):
            use()


def test_names_that_differ_in_what_is_not_seen_are_warned_of():
    with pytest.warns(UserWarning, match="differ only in"):
        clipnb.name_prompts(["robin", "ro\u200bbin"])


def test_names_and_numbers_are_not_mixed(clip, rows):
    labels = np.array([1, "1"] * (len(rows) // 2), object)
    with pytest.raises(ValueError, match="labels hold names such as '1' and numbers"):
        clipnb.FewShotClassifier(clip, "prototypes").fit(rows, labels)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_shots_are_not_drawn_of_a_missing_class(missing):
    with pytest.raises(ValueError, match="Image 0 has no class in labels"):
        clipnb.sample_shots(np.array([missing, "a", "b"], object), 1)


def test_a_score_against_labels_of_another_kind_is_no_score(clip, frogs, rows):
    shots = clipnb.FewShotClassifier(clip, "prototypes").fit(frogs)
    assert isinstance(shots, Estimator)
    names = [frogs.class_names[label] for label in frogs.labels]
    assert shots.score(rows, names) > 0.5
    assert shots.score(rows, ["a stranger", *names[1:]]) < 1
    with pytest.raises(ValueError, match="No label is among the classes that were learned; '0'"):
        shots.score(rows, frogs.labels)
    with pytest.raises(ValueError, match="There are 3 labels for 22 images"):
        shots.score(rows, names[:3])


# --- what does not vary ---------------------------------------------------------------------------


def test_an_autoencoder_of_one_embedding_is_refused(rows):
    for same in (rows[:1].repeat(9, 1), torch.stack([rows[0], rows[0]])):
        with pytest.raises(ValueError, match="All embeddings are the same"):
            clipnb.SparseAutoencoder(8, 2).fit(same, epochs=1)


def test_an_autoencoder_of_another_width_or_without_such_a_feature(rows):
    coder = clipnb.SparseAutoencoder(8, 2).fit(rows, epochs=1)
    with pytest.raises(ValueError, match=r"Embeddings are \(n, 160\).*of another model"):
        coder.encode(torch.eye(5))
    for features, says in ((3, "features is 3"), ([8], "no feature 8"), ([True], "holds True")):
        with pytest.raises((ValueError, TypeError), match=says):
            coder.without(rows, features)
    assert torch.allclose(coder.without(rows, []), rows, atol=1e-5)


def test_heads_that_do_the_same_for_all_images_have_no_text(clip, frogs):
    parts = clipnb.decompose_embedding(clip, [frogs.images[0]] * 3)
    found = clipnb.describe_heads(clip, parts, ["red", "blue", "crest"])
    assert found["share"].isna().all() and not found["texts"].map(len).any()


# --- tables beside embeddings ---------------------------------------------------------------------


def test_columns_with_spaces_or_capitals_and_columns_there_twice(clip, rows, tmp_path):
    np.save(tmp_path / "a.npy", rows.numpy()[:2])
    (tmp_path / "a.csv").write_text("Source, Class\n0.png,a\n1.png,b\n")
    data = clipnb.load_embeddings(tmp_path / "a.npy", clip=clip)
    assert data.class_names == ["a", "b"] and data.labels.tolist() == [0, 1]
    (tmp_path / "a.csv").write_text("source,class,class\n0.png,a,b\n1.png,b,a\n")
    with pytest.raises(ValueError, match="has the column 'class' twice"):
        clipnb.load_embeddings(tmp_path / "a.npy", clip=clip)


def test_one_hot_labels_beside_embeddings_are_named(clip, rows, tmp_path):
    np.savez(tmp_path / "a.npz", embeddings=rows.numpy()[:2], labels=np.eye(2))
    with pytest.raises(ValueError, match="have several numbers for each embedding"):
        clipnb.load_embeddings(tmp_path / "a.npz", clip=clip, class_names=["a", "b"])
