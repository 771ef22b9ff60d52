"""Tables of results to be read: means over seeds, rounded text, the recall of every class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.images import ImageDataset
from .hits import answers, check_classifier, check_data, check_labels, true_answers
from .statistics import p_text, wilson

if TYPE_CHECKING:
    import pandas as pd

    from ..classify.classifier import Classifier


def check_columns(table: pd.DataFrame, columns: Iterable[str], taker: str, maker: str) -> None:
    """ValueError if a table lacks a column, so that another function made it."""
    there = set(getattr(table, "columns", ()))
    if missing := [name for name in columns if name not in there]:
        raise ValueError(
            f"{taker} takes what {maker} returns, but there is no column '{missing[0]}'."
        )


def summarize(results: pd.DataFrame, group: str | None = None) -> pd.DataFrame:
    """One row per group and method: the mean over seeds and how much the seeds differ.

    Parameters
    ----------
    results : pandas.DataFrame
        What :func:`evaluate` returns.
    group : str, optional
        Only this group of images; its name is left out of the index then.

    Returns
    -------
    pandas.DataFrame
        Index (group, method): ``n``, ``seeds``, ``top1`` (mean), ``sd`` (of top-1 over seeds; empty
        for one), ``lowest`` and ``highest`` seed, ``top5``, ``recall``; ``low`` and ``high``: the
        mean ends of the intervals, that is how certain one run is for these images, while ``sd`` is
        about the seeds; ``fixed``, ``broken`` (means), and ``p_holm``, the largest of the seeds:
        small only if every seed shows it.
    """
    check_columns(results, ("group", "method", "top1", "p_holm"), "summarize", "evaluate")
    index = ["group", "method"]
    if group is not None:
        if group not in set(results["group"]):
            raise ValueError(
                f"There is no group '{group}'; the groups are"
                f" {', '.join(results['group'].unique())}."
            )
        results, index = results[results["group"] == group], ["method"]
    summary = results.groupby(index, sort=False).agg(
        n=("n", "first"),
        seeds=("top1", "size"),
        top1=("top1", "mean"),
        sd=("top1", "std"),
        lowest=("top1", "min"),
        highest=("top1", "max"),
        top5=("top5", "mean"),
        recall=("recall", "mean"),
        low=("low", "mean"),
        high=("high", "mean"),
        fixed=("fixed", "mean"),
        broken=("broken", "mean"),
        p_holm=("p_holm", "max"),
    )
    summary[["fixed", "broken"]] = summary[["fixed", "broken"]].astype(float)
    methods = list(results["method"].unique())
    if group is not None:
        return summary.loc[methods]
    return summary.loc[[(one, method) for one in results["group"].unique() for method in methods]]


def readable(table: pd.DataFrame | pd.Series, digits: int = 3) -> pd.DataFrame:
    """A table of :func:`compare`, :func:`summarize` or :func:`evaluate` to be read: whole counts,
    "<0.001" for a small p, "–" where there is nothing.

    Parameters
    ----------
    table : pandas.DataFrame or pandas.Series
        Or some columns of it, or one row.
    digits : int
        Of accuracies and their intervals.

    Returns
    -------
    pandas.DataFrame
        Of text.
    """
    import pandas as pd

    def written(column: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        if pd.isna(value):
            return "–"
        if column in ("n", "seeds", "seed", "fixed", "broken"):
            return f"{value:.0f}"
        if column in ("p", "p_holm"):
            return p_text(value)
        return f"{value:.{digits}f}"

    if isinstance(table, pd.Series):
        table = table.to_frame().T
    return pd.DataFrame(
        {column: [written(str(column), value) for value in table[column]] for column in table},
        index=table.index,
    )


def per_class(classifier: Classifier, data: ImageDataset) -> pd.DataFrame:
    """The recall of every class, worst first; classes without images last.

    Parameters
    ----------
    classifier : ZeroShotClassifier or FewShotClassifier
    data : ImageDataset
        With labels.

    Returns
    -------
    pandas.DataFrame
        Index class: ``seen``, ``n``, ``recall``, ``low``, ``high`` (95 % Wilson interval), and
        ``mistaken_for``, the most frequent incorrect answer. A class of the data without an image
        has ``n`` 0, and its recall is not defined (NaN).
    """
    import pandas as pd

    check_data(data)
    check_classifier(classifier)
    check_labels(classifier.class_names, data)
    answered, names = answers(classifier, data), classifier.class_names
    right = answered == true_answers(names, data)
    sizes = np.bincount(data.labels, minlength=len(data.class_names))
    hits = np.bincount(data.labels, weights=right, minlength=len(sizes)).astype(int)
    mistaken_for = most_frequent(data.labels[~right], answered[~right], names)
    rows, present = [], dict.fromkeys(data.labels.tolist())
    # in the order of their first images, those without images last
    for label in [*present, *np.flatnonzero(sizes == 0).tolist()]:
        n, found = int(sizes[label]), int(hits[label])
        low, high = wilson(found, n)
        rows.append(
            {
                "class": data.class_names[label],
                "seen": bool(data.seen[label]),
                "n": n,
                "recall": found / n if n else np.nan,
                "low": low,
                "high": high,
                "mistaken_for": mistaken_for.get(label, ""),
            }
        )
    return pd.DataFrame(rows).set_index("class").sort_values("recall", kind="stable")


def most_frequent(labels: np.ndarray, wrong: np.ndarray, names: list[str]) -> dict[int, str]:
    """Of every label the most frequent incorrect answer; of equally frequent ones, the first in the
    alphabet."""
    pairs = Counter(zip(labels.tolist(), wrong.tolist()))
    found: dict[int, tuple[int, str]] = {}
    for (label, answer), count in pairs.items():
        found[label] = min(found.get(label, (0, "")), (-count, names[answer]))
    return {label: name for label, (_, name) in found.items()}
