"""The checks of notebook 09: each rejects the stub and plausible wrong answers, and accepts
different right ones."""

import re

import numpy as np
import pytest

import clipnb
from clipnb.checks import check_found, check_without_words
from clipnb.fieldguide import edits, scene


def words_1(descriptors, words):
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)
    return {
        name: [d for d in row if not pattern.search(d)] or list(row)
        for name, row in descriptors.items()
    }


def words_2(descriptors, words):
    result = {}
    for name, row in descriptors.items():
        kept = [d for d in row if not {w.lower() for w in words} & set(d.lower().split())]
        result[name] = kept if kept else row
    return result


def changes_in_place(descriptors, words):
    for row in descriptors.values():
        row[:] = [d for d in row if "pond" not in d.lower()] or row
    return descriptors


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda d, w: [], False, "dictionary"),
        (lambda d, w: dict(d), False, "still there"),
        (
            lambda d, w: {
                n: [x for x in r if not set(w) & set(x.split())] or r for n, r in d.items()
            },
            False,
            "capitals",
        ),
        (
            lambda d, w: {
                n: [x for x in r if not set(w) & set(x.lower().split())] for n, r in d.items()
            },
            False,
            "without a descriptor",
        ),
        (
            lambda d, w: {n: r for n, r in words_1(d, w).items() if n != "water lily"},
            False,
            "should stay",
        ),
        (
            lambda d, w: {n: [x for x in r if w[0] not in x.lower()] or r for n, r in d.items()},
            False,
            "ponderous",
        ),
        (lambda d, w: {n: r[:1] for n, r in words_1(d, w).items()}, False, "only what holds"),
        (changes_in_place, False, "changes the descriptors"),
        (lambda d, w: d[w], False, "TypeError"),
        (words_1, True, "Yes"),
        (words_2, True, "Yes"),
    ],
)
def test_without_words(function, accepted, says, capsys):
    assert check_without_words(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


@pytest.fixture(scope="module")
def beetles():
    strange = edits.invent(
        "beetle",
        seed=8,
        horn="curved",
        pattern="stripes",
        wings_colour="turquoise",
        marks_colour="magenta",
        thorax_colour="white",
        head_colour="orange",
        legs_colour="pink",
        horn_colour="red",
    )
    rng = np.random.default_rng(4)
    return [
        scene.draw(scene.compose(strange, str(rng.choice(scene.HABITATS)), rng)) for _ in range(6)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "phrases, accepted, says",
    [
        (..., False, "three dots"),
        ("a beetle", False, "list of descriptors"),
        ([], False, "list of descriptors"),
        ([7], False, "list of descriptors"),
        (["a beetle without spots"], False, "not* there"),
        (["a red bird", "yellow wings"], False, "sets them apart least"),
        (["an insect", "six legs"], False, "sets them apart least"),
        (["a turquoise beetle with magenta stripes", "pink legs", "a red horn"], True, "Yes"),
        (
            [
                "turquoise wing cases",
                "magenta stripes",
                "an orange head",
                "a white thorax",
                "pink legs",
            ],
            True,
            "Yes",
        ),
    ],
)
def test_found(clip, beetles, phrases, accepted, says, capsys):
    crowd = clipnb.load_fieldguide("test", per_species=1, kinds=["beetle", "bird", "frog"])
    assert check_found(clip, beetles, crowd.images, phrases) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def test_invented_marks_are_checked():
    with pytest.raises(ValueError, match="no mark 'beard'"):
        edits.invent("bird", beard="long")
    with pytest.raises(ValueError, match="cannot be 'enormous'"):
        edits.invent("bird", crest="enormous")
    assert edits.invent("bird", seed=2, crest="fan") == edits.invent("bird", seed=2, crest="fan")
    assert edits.invent("bird", crest_colour="red").marks["crest_colour"] == "red"
