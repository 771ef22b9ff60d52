"""Which texts to begin with work on which images, and what texts without meaning reach."""

import numpy as np

import clipnb
from clipnb.widgets.wall.starters import (
    NONSENSE,
    RULES,
    STARTERS,
    failure,
    nonsense,
    species_of,
    working,
)
from clipnb.widgets.wall.state import Wall


def test_a_text_works_if_the_best_images_show_what_it_says():
    assert failure("a green frog", ["tree frog", "northern cardinal", "wood frog"]) == ""
    assert failure("a green frog", ["northern cardinal", "tree frog"]) == "fails"
    assert failure("a green frog", ["northern cardinal", "monarch"]) == "no image shows it"
    # the first shows it, the next two do not, and others would
    blue = ["blue jay", "monarch", "fly agaric", "common kingfisher", "blue morpho"]
    assert failure("something blue", blue) == "fails"
    assert failure("something blue", [blue[0], blue[3], blue[1], blue[4]]) == ""
    for name in ("a class of another data set", None):
        assert failure("a green frog", [name, "tree frog"]) == ""
    assert failure("a text without a rule", ["tree frog"]) == ""
    assert species_of("tree frog").kind == "frog" and species_of(None) is None


def test_every_rule_but_one_fits_a_species_and_no_rule_fits_all():
    every = clipnb.load_fieldguide("test", per_species=1).class_names
    for text, fits in RULES.items():
        count = sum(fits(species_of(name)) for name in every)
        assert count < len(every) / 2
        assert (count == 0) == ("quetzal" in text), text


def test_those_that_work_come_first():
    fails = {"b": "fails", "d": "fails"}.get
    why = lambda text: fails(text, "")
    assert working("abcde", 3, why) == ["a", "c", "e"]
    assert working("abcde", 4, why) == ["a", "c", "e", "b"]


def test_the_failures_are_those_of_this_model_on_these_images(clip):
    data = clipnb.load_fieldguide("test", per_species=1)
    state = Wall(clip, data)
    names = [data.class_names[label] for label in data.labels]
    said = state.failures()
    assert set(said) <= set(STARTERS) and said["a photo of a resplendent quetzal"]
    for text in STARTERS:
        state.act({"do": "write", "text": text})
        best = species_of(names[state.ranking()[0]])
        assert RULES[text](best) or text in said
    photos = Wall(clip, [data.images[0], data.images[1]], STARTERS)
    assert photos.failures() == {}
    assert Wall(clip, data, ["", " "]).failures() == {}


def test_the_range_of_texts_without_meaning(clip):
    texts = nonsense()
    assert texts == nonsense() and len(set(texts)) == NONSENSE
    data = clipnb.load_fieldguide("test", kinds="frog", per_species=1)
    best = (clip.encode_texts(texts) @ clip.encode_images(data).T).numpy().max(1)
    assert np.allclose(Wall(clip, data).nonsense, [best.min(), best.max()], atol=1e-5)
