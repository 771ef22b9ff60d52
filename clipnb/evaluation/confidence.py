"""How confident a prediction is, by one of four measures; and how well confidence tells correct
answers from incorrect ones, and images of the classes from images of no class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..classify.blocks import row_blocks
from ..data.images import ImageDataset
from ..support.arguments import real, text
from .calibration import correct_of
from .hits import check_is_data, check_labels
from .tables import check_columns

if TYPE_CHECKING:
    import pandas as pd

    from ..classify.zeroshot import Prediction, ZeroShotClassifier


MEASURES = ("probability", "margin", "mcm", "baseline")
KEPT = 0.95  # share of the images of a class that are kept where the false positives are counted


@dataclass(frozen=True)
class Confidence:
    r"""A measure of confidence; call it with a prediction.

    With the scores :math:`s_c` of an image (pooled cosines, see :class:`ZeroShotClassifier`), it is

    * ``probability``: the largest probability (Hendrycks & Gimpel 2017, section 2); for a CLIP the
      softmax of logit_scale · s, for a SigLIP the sigmoid of the best class;
    * ``margin``: the best score minus the second best;
    * ``mcm``: :math:`\max_c \mathrm{softmax}(s / \tau)_c` (maximum concept matching, Ming et al.
      2022, section 3). With :math:`\tau` = 1 / logit_scale it is ``probability``;
    * ``baseline``: the best score minus the cosine with a text that fits any image. It is more than
      0 where some class fits better than this text.

    Parameters
    ----------
    measure : {"probability", "margin", "mcm", "baseline"}
    temperature : float
        :math:`\tau` of ``mcm``; 1 in the paper.
    baseline : str
        The text of ``baseline``.
    """

    measure: str = "probability"
    temperature: float = 1.0
    baseline: str = "a photo"

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise ValueError(f"Unknown measure '{self.measure}'. Available: {', '.join(MEASURES)}.")
        real("temperature", self.temperature, 0, 1e12)
        if not self.temperature:
            raise ValueError(f"temperature is {self.temperature}; it must be more than 0.")
        text("baseline", self.baseline)

    @classmethod
    def named(cls, measure: str | Confidence) -> Confidence:
        """A measure by its name, with the usual settings; a measure as it is."""
        return measure if isinstance(measure, Confidence) else cls(measure)

    def __str__(self) -> str:
        settings = {"mcm": f", temperature {self.temperature:g}", "baseline": f" '{self.baseline}'"}
        return self.measure + settings.get(self.measure, "")

    @property
    def words(self) -> str:
        """What is measured, in words."""
        return {
            "probability": "highest probability",
            "margin": "margin between the two best scores",
            "mcm": f"highest probability at the temperature {self.temperature:g}",
            "baseline": f"best score minus the cosine with ‘{self.baseline}’",
        }[self.measure]

    def __call__(self, prediction: Prediction) -> np.ndarray:
        """The confidence of each image, (n,) float64; more is more confident.

        Raises
        ------
        ValueError
            If the classifier has one class only, with which nothing compares.
        """
        classifier, text = prediction.classifier, None
        names, sigmoid = classifier.class_names, classifier.clip.sigmoid
        alone = self.measure == "baseline" or (sigmoid and self.measure == "probability")
        if len(names) < 2 and not alone:
            raise ValueError(
                f"The measure '{self.measure}' compares classes, and '{names[0]}' is the only one;"
                " use the measure 'baseline', or give more classes."
            )
        if self.measure == "baseline":
            text = classifier.clip.encode_texts(self.baseline, progress_bar=False)[0]
        embeddings = prediction.image_embeddings
        blocks = row_blocks(len(embeddings), len(names))
        return torch.cat([self._of(classifier, embeddings[rows], text) for rows in blocks]).numpy()

    def _of(
        self, classifier: ZeroShotClassifier, rows: torch.Tensor, text: torch.Tensor | None
    ) -> torch.Tensor:
        # in double precision: the softmax of single precision is 1 for all confident images
        scores = classifier.score(rows).double()
        if text is not None:
            return scores.amax(1) - (rows @ text).double()
        if self.measure == "margin":
            best = scores.topk(2, dim=1).values
            return best[:, 0] - best[:, 1]
        if self.measure == "mcm":
            return (scores / self.temperature).softmax(1).amax(1)
        return classifier.class_probabilities(scores).amax(1)


# --- how well it ranks ----------------------------------------------------------------------------


def risk_coverage(
    prediction: Prediction, data: ImageDataset, measure: str | Confidence = "probability"
) -> pd.DataFrame:
    """The risk–coverage curve: how many answers are incorrect if only the most confident ones are
    given (El-Yaniv & Wiener 2010; Geifman & El-Yaniv 2017, section 2).

    Parameters
    ----------
    prediction : Prediction
        Of a classifier, for the images of ``data``.
    data : ImageDataset
        With labels.
    measure : str or Confidence

    Returns
    -------
    pandas.DataFrame
        One row per threshold, the highest first: ``threshold``, ``n`` (images with at least this
        confidence), ``coverage`` (their share) and ``risk`` (share of incorrect ones among them).
        The last row answers all images. :func:`aurc` is the area under it.
    """
    import pandas as pd

    correct = correct_of(prediction, data)
    values = Confidence.named(measure)(prediction)
    thresholds, n, wrong = _ordered(values, ~correct)
    return pd.DataFrame(
        {"threshold": thresholds, "n": n, "coverage": n / len(values), "risk": wrong / n}
    )


def _ordered(values: np.ndarray, wrong: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thresholds, highest first, with how many images have at least this confidence, and how many
    of these are incorrect; images of equal confidence come together.

    Returns
    -------
    (thresholds, n, wrong) : three (k,) arrays
    """
    order = np.argsort(-values, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    return values[order][ends], ends + 1, np.cumsum(wrong[order])[ends]


def aurc(table: pd.DataFrame) -> float:
    """The area under a curve of :func:`risk_coverage`: the mean of the risk over all coverages
    (Geifman et al. 2019, section 2); less is better.

    A confidence that says nothing gives the risk of answering all images. The order of the rows
    does not matter. Of an empty table it is NaN.
    """
    check_columns(table, ("coverage", "risk"), "aurc", "risk_coverage")
    if not len(table):
        return float("nan")
    table = table.sort_values("coverage")
    steps = np.diff(table["coverage"].to_numpy(), prepend=0)
    return float((steps * table["risk"].to_numpy()).sum())


def out_of_class(
    classifier: ZeroShotClassifier,
    inside: ImageDataset,
    outside: ImageDataset,
    measures: Sequence[str | Confidence] = MEASURES,
) -> pd.DataFrame:
    """How well confidence tells images of the classes from images of no class; no threshold is
    needed for that.

    Parameters
    ----------
    classifier : ZeroShotClassifier
    inside : ImageDataset
        Images of its classes.
    outside : ImageDataset
        Images of no class. Where they have labels, there is a row for each of their classes.
    measures : sequence of str or Confidence

    Returns
    -------
    pandas.DataFrame
        One row per measure and class of ``outside``, first all of them: ``measure``, ``class``
        ("all", then names), ``n`` (images of no class), ``auroc``: the probability that an image of
        a class has more confidence than one of no class, 0.5 by chance; ``fpr95``: the share of
        images of no class that are kept where 95 % of the images of a class are (Hendrycks &
        Gimpel 2017, section 2; Ming et al. 2022, section 4); ``answer``, the most frequent one.

    Raises
    ------
    ValueError
        If there are no images, or an image of ``outside`` is of one of the classes, or a labelled
        image of ``inside`` of none.
    """
    import pandas as pd

    if isinstance(measures, str) or not (measures := list(measures)):
        raise ValueError(f"measures is {measures!r}; give a list of measures: ['margin'].")
    check_is_data(inside)
    if not len(inside):
        raise ValueError("There are no images of the classes; give some.")
    check_outside(classifier, outside)
    check_labels(classifier.class_names, labelled(inside))
    ours, theirs = classifier.predict(inside), classifier.predict(outside)
    answers = np.array(classifier.class_names)[theirs.indices]
    groups = [("all", np.ones(len(outside), bool))]  # a class may be called that as well
    groups += [
        (outside.class_names[label], outside.labels == label)
        for label in np.unique(outside.labels[outside.labels >= 0])
    ]
    rows = []
    for confidence in map(Confidence.named, measures):
        known, unknown = confidence(ours), confidence(theirs)
        for name, which in groups:
            row = {"measure": str(confidence), "class": name, "n": int(which.sum())}
            row |= _separation(known, unknown[which])
            rows.append(row | {"answer": pd.Series(answers[which]).mode().iloc[0]})
    return pd.DataFrame(rows)


def at_least(share: float, n: int) -> int:
    """The fewest of n that are this share of them or more, whatever the last digit of a product."""
    return max(1, math.ceil(share * n - 1e-9))


def _separation(known: np.ndarray, unknown: np.ndarray) -> dict[str, float]:
    from scipy.stats import mannwhitneyu

    # the statistic counts the pairs in the expected order, and half of those that tie
    in_order = mannwhitneyu(known, unknown, method="asymptotic").statistic
    lowest = np.sort(known)[-at_least(KEPT, len(known))]
    return {
        "auroc": float(in_order / (len(known) * len(unknown))),
        "fpr95": float((unknown >= lowest).mean()),
    }


def check_outside(classifier: ZeroShotClassifier, outside: ImageDataset) -> None:
    """ValueError if there are no images of no class, or one of them is of a class of the
    classifier; the message names it."""
    check_is_data(outside)
    if not len(outside):
        raise ValueError("There are no images of no class; give some.")
    present = {outside.class_names[i] for i in np.unique(outside.labels[outside.labels >= 0])}
    if known := sorted(present & set(classifier.class_names)):
        raise ValueError(
            f"Among the images of no class are some of '{known[0]}', which is a class of the"
            " classifier; leave them out."
        )


def labelled(data: ImageDataset) -> ImageDataset:
    """The images whose class is known."""
    check_is_data(data)
    return data.select(data.labels >= 0)
