"""Checks of the exercises about prompts (notebook 05)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import normalize

from .feedback import asked, checked, say, shown, stopped, texts_of

if TYPE_CHECKING:
    from ..data.images import ImageDataset
    from ..model.clip import Clip


@checked
def check_class_embedding(function: Callable | EllipsisType) -> bool:
    """Whether ``function(texts)`` is the centroid, a unit embedding (d,), of the raw text
    embeddings (k, d) of a class."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of a matrix of text embeddings.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    raw = torch.randn(5, 8, generator=generator) * torch.tensor([[1.0], [5.0], [0.2], [2.0], [1.0]])
    unit = normalize(raw, dim=1)
    try:
        got = torch.as_tensor(asked(function, raw), dtype=torch.float32)
    except Exception as error:  # whatever the reader's code raises is feedback, not a crash
        return stopped(error)
    wrong = {
        "That is raw_mean: you averaged before every text had unit length, so long embeddings speak louder.": normalize(
            raw.mean(0), dim=0
        ),
        "That is the mean of the unit embeddings, which is shorter than 1; the centroid is brought to unit length once more.": unit.mean(
            0
        ),
        "You averaged the raw embeddings: bring every text to unit length first, and the mean once more.": raw.mean(
            0
        ),
        "You added the unit embeddings up: bring the sum to unit length.": unit.sum(0),
    }
    if got.shape != (8,):
        say(
            False,
            f"Your function returns {tuple(got.shape)} for texts of (5, 8); the embedding of a"
            " class is (8,).",
        )
    elif torch.allclose(got, normalize(unit.mean(0), dim=0), atol=1e-5):
        say(True, "Yes: every text to unit length, their mean, and that to unit length again.")
        return True
    else:
        hint = next(
            (text for text, value in wrong.items() if torch.allclose(got, value, atol=1e-5)), None
        )
        say(
            False,
            hint
            or f"Your embedding is not the centroid; its length is {got.norm():.2f} and should be 1.",
        )
    return False


SEEN = (
    "It has bright green skin and round toe pads.",
    "Its feathers are grey with fine white bars.",
    "The wings have scalloped edges and two eyespots.",
    "Its leaves are heart-shaped and glossy.",
    "A tall white stem carries a flat brown cap.",
    "The body is striped in black and yellow.",
)
UNSEEN = (
    "There are more than 6,000 species of frogs in the world.",
    "It eats insects and spiders.",
    "Its call is loud and can be heard from far away.",
    "It is native to the forests of North America.",
    "This mushroom is poisonous.",
    "The flowers smell of honey.",
)


@checked
def check_filter(function: Callable | EllipsisType) -> bool:
    """Whether ``function(text)`` is True for texts that an image can show and False for
    the others, on twelve examples."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of a text that answers True"
            " (keep) or False (drop).",
        )
        return False
    try:
        kept = [text for text in SEEN + UNSEEN if asked(function, text)]
    except Exception as error:  # whatever the reader's code raises is feedback, not a crash
        return stopped(error)
    right = sum((text in kept) == (text in SEEN) for text in SEEN + UNSEEN)
    if right == len(SEEN + UNSEEN):
        say(True, "Yes: all twelve example texts are sorted as a person would.")
    elif missed := [text for text in SEEN if text not in kept]:
        whole = (
            " A short word may hide in a longer one: look for whole words."
            if len(missed) < 4
            else ""
        )
        say(False, f"{right} of 12 right. You drop '{missed[0]}', which an image can show.{whole}")
    else:
        wrong = next(text for text in UNSEEN if text in kept)
        say(False, f"{right} of 12 right. You keep '{wrong}' Can an image show that?")
    return right == len(SEEN + UNSEEN)


@checked
def check_prompts(
    clip: Clip,
    data: ImageDataset,
    name: str,
    texts: Sequence[str] | EllipsisType,
    baseline: float,
) -> bool:
    """Whether the reader's texts about one class recognise its images, without taking those
    of the other classes.

    Parameters
    ----------
    clip : Clip
    data : ImageDataset
        The images of all candidate classes.
    name : str
        The class that the reader writes about; the others keep their recorded texts, pooled by
        centroid.
    texts : list of str
        At least three, or ``...``.
    baseline : float
        Accuracy to reach on the images of the class; where the recorded texts reach less, that is
        enough.
    """
    from ..classify.descriptors import load_descriptors
    from ..classify.prompts import PromptTable
    from ..classify.quality import check_descriptors

    if texts is ...:
        say(
            False,
            "Not written yet: replace the three dots by a list of at least three texts about"
            f" the {name}.",
        )
        return False
    if (mine := texts_of(texts, "texts")) is None:
        return False
    recorded = load_descriptors("fieldguide-prompts").select(data.class_names)
    try:
        table = PromptTable({**recorded, name: mine})
        report = check_descriptors({name: table[name]}, own_name="keep", longest=300).report
    except (ValueError, TypeError) as error:
        say(False, shown(error, 300))
        return False
    dropped = report[report["action"] == "dropped"]
    if len(dropped):
        say(
            False,
            f"'{dropped['descriptor'].iloc[0]}' would not pass the filter:"
            f" {dropped['reason'].iloc[0]}.",
        )
        return False
    if len(table[name]) < 3:
        say(False, f"Write at least three texts; you have {len(table[name])}.")
        return False
    embeddings = clip.encode_images(data)

    share, rest, told, wrong = _recognised(clip, table, name, data, embeddings)
    before, rest_before, *_ = _recognised(clip, recorded, name, data, embeddings)
    baseline = min(baseline, before)
    if share < baseline:
        rival = max(set(wrong), key=wrong.count)
        goal = f"{share:.0%} of the images recognised (asked: {baseline:.0%})."
        say(False, f"{goal} The most frequent mistake is '{rival}': what sets the {name} apart?")
    elif told < 0.9:
        pairs = (
            f"your texts fit a {name} better than another image in {told:.0%} of the pairs"
            " only (asked: 90%)"
        )
        say(False, f"Recognised, but by exclusion: {pairs}. Say what you see.")
    elif rest < rest_before - 0.1:
        fall = f"their accuracy fell from {rest_before:.0%} to {rest:.0%}"
        say(
            False,
            f"Your texts fit the {name} ({share:.0%}), but others too: {fall}. Say less that is"
            " common to all.",
        )
    else:
        say(
            True,
            f"Your texts recognise {share:.0%} of the images (recorded ones: {before:.0%}),"
            " and the other classes keep theirs.",
        )
        return True
    return False


def _recognised(
    clip: Clip,
    table: Mapping[str, list[str]],
    name: str,
    data: ImageDataset,
    vectors: torch.Tensor,
) -> tuple[float, float, float, list[str]]:
    """Accuracy on the images of a class and on the others; in how many pairs its texts fit an
    image of it better than another image; and what its images are taken for."""
    from ..classify.zeroshot import ZeroShotClassifier

    mine = data.labels == data.class_names.index(name)
    classifier = ZeroShotClassifier(clip, table, "centroid")
    scores = classifier.score(vectors)[:, classifier.class_names.index(name)]
    better = scores[torch.tensor(mine)][:, None] > scores[torch.tensor(~mine)]
    said = classifier.predict(vectors).labels
    right = np.array([label == data.class_names[c] for label, c in zip(said, data.labels)])
    wrong = [label for label, own in zip(said, mine) if own and label != name]
    return right[mine].mean(), right[~mine].mean(), better.float().mean().item(), wrong
