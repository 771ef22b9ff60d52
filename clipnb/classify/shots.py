"""Labelled examples, a few a class: drawn with a seed, checked, and left out in turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from ..data.images import ImageDataset
from ..support.arguments import whole
from ..support.arrays import array_of, is_missing, of_one_kind
from ..support.names import check_names
from ..support.text import brief
from .prompts import PromptTable, name_prompts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def sample_shots(labels: ImageDataset | ArrayLike, shots: int, seed: int = 0) -> np.ndarray:
    """Which images to take as examples: the same number of every class, at random.

    Parameters
    ----------
    labels : ImageDataset or (n,) array-like of str or int
        Images without a label are left out.
    shots : int
        Images a class. With the same seed, more shots hold the fewer ones.
    seed : int

    Returns
    -------
    (classes · shots,) int array
        Indices of images, class by class. The others,
        ``np.setdiff1d(np.arange(n), indices)``, are there to test on.

    Raises
    ------
    ValueError
        If a class has fewer images; the message names it.
    """
    whole("shots", shots, 1)
    whole("seed", seed, 0)
    if isinstance(labels, ImageDataset):
        names, given = np.array(labels.class_names), labels.labels
        classes = np.arange(len(names))
    else:
        given = array_of(labels)
        if given.ndim != 1:
            raise ValueError(f"labels must be one row, but they are {given.shape}.")
        if missing := [i for i, one in enumerate(given.tolist()) if is_missing(one)]:
            raise ValueError(f"Image {missing[0]} has no class in labels; leave it out.")
        given = _checked_labels(given)
        classes = names = np.unique(given)
    chance, chosen = np.random.default_rng(seed), []
    for c, name in zip(classes, names):
        own = np.flatnonzero(given == c)
        if len(own) < shots:
            raise ValueError(
                f"The class '{brief(name)}' has {len(own)} images, fewer than {shots} shots; take"
                " fewer shots, or leave the class out."
            )
        chosen.append(chance.permutation(own)[:shots])
    return np.concatenate(chosen) if chosen else np.empty(0, int)


def _checked_labels(given: np.ndarray) -> np.ndarray:
    """Labels as names or whole numbers; ValueError for both at once, and for what is no name."""
    given = of_one_kind("labels", given)
    if given.dtype.kind == "U":
        check_names(list(dict.fromkeys(given.tolist())), "labels")
    return given


def class_of_each(images: object, labels: ArrayLike | None, count: int) -> np.ndarray:
    """The class of every shot, as in ``classes_``: names where the images have them.

    Parameters
    ----------
    images : object
        An ImageDataset brings its labels along, and the names that numbers stand for.
    labels : (n,) array-like of str or int, optional
    count : int
        How many images there are.

    Raises
    ------
    ValueError
        If labels are missing or of another length, or a class of the ImageDataset has no image.
    """
    named = isinstance(images, ImageDataset)
    if labels is None and not named:
        raise ValueError("Labels are missing; give the class of every image: fit(images, labels).")
    given = images.labels if named and labels is None else array_of(labels)
    if given.shape != (count,):
        raise ValueError(
            f"There are {count} images, but the labels are {given.shape}; give one for each image."
        )
    if not count:
        raise ValueError("There are no shots; give at least one image of every class.")
    known = lambda one: isinstance(one, str | Integral) and not isinstance(one, bool)
    if strange := [one for one in given.tolist() if not known(one)]:
        raise ValueError(f"labels hold {brief(repr(strange[0]), 40)}; give names or whole numbers.")
    given = _checked_labels(given)
    if not named or given.dtype.kind not in "iu":
        return given
    check_names(images.class_names, "class_names")
    names = np.array(images.class_names)
    if outside := np.flatnonzero((given < 0) | (given >= len(names))).tolist():
        raise ValueError(
            f"Image {outside[0]} has the label {given[outside[0]]}, so no class is known; leave"
            " it out of the shots."
        )
    if missing := sorted(set(range(len(names))) - set(given.tolist())):
        raise without_shot(names[missing[0]])
    return names[given]


def prompts_of(
    text: PromptTable | Mapping[str, Iterable[str]] | Iterable[str], classes: list[str]
) -> PromptTable:
    """The prompts of the classes of the shots, in their order; of class names, "a photo of a …".

    Raises
    ------
    ValueError
        If a class is in one of the two only; the message names it.
    """
    table = PromptTable(text) if isinstance(text, Mapping) else name_prompts(text)
    if strangers := [name for name in classes if name not in table]:
        raise ValueError(
            f"There are shots of the class '{brief(strangers[0])}', which the text lacks; the"
            " names must be the same, letter by letter."
        )
    if missing := [name for name in table if name not in classes]:
        raise without_shot(missing[0])
    return table.select(classes)


def without_shot(name: object) -> ValueError:
    """What is wrong with a class that has no example."""
    return ValueError(
        f"The class '{brief(name)}' has no shot; give at least one image of it, or leave it out."
    )


@dataclass
class Shots:
    """Examples as a method sees them.

    Attributes
    ----------
    embeddings : (n, dim) float32 tensor
        Unit rows.
    labels : (n,) int64 tensor
        Class indices.
    text_logits : (n, classes) float32 tensor
        What the text says of every shot: logit_scale · score; zeros without text.
    scale : float
        The model's logit_scale.
    """

    embeddings: torch.Tensor
    labels: torch.Tensor
    text_logits: torch.Tensor
    scale: float

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def one_hot(self) -> torch.Tensor:
        """(n, classes): 1 for the class of the shot."""
        return torch.eye(self.text_logits.shape[1])[self.labels]

    @property
    def counts(self) -> torch.Tensor:
        """(classes,): shots of every class."""
        return self.one_hot.sum(0)

    @property
    def alone(self) -> torch.Tensor:
        """(n,) bool: the only shot of its class, which nothing is left to judge by."""
        return self.counts[self.labels] == 1

    def take(self, which: torch.Tensor) -> Shots:
        """The shots where this is True."""
        return Shots(
            self.embeddings[which], self.labels[which], self.text_logits[which], self.scale
        )

    def folds(self, most: int | None = None) -> list[torch.Tensor]:
        """Groups of shots that are left out together, each a bool mask; shots that are alone in
        their class are in none.

        One shot of every class is left out at a time, if there are at most ``most`` folds. Leaving
        out a single shot would handicap its class alone: with K shots a class, K - 1 of them would
        compete with K of every other class.
        """
        rank = torch.zeros(len(self), dtype=torch.int64)
        for c in range(self.text_logits.shape[1]):
            own = self.labels == c
            rank[own] = torch.arange(int(own.sum()))
        count = min(int(self.counts.max()), most or len(self))
        masks = [(rank % count == fold) & ~self.alone for fold in range(count)]
        return [mask for mask in masks if mask.any()]


class HasLogits(Protocol):
    """What has been fitted to shots."""

    def logits(self, embeddings: torch.Tensor, text_logits: torch.Tensor) -> torch.Tensor: ...


def held_out(
    fit: Callable[[Shots], HasLogits], shots: Shots, most: int | None = None
) -> torch.Tensor:
    """The logits of every shot, by a classifier that was not given it: (n, classes); NaN for a shot
    that is alone in its class."""
    logits = torch.full_like(shots.text_logits, torch.nan)
    for fold in shots.folds(most):
        left = shots.take(fold)
        logits[fold] = fit(shots.take(~fold)).logits(left.embeddings, left.text_logits)
    return logits


@contextmanager
def one_thread() -> Iterator[None]:
    """The matrices are small: on a busy machine, threads that wait for each other take a hundred
    times as long as one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
