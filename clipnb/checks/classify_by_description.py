"""Checks of the exercises about classification by description (notebook 04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from types import EllipsisType
from typing import TYPE_CHECKING

import torch

from .feedback import called, checked, match, say, shown, texts_of

if TYPE_CHECKING:
    from ..data.images import ImageDataset
    from ..model.clip import Clip

LEAST = 0.3  # recall and precision that a description must reach, whatever the bundled one does


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
    return match(
        called(function, image, raw),
        expected,
        wrong,
        "Yes: every text to unit length, its cosine with the image, the mean of them.",
        "the score of a class",
    )


@checked
def check_description(
    clip: Clip,
    data: ImageDataset,
    name: str,
    descriptors: Sequence[str] | EllipsisType,
    goal: float,
) -> bool:
    """Whether the reader's descriptors of one class tell it apart: its images are found (recall),
    and images that are called so are of this class (precision).

    Parameters
    ----------
    clip : Clip
    data : ImageDataset
        Images of all candidate classes, others than those which the reader has looked at.
    name : str
        The class that the reader describes; the others keep their bundled descriptors.
    descriptors : list of str, or ``...``
    goal : float
        For recall and for precision; where the bundled descriptors of the class reach less, that is
        enough, but no less than ``LEAST``.
    """
    from ..classify.descriptors import load_descriptors

    if descriptors is ...:
        say(
            False,
            f"Not written yet: replace the three dots by a list of descriptors of the {name}.",
        )
        return False
    if (texts := texts_of(descriptors, "descriptors")) is None:
        return False
    bundled = load_descriptors("fieldguide").select(data.class_names)
    try:
        edited = bundled.edit(name, texts)
    except (ValueError, TypeError) as error:
        say(False, shown(error, 300))
        return False
    if any(name.lower() in text.lower() for text in texts):
        say(False, f"Leave the name '{name}' out of the descriptors: the marks are to do the work.")
        return False
    images = clip.encode_images(data)
    recall, precision, missed, taken = _told_apart(clip, edited, name, data, images)
    before = _told_apart(clip, bundled, name, data, images)
    wanted = [max(LEAST, min(goal, one)) for one in before[:2]]
    found = f"recall {recall:.0%} (asked: {wanted[0]:.0%}), precision {precision:.0%} (asked: {wanted[1]:.0%})"
    if recall >= wanted[0] and precision >= wanted[1]:
        say(True, f"Your descriptors on {len(data)} other images: {found}.")
        return True
    if recall < wanted[0]:
        advice = (
            f"Most of the missed ones are called '{missed}': what sets the {name} apart from it?"
        )
    else:
        advice = f"Images of '{taken}' are called {name}, too: say what they do not have."
    say(False, f"On {len(data)} other images: {found}. {advice}")
    return False


def _told_apart(clip, descriptors, name, data, images) -> tuple[float, float, str, str]:
    """Recall and precision of one class; what its images are most often called instead, and which
    images are most often taken for it."""
    from ..classify.prompts import descriptor_prompts
    from ..classify.zeroshot import ZeroShotClassifier

    table = descriptor_prompts(descriptors, include_name=False)
    said = ZeroShotClassifier(clip, table).predict(images).labels
    truth = [data.class_names[label] for label in data.labels]
    pairs = list(zip(truth, said))
    hits, own, called = pairs.count((name, name)), truth.count(name), said.count(name)
    missed = Counter(b for a, b in pairs if a == name != b)
    taken = Counter(a for a, b in pairs if b == name != a)
    most = [one.most_common(1)[0][0] if one else "" for one in (missed, taken)]
    return hits / max(own, 1), hits / max(called, 1), most[0], most[1]
