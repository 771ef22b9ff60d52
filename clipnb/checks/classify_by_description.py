"""Checks of the exercises about classification by description (notebook 04)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import TYPE_CHECKING

import torch

from .feedback import asked, checked, say, shown, stopped, texts_of

if TYPE_CHECKING:
    from ..data.images import ImageDataset
    from ..model.clip import Clip


@checked
def check_pooling(function: Callable | EllipsisType) -> bool:
    """Whether ``function(image, texts)`` is the mean cosine of one image (d,) with the
    texts (k, d) of a class."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of an image embedding and a matrix"
            " of text embeddings.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    image = torch.nn.functional.normalize(torch.randn(8, generator=generator), dim=0)
    raw = torch.randn(5, 8, generator=generator) * torch.tensor([[1.0], [5.0], [0.2], [2.0], [1.0]])
    unit = torch.nn.functional.normalize(raw, dim=1)
    expected = (unit @ image).mean()
    try:
        got = torch.as_tensor(asked(function, image, raw), dtype=torch.float32)
    except Exception as error:  # whatever the reader's code raises is feedback, not a crash
        return stopped(error)
    wrong = {
        "You averaged without dividing every text embedding by its length: that is close to raw_mean.": (
            (raw @ image).mean()
        ),
        "You normalised the average once more: that is centroid, not mean.": (
            torch.nn.functional.normalize(unit.mean(0), dim=0) @ image
        ),
        "That is raw_mean: average first, normalise after. Normalise every text first.": (
            torch.nn.functional.normalize(raw.mean(0), dim=0) @ image
        ),
        "That is the best text (max); the mean takes all of them.": (unit @ image).max(),
        "You added the texts up; divide by their number, or classes with many texts win.": (
            (unit @ image).sum()
        ),
    }
    if got.numel() != 1:
        say(False, f"Your function returns {tuple(got.shape)}; the score of a class is one number.")
    elif torch.isclose(got.reshape(()), expected, atol=1e-5):
        say(
            True,
            "Yes: every text to unit length, its cosine with the image, the mean of them.",
        )
        return True
    else:
        hint = next(
            (
                text
                for text, value in wrong.items()
                if torch.isclose(got.reshape(()), value, atol=1e-5)
            ),
            None,
        )
        say(
            False,
            hint
            or f"For the test embeddings the score should be {expected:.4f}, yours is {got.item():.4f}.",
        )
    return False


@checked
def check_description(
    clip: Clip,
    data: ImageDataset,
    name: str,
    descriptors: Sequence[str] | EllipsisType,
    baseline: float,
) -> bool:
    """Whether the reader's descriptors of one class recognise its images at least as often as the
    given accuracy.

    Parameters
    ----------
    clip : Clip
    data : ImageDataset
        The images of all candidate classes.
    name : str
        The class that the reader describes; the others keep their bundled descriptors.
    descriptors : list of str, or ``...``
    baseline : float
        Accuracy to reach on the images of the class.
    """
    from ..classify.descriptors import load_descriptors
    from ..classify.prompts import descriptor_prompts
    from ..classify.zeroshot import ZeroShotClassifier

    if descriptors is ...:
        say(
            False,
            "Not written yet: replace the three dots by a list of phrases that describe the"
            f" {name}.",
        )
        return False
    if (phrases := texts_of(descriptors, "phrases")) is None:
        return False
    try:
        bundled = load_descriptors("fieldguide").select(data.class_names)
        table = descriptor_prompts(bundled.edit(name, phrases), include_name=False)
    except (ValueError, TypeError) as error:
        say(False, shown(error, 300))
        return False
    if any(name.lower() in d.lower() for d in phrases):
        say(
            False, f"Leave the name '{name}' out of the phrases: the description is to do the work."
        )
        return False
    prediction = ZeroShotClassifier(clip, table).predict(data.of_class(name))
    share = sum(label == name for label in prediction.labels) / len(prediction)
    if share >= baseline:
        say(
            True,
            f"Your description recognises {share:.0%} of the images (asked: {baseline:.0%}).",
        )
        return True
    others = [label for label in prediction.labels if label != name]
    rival = max(set(others), key=others.count)
    say(
        False,
        f"{share:.0%} of the images recognised (asked: {baseline:.0%}). The most frequent mistake"
        f" is '{rival}': what sets the {name} apart from it?",
    )
    return False
