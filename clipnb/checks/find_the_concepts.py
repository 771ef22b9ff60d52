"""Checks of the exercises about concepts inside the model (notebook 11)."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType

import numpy as np

from .feedback import called, checked, match, say


@checked
def check_head_parts(function: Callable | EllipsisType) -> bool:
    """Whether ``function(attention, values, out)`` gives what each head adds to the class token,
    (heads, width)."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of attention, values and out.",
        )
        return False
    chance = np.random.default_rng(11)
    heads, tokens, size, width = 3, 5, 2, 4
    attention = chance.dirichlet(np.ones(tokens), heads)
    values = chance.normal(size=(tokens, heads, size))
    out = chance.normal(size=(width, heads * size))
    mixed = np.einsum("ht,thd->hd", attention, values)
    blocks = out.reshape(width, heads, size)
    expected = np.einsum("hd,whd->hw", mixed, blocks)
    strided = out.reshape(width, size, heads).transpose(0, 2, 1)
    got = called(function, attention, values, out)
    other = {
        "These are parts per patch; sum them over the tokens that a head reads.": np.einsum(
            "ht,thd,whd->htw", attention, values, blocks
        ),
        "That is the sum over heads; keep one row per head.": expected.sum(0),
        "These are the mixed values; each head's columns of out take them to the width of the model.": (
            mixed
        ),
        "The rows are dimensions; row h must be what head h adds.": expected.T,
    }
    for text, value in other.items():  # of other shapes
        if got is not None and got.shape == value.shape and np.allclose(got, value, atol=1e-5):
            say(False, text)
            return False
    wrong = {
        "Each token counts alike here; weight its value by the attention of the head.": np.einsum(
            "thd,whd->hw", values, blocks
        )
        / tokens,
        "Each token counts alike here; weight its values by the attention.": np.einsum(
            "thd,whd->hw", values, blocks
        ),
        "A head has neighbouring columns of out, h · size to (h + 1) · size; you took every heads-th.": (
            np.einsum("hd,whd->hw", mixed, strided)
        ),
        "Every head uses the first columns of out; head h has the columns h · size to (h + 1) · size.": (
            np.einsum("hd,wd->hw", mixed, out[:, :size])
        ),
    }
    return match(
        got,
        expected,
        wrong,
        "Yes: mix the values by attention, then apply the head's own columns of out.",
        "the parts",
    )


@checked
def check_precision(function: Callable | EllipsisType) -> bool:
    """Whether ``function(weights, truth)`` gives (precision, recall) of the words with a weight."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of weights and truth.",
        )
        return False
    weights = np.array(
        [[0.4, 0.1, 0.0, 0.0, 0.2], [0.0, 0.3, 0.0, 0.0, 0.0], [0.6, 0, 0.2, 0.1, 0]]
    )
    truth = np.array([[1, 0, 1, 1, 0], [0, 1, 1, 1, 0], [1, 0, 0, 0, 1]], bool)
    chosen = weights > 0
    both = (chosen & truth).sum()
    precision, recall = both / chosen.sum(), both / truth.sum()
    each = (chosen & truth).sum(1)
    wrong = {
        "They are in the other order: first precision, then recall.": (recall, precision),
        "That is precision and recall of each image, averaged; count over all images at once.": (
            (each / chosen.sum(1)).mean(),
            (each / truth.sum(1)).mean(),
        ),
        "You divided by the number of all words; precision divides by the chosen ones, recall by the true ones.": (
            both / truth.size,
            both / truth.size,
        ),
        "That is the share of entries that agree, in which words that are neither chosen nor true count, too.": (
            (chosen == truth).mean(),
            (chosen == truth).mean(),
        ),
        "You summed weights; every word with a weight above 0 counts once.": (
            (weights * truth).sum() / weights.sum(),
            (weights * truth).sum() / truth.sum(),
        ),
        "Precision comes from the weights here; count words instead.": (
            (weights * truth).sum() / weights.sum(),
            recall,
        ),
    }
    return match(
        called(function, weights, truth),
        (precision, recall),
        wrong,
        "Yes: the true ones among the chosen, and the chosen ones among the true.",
        "(precision, recall)",
    )
