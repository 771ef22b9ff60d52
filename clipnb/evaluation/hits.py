"""Which images are classified correctly: the best classes next to the true ones, by name."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch

from ..classify.blocks import row_blocks
from ..classify.classifier import Classifier, embedded
from ..classify.pooling import leading
from ..classify.zeroshot import Prediction, ZeroShotClassifier
from ..data.images import ImageDataset
from ..support.text import brief

TOP = 5  # among how many guesses the class may be for top-5 accuracy


def check_is_data(data: ImageDataset) -> None:
    """TypeError for what is no ImageDataset."""
    if not isinstance(data, ImageDataset):
        raise TypeError(
            f"The data are {type(data).__name__}, not an ImageDataset; give what load_images"
            " returns, or ImageDataset(images, labels, class_names)."
        )


def check_data(data: ImageDataset, purpose: str = "compare on") -> None:
    """TypeError for what is no ImageDataset, ValueError for one without images."""
    check_is_data(data)
    if not len(data):
        raise ValueError(f"There are no images to {purpose}.")


def check_is_prediction(prediction: Prediction) -> None:
    """TypeError for what is no Prediction."""
    if not isinstance(prediction, Prediction):
        raise TypeError(
            f"The prediction is {type(prediction).__name__}; give what ZeroShotClassifier.predict"
            " returns."
        )


def check_zero_shot(classifier: ZeroShotClassifier) -> None:
    """TypeError for what is no ZeroShotClassifier."""
    if not isinstance(classifier, ZeroShotClassifier):
        raise TypeError(
            f"The classifier is {type(classifier).__name__}; give a ZeroShotClassifier, such as"
            " ZeroShotClassifier(clip, descriptor_prompts(descriptors))."
        )


def check_predicted(prediction: Prediction, data: ImageDataset) -> None:
    """TypeError for what is no prediction or no ImageDataset; ValueError if the prediction is of
    another number of images, or of these in another order."""
    check_is_prediction(prediction)
    check_is_data(data)
    if len(prediction) != len(data):
        raise ValueError(
            f"The prediction is of {len(prediction):,} images, but the data hold {len(data):,};"
            " give the data that were predicted."
        )
    if prediction.keys is None or prediction.keys == data.keys:
        return
    # keys of stored embeddings may be others than those of the images, so only known ones count
    place = {key: i for i, key in enumerate(prediction.keys)}
    for i, (predicted, key) in enumerate(zip(prediction.keys, data.keys)):
        if predicted != key and key in place:
            raise ValueError(
                f"Image {i} of the data, '{brief(data.sources[i])}', is image {place[key]} of the"
                " prediction; give the data in the order in which they were predicted."
            )


def check_classifier(classifier: Classifier) -> None:
    """TypeError for what is not one classifier, such as a mapping of several."""
    if isinstance(classifier, type) or not isinstance(classifier, Classifier):
        raise TypeError(
            f"The classifier is a {type(classifier).__name__}; give one classifier, such as"
            " ZeroShotClassifier(clip, table)."
        )


def check_classifiers(classifiers: Mapping[str, Classifier]) -> None:
    """TypeError for what is no mapping from names to classifiers; the message names the first that
    is none."""
    if not isinstance(classifiers, Mapping):
        raise TypeError(
            f"The classifiers are {type(classifiers).__name__}; give a mapping, such as"
            " {'name': classifier}."
        )
    for name, classifier in classifiers.items():
        if isinstance(classifier, type) or not isinstance(classifier, Classifier):
            raise TypeError(
                f"'{brief(name)}' is {type(classifier).__name__}, not a classifier; make one of a"
                " table of prompts: ZeroShotClassifier(clip, table)."
            )


def check_labels(class_names: Sequence[str], data: ImageDataset) -> None:
    """TypeError for what is no ImageDataset; ValueError if an image has no label, or the class of
    an image is missing: then the accuracy would mean nothing."""
    check_is_data(data)
    if (data.labels < 0).any():
        raise ValueError(
            f"{int((data.labels < 0).sum())} images have no label; only labelled images can be"
            " scored."
        )
    known = set(class_names)
    present = [data.class_names[i] for i in np.unique(data.labels)]
    if missing := [name for name in present if name not in known]:
        raise ValueError(
            f"The classifier has no class '{missing[0]}'"
            + (f" and {len(missing) - 1} more of" if missing[1:] else ", which is in")
            + " the data; the names must be the same, letter by letter."
        )


def warn_of_one_class(name: str, class_names: Sequence[str]) -> None:
    if len(class_names) < 2:
        warnings.warn(
            f"'{name}' chooses among one class only ('{class_names[0]}'), so all its answers are"
            " the same and its accuracy says nothing.",
            stacklevel=3,
        )


def _score_blocks(
    classifier: Classifier, images: ImageDataset | torch.Tensor
) -> Iterator[torch.Tensor]:
    """Class scores of images or their unit embeddings, a block of images at a time."""
    embeddings = embedded(images, classifier.clip, None, getattr(classifier, "model_", None))
    # its own blocks look at the texts once, and not again with every block
    if isinstance(classifier, ZeroShotClassifier):
        for _, scores in classifier.score_blocks(embeddings):
            yield scores
    else:
        for rows in row_blocks(len(embeddings), len(classifier.class_names)):
            yield classifier.class_scores(embeddings[rows])


def answers(classifier: Classifier, data: ImageDataset) -> np.ndarray:
    """The best class of every image as an index into ``class_names`` of the *classifier*, (n,)
    int."""
    best = [leading(scores).numpy() for scores in _score_blocks(classifier, data)]
    return np.concatenate(best)[:, 0]


def true_answers(class_names: Sequence[str], data: ImageDataset) -> np.ndarray:
    """The class of every image as an index into ``class_names``, (n,) int, by name; -2 for a class
    that is not among them, which is no answer that a classifier gives."""
    place = {name: i for i, name in enumerate(class_names)}
    return np.array([place.get(name, -2) for name in data.class_names], int)[data.labels]


def warn_of_shots(name: str, classifier: Classifier, data: ImageDataset) -> None:
    """Warn if a classifier by examples is tested on its own examples, by the images' content."""
    if shared := len(getattr(classifier, "shot_keys_", set()) & set(data.keys)):
        warnings.warn(
            f"{shared} of the {len(data)} images are among the shots of '{name}', so its accuracy"
            " is too high; test on others.",
            stacklevel=3,
        )


def correct(classifier: Classifier, data: ImageDataset) -> np.ndarray:
    """Which images are classified correctly, (n,) bool; classes are matched by name, whatever their
    order.

    Raises
    ------
    ValueError
        If an image has no label, or the classifier lacks the class of an image: then the accuracy
        would mean nothing.
    """
    check_labels(classifier.class_names, data)
    return answers(classifier, data) == true_answers(classifier.class_names, data)


def hits_by_rank(
    classifier: Classifier, embeddings: torch.Tensor, data: ImageDataset
) -> np.ndarray:
    """Whether the best guess is correct, whether the second is, …: (n, 5) bool, at most one True a
    row; fewer columns for fewer classes.

    Scores are put into the order of ``data.class_names`` first, so the order of the table's rows
    decides nothing, not even ties. They are computed block by block.
    """
    place = {name: i for i, name in enumerate(classifier.class_names)}
    order = [place[name] for name in data.class_names]
    as_they_are = order == list(range(len(place)))
    best = [
        leading(scores if as_they_are else scores[:, order], min(TOP, len(order))).numpy()
        for scores in _score_blocks(classifier, embeddings)
    ]
    return np.concatenate(best) == data.labels[:, None]
