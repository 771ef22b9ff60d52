"""What a report says, as plain numbers and words: how good, compared with what, which images to
look at, and why they were answered so.

Nothing here writes a file or knows HTML; ``clipnb.report.page`` puts it on a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..classify.blocks import row_blocks
from ..classify.zeroshot import Prediction, ZeroShotClassifier
from ..data.images import ImageDataset
from ..evaluation.comparison import evaluate
from ..evaluation.tables import per_class, summarize
from ..explain.class_scores import own_parts
from ..explain.margins import margin_parts, mean_margin
from ..explain.reference import Reference, reference_of

if TYPE_CHECKING:
    from ..evaluation.comparison import Method
    from ..model.clip import Clip


FEW = 10  # images of a class, below which its recall says little
CONTROL = "control"  # what the names of controls begin with, as in clipnb.controls
SHOT_CONTROL = "control: shuffled shots"  # is about examples, and says nothing of the words


def embedded(data: ImageDataset, clip: Clip) -> ImageDataset:
    """The same images with their embeddings beside them, so that no classifier encodes them
    again."""
    if data.embeddings is not None:
        return data
    return replace(
        data,
        embeddings=clip.encode_images(data).numpy(),
        model={"name": clip.name, "fingerprint": clip.fingerprint},
    )


def choose(classifiers: Mapping[str, Method], explain: str | None) -> str:
    """Which of the methods is explained: the one asked for, or the last that is a classifier and
    not a control."""
    if explain is not None:
        if not isinstance(classifiers.get(explain), ZeroShotClassifier):
            raise ValueError(
                f"'{explain}' cannot be explained; give the name of a classifier:"
                f" {', '.join(map(str, classifiers))}."
            )
        return explain
    ready = [
        name
        for name, one in classifiers.items()
        if isinstance(one, ZeroShotClassifier) and not str(name).startswith(CONTROL)
    ]
    if not ready:
        raise ValueError(
            "A report needs at least one ZeroShotClassifier that is not a control; it is the one"
            " whose reasons are shown."
        )
    return ready[-1]


def explained(classifiers: Mapping[str, Method], name: str) -> ZeroShotClassifier:
    """The classifier that :func:`choose` chose."""
    classifier = classifiers[name]
    if not isinstance(classifier, ZeroShotClassifier):
        raise TypeError(f"'{name}' is no classifier; let choose() choose.")
    return classifier


def check_classes(classifiers: Mapping[str, Method], data: ImageDataset) -> None:
    """ValueError if a classifier chooses among other classes than those of labelled images; the
    message names one."""
    if not (data.labels >= 0).any():
        return
    for name, one in classifiers.items():
        if isinstance(one, ZeroShotClassifier) and (
            different := set(one.class_names) ^ set(data.class_names)
        ):
            odd = sorted(different)[0]
            where = (
                "the images have no such class"
                if odd in one.class_names
                else "the classifier does not know it"
            )
            raise ValueError(
                f"The classes of '{name}' and of the images differ in '{odd}': {where}. Names"
                " must agree letter by letter."
            )


# --- how good -------------------------------------------------------------------------------------


def scores_table(
    classifiers: Mapping[str, Method], data: ImageDataset, explain: str, seeds: int | Sequence[int]
) -> list[dict]:
    """A row per method: accuracy with its interval, and the paired comparison with the explained
    one, on labelled images."""
    clip = explained(classifiers, explain).clip
    results = evaluate(
        clip,
        data,
        classifiers,
        baseline=explain,
        seeds=seeds,
        groups={"all": np.ones(len(data), bool)},
    )
    summary = summarize(results, "all")
    return [
        {
            "name": name,
            "control": str(name).startswith(CONTROL),
            "explained": name == explain,
            **{
                key: float(row[key])
                for key in ("top1", "low", "high", "recall", "fixed", "broken", "p_holm")
            },
            "seeds": int(row["seeds"]),
        }
        for name, row in summary.iterrows()
    ]


def class_table(classifier: ZeroShotClassifier, data: ImageDataset) -> list[dict]:
    """A row per class that has images, worst first: n, recall with its interval, the most
    frequent incorrect answer."""
    return [
        {"name": name, **row}
        for name, row in per_class(classifier, data).query("n > 0").to_dict("index").items()
    ]


def confusions(prediction: Prediction, data: ImageDataset, most: int = 10) -> list[dict]:
    """The most frequent mistakes, truth → answer, each with the prompt of the predicted class that
    contributes most to its lead over the true class on those images (centred, where the images
    serve as a reference)."""
    truth = np.array(data.class_names, dtype=object)[data.labels]
    answers = np.array(prediction.labels, dtype=object)
    pairs = Counter((t, a) for t, a in zip(truth, answers) if t != a)
    classifier, reference, rows = prediction.classifier, reference_of(prediction), []
    for (true, said), count in pairs.most_common(most):
        those = np.flatnonzero((truth == true) & (answers == said))
        own = _mean_parts(classifier, prediction.image_embeddings[those], said, reference)
        rows.append(
            {
                "truth": true,
                "said": said,
                "count": count,
                "of": int((truth == true).sum()),
                "because": classifier.table[said][int(np.nanargmax(own))],
            }
        )
    return rows


def _mean_parts(
    classifier: ZeroShotClassifier,
    embeddings: torch.Tensor,
    name: str,
    reference: Reference | None,
) -> np.ndarray:
    """What each prompt of a class adds to its score, (prompts,), on average over the images for
    which it counts; NaN if there are none."""
    width, place = len(classifier.table[name]), classifier.class_names.index(name)
    parts = [
        own_parts(classifier, some, [place] * len(some), reference).parts
        for some in (
            embeddings[rows] for rows in row_blocks(len(embeddings), embeddings.shape[1] * width)
        )
    ]
    return torch.cat(parts).nanmean(0).numpy()


# --- which images, and why ----------------------------------------------------------------------


def order_to_look_at(prediction: Prediction, data: ImageDataset, most: int) -> dict[str, list[int]]:
    """Which images get a card: mistakes, the most confident first, in three quarters of the room at
    most; the others, the least confident first."""
    sure = prediction.confidence.numpy()
    truth = [data.class_names[i] if i >= 0 else None for i in data.labels]
    right = np.array([said == true for said, true in zip(prediction.labels, truth)])
    unlabelled = data.labels < 0
    by_doubt = np.argsort(sure, kind="stable")
    groups = {
        "mistakes": [int(i) for i in by_doubt[::-1] if not right[i] and not unlabelled[i]],
        "right": [int(i) for i in by_doubt if right[i]],
        "unlabelled": [int(i) for i in by_doubt if unlabelled[i]],
    }
    others = len(groups["right"]) + len(groups["unlabelled"])
    room = {"mistakes": max(most - others, round(0.75 * most))}
    left = most - min(room["mistakes"], len(groups["mistakes"]))
    room["right"] = left if not groups["unlabelled"] else left // 2 if groups["right"] else 0
    room["unlabelled"] = left - min(room["right"], len(groups["right"]))
    return {name: which[: room[name]] for name, which in groups.items()}


def reasons(
    prediction: Prediction,
    index: int,
    classes: list[str],
    most: int,
    reference: Reference | None = None,
) -> dict | None:
    """Why an image got its class rather than another: the margin of the two, prompt by prompt, as
    in :func:`clipnb.plots.explain_image`.

    Parameters
    ----------
    prediction : Prediction
    index : int
        The image.
    classes : list of str
        This class and that one.
    most : int
        So many prompts have a row of their own: those with the largest centred values.
    reference : Reference, optional
        The images against which contributions are centred; without it the midpoint of the two
        scores.

    Returns
    -------
    dict or None
        ``classes``; ``margin``; ``usual`` (the mean margin of the reference images, 0 without);
        ``rows`` (``prompt``, ``owner``: its class, ``bar``: its centred contribution; largest
        first); ``hidden`` and ``rest`` (how many others there are, and their sum). The mean margin,
        all bars and the rest add up to the margin. None where there is only one class.
    """
    if len(classes) < 2:
        return None
    places = [prediction.class_index(name) for name in classes[:2]]
    embedding = prediction.image_embeddings[index]
    every = margin_parts(prediction.classifier, embedding, *places, reference=reference)
    parts = sorted((part for part in every if part.weight), key=lambda part: -part.centred)
    order = np.argsort([-abs(part.centred) for part in parts], kind="stable")
    shown = [parts[k] for k in sorted(order[:most].tolist())]
    total, kept = (sum(part.centred for part in some) for some in (parts, shown))
    return {
        "classes": classes[:2],
        "margin": sum(part.contribution for part in parts),
        "usual": mean_margin(parts),
        "rows": [{"prompt": p.text, "owner": p.name, "bar": p.centred} for p in shown],
        "hidden": len(parts) - len(shown),
        "rest": total - kept,
    }


def rivals(prediction: Prediction, data: ImageDataset, index: int) -> list[str]:
    """The two classes whose reasons are worth reading: the answer, and the truth where it is
    another; else the runner-up."""
    ranked = [prediction.class_names[c] for c in prediction.ranking(index)[:2]]
    label = data.labels[index]
    if label >= 0 and data.class_names[label] != ranked[0]:
        return [ranked[0], data.class_names[label]]
    return ranked


# --- what to mind about the images --------------------------------------------------------------


def remarks(data: ImageDataset) -> list[str]:
    """What about these images makes the numbers mean less: copies, small classes, classes without
    images."""
    said = []
    copies = sum(count - 1 for count in Counter(data.keys).values() if count > 1)
    if copies:
        said.append(
            f"Copies of other images, byte by byte: {copies}. They count twice and tell nothing"
            " new; remove them."
        )
    if not (data.labels >= 0).any():
        return said
    counts = np.bincount(data.labels[data.labels >= 0], minlength=len(data.class_names))
    if small := [(name, int(n)) for name, n in zip(data.class_names, counts) if 0 < n < FEW]:
        name, n = min(small, key=lambda pair: pair[1])
        said.append(
            f"Classes with fewer than {FEW} images: {len(small)} (the fewest, {n}, for ‘{name}’);"
            " their own figures are rough."
        )
    if empty := [name for name, n in zip(data.class_names, counts) if n == 0]:
        said.append(
            f"Classes without images: {len(empty)} (such as ‘{empty[0]}’); no answer can be correct"
            " answers."
        )
    return said
