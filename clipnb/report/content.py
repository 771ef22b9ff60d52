"""What a report's template asks for: scores, cards with thumbnails, lists, and what made them."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from ..data.images import ImageDataset
from ..support.files import image_address
from . import audit, findings
from .verdicts import verdicts

if TYPE_CHECKING:
    from ..classify.descriptors import DescriptorSet
    from ..classify.zeroshot import Prediction
    from ..evaluation.comparison import Method
    from ..model.clip import Clip

SIDE, SMALL = 224, 96  # pixels of a thumbnail's longer side, beside its reasons and in lists
MOST_LISTED = 10_000


def content_of(
    data: ImageDataset,
    classifiers: Mapping[str, Method],
    explain: str,
    descriptors: DescriptorSet | None,
    max_images: int,
    max_prompts: int,
    seeds: int | Sequence[int],
) -> dict:
    """Everything that the template asks for. Cards and list are generators, so one image is in
    memory at a time."""
    classifier = findings.explained(classifiers, explain)
    prediction = classifier.predict(data)
    labelled = data.labels >= 0
    scored = data if labelled.all() else data.select(labelled)
    shown = findings.order_to_look_at(prediction, data, max_images)
    reference = findings.reference_of(prediction)
    why = {
        i: findings.reasons(
            prediction, i, findings.rivals(prediction, data, i), max_prompts, reference
        )
        for group in shown.values()
        for i in group
    }
    bars = (
        abs(value)
        for one in why.values()
        if one
        for value in (one["margin"], one["usual"], one["rest"], *(r["bar"] for r in one["rows"]))
    )
    widest = max(bars, default=1) or 1
    said, confidence = prediction.labels, prediction.confidence.tolist()
    right = [
        answer == data.class_names[label] if label >= 0 else None
        for answer, label in zip(said, data.labels)
    ]
    answers = Counter(said)
    counts = {
        "mistakes": right.count(False),
        "right": right.count(True),
        "unlabelled": right.count(None),
    }
    listed = [i for i in range(len(data)) if i not in why]
    return {
        "prediction": prediction,
        "explain": explain,
        **_scores(classifiers, explain, scored, prediction, seeds),
        "answers": {name: answers[name] for name in classifier.class_names},
        "counts": counts,
        "cards": {
            group: map(partial(_card, data, said, confidence, why, widest), which)
            for group, which in shown.items()
        },
        "shown": {group: len(which) for group, which in shown.items()},
        "listed": map(partial(_line, data, said, confidence), listed[:MOST_LISTED]),
        "listed_count": min(len(listed), MOST_LISTED),
        "unlisted_count": max(0, len(listed) - MOST_LISTED),
        "prompts": classifier.table,
        "pooling": classifier.pooling,
        "reference": reference.n if reference else 0,
        "provenance": dict(getattr(descriptors, "provenance", None) or {}),
        "dropped": _dropped(descriptors),
        "n": len(data),
        "sigmoid": classifier.clip.sigmoid,
        "made": _made_with(classifier.clip),
    }


def audit_of(
    prediction: Prediction,
    data: ImageDataset,
    classifiers: Mapping[str, Method],
    descriptors: DescriptorSet | None,
    suggestions: Mapping[str, Sequence[str]] | None,
    pictured: bool,
) -> dict:
    """What is doubtful about the images and their labels, and what separates confused classes;
    with small images, where the report shows any."""
    found = {
        "copies": audit.copies(prediction, data),
        "labels": audit.doubtful_labels(prediction, data),
        "shot_labels": audit.doubtful_shots(classifiers),
        "separations": [],
    }
    labelled = data.labels >= 0
    if labelled.any():
        scored = data if labelled.all() else data.select(labelled)
        found["separations"] = audit.separations(prediction, scored, descriptors, suggestions)
    for row in found["copies"]["rows"]:
        row["thumbnails"] = [thumbnail(data.images, i, SMALL) for i in row["places"] if pictured]
    for row in found["labels"]["rows"]:
        row["thumbnails"] = [thumbnail(data.images, i, SMALL) for i in [row["place"]] if pictured]
    return found


def _scores(
    classifiers: Mapping[str, Method],
    explain: str,
    scored: ImageDataset,
    prediction: Prediction,
    seeds: int | Sequence[int],
) -> dict[str, list]:
    """What can be said of the images with labels, ``scored``; nothing where there are none."""
    if not len(scored):
        return {"methods": [], "verdicts": [], "classes": [], "confusions": []}
    classifier = findings.explained(classifiers, explain)
    rows = findings.scores_table(classifiers, scored, explain, seeds)
    whole = len(scored) == len(prediction)
    return {
        "methods": rows,
        "verdicts": verdicts(rows, scored),
        "classes": findings.class_table(classifier, scored),
        "confusions": findings.confusions(
            prediction if whole else classifier.predict(scored), scored
        ),
    }


def _line(data: ImageDataset, said: list[str], confidence: list[float], i: int) -> dict:
    truth = data.class_names[data.labels[i]] if data.labels[i] >= 0 else None
    return {
        "file": data.sources[i],
        "truth": truth,
        "said": said[i],
        "probability": confidence[i],
    }


def _card(
    data: ImageDataset,
    said: list[str],
    confidence: list[float],
    why: dict,
    widest: float,
    i: int,
) -> dict:
    return {
        **_line(data, said, confidence, i),
        "thumbnail": thumbnail(data.images, i),
        "why": why[i],
        "widest": widest,
    }


def thumbnail(images: Sequence, i: int, side: int = SIDE) -> str | None:
    """An image as a small JPEG in a data: address; None where it cannot be opened any more, or
    only its embedding was kept."""
    try:
        image = images[i]
    except (OSError, ValueError, SyntaxError):  # Pillow's words for a file that is gone or damaged
        return None
    return image_address(image, side, quality=82)


def _dropped(descriptors: DescriptorSet | None) -> list[dict]:
    """What a check of the descriptors flagged or dropped, as rows."""
    report = getattr(descriptors, "report", None)
    return [] if report is None else report[report["action"] != "kept"].to_dict("records")


def _made_with(clip: Clip) -> dict[str, str]:
    versions = {}
    for package in ("clipnb", "torch", "transformers", "pillow"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # run from a checkout
            versions[package] = "not installed as a package"
    return {
        "date": date.today().isoformat(),
        "model": clip.name,
        "fingerprint of the model": clip.fingerprint,
        "computed in": f"{str(clip.dtype).removeprefix('torch.')} on {clip.device.type}",
        "versions": ", ".join(
            [
                *(f"{name} {number}" for name, number in versions.items()),
                f"Python {platform.python_version()}",
            ]
        ),
    }
