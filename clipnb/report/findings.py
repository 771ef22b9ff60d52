"""What a report says, as plain numbers and words: how good, compared with what, which pictures to
look at, and why they were answered so.

Nothing here writes a file or knows HTML; ``clipnb.report.page`` puts it on a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..classify.zeroshot import Prediction, ZeroShotClassifier, pool, ranking
from ..data.images import ImageDataset
from ..evaluation.comparison import evaluate
from ..evaluation.statistics import half_width, p_text, percent, pictures_needed
from ..evaluation.tables import per_class, summarize

if TYPE_CHECKING:
    from ..evaluation.comparison import Method
    from ..model.clip import Clip


FEW = 10  # pictures of a class, below which its recall says little
CONTROL = "control"  # what the names of controls begin with, as in clipnb.controls


def embedded(data: ImageDataset, clip: Clip) -> ImageDataset:
    """The same pictures with their vectors beside them, so that no classifier encodes them
    again."""
    if data.vectors is not None:
        return data
    return replace(
        data,
        vectors=clip.encode_images(data).numpy(),
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
    """ValueError if a classifier chooses among other classes than those of labelled pictures; the
    message names one."""
    if not (data.labels >= 0).any():
        return
    for name, one in classifiers.items():
        if isinstance(one, ZeroShotClassifier) and (
            different := set(one.class_names) ^ set(data.class_names)
        ):
            odd = sorted(different)[0]
            where = (
                "the pictures have no such class"
                if odd in one.class_names
                else "the classifier does not know it"
            )
            raise ValueError(
                f"The classes of '{name}' and of the pictures differ in '{odd}': {where}. Names"
                " must agree letter by letter."
            )


# --- how good -------------------------------------------------------------------------------------


def scores_table(
    classifiers: Mapping[str, Method], data: ImageDataset, explain: str, seeds: int | Sequence[int]
) -> list[dict]:
    """A row per method: accuracy with its interval, and the paired comparison with the explained
    one, on labelled pictures."""
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


def verdicts(rows: list[dict], data: ImageDataset) -> list[str]:
    """The table in sentences: how good, better than the other methods, better than the controls,
    and how sure."""
    mine, n = next(row for row in rows if row["explained"]), len(data)
    counts = np.bincount(data.labels, minlength=len(data.class_names))
    said = [
        f"‘{mine['name']}’ finds {round(mine['top1'] * n)} of {n} pictures, {percent(mine['top1'])}"
        f" (95 % interval {percent(mine['low'])} to {percent(mine['high'])}). Blind guessing among"
        f" {len(data.class_names)} classes would find {percent(1 / len(data.class_names))}, and"
        f" always naming the most frequent class {percent(counts.max() / n)}."
    ]
    said += [
        _against(row, mine["name"]) for row in rows if not row["explained"] and not row["control"]
    ]
    if controls := [row for row in rows if row["control"]]:
        strongest = max(controls, key=lambda row: row["top1"])
        words = (
            "the words of the descriptors do matter here"
            if _better(strongest)
            else "so it is not shown that the words of the descriptors matter"
        )
        said.append(_against(strongest, mine["name"], "the strongest control, ", words))
    else:
        said.append(
            "No control was run, so nobody knows whether other words would have done as well."
        )
    said.append(
        f"How sure: with {n} pictures an accuracy is known to about ± {100 * half_width(n):.0f}"
        f" points at worst; for ± 5 points it takes about {pictures_needed(0.05)} pictures, none of"
        " them a copy of another."
    )
    return said


def _better(row: dict) -> bool:
    """Whether the explained method is better than this one beyond chance."""
    return row["p_holm"] < 0.05 and row["broken"] > row["fixed"]


def _against(row: dict, mine: str, kind: str = "", better: str = "a gain beyond chance") -> str:
    worse = (
        "a loss beyond chance"
        if row["p_holm"] < 0.05
        else "these pictures cannot tell the two apart"
    )
    seeds = f", mean of {row['seeds']} seeds" if row["seeds"] > 1 else ""
    verdict = better if _better(row) else (worse + (f", {better}" if kind else ""))
    return (
        f"Against {kind}‘{row['name']}’ ({percent(row['top1'])}{seeds}): {row['broken']:.0f}"
        f" pictures that only ‘{mine}’ gets right, {row['fixed']:.0f} the other way round (p"
        f" {p_text(row['p_holm'])}); {verdict}."
    )


def class_table(classifier: ZeroShotClassifier, data: ImageDataset) -> list[dict]:
    """A row per class that has pictures, worst first: n, recall with its interval, the most
    frequent wrong answer."""
    return [
        {"name": name, **row} for name, row in per_class(classifier, data).to_dict("index").items()
    ]


def confusions(prediction: Prediction, data: ImageDataset, most: int = 10) -> list[dict]:
    """The most frequent mistakes, truth → answer, each with the sentence of the wrong class that
    fits those pictures best."""
    truth = np.array(data.class_names, dtype=object)[data.labels]
    answers = np.array(prediction.labels, dtype=object)
    pairs = Counter((t, a) for t, a in zip(truth, answers) if t != a)
    classifier, rows = prediction.classifier, []
    for (true, said), count in pairs.most_common(most):
        those = np.flatnonzero((truth == true) & (answers == said))
        sentences = classifier.table[said]
        mine = classifier.sentence_vectors[
            torch.as_tensor(classifier.table.groups) == classifier.class_names.index(said)
        ]
        fit = (mine @ prediction.image_embeddings[those].mean(0)).numpy()
        rows.append(
            {
                "truth": true,
                "said": said,
                "count": count,
                "of": int((truth == true).sum()),
                "because": sentences[int(fit.argmax())],
            }
        )
    return rows


# --- which pictures, and why ----------------------------------------------------------------------


def order_to_look_at(prediction: Prediction, data: ImageDataset, most: int) -> dict[str, list[int]]:
    """Which pictures get a card: mistakes, the surest first, in three quarters of the room at most;
    the others, the least sure first."""
    sure = prediction.probabilities.max(1).values.numpy()
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


def reasons(prediction: Prediction, index: int, classes: list[str], most: int) -> list[dict]:
    """Why a picture got its answer: the sentences of some classes, each with its cosine **less the
    mean over all classes** for this picture.

    A constant taken from every class changes no decision, so the bars add up as the scores do: with
    ``mean`` pooling the class with the larger mean bar wins. It makes small differences readable,
    as CLIP's cosines lie in a narrow band.

    Returns
    -------
    list of dict
        One per class: ``name``, ``probability``, ``mean`` (of all its bars), ``rows``
        (``sentence``, ``bar``; best first, at most ``most``: those farthest from zero), ``hidden``
        (how many are not shown).
    """
    classifier = prediction.classifier
    scores = classifier.sentence_vectors @ prediction.image_embeddings[index]
    groups = np.asarray(classifier.table.groups)
    means = pool(scores[None], groups)[0]
    bars, found = (scores - means.mean()).numpy(), []
    for name in classes:
        c = classifier.class_names.index(name)
        mine = bars[groups == c]
        shown = sorted(np.argsort(-np.abs(mine), kind="stable")[:most], key=lambda k: -mine[k])
        found.append(
            {
                "name": name,
                "probability": float(prediction.probabilities[index, c]),
                "mean": float(mine.mean()),
                "rows": [
                    {"sentence": classifier.table[name][k], "bar": float(mine[k])} for k in shown
                ],
                "hidden": len(mine) - len(shown),
            }
        )
    return found


def rivals(prediction: Prediction, data: ImageDataset, index: int) -> list[str]:
    """The two classes whose reasons are worth reading: the answer, and the truth where it is
    another; else the runner-up."""
    ranked = [prediction.class_names[c] for c in prediction.ranking(index)[:2]]
    label = data.labels[index]
    if label >= 0 and data.class_names[label] != ranked[0]:
        return [ranked[0], data.class_names[label]]
    return ranked


def rows_for_csv(
    prediction: Prediction, data: ImageDataset, reasons_each: int = 3, block: int = 1024
) -> Iterator[dict[str, Any]]:
    """A row per picture: file, truth, prediction, probability, runner_up, reasons; computed in
    blocks, so memory stays small."""
    classifier = prediction.classifier
    groups, answers = torch.as_tensor(np.asarray(classifier.table.groups)), prediction.indices
    sentences = classifier.table.sentences
    for start in range(0, len(data), block):
        scores = prediction.image_embeddings[start : start + block] @ classifier.sentence_vectors.T
        best = torch.as_tensor(answers[start : start + block])
        own = scores.masked_fill(groups[None] != best[:, None], -torch.inf)
        top = own.topk(min(reasons_each, own.shape[1]), dim=1)
        ranked = ranking(prediction.scores[start : start + block])[:, :2].tolist()
        for k in range(len(scores)):
            i = start + k
            why = [
                f"{sentences[s]} ({v:.3f})"
                for v, s in zip(top.values[k].tolist(), top.indices[k].tolist())
                if v > -np.inf
            ]
            yield {
                "file": data.sources[i],
                "truth": data.class_names[data.labels[i]] if data.labels[i] >= 0 else "",
                "prediction": prediction.class_names[answers[i]],
                "probability": round(float(prediction.probabilities[i].max()), 4),
                "runner_up": prediction.class_names[ranked[k][1]] if len(ranked[k]) > 1 else "",
                "reasons": " | ".join(why),
            }


# --- what to mind about the pictures --------------------------------------------------------------


def remarks(data: ImageDataset) -> list[str]:
    """What about these pictures makes the numbers mean less: copies, small classes, classes without
    pictures."""
    said = []
    copies = sum(count - 1 for count in Counter(data.keys).values() if count > 1)
    if copies:
        said.append(
            f"Copies of other pictures, byte by byte: {copies}. They count twice and tell nothing"
            " new; remove them."
        )
    if not (data.labels >= 0).any():
        return said
    counts = np.bincount(data.labels[data.labels >= 0], minlength=len(data.class_names))
    if small := [(name, int(n)) for name, n in zip(data.class_names, counts) if 0 < n < FEW]:
        name, n = min(small, key=lambda pair: pair[1])
        said.append(
            f"Classes with fewer than {FEW} pictures: {len(small)} (the fewest, {n}, for ‘{name}’);"
            " their own figures are rough."
        )
    if empty := [name for name, n in zip(data.class_names, counts) if n == 0]:
        said.append(
            f"Classes without pictures: {len(empty)} (such as ‘{empty[0]}’); they can only be wrong"
            " answers."
        )
    return said
