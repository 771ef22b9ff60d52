r"""What each prompt contributes to the margin between two classes, exactly, for all pooling rules.

**Contributions.** Every pooling rule makes the score of a class a weighted sum of cosines,
:math:`s_c = \sum_{k \in c} w_k \, i \cdot u_k` (:mod:`clipnb.classify.pooling` derives the
weights), so the margin is a sum with one term per prompt:

.. math:: s_a - s_b = \sum_k v_k \; i \cdot u_k, \qquad v_k = w_k \text{ in } a,\; -w_k \text{
   in } b.

For ``mean`` this is equation 1 of Menon & Vondrick (ICLR 2023). With ``max`` the two winning
prompts carry everything. A prompt of both classes has the difference of its two weights.

**Centred values.** Every prompt has an offset of its own: its mean cosine over all images. On the
field guide these means vary between prompts (standard deviation 0.032) as much as the cosines of
one prompt vary between images (0.036), so a cosine says as much about the prompt as about the
image. A centred value counts each cosine from the prompt's mean over a **reference set** of images,
:math:`v_k (i \cdot u_k - \bar{\imath} \cdot u_k)` with the mean image embedding
:math:`\bar{\imath}` of the set.

What this does to the sum: centred values add up to the margin of this image *minus the mean margin
of the reference images* (for ``max``: minus the margin of the two winning prompts' mean cosines).
They explain how this image differs from the others, and leave out what the classifier prefers on
every image. Centring changes which prompts come first. It changes no score, margin or prediction,
nor the difference between two images' contributions of the same prompt.

**Which reference?** By default the images of the prediction itself, where they are many and varied
enough (:func:`clipnb.explain.reference.reference_of`). Without a reference, as for a single image,
each cosine is counted from the midpoint of the two class scores, as if every prompt had the same
offset; the values then add up to the margin itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..classify.zeroshot import Prediction, ZeroShotClassifier
from ..evaluation.hits import check_is_prediction
from ..support.arguments import image_index, whole
from ..support.names import two_names
from .reference import Reference, ReferenceLike, as_reference, counted_from

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

ROUNDING = 1e-6  # a value below it is no reason


@dataclass(frozen=True)
class Part:
    """One prompt's part of the margin score(first) - score(second).

    Attributes
    ----------
    of, name, text : int, str, str
        The class and its prompt.
    weight : float
        With the sign of the class: positive for the first, negative for the second.
    cosine, mean_cosine : float, float or None
        Of this image; on average over the reference images, if there are any.
    contribution : float
        weight · cosine
    centred : float
        weight · (cosine - what it is counted from)
    """

    of: int
    name: str
    text: str
    weight: float
    cosine: float
    mean_cosine: float | None
    contribution: float
    centred: float


def split_margin(
    weights: Sequence[npt.ArrayLike],
    cosines: Sequence[npt.ArrayLike],
    means: Sequence[np.ndarray | float] | None = None,
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The arithmetic of this module, on plain arrays; ``difference`` in scoring.js is its
    counterpart for pages without Python.

    Parameters
    ----------
    weights, cosines : pairs of float arrays, (prompts of the first) and (prompts of the second)
        The score of a class is the sum of its weights times its cosines.
    means : the same, optional
        Each prompt's mean cosine over the reference images. Without it, each class is counted from
        the cosine that all its prompts would have if it scored the midpoint of the two scores.

    Returns
    -------
    contribution, centred : pairs of float64 arrays, in the same order
    """
    pairs = [(np.asarray(w, float), np.asarray(c, float)) for w, c in zip(weights, cosines)]
    if means is None:
        middle = sum(float(w @ c) for w, c in pairs) / 2
        means = [middle / w.sum() for w, _ in pairs]
    contribution = [sign * w * c for sign, (w, c) in zip((1, -1), pairs)]
    centred = [sign * w * (c - mean) for sign, (w, c), mean in zip((1, -1), pairs, means)]
    return contribution, centred


def margin_parts(
    classifier: ZeroShotClassifier,
    embedding: torch.Tensor | np.ndarray,
    first: int,
    second: int,
    reference: Reference | None = None,
) -> list[Part]:
    """The margin between two classes, prompt by prompt: what figures, reports and pages show.

    Parameters
    ----------
    classifier : ZeroShotClassifier
    embedding : (dim,) tensor or array
        The image's unit embedding.
    first, second : class indices
    reference : Reference, optional

    Returns
    -------
    list of Part
        All prompts of the first class, then all of the second, in the order of the table; a prompt
        of both appears twice. Empty if both are the same class, since nothing is to be explained.
    """
    if first == second:
        return []
    image = torch.as_tensor(np.asarray(embedding, np.float32))
    every = classifier.prompt_weights(classifier.cosines(image[None])).reshape(-1).numpy()
    own = [np.flatnonzero(classifier.table.groups == c) for c in (first, second)]
    texts = [classifier.text_embeddings[rows].numpy().astype(np.float64) for rows in own]
    weights = [every[rows].astype(np.float64) for rows in own]
    cosines = [rows @ image.numpy() for rows in texts]
    means = [reference.mean_cosines(rows) for rows in texts] if reference else None
    contribution, centred = split_margin(weights, cosines, means)
    parts = []
    for side, c in enumerate((first, second)):
        name = classifier.class_names[c]
        for k, text in enumerate(classifier.table[name]):
            part = Part(
                of=c,
                name=name,
                text=text,
                weight=float(weights[side][k]) * (-1 if side else 1),
                cosine=float(cosines[side][k]),
                mean_cosine=float(means[side][k]) if means else None,
                contribution=float(contribution[side][k]),
                centred=float(centred[side][k]),
            )
            parts.append(part)
    return parts


def contributions(
    prediction: Prediction,
    index: int = 0,
    classes: Sequence[str] | None = None,
    reference: ReferenceLike | None = None,
) -> pd.DataFrame:
    """What every prompt contributes to the margin between two classes, for all four pooling rules.

    Parameters
    ----------
    prediction : Prediction
    index : int
        The image.
    classes : (str, str), optional
        This class rather than that one; by default the two best.
    reference : images, (n, dim) embeddings, ``Reference`` or "midpoint", optional
        The images over which each prompt's mean cosine is taken. By default those of the
        prediction, if there are at least 20 and no class is predicted for more than half of them;
        otherwise each cosine is counted from the midpoint of the two scores, as "midpoint" always
        does. For a single image, give other images of the same collection.

    Returns
    -------
    pandas.DataFrame
        One row per prompt: ``class`` (both names with a slash for a prompt that both have),
        ``prompt``, ``cosine``, ``mean_cosine`` (over the reference images; NaN without), ``weight``
        (negative for the second class), ``contribution`` (weight · cosine; they add up to the
        margin), ``centred`` (weight · (cosine - mean cosine); they add up to the margin minus the
        mean margin). Largest centred value first: that is the order of the reasons. ``attrs`` has
        ``classes``, ``scores``, ``margin``, ``mean_margin`` and ``n_reference`` (both 0 without a
        reference), and ``centred`` (what cosines are counted from, in words).

    Raises
    ------
    IndexError
        If there is no such image.
    ValueError
        If the classes are not two different ones of the classifier, or the reference is none.
    """
    import pandas as pd

    first, second = _two_classes(prediction, index, classes)
    known = as_reference(reference, prediction)
    places = [prediction.class_index(name) for name in (first, second)]
    parts = margin_parts(
        prediction.classifier, prediction.image_embeddings[index], *places, reference=known
    )
    table = pd.DataFrame(
        {
            "class": [part.name for part in parts],
            "prompt": [part.text for part in parts],
            "cosine": [part.cosine for part in parts],
            "mean_cosine": np.array([part.mean_cosine for part in parts], float),
            "weight": [part.weight for part in parts],
            "contribution": [part.contribution for part in parts],
            "centred": [part.centred for part in parts],
        }
    )
    sums = dict.fromkeys(("weight", "contribution", "centred"), "sum")
    merged = table.groupby("prompt", sort=False, as_index=False).agg(
        {"class": _joined, "cosine": "first", "mean_cosine": "first", **sums}
    )
    result = pd.DataFrame(merged, columns=list(table))
    result = result.sort_values(by="centred", ascending=False, kind="stable", ignore_index=True)
    scores = tuple(float(prediction.scores[index, c]) for c in places)
    result.attrs.update(
        classes=(first, second),
        scores=scores,
        margin=scores[0] - scores[1],
        mean_margin=mean_margin(parts),
        n_reference=known.n if known else 0,
        centred=counted_from(known),
    )
    return result


def mean_margin(parts: list[Part]) -> float:
    """What the margin is on the average reference image; 0 without a reference."""
    return sum(part.weight * (part.mean_cosine or 0.0) for part in parts)


def because(
    prediction: Prediction,
    index: int = 0,
    classes: Sequence[str] | None = None,
    top_k: int = 2,
    reference: ReferenceLike | None = None,
) -> str:
    """The reading of :func:`contributions`: "this class rather than that one, because …".

    Parameters
    ----------
    prediction : Prediction
    index : int
        The image.
    classes, reference
        As for :func:`contributions`.
    top_k : int
        How many reasons on either side: those with the largest centred values.

    Returns
    -------
    str
        Starts with the class of the higher score, whichever was named first. With a reference each
        reason has the cosine and the prompt's mean; where more than half of the margin is there on
        the average image, the text says so. It says what the *score* was made of.
    """
    whole("top_k", top_k, 1)
    table = contributions(prediction, index, classes, reference)
    if table.attrs["margin"] < 0:
        table = contributions(prediction, index, table.attrs["classes"][::-1], reference)
    (first, second), margin = table.attrs["classes"], table.attrs["margin"]
    if abs(margin) < ROUNDING:
        return f"{first} and {second} are alike to this classifier."
    for_it = table.query("centred > @ROUNDING").head(top_k)
    against = table.query("centred < -@ROUNDING").iloc[::-1].head(top_k)
    text = f"{first} rather than {second}, "
    if len(for_it):
        text += f"because {_reasons(for_it, second)}"
    else:
        text += "although none of its prompts speaks for it more than on average"
    if len(against):
        text += f"; against it, {_reasons(against, second)}"
    if (usual := table.attrs["mean_margin"]) > margin / 2:
        n = table.attrs["n_reference"]
        text += f"; the margin is {margin:.3f} here and {usual:.3f} on average over {n:,} images"
    return text + "."


def _reasons(rows: pd.DataFrame, second: str) -> str:
    """Reasons in words: "“a red crest” fits better than on average (0.412, mean 0.291) and …"."""
    said = []
    for row in rows.to_dict("records"):
        better, usual = row["centred"] * row["weight"] > 0, row["mean_cosine"]
        owner = f"the {second}'s " if row["class"] == second else ""
        if np.isnan(usual):
            fits, numbers = (
                "fits" if better else "fits less",
                f"{round(row['cosine'], 2) + 0.0:.2f}",
            )
        else:
            fits = f"fits {'better' if better else 'worse'} than on average"
            numbers = f"{row['cosine']:.3f}, mean {usual:.3f}"
        said.append(f"{owner}“{row['prompt']}” {fits} ({numbers})")
    return " and ".join(said)


def _joined(names) -> str:
    return " / ".join(dict.fromkeys(names))


def _two_classes(prediction: Prediction, index: int, classes) -> tuple[str, str]:
    check_is_prediction(prediction)
    image_index(index, len(prediction), "the prediction holds")
    if classes is None:
        if len(prediction.class_names) < 2:
            raise ValueError("A margin needs two classes; this classifier has one.")
        best, rival = prediction.ranking(index)[:2]
        return prediction.class_names[best], prediction.class_names[rival]
    this, that = two_names(classes)
    return str(this), str(that)
