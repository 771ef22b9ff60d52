"""Does the model read the words? Its own scores on images of which everything is known; no
explanation is involved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..fieldguide.edits import colour_phrase, pair
from ..fieldguide.scene import draw
from ..fieldguide.world import KINDS, load_kind
from ..model.checks import check_is_model
from ..support.arguments import one_of, whole
from ..support.names import listed
from ..support.progress import progress
from .protocols import UNIMPORTANT, Case

if TYPE_CHECKING:
    import pandas as pd

    from ..model.clip import Clip


def part_evidence(cases: list[Case]) -> pd.DataFrame:
    """Does the score of a text fall when the part that it names goes, and more than that of
    texts about other parts?

    Returns
    -------
    pandas.DataFrame
        A row per image and part: ``image``, ``part``, ``text``, ``score``, ``drop`` (cosine
        before less after), ``others`` (the mean drop of the same figure's texts about other
        parts), ``false`` (the drop of the false text about this part).
    """
    import pandas as pd

    rows = []
    for number, case in enumerate(cases):
        n = len(case.parts)
        for p, part in enumerate(case.parts):
            others = np.delete(case.drops[:n, p], p).mean()
            rows.append(
                (
                    number,
                    part.name,
                    part.phrase,
                    case.scores[p],
                    case.drops[p, p],
                    others,
                    case.drops[n + p, p],
                )
            )
    return pd.DataFrame(rows, columns=["image", "part", "text", "score", "drop", "others", "false"])


def background_independence(cases: list[Case]) -> np.ndarray:
    """Whether the score of an image stays (falls by less than 5 %) when the habitat becomes
    another; (cases,) bool.

    FunnyBirds' background independence, a measure of the model and not of explanations. Changed:
    the whole habitat is replaced (the paper: objects are removed one by one), and the score is the
    mean cosine of the true texts.
    """
    n = [len(case.parts) for case in cases]
    return np.array(
        [
            case.scores[:k].mean() - case.moved[:k].mean()
            < UNIMPORTANT * abs(case.scores[:k].mean())
            for case, k in zip(cases, n)
        ]
    )


def attribute_auc(
    clip: Clip,
    kinds: Sequence[str] = KINDS,
    per_kind: int = 6,
    images: int = 8,
    size: int = 224,
    seed: int = 0,
) -> pd.DataFrame:
    """How well does one text tell images that have a mark from images that do not?

    Every image comes as a pair: an individual of no species with the mark, and the same one with
    another mark in its place.

    Parameters
    ----------
    kinds : sequence of str
    per_kind : int
        Marks of each kind, drawn at random.
    images : int
        Pairs for each mark.
    seed : int

    Returns
    -------
    pandas.DataFrame
        A row per mark: ``kind``, ``slot``, ``mark``, ``text``, ``n`` (pairs), ``auc`` (the
        share of all with–without couples in which the image with the mark scores higher),
        ``low``, ``high`` (95 % bootstrap interval over pairs), ``pairs`` (that share among true
        pairs).
    """
    import pandas as pd

    check_is_model(clip)
    kinds = listed(kinds, "kinds")
    for kind_name in kinds:
        one_of("kind", kind_name, KINDS)
    for what, value, least in (
        ("per_kind", per_kind, 1),
        ("images", images, 1),
        ("size", size, 1),
        ("seed", seed, 0),
    ):
        whole(what, value, least)
    rows = []
    for number, name in enumerate(progress(kinds, len(kinds), "drawing pairs")):
        kind, rng = load_kind(name), np.random.default_rng([seed, number])
        marks = _marks(kind)
        for chosen in rng.permutation(len(marks))[:per_kind]:
            slot, value, text = marks[chosen]
            scenes = [
                scene for couple in _pairs(kind, slot, value, images, rng) for scene in couple
            ]
            embeddings = clip.encode_images(
                [draw(scene, size) for scene in scenes], progress_bar=False
            )
            scores = (
                (embeddings @ clip.encode_texts([text], progress_bar=False).T)
                .numpy()
                .reshape(-1, 2)
            )
            rows.append(
                (
                    name,
                    slot,
                    value,
                    text,
                    len(scores),
                    *_auc(scores, seed),
                    (scores[:, 0] > scores[:, 1]).mean(),
                )
            )
    return pd.DataFrame(
        rows, columns=["kind", "slot", "mark", "text", "n", "auc", "low", "high", "pairs"]
    )


def _pairs(kind, slot, value, images, rng) -> list:
    found = []
    while len(found) < images:
        if couple := pair(kind, slot, value, rng):
            found.append(couple)
    return found


def _marks(kind) -> list[tuple[str, str, str]]:
    """(slot, value, text) of every mark that has a plain text."""
    marks = []
    for name, part in kind.parts.items():
        shown = part.get("shown", {})
        if "colour" in part:
            marks += [
                (part["colour"], colour, colour_phrase(kind, name, colour))
                for colour in dict.fromkeys(kind.colours[part["colour"]])
            ]
        for slot in part.get("shapes", []):
            for value, words in kind.slots[slot].items():
                plain = [phrase for phrase in words["phrases"] if "{" not in phrase]
                # "no crest" is no mark that can be seen
                if plain and value in shown.get(slot, [value]):
                    marks.append((slot, value, plain[0]))
    return marks


def _auc(scores: np.ndarray, seed: int, draws: int = 1000) -> tuple[float, float, float]:
    """AUC of the first column against the second, with a bootstrap interval over rows."""

    def area(rows):
        present, absent = rows[:, 0, None], rows[None, :, 1]
        return ((present > absent) + 0.5 * (present == absent)).mean()

    rng = np.random.default_rng(seed)
    drawn = [area(scores[rng.integers(len(scores), size=len(scores))]) for _ in range(draws)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(area(scores)), float(low), float(high)
