"""Accuracy over name frequency, and the scorecard that reports it."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import clipnb
from clipnb import plots
from clipnb.evaluation import crossing, frequency
from clipnb.fieldguide.name_frequency import BUNDLED, TRAINED_ON, trained_frequencies
from clipnb.fieldguide.versions import FIELD_GUIDE, world_version
from clipnb.model import fingerprint, loading
from clipnb.pretrain import scorecard
from clipnb.pretrain.scorecard import as_markdown, examine, telling


class Fixed:
    """A classifier that is right on given classes."""

    clip = None

    def __init__(self, names, right):
        self.class_names, self.right = names, right

    def class_scores(self, images):
        raise NotImplementedError


@pytest.fixture
def world(monkeypatch):
    """Eight classes with four images each, of which a classifier gets chosen classes right."""
    images = [np.full((8, 8, 3), 6 * i, np.uint8) for i in range(32)]
    names = [f"class {i}" for i in range(8)]
    data = clipnb.ImageDataset(images, np.repeat(np.arange(8), 4), names)
    monkeypatch.setattr(
        frequency, "correct", lambda classifier, data: np.isin(data.labels, classifier.right)
    )
    return data


def test_bands_hold_the_classes_of_their_frequencies(world):
    counts = np.array([0, 0, 1, 30, 31, 300, 301, 9000])
    table = clipnb.by_name_frequency(
        {"a": Fixed(world.class_names, [0, 2, 3]), "b": Fixed(world.class_names, range(8))},
        world,
        counts,
    )
    a = table[table["method"] == "a"].set_index("band")
    assert list(a.index) == ["0", "1–30", "31–300", "301+"]
    assert list(a["accuracy"]) == [0.5, 1, 0, 0] and list(a["classes"]) == [2] * 4
    assert list(a["n"]) == [8] * 4
    assert np.allclose(a["frequency"], [0, 30**0.5, (31 * 300) ** 0.5, (301 * 9000) ** 0.5])
    # classes are drawn, not images: of two classes, one right, anything can come
    assert (a.loc["0", "low"], a.loc["0", "high"]) == (0, 1)
    # where all images are right, the interval has a width all the same
    assert a.loc["1–30", "low"] < 0.9 and a.loc["1–30", "high"] == 1
    ax = plots.plot_name_frequency(table)
    assert ax.get_legend_handles_labels()[1] == ["a", "b"]
    assert [label.get_text() for label in ax.get_xticklabels()][0] == "0\n2 classes\nn = 8"


FOUR_BANDS = np.array([0, 0, 10, 10, 100, 100, 1000, 1000])


def test_methods_cross_between_the_bands_where_the_difference_changes_sign(world):
    name, description = Fixed(world.class_names, [4, 6, 7]), Fixed(world.class_names, [0, 1, 2])
    found = crossing(name, description, world, FOUR_BANDS)
    assert list(found.table["difference"]) == [-1, -0.5, 0.5, 1]
    assert list(found.table["n"]) == [8] * 4 and list(found.table["classes"]) == [2] * 4
    # half way between 10 and 100, on the axis of the figure
    assert np.isclose(found.frequency, np.sqrt(11 * 101) - 1)
    assert found.low <= found.frequency <= found.high
    assert (found.better(0), found.better(1)) == (["301+"], ["0"])
    back = crossing(description, name, world, FOUR_BANDS)
    assert np.allclose(back.table["difference"], -found.table["difference"])


def test_methods_that_do_not_cross_say_which_side_they_are_on(world):
    good, bad = Fixed(world.class_names, range(8)), Fixed(world.class_names, [0])
    assert crossing(good, bad, world, FOUR_BANDS).frequency == 0
    never = crossing(bad, good, world, FOUR_BANDS)
    assert never.frequency == never.high == np.inf
    # equal everywhere: the first is at least as good
    assert crossing(good, good, world, FOUR_BANDS).frequency == 0


def test_one_class_in_a_band_has_no_interval_over_classes(world):
    few = world.select(world.labels < 3)
    counts = np.array([0, 0, 5, 5, 5, 5, 5, 5])
    found = crossing(Fixed(world.class_names, [2]), Fixed(world.class_names, [0]), few, counts)
    assert np.isnan(found.table["low"].iloc[1]) and found.table["classes"].iloc[1] == 1
    assert found.better(0) == found.better(1) == []


def test_the_figure_shows_methods_controls_and_where_they_cross(world):
    name, description = Fixed(world.class_names, [4, 6, 7]), Fixed(world.class_names, [0, 1, 2])
    methods = {"name": name, "description": description, "control: x": Fixed(world.class_names, [])}
    table = clipnb.by_name_frequency(methods, world, FOUR_BANDS)
    found = crossing(name, description, world, FOUR_BANDS)
    ax = plots.plot_name_frequency(table, found)
    colours = [bars.lines[0].get_color() for bars in ax.containers]
    assert colours == [plots.BLUE, plots.GREEN, plots.GREY]
    ticks = [label.get_text().split("\n")[0] for label in ax.get_xticklabels()]
    assert ticks == ["0", "1–30", "31–300", "301+"]
    assert [text.get_text() for text in ax.texts] == ["cross at about 32"]
    for other in (None, crossing(name, name, world, FOUR_BANDS)):  # nothing to mark
        assert not plots.plot_name_frequency(table, other).texts
    assert "name" in plots.alt_text(ax.figure)


@pytest.mark.parametrize(
    "given, message",
    [
        (None, "not known how often"),
        ([1, 2, 3], "3 frequencies for 8 classes"),
        (np.full(8, 0.5), "whole number"),
        (np.full(8, -1), "whole number"),
    ],
)
def test_frequencies_that_are_none_are_refused(world, given, message):
    with pytest.raises(ValueError, match=message):
        clipnb.by_name_frequency({"a": Fixed(world.class_names, [])}, world, given)


def test_frequencies_with_names_are_read_by_name(world):
    counts = pd.Series(FOUR_BANDS, index=world.class_names)
    methods = {"a": Fixed(world.class_names, [0, 2, 7])}
    expected = clipnb.by_name_frequency(methods, world, FOUR_BANDS)
    for given in (counts[::-1], counts[::-1].to_dict(), counts.to_numpy(), list(counts)):
        assert_frame_equal(clipnb.by_name_frequency(methods, world, given), expected)
    numbered = counts.set_axis(range(8, 0, -1))  # numbers are no names: the order counts
    assert_frame_equal(clipnb.by_name_frequency(methods, world, numbered), expected)
    parts = (world.images, world.labels, world.class_names, world.keys)
    data = clipnb.ImageDataset(*parts, name_frequency=counts[::-1], seen=counts[::-1] > 50)
    assert data.name_frequency.tolist() == FOUR_BANDS.tolist()
    assert data.seen.tolist() == [False] * 4 + [True] * 4
    with pytest.raises(ValueError, match="frequencies lacks the class 'class 3'"):
        clipnb.by_name_frequency(methods, world, counts.drop("class 3"))
    with pytest.raises(ValueError, match="frequencies holds 'class 0' twice"):
        clipnb.by_name_frequency(methods, world, pd.concat([counts, counts[:1]]))


def test_frequencies_are_kept_with_the_data_and_not_by_new_names(world):
    data = clipnb.ImageDataset(
        world.images, world.labels, world.class_names, world.keys, name_frequency=np.arange(8)
    )
    assert list(data.select([1, 5]).name_frequency) == list(range(8))
    assert data.rename({"class 1": "robin"}).name_frequency is None
    with pytest.raises(ValueError, match="name_frequency has 3 entries"):
        clipnb.ImageDataset(
            world.images,
            world.labels,
            world.class_names,
            world.keys,
            name_frequency=np.arange(3),
        )


def test_a_folder_without_a_note_of_training_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"field_guide.json is\s+missing"):
        trained_frequencies(tmp_path)


def test_model_and_images_of_two_versions_are_named(clip, monkeypatch):
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    monkeypatch.setattr(clip, "field_guide", 1)
    with pytest.warns(UserWarning, match="version 1 of the field guide, and.* version 3"):
        clip.encode_images(data)


def test_former_weights_are_known_by_their_fingerprint(tmp_path, monkeypatch):
    shutil.copytree(BUNDLED, tmp_path / "former")
    (tmp_path / "former" / TRAINED_ON).unlink(missing_ok=True)
    assert clipnb.load_clip(tmp_path / "former").field_guide is None
    signature = fingerprint.of_files(tmp_path / "former")
    monkeypatch.setitem(loading.FORMER, signature, 1)
    assert clipnb.load_clip(tmp_path / "former").field_guide == 1


def test_another_world_has_another_number():
    """Species or drawings have changed: give FIELD_GUIDE the next number, and train the model
    anew."""
    assert (FIELD_GUIDE, world_version()) == (3, "7f2495ff52ad6d95")


# --- scorecard ------------------------------------------------------------------------------------


def test_an_exam_needs_a_reason_and_is_refused_in_tests(clip, tmp_path):
    with pytest.raises(ValueError, match="say why"):
        examine(clip, tmp_path, "again")
    with pytest.raises(RuntimeError, match="exam species"):
        examine(clip, tmp_path, "the weights of version 3 are final")
    assert not (tmp_path / "exam.jsonl").exists()


def test_every_evaluation_of_the_exam_adds_a_line_to_its_log(clip, tmp_path, monkeypatch):
    """On development species, which stand for those of the exam."""
    frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    monkeypatch.setattr(scorecard, "load_fieldguide", lambda split, species: frogs)
    for reason in ("the first model that is final", "once more, since the art has changed"):
        figures = examine(clip, tmp_path, reason)
    lines = (tmp_path / "exam.jsonl").read_text("utf-8").splitlines()
    log = [json.loads(line) for line in lines]
    assert [entry["reason"][:9] for entry in log] == ["the first", "once more"]
    assert all(entry["weights"] == clip.fingerprint for entry in log)
    assert {row["method"] for row in log[0]["figures"]} >= {"name", "description"}
    assert set(figures["set"]) == {"exam species", "exam, frog"}


def test_a_table_has_sets_as_rows_and_methods_as_columns():
    rows = [
        {"split": "test", "set": where, "method": method, "images": 4, "accuracy": accuracy}
        | {"low": 0.1, "high": 0.9}
        for where, method, accuracy in (("a", "x", 0.25), ("a", "y", 0.5), ("b", "x", 0.75))
    ]
    rows.append(rows[-1] | {"set": "c", "method": "y", "accuracy": 1.0})
    assert as_markdown(pd.DataFrame(rows), "test").splitlines()[2:] == [
        "| a | 4 | 0.250 (0.100–0.900) | 0.500 (0.100–0.900) |",
        "| b | 4 | 0.750 (0.100–0.900) | – |",
        "| c | 4 | – | 1.000 (0.100–0.900) |",
    ]


def test_names_tell_something_where_they_hold_a_known_word():
    assert telling("blue tang", {"blue"}) and not telling("hoopoe", {"blue"})


def test_frequencies_with_the_names_of_the_classes_go_by_name(clip):
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    models = {"name": clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(data.class_names))}
    known = pd.Series(data.name_frequency, index=data.class_names)
    expected = clipnb.by_name_frequency(models, data)
    for given in (known, known[::-1], known[::-1].to_dict()):
        pd.testing.assert_frame_equal(clipnb.by_name_frequency(models, data, given), expected)
