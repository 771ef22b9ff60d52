"""The exercise checks: each rejects the stub and plausible wrong answers, and accepts different
right ones."""

import re

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize

import clipnb
from clipnb.checks import (
    check_best_class,
    check_choice,
    check_class_embedding,
    check_collapse,
    check_description,
    check_filter,
    check_integrated_gradients,
    check_margin_shares,
    check_pooling,
    check_prompts,
)
from clipnb.checks.choices import QUESTIONS


@pytest.mark.parametrize(
    "answer, accepted, says",
    [
        (..., False, "three dots"),
        ("other", False, "ten equal"),
        ("Depends", False, "sum"),
        ("both", False, "not one of"),
        (7, False, "not one of"),
        ("same", True, "Yes"),
        (" Same ", True, "Yes"),
    ],
)
def test_choice(answer, accepted, says, capsys):
    assert check_choice("04.2", answer) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def best_by(score):
    return lambda cosines: max(cosines, key=lambda name: score(cosines[name]))


def ranked(cosines):
    return sorted((-np.mean(values), name) for name, values in cosines.items())[0][1]


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (best_by(sum), False, "added the cosines up"),
        (best_by(max), False, "one cosine of each class"),
        (best_by(lambda values: values[-1]), False, "one cosine of each class"),
        (best_by(min), False, "minima or medians"),
        (best_by(np.median), False, "minima or medians"),
        (best_by(lambda values: -np.mean(values)), False, "lowest mean"),
        (best_by(lambda values: values[0]), False, "first cosine"),
        (best_by(len), False, "most descriptors"),
        (lambda cosines: "wren", False, "it should be 'robin'"),
        (lambda cosines: max(map(np.mean, cosines.values())), False, "name of a class"),
        (lambda cosines: cosines["kingfisher"], False, "KeyError"),
        (best_by(np.mean), True, "Yes"),
        (ranked, True, "Yes"),
    ],
)
def test_best_class(function, accepted, says, capsys):
    assert check_best_class(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


@pytest.mark.parametrize("exercise", QUESTIONS)
def test_every_question_rejects_its_wrong_answers_with_feedback_of_their_own(exercise, capsys):
    right, wrong = QUESTIONS[exercise]
    assert (
        len(wrong) >= 2 and len(set(wrong.values())) == len(wrong) and check_choice(exercise, right)
    )
    for answer, hint in wrong.items():
        # however it is wrapped
        assert not check_choice(exercise, answer) and hint in " ".join(
            capsys.readouterr().out.split()
        )


def right_1(image, texts):
    return (torch.nn.functional.normalize(texts, dim=1) @ image).mean()


def right_2(image, texts):
    return sum(torch.cosine_similarity(image, s, dim=0).item() for s in texts) / len(texts)


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda i, s: (s @ i).mean(), False, "without dividing"),
        (lambda i, s: torch.cosine_similarity(i, s.mean(0), dim=0), False, "raw_mean"),
        (
            lambda i, s: torch.cosine_similarity(
                i, torch.nn.functional.normalize(s, dim=1).mean(0), dim=0
            ),
            False,
            "centroid",
        ),
        (lambda i, s: torch.cosine_similarity(i[None], s).max(), False, "max"),
        (lambda i, s: torch.cosine_similarity(i[None], s).sum(), False, "divide"),
        (lambda i, s: torch.cosine_similarity(i[None], s), False, "one number"),
        (lambda i, s: s @ s, False, "RuntimeError"),
        (lambda i, s: 0.5, False, "should be"),
        (right_1, True, "Yes"),
        (right_2, True, "Yes"),
    ],
)
def test_pooling(function, accepted, says, capsys):
    assert check_pooling(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


PANTHER_1 = [
    "brown cap with white warts",
    "a brown cap dotted with small white flakes",
    "white gills",
    "white stem with a ring",
    "ridged rings at the base of the stem",
]
PANTHER_2 = [
    "a brown cap with white flakes",
    "a skirt on the stem",
    "a white stem",
]


@pytest.mark.parametrize(
    "descriptors, accepted, says",
    [
        (..., False, "three dots"),
        ([], False, "panther cap"),
        ("brown", False, "give a list"),
        (["panther cap with warts"], False, "Leave the name"),
        (["a red cap", "white warts"], False, "asked"),
        (["blue feathers"], False, "asked"),
        (["a yellow funnel"], False, "asked"),
        (PANTHER_1, True, "other images: recall"),
        (PANTHER_2, True, "other images: recall"),
    ],
)
def test_description(clip, descriptors, accepted, says, capsys):
    mushrooms = clipnb.load_fieldguide("shifted", kinds="mushroom")
    assert check_description(clip, mushrooms, "panther cap", descriptors, goal=0.7) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def embedding_1(texts):
    mean = normalize(texts, dim=1).mean(0)
    return mean / mean.norm()


def embedding_2(texts):
    # the sum has the mean's direction
    return normalize(sum(s / s.square().sum().sqrt() for s in texts), dim=0).numpy()


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda s: normalize(s.mean(0), dim=0), False, "raw_mean"),
        (lambda s: normalize(s, dim=1).mean(0), False, "once more"),
        (lambda s: s.mean(0), False, "raw embeddings"),
        (lambda s: normalize(s, dim=1).sum(0), False, "added"),
        (lambda s: normalize(s, dim=1), False, "(5, 8)"),
        (lambda s: normalize(s, dim=0).mean(0), False, "not the centroid"),
        (lambda s: s @ s, False, "RuntimeError"),
        (embedding_1, True, "Yes"),
        (embedding_2, True, "Yes"),
    ],
)
def test_class_embedding(function, accepted, says, capsys):
    assert check_class_embedding(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def words(pattern):
    return lambda text: not re.search(pattern, text, re.I)


TOPICS = "species|eats?|call|native|poisonous|smell"


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda s: True, False, "You keep 'There are more than"),
        (lambda s: False, False, "You drop 'It has bright"),
        (words(TOPICS), False, "whole words"),  # "feathers" holds "eat"
        (words(r"\b(species|eats|call|native)\b"), False, "You keep 'This mushroom"),
        (lambda s: len(s) < 45, False, "of 12 right"),
        (lambda s: s.eats, False, "AttributeError"),
        (words(rf"\b({TOPICS})\b"), True, "Yes"),
        (
            lambda s: (
                s in clipnb.check_descriptors({"a frog": [s]}, own_name="keep").get("a frog", [])
            ),
            True,
            "Yes",
        ),
    ],
)
def test_filter(function, accepted, says, capsys):
    assert check_filter(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


INK_CAP_1 = [
    "a tall white mushroom",
    "a white mushroom with brown scales",
    "a mushroom with a long narrow cap",
]
INK_CAP_2 = [
    "a mushroom with a white bell-shaped cap",
    "a mushroom with a white scaly cap",
    "a white stem",
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "texts, accepted, says",
    [
        (..., False, "three dots"),
        ([], False, "no prompt"),
        ("black", False, "one string"),
        (INK_CAP_1[:2], False, "at least three"),
        (["It smells of anise.", *INK_CAP_1], False, "a smell"),
        (INK_CAP_1[:1] * 3, False, "a duplicate"),
        (
            ["a penny bun", "a photo of a penny bun", "a drawing of a penny bun"],
            False,
            "mistake is",
        ),
        (["a mushroom", "a mushroom with a cap", "a mushroom with a stem"], False, "✘"),
        (["a red mushroom", "a blue mushroom", "a green mushroom"], False, "mistake is"),
        (INK_CAP_1, True, "recognise"),
        (INK_CAP_2, True, "recognise"),
    ],
)
def test_prompts(clip, texts, accepted, says, capsys):
    mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=10)
    assert check_prompts(clip, mushrooms, "shaggy ink cap", texts, baseline=0.8) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def test_prompts_that_fit_everything_are_refused(clip, capsys):
    """Recognised by exclusion, or at the cost of the others: whatever the model, a floor of 0 %
    leaves these two to be found."""
    mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=10)
    fits_another = ["a red mushroom", "a blue mushroom", "a green mushroom"]
    assert not check_prompts(clip, mushrooms, "shaggy ink cap", fits_another, baseline=0.0)
    assert "by exclusion" in " ".join(capsys.readouterr().out.split())  # however it is wrapped


# --- notebook 12 ----------------------------------------------------------------------------------


def rows_by_loop(texts, groups, classes):
    return torch.stack([texts[groups == c].mean(0) for c in range(classes)])


def rows_by_index(texts, groups, classes):
    rows = torch.zeros(classes, texts.shape[1]).index_add_(0, groups, texts)
    return rows / torch.bincount(groups, minlength=classes)[:, None]


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda s, g, n: torch.stack([s[g == c].sum(0) for c in range(n)]), False, "sum"),
        (lambda s, g, n: normalize(rows_by_loop(s, g, n), dim=1), False, "centroid"),
        (lambda s, g, n: s.view(n, -1, s.shape[1]).mean(1), False, "stopped"),
        (lambda s, g, n: s, False, "one row per class"),
        (lambda s, g, n: s[: 2 * n].view(n, 2, -1).mean(1), False, "groups == c"),
        (rows_by_loop, True, "Yes"),
        (rows_by_index, True, "Yes"),
    ],
)
def test_collapse(function, accepted, says, capsys):
    assert check_collapse(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


# --- notebook 07 ----------------------------------------------------------------------------------


def path_gradients(slope, x, baseline, steps, ends=0.5):
    alphas = (np.arange(steps) + ends) / steps
    return np.array([slope(baseline + alpha * (x - baseline)) for alpha in alphas])


def integrated_in_a_loop(slope, x, baseline, steps):
    total = np.zeros(len(x))
    for k in range(1, steps + 1):
        total += slope(baseline + k / steps * (x - baseline)) / steps
    return total * (x - baseline)


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda slope, x, b, n: x * path_gradients(slope, x, b, n).mean(0), False, "x - baseline"),
        (lambda slope, x, b, n: path_gradients(slope, x, b, n).mean(0), False, "mean gradient"),
        (lambda slope, x, b, n: (x - b) * slope(x), False, "end of the path only"),
        (
            lambda slope, x, b, n: (x - b) * path_gradients(slope, x, b, n).sum(0),
            False,
            "mean, or the answer grows",
        ),
        (
            lambda slope, x, b, n: x * path_gradients(slope, x, 0 * b, n).mean(0),
            False,
            "begins at 0",
        ),
        (
            lambda slope, x, b, n: (b - x) * path_gradients(slope, x, b, n).mean(0),
            False,
            "sign is reversed",
        ),
        (
            lambda slope, x, b, n: ((x - b) * path_gradients(slope, x, b, n).mean(0)).sum(),
            False,
            "shape",
        ),
        (lambda slope, x, b, n: slope(x, b), False, "TypeError"),
        (lambda slope, x, b, n: (x - b) * path_gradients(slope, x, b, n).mean(0), True, "Yes"),
        (integrated_in_a_loop, True, "Yes"),
    ],
)
def test_integrated_gradients(function, accepted, says, capsys):
    assert check_integrated_gradients(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


def from_the_midpoint(this, that):
    middle = (this.mean() + that.mean()) / 2
    return [(c - middle) / len(this) for c in this] + [(middle - c) / len(that) for c in that]


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda a, b: np.concatenate([a, -b]), False, "number of its own descriptors"),
        (lambda a, b: np.concatenate([a, -b]) / (len(a) + len(b)), False, "own mean"),
        (lambda a, b: np.concatenate([a / len(a), b / len(b)]), False, "sign is minus"),
        (lambda a, b: np.concatenate([-a / len(a), b / len(b)]), False, "sign is reversed"),
        (
            lambda a, b: np.concatenate([(a - a.mean()) / len(a), (b.mean() - b) / len(b)]),
            False,
            "add up to 0",
        ),
        (lambda a, b: np.concatenate([a / len(a), -b / len(a)]), False, "number 4 of"),
        (lambda a, b: a.mean() - b.mean(), False, "shape"),
        (lambda a, b: a - b, False, "ValueError"),
        (lambda a, b: np.concatenate([a / len(a), -b / len(b)]), True, "Yes"),
        (from_the_midpoint, True, "Yes"),
    ],
)
def test_margin_shares(function, accepted, says, capsys):
    assert check_margin_shares(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped
