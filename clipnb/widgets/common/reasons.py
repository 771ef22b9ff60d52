"""Why one class rather than another: what every sentence adds to the lead of the first over the
second."""

from __future__ import annotations

import numpy as np


def contributions(classifier, vector, left: int, right: int) -> list[dict]:
    """What every sentence of two classes adds to score(left) - score(right), for any pooling rule.

    Every rule is a weighted sum of cosines, score = Σ w_k (i·u_k): ``mean`` has w = 1/K,
    ``centroid`` 1/(K|m|), ``raw_mean`` |t_k|/(K|r|), ``max`` 1 for the best sentence alone. With m
    halfway between the two scores, a sentence of ``left`` adds w_k (i·u_k) - m/K and one of
    ``right`` the negative: the sum is the margin exactly, and a sentence that speaks for its class
    as much as the two score on average adds nothing.

    Parameters
    ----------
    classifier : ZeroShotClassifier
    vector : (dim,) unit picture vector
    left, right : class indices

    Returns
    -------
    list of {of, name, text, cosine, contribution}
        Largest contribution first; empty if both are the same class.
    """
    if left == right:
        return []
    rows = {c: _rows(classifier, np.asarray(vector, np.float64), c) for c in (left, right)}
    middle = sum((weight * cosine).sum() for _, cosine, weight in rows.values()) / 2
    parts = []
    for c, (texts, cosines, weights) in rows.items():
        added = (weights * cosines - middle / len(texts)) * (1 if c == left else -1)
        parts += [
            {
                "of": c,
                "name": classifier.class_names[c],
                "text": text,
                "cosine": float(cosine),
                "contribution": float(value),
            }
            for text, cosine, value in zip(texts, cosines, added)
        ]
    return sorted(parts, key=lambda part: -part["contribution"])


def _rows(classifier, vector: np.ndarray, of: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The sentences of a class that count, their cosines, and the weights with which they make up
    its score."""
    own = np.flatnonzero(classifier.table.groups == of)
    texts = list(classifier.table[classifier.class_names[of]])
    cosines = classifier.sentence_vectors[own].numpy().astype(np.float64) @ vector
    if classifier.pooling == "max":
        best = int(cosines.argmax())
        return [texts[best]], cosines[[best]], np.ones(1)
    if classifier.pooling == "mean":
        return texts, cosines, np.full(len(own), 1 / len(own))
    if classifier.pooling == "centroid":
        length = np.linalg.norm(classifier.sentence_vectors[own].numpy().mean(0))
        return texts, cosines, np.full(len(own), 1 / (len(own) * length))
    raw = classifier.raw_text_embeddings[own].numpy()
    return texts, cosines, np.linalg.norm(raw, axis=1) / (len(own) * np.linalg.norm(raw.mean(0)))


def why(classifier, vector, left: int, right: int, most: int = 12) -> dict:
    """The lead of one class over another in words and parts, as a page shows it: {left, right,
    margin, parts, rest}.

    ``parts`` are the sentences that add or take most; ``rest`` is what the others (``others`` of
    them) add together.
    """
    parts = contributions(classifier, vector, left, right)
    kept = sorted(
        sorted(parts, key=lambda part: -abs(part["contribution"]))[:most],
        key=lambda part: -part["contribution"],
    )
    margin = sum(part["contribution"] for part in parts)
    rest = margin - sum(part["contribution"] for part in kept)
    names = [classifier.class_names[c] for c in (left, right)]
    return {
        "left": names[0],
        "right": names[1],
        "margin": margin,
        "parts": kept,
        "others": len(parts) - len(kept),
        "rest": rest,
    }
