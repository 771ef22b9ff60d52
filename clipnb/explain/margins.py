"""What each descriptor adds to a decision between two classes."""

from __future__ import annotations

from ..classify.zeroshot import Prediction


def contributions(prediction: Prediction, index: int = 0, classes=None):
    """What every descriptor adds to the margin between two classes.

    With ``mean`` pooling (Menon & Vondrick 2023, equation 1) the score of a class is the mean
    cosine of its K sentences, so the margin is a sum over sentences: + cosine / K for those of the
    first class, - cosine / K for those of the second. Each cosine is counted from the midpoint of
    the two class scores, which changes no sum (what the first class loses, the second gains) and
    makes the signs readable: a sentence of the first class that fits better than the midpoint
    speaks for it, and so does a sentence of the second that fits worse.

    Parameters
    ----------
    prediction : Prediction
    index : int
        The picture.
    classes : (str, str), optional
        This class rather than that one; by default the two best.

    Returns
    -------
    pandas.DataFrame
        One row per sentence: ``class`` (both names with a slash for a sentence that both have),
        ``sentence``, ``score`` (cosine), ``contribution``. The contributions add up to the margin,
        score of the first class minus score of the second. Largest first; ``attrs`` has
        ``classes``, ``scores`` and ``margin``.

    Raises
    ------
    ValueError
        If the classifier pools by another rule than ``mean``: there, what a sentence adds depends
        on the other sentences of its class.
    """
    import pandas as pd

    classifier = prediction.classifier
    if classifier.pooling != "mean":
        raise ValueError(
            f"With the pooling '{classifier.pooling}' a sentence adds no share of its own to the"
            " margin; build the classifier with pooling='mean'."
        )
    first, second = classes = _two_classes(prediction, index, classes)
    reasons = prediction.explain(index, list(classes))
    mine, theirs = (reasons["class"] == name for name in classes)
    scores = [float(reasons.loc[rows, "class_score"].iloc[0]) for rows in (mine, theirs)]
    weight = mine / mine.sum() - theirs / theirs.sum()
    table = reasons.assign(contribution=weight * (reasons["score"] - sum(scores) / 2))
    table = table.groupby("sentence", sort=False).agg(
        {
            "class": lambda names: " / ".join(dict.fromkeys(names)),
            "score": "first",
            "contribution": "sum",
        }
    )
    table = table.reset_index()[["class", "sentence", "score", "contribution"]].sort_values(
        "contribution", ascending=False, kind="stable"
    )
    result = pd.DataFrame(table).reset_index(drop=True)
    result.attrs.update(classes=(first, second), scores=tuple(scores), margin=scores[0] - scores[1])
    return result


def because(prediction: Prediction, index: int = 0, classes=None, most: int = 2) -> str:
    """The reading of :func:`contributions`: "this class rather than that one, because …".

    Parameters
    ----------
    prediction : Prediction
    index : int
        The picture.
    classes : (str, str), optional
        As for :func:`contributions`.
    most : int
        How many reasons on either side.

    Returns
    -------
    str
        Starts with the class of the higher score, whichever was named first. It says what the
        *score* was made of.
    """
    table = contributions(prediction, index, classes)
    if table.attrs["margin"] < 0:
        table = contributions(prediction, index, table.attrs["classes"][::-1])
    first, second = table.attrs["classes"]
    middle = sum(table.attrs["scores"]) / 2

    def reasons(rows):
        owners = [f"the {second}'s " if name == second else "" for name in rows["class"]]
        return " and ".join(
            f"{owner}“{sentence}” {'fits' if score > middle else 'fits less'}"
            f" ({round(score, 2) + 0.0:.2f})"
            for owner, sentence, score in zip(owners, rows["sentence"], rows["score"])
        )

    if abs(table.attrs["margin"]) < 1e-6:  # rounding is no reason
        return f"{first} and {second} are alike to this classifier."
    for_it, against = (
        table[table["contribution"] > 0].head(most),
        table[table["contribution"] < 0].iloc[::-1].head(most),
    )
    return f"{first} rather than {second}, because {reasons(for_it)}" + (
        f"; against it, {reasons(against)}." if len(against) else "."
    )


def _two_classes(prediction: Prediction, index: int, classes) -> tuple[str, str]:
    if classes is None:
        if len(prediction.class_names) < 2:
            raise ValueError("A margin needs two classes; this classifier has one.")
        if not -len(prediction) <= index < len(prediction):
            raise IndexError(
                f"There is no picture {index}; the prediction holds {len(prediction)}."
            )
        best, rival = prediction.ranking(index)[:2]
        return prediction.class_names[best], prediction.class_names[rival]
    if isinstance(classes, str) or len(classes) != 2 or classes[0] == classes[1]:
        raise ValueError(f"classes is {classes!r}; give two different classes, (this, that).")
    return tuple(classes)
