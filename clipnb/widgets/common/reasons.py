"""Why one class rather than another, in the shape in which a page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...classify.zeroshot import ZeroShotClassifier
from ...explain.margins import margin_parts, mean_margin
from ...explain.reference import Reference
from .scoring import rounded

if TYPE_CHECKING:
    import numpy as np
    import torch

SHOWN = ("of", "name", "text", "cosine", "contribution", "centred")


def why(
    classifier: ZeroShotClassifier,
    embedding: torch.Tensor | np.ndarray,
    left: int,
    right: int,
    most: int = 12,
    reference: Reference | None = None,
) -> dict:
    """The margin between two classes in words and parts: {left, right, margin, usual, images,
    parts, others, rest}.

    Parameters
    ----------
    classifier : ZeroShotClassifier
    embedding : (dim,) unit image embedding
    left, right : class indices
    most : int
        How many prompts a page shows.
    reference : Reference, optional
        The images against which the parts are centred, see :mod:`clipnb.explain.margins`.

    Returns
    -------
    dict
        ``parts`` are the prompts with the largest centred values in either direction, largest
        first: {of, name, text, cosine, contribution, centred}; ``rest`` is the centred sum of the
        others (``others`` of them). All centred values add up to ``margin`` minus ``usual``, the
        mean margin over the ``images`` of the reference (both 0 without one). With ``max`` the
        prompts that do not count are left out.
    """
    every = margin_parts(classifier, embedding, left, right, reference)
    by_centred = lambda part: -rounded(part.centred)
    parts = sorted((part for part in every if part.weight), key=by_centred)
    strongest = sorted(parts, key=lambda part: -rounded(abs(part.centred)))[:most]
    kept = sorted(strongest, key=by_centred)
    left_name, right_name = (classifier.class_names[c] for c in (left, right))
    return {
        "left": left_name,
        "right": right_name,
        "margin": sum(part.contribution for part in parts),
        "usual": mean_margin(parts),
        "images": reference.n if reference else 0,
        "parts": [{name: getattr(part, name) for name in SHOWN} for part in kept],
        "others": len(parts) - len(kept),
        "rest": sum(part.centred for part in parts) - sum(part.centred for part in kept),
    }
