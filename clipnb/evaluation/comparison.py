"""How good is a classifier, and is it better than another: accuracy with intervals, paired counts,
exact tests, many seeds. Which images are correct is in ``hits``.

The module is not called ``compare`` or ``evaluate``: importing a submodule of that name would put
it in place of the function of that name in ``clipnb.evaluation``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..classify.classifier import Classifier, model_of
from ..classify.prompts import PromptTable
from ..classify.zeroshot import ZeroShotClassifier
from ..data.images import ImageDataset
from ..model.checks import check_is_model
from ..support.arguments import whole
from ..support.arrays import whole_numbers
from .hits import (
    TOP,
    check_classifiers,
    check_data,
    check_labels,
    correct,
    hits_by_rank,
    warn_of_one_class,
    warn_of_shots,
)
from .statistics import bootstrap, holm, mcnemar, mean_recall, wilson

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from typing_extensions import TypeIs

    from ..model.clip import Clip


# what a table of results can be about: a classifier, a table, or a function of a seed
Method = Classifier | Mapping[str, Iterable[str]] | Callable[..., PromptTable | Classifier]
COLUMNS = "method seed group n top1 top5 recall low high fixed broken p"  # of evaluate
INTERVALS = ("wilson", "images", "classes")


def compare(classifiers: Mapping[str, Classifier], data: ImageDataset) -> pd.DataFrame:
    """Compare classifiers on the same images; the first is the baseline.

    Parameters
    ----------
    classifiers : mapping
        What to call it → :class:`ZeroShotClassifier` or :class:`FewShotClassifier`.
    data : ImageDataset
        With labels; ``data.select`` gives subsets.

    Returns
    -------
    pandas.DataFrame
        A row per classifier: ``n``, ``accuracy`` (top-1), ``low`` and ``high`` (95 % Wilson
        interval), and against the baseline ``fixed``, ``broken`` (images that became correct,
        incorrect) and ``p`` (exact McNemar test).

    Examples
    --------
    >>> frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
    >>> descriptors = clipnb.load_descriptors("fieldguide").select(frogs.class_names)
    >>> tables = {
    ...     "name": clipnb.name_prompts(frogs.class_names),
    ...     "description": clipnb.descriptor_prompts(descriptors, include_name=False),
    ... }
    >>> clip = clipnb.load_clip(device="cpu")
    >>> methods = {name: clipnb.ZeroShotClassifier(clip, table) for name, table in tables.items()}
    >>> results = clipnb.compare(methods, frogs)
    >>> results.columns.tolist()
    ['n', 'accuracy', 'low', 'high', 'fixed', 'broken', 'p']
    """
    import pandas as pd

    check_classifiers(classifiers)
    if not classifiers:
        raise ValueError(
            "compare needs at least one classifier: compare({'name': classifier}, data)."
        )
    check_data(data)
    rows, baseline = [], None
    for name, classifier in classifiers.items():
        warn_of_one_class(name, classifier.class_names)
        warn_of_shots(name, classifier, data)
        right = correct(classifier, data)
        low, high = wilson(right.sum(), len(right))
        row = {"method": name, "n": len(right), "accuracy": right.mean(), "low": low, "high": high}
        if baseline is None:
            baseline = right
        else:
            row["fixed"], row["broken"], row["p"] = mcnemar(baseline, right)
        rows.append(row)
    frame = pd.DataFrame(rows).set_index("method")
    for column in ("fixed", "broken"):
        if column in frame:
            frame[column] = frame[column].astype("Int64")
    return frame


def evaluate(
    clip: Clip,
    data: ImageDataset,
    methods: Mapping[str, Method],
    baseline: str | None = None,
    seeds: int | Sequence[int] = 5,
    groups: Mapping[str, npt.ArrayLike] | None = None,
    pooling: str = "mean",
    interval: str = "wilson",
) -> pd.DataFrame:
    """Methods × controls × seeds × groups of images, in one table.

    Parameters
    ----------
    clip : Clip
    data : ImageDataset
        With labels. Every method chooses among **all** its classes, in every group; rows of a table
        for other classes are left out.
    methods : mapping
        What to call it → a :class:`PromptTable` (or mapping class → prompts); a
        :class:`ZeroShotClassifier` of the same classes, with its own pooling, or a fitted
        :class:`FewShotClassifier`; or, for what has chance in it, a function ``seed`` → one of
        these, as ``lambda seed: clipnb.swapped_prompts(descriptors, seed=seed)``. :func:`controls`
        gives all controls of the course in this form.
    baseline : str, optional
        The method that the others are compared with; by default the first.
    seeds : int or sequence of int
        The seeds of the functions; a number n means 0 … n − 1.
    groups : mapping, optional
        Name → (n,) bool, which images to report on. Default: all, and where ``data.seen`` differs
        between classes also seen and held-out.
    pooling : str
        How prompts are pooled, see :class:`ZeroShotClassifier`.
    interval : {"wilson", "images", "classes"}
        95 % interval of top-1: Wilson's, or :func:`clipnb.evaluation.bootstrap` by images or by
        classes.

    Returns
    -------
    pandas.DataFrame
        One row per method, seed and group: ``method``, ``seed`` (empty where nothing is left to
        chance), ``group``, ``n``, ``top1``, ``top5`` (NaN for five classes
        or fewer), ``recall`` (mean per-class recall), ``low``,
        ``high``; against the baseline on the same images ``fixed``, ``broken``, ``p`` (exact
        McNemar test) and ``p_holm`` (Holm's correction for all tests of the table).
        :func:`summarize` takes the mean over seeds.

    Raises
    ------
    ValueError
        If a class of the data is missing in a table, an image has no label, the baseline is not a
        method without chance, or a ready classifier is of another model than ``clip``.

    Examples
    --------
    >>> frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
    >>> descriptors = clipnb.load_descriptors("fieldguide").select(frogs.class_names)
    >>> tables = {
    ...     "name": clipnb.name_prompts(frogs.class_names),
    ...     "description": clipnb.descriptor_prompts(descriptors, include_name=False),
    ...     **clipnb.controls(descriptors, include_name=False),
    ... }
    >>> results = clipnb.evaluate(clipnb.load_clip(device="cpu"), frogs, tables, seeds=2)
    >>> table = clipnb.summarize(results, group="all")  # a row for each method
    """
    import pandas as pd

    check_is_model(clip)
    if not isinstance(methods, Mapping):
        raise TypeError(
            f"The methods are {type(methods).__name__}; give a mapping, such as {{'name': table}}."
        )
    baseline = baseline if baseline is not None else str(next(iter(methods), None))
    first = methods.get(baseline)
    if first is None or _is_random(first):
        raise ValueError(
            f"The baseline '{baseline}' must be one of the methods, and not a function of a seed."
        )
    if interval not in INTERVALS:
        raise ValueError(f"interval is '{interval}'; it can be {', '.join(INTERVALS)}.")
    check_data(data, "evaluate on")
    check_labels(data.class_names, data)
    warn_of_one_class("evaluate", data.class_names)
    seeds = _checked_seeds(seeds)
    groups = _checked_groups(default_groups(data) if groups is None else groups, len(data))
    embeddings = clip.encode_images(data)
    baseline_hits = hits_by_rank(
        _classifier(clip, baseline, first, data, pooling), embeddings, data
    )
    rows = []
    for method, source in methods.items():
        for seed in seeds if _is_random(source) else [None]:
            hits = baseline_hits
            if method != baseline:
                table = source(seed=seed) if _is_random(source) else source
                classifier = _classifier(clip, method, table, data, pooling)
                hits = hits_by_rank(classifier, embeddings, data)
            for group, which in groups.items():
                row = {
                    "method": method,
                    "seed": seed,
                    "group": group,
                    **_figures(hits[which], data.labels[which], interval, len(data.class_names)),
                }
                if method != baseline:
                    row["fixed"], row["broken"], row["p"] = mcnemar(
                        baseline_hits[which, 0], hits[which, 0]
                    )
                rows.append(row)
    frame = pd.DataFrame(rows, columns=COLUMNS.split()).astype(
        {"seed": "Int64", "fixed": "Int64", "broken": "Int64", "p": float}
    )
    return frame.assign(p_holm=holm(frame["p"]))


def _checked_seeds(seeds: int | Iterable[int]) -> list[int]:
    """Each seed once: without any, methods with chance in them would be left out; twice, a result
    would count twice."""
    if not isinstance(seeds, Iterable):
        whole("seeds", seeds, 1)
        return list(range(seeds))
    found = [int(one) for one in whole_numbers("seeds", list(seeds))]
    if not found or len(set(found)) < len(found):
        raise ValueError(f"seeds is {found}; give at least one, and each once.")
    return found


def _is_random(source: Method) -> TypeIs[Callable[..., PromptTable | Classifier]]:
    return callable(source) and not isinstance(source, (Mapping, Classifier))


def _classifier(
    clip: Clip,
    method: str,
    source: Classifier | Mapping[str, Iterable[str]],
    data: ImageDataset,
    pooling: str,
) -> Classifier:
    """A method as a classifier among exactly the classes of the data."""
    if isinstance(source, Classifier):
        if set(source.class_names) != set(data.class_names):
            raise ValueError(
                "A ready classifier must have exactly the classes of the data; give its PromptTable"
                " instead and it will be cut to them."
            )
        warn_of_shots(method, source, data)
        own = None if source.clip is clip else model_of(source)
        if own is not None and own["fingerprint"] != clip.fingerprint:
            raise ValueError(
                f"The classifier '{method}' is of the model '{own['name']}'"
                f" ({own['fingerprint']}), but the images are to be encoded with"
                f" '{clip.name}' ({clip.fingerprint}); make it with that model, or compare models"
                " with clipnb.compare."
            )
        return source
    return ZeroShotClassifier(clip, PromptTable(source).select(data.class_names), pooling)


def default_groups(data: ImageDataset) -> dict[str, np.ndarray]:
    """All images; and those of seen and of held-out names, where the data has both."""
    seen = data.seen[data.labels]
    both = {"seen": seen, "held-out": ~seen} if seen.any() and not seen.all() else {}
    return {"all": np.ones(len(data), bool), **both}


def _checked_groups(groups: Mapping[str, npt.ArrayLike], n: int) -> dict[str, np.ndarray]:
    """Boolean arrays, one entry an image; numbers would be read as places, a 1 as the second
    image."""
    if not isinstance(groups, Mapping):
        raise ValueError("groups is no mapping; give {name: boolean array of the images}.")
    if not groups:
        raise ValueError("groups is empty; give at least one, or leave it out.")
    found = {name: np.asarray(which) for name, which in groups.items()}
    for name, which in found.items():
        if which.dtype != bool or which.shape != (n,):
            raise ValueError(
                f"The group '{name}' is {which.dtype} {which.shape}; give a boolean array with one"
                f" entry for each of the {n} images."
            )
        if not which.any():
            raise ValueError(f"The group '{name}' holds no image; leave it out.")
    return found


def _figures(hits: np.ndarray, labels: np.ndarray, interval: str, classes: int) -> dict:
    right = hits[:, 0]
    if interval == "wilson":
        low, high = wilson(right.sum(), len(right))
    else:
        low, high = bootstrap(right, labels if interval == "classes" else None)
    return {
        "n": len(right),
        "top1": right.mean(),
        "top5": hits.any(1).mean() if classes > TOP else np.nan,
        "recall": mean_recall(right, labels),
        "low": low,
        "high": high,
    }
