"""Words for what images show, each with what makes it true: a vocabulary with ground truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .facts import Claims, facts, is_true
from .scene import HABITATS
from .word_meanings import colour_words, shape_words
from .world import KINDS, load_kind, palette

if TYPE_CHECKING:
    import pandas as pd

    from .scene import Scene

GROUPS = ("kind", "colour", "habitat", "mark")
NONE = ("none", "plain")  # values of marks that are not there


@lru_cache(maxsize=1)
def concept_words() -> Mapping[str, tuple[str, Claims]]:
    """Word → its group, one of ``GROUPS``, and what it claims of an image: the kinds, the colours
    of the palette, the habitats, and a text for every mark that a kind can have ("a long tail")."""
    found: dict[str, tuple[str, Claims]] = {}
    for kind in KINDS:
        found[kind] = "kind", {"kind": frozenset([kind])}
    for colour in palette():
        word = "light blue" if colour == "lightblue" else colour
        found[word] = "colour", {"shows": colour_words()[word]}
    for habitat in HABITATS:
        found[habitat] = "habitat", {"habitat": frozenset([habitat])}
    for kind in KINDS:
        for slot, values in load_kind(kind).slots.items():
            for value, words in values.items():
                phrases = [text for text in words["phrases"] if "{" not in text]
                if value in NONE or not phrases:
                    continue
                text = phrases[0]
                if text not in found:
                    found[text] = "mark", {slot: shape_words()[slot, text]}
    return found


def truth_of(words: Iterable[str], scenes: Sequence[Scene]) -> pd.DataFrame:
    """Which words are true of which images.

    Parameters
    ----------
    words : iterable of str
        From :func:`concept_words`.
    scenes : sequence of Scene
        ``data.scenes``.

    Returns
    -------
    pandas.DataFrame
        (images, words) of bool.

    Raises
    ------
    ValueError
        If a word is not in the vocabulary.
    """
    import pandas as pd

    known, words = concept_words(), list(words)
    if strangers := [word for word in words if word not in known]:
        raise ValueError(f"'{strangers[0]}' is not in the vocabulary; see concept_words().")
    shown = [facts(scene) for scene in scenes]
    rows = [[is_true(known[word][1], one) for word in words] for one in shown]
    return pd.DataFrame(np.array(rows, bool).reshape(len(shown), len(words)), columns=words)
