"""The method: poolings, identities, explanations, prompts, descriptors."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

import clipnb
from clipnb.classify.pooling import POOLINGS
from clipnb.classify.prompts import describe

TABLE = {
    "red bird": ["a red bird", "red feathers", "a tall red crest"],
    "blue fish": ["a blue fish"],
    "frog": ["a green frog", "sticky toes"],
}


@pytest.fixture(scope="module")
def images(clip, fieldguide):
    return clip.encode_images(fieldguide.select(np.arange(0, len(fieldguide), 20)))


# --- pooling --------------------------------------------------------------------------------------


def test_the_four_poolings_against_their_definitions(clip, images):
    classifiers = {
        how: clipnb.ZeroShotClassifier(clip, TABLE, how)
        for how in ("mean", "centroid", "raw_mean", "max")
    }
    for how, classifier in classifiers.items():
        for c, prompts in enumerate(TABLE.values()):
            t = clip.encode_texts(prompts, normalize=False)
            u = t / t.norm(dim=1, keepdim=True)
            m, r = u.mean(0), t.mean(0)
            expected = {
                "mean": (images @ u.T).mean(1),
                "centroid": images @ (m / m.norm()),
                "raw_mean": images @ (r / r.norm()),
                "max": (images @ u.T).max(1).values,
            }[how]
            assert torch.allclose(classifier.score(images)[:, c], expected, atol=1e-5), (how, c)


def test_mean_is_the_centroid_times_its_length(clip, images):
    mean, centroid = (clipnb.ZeroShotClassifier(clip, TABLE, how) for how in ("mean", "centroid"))
    lengths = mean.class_embeddings.norm(dim=1)
    assert torch.allclose(mean.score(images), lengths * centroid.score(images), atol=1e-5)
    assert lengths[1] == pytest.approx(1, abs=1e-5) and (lengths <= 1 + 1e-5).all()


def test_pool_in_any_order_of_prompts():
    scores = torch.tensor([[0.1, 0.5, 0.3, -0.2]])
    groups = [1, 0, 1, 0]
    assert torch.allclose(clipnb.pool(scores, groups), torch.tensor([[0.15, 0.2]]))
    assert torch.allclose(clipnb.pool(scores, groups, "max"), torch.tensor([[0.5, 0.3]]))
    assert torch.allclose(clipnb.pool(-scores.abs(), groups, "max"), torch.tensor([[-0.2, -0.1]]))


@pytest.mark.parametrize(
    "scores, groups, how, message",
    [
        (torch.zeros(2, 3), [0, 1], "mean", "groups"),
        (torch.zeros(2, 3), [0, 0, 2], "mean", "Class 1"),
        (torch.zeros(2, 3), [0, 1, 2], "centroid", "ZeroShotClassifier"),
    ],
)
def test_pool_refuses(scores, groups, how, message):
    with pytest.raises(ValueError, match=message):
        clipnb.pool(scores, groups, how)


def test_the_articles_printed_logits():
    """Kravets, part 2: from the printed logits the paper's formula gives 0.8435 and the best
    descriptor 0.8594."""
    logits = torch.tensor(
        [[25.5400, 22.6840, 21.3895, 25.9017, 24.0911, 22.3996, 21.2813, 21.0066]]
    )
    groups = [0, 0, 0, 0, 1, 1, 1, 1]
    assert clipnb.pool(logits, groups, "mean").softmax(1)[0, 0].item() == pytest.approx(
        0.8435, abs=5e-5
    )
    assert clipnb.pool(logits, groups, "max").softmax(1)[0, 0].item() == pytest.approx(
        0.8594, abs=5e-5
    )


def test_unknown_pooling(clip):
    with pytest.raises(ValueError, match="median"):
        clipnb.ZeroShotClassifier(clip, TABLE, "median")


# --- predictions ----------------------------------------------------------------------------------


def test_prediction_and_probabilities(clip, images):
    prediction = clipnb.ZeroShotClassifier(clip, TABLE).predict(images)
    assert torch.allclose(prediction.probabilities.sum(1), torch.ones(len(images)))
    assert torch.allclose(
        prediction.probabilities, (clip.logit_scale * prediction.scores).softmax(1)
    )
    assert prediction.labels == [prediction.class_names[i] for i in prediction.indices]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_explanation_adds_up_to_the_scores_for_every_pooling(clip, images, pooling):
    prediction = clipnb.ZeroShotClassifier(clip, TABLE, pooling).predict(images)
    reasons = prediction.explain(2, 3)
    assert isinstance(reasons, pd.DataFrame) and len(reasons) == 6
    for _, rows in reasons.groupby("class"):
        assert rows["contribution"].sum() == pytest.approx(rows["class_score"].iloc[0], abs=1e-6)
        assert rows["cosine"].is_monotonic_decreasing
        if pooling == "max":
            assert rows["contribution"].iloc[0] == rows["cosine"].iloc[0]
            assert (rows["contribution"].iloc[1:] == 0).all()
    assert reasons["class"].iloc[0] == prediction.labels[2]


def test_explain_names_what_is_wrong(clip, images):
    prediction = clipnb.ZeroShotClassifier(clip, TABLE).predict(images)
    assert list(prediction.explain(0, ["frog"])["class"].unique()) == ["frog"]
    with pytest.raises(ValueError, match="newt"):
        prediction.explain(0, ["newt"])
    with pytest.raises(IndexError, match="99999"):
        prediction.explain(99999)


# --- prompt tables --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table, message",
    [({}, "empty"), ({"wren": []}, "wren"), ({"wren": [" "]}, "wren"), ({"wren": "small"}, "wren")],
)
def test_a_bad_table_is_refused_by_name(table, message):
    with pytest.raises(ValueError, match=message):
        clipnb.PromptTable(table)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: clipnb.name_prompts("robin"), r"classes is one string; give a list: \['robin'\]"),
        (
            lambda: clipnb.template_prompts("robin"),
            r"classes is one string; give a list: \['robin'\]",
        ),
        (
            lambda: clipnb.template_prompts(["robin"], "a {}"),
            r"templates is one string; give a list: \['a {}'\]",
        ),
        (lambda: clipnb.name_prompts(["robin", "wren"], "a photo"), "'a photo' has no {}"),
        (lambda: clipnb.template_prompts(["robin"], ["a {}", "a bird"]), "'a bird' has no {}"),
        (
            lambda: clipnb.descriptor_prompts({"robin": ["red"]}, template="a bird"),
            "'a bird' has no {}",
        ),
        (
            lambda: clipnb.random_prompts({"robin": ["red"]}, template="a bird"),
            "'a bird' has no {}",
        ),
        (
            lambda: clipnb.renamed_prompts({"robin": ["red"]}, template="a bird"),
            "'a bird' has no {}",
        ),
    ],
)
def test_a_string_for_a_list_and_a_template_without_a_place_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_prompt_table_keeps_order_and_escapes_html():
    table = clipnb.PromptTable(
        {"<script>alert(1)</script>": ["<img src=x onerror=alert(1)>"], "b": ["x", "y"]}
    )
    assert table.groups.tolist() == [0, 1, 1] and table.prompts[1:] == ["x", "y"]
    assert "<script>" not in table._repr_html_() and "<img" not in table._repr_html_()
    with pytest.raises(ValueError, match="newt"):
        table.select(["newt"])


def test_phrasing_and_the_papers_known_defects():
    assert describe("robin", "a red breast") == "robin, which has a red breast"
    # not "is an…"
    assert describe("beetle", "antennae with clubs") == "beetle, which has antennae with clubs"
    assert describe("beetle", "is shiny") == "beetle, which is shiny"
    assert describe("beetle", "covered in spots") == "beetle, which is covered in spots"
    with pytest.raises(ValueError, match="robin"):
        clipnb.DescriptorSet({"robin": []})  # the paper's empty lists


def test_controls_keep_the_shape_of_the_table():
    descriptors = clipnb.load_descriptors("fieldguide")
    real = clipnb.descriptor_prompts(descriptors, include_name=False)
    swapped = clipnb.swapped_prompts(descriptors, include_name=False, seed=1)
    assert all(swapped[name] != real[name] for name in descriptors)
    assert sorted(map(tuple, swapped.values())) == sorted(map(tuple, real.values()))
    scrambled = clipnb.scrambled_prompts(descriptors, include_name=False, seed=1)
    noise = clipnb.random_prompts(descriptors, include_name=False, seed=1, kind="characters")
    for name in descriptors:
        assert [sorted(s.split()) for s in scrambled[name]] == [
            sorted(s.split()) for s in real[name]
        ]
        assert [[len(w) for w in s.split()] for s in noise[name]] == [
            [len(w) for w in s.split()] for s in real[name]
        ]
    assert (
        clipnb.random_prompts(descriptors, seed=1).prompts
        == clipnb.random_prompts(descriptors, seed=1).prompts
    )
    assert (
        clipnb.random_prompts(descriptors, seed=1).prompts
        != clipnb.random_prompts(descriptors, seed=2).prompts
    )


# --- descriptors ----------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["fieldguide", "fieldguide-outsider"])
def test_bundled_descriptors_cover_all_species_and_do_not_name_them(which, fieldguide):
    descriptors = clipnb.load_descriptors(which).select(fieldguide.class_names)
    assert descriptors.provenance["method"]
    for name, row in descriptors.items():
        assert 4 <= len(row) <= 8 and len(set(row)) == len(row)
        assert not any(name.lower() in d.lower() for d in row)


def test_save_and_load_and_the_papers_plain_json(tmp_path):
    original = clipnb.DescriptorSet({"Käfer": ["six legs", "shiny wing cases"]}, {"model": "none"})
    original.save(tmp_path / "a.json")
    again = clipnb.load_descriptors(tmp_path / "a.json")
    assert dict(again) == dict(original) and again.provenance == {"model": "none"}
    (tmp_path / "b.json").write_text(json.dumps({"hen": ["two legs"]}))
    assert clipnb.load_descriptors(tmp_path / "b.json")["hen"] == ["two legs"]
    # no half-written file left
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "b.json"]
    # as Windows' Notepad saves it
    (tmp_path / "c.json").write_text(json.dumps({"hen": ["two legs"]}), "utf-8-sig")
    assert clipnb.load_descriptors(tmp_path / "c.json")["hen"] == ["two legs"]


@pytest.mark.parametrize(
    "text, message",
    [
        ('{"hen": []}', "hen"),
        ("[1]", "list"),
        ("{", "not JSON"),
        ('{"hen": [3]}', "hen"),
        ('{"hen": "x"}', "hen"),
    ],
)
def test_bad_descriptor_files_are_refused_by_name(tmp_path, text, message):
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(ValueError, match=message):
        clipnb.load_descriptors(tmp_path / "bad.json")


def test_a_missing_class_is_named():
    with pytest.raises(ValueError, match="unicorn"):
        clipnb.load_descriptors("fieldguide").select(["tree frog", "unicorn"])


# --- comparing ------------------------------------------------------------------------------------


def test_compare_matches_classes_by_name_not_by_position(clip, fieldguide):
    """The trap that gives 10 % on Pets: a classifier whose classes stand in another order scores
    the same."""
    frogs = fieldguide.select(
        np.isin(fieldguide.labels, [i for i, s in enumerate(fieldguide.class_names) if "frog" in s])
    )
    table = clipnb.name_prompts(fieldguide.class_names)
    backwards = table.select(reversed(table.class_names))
    result = clipnb.compare(
        {
            "a": clipnb.ZeroShotClassifier(clip, table),
            "b": clipnb.ZeroShotClassifier(clip, backwards),
        },
        frogs,
    )
    assert (
        result.loc["a", "accuracy"] == result.loc["b", "accuracy"]
        and result.loc["b", "fixed"] == result.loc["b", "broken"] == 0
    )
    with pytest.raises(ValueError, match="tree frog|common frog"):
        clipnb.compare({"c": clipnb.ZeroShotClassifier(clip, {"hen": ["a hen"]})}, frogs)


def test_intervals_and_mcnemar_against_known_values():
    from clipnb.evaluation.statistics import mcnemar, wilson

    low, high = wilson(8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-3), pytest.approx(0.9433, abs=1e-3))
    before = np.array([True] * 6 + [False] * 14)
    after = np.array([True] * 5 + [False] + [True] * 8 + [False] * 6)
    assert mcnemar(before, after) == (8, 1, pytest.approx(2 * (1 + 9) / 2**9))


def test_unlabelled_images_cannot_be_scored(clip, fieldguide):
    data = fieldguide.select([0, 1])
    data.labels[0] = -1
    with pytest.raises(ValueError, match="1 images have no label"):
        clipnb.compare({"a": clipnb.ZeroShotClassifier(clip, TABLE)}, data)
