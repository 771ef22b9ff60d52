"""Checks of the exercises about patches, attention, cosine similarities and the modality gap
(notebook 01)."""

from __future__ import annotations

from collections.abc import Callable
from types import EllipsisType

import numpy as np
import torch
from torch.nn.functional import cosine_similarity, normalize

from .feedback import called, checked, match, say


@checked
def check_patches(function: Callable | EllipsisType) -> bool:
    """Whether ``function(pixels, side)`` cuts pixels (height, width, 3) into rows (patches, side ·
    side · 3), line by line."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of pixels and the side of a"
            " patch.",
        )
        return False
    pixels = torch.arange(4 * 6 * 3).reshape(4, 6, 3).float()
    # rows of patches, lines, columns of patches, pixels, colours
    cut = pixels.reshape(2, 2, 3, 2, 3)
    wrong = {
        "You reshaped without moving the axes: your rows are strips of pixels and no squares. Swap the lines of a patch with the columns of patches.": pixels.reshape(
            6, 12
        ),
        "Your patches go down first; go line by line, left to right.": cut.permute(
            2, 0, 1, 3, 4
        ).reshape(6, 12),
        "You go down first, among the patches and inside them; go line by line, left to right.": cut.permute(
            2, 0, 3, 1, 4
        ).reshape(6, 12),
        "Inside a patch you go down first; go line by line, left to right.": cut.permute(
            0, 2, 3, 1, 4
        ).reshape(6, 12),
        "Inside a patch the colours come first; keep the three colours of a pixel together.": cut.permute(
            0, 2, 4, 1, 3
        ).reshape(6, 12),
    }
    got = called(function, pixels, 2)
    if got is not None and got.size == 72 and got.shape[0] == 6 and got.ndim > 2:
        say(
            False,
            f"Your function returns the shape {got.shape}: six patches, but each should be one row"
            " of 12 numbers. Flatten them.",
        )
        return False
    expected = cut.permute(0, 2, 1, 3, 4).reshape(6, 12).numpy()
    if (
        got is not None
        and got.shape == (6, 12)
        and not any((got == w.numpy()).all() for w in wrong.values())
        and (got != expected).any()
    ):
        row = int((got != expected).any(1).argmax())
        say(
            False,
            f"Row {row} should hold the numbers {expected[row, :4].astype(int).tolist()} …, yours"
            f" holds {got[row, :4].astype(int).tolist()} …",
        )
        return False
    return match(
        got, expected, wrong, "Yes: squares, line by line, each a row of numbers.", "the matrix"
    )


@checked
def check_attention(function: Callable | EllipsisType) -> bool:
    """Whether ``function(queries, keys, values)``, all (tokens, d), is scaled dot-product attention
    of one head."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of queries, keys and values.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    queries, keys, values = 2 * torch.randn(3, 5, 4, generator=generator)
    logits = queries @ keys.T / 2  # the square root of 4
    expected = logits.softmax(1) @ values
    wrong = {
        "Your weights are not scaled: divide the dot products by the square root of d.": (
            (2 * logits).softmax(1) @ values
        ),
        "You divided by d; divide by its square root.": (logits / 2).softmax(1) @ values,
        "You multiplied by the square root of d; divide by it.": (4 * logits).softmax(1) @ values,
        "The softmax runs over the queries (dim 0); each query shares a weight of 1 among all keys: dim 1.": (
            logits.softmax(0) @ values
        ),
        "Queries and keys have changed places: row i belongs to query i.": (
            logits.T.softmax(1) @ values
        ),
        "The softmax is missing: the weights of a query must add up to 1.": logits @ values,
    }
    got = called(function, queries, keys, values)
    if got is not None and got.shape == (5, 5) and np.allclose(got, logits.softmax(1), atol=1e-5):
        say(
            False,
            "These are the weights of the attention; the output is their product with the values.",
        )
        return False
    return match(
        got,
        expected,
        wrong,
        "Yes: scaled dot products, a softmax for each query, a weighted sum of the values.",
        "the matrix",
    )


@checked
def check_cosines(function: Callable | EllipsisType) -> bool:
    """Whether ``function(images, texts)`` is the matrix (n, m) of cosines of raw embeddings (n, d)
    and (m, d)."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of image embeddings and text"
            " embeddings.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(4, 6, generator=generator) * torch.tensor([[1.0], [5.0], [0.2], [2.0]])
    texts = torch.randn(3, 6, generator=generator) * torch.tensor([[3.0], [0.5], [1.0]])
    wrong = {
        "That is the dot product: divide by the lengths of both embeddings.": images @ texts.T,
        "The texts are not of unit length yet.": normalize(images, dim=1) @ texts.T,
        "The images are not of unit length yet.": images @ normalize(texts, dim=1).T,
        "You normalised the columns (dim 0); every row is an embedding: dim 1.": (
            normalize(images, dim=0) @ normalize(texts, dim=0).T
        ),
        "You divided by the length of the whole matrix; every row has a length of its own.": (
            images @ texts.T / (images.norm() * texts.norm())
        ),
        "You divided by the squared lengths.": (
            images @ texts.T / (images.square().sum(1)[:, None] * texts.square().sum(1))
        ),
    }
    got = called(function, images, texts)
    expected = normalize(images, dim=1) @ normalize(texts, dim=1).T
    return match(
        got, expected, wrong, "Yes: rows to unit length, then one matrix product.", "the matrix"
    )


@checked
def check_gap(function: Callable | EllipsisType) -> bool:
    """Whether ``function(images, texts)`` is the angle in degrees between the means of two
    sets of unit embeddings."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of two matrices of unit"
            " embeddings.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    images = normalize(
        torch.randn(9, 6, generator=generator) + torch.tensor([2.0, 0, 0, 0, 0, 0]), dim=1
    )
    texts = normalize(
        torch.randn(7, 6, generator=generator) + torch.tensor([0.0, 2, 0, 0, 0, 0]), dim=1
    )
    a, b = images.mean(0), texts.mean(0)
    cosine = cosine_similarity(a, b, dim=0)
    wrong = {
        "That is the cosine; the angle is its arc cosine.": cosine,
        "That is the angle in radians; give degrees.": cosine.acos(),
        "A mean of unit embeddings is shorter than 1, so the dot product is no cosine yet: divide by both lengths.": (
            (a @ b).acos().rad2deg()
        ),
        "You took the mean of all angles between pairs; the gap is the angle between the two means.": (
            (images @ texts.T).acos().rad2deg().mean()
        ),
        "That is the distance between the means (Liang et al. measure it so); here the angle is asked.": (
            (a - b).norm()
        ),
    }
    got = called(function, images, texts)
    return match(
        got,
        cosine.acos().rad2deg(),
        wrong,
        "Yes: the two means, their cosine, the angle.",
        "the angle",
    )
