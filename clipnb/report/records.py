"""What a prediction says of each image, with the reasons that count most: what tables and exports
are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..classify.blocks import row_blocks
from ..classify.zeroshot import Prediction
from ..data.images import ImageDataset
from ..explain.class_scores import own_parts
from ..explain.reference import reference_of


class Reason(NamedTuple):
    """A prompt of the best class.

    Attributes
    ----------
    prompt : str
    cosine, contribution : float
        With the image; and times the prompt's weight, what it adds to the class score.
    centred : float, optional
        Its weight times what its cosine exceeds its mean over the images by, where they serve as a
        reference (:func:`clipnb.explain.reference.reference_of`).
    """

    prompt: str
    cosine: float
    contribution: float
    centred: float | None


class Record(NamedTuple):
    """An image.

    Attributes
    ----------
    image : int
        Its place in the data.
    source : str
    true_class : str
        "" where it is not known.
    best, label : str
        The best class; and the label, which is "none of these" where the image was rejected.
    probability : float
        Of the best class.
    runner_up : str
        "" where there is one class only.
    rejected : bool
    reasons : list of Reason
        Largest centred value first, or without a reference largest contribution.
    """

    image: int
    source: str
    true_class: str
    best: str
    label: str
    probability: float
    runner_up: str
    rejected: bool
    reasons: list[Reason]


def records(prediction: Prediction, data: ImageDataset, reasons: int = 3) -> Iterator[Record]:
    """A record of each image, computed in blocks, so memory stays small.

    Parameters
    ----------
    prediction : Prediction
    data : ImageDataset
        What was predicted.
    reasons : int
        At most so many of each image.
    """
    classifier, reference = prediction.classifier, reference_of(prediction)
    prompts, names, labels = classifier.table.prompts, prediction.class_names, prediction.labels
    ranked, confidence = prediction.top(2).indices.tolist(), prediction.confidence.tolist()
    longest = max(map(len, classifier.table.values()))
    for block in row_blocks(len(data), longest * prediction.image_embeddings.shape[1]):
        best = [first for first, *_ in ranked[block]]
        rows = prediction.image_embeddings[block]
        plain = own_parts(classifier, rows, best)
        centred = plain if reference is None else own_parts(classifier, rows, best, reference)
        columns = (*plain, centred.parts)
        for i, *each in zip(range(block.start, block.stop), *(part.tolist() for part in columns)):
            # what is absent is NaN, and not equal to itself
            counted = sorted(
                (one for one in zip(*each) if one[3] == one[3]), key=lambda one: -one[3]
            )
            yield Record(
                i,
                data.sources[i],
                data.class_names[data.labels[i]] if data.labels[i] >= 0 else "",
                names[ranked[i][0]],
                labels[i],
                confidence[i],
                names[ranked[i][1]] if len(ranked[i]) > 1 else "",
                prediction.rejected is not None and bool(prediction.rejected[i]),
                [
                    Reason(prompts[s], cosine, part, value if reference is not None else None)
                    for s, cosine, part, value in counted[:reasons]
                ],
            )
