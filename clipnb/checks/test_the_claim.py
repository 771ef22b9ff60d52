"""Checks of the exercises about statistics and controls (notebook 06)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import EllipsisType

import numpy as np

from .feedback import NoAnswer, answered, called, checked, match, say, stopped


@checked
def check_mcnemar(function: Callable | EllipsisType) -> bool:
    """Whether ``function(before, after)`` is the exact two-sided p of McNemar's test on two bool
    arrays: correct before, correct after."""
    from scipy.stats import binom, binomtest, chi2, norm

    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of two arrays, correct before and"
            " correct after.",
        )
        return False
    for number, (fixed, broken, both, neither) in enumerate(
        [(14, 5, 60, 21), (3, 11, 40, 6), (6, 6, 20, 8), (0, 0, 10, 10)]
    ):
        before = np.repeat([False, True, True, False], [fixed, broken, both, neither])
        after = np.repeat([True, False, True, False], [fixed, broken, both, neither])
        n, total = fixed + broken, len(before)
        expected = binomtest(fixed, n).pvalue if n else 1.0
        z = (after.mean() - before.mean()) / max(
            np.sqrt(2 * before.mean() * (1 - before.mean()) / total), 1e-9
        )
        wrong = {}
        if n:
            wrong = {
                "That is one-sided: a change for the worse counts as well, so count both tails.": binom.sf(
                    max(fixed, broken) - 1, n, 0.5
                ),
                "That is one tail only, of the fixed images: count both tails.": binom.sf(
                    fixed - 1, n, 0.5
                ),
                "That is the chi-squared approximation; with few images use the binomial distribution itself.": chi2.sf(
                    (fixed - broken) ** 2 / n, 1
                ),
                "That is the chi-squared approximation with its correction; with few images use the binomial distribution itself.": chi2.sf(
                    max(abs(fixed - broken) - 1, 0) ** 2 / n, 1
                ),
                "You counted all images. Those that both get right, or both wrong, say nothing about the difference: leave them out.": binomtest(
                    fixed, total
                ).pvalue,
                "You compared two accuracies as if they came from different images; they are pairs.": 2
                * norm.sf(abs(z)),
            }
        got = called(function, before, after)
        if not n and got is not None and got.shape == () and not np.isclose(got, 1):
            say(False, "Where no image changed there is no evidence of any difference: p is 1.")
            return False
        if number == 2 and got is not None and got.shape == () and got > 1 + 1e-9:
            say(
                False,
                "Your p is above 1 where as many were fixed as broken: twice a tail can count the"
                " middle twice, so stop at 1.",
            )
            return False
        if got is None or got.shape != () or not np.isclose(got, expected, atol=1e-5):
            return match(got, expected, wrong, "", "p")
    say(
        True,
        "Yes: only the images that changed count, and under 'no difference' each is a fair coin.",
    )
    return True


@checked
def check_control(function: Callable | EllipsisType) -> bool:
    """Whether ``function(descriptors, seed)`` gives every class the descriptors of **another class
    of its own kind**.

    The argument is a dictionary, kind → {class: descriptors}; the answer one dictionary, class →
    descriptors.
    """
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of descriptors by kind and a"
            " seed.",
        )
        return False
    world = {
        "bird": {
            "robin": ["orange breast"],
            "wren": ["short tail"],
            "crow": ["all black"],
            "jay": ["blue wing"],
        },
        "fish": {"tang": ["flat body"], "koi": ["red patches"], "pike": ["long jaws"]},
        "frog": {"toad": ["warts"], "newt": ["a crest"]},
    }
    results = []
    for seed in range(6):
        try:
            first, second = (answered(function, world, seed) for _ in range(2))
            if not isinstance(first, Mapping) or not isinstance(second, Mapping):
                raise NoAnswer(
                    f"Your function returns a {type(first).__name__}; return one dictionary, class"
                    " → descriptors."
                )
            got, again = ({name: list(row) for name, row in one.items()} for one in (first, second))
        except Exception as error:  # whatever the reader's code raises is feedback, not a crash
            return stopped(error)
        if got != again:
            say(
                False,
                "The same seed gave two answers: make a generator of the seed, random.Random(seed),"
                " and draw from it only.",
            )
            return False
        if problem := _misplaced(got, world, seed):
            say(False, problem)
            return False
        results.append(got)
    if all(result == results[0] for result in results):
        say(False, "Every seed gave the same answer: draw from random.Random(seed).")
        return False
    say(True, "Yes: nobody keeps its own, nobody leaves its kind, and the seed decides.")
    return True


def _misplaced(
    got: dict[str, list[str]], world: dict[str, dict[str, list[str]]], seed: int
) -> str | None:
    """What is wrong with descriptors that were swapped within each kind."""
    own = {name: row for kind in world.values() for name, row in kind.items()}
    if set(got) != set(own):
        return f"The answer must have all {len(own)} classes as its keys; yours has {len(got)}."
    if kept := [name for name in own if got[name] == own[name]]:
        return (
            f"'{kept[0]}' keeps its own descriptors with seed {seed}. A plain shuffle lets some"
            " stay; move everybody."
        )
    for kind, rows in world.items():
        if strangers := [name for name in rows if got[name] not in rows.values()]:
            return (
                f"'{strangers[0]}' ({kind}) got descriptors of another kind; swap within each kind."
            )
        if len({tuple(got[name]) for name in rows}) < len(rows):
            return (
                f"Two classes of the kind '{kind}' got the same descriptors; every description"
                " should be given once."
            )
    return None
