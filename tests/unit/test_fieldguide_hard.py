"""The split ``hard``, its conditions and masks; the exam species, which no test may read."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageFilter

import clipnb
from clipnb.data import images
from clipnb.fieldguide import dataset
from clipnb.fieldguide.art import alpha, document
from clipnb.fieldguide.hard import STRENGTHS, HardScene, conditions_of, hard_scene, hidden_share
from clipnb.fieldguide.scene import draw, figure_mask, figures_svg, part_mask, species_scene
from clipnb.fieldguide.world import all_species, find_species, load_kind

NAMES = [one.name for one in all_species()]
SIZE = 160


@pytest.fixture(scope="module")
def data():
    return clipnb.load_fieldguide("hard")


@pytest.fixture(scope="module")
def table(data):
    """The conditions, but without drawing any mask."""
    plain = [replace(scene, foreground=None) for scene in data.scenes]
    return replace(data, scenes=plain).conditions()


@pytest.fixture
def final(monkeypatch):
    """As if a final model were evaluated, outside the tests. Only scenes are looked at here,
    nothing is drawn."""
    monkeypatch.setenv("CLIPNB_EXAM", "a test of load_fieldguide itself, which draws nothing")
    monkeypatch.setattr(dataset, "draw", lambda scene, size: pytest.fail("an exam image is drawn"))


def first(data, condition):
    """The first scenes for which this holds."""
    return [scene for scene in data.scenes if condition(scene)][:6]


def inner(mask, width=5):
    """A mask without its antialiased edges."""
    return np.asarray(Image.fromarray(mask).convert("L").filter(ImageFilter.MinFilter(width))) > 0


# --- images and labels ----------------------------------------------------------------------------


def test_same_index_is_the_same_image_and_another_index_another():
    assert hard_scene(17, NAMES) == hard_scene(17, NAMES)
    assert hard_scene(17, NAMES) != hard_scene(17 + len(NAMES), NAMES)
    once, again = (np.asarray(draw(hard_scene(3, NAMES), 64)) for _ in range(2))
    assert (once == again).all()


def test_twenty_images_of_every_species_and_the_label_is_the_figure_in_front(data):
    assert np.bincount(data.labels).tolist() == [20] * len(NAMES)
    assert data.class_names == NAMES and data.sources[0] == "hard/0"
    for label, scene in zip(data.labels, data.scenes):
        assert scene.individual.species == NAMES[label]
        if scene.companion is not None:
            assert scene.companion.species is None
            assert scene.companion_pose.scale <= 0.5 * scene.poses[0].scale


def test_keys_are_of_this_split_alone(data):
    others = clipnb.load_fieldguide("test").keys + clipnb.load_fieldguide("shifted").keys
    assert len(set(data.keys)) == len(data) and set(data.keys).isdisjoint(others)


def test_an_image_does_not_depend_on_what_else_is_loaded(data):
    frogs = clipnb.load_fieldguide("hard", kinds="frog", per_species=2)
    assert frogs.of_class("tree frog").keys == data.of_class("tree frog").keys[:2]


# --- conditions -----------------------------------------------------------------------------------


def test_every_condition_varies_within_its_strengths(data, table):
    share = {
        "small": (table["scale"] < 0.85).mean(),
        "turn": (table["turn"] > 14).mean(),
        "covered": np.mean([scene.foreground is not None for scene in data.scenes]),
        "dusk": (table["dusk"] > 0).mean(),
        "companion": (table["companion"] != "").mean(),
        "foreign": table["foreign"].mean(),
    }
    assert set(share) == set(STRENGTHS)
    for name, found in share.items():
        assert found == pytest.approx(STRENGTHS[name][0], abs=0.07), name
    _, least, greatest = STRENGTHS["dusk"]
    dusk = table["dusk"][table["dusk"] > 0]
    assert least <= dusk.min() < least + 0.03 and greatest - 0.03 < dusk.max() <= greatest
    assert 25 < table["turn"].max() <= STRENGTHS["turn"][2]
    assert table["scale"].min() < 0.6 and table["scale"].max() > 1.1
    assert set(table["companion"]) == {"", *(one.kind for one in all_species())}
    assert {scene.foreground.plants for scene in data.scenes if scene.foreground} == {
        "grass",
        "leaves",
    }


def test_conditions_do_not_depend_on_each_other(data, table):
    numbers = table.assign(
        hidden=[scene.foreground is not None for scene in data.scenes],
        companion=table["companion"] != "",
    ).astype(float)
    correlations = np.corrcoef(numbers.to_numpy().T) - np.eye(numbers.shape[1])
    # of 15 independent pairs on 1,840 images, one exceeds 0.08 with a probability of 0.01
    assert np.abs(correlations).max() < 0.08


def test_foreign_is_where_the_species_is_not_found(data, table):
    for scene, foreign in list(zip(data.scenes, table["foreign"]))[::11]:
        home = find_species(scene.individual.species).habitats
        assert foreign == (scene.habitat not in home)


def test_another_strength_leaves_the_other_conditions_as_they_are(monkeypatch):
    before = hard_scene(40, NAMES)
    monkeypatch.setitem(STRENGTHS, "dusk", (1.0, 0.9, 0.9))
    assert hard_scene(40, NAMES) == replace(before, dusk=0.9)


def test_conditions_of_a_split_that_is_not_hard():
    table = clipnb.load_fieldguide("shifted", kinds="frog", per_species=2).conditions()
    assert table["foreign"].all() and not table[["hidden", "dusk"]].any(axis=None)
    assert (table["companion"] == "").all() and table["scale"].between(0.8, 1.2).all()


def test_conditions_go_with_the_images(data):
    some = data.select(np.arange(0, len(data), 300))
    rows = [conditions_of(data.scenes[i], data.size) for i in range(0, len(data), 300)]
    assert some.conditions().to_dict("records") == rows
    renamed = data.rename({"tree frog": "tree-frog"}).of_class("tree-frog").select([0, 3])
    expected = data.of_class("tree frog").select([0, 3]).conditions()
    assert renamed.conditions().equals(expected) and len(expected) == 2


def test_conditions_of_no_images_has_its_columns_and_photos_have_none(data):
    none = data.select([]).conditions()
    assert none.empty and list(none) == list(images.CONDITIONS)
    assert list(conditions_of(data.scenes[0], 32)) == list(images.CONDITIONS)
    photos = images.ImageDataset([np.zeros((8, 8, 3), np.uint8)], [0], ["a"])
    with pytest.raises(ValueError, match="field guide"):
        photos.conditions()


# --- masks ----------------------------------------------------------------------------------------


def test_plants_hide_what_they_cover_of_the_figure(data):
    """The masks against the pixels: where the figure's mask is, plants change nothing."""
    for scene in first(data, lambda scene: scene.foreground is not None):
        bare = replace(scene, foreground=None)
        mask, whole = figure_mask(scene, SIZE), figure_mask(bare, SIZE)
        assert not (mask & ~whole).any()
        with_plants, without = (np.asarray(draw(one, SIZE)).astype(int) for one in (scene, bare))
        changed = np.abs(with_plants - without).max(-1) > 12
        assert not changed[inner(mask)].any()
        if (gone := inner(whole & ~mask)).any():
            assert changed[gone].mean() > 0.9
        share = 1 - mask.sum() / whole.sum()
        assert conditions_of(scene, SIZE)["hidden"] == pytest.approx(share)


def test_hidden_is_measured_and_varies(data):
    some = first(data, lambda scene: scene.foreground is not None and scene.foreground.seed % 7 < 2)
    hidden = [hidden_share(scene, SIZE) for scene in some]
    assert min(hidden) >= 0 and max(hidden) < 0.6 and len(set(hidden)) > 3
    assert hidden_share(replace(some[0], foreground=None), SIZE) == 0


def test_a_companion_changes_no_pixel_of_the_figure(data):
    """Not even one of the same kind, whose drawing has gradients and shapes of the same names."""
    same = first(data, lambda s: s.companion and s.companion.kind == s.individual.kind)
    others = first(data, lambda s: s.companion and s.companion.kind != s.individual.kind)
    assert len(same) == len(others) == 6
    for scene in same + others:
        alone = replace(scene, companion=None, companion_pose=None)
        mask = figure_mask(scene, SIZE)
        assert (mask == figure_mask(alone, SIZE)).all()
        both, one = (np.asarray(draw(x, SIZE)).astype(int) for x in (scene, alone))
        changed = np.abs(both - one).max(-1) > 2
        assert changed.any() and not changed[inner(mask, 3)].any()
        assert (alpha(document(scene.backdrop(), SIZE)) > 0)[changed].all()


@pytest.mark.slow
def test_part_masks_cover_what_is_seen_of_the_figure(data):
    """All masks together against another way to find the figure: the pixels that stay when light
    on the habitat, companion and plants changes."""
    for scene in data.scenes[::150]:
        parts = load_kind(scene.individual.kind).art.parts
        whole = np.any([part_mask(scene, part, SIZE) for part in parts], axis=0)
        figure = figure_mask(scene, SIZE)
        assert (whole ^ figure).mean() < 0.03  # seams between parts
        bright, dark = (
            replace(scene, mood=(colour, 1.0), companion=None) for colour in ("#ffffff", "#000000")
        )
        moved = np.abs(np.asarray(draw(bright, SIZE)).astype(int) - draw(dark, SIZE)).max(-1) > 25
        assert moved[inner(whole)].mean() < 0.02, scene.individual.species


def test_part_masks_leave_out_what_plants_cover(data):
    for scene in first(data, lambda scene: scene.foreground is not None):
        cover = alpha(document(scene.cover(), SIZE)) > 0.99
        for part in load_kind(scene.individual.kind).art.parts[:4]:
            assert not (part_mask(scene, part, SIZE) & cover).any()
    assert data.mask(0, load_kind("bird").art.parts[0]).shape == (224, 224)


def test_dusk_makes_everything_darker_and_nothing_hidden(data):
    for scene in first(data, lambda scene: scene.dusk > 0.15):
        day = replace(scene, dusk=0.0)
        assert (figure_mask(scene, SIZE) == figure_mask(day, SIZE)).all()
        night, light = (np.asarray(draw(one, SIZE)).astype(float) for one in (scene, day))
        assert night.mean() < 0.95 * light.mean() and night.std() < light.std()


# --- other splits ---------------------------------------------------------------------------------


def test_scenes_of_the_other_splits_are_written_as_before():
    """Keys of embeddings that were kept go by it."""
    scene = species_scene("test", 5, NAMES)
    assert not isinstance(scene, HardScene) and repr(scene).startswith("Scene(individual=")
    assert scene.backdrop() == scene.cover() == scene.veil() == ""
    as_hard = HardScene(scene.individual, scene.habitat, scene.poses, scene.mood, scene.mirrored)
    assert (np.asarray(draw(as_hard, 64)) == np.asarray(draw(scene, 64))).all()


# --- exam -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [None, " "])
def test_tests_do_not_read_the_exam(reason, monkeypatch):
    monkeypatch.delenv("CLIPNB_EXAM", raising=False)
    if reason:
        monkeypatch.setenv("CLIPNB_EXAM", reason)
    for split in ("test", "hard"):
        with pytest.raises(RuntimeError, match="CLIPNB_EXAM"):
            clipnb.load_fieldguide(split, species="exam")


@pytest.mark.parametrize("split", ["test", "shifted", "hard"])
def test_exam_images_are_of_sixteen_species_among_all_names(split, final):
    exam = clipnb.load_fieldguide(split, species="exam", per_species=2)
    species = [one.name for one in all_species(exam=True)]
    assert exam.class_names == NAMES + species and len(exam) == 2 * len(species) == 32
    assert [exam.class_names[label] for label in exam.labels] == list(np.repeat(species, 2))
    assert not exam.seen[exam.labels].any() and exam.seen.sum() == 60
    assert [scene.individual.species for scene in exam.scenes] == list(np.repeat(species, 2))
    usual = clipnb.load_fieldguide(split)
    assert not set(exam.keys) & set(usual.keys) and not set(exam.sources) & set(usual.sources)
    assert not {pose.x for scene in exam.scenes for pose in scene.poses} & {
        pose.x for scene in usual.scenes for pose in scene.poses
    }


def test_exam_of_one_kind(final):
    frogs = clipnb.load_fieldguide(kinds="frog", species="exam", per_species=1)
    known = [one.name for one in load_kind("frog").species]
    assert frogs.class_names[: len(known)] == known and frogs.labels.tolist() == [
        len(known),
        len(known) + 1,
    ]


def test_without_asking_there_is_no_exam_species():
    exam = {one.name for one in all_species(exam=True)}
    for split in ("train", "test", "shifted", "hard"):
        assert exam.isdisjoint(clipnb.load_fieldguide(split, per_species=1).class_names)


def test_a_wrong_set_of_species_is_named(final):
    with pytest.raises(ValueError, match="examen"):
        clipnb.load_fieldguide(species="examen")
    with pytest.raises(ValueError, match="train"):
        clipnb.load_fieldguide("train", species="exam")
    with pytest.raises(ValueError, match="hard"):
        clipnb.load_fieldguide("harder")
