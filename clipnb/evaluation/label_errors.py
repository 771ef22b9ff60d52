"""Images whose label may be incorrect: confident learning (Northcutt et al. 2021) on probabilities
of classifiers that were not given the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import normalize

from ..classify.blocks import row_blocks
from ..model.rows import tensor_of, unit_rows
from ..support.arguments import real, whole
from ..support.arrays import array_of, whole_numbers

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


def held_out_probabilities(
    embeddings: torch.Tensor, labels: npt.ArrayLike, scale: float, folds: int = 5, seed: int = 0
) -> torch.Tensor:
    """Cross-validated probabilities: each image is classified by prototypes, the mean embeddings of
    the classes, of the other folds.

    Parameters
    ----------
    embeddings : (n, dim) float tensor
        Unit rows.
    labels : (n,) int
        Class numbers from 0.
    scale : float
        The model's logit scale.
    folds : int
        Each class is spread evenly over them.
    seed : int
        Of the folds.

    Returns
    -------
    (n, classes) float tensor
        A class without an image in the other folds gets 0.

    Raises
    ------
    ValueError
        If there are no images, labels are not one whole number from 0 for each image, or embeddings
        are no unit rows.
    """
    whole("folds", folds, 2)
    real("scale", scale, 0, 1e6)
    labels = _class_numbers(labels, len(embeddings))
    if not len(labels):
        raise ValueError("There are no images, so nothing is left out and judged.")
    embeddings = unit_rows(tensor_of(embeddings))
    place, chance = np.zeros(len(labels), int), np.random.default_rng(seed)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        place[chance.permutation(own)] = np.arange(len(own))
    fold, classes = place % folds, int(labels.max()) + 1
    found = torch.zeros(len(labels), classes)
    for one in range(min(folds, int(fold.max()) + 1)):
        rest, numbers = fold != one, torch.as_tensor(labels)
        sums = torch.zeros(classes, embeddings.shape[1])
        sums.index_add_(0, numbers[torch.from_numpy(rest)], embeddings[torch.from_numpy(rest)])
        known = torch.from_numpy(np.bincount(labels[rest], minlength=classes) > 0)
        prototypes = normalize(sums, dim=1)
        rows = torch.from_numpy(np.flatnonzero(~rest))
        for block in row_blocks(len(rows), classes):
            logits = scale * embeddings[rows[block]] @ prototypes.T
            # without any known class the softmax is NaN
            chances = logits.masked_fill(~known, -torch.inf).softmax(1).nan_to_num(0)
            found[rows[block]] = chances
    return found


def _class_numbers(labels: npt.ArrayLike, count: int) -> np.ndarray:
    """(n,) class numbers from 0 on, one for each image."""
    numbers = whole_numbers("labels", labels)
    if len(numbers) != count:
        raise ValueError(f"There are {len(numbers)} labels for {count} images; give one for each.")
    if (numbers < 0).any():
        image = int(np.flatnonzero(numbers < 0)[0])
        raise ValueError(
            f"Image {image} has the label {numbers[image]}, so no class is known; leave it out."
        )
    return numbers


def confident_learning(probabilities: torch.Tensor, labels: npt.ArrayLike) -> pd.DataFrame:
    """Images that are more confidently of another class than its own images are on average
    (Northcutt et al. 2021), the strongest contradiction first.

    Parameters
    ----------
    probabilities : (n, classes) tensor
        Of classifiers that were not given the label of the image: zero-shot, or cross-validated
        (``held_out_probabilities``).
    labels : (n,) int
        Class numbers, as the columns.

    Returns
    -------
    pandas.DataFrame
        A row for each image that is found: ``image``, ``label``, ``suggestion`` (class numbers),
        ``p_label``, ``p_suggestion``. Empty if there are none. Images that are alone in their class
        are never found.

    Raises
    ------
    ValueError
        If there is not one whole number for each row, a label has no column, or a probability is
        none.
    """
    import pandas as pd

    p = np.asarray(array_of(probabilities), float)
    if p.ndim != 2:
        raise ValueError(f"The probabilities are {p.shape}; they must be (images, classes).")
    labels = _class_numbers(labels, len(p))
    if bad := np.argwhere(~((p >= 0) & (p <= 1))).tolist():
        raise ValueError(
            f"The probability of image {bad[0][0]} for class {bad[0][1]} is {p[tuple(bad[0])]:g};"
            " probabilities lie between 0 and 1."
        )
    if len(labels) and labels.max() >= p.shape[1]:
        raise ValueError(f"A label is not among the {p.shape[1]} classes of the probabilities.")
    counts = np.bincount(labels, minlength=p.shape[1])
    own = p[np.arange(len(p)), labels]
    # how confident the images of a class are of their class, on average
    sums = np.bincount(labels, weights=own, minlength=p.shape[1])
    usual = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    sure = np.where(p >= usual, p, -1.0)
    best = sure.argmax(1) if len(p) else np.zeros(0, int)
    found = np.flatnonzero((sure.max(1, initial=-1.0) > own) & (best != labels))
    found = found[counts[labels[found]] > 1]
    rows = pd.DataFrame(
        {
            "image": found,
            "label": labels[found],
            "suggestion": best[found],
            "p_label": own[found],
            "p_suggestion": p[found, best[found]],
        }
    )
    order = np.argsort(rows["p_label"] - rows["p_suggestion"], kind="stable")
    return rows.iloc[order].reset_index(drop=True)
