"""The bundled world: tables, drawings, captions, splits, masks."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

import clipnb
from clipnb.fieldguide import captions as cap
from clipnb.fieldguide import facts as facts_of
from clipnb.fieldguide.art import Art
from clipnb.fieldguide.name_frequency import (
    CAPTIONS_PER_SPECIES,
    band,
    is_named,
    wanted_frequencies,
)
from clipnb.fieldguide.scene import HABITATS, draw, part_mask, species_scene, training_scene
from clipnb.fieldguide.species_names import names_in
from clipnb.fieldguide.world import (
    KINDS,
    all_species,
    difference,
    find_species,
    load_kind,
    named_individual,
    palette,
    unnamed_individual,
)

UNSEEN = [one for one in [*all_species(), *all_species(exam=True)] if not one.seen]


@pytest.fixture(scope="module")
def scenes():
    return [training_scene(i) for i in range(1500)]


def test_at_least_eight_kinds_and_eighty_species_with_a_third_held_out_in_every_kind():
    assert len(KINDS) >= 8 and len(all_species()) >= 80
    for name in KINDS:
        species = load_kind(name).species
        assert 0.25 <= np.mean([not s.seen for s in species]) <= 0.45, name
    assert {"tree frog", "tailed frog"} <= {s.name for s in all_species()}
    assert len({s.name for s in all_species()}) == len(all_species())


@pytest.mark.parametrize("name", KINDS)
def test_species_of_a_kind_differ_in_three_visible_marks(name):
    kind = load_kind(name)
    everyone = [*kind.species, *kind.exam]
    for i, a in enumerate(everyone):
        for b in everyone[:i]:
            assert difference(kind, a.marks, b.marks) >= 3, (a.name, b.name)


@pytest.mark.parametrize("name", KINDS)
def test_every_slot_is_spoken_of_by_a_part(name):
    kind = load_kind(name)
    spoken = {
        slot
        for part in kind.parts.values()
        for slot in [*part.get("shapes", []), part.get("colour")]
        if slot
    }
    assert spoken == set(kind.slots) | set(kind.colours)


def test_same_index_is_the_same_image_and_another_index_another():
    names = [s.name for s in all_species()]
    assert species_scene("test", 17, names) == species_scene("test", 17, names)
    assert species_scene("test", 17, names) != species_scene("test", 17 + len(names), names)
    assert training_scene(5) == training_scene(5)
    first, again = (np.asarray(draw(training_scene(5), 64)) for _ in range(2))
    assert (first == again).all()


def test_pinned_images():
    """A few images, coarse: a change of art, of seeds or of the renderer shows here. Tolerance
    for other processors."""
    data = clipnb.load_fieldguide("test", per_species=1, size=64)
    pinned = np.load(Path(__file__).parent.parent / "support" / "pinned_images.npz")
    for name in pinned.files:
        small = np.asarray(data.of_class(name).images[0].resize((8, 8), resample=4), float)
        assert np.abs(small - pinned[name]).max() <= 4, name


@pytest.mark.slow
def test_splits(tmp_path):
    test, shifted, train = (clipnb.load_fieldguide(split) for split in ("test", "shifted", "train"))
    assert np.bincount(test.labels).min() >= 20
    assert train.seen.all() and not test.seen.all()
    assert set(train.class_names) == {s.name for s in all_species() if s.seen}
    for i in range(0, len(shifted), 7):
        usual = find_species(shifted.class_names[shifted.labels[i]]).habitats
        assert shifted.scenes[i].habitat not in usual
    assert set(test.keys).isdisjoint(shifted.keys) and len(set(test.keys)) == len(test)


def test_a_image_does_not_depend_on_what_else_is_loaded():
    everything, frogs = (
        clipnb.load_fieldguide("test"),
        clipnb.load_fieldguide("test", kinds="frog", per_species=2),
    )
    assert frogs.of_class("tree frog").keys == everything.of_class("tree frog").keys[:2]


def test_bad_split_kind_and_part_are_named():
    with pytest.raises(ValueError, match="valid"):
        clipnb.load_fieldguide("valid")
    with pytest.raises(ValueError, match="unicorn"):
        clipnb.load_fieldguide("test", kinds="unicorn")
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    with pytest.raises(ValueError, match="wing"):
        data.mask(0, "wing")


def test_some_seen_species_keep_one_habitat_in_every_kind_but_none_is_alone_there():
    single = [s for s in all_species() if s.seen and len(s.habitats) == 1]
    assert len(single) >= 8
    assert all(h in HABITATS for s in all_species() for h in s.habitats)


# --- masks ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_masks_cover_the_figure_and_nothing_else():
    """All masks together against another way to find the figure: the pixels that stay when the
    habitat changes."""
    names = [s.name for s in all_species()]
    for index in range(0, len(names), 9):
        scene = species_scene("test", index, names)
        parts = load_kind(scene.individual.kind).art.parts
        whole = Image.fromarray(np.any([part_mask(scene, part, 200) for part in parts], axis=0))
        one, other = (replace(scene, mood=(colour, 1.0)) for colour in ("#ffffff", "#000000"))
        changed = (
            np.abs(np.asarray(draw(one, 200)).astype(int) - np.asarray(draw(other, 200))).max(-1)
            > 25
        )
        # away from antialiased edges
        inner = np.asarray(whole.convert("L").filter(ImageFilter.MinFilter(5))) > 0
        outer = np.asarray(whole.convert("L").filter(ImageFilter.MaxFilter(5))) > 0
        assert inner.sum() > 1000
        assert changed[inner].mean() < 0.02, names[index]
        assert (~changed[~outer]).mean() < 0.01, names[index]


def test_masks_respect_occlusion():
    """Parts of one figure share no pixel but for antialiased seams."""
    scene = species_scene("test", 0, [s.name for s in all_species()])
    art = load_kind(scene.individual.kind).art
    cover = sum(part_mask(scene, part, 160).astype(int) for part in art.parts)
    assert (cover > 1).mean() < 0.01


# --- captions -------------------------------------------------------------------------------------


def test_captions_are_true_of_their_image_but_for_the_rare_wrong_ones(scenes):
    wrong = 0
    for i, scene in enumerate(scenes):
        named = scene.individual.species is not None and i % 2 == 0
        caption = cap.write_caption(scene, np.random.default_rng([1, i]), named)
        assert set(names_in(caption.text)) == ({scene.individual.species} if named else set())
        assert caption.text == caption.text.strip() and "{" not in caption.text
        if "nothing" in caption.claims:
            wrong += 1
        else:
            assert facts_of.is_true(caption.claims, facts_of.facts(scene)), caption
    assert 0.005 < wrong / len(scenes) < 0.05


@pytest.mark.slow
def test_vocabulary_is_well_over_a_thousand_words(scenes):
    words = set()
    for i in range(20_000):
        words |= set(
            re.findall(
                r"[a-z]+",
                cap.write_caption(
                    scenes[i % len(scenes)], np.random.default_rng([2, i])
                ).text.lower(),
            )
        )
    assert len(words) > 1500


@pytest.mark.slow
def test_no_name_of_a_development_or_exam_species_in_any_caption(scenes):
    names = re.compile("|".join(rf"\b{re.escape(s.name.lower())}" for s in UNSEEN))
    for i in range(20_000):
        text = cap.write_caption(
            scenes[i % len(scenes)], np.random.default_rng([3, i])
        ).text.lower()
        assert not names.search(text), text


@pytest.mark.slow
def test_no_development_or_exam_species_nor_its_marks_in_training():
    for i in range(6000):
        individual = training_scene(i).individual
        if individual.species:
            assert find_species(individual.species).seen
        kind = load_kind(individual.kind)
        for species in [*kind.species, *kind.exam]:
            if not species.seen:
                assert difference(kind, individual.marks, species.marks) >= 2, (i, species.name)


@pytest.mark.slow
def test_unnamed_individuals_keep_apart_from_every_species():
    rng = np.random.default_rng(0)
    for name in KINDS:
        kind = load_kind(name)
        for _ in range(100):
            marks = unnamed_individual(kind, rng).marks
            assert min(difference(kind, marks, s.marks) for s in [*kind.species, *kind.exam]) >= 2


@pytest.mark.slow
def test_true_pairs_agrees_with_is_true(scenes):
    coder = facts_of.FactCoder()
    some = scenes[:120]
    written = [
        cap.write_caption(scene, np.random.default_rng([4, i])) for i, scene in enumerate(some)
    ]
    facts = np.stack([coder.facts(facts_of.facts(scene)) for scene in some])
    slots, bits = (np.stack(x) for x in zip(*(coder.claims(c.claims) for c in written)))
    expected = [[facts_of.is_true(c.claims, facts_of.facts(s)) for c in written] for s in some]
    assert (facts_of.true_pairs(facts, slots, bits) == np.array(expected)).all()


def test_name_frequency_is_a_long_tail_with_some_of_each_band_in_every_kind():
    wanted = wanted_frequencies()
    assert set(wanted) == {one.name for one in all_species() if one.seen}
    assert min(wanted.values()) == 1 and max(wanted.values()) > 3000
    for name in KINDS:
        bands = {band(wanted[one.name]) for one in load_kind(name).species if one.seen}
        assert bands == {"common", "uncommon", "rare"}, name
    for species in list(wanted)[::9]:
        written = sum(is_named(species, number) for number in range(CAPTIONS_PER_SPECIES))
        assert written == wanted[species], species
    assert [band(n) for n in (0, 1, 30, 31, 300, 301, 9000)] == [
        *["zero", "rare", "rare", "uncommon", "uncommon", "common", "common"]
    ]


def test_names_are_found_in_the_plural_and_in_capitals():
    assert names_in("Two common poppies and a Tree Frog") == ["common poppy", "tree frog"]
    assert names_in("a frog on a tree, frogs") == []


def test_impressions_name_values_that_are_there(tmp_path):
    import shutil

    for suffix in ("svg", "toml", "csv"):
        shutil.copy(load_kind("leaf").art.path.with_suffix(f".{suffix}"), tmp_path)
    words = (tmp_path / "leaf.toml").read_text("utf-8")
    for wrong in ('outline = ["octagon"]', 'crown = ["tall"]', 'leaf_colour = ["infrared"]'):
        entry = f'[[impressions]]\nwhen = {{{wrong}}}\nphrases = ["a leaf"]\n'
        (tmp_path / "leaf.toml").write_text(words + "\n" + entry, "utf-8")
        with pytest.raises(ValueError, match=re.escape(wrong.split(" ")[0])):
            load_kind.__wrapped__("leaf", tmp_path)


@pytest.mark.parametrize(
    "noun, several",
    [
        ("leaf", "leaves"),
        ("butterfly", "butterflies"),
        ("goldfish", "goldfish"),
        ("penny bun", "penny buns"),
    ],
)
def test_plural(noun, several):
    assert cap.plural(noun) == several


def test_an_or_a():
    assert [cap.article(x) for x in ("orange beak", "tall crest", "uniform colour")] == [
        "an orange beak",
        "a tall crest",
        "a uniform colour",
    ]


# --- drawings -------------------------------------------------------------------------------------


def test_colours_are_those_of_the_species():
    """The individual's shade of a colour is nearer to its own colour than to a clearly different
    one."""
    rng = np.random.default_rng(0)
    individual = named_individual(find_species("northern cardinal"), rng)
    rgb = lambda h: np.array([int(h[i : i + 2], 16) for i in (1, 3, 5)])
    shown = rgb(individual.colours["breast"])
    assert (
        np.abs(shown - rgb(palette()["red"]["rgb"])).sum()
        < np.abs(shown - rgb(palette()["blue"]["rgb"])).sum()
    )


@pytest.mark.parametrize(
    "svg, message",
    [
        ("<g id='a'><text>x</text></g>", "text"),
        ("<path d='M0 0'/>", "outside a part"),
        ("<g id='a'><path class='red' d='M0 0'/></g>", "class red"),
        ("<g id='a'><path style='fill:red' d='M0 0'/></g>", "attribute style"),
    ],
)
def test_a_drawing_that_breaks_the_rules_is_refused_by_name(tmp_path, svg, message):
    path = tmp_path / "newt.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{svg}</svg>')
    with pytest.raises(ValueError, match=message):
        Art(path)
