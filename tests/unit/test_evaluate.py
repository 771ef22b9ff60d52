"""Methods × controls × seeds, intervals and tests against independent values, calibration,
selection of descriptors."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import binom

import clipnb
from clipnb.classify.selection import descriptor_margins
from clipnb.data import ImageDataset, LazyImages
from clipnb.evaluation import statistics


class TableClip:
    """A stand-in for a Clip: every prompt and every image has the embedding it is given."""

    logit_scale, logit_bias, sigmoid = 10.0, 0.0, False

    def __init__(self, prompts, images):
        self.prompts, self.images = prompts, torch.tensor(images, dtype=torch.float32)

    def encode_texts(self, prompts, normalize=True):
        return torch.tensor([self.prompts[s] for s in prompts], dtype=torch.float32)

    def encode_images(self, data):
        return self.images[[int(key) for key in data.keys]]


def images(labels, names, seen=None):
    keys = [str(i) for i in range(len(labels))]
    return ImageDataset(LazyImages([None] * len(labels)), labels, names, keys, keys, seen)


NAMES = ["a", "b", "c", "d", "e", "f"]
EYE = np.eye(6).tolist()


@pytest.fixture
def six():
    """Six classes; image 0 of class a is right, 1 of a ranks its class second, 2 of b fifth, 3 of
    b last, 4 and 5 of f are right."""
    rows = [
        [9, 1, 1, 1, 1, 0],
        [8, 9, 1, 1, 1, 0],
        [9, 3, 8, 7, 6, 0],
        [9, 0, 8, 7, 6, 5],
        [0, 0, 0, 0, 0, 9],
        [0, 0, 0, 0, 0, 9],
    ]
    data = images([0, 0, 1, 1, 5, 5], NAMES, np.array([True, True, True, True, True, False]))
    return (
        TableClip(
            {f"{n}{version}": EYE[i] for i, n in enumerate(NAMES) for version in "12"}
            | {"none": [0] * 6},
            [np.divide(row, np.linalg.norm(row)).tolist() for row in rows],
        ),
        data,
    )


def names_table(version="1"):
    return clipnb.PromptTable({n: [n + version] for n in NAMES})


# --- evaluate -------------------------------------------------------------------------------------


def test_the_figures_of_one_method_by_hand(six):
    result = clipnb.evaluate(*six, {"names": names_table()})
    row = result[result["group"] == "all"].iloc[0]
    assert (row["n"], row["top1"], row["top5"]) == (6, pytest.approx(3 / 6), pytest.approx(5 / 6))
    # classes without images do not count
    assert row["recall"] == pytest.approx((1 / 2 + 0 + 1) / 3)
    assert result["group"].tolist() == ["all", "seen", "held-out"] and result["n"].tolist() == [
        6,
        4,
        2,
    ]
    assert result.loc[2, "top1"] == 1 and pd.isna(result["p"]).all() and result["seed"].isna().all()


def test_seeds_groups_and_the_paired_test(six):
    def noise(seed):
        wrong = {0: "none", 1: "a1"}[seed]
        return clipnb.PromptTable({n: [wrong if n == "f" else n + "1"] for n in NAMES})

    result = clipnb.evaluate(
        *six,
        {"names": names_table(), "noise": noise},
        seeds=2,
        groups={"f": np.arange(6) > 3, "rest": np.arange(6) < 4},
    )
    noisy = result[result["method"] == "noise"].set_index(["seed", "group"])
    assert len(noisy) == 4 and noisy.loc[(0, "f"), ["fixed", "broken"]].tolist() == [0, 2]
    # both of two discordant images: 2 · (1/2)²
    assert noisy.loc[(0, "f"), "p"] == pytest.approx(0.5)
    assert noisy.loc[(1, "rest"), "p"] == 1
    assert result["p_holm"].dropna().tolist() == pytest.approx(
        statistics.holm(result["p"])[~np.isnan(result["p"])].tolist()
    )
    summary = clipnb.summarize(result)
    assert summary.loc[("f", "noise"), ["seeds", "top1", "sd"]].tolist() == [2, 0, 0]
    assert summary.loc[("rest", "noise"), "top1"] == summary.loc[("rest", "names"), "top1"] == 0.25
    for group in ("f", "rest"):
        pd.testing.assert_frame_equal(clipnb.summarize(result, group), summary.loc[group])
    assert clipnb.readable(summary.loc[("f", "noise")])["seeds"].tolist() == ["2"]
    with pytest.raises(ValueError, match="no group 'all'; the groups are f, rest"):
        clipnb.summarize(result, "all")


def test_summary_over_seeds_by_hand(six):
    tables = {
        3: names_table(),
        4: clipnb.PromptTable({n: ["none" if n == "f" else n + "1"] for n in NAMES}),
    }
    result = clipnb.evaluate(
        *six, {"names": names_table(), "two": lambda seed: tables[seed]}, seeds=[3, 4]
    )
    row = clipnb.summarize(result).loc[("all", "two")]
    assert row["top1"] == pytest.approx((3 / 6 + 1 / 6) / 2) and row["sd"] == pytest.approx(
        np.std([3 / 6, 1 / 6], ddof=1)
    )
    assert (row["lowest"], row["highest"], row["seeds"]) == (
        pytest.approx(1 / 6),
        pytest.approx(3 / 6),
        2,
    )
    assert np.isnan(clipnb.summarize(result).loc[("all", "names"), "sd"])


def test_the_order_of_the_table_decides_nothing_not_even_ties(six):
    """The trap that gives 10 % on Pets, and a table in which all classes score alike."""
    clip, data = six
    same = clipnb.PromptTable({n: ["none"] for n in NAMES})
    for table in (names_table(), same):
        backwards = table.select(reversed(NAMES))
        ready = clipnb.ZeroShotClassifier(clip, backwards)
        results = [
            clipnb.evaluate(clip, data, {"x": source})
            for source in (table, backwards, ready, dict(backwards))
        ]
        for other in results[1:]:
            pd.testing.assert_frame_equal(results[0], other)


def test_all_classes_of_the_data_compete_and_no_others(six):
    clip, data = six
    wider = clipnb.PromptTable({"stranger": ["f1"], **names_table()})
    pd.testing.assert_frame_equal(
        clipnb.evaluate(clip, data, {"x": wider}), clipnb.evaluate(clip, data, {"x": names_table()})
    )
    only_f = data.select([4, 5])
    assert (
        clipnb.evaluate(
            clip,
            only_f,
            {"x": clipnb.PromptTable({n: ["f1" if n == "a" else n + "1"] for n in NAMES})},
        )["top1"].iloc[0]
        == 0
    )


@pytest.mark.parametrize(
    "methods, options, message",
    [
        ({"x": {"a": ["a1"]}}, {}, "no prompts for 'b'"),
        ({"x": lambda seed: None}, {}, "baseline 'x'"),
        ({"x": names_table()}, {"baseline": "y"}, "baseline 'y'"),
        ({}, {}, "baseline 'None'"),
        ({"x": names_table()}, {"interval": "t"}, "interval is 't'"),
        ({"x": names_table()}, {"groups": {"none": np.zeros(6, bool)}}, "no image"),
    ],
)
def test_evaluate_says_what_is_wrong(six, methods, options, message):
    with pytest.raises(ValueError, match=message):
        clipnb.evaluate(*six, methods, **options)


def test_evaluate_refuses_unlabelled_images_and_a_classifier_of_other_classes(six):
    clip, data = six
    with pytest.raises(ValueError, match="exactly the classes"):
        clipnb.evaluate(
            clip, data, {"x": clipnb.ZeroShotClassifier(clip, names_table().select(NAMES[:5]))}
        )
    data.labels[0] = -1
    with pytest.raises(ValueError, match="1 images have no label"):
        clipnb.evaluate(clip, data, {"x": names_table()})


def test_a_ready_classifier_of_another_model_is_refused_with_both_names(six):
    clip, data = six
    other, again = (TableClip(clip.prompts, clip.images.tolist()) for _ in range(2))
    clip.name, clip.fingerprint = again.name, again.fingerprint = "mine", "c0de"
    other.name, other.fingerprint = "theirs", "f00d"
    methods = {"names": names_table(), "ready": clipnb.ZeroShotClassifier(again, names_table("2"))}
    # the same model, loaded twice
    assert clipnb.evaluate(clip, data, methods)["top1"].notna().all()
    with pytest.raises(
        ValueError, match=r"'odd' is of the model 'theirs' \(f00d\).*'mine' \(c0de\)"
    ):
        clipnb.evaluate(
            clip, data, methods | {"odd": clipnb.ZeroShotClassifier(other, names_table())}
        )


@pytest.mark.slow
def test_evaluate_agrees_with_compare_on_the_field_guide(clip, fieldguide):
    descriptors = clipnb.load_descriptors("fieldguide").select(fieldguide.class_names)
    tables = {
        "name": clipnb.name_prompts(descriptors),
        "description": clipnb.descriptor_prompts(descriptors, include_name=False),
    }
    swapped = clipnb.controls(descriptors, include_name=False)["control: swapped"]
    result = clipnb.evaluate(
        clip, fieldguide, {**tables, "control: swapped": swapped}, baseline="description", seeds=1
    )
    held_out = ~fieldguide.seen[fieldguide.labels]
    table = clipnb.compare(
        {m: clipnb.ZeroShotClassifier(clip, tables[m]) for m in ("description", "name")},
        fieldguide.select(held_out),
    )
    row = result[(result["method"] == "name") & (result["group"] == "held-out")].iloc[0]
    assert (
        row[["n", "top1", "low", "high", "fixed", "broken", "p"]].tolist()
        == table.loc["name"].tolist()
    )
    row_swapped = result[
        (result["method"] == "control: swapped") & (result["group"] == "held-out")
    ].iloc[0]
    # the wrong descriptions take it all away
    assert row_swapped["top1"] < 0.1 < row["top1"] and row_swapped["p_holm"] < 1e-6


def test_per_class_takes_one_classifier(six):
    clip, data = six
    with pytest.raises(TypeError, match="The classifier is a dict; give one classifier"):
        clipnb.per_class({"name": clipnb.ZeroShotClassifier(clip, names_table())}, data)


def test_per_class_by_hand(six):
    clip, data = six
    table = clipnb.per_class(clipnb.ZeroShotClassifier(clip, names_table()), data)
    assert table["recall"].dropna().to_dict() == {"b": 0, "a": 0.5, "f": 1}
    assert table.index[0] == "b" and list(table.index[3:]) == ["c", "d", "e"]
    assert (
        table.loc["b", "mistaken_for"] == "a"
        and table.loc["f", "mistaken_for"] == ""
        and not table.loc["f", "seen"]
    )
    with pytest.raises(ValueError, match="no images"):
        clipnb.per_class(clipnb.ZeroShotClassifier(clip, names_table()), data.select([]))


@pytest.mark.slow
@pytest.mark.parametrize("first", ["import clipnb.evaluation", "from clipnb import compare"])
def test_evaluate_is_the_function_whatever_is_imported_first(first):
    """A submodule of the same name would replace the function as soon as anything imports it."""
    code = (
        f"{first}; import clipnb, clipnb.evaluation; from clipnb import evaluate;"
        " print(callable(clipnb.evaluate) and evaluate is clipnb.evaluate)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "True"
    )


def test_no_public_name_is_also_a_module():
    folder = Path(clipnb.__file__).parent
    assert (folder / "evaluation" / "comparison.py").is_file()
    assert [
        name
        for name in clipnb.__all__
        if (folder / f"{name}.py").exists() or (folder / name).is_dir()
    ] == []


# --- intervals and tests --------------------------------------------------------------------------


@pytest.mark.parametrize("share, n", [(0.5, 30), (0.9, 40), (0.98, 100)])
def test_wilson_covers_the_truth_about_95_times_in_100(share, n):
    ends = [statistics.wilson(hits, n) for hits in range(n + 1)]
    # exact, no simulation
    covered = sum(
        binom.pmf(hits, n, share) for hits, (low, high) in enumerate(ends) if low <= share <= high
    )
    assert 0.92 < covered < 0.99


@pytest.mark.slow
def test_bootstrap_covers_the_truth_and_by_class_where_classes_differ():
    """Classes with accuracies of their own: drawing images gives too narrow an interval for what
    other classes would give."""
    chance, truth, labels = np.random.default_rng(0), 0.7, np.repeat(np.arange(25), 8)
    covered = {"images": 0, "classes": 0, "independent": 0}
    for _ in range(200):
        of_class = chance.beta(0.7, 0.3, 25)  # mean 0.7
        right = chance.random(200) < of_class[labels]
        for how, given in (("images", None), ("classes", labels)):
            low, high = statistics.bootstrap(right, given, draws=150)
            covered[how] += low <= truth <= high
        low, high = statistics.bootstrap(chance.random(200) < truth, draws=150)
        covered["independent"] += low <= truth <= high
    assert min(covered["independent"], covered["classes"]) > 175 and covered["images"] < 150


def test_bootstrap_is_close_to_the_normal_interval_and_reproducible():
    right = np.arange(1000) < 600
    low, high = statistics.bootstrap(right)
    reach = 1.96 * np.sqrt(0.6 * 0.4 / 1000)
    assert low == pytest.approx(0.6 - reach, abs=0.005) and high == pytest.approx(
        0.6 + reach, abs=0.005
    )
    assert statistics.bootstrap(right) == (low, high) != statistics.bootstrap(right, seed=1)
    assert np.isnan(statistics.bootstrap(right, np.zeros(1000, int))).all()


def test_interval_by_classes_reaches_the_table(six):
    wilson, classes = (
        clipnb.evaluate(*six, {"x": names_table()}, interval=how).iloc[0]
        for how in ("wilson", "classes")
    )
    assert (classes["low"], classes["high"]) == (0, 1) and 0 < wilson["low"] < wilson["high"] < 1


def test_holm_by_hand():
    assert statistics.holm([0.01, 0.04, np.nan, 0.03, 0.005]) == pytest.approx(
        [0.03, 0.06, np.nan, 0.06, 0.02], nan_ok=True
    )
    assert statistics.holm([0.6, 0.7]).tolist() == [1, 1] and len(statistics.holm([])) == 0


def test_mcnemar_is_the_binomial_test_of_the_discordant_images():
    before, after = np.zeros(40, bool), np.zeros(40, bool)
    after[:11], before[11:14] = True, True
    fixed, broken, p = statistics.mcnemar(before, after)
    assert (fixed, broken) == (11, 3) and p == pytest.approx(2 * binom.cdf(3, 14, 0.5))


# --- calibration ----------------------------------------------------------------------------------


def test_reliability_and_its_error_by_hand():
    from clipnb.evaluation.calibration import error_of

    logs = np.log([[0.75, 0.25], [0.75, 0.25], [0.45, 0.55], [0.22, 0.78], [0.5, 0.5]]) / 10
    clip = TableClip({"x": [1, 0], "y": [0, 1]}, logs)
    data = images([0, 1, 1, 1, 1], ["x", "y"])
    prediction = clipnb.ZeroShotClassifier(clip, {"y": ["y"], "x": ["x"]}).predict(data)
    table = clipnb.reliability(prediction, data)
    full = table[table["n"] > 0]
    # 0.5 belongs to the bin that ends with it
    assert full["low"].tolist() == pytest.approx([0.4, 0.5, 0.7]) and full["n"].tolist() == [
        1,
        1,
        3,
    ]
    assert full["confidence"].tolist() == pytest.approx([0.5, 0.55, (0.75 + 0.75 + 0.78) / 3])
    assert full["accuracy"].tolist() == pytest.approx([1, 1, 2 / 3])
    expected = (0.5 + 0.45 + 3 * (2.28 / 3 - 2 / 3)) / 5
    assert (
        clipnb.calibration_error(prediction, data)
        == error_of(table)
        == pytest.approx(expected, abs=1e-6)
    )
    with pytest.raises(ValueError, match="5 images"):
        clipnb.reliability(prediction, data.select([0]))


def test_the_logit_scale_changes_confidence_and_not_the_answers():
    """Labels are drawn from the probabilities at scale 10: there they are right, below it too
    modest, above it too sure."""
    chance = np.random.default_rng(1)
    clip = TableClip({n: EYE[i] for i, n in enumerate(NAMES)}, chance.normal(size=(3000, 6)) * 0.2)
    embeddings = clip.images
    probabilities = (10 * embeddings).softmax(1).numpy()
    labels = (probabilities.cumsum(1) > chance.random((3000, 1))).argmax(1)
    data = images(labels, NAMES)
    prediction = clipnb.ZeroShotClassifier(clip, {n: [n] for n in NAMES}).predict(data)
    table = clipnb.calibration_by_scale(prediction, data, [3, 10, 30]).set_index("scale")
    assert table["accuracy"].nunique() == 1 and table["confidence"].is_monotonic_increasing
    assert (
        table.loc[10, "error"] < 0.03 and min(table.loc[3, "error"], table.loc[30, "error"]) > 0.15
    )
    assert table["loss"].idxmin() == 10 and table.loc[10, "loss"] == pytest.approx(
        -np.log(probabilities[np.arange(3000), labels]).mean(), abs=1e-5
    )
    assert table.loc[10, "error"] == pytest.approx(
        clipnb.calibration_error(prediction, data), abs=1e-6
    )
    clip.sigmoid = True
    with pytest.raises(ValueError, match="softmax"):
        clipnb.calibration_by_scale(prediction, data, [1])


# --- controls -------------------------------------------------------------------------------------


WORDS = {
    "red robin": ["a red breast", "brown wings"],
    "wren": ["a short tail"],
    "great blue heron": ["long legs", "a spear-like beak"],
}


def test_waffle_noise_is_the_same_for_all_classes():
    table = clipnb.random_prompts(WORDS, kind="waffle", template="a photo of a {}", seed=3)
    noise = [
        [s.removeprefix(f"a photo of a {name}, which has ") for s in row]
        for name, row in table.items()
    ]
    assert noise[0] == noise[1] == noise[2] and len(noise[0]) == 30 == len(set(noise[0]))
    assert {len(s.split()) for s in noise[0]} == {2}  # names have two words on average
    vocabulary = {w for row in WORDS.values() for d in row for w in d.split()}
    assert all(set(s.split()) <= vocabulary for s in noise[0][::2]) and not any(
        set(s.split()) & vocabulary for s in noise[0][1::2]
    )
    with pytest.raises(ValueError, match="without the name"):
        clipnb.random_prompts(WORDS, include_name=False, kind="waffle")


def test_random_names_keep_the_descriptions():
    table = clipnb.renamed_prompts(WORDS, seed=1)
    assert [s.split(", which has ")[1] for row in table.values() for s in row] == [
        d for row in WORDS.values() for d in row
    ]
    new = [row[0].split(",")[0] for row in table.values()]
    assert [len(n.split()) for n in new] == [2, 1, 3] and not set(new) & set(WORDS)
    assert table["red robin"][1].startswith(new[0])  # one name for all descriptors of a class
    assert (
        clipnb.renamed_prompts(WORDS, seed=1).prompts
        == table.prompts
        != clipnb.renamed_prompts(WORDS, seed=2).prompts
    )


def test_every_control_is_seeded_and_takes_the_template():
    for name, make in clipnb.controls(WORDS, template="a photo of a {}").items():
        assert make(seed=1).prompts == make(seed=1).prompts, name
        assert any(make(seed=1).prompts != make(seed=s).prompts for s in range(2, 8)), name
        assert make(seed=0).class_names == list(WORDS) and all(
            s.startswith("a photo of a ") for s in make(seed=0).prompts
        ), name
    assert len(clipnb.controls(WORDS)) == 6 and len(clipnb.controls(WORDS, include_name=False)) == 4
    assert all(
        "robin" not in s
        for make in clipnb.controls(WORDS, include_name=False).values()
        for s in make(seed=0).prompts
    )


# --- choosing descriptors -------------------------------------------------------------------------


def test_the_descriptor_that_the_neighbour_shares_is_dropped():
    embeddings = {
        "wings": [1, 0, 0, 0.0],
        "two wings": [0.98, 0.199, 0, 0],
        "a red cap": [0.4, 0, 0.9165, 0],
        "a red head": [0.4, 0.1, 0.911, 0],
        "a blue tail": [0.4, 0, 0, 0.9165],
        "a blue back": [0.4, 0.1, 0, 0.911],
    }
    descriptors = {
        "red": ["wings", "a red cap", "a red head"],
        "blue": ["a blue tail", "two wings", "a blue back"],
    }
    clip = TableClip(embeddings, [[0, 0, 1, 0], [0, 0, 0, 1]])
    chosen = clipnb.select_descriptors(
        clip, clipnb.DescriptorSet(descriptors, {"by": "hand"}), keep=2
    )
    assert dict(chosen) == {
        "red": ["a red cap", "a red head"],
        "blue": ["a blue tail", "a blue back"],
    }
    assert chosen.provenance["by"] == "hand" and chosen.provenance["selected"]["keep"] == 2
    margins = descriptor_margins(clip, descriptors).set_index("descriptor")
    # a descriptor is held against the others of its class, not against itself
    own = np.array(embeddings["a red cap"]) + embeddings["a red head"]
    others = sum(
        np.array(embeddings[d]) / np.linalg.norm(embeddings[d]) for d in descriptors["blue"]
    )
    assert margins.loc["wings", "own"] == pytest.approx(own[0] / np.linalg.norm(own), abs=1e-4)
    assert margins.loc["wings", "others"] == pytest.approx(
        others[0] / np.linalg.norm(others), abs=1e-4
    )
    assert margins["margin"].to_numpy() == pytest.approx(
        (margins["own"] - margins["others"]).to_numpy()
    )
    unlabelled = images([-1, -1], ["red", "blue"])
    assert dict(
        clipnb.select_descriptors(clip, descriptors, unlabelled, keep=2, images_per_class=1)
    ) == dict(chosen)
    assert dict(clipnb.select_descriptors(clip, descriptors, keep=9)) == descriptors
    with pytest.raises(ValueError, match="two classes"):
        clipnb.select_descriptors(clip, {"red": ["wings"]})


@pytest.mark.slow
def test_chosen_descriptors_beat_as_many_at_random_on_seen_species(clip, fieldguide):
    import random

    def some(seed):
        chance = random.Random(seed)
        return clipnb.PromptTable(
            {name: chance.sample(row, 4) for name, row in descriptors.items()}
        )

    descriptors = clipnb.load_descriptors("fieldguide").select(fieldguide.class_names)
    chosen = clipnb.descriptor_prompts(
        clipnb.select_descriptors(clip, descriptors), include_name=False
    )
    result = clipnb.evaluate(clip, fieldguide, {"chosen": chosen, "random": some}, seeds=3).query(
        "group == 'seen'"
    )
    assert result["top1"].iloc[0] > result["top1"].iloc[1:].max()


def test_a_table_is_readable():
    table = pd.DataFrame(
        {"n": [9, 9], "top1": [0.5, 2 / 3], "fixed": [np.nan, 24.6], "p_holm": [np.nan, 1e-9]},
        index=["name", "description"],
    )
    read = clipnb.readable(table, digits=2)
    assert read.loc["name"].tolist() == ["9", "0.50", "–", "–"] and read.loc[
        "description"
    ].tolist() == ["9", "0.67", "25", "<0.001"]
    assert clipnb.readable(table.assign(fixed=pd.array([None, 3], "Int64"), p_holm=[1.0, 0.0412]))[
        "p_holm"
    ].tolist() == ["1.000", "0.041"]
    assert table["top1"].dtype == float  # the table itself stays as it was
