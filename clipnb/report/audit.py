"""What a report says about the images and their labels: near-duplicates, labels that may be
incorrect, and what separates the classes that are confused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..classify.fewshot import FewShotClassifier
from ..evaluation.confusions import confused_pairs
from ..evaluation.duplicates import near_duplicates
from ..evaluation.label_errors import confident_learning, held_out_probabilities
from ..explain.separation import FEWEST, Texts, separating_descriptors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

    from ..classify.zeroshot import Prediction
    from ..data.images import ImageDataset
    from ..evaluation.comparison import Method

PAIRS, COPIES, LABELS = 5, 12, 12  # in each list, at most
FEWEST_OF_CLASS = 3  # images, on average, for prototypes to judge labels


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table as named tuples, of which a type checker does not know the types."""
    return iter(table.itertuples())


def copies(prediction: Prediction, data: ImageDataset) -> dict:
    """Pairs of images that are nearly the same: ``rows``, and ``count`` of all pairs."""
    found = near_duplicates(data, prediction.image_embeddings)
    return {
        "count": len(found),
        "rows": [
            {
                "first": data.sources[row.first],
                "second": data.sources[row.second],
                "same_label": bool(data.labels[row.first] == data.labels[row.second]),
                "correlation": row.correlation,
                "exact": row.exact,
                "places": (row.first, row.second),
            }
            for row in _rows(found.head(COPIES))
        ],
    }


def doubtful_labels(prediction: Prediction, data: ImageDataset) -> dict:
    """Images whose label may be incorrect: ``rows``, ``count``, and ``by``: "examples" where other
    images of the data judged them, "text" where there are too few of each class.

    Parameters
    ----------
    prediction : Prediction
        Of the images of ``data``.
    data : ImageDataset
        Images without a label are left out.
    """
    labelled = np.flatnonzero(data.labels >= 0)
    if not len(labelled):
        return {"count": 0, "rows": [], "by": "text"}
    labels, names = data.labels[labelled], data.class_names
    by = "examples" if len(labelled) >= FEWEST_OF_CLASS * len(np.unique(labels)) else "text"
    if by == "examples":
        scale = prediction.classifier.clip.logit_scale
        p = held_out_probabilities(prediction.image_embeddings[labelled], labels, scale)
    else:
        order = [prediction.class_names.index(name) for name in names]
        rows = prediction.image_embeddings[labelled]
        p = prediction.classifier.predict(rows).probabilities[0 : len(rows)][:, order]
    found = confident_learning(p, labels)
    return {
        "count": len(found),
        "by": by,
        "rows": [
            {
                "file": data.sources[labelled[row.image]],
                "label": names[row.label],
                "suggestion": names[row.suggestion],
                "p_label": row.p_label,
                "p_suggestion": row.p_suggestion,
                "place": int(labelled[row.image]),
            }
            for row in _rows(found.head(LABELS))
        ],
    }


def doubtful_shots(classifiers: Mapping[str, Method]) -> dict:
    """Shots whose label the other shots contradict: ``rows``, ``count`` and ``method``, of the
    first classifier by examples; empty where there is none, or each class has one shot."""
    for name, one in classifiers.items():
        if isinstance(one, FewShotClassifier):
            try:
                table = one.probable_label_errors()
            except ValueError:  # one shot of each class, which nothing can judge
                break
            found = table[table["disagreement"] > 0]
            columns = ["item", "label", "suggestion", "p_label", "p_suggestion"]
            rows = found[columns].rename(columns={"item": "file"}).head(LABELS)
            rows = [{**row, "thumbnails": []} for row in rows.to_dict("records")]
            return {"count": len(found), "rows": rows, "method": name}
    return {"count": 0, "rows": [], "method": ""}


def separations(
    prediction: Prediction,
    data: ImageDataset,
    descriptors: Mapping[str, Sequence[str]] | None,
    suggestions: Mapping[str, Sequence[str]] | None = None,
) -> list[dict]:
    """What separates the most confused pairs: a dictionary per pair, ``classes``, ``images`` (how
    many are confused), ``rows``, as :func:`separating_descriptors` gives them, and ``failed``: how
    many candidates are left out, since they do not separate the images that did not choose them.

    Parameters
    ----------
    prediction : Prediction
    data : ImageDataset
        With labels.
    descriptors : mapping, optional
        In use; without, the prompts of the classifier.
    suggestions : mapping, optional
        What may be added, by class; without, the descriptors of all classes. Differential
        descriptors of :func:`clipnb.generate_contrasts`, for example.
    """
    classifier = prediction.classifier
    used = classifier.table if descriptors is None else descriptors
    pairs = confused_pairs(classifier, data)
    sizes = dict(zip(data.class_names, np.bincount(data.labels, minlength=len(data.class_names))))
    every, found, written = None, [], suggestions or {}
    for first, second, images in pairs.itertuples(index=False):
        if len(found) == PAIRS:
            break
        if min(sizes[first], sizes[second]) < FEWEST or not {first, second} <= set(used):
            continue
        own = {name: written[name] for name in (first, second) if name in written}
        if not own and every is None:
            every = Texts.of(classifier.clip, used)
        table = separating_descriptors(classifier.clip, data, (first, second), used, own or every)
        rows = table.to_dict("records")
        if own:  # what was written about one of the two is not offered for the other
            rows = [row for row in rows if row["in_use"] or row["owner"] == row["class"]]
        kept = [row for row in rows if row["in_use"] or row["auc"] > 0.5]
        found.append(
            {
                "classes": (first, second),
                "images": int(images),
                "rows": kept,
                "failed": len(rows) - len(kept),
            }
        )
    return found
