"""Linear probes (Alain & Bengio 2016): where in a network an attribute can be read off linearly,
with a control whose labels are shuffled (compare Hewitt & Liang 2019)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..classify.regression import softmax_regression
from ..evaluation.statistics import numbered
from ..support.arguments import real, whole
from ..support.arrays import array_of, booleans

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike


def split_groups(groups: ArrayLike, seed: int = 0) -> np.ndarray:
    """(n,) bool: True for the images of a random half of the groups. No group is on both sides, so
    that a probe cannot recognise the group in place of the attribute."""
    given = array_of(groups)
    places = numbered("groups", given, given.size)
    count = int(places.max(initial=-1)) + 1
    if count < 2:
        raise ValueError("There are fewer than two groups; one side would be empty.")
    half = np.random.default_rng(seed).permutation(count) < count // 2
    return half[places]


def probe_layers(
    tokens: np.ndarray,
    labels: ArrayLike,
    train: np.ndarray,
    penalty: float = 0.01,
    shuffle: int | None = None,
) -> pd.DataFrame:
    """Logistic regression on every layer: which images of the test side it gets correct. One whose
    label the training side lacks is incorrect, since no probe can learn it.

    Columns are standardised by the training side.

    Parameters
    ----------
    tokens : (layers, n, width) float array
        From :func:`class_tokens`; the widths are equal.
    labels : (n,) array-like of str or int
        The attribute.
    train : (n,) bool array
        Which images are trained on, from ``concepts.split_groups``; the others are tested.
    penalty : float
        On the mean loss: penalty / 2 · (sum of squared weights).
    shuffle : int, optional
        The control: the seed with which the labels of the training side are shuffled.

    Returns
    -------
    pandas.DataFrame
        A row per test image, a column per layer, of bool.

    Raises
    ------
    ValueError
        If a number is NaN or infinite, shapes do not match, a label is missing or all are the same,
        an entry of ``train`` is neither true nor false, one side is empty, or the training side
        has one label only.
    """
    import pandas as pd

    real("penalty", penalty, 0, 1e6)
    if shuffle is not None:
        whole("shuffle", shuffle, 0)
    tokens, train = np.asarray(array_of(tokens), np.float64), booleans("train", train)
    count, labels = len(train), array_of(labels)
    if tokens.ndim != 3 or not tokens.shape[1] == len(labels) == count:
        raise ValueError(
            f"tokens are {tokens.shape}, but there are {len(labels)} labels and {count} entries of"
            " train; tokens must be (layers, images, width)."
        )
    y = numbered("labels", labels, count)
    classes = int(y.max(initial=-1)) + 1
    if classes == 1:
        raise ValueError("All images have the same label, so nothing tells them apart.")
    if not np.isfinite(tokens).all():
        layer, image = np.argwhere(~np.isfinite(tokens))[0][:2]
        raise ValueError(
            f"The token of image {image} in layer {layer} holds NaN or infinite numbers."
        )
    if train.all() or not train.any():
        raise ValueError("All images are on one side; train must hold True and False.")
    taught = y[train]
    if (taught == taught[0]).all():
        raise ValueError("The training side has one label only, so nothing tells images apart.")
    if shuffle is not None:
        taught = np.random.default_rng(shuffle).permutation(taught)
    correct = {}
    for layer, x in enumerate(tokens):
        mean, spread = x[train].mean(0), x[train].std(0)
        x = (x - mean) / np.where(spread > 1e-5, spread, np.inf)
        weights, intercept = softmax_regression(x[train], taught, classes, penalty)
        correct[layer] = (x[~train] @ weights.T + intercept).argmax(1) == y[~train]
    return pd.DataFrame(correct)
