"""The exercise checks: each rejects the stub and plausible wrong answers, and accepts different right ones."""

import random
import re

import numpy as np
import pytest
import torch
from scipy import stats
from torch.nn.functional import normalize

import clipnb
from clipnb.checks import (
    check_calibration_error,
    check_choice,
    check_class_vector,
    check_collapse,
    check_control,
    check_description,
    check_filter,
    check_mcnemar,
    check_pooling,
    check_prompts,
    check_templates,
    check_zero_shot,
)
from clipnb.checks.choices import QUESTIONS


@pytest.mark.parametrize("answer, accepted, says", [
    (..., False, "three dots"), ("other", False, "ten equal"), ("Depends", False, "sum"), ("both", False, "not one of"), (7, False, "not one of"),
    ("same", True, "Yes"), (" Same ", True, "Yes"),
])  # fmt: skip
def test_choice(answer, accepted, says, capsys):
    assert check_choice("06.1", answer) is accepted
    assert says in capsys.readouterr().out


@pytest.mark.parametrize("exercise", QUESTIONS)
def test_every_question_rejects_its_wrong_answers_with_feedback_of_their_own(exercise, capsys):
    right, wrong = QUESTIONS[exercise]
    assert len(wrong) >= 2 and len(set(wrong.values())) == len(wrong) and check_choice(exercise, right)
    for answer, hint in wrong.items():
        assert not check_choice(exercise, answer) and hint in capsys.readouterr().out


def right_1(image, sentences):
    return (torch.nn.functional.normalize(sentences, dim=1) @ image).mean()


def right_2(image, sentences):
    return sum(torch.cosine_similarity(image, s, dim=0).item() for s in sentences) / len(sentences)


@pytest.mark.parametrize("function, accepted, says", [
    (..., False, "three dots"),
    (lambda i, s: (s @ i).mean(), False, "without dividing"),
    (lambda i, s: torch.cosine_similarity(i, s.mean(0), dim=0), False, "raw_mean"),
    (lambda i, s: torch.cosine_similarity(i, torch.nn.functional.normalize(s, dim=1).mean(0), dim=0), False, "centroid"),
    (lambda i, s: torch.cosine_similarity(i[None], s).max(), False, "max"),
    (lambda i, s: torch.cosine_similarity(i[None], s).sum(), False, "divide"),
    (lambda i, s: torch.cosine_similarity(i[None], s), False, "one number"),
    (lambda i, s: s @ s, False, "RuntimeError"),
    (lambda i, s: 0.5, False, "should be"),
    (right_1, True, "Yes"), (right_2, True, "Yes"),
])  # fmt: skip
def test_pooling(function, accepted, says, capsys):
    assert check_pooling(function) is accepted
    assert says in capsys.readouterr().out


PANTHER_1 = ["brown cap with white warts", "a brown cap dotted with small white flakes", "white gills", "white stem with a ring", "ridged rings at the base of the stem"]
PANTHER_2 = ["dark brown dome", "white spots on a brown cap", "a hanging white skirt on the stem", "lined edge of the cap"]


@pytest.mark.parametrize("descriptors, accepted, says", [
    (..., False, "three dots"), ([], False, "panther cap"), ("brown", False, "not a list"), (["panther cap with warts"], False, "Leave the name"),
    (["a red cap", "white warts"], False, "mistake is"), (["blue feathers"], False, "mistake is"), (["a yellow funnel"], False, "mistake is"),
    (PANTHER_1, True, "recognises"), (PANTHER_2, True, "recognises"),
])  # fmt: skip
def test_description(clip, descriptors, accepted, says, capsys):
    mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=10)
    assert check_description(clip, mushrooms, "panther cap", descriptors, baseline=0.8) is accepted
    assert says in capsys.readouterr().out


def vector_1(sentences):
    mean = normalize(sentences, dim=1).mean(0)
    return mean / mean.norm()


def vector_2(sentences):
    return normalize(sum(s / s.square().sum().sqrt() for s in sentences), dim=0).numpy()  # the sum has the mean's direction


@pytest.mark.parametrize("function, accepted, says", [
    (..., False, "three dots"),
    (lambda s: normalize(s.mean(0), dim=0), False, "raw_mean"),
    (lambda s: normalize(s, dim=1).mean(0), False, "once more"),
    (lambda s: s.mean(0), False, "raw vectors"),
    (lambda s: normalize(s, dim=1).sum(0), False, "added"),
    (lambda s: normalize(s, dim=1), False, "(5, 8)"),
    (lambda s: normalize(s, dim=0).mean(0), False, "not the centroid"),
    (lambda s: s @ s, False, "RuntimeError"),
    (vector_1, True, "Yes"), (vector_2, True, "Yes"),
])  # fmt: skip
def test_class_vector(function, accepted, says, capsys):
    assert check_class_vector(function) is accepted
    assert says in capsys.readouterr().out


def words(pattern):
    return lambda sentence: not re.search(pattern, sentence, re.I)


TOPICS = "species|eats?|call|native|poisonous|smell"


@pytest.mark.parametrize("function, accepted, says", [
    (..., False, "three dots"),
    (lambda s: True, False, "You keep 'There are more than"),
    (lambda s: False, False, "You drop 'It has bright"),
    (words(TOPICS), False, "whole words"),  # "feathers" holds "eat"
    (words(r"\b(species|eats|call|native)\b"), False, "You keep 'This mushroom"),
    (lambda s: len(s) < 45, False, "of 12 right"),
    (lambda s: s.eats, False, "AttributeError"),
    (words(rf"\b({TOPICS})\b"), True, "Yes"),
    (lambda s: s in clipnb.check_descriptors({"a frog": [s]}, own_name="keep").get("a frog", []), True, "Yes"),
])  # fmt: skip
def test_filter(function, accepted, says, capsys):
    assert check_filter(function) is accepted
    assert says in capsys.readouterr().out


INK_CAP_1 = ["a tall white mushroom", "a white mushroom with brown scales", "a mushroom with a long narrow cap"]
INK_CAP_2 = ["a mushroom with a white bell-shaped cap", "a mushroom with a white scaly cap", "a white stem"]


@pytest.mark.parametrize("sentences, accepted, says", [
    (..., False, "three dots"), ([], False, "no sentence"), ("black", False, "one string"), (INK_CAP_1[:2], False, "at least three"),
    (["It smells of anise.", *INK_CAP_1], False, "a smell"), (INK_CAP_1[:1] * 3, False, "a duplicate"),
    (["a shaggy ink cap", "a photo of a shaggy ink cap", "a drawing of a shaggy ink cap"], False, "mistake is"),
    (["a mushroom", "a mushroom with a cap", "a mushroom with a stem"], False, "✘"),
    (["a red mushroom", "a blue mushroom", "a green mushroom"], False, "mistake is"),
    (INK_CAP_1, True, "recognise"), (INK_CAP_2, True, "recognise"),
])  # fmt: skip
def test_prompts(clip, sentences, accepted, says, capsys):
    mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=10)
    assert check_prompts(clip, mushrooms, "shaggy ink cap", sentences, baseline=0.8) is accepted
    assert says in capsys.readouterr().out


def test_prompts_that_fit_everything_are_refused(clip, capsys):
    """Recognised by exclusion, or at the cost of the others: whatever the model, a floor of 0 % leaves these two to be found."""
    mushrooms = clipnb.load_fieldguide("test", kinds="mushroom", per_species=10)
    fits_another = ["a red mushroom", "a blue mushroom", "a green mushroom"]
    assert not check_prompts(clip, mushrooms, "shaggy ink cap", fits_another, baseline=0.0)
    assert "by exclusion" in capsys.readouterr().out



# --- notebooks 03 and 07 ----------------------------------------------------------------------------------------------------------


def unit(vectors):
    return torch.nn.functional.normalize(vectors, dim=1)


def zero_shot_2(images, sentences, scale):
    logits = scale * torch.cosine_similarity(images[:, None], sentences[None], dim=2)
    odds = torch.exp(logits)
    return (odds / odds.sum(1, keepdim=True)).numpy()


@pytest.mark.parametrize("function, accepted, says", [
    (..., False, "three dots"),
    (lambda i, s, k: (k * i @ s.T).softmax(1), False, "unit length"),
    (lambda i, s, k: (i @ unit(s).T).softmax(1), False, "lacks the scale"),
    (lambda i, s, k: (i @ unit(s).T / k).softmax(1), False, "inverse"),
    (lambda i, s, k: (k * i @ unit(s).T).softmax(0), False, "dim 0"),
    (lambda i, s, k: i @ unit(s).T, False, "softmax are missing"),
    (lambda i, s, k: k * i @ unit(s).T, False, "softmax is missing"),
    (lambda i, s, k: (k * i @ unit(s).T).sigmoid(), False, "sigmoid"),
    (lambda i, s, k: (k * unit(s) @ i.T).softmax(1), False, "shape"),
    (lambda i, s, k: (k * i @ s).softmax(1), False, "RuntimeError"),
    (lambda i, s, k: torch.full((4, 3), 1 / 3), False, "begin with"),
    (lambda i, s, k: (k * i @ unit(s).T).softmax(1), True, "Yes"), (zero_shot_2, True, "Yes"),
])  # fmt: skip
def test_zero_shot(function, accepted, says, capsys):
    assert check_zero_shot(function) is accepted
    assert says in capsys.readouterr().out


def binned(confidence, right, how):
    """Expected calibration error by a loop; ``how`` makes the final sum of it."""
    rows = []
    for b in range(10):
        inside = (confidence > b / 10) & (confidence <= (b + 1) / 10)
        if inside.any():
            rows.append((inside.mean(), right[inside].mean() - confidence[inside].mean()))
    shares, gaps = np.array(rows).T
    return how(shares, gaps)


def calibration_2(confidence, right):
    place = np.minimum((confidence * 10).astype(int), 9)
    return np.abs(np.bincount(place, right) - np.bincount(place, confidence)).sum() / len(right)


@pytest.mark.parametrize("function, accepted, says", [
    (..., False, "three dots"),
    (lambda c, r: binned(c, r, lambda w, g: np.abs(g).mean()), False, "weigh each bin"),
    (lambda c, r: binned(c, r, lambda w, g: np.abs(g).sum() / 10), False, "weigh each bin"),
    (lambda c, r: abs(c.mean() - r.mean()), False, "Without bins"),
    (lambda c, r: binned(c, r, lambda w, g: (w * g).sum()), False, "absolute"),
    (lambda c, r: binned(c, r, lambda w, g: np.abs(g).max()), False, "largest"),
    (lambda c, r: np.abs(c - r).mean(), False, "picture by picture"),
    (lambda c, r: np.nan, False, "without pictures"),
    (lambda c, r: np.abs(c - r), False, "one number"),
    (lambda c, r: c @ r[:3], False, "ValueError"),
    (lambda c, r: 0.9, False, "begin with"),
    (lambda c, r: binned(c, r, lambda w, g: (w * np.abs(g)).sum()), True, "Yes"), (calibration_2, True, "Yes"),
])  # fmt: skip
def test_calibration_error(function, accepted, says, capsys):
    assert check_calibration_error(function) is accepted
    assert says in capsys.readouterr().out


KINDS = ("bird", "butterfly", "beetle", "fish", "frog", "flower", "mushroom", "leaf")


@pytest.mark.parametrize("templates, accepted, says", [
    (..., False, "three dots"),
    ("a photo of a {}, a kind of bird", False, "dictionary"),
    ({"bird": "a bird called {}"}, False, "no template for"),
    ({kind: f"a kind of {kind}" for kind in KINDS}, False, "where the name goes"),
    ({kind: "a photo of a {}" for kind in KINDS}, False, "asked is a gain"),
    ({kind: f"a photo of a {{}}, a kind of {wrong}" for kind, wrong in zip(KINDS, KINDS[1:] + KINDS[:1])}, False, "asked is a gain"),
    ({kind: f"a photo of a {{}}, a kind of {kind}" for kind in KINDS}, True, "find more"),
    ({kind: f"a photo of a {{}} {kind}" for kind in KINDS}, True, "find more"),
])  # fmt: skip
def test_templates(clip, templates, accepted, says, capsys):
    data = clipnb.load_fieldguide("shifted", per_species=4)
    assert check_templates(clip, data, templates, gain=0.05) is accepted
    assert says in capsys.readouterr().out


def changed(before, after):
    return int((~before & after).sum()), int((before & ~after).sum())


def mcnemar_1(before, after):
    fixed, broken = changed(before, after)
    return stats.binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0


def mcnemar_2(before, after):
    fixed, broken = changed(before, after)
    return min(1, 2 * stats.binom.cdf(min(fixed, broken), fixed + broken, 0.5))


def chi_squared(before, after, correction=0):
    fixed, broken = changed(before, after)
    return stats.chi2.sf((abs(fixed - broken) - correction) ** 2 / (fixed + broken), 1)


@pytest.mark.parametrize("function, accepted, says", [
    (..., False, "three dots"),
    (lambda b, a: stats.binom.sf(changed(b, a)[0] - 1, sum(changed(b, a)), 0.5), False, "one-sided"),
    (lambda b, a: stats.binomtest(changed(b, a)[0], len(b)).pvalue, False, "leave them out"),
    (chi_squared, False, "chi-squared"),
    (lambda b, a: chi_squared(b, a, 1), False, "chi-squared"),
    (lambda b, a: 2 * stats.binom.cdf(min(changed(b, a)), sum(changed(b, a)), 0.5), False, "above 1"),
    (lambda b, a: mcnemar_1(b, a) if (a != b).any() else 0.0, False, "no picture changed"),
    (lambda b, a: stats.binomtest(*changed(b, a)).pvalue, False, "ValueError"),
    (lambda b, a: changed(b, a), False, "one number"),
    (mcnemar_1, True, "Yes"), (mcnemar_2, True, "Yes"),
])  # fmt: skip
def test_mcnemar(function, accepted, says, capsys):
    assert check_mcnemar(function) is accepted
    assert says in capsys.readouterr().out


def swap_1(by_kind, seed):
    chance, result = random.Random(seed), {}
    for rows in by_kind.values():
        names = list(rows)
        chance.shuffle(names)
        result |= {name: rows[other] for name, other in zip(names, names[1:] + names[:1])}
    return result


def swap_2(by_kind, seed):
    chance, result = np.random.default_rng(seed), {}
    for rows in by_kind.values():
        names = np.array(list(rows))
        order = chance.permutation(len(names))
        while (order == np.arange(len(names))).any():
            order = chance.permutation(len(names))
        result |= {name: rows[other] for name, other in zip(names, names[order])}
    return result


def shuffled(by_kind, seed):
    chance, result = random.Random(seed), {}
    for rows in by_kind.values():
        result |= dict(zip(rows, chance.sample(list(rows.values()), len(rows))))
    return result


def across(by_kind, seed):
    names = [name for rows in by_kind.values() for name in rows]
    random.Random(seed).shuffle(names)
    every = {name: row for rows in by_kind.values() for name, row in rows.items()}
    return {a: every[b] for a, b in zip(names, names[1:] + names[:1])}


def first_or_second(by_kind, seed):
    return {n: rows[list(rows)[1 if n == list(rows)[0] else 0]] for rows in by_kind.values() for n in rows}


@pytest.mark.parametrize("function, accepted, says", [
    (..., False, "three dots"),
    (shuffled, False, "keeps its own"),
    (across, False, "another kind"),
    (first_or_second, False, "same descriptors"),
    (lambda k, s: swap_1(k, 0), False, "Every seed"),
    (lambda k, s: swap_1(k, None), False, "same seed"),
    (lambda k, s: {n: r for n, r in swap_1(k, s).items() if n != "jay"}, False, "all 9 classes"),
    (lambda k, s: swap_1(k["fish"], s), False, "stopped with"),
    (lambda k, s: None, False, "stopped with"),
    (swap_1, True, "Yes"), (swap_2, True, "Yes"),
])  # fmt: skip
def test_control(function, accepted, says, capsys):
    assert check_control(function) is accepted
    assert says in capsys.readouterr().out


# --- notebook 08 ------------------------------------------------------------------------------------------------------------------


def rows_by_loop(sentences, groups, classes):
    return torch.stack([sentences[groups == c].mean(0) for c in range(classes)])


def rows_by_index(sentences, groups, classes):
    rows = torch.zeros(classes, sentences.shape[1]).index_add_(0, groups, sentences)
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
    assert says in capsys.readouterr().out
