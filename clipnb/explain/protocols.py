"""The measures of faithfulness, on one image of which everything is known: FunnyBirds' protocols
(Hesse, Schaub-Meyer and Roth, ICCV 2023), the pointing game, and the mass of a heatmap in a mask.

Each takes a case and gives one number, or NaN where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from PIL import Image

from ..fieldguide.edits import NamedPart
from ..support.arrays import array_of

# FunnyBirds: what costs less than 5 % of the score when it goes has no importance
UNIMPORTANT = 0.05


@dataclass
class Case:
    """An image, its parts, and what the model makes of every change. P parts make 2 P texts:
    the true texts, then the false ones.

    Attributes
    ----------
    image, crowded : PIL.Image
        The image; the same with a stranger in the background.
    parts : list of NamedPart
    figure, stranger : (size, size) bool masks
    scores, moved, joined : (2 P,) arrays
        Cosines of the image; of the same in another habitat; with the stranger.
    drops : (2 P, P) array
        What every text loses when a part goes.
    """

    image: Image.Image
    crowded: Image.Image
    parts: list[NamedPart]
    figure: np.ndarray
    stranger: np.ndarray
    scores: np.ndarray
    moved: np.ndarray
    joined: np.ndarray
    drops: np.ndarray

    @property
    def texts(self) -> list[str]:
        return [part.phrase for part in self.parts] + [part.wrong for part in self.parts]


def maps_of(function: Callable, image: Image.Image, texts: list[str]) -> np.ndarray:
    """(n, H, W) float64: what an explanation says of n texts; ValueError if it is of another shape,
    or holds what is no number."""
    maps = array_of(function(image, list(texts)))
    if maps.shape != (len(texts), image.height, image.width):
        needed = (len(texts), image.height, image.width)
        raise ValueError(
            f"An explanation has the shape {maps.shape}; {len(texts)} texts on this image"
            f" need {needed}."
        )
    if maps.dtype.kind not in "biuf" or not np.isfinite(maps).all():
        raise ValueError("An explanation holds NaN, infinite numbers or no numbers; repair it.")
    return maps.astype(float)


def part_importance(heatmaps: np.ndarray, parts: list[NamedPart]) -> np.ndarray:
    """The sum of each heatmap over each part's pixels (FunnyBirds' part importance): (n, H, W) →
    (n, parts)."""
    return np.stack([heatmaps[:, part.mask].sum(1) for part in parts], axis=1)


def single_deletion(case: Case, importance: np.ndarray) -> float:
    """Spearman correlation over the parts of their importance and of what their removal costs.

    FunnyBirds' single deletion protocol (correctness). Changed: the score is the mean cosine of the
    true texts (the paper: a class logit), and ρ is given itself (the paper: (1 + ρ) / 2), so that
    the floor is 0. NaN for fewer than three parts or equal importances.

    Parameters
    ----------
    importance : (2 P, P), texts × parts
    """
    from scipy.stats import spearmanr

    n = len(case.parts)
    explained, true = importance[:n].mean(0), case.drops[:n].mean(0)
    if n < 3 or np.ptp(explained) == 0 or np.ptp(true) == 0:
        return np.nan
    return float(spearmanr(explained, true).statistic)


def target_sensitivity(case: Case, importance: np.ndarray) -> float:
    """Whether an explanation changes with what is asked: mean over pairs of parts a, b.

    FunnyBirds' target sensitivity protocol (contrastivity). Two classes: the first has the true
    text about a and the false one about b, the second the other way round. Then a, which the
    first class shares with the image, should matter more for the first class than for the second,
    and b less: 1, ½ or 0; a tie counts half, so that chance is ½. As in the paper, pairs for which
    the *model* does not behave so (the first class must lose more when a goes than when b goes, the
    second less) are left out; NaN if none is left. Changed: the classes are made up for each
    image and share one part with it (the paper finds two among its own, with two parts each).
    """
    n, wins = len(case.parts), []
    for a, b in combinations(range(n), 2):
        one, two = [a, n + b], [n + a, b]  # the texts of the two classes
        lost = np.array([case.drops[one][:, [a, b]].mean(0), case.drops[two][:, [a, b]].mean(0)])
        if lost[0, 0] > lost[0, 1] and lost[1, 1] > lost[1, 0]:
            gain = importance[one].mean(0) - importance[two].mean(0)
            wins += [
                0.5 if np.isclose(win, 0, atol=1e-12) else float(win > 0)
                for win in (gain[a], -gain[b])
            ]
    return float(np.mean(wins)) if wins else np.nan


def pointing_game(case: Case, heatmaps: np.ndarray) -> float:
    """Share of the true texts whose heatmap has its highest pixel on the part that they name;
    where several are highest, the share of these.

    Top-down neural attention by excitation backprop (Zhang et al. 2016); without their tolerance of
    15 pixels, as our masks are exact.
    """
    return float(np.mean([part.mask[h == h.max()].mean() for h, part in zip(heatmaps, case.parts)]))


def mass_in_mask(heatmap: np.ndarray, mask: np.ndarray) -> float:
    """Share of the positive part of a heatmap that lies in a mask (relevance mass accuracy:
    CLEVR-XAI, Arras et al. 2022).

    NaN where nothing is positive.
    """
    positive = np.clip(heatmap, 0, None)
    return float(positive[mask].sum() / positive.sum()) if positive.sum() > 0 else np.nan


def distractibility(case: Case, heatmaps: np.ndarray) -> float:
    """Share of the heatmap of the true texts that does not lie on a small stranger in the
    background which the model ignores.

    FunnyBirds' distractibility protocol (completeness). Changed: one background object, a figure of
    another kind; a share of the heatmap (the paper: a count of parts above a threshold, which has
    to be chosen). As in the paper, only objects of no importance count: if the stranger costs 5 %
    of the score or more, or (which the paper's code lets pass) adds as much, the image is left
    out, as NaN.

    Parameters
    ----------
    heatmaps : (P, H, W), of the image with the stranger
    """
    n = len(case.parts)
    before, after = case.scores[:n].mean(), case.joined[:n].mean()
    if not case.stranger.any() or abs(after - before) >= UNIMPORTANT * abs(before):
        return np.nan
    return 1 - mass_in_mask(heatmaps.mean(0), case.stranger)
