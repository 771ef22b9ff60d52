"""Checks of the exercises about own images (notebook 13)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from types import EllipsisType

import numpy as np

from .feedback import answered, called, cause, checked, say, shown, stopped


@checked
def check_images_needed(function: Callable | EllipsisType) -> bool:
    """Whether ``function(half)`` is the number of images that make Wilson's 95 % interval ±
    ``half`` wide where it is widest."""
    from ..evaluation.statistics import Z, images_needed

    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of a half width, such as 0.05.",
        )
        return False
    for half in (0.05, 0.1, 0.2):
        if (number := called(function, half)) is None:
            return False
        if number.shape:
            say(False, f"Your function returns {number.size} numbers; return one, of images.")
            return False
        got = float(number)
        expected = images_needed(half)
        if abs(got - expected) <= 1:
            continue
        wrong = {
            "That makes the *whole* interval so wide; asked is half of it, the ± on either side.": (
                images_needed(half / 2)
            ),
            "You took ± half for the whole interval: with so few images it is twice as wide.": (
                images_needed(2 * half)
            ),
            "That is the plain normal interval (z / 2h)²; Wilson's, z / (2 √(n + z²)), takes z² = 3.84 images fewer.": (
                (Z / (2 * half)) ** 2
            ),
            "The width falls with the square root of n: square before you return.": Z / (2 * half),
            "You took z = 2; a 95 % interval takes z = 1.96.": 1 / half**2 - 4,
            "That is for an interval of one standard error (68 %); 95 % takes z = 1.96.": (
                1 / (4 * half**2)
            ),
            "p (1 - p) is a quarter where it is largest, at p = 0.5; you left it out.": (
                (Z / half) ** 2
            ),
        }
        hint = next((text for text, value in wrong.items() if abs(got - value) <= 1.01), None)
        say(
            False,
            hint
            or f"For ± {half} you say {got:g}; an accuracy of one half from {expected} images has that interval. Try wilson(n // 2, n).",
        )
        return False
    say(True, "Yes: four times the images halve the interval.")
    return True


@checked
def check_halves(function: Callable | EllipsisType) -> bool:
    """Whether ``function(labels, groups, seed)`` gives a (n,) bool array: which images are in the
    first half.

    Each class about half and half, images of one group (copies, a burst of one scene) in the same
    half, and the seed decides.
    """
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of labels, groups and a seed.",
        )
        return False
    labels = np.repeat(np.arange(5), 24)
    groups = np.arange(len(labels))
    # of every twelve, three are copies of one another and two more are
    for start in range(0, len(labels), 12):
        groups[start + 3], groups[start + 7], groups[start + 9] = start, start, start + 5
    answers = []
    for seed in range(8):
        try:
            # copies: a function may return the same array every time
            got, again = (
                np.asarray(answered(function, labels, groups, seed)).copy() for _ in range(2)
            )
        except Exception as error:  # whatever the reader's code raises is feedback, not a crash
            return stopped(error)
        if got.shape != labels.shape or got.dtype != bool:
            say(
                False,
                f"Return one True or False for each of the {len(labels)} images; yours is"
                f" {got.dtype} of the shape {got.shape}.",
            )
            return False
        if not np.array_equal(got, again):
            say(
                False, "The same seed gave two answers: draw from np.random.default_rng(seed) only."
            )
            return False
        shares = [got[labels == c].mean() for c in range(5)]
        if min(shares) < 1 / 3 or max(shares) > 2 / 3:  # a coin for each group exceeds this
            odd = int(np.argmax(np.abs(np.array(shares) - 0.5)))
            say(
                False,
                f"Class {odd} has {shares[odd]:.0%} of its images in the first half; divide every"
                " class by itself, about half and half.",
            )
            return False
        if torn := [g for g in np.unique(groups) if len(set(got[groups == g])) > 1]:
            say(
                False,
                f"{len(torn)} groups are torn apart: an image is in one half and its copy in the"
                " other. Divide groups, not images.",
            )
            return False
        answers.append(got)
    if all(np.array_equal(answer, answers[0]) for answer in answers):
        say(False, "Every seed gave the same halves: draw from np.random.default_rng(seed).")
        return False
    say(True, "Yes: classes divided evenly, copies together, and the seed decides.")
    return True


@checked
def check_report(path: str | Path | EllipsisType) -> bool:
    """Whether a file is a report of the reader's own images: written by ``write_report``,
    labelled, and not of the field guide."""
    from ..fieldguide.world import all_species
    from ..report.page import MARK

    if path is ...:
        say(False, "Not done yet: replace the three dots by the path of your report.")
        return False
    try:
        page = Path(str(path)).expanduser()
        table = page.with_name(f"{page.stem}-predictions.csv")
        written = page.is_file(), table.is_file()
    except (OSError, ValueError, RuntimeError) as error:  # a NUL, 5,000 characters, '~nobody'
        say(False, f"'{shown(path)}' is no path of a report ({cause(error)}).")
        return False
    if not all(written):
        say(
            False,
            f"There is no {'table of predictions beside' if written[0] else 'report'}"
            f" '{shown(page.name)}'; write it with clipnb.write_report.",
        )
        return False
    try:
        with open(page, "rb") as file:
            if MARK not in file.read(2000):
                say(False, f"'{shown(page.name)}' was not written by clipnb.write_report.")
                return False
    except OSError as error:
        say(False, f"'{shown(page.name)}' cannot be read ({cause(error)}).")
        return False
    try:
        with open(table, newline="", encoding="utf-8-sig") as file:
            truths = [row["truth"] for row in csv.DictReader(file)]
    except (KeyError, OSError, UnicodeDecodeError, csv.Error):
        say(
            False,
            f"'{table.name}' is not as clipnb.write_report left it (a spreadsheet may have saved it"
            " anew); write the report again.",
        )
        return False
    classes = set(truths) - {""}
    if len(classes) < 2:
        say(
            False,
            "The images have no labels, or only one class; put them into one folder per class, so"
            " that you learn how often it is right.",
        )
    elif classes <= {species.name for species in all_species()}:
        say(
            False,
            "These are the field guide's species. Take images of your own: ten of each of three"
            " things in reach will do.",
        )
    elif len(truths) < 20:
        say(
            False,
            f"{len(truths)} images are too few to learn anything; with 20 the interval is ± 20"
            " points already.",
        )
    else:
        say(
            True,
            f"A report of {len(truths)} images of your own, in {len(classes)} classes. Show it to"
            " somebody who knows them.",
        )
        return True
    return False
