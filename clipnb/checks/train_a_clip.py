"""Checks of the exercises about the contrastive loss (notebook 02)."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import EllipsisType

import numpy as np
import torch
from torch.nn.functional import cross_entropy, logsigmoid, normalize

from .feedback import called, checked, match, say


@checked
def check_contrastive_loss(function: Callable | EllipsisType) -> bool:
    """Whether ``function(images, texts, scale)`` is CLIP's symmetric loss of raw image and
    text embeddings, both (n, d)."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of image embeddings, text"
            " embeddings and a scale.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(5, 8, generator=generator) * torch.tensor(
        [[1.0], [3.0], [0.5], [2.0], [1.0]]
    )
    texts = 0.7 * images + torch.randn(5, 8, generator=generator)
    scale, own = 6.0, torch.arange(5)
    logits = scale * normalize(images, dim=1) @ normalize(texts, dim=1).T
    rows, columns = cross_entropy(logits, own), cross_entropy(logits.T, own)
    raw = scale * images @ texts.T
    probabilities = logits.softmax(1)
    wrong = {
        "These embeddings are not of unit length: normalise both, or long embeddings get large logits.": (
            cross_entropy(raw, own) + cross_entropy(raw.T, own)
        )
        / 2,
        "That is the half in which images look for texts; texts look for images too.": rows,
        "That is the half in which texts look for images; images look for texts too.": columns,
        "You added the two halves; take their mean.": rows + columns,
        "Your loss lacks the scale.": (
            cross_entropy(logits / scale, own) + cross_entropy(logits.T / scale, own)
        )
        / 2,
        "You divided by the scale: it is the inverse of the temperature, so multiply.": (
            cross_entropy(logits / scale**2, own) + cross_entropy(logits.T / scale**2, own)
        )
        / 2,
        "cross_entropy takes logits: it does the softmax itself.": (
            cross_entropy(probabilities, own) + cross_entropy(logits.softmax(0).T, own)
        )
        / 2,
        "The sign is reversed: a good model should have a small loss.": -(rows + columns) / 2,
    }
    got = called(function, images, texts, scale)
    return match(
        got,
        (rows + columns) / 2,
        wrong,
        "Yes: unit embeddings, cosines, scale, and a classification in both directions.",
        "the loss",
    )


@checked
def check_sigmoid_loss(function: Callable | EllipsisType) -> bool:
    """Whether ``function(images, texts, scale, bias)`` is SigLIP's loss of unit image and text
    embeddings, both (n, d)."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of image embeddings, text"
            " embeddings, a scale and a bias.",
        )
        return False
    generator = torch.Generator().manual_seed(0)
    images = normalize(torch.randn(5, 8, generator=generator), dim=1)
    texts = normalize(images + 0.4 * torch.randn(5, 8, generator=generator), dim=1)
    scale, bias, n = 4.0, -1.5, 5
    logits, sign = scale * images @ texts.T + bias, 2 * torch.eye(n) - 1
    loss = lambda z: -logsigmoid(sign * z).sum() / n
    wrong = {
        "That is the mean over all n × n pairs; SigLIP divides their sum by n.": loss(logits) / n,
        "That is the sum over all pairs; divide it by n.": loss(logits) * n,
        "The bias is missing.": loss(logits - bias),
        "The bias is multiplied by the scale; add it to the scaled similarities.": loss(
            scale * (images @ texts.T + bias)
        ),
        "The bias is subtracted; add it.": loss(logits - 2 * bias),
        "The scale is missing.": loss(images @ texts.T + bias),
        "You counted the positives (the diagonal) alone; every negative is a question too.": (
            -logsigmoid(logits.diagonal()).sum() / n
        ),
        "You counted the negatives alone; the diagonal holds the positives.": (
            loss(logits) + logsigmoid(logits.diagonal()).sum() / n
        ),
        "Positives and negatives have changed places: the sign is +1 on the diagonal and −1 elsewhere.": (
            -logsigmoid(-sign * logits).sum() / n
        ),
        "That is CLIP's loss, a softmax over each row and column; here each pair gets a sigmoid of its own.": (
            (cross_entropy(logits, torch.arange(n)) + cross_entropy(logits.T, torch.arange(n))) / 2
        ),
        "The sign is reversed: a good model should have a small loss.": -loss(logits),
    }
    got = called(function, images, texts, scale, bias)
    return match(
        got,
        loss(logits),
        wrong,
        "Yes: one sigmoid for each pair, the sum over all pairs, divided by n.",
        "the loss",
    )


@checked
def check_targets(function: Callable | EllipsisType) -> bool:
    """Whether ``function(texts)`` gives rows (n, n) that share a probability of 1 equally among
    the same texts."""
    if function is ...:
        say(False, "Not written yet: replace the three dots by a function of a list of texts.")
        return False
    texts = ["a red bird", "a frog", "a red bird", "a leaf", "a red bird", "a frog"]
    same = np.array([[float(a == b) for b in texts] for a in texts])
    wrong = {
        "Each copy has a 1, so a row adds up to more than 1: divide it by its sum.": same,
        "That is the diagonal alone: the other copies of a text still count as negatives.": (
            np.eye(len(texts))
        ),
        "You left out the image's own text; it shares in the probability.": (
            (same - np.eye(6)) / np.maximum((same - np.eye(6)).sum(1, keepdims=True), 1)
        ),
        "You divided by all n; divide each row by the number of its copies.": same / len(texts),
        "You divided the whole matrix by its sum; every row should add up to 1.": same / same.sum(),
    }
    got = called(function, texts)
    return match(
        got,
        same / same.sum(1, keepdims=True),
        wrong,
        "Yes: every true copy counts alike, and a row adds up to 1.",
        "the matrix",
    )


@checked
def check_recall(function: Callable | EllipsisType) -> bool:
    """Whether ``function(similarity, k)`` is the share of rows whose diagonal entry is among the k
    largest of the row."""
    if function is ...:
        say(
            False,
            "Not written yet: replace the three dots by a function of a similarity matrix and k.",
        )
        return False
    generator = torch.Generator().manual_seed(4)
    matrix = torch.randn(20, 20, generator=generator) + 1.2 * torch.eye(20)
    own = matrix.diagonal()
    for k in (3, 1):
        share = lambda better, k=k: (better < k).double().mean()
        wrong = {
            "That counts texts (columns) that find their image; here images, the rows, do the looking.": share(
                (matrix > own).sum(0)
            ),
            "That is the number of images; divide by how many there are.": (
                ((matrix > own[:, None]).sum(1) < k).sum()
            ),
            "That is the share of those that fail.": 1 - share((matrix > own[:, None]).sum(1)),
            "You took one place too many: with k = 1 only the best counts.": (
                ((matrix > own[:, None]).sum(1) <= k).double().mean()
            ),
            "You took the smallest values; the best text has the largest cosine.": share(
                (matrix < own[:, None]).sum(1)
            ),
            "That is correct for k = 1 only: count the k best.": (
                ((matrix > own[:, None]).sum(1) < 1).double().mean() if k > 1 else math.nan
            ),
        }
        got = called(function, matrix, k)
        expected = share((matrix > own[:, None]).sum(1))
        if (
            got is None
            or got.shape != ()
            or not math.isclose(float(got), float(expected), abs_tol=1e-6)
        ):
            return match(got, expected, wrong, "", "the share")
    say(True, "Yes: for each image, is its own text among the k best? And the mean of that.")
    return True
