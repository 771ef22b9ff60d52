"""Which classes are confused: pairs, and groups of them for questions to a language model."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from ..support.arguments import whole
from .hits import answers, check_data, check_labels

if TYPE_CHECKING:
    import pandas as pd

    from ..classify.classifier import Classifier
    from ..data.images import ImageDataset


def confused_pairs(classifier: Classifier, data: ImageDataset, least: int = 1) -> pd.DataFrame:
    """Pairs of classes that are confused, whichever of them is the true one, the most frequent
    first.

    Parameters
    ----------
    classifier : Classifier
    data : ImageDataset
        With labels. What is chosen by these pairs has to be tested on other images.
    least : int
        Pairs with fewer incorrect images are left out.

    Returns
    -------
    pandas.DataFrame
        ``first`` and ``second`` (alphabetical), ``images``: how many are of one class and were
        classified as the other.

    Raises
    ------
    ValueError
        If there are no images, an image has no label, or the classifier lacks the class of an
        image.
    """
    import pandas as pd

    whole("least", least, 1)
    check_data(data, "find confused classes on")
    check_labels(classifier.class_names, data)
    truth = np.array(data.class_names, dtype=object)[data.labels]
    said = np.array(list(classifier.class_names), dtype=object)[answers(classifier, data)]
    found = Counter(tuple(sorted(pair)) for pair in zip(truth, said) if pair[0] != pair[1])
    rows = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return pd.DataFrame(
        [(*pair, count) for pair, count in rows if count >= least],
        columns=["first", "second", "images"],
    )


def confused_groups(
    classifier: Classifier, data: ImageDataset, largest: int = 4, least: int = 2
) -> list[list[str]]:
    """Groups of classes that are confused with each other, for
    :func:`clipnb.generate_contrasts`: a group of k classes takes k questions, where all pairs
    of n classes would take n (n − 1).

    The most confused pair is joined first, then the next, and so on; a pair that would make a group
    larger than ``largest`` is left out. Every class is in one group at most.

    Parameters
    ----------
    classifier : Classifier
    data : ImageDataset
        With labels, and not the images on which the result is tested.
    largest : int
        Classes in a group, at most.
    least : int
        Pairs with fewer incorrect images are left out.

    Returns
    -------
    list of list of str
        The group with the most confused images first; empty where nothing is confused.

    Raises
    ------
    ValueError
        As :func:`confused_pairs`, and if a number makes no sense.
    """
    whole("largest", largest, 2)
    group: dict[str, list[str]] = {}
    inside: Counter[int] = Counter()
    pairs = confused_pairs(classifier, data, least)
    for first, second in zip(pairs["first"], pairs["second"]):
        one, other = group.get(first, [first]), group.get(second, [second])
        if one is not other and len(one) + len(other) <= largest:
            joined = [*one, *other]
            group.update(dict.fromkeys(joined, joined))
    for first, second, count in pairs.itertuples(index=False):
        if first in group and group[first] is group.get(second):
            inside[id(group[first])] += count
    groups = {id(row): row for row in group.values()}
    return [groups[key] for key, _ in inside.most_common()]
