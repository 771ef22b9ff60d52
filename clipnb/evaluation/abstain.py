"""When a classifier should rather not answer: how confident a prediction is, the threshold below
which it says "none of these", and what that costs.

A threshold is set on some images and reported on others: :func:`calibrate_rejection` remembers its
images, and :func:`rejection_rates` refuses them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..classify.classifier import check_can_reject
from ..classify.zeroshot import ZeroShotClassifier
from ..data.images import ImageDataset
from ..support.arguments import real
from ..support.text import printable
from .calibration import correct_of
from .confidence import Confidence, at_least, check_outside, labelled
from .hits import check_is_data, check_labels
from .statistics import percent, wilson

if TYPE_CHECKING:
    import pandas as pd

    from ..classify.zeroshot import Prediction


@dataclass(frozen=True)
class Rejection:
    """A threshold of confidence, and where it comes from; made by :func:`calibrate_rejection` and
    used by ``classifier.predict(images, reject=rejection)``.

    Attributes
    ----------
    classifier : ZeroShotClassifier
        The one that the threshold belongs to.
    confidence : Confidence
        How confidence is measured.
    threshold : float
        An image whose confidence is less resembles no class.
    origin : str
        On which images the threshold was set, and for which target.
    keys : frozenset of str
        The keys of these images.
    """

    classifier: ZeroShotClassifier = field(repr=False)
    confidence: Confidence
    threshold: float
    origin: str
    keys: frozenset[str] = field(repr=False, default=frozenset())

    def rejects(self, prediction: Prediction) -> np.ndarray:
        """Which images resemble no class, (n,) bool.

        Raises
        ------
        ValueError
            If the prediction is of a classifier with another model, other prompts or another
            pooling.
        """
        one, other = self.classifier, prediction.classifier
        if one is not other and _identity(one) != _identity(other):
            raise ValueError(
                f"The threshold is of {one}, and the prediction of {other}, with other prompts,"
                " pooling or model; call calibrate_rejection with the classifier that predicts."
            )
        return self.confidence(prediction) < self.threshold


def _identity(classifier: ZeroShotClassifier) -> tuple:
    table = classifier.table
    prompts = [(name, tuple(table[name])) for name in table]
    return prompts, classifier.pooling, classifier.clip.fingerprint


# --- a threshold --------------------------------------------------------------------------------


def calibrate_rejection(
    classifier: ZeroShotClassifier,
    data: ImageDataset,
    *,
    coverage: float | None = None,
    risk: float | None = None,
    measure: str | Confidence = "probability",
    level: float = 0.95,
    name: str | None = None,
) -> Rejection:
    """Set the confidence below which a classifier says "none of these".

    What is reported about the threshold must come from other images: on these ones it looks better
    than it is.

    Parameters
    ----------
    classifier : ZeroShotClassifier
    data : ImageDataset
        Images of the classes, like those that will be met later. Labels are needed for ``risk``
        only.
    coverage : float, optional
        Keep at least this share of the images (0 < coverage ≤ 1): the lowest confidences go.
    risk : float, optional
        Keep as many images as possible such that of all images like these, those that are kept are
        classified incorrectly in at most this share, with probability ``level`` over the choice of
        ``data`` (0 < risk < 1). It is the algorithm SGR (Geifman & El-Yaniv 2017, section 3): a
        binary search over thresholds, each with an exact upper bound of its risk, at
        (1 - level) / ⌈log₂ n⌉.
    measure : str or Confidence
        How confidence is measured; see :class:`Confidence`.
    level : float
        For ``risk``.
    name : str, optional
        What the images are called where the threshold's origin is told.

    Returns
    -------
    Rejection

    Raises
    ------
    ValueError
        If not exactly one of ``coverage`` and ``risk`` is given, or it is out of range; if there
        are no images, or an image with a label is of a class that the classifier lacks; if so low a
        risk cannot be shown with these images.
    TypeError
        If the classifier is no ZeroShotClassifier.
    """
    if not isinstance(classifier, ZeroShotClassifier):
        raise TypeError(
            f"A threshold needs a ZeroShotClassifier, but got {type(classifier).__name__}."
        )
    if (coverage is None) == (risk is None):
        raise ValueError("Give either coverage= or risk= to calibrate_rejection, and not both.")
    for called, share in {"coverage": coverage, "risk": risk, "level": level}.items():
        if share is not None:
            real(called, share, 0, 1)
            if not (0 < share < 1 or (called, share) == ("coverage", 1)):
                raise ValueError(f"{called} is {share}; it is a share between 0 and 1.")
    check_can_reject(classifier.class_names)
    check_is_data(data)
    if not len(data):
        raise ValueError("There are no images to set a threshold on; give images of the classes.")
    check_labels(classifier.class_names, data if risk is not None else labelled(data))
    confidence = Confidence.named(measure)
    prediction = classifier.predict(data)
    values = confidence(prediction)
    if coverage is not None:
        kept, target = at_least(coverage, len(values)), f"{percent(coverage)} of them are kept"
    else:
        assert risk is not None
        kept = _kept_at_risk(values, correct_of(prediction, data), risk, level)
        target = (
            f"with probability {level:g} at most {100 * risk:g} % of the answers that are kept are"
            " incorrect"
        )
    called = f" ({printable(name)})" if name else f", such as '{data.sources[0]}'"
    origin = f"set on {len(data)} images{called}, such that {target}"
    return Rejection(classifier, confidence, _below(values, kept), origin, frozenset(data.keys))


def uncalibrated(classifier: ZeroShotClassifier, baseline: str = "a photo") -> Rejection:
    """A limit for where there are no images to set a threshold on: an image resembles no class if a
    text that fits any image fits it better than every class.

    How many images of a class it rejects is not known; :func:`rejection_rates` tells.
    """
    origin = "not calibrated: there a text that fits any image fits better than every class"
    return Rejection(classifier, Confidence("baseline", baseline=baseline), 0.0, origin)


def _below(values: np.ndarray, kept: int) -> float:
    """A threshold that keeps the ``kept`` highest values: halfway to the next lower one, so that
    rounding in the last digit decides nothing."""
    last = np.sort(values)[-kept]
    lower = values[values < last]
    return float((last + lower.max()) / 2 if len(lower) else np.nextafter(last, -np.inf))


def _kept_at_risk(values: np.ndarray, correct: np.ndarray, risk: float, level: float) -> int:
    """How many of the most confident images can be kept; images of equal confidence are kept
    together."""
    from scipy.stats import binomtest

    confident = np.sort(values)[::-1]
    steps = max(1, math.ceil(math.log2(len(values))))
    low, high, found = 1, len(values), 0
    for _ in range(steps):
        middle = math.ceil((low + high) / 2)
        those = values >= confident[middle - 1]
        test = binomtest(int((~correct[those]).sum()), int(those.sum()), alternative="less")
        if test.proportion_ci(1 - (1 - level) / steps, "exact").high <= risk:
            found, low = int(those.sum()), middle
        else:
            high = middle
    if not found:
        raise ValueError(
            f"These {len(values)} images cannot show a risk of {risk:g} or less at the level"
            f" {level:g} for any threshold; give more images, or a higher risk."
        )
    return found


# --- what a threshold does ------------------------------------------------------------------------


def rejection_rates(
    rejection: Rejection, data: ImageDataset, outside: ImageDataset | None = None
) -> pd.DataFrame:
    """What a threshold does to images that did not set it.

    Parameters
    ----------
    rejection : Rejection
    data : ImageDataset
        Images of the classes, with labels.
    outside : ImageDataset, optional
        Images of no class.

    Returns
    -------
    pandas.DataFrame
        Index "of a class" and "of no class": ``n``; ``kept``, how many were answered; ``coverage``,
        the share of these, with its 95 % Wilson interval (``coverage_low``, ``coverage_high``); and
        ``risk``, the share of incorrect ones among the answers, likewise with interval. For images
        of no class every answer is incorrect.

    Raises
    ------
    ValueError
        If images that set the threshold are among them; if an image lacks a label, or an image of
        ``outside`` is of one of the classes.
    """
    import pandas as pd

    if not isinstance(rejection, Rejection):
        raise TypeError(
            f"The rejection is {type(rejection).__name__}; give what calibrate_rejection returns."
        )
    classifier = rejection.classifier
    check_labels(classifier.class_names, data)
    rows, parts = {}, {"of a class": data}
    if outside is not None:
        check_outside(classifier, outside)
        parts["of no class"] = outside
    for group, images in parts.items():
        if used := rejection.keys.intersection(images.keys):
            raise ValueError(
                f"{len(used)} of these images set the threshold, so they would make it look better"
                " than it is; report on others, as data.select gives them."
            )
        prediction = classifier.predict(images)
        kept = ~rejection.rejects(prediction)
        wrong = kept if images is outside else kept & ~correct_of(prediction, images)
        rows[group] = {
            "n": len(images),
            "kept": int(kept.sum()),
            **_share("coverage", int(kept.sum()), len(images)),
            **_share("risk", int(wrong.sum()), int(kept.sum())),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _share(name: str, hits: int, n: int) -> dict[str, float]:
    low, high = wilson(hits, n)
    return {name: hits / n if n else np.nan, f"{name}_low": low, f"{name}_high": high}
