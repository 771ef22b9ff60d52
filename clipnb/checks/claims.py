"""Checks of the exercises about scores, probabilities, statistics and controls (notebooks 03 and 06)."""

from __future__ import annotations

import numpy as np
import torch

from .basic import say, stopped


def _called(function, *inputs):
    """What the reader's function returns as an array, or None after saying why there is nothing to look at."""

    try:
        return np.asarray(function(*inputs), dtype=float)
    except Exception as error:  # whatever the reader's code raises is feedback, not a crash
        stopped(error)
        return None


def _match(got, expected, wrong: dict, yes: str, name: str) -> bool:
    """Compare what came with what should have come, and with what well-known mistakes give."""

    expected = np.asarray(expected, dtype=float)
    if got is None:
        return False
    if got.shape != expected.shape:
        say(False, f"Your function returns the shape {got.shape}; {name} has the shape {expected.shape}." if expected.shape else
             f"Your function returns {got.shape}; {name} is one number.")  # fmt: skip
    elif np.allclose(got, expected, atol=1e-5):
        say(True, yes)
        return True
    else:
        hint = next((text for text, value in wrong.items() if np.allclose(got, np.asarray(value, dtype=float), atol=1e-5)), None)
        at = int(np.argmin(np.isclose(got, expected, atol=1e-5)))  # the first that differs
        place = f"number {at + 1} of {name}" if expected.shape else name
        say(False, hint or f"For the test data {place} should be {expected.ravel()[at]:.4f}, yours is {got.ravel()[at]:.4f}.")
    return False


def check_zero_shot(function) -> bool:
    """Whether ``function(images, sentences, scale)`` gives the probabilities (n, classes) of unit pictures (n, d) and raw sentences (classes, d)."""
    if function is ...:
        say(False, "Not written yet: replace the three dots by a function of picture vectors, sentence vectors and a scale.")
        return False
    generator = torch.Generator().manual_seed(0)
    images = torch.nn.functional.normalize(torch.randn(4, 6, generator=generator), dim=1)
    raw = torch.randn(3, 6, generator=generator) * torch.tensor([[1.0], [4.0], [0.3]])
    cosines, scale = images @ torch.nn.functional.normalize(raw, dim=1).T, 7.0
    wrong = {
        "The sentence vectors are not of unit length: divide each by its length, or long ones win.": (scale * images @ raw.T).softmax(1),
        "Your softmax lacks the scale.": cosines.softmax(1),
        "You divided by the scale: it is the inverse of the temperature, so multiply.": (cosines / scale).softmax(1),
        "Your softmax runs over the pictures (dim 0). The classes of one picture compete: dim 1.": (scale * cosines).softmax(0),
        "These are the cosines; scale and softmax are missing.": cosines,
        "These are the logits; the softmax is missing.": scale * cosines,
        "A sigmoid gives each class a probability by itself; softmax lets the classes compete.": (scale * cosines).sigmoid(),
    }
    got = _called(function, images, raw, scale)
    return _match(got, (scale * cosines).softmax(1), wrong, "Yes: unit sentences, cosines, times the scale, softmax over the classes.", "the answer")


def check_calibration_error(function) -> bool:
    """Whether ``function(confidence, right)`` is the expected calibration error with ten bins of equal width."""

    if function is ...:
        say(False, "Not written yet: replace the three dots by a function of confidences and of what was right.")
        return False
    chance = np.random.default_rng(0)
    confidence = chance.beta(3, 1.5, 400)
    right = chance.random(400) < np.where(confidence > 0.55, confidence - 0.25, confidence + 0.2)
    place = np.clip(np.ceil(confidence * 10).astype(int) - 1, 0, 9)
    full = np.unique(place)
    gaps = np.array([right[place == b].mean() - confidence[place == b].mean() for b in full])
    shares = np.array([(place == b).mean() for b in full])
    wrong = {
        "You took the mean over the bins; weigh each bin by its pictures.": np.abs(gaps).mean(),
        "You divided by ten bins, weighing all alike; weigh each bin by its pictures.": np.abs(gaps).sum() / 10,
        "Without bins, too high here and too low there cancel out: take the distance in each bin.": abs(right.mean() - confidence.mean()),
        "Too high and too low cancel out: take the absolute distance in each bin.": (gaps * shares).sum(),
        "Too high and too low cancel out, and the sign is that of the whole: take the absolute distance in each bin.": -(gaps * shares).sum(),
        "That is the largest distance of a bin; the expected error is their weighed mean.": np.abs(gaps).max(),
        "You compared picture by picture; a single picture is right or wrong, so compare the means of a bin.": np.abs(right - confidence).mean(),
    }
    got = _called(function, confidence, right)
    if got is not None and got.shape == () and np.isnan(got):
        say(False, "Your error is not a number: a bin without pictures has no mean, so leave it out.")
        return False
    return _match(got, (np.abs(gaps) * shares).sum(), wrong, "Yes: the distance of accuracy and confidence in each bin, weighed by its pictures.", "the error")


def check_templates(clip, data, templates, gain: float) -> bool:
    """Whether one template per kind finds the held-out species by name better than "a photo of a {}".

    Parameters
    ----------
    clip : Clip
    data : ImageDataset
        Of the field guide.
    templates : dict
        Kind → template with ``{}`` for the name; or ``...``.
    gain : float
        By how much the accuracy must rise.
    """
    from ..classify.prompts import name_prompts
    from ..classify.zeroshot import ZeroShotClassifier
    from ..evaluation.comparison import compare

    if templates is ...:
        say(False, "Not written yet: replace the three dots by a dictionary, kind → template.")
        return False
    kinds = {data.class_names[label]: scene.individual.kind for label, scene in zip(data.labels, data.scenes)}
    if not isinstance(templates, dict):
        say(False, f"Give a dictionary, kind → template, and not a {type(templates).__name__}: " + "{'bird': '… {} …', …}.")
        return False
    if missing := [kind for kind in dict.fromkeys(kinds.values()) if kind not in templates]:
        say(False, f"There is no template for: {', '.join(missing)}.")
        return False
    if nameless := [kind for kind, text in templates.items() if not isinstance(text, str) or text.count("{}") != 1]:
        say(False, f"The template of '{nameless[0]}' needs {{}} once, where the name goes: else nothing tells its species apart.")
        return False
    tables = {"before": name_prompts(data.class_names), "after": {n: [templates[kinds[n]].replace("{}", n)] for n in data.class_names}}
    classifiers = {method: ZeroShotClassifier(clip, table) for method, table in tables.items()}
    table = compare(classifiers, data.select(~data.seen[data.labels]))
    before, after, p = table["accuracy"].iloc[0], table["accuracy"].iloc[1], table["p"].iloc[1]
    figures = f"{after:.2f} instead of {before:.2f} (exact McNemar p = {p:.2g})"
    if after >= before + gain:
        say(True, f"Your templates find more held-out species: {figures}.")
        return True
    say(False, f"{figures}; asked is a gain of {gain:.2f}. What do you know of a species of this kind that its name does not tell?")
    return False


def check_mcnemar(function) -> bool:
    """Whether ``function(before, after)`` is the exact two-sided p of McNemar's test on two bool arrays: right before, right after."""
    from scipy.stats import binom, binomtest, chi2, norm

    if function is ...:
        say(False, "Not written yet: replace the three dots by a function of two arrays, right before and right after.")
        return False
    for number, (fixed, broken, both, neither) in enumerate([(14, 5, 60, 21), (3, 11, 40, 6), (6, 6, 20, 8), (0, 0, 10, 10)]):
        before = np.repeat([False, True, True, False], [fixed, broken, both, neither])
        after = np.repeat([True, False, True, False], [fixed, broken, both, neither])
        n, total = fixed + broken, len(before)
        expected = binomtest(fixed, n).pvalue if n else 1.0
        z = (after.mean() - before.mean()) / max(np.sqrt(2 * before.mean() * (1 - before.mean()) / total), 1e-9)
        wrong = {}
        if n:
            wrong = {
                "That is one-sided: a change for the worse counts as well, so count both tails.": binom.sf(max(fixed, broken) - 1, n, 0.5),
                "That is one tail only, of the fixed pictures: count both tails.": binom.sf(fixed - 1, n, 0.5),
                "That is the chi-squared approximation; with few pictures use the binomial distribution itself.": chi2.sf((fixed - broken) ** 2 / n, 1),
                "That is the chi-squared approximation with its correction; with few pictures use the binomial distribution itself.":
                    chi2.sf(max(abs(fixed - broken) - 1, 0) ** 2 / n, 1),
                "You counted all pictures. Those that both get right, or both wrong, say nothing about the difference: leave them out.":
                    binomtest(fixed, total).pvalue,
                "You compared two accuracies as if they came from different pictures; they are pairs.": 2 * norm.sf(abs(z)),
            }  # fmt: skip
        got = _called(function, before, after)
        if not n and got is not None and got.shape == () and not np.isclose(got, 1):
            say(False, "Where no picture changed there is no evidence of any difference: p is 1.")
            return False
        if number == 2 and got is not None and got.shape == () and got > 1 + 1e-9:
            say(False, "Your p is above 1 where as many were fixed as broken: twice a tail can count the middle twice, so stop at 1.")
            return False
        if got is None or got.shape != () or not np.isclose(got, expected, atol=1e-5):
            return _match(got, expected, wrong, "", "p")
    say(True, "Yes: only the pictures that changed count, and under 'no difference' each is a fair coin.")
    return True


def check_control(function) -> bool:
    """Whether ``function(descriptors, seed)`` gives every class the descriptors of **another class of its own kind**.

    The argument is a dictionary, kind → {class: descriptors}; the answer one dictionary, class → descriptors.
    """
    if function is ...:
        say(False, "Not written yet: replace the three dots by a function of descriptors by kind and a seed.")
        return False
    world = {
        "bird": {"robin": ["orange breast"], "wren": ["short tail"], "crow": ["all black"], "jay": ["blue wing"]},
        "fish": {"tang": ["flat body"], "koi": ["red patches"], "pike": ["long jaws"]},
        "frog": {"toad": ["warts"], "newt": ["a crest"]},
    }
    own = {name: row for kind in world.values() for name, row in kind.items()}
    results = []
    for seed in range(6):
        try:
            got = function({kind: dict(rows) for kind, rows in world.items()}, seed)
            again = function({kind: dict(rows) for kind, rows in world.items()}, seed)
            got, again = ({name: list(row) for name, row in answer.items()} for answer in (got, again))
        except Exception as error:  # whatever the reader's code raises is feedback, not a crash
            return stopped(error)
        if got != again:
            say(False, "The same seed gave two answers: make a generator of the seed, random.Random(seed), and draw from it only.")
            return False
        if set(got) != set(own):
            say(False, f"The answer must have all {len(own)} classes as its keys; yours has {len(got)}.")
            return False
        if kept := [name for name in own if got[name] == own[name]]:
            say(False, f"'{kept[0]}' keeps its own descriptors with seed {seed}. A plain shuffle lets some stay; move everybody.")
            return False
        for kind, rows in world.items():
            if strangers := [name for name in rows if got[name] not in rows.values()]:
                say(False, f"'{strangers[0]}' ({kind}) got descriptors of another kind; swap within each kind.")
                return False
            if len({tuple(got[name]) for name in rows}) < len(rows):
                say(False, f"Two classes of the kind '{kind}' got the same descriptors; every description should be given once.")
                return False
        results.append(got)
    if all(result == results[0] for result in results):
        say(False, "Every seed gave the same answer: draw from random.Random(seed).")
        return False
    say(True, "Yes: nobody keeps its own, nobody leaves its kind, and the seed decides.")
    return True
