"""Checks of the exercises about many images (notebook 12)."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType

import torch
from torch.nn.functional import normalize

from .feedback import called, checked, say


@checked
def check_collapse(function: Callable | EllipsisType) -> bool:
    """Whether ``function(texts, groups, classes)`` makes one row per class, so that one product
    gives the mean cosines.

    ``texts`` are (m, d) unit rows, ``groups`` (m,) says the class of each, ``classes`` is their
    number; expected is (classes, d).
    """
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of text embeddings, their"
            " classes, and the number of classes.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    groups = torch.tensor([2, 0, 1, 1, 0, 2, 1, 1])
    texts = normalize(torch.randn(8, 6, generator=generator), dim=1)
    images = normalize(torch.randn(5, 6, generator=generator), dim=1)
    expected = torch.stack([(images @ texts[groups == c].T).mean(1) for c in range(3)], 1)
    if (got := called(function, texts, groups, 3)) is None:
        return False
    if got.shape != (3, 6):
        turned = " Yours has a column for each class: transpose it." if got.shape == (6, 3) else ""
        say(
            False,
            f"The result has the shape {got.shape}; one row per class, (3, 6), is needed here.{turned}",
        )
        return False
    scores = images @ torch.as_tensor(got, dtype=torch.float32).T
    if torch.allclose(scores, expected, atol=1e-5):
        say(True, "Yes: as many rows as classes, whatever the number of texts.")
        return True
    sizes = torch.bincount(groups, minlength=3)
    if torch.allclose(scores, expected * sizes, atol=1e-5):
        say(
            False,
            "That is the sum: a class with more texts wins by their number. Divide by it.",
        )
    elif torch.allclose(
        scores,
        images @ normalize(torch.stack([texts[groups == c].mean(0) for c in range(3)]), dim=1).T,
        atol=1e-5,
    ):
        say(
            False,
            "That is the centroid: you brought the means to unit length, and then a product is no"
            " mean of cosines any more.",
        )
    else:
        say(
            False,
            "The products are not the mean cosines. Which rows belong to class c? Those where"
            " groups == c, in whatever order they come.",
        )
    return False
