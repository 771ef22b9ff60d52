"""The checks of notebooks 03 and 06 accept right answers and say what is wrong with others."""

import random

import numpy as np
import pytest
import torch
from scipy import stats

import clipnb
from clipnb.checks import (
    check_calibration_error,
    check_control,
    check_mcnemar,
    check_templates,
    check_zero_shot,
)

# --- notebooks 03 and 06 --------------------------------------------------------------------------


def unit(embeddings):
    return torch.nn.functional.normalize(embeddings, dim=1)


def zero_shot_2(images, texts, scale):
    logits = scale * torch.cosine_similarity(images[:, None], texts[None], dim=2)
    odds = torch.exp(logits)
    return (odds / odds.sum(1, keepdim=True)).numpy()


@pytest.mark.parametrize(
    "function, accepted, says",
    [
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
        (lambda i, s, k: torch.full((4, 3), 1 / 3), False, "yours is"),
        (lambda i, s, k: (k * i @ unit(s).T).softmax(1), True, "Yes"),
        (zero_shot_2, True, "Yes"),
    ],
)
def test_zero_shot(function, accepted, says, capsys):
    assert check_zero_shot(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


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


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (lambda c, r: binned(c, r, lambda w, g: np.abs(g).mean()), False, "weight each bin"),
        (lambda c, r: binned(c, r, lambda w, g: np.abs(g).sum() / 10), False, "weight each bin"),
        (lambda c, r: abs(c.mean() - r.mean()), False, "Without bins"),
        (lambda c, r: binned(c, r, lambda w, g: (w * g).sum()), False, "absolute"),
        (lambda c, r: binned(c, r, lambda w, g: np.abs(g).max()), False, "largest"),
        (lambda c, r: np.abs(c - r).mean(), False, "image by image"),
        (lambda c, r: np.nan, False, "without images"),
        (lambda c, r: np.abs(c - r), False, "one number"),
        (lambda c, r: c @ r[:3], False, "ValueError"),
        (lambda c, r: 0.9, False, "yours is"),
        (lambda c, r: binned(c, r, lambda w, g: (w * np.abs(g)).sum()), True, "Yes"),
        (calibration_2, True, "Yes"),
    ],
)
def test_calibration_error(function, accepted, says, capsys):
    assert check_calibration_error(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


KINDS = ("bird", "butterfly", "beetle", "fish", "frog", "flower", "mushroom", "leaf")


@pytest.mark.slow
@pytest.mark.parametrize(
    "templates, accepted, says",
    [
        (..., False, "three dots"),
        ("a photo of a {}, a kind of bird", False, "dictionary"),
        ({"bird": "a bird called {}"}, False, "no template for"),
        ({kind: ["a {} of this kind"] for kind in KINDS}, False, "where the name goes"),
        ({kind: f"a kind of {kind}" for kind in KINDS}, False, "where the name goes"),
        ({kind: "a photo of a {}" for kind in KINDS}, False, "asked is a gain"),
        (
            {
                kind: f"a photo of a {{}}, a kind of {wrong}"
                for kind, wrong in zip(KINDS, KINDS[1:] + KINDS[:1])
            },
            False,
            "asked is a gain",
        ),
        ({kind: f"a photo of a {{}}, a kind of {kind}" for kind in KINDS}, True, "find more"),
        ({kind: f"a photo of a {{}} {kind}" for kind in KINDS}, True, "find more"),
    ],
)
def test_templates(clip, templates, accepted, says, capsys):
    data = clipnb.load_fieldguide("shifted", per_species=4)
    assert check_templates(clip, data, templates, gain=0.05) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


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


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (
            lambda b, a: stats.binom.sf(changed(b, a)[0] - 1, sum(changed(b, a)), 0.5),
            False,
            "one-sided",
        ),
        (lambda b, a: stats.binomtest(changed(b, a)[0], len(b)).pvalue, False, "leave them out"),
        (chi_squared, False, "chi-squared"),
        (lambda b, a: chi_squared(b, a, 1), False, "chi-squared"),
        (
            lambda b, a: 2 * stats.binom.cdf(min(changed(b, a)), sum(changed(b, a)), 0.5),
            False,
            "above 1",
        ),
        (lambda b, a: mcnemar_1(b, a) if (a != b).any() else 0.0, False, "no image changed"),
        (lambda b, a: stats.binomtest(*changed(b, a)).pvalue, False, "ValueError"),
        (lambda b, a: changed(b, a), False, "one number"),
        (lambda b, a: np.nan, False, "yours is nan"),
        (mcnemar_1, True, "Yes"),
        (mcnemar_2, True, "Yes"),
    ],
)
def test_mcnemar(function, accepted, says, capsys):
    assert check_mcnemar(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped


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
    return {
        n: rows[list(rows)[1 if n == list(rows)[0] else 0]]
        for rows in by_kind.values()
        for n in rows
    }


@pytest.mark.parametrize(
    "function, accepted, says",
    [
        (..., False, "three dots"),
        (shuffled, False, "keeps its own"),
        (across, False, "another kind"),
        (first_or_second, False, "same descriptors"),
        (lambda k, s: swap_1(k, 0), False, "Every seed"),
        (lambda k, s: swap_1(k, None), False, "same seed"),
        (
            lambda k, s: {n: r for n, r in swap_1(k, s).items() if n != "jay"},
            False,
            "all 9 classes",
        ),
        (lambda k, s: swap_1(k["fish"], s), False, "stopped with"),
        (lambda k, s: None, False, "returns nothing"),
        (swap_1, True, "Yes"),
        (swap_2, True, "Yes"),
    ],
)
def test_control(function, accepted, says, capsys):
    assert check_control(function) is accepted
    assert says in " ".join(capsys.readouterr().out.split())  # however it is wrapped
