"""Checks of the exercises about descriptions of one's own and edited criteria (notebook 09)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType
from typing import TYPE_CHECKING

import numpy as np

from .feedback import checked, say, stopped, texts_of

if TYPE_CHECKING:
    import torch

    from ..model.clip import Clip


HABITAT_TEST = {
    "common frog": ["smooth olive skin", "found in the pond", "a dark mask"],
    "mallard": ["a green head", "A POND in the background", "a yellow bill"],
    "pondhawk": ["green body"],
    "water lily": ["in the pond"],
}


@checked
def check_without_words(function: Callable | EllipsisType) -> bool:
    """Whether ``function(descriptors, words)`` drops descriptors that hold one of the words, whole
    words only, and leaves no class empty."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of a dictionary of descriptors"
            " and a list of words.",
        )
        return False
    given = {name: list(row) for name, row in HABITAT_TEST.items()}
    try:
        got = function(given, ["pond"])
    except Exception as error:  # whatever the reader's code raises is feedback, not a crash
        return stopped(error)
    if not isinstance(got, Mapping) or not all(
        isinstance(row, (list, tuple)) for row in got.values()
    ):
        say(False, "Your function should return a dictionary, class → list of descriptors.")
    elif given != HABITAT_TEST:
        say(
            False,
            "Your function changes the descriptors that it is given; build a new dictionary"
            " instead.",
        )
    elif list(got) != list(HABITAT_TEST):
        say(
            False,
            f"The classes are {list(got)}; all of {list(HABITAT_TEST)} should stay, in this order.",
        )
    elif not got["water lily"]:
        say(
            False,
            "'water lily' is left without a descriptor, and a class needs one: keep what it has"
            " where nothing else would be left.",
        )
    elif "found in the pond" in got["common frog"]:
        say(False, "'found in the pond' is still there.")
    elif "A POND in the background" in got["mallard"]:
        say(False, "'A POND in the background' is still there: compare without regard to capitals.")
    elif [*got["common frog"]] != ["smooth olive skin", "a dark mask"] or [*got["mallard"]] != [
        "a green head",
        "a yellow bill",
    ]:
        say(
            False,
            f"Of the frog {list(got['common frog'])} is left, and of the mallard"
            f" {list(got['mallard'])}; only what holds the word should go.",
        )
    elif _hits_parts_of_words(function):
        say(
            False,
            "Your function also drops 'a ponderous body', where 'pond' is only part of a word:"
            " compare whole words.",
        )
    else:
        say(True, "Yes: whole words, any capitals, no class left empty.")
        return True
    return False


def _hits_parts_of_words(function) -> bool:
    try:
        return (
            "a ponderous body"
            not in function({"toad": ["a ponderous body", "warts"]}, ["pond"])["toad"]
        )
    except Exception:  # the first call went well; a second that fails is no whole-word rule
        return True


@checked
def check_found(
    clip: Clip, wanted: Sequence, others: Sequence, descriptors: Sequence[str] | EllipsisType
) -> bool:
    """Whether a typed description puts all the wanted images before all the others.

    Parameters
    ----------
    clip : Clip
    wanted, others : sequences of images
    descriptors : the reader's list of str
    """
    if descriptors is ...:
        say(
            False,
            "Not answered yet: replace the three dots by a list of short descriptors that say what you"
            " see.",
        )
        return False
    if (mine := texts_of(descriptors, "descriptors")) is None:
        return False
    if not mine or not all(text.strip() for text in mine):
        say(False, "Give a list of descriptors, as ['a blue beetle', 'orange legs'].")
        return False
    if any(
        "not " in p.lower() or "without" in p.lower() or p.lower().startswith("no ") for p in mine
    ):
        say(
            False,
            "One of your descriptors says what is *not* there; CLIP reads only the words. Say what you"
            " see.",
        )
        return False
    embeddings = clip.encode_images([*wanted, *others], progress_bar=False)
    scores = (embeddings @ clip.encode_texts(mine, progress_bar=False).T).mean(1).numpy()
    worst, best = scores[: len(wanted)].min(), scores[len(wanted) :].max()
    if worst > best:
        say(True, f"Yes: all {len(wanted)} of them come first, among {len(scores)} images.")
        return True
    first = int((np.argsort(-scores)[: len(wanted)] < len(wanted)).sum())
    alone = {p: float(s) for p, s in zip(mine, _separation(clip, embeddings, len(wanted), mine))}
    weakest = min(alone, key=lambda text: alone[text])
    say(
        False,
        f"{first} of the {len(wanted)} are among the first {len(wanted)}. Your descriptor '{weakest}'"
        " sets them apart least; try another in its place, or add a colour.",
    )
    return False


def _separation(
    clip: Clip, embeddings: torch.Tensor, wanted: int, texts: Sequence[str]
) -> list[float]:
    scores = embeddings @ clip.encode_texts(list(texts), progress_bar=False).T
    return (scores[:wanted].mean(0) - scores[wanted:].mean(0)).tolist()
