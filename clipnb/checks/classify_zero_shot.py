"""Checks of the exercises about scores, probabilities and templates (notebook 03)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING

import numpy as np
import torch

from .feedback import called, checked, match, say

if TYPE_CHECKING:
    from ..data.images import ImageDataset
    from ..model.clip import Clip


@checked
def check_zero_shot(function: Callable | EllipsisType) -> bool:
    """Whether ``function(images, texts, scale)`` gives the probabilities (n, classes) of unit
    images (n, d) and raw texts (classes, d)."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of image embeddings, text"
            " embeddings and a scale.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    images = torch.nn.functional.normalize(torch.randn(4, 6, generator=generator), dim=1)
    raw = torch.randn(3, 6, generator=generator) * torch.tensor([[1.0], [4.0], [0.3]])
    cosines, scale = images @ torch.nn.functional.normalize(raw, dim=1).T, 7.0
    wrong = {
        "The text embeddings are not of unit length: divide each by its length, or long ones win.": (
            (scale * images @ raw.T).softmax(1)
        ),
        "Your softmax lacks the scale.": cosines.softmax(1),
        "You divided by the scale: it is the inverse of the temperature, so multiply.": (
            (cosines / scale).softmax(1)
        ),
        "Your softmax runs over the images (dim 0). The classes of one image compete: dim 1.": (
            (scale * cosines).softmax(0)
        ),
        "These are the cosines; scale and softmax are missing.": cosines,
        "These are the logits; the softmax is missing.": scale * cosines,
        "A sigmoid gives each class a probability by itself; softmax lets the classes compete.": (
            (scale * cosines).sigmoid()
        ),
    }
    got = called(function, images, raw, scale)
    return match(
        got,
        (scale * cosines).softmax(1),
        wrong,
        "Yes: unit texts, cosines, times the scale, softmax over the classes.",
        "the answer",
    )


@checked
def check_calibration_error(function: Callable | EllipsisType) -> bool:
    """Whether ``function(confidence, correct)`` is the expected calibration error with ten bins of
    equal width."""

    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of confidences and of which"
            " answers are correct.",
        )
        return False
    chance = np.random.default_rng(0)
    confidence = chance.beta(3, 1.5, 400)
    correct = chance.random(400) < np.where(confidence > 0.55, confidence - 0.25, confidence + 0.2)
    place = np.clip(np.ceil(confidence * 10).astype(int) - 1, 0, 9)
    full = np.unique(place)
    gaps = np.array([correct[place == b].mean() - confidence[place == b].mean() for b in full])
    shares = np.array([(place == b).mean() for b in full])
    wrong = {
        "You took the mean over the bins; weight each bin by its images.": np.abs(gaps).mean(),
        "You divided by ten bins, as if all had equally many images; weight each bin by its images.": (
            np.abs(gaps).sum() / 10
        ),
        "Without bins, too high here and too low there cancel out: take the distance in each bin.": abs(
            correct.mean() - confidence.mean()
        ),
        "Too high and too low cancel out: take the absolute distance in each bin.": (
            (gaps * shares).sum()
        ),
        "Too high and too low cancel out, and the sign is that of the whole: take the absolute distance in each bin.": (
            -(gaps * shares).sum()
        ),
        "That is the largest distance of a bin; the expected error is their weighted mean.": (
            np.abs(gaps).max()
        ),
        "You compared image by image; a single image is correct or not, so compare the means of a bin.": (
            np.abs(correct - confidence).mean()
        ),
    }
    got = called(function, confidence, correct)
    if got is not None and got.shape == () and np.isnan(got):
        say(
            False,
            "Your error is not a number: a bin without images has no mean, so leave it out.",
        )
        return False
    return match(
        got,
        (np.abs(gaps) * shares).sum(),
        wrong,
        "Yes: the distance of accuracy and confidence in each bin, weighted by its images.",
        "the error",
    )


@checked
def check_templates(
    clip: Clip, data: ImageDataset, templates: Mapping[str, str] | EllipsisType, gain: float
) -> bool:
    """Whether one template per kind finds the held-out species by name better than "a photo of a
    {}".

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
    kinds = {
        data.class_names[label]: scene.individual.kind
        for label, scene in zip(data.labels, data.scenes)
    }
    if not isinstance(templates, dict):
        say(
            False,
            f"Give a dictionary, kind → template, and not a {type(templates).__name__}: "
            + "{'bird': '… {} …', …}.",
        )
        return False
    if missing := [kind for kind in dict.fromkeys(kinds.values()) if kind not in templates]:
        say(False, f"There is no template for: {', '.join(missing)}.")
        return False
    if nameless := [
        kind
        for kind, text in templates.items()
        if not isinstance(text, str) or text.count("{}") != 1
    ]:
        say(
            False,
            f"The template of '{nameless[0]}' needs {{}} once, where the name goes: else nothing"
            " tells its species apart.",
        )
        return False
    tables = {
        "before": name_prompts(data.class_names),
        "after": {n: [templates[kinds[n]].replace("{}", n)] for n in data.class_names},
    }
    classifiers = {method: ZeroShotClassifier(clip, table) for method, table in tables.items()}
    table = compare(classifiers, data.select(~data.seen[data.labels]))
    before, after, p = table["accuracy"].iloc[0], table["accuracy"].iloc[1], table["p"].iloc[1]
    figures = f"{after:.2f} instead of {before:.2f} (exact McNemar p = {p:.2g})"
    if after >= before + gain:
        say(True, f"Your templates find more held-out species: {figures}.")
        return True
    say(
        False,
        f"{figures}; asked is a gain of {gain:.2f}. What do you know of a species of this kind that"
        " its name does not tell?",
    )
    return False
