"""``browse_confusions``: from a number of the confusion matrix to the images behind it, and to
the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traitlets import Dict, List

from ...classify.zeroshot import Prediction
from ...data.images import ImageDataset
from ...support.files import image_address
from ..common.base import Widget
from .saved import page, summary
from .state import MOST_IMAGES, OTHER, Confusions


class ConfusionBrowser(Widget):
    """What :func:`browse_confusions` returns.

    Attributes
    ----------
    matrices : list of dict
        One a group, see :class:`.state.confusions.Confusions`; ``summary`` is a text.
    behind : dict
        Of the open cell: ``group``, ``cell``, ``pictures`` (the first of them, with ``uri``),
        ``count``; of the picked one: ``picture``, ``uri``, ``why``.
    """

    kind = "confusions"
    styles = ("reasons",)
    state: Confusions

    matrices = List().tag(sync=True)
    behind = Dict().tag(sync=True)
    settings = Dict().tag(sync=True)

    def __init__(self, state: Confusions):
        self._thumbs: dict[int, str] = {}
        matrices = [{**matrix, "summary": summary(matrix)} for matrix in state.matrices]
        super().__init__(state, matrices=matrices, settings={"other": OTHER})

    def show(self) -> dict:
        document, images = self.state.document, self.state.behind()
        entries = [{**self.state.entry(i), "uri": self._thumb(i)} for i in images[:MOST_IMAGES]]
        behind = {
            "group": document["group"],
            "cell": document["cell"],
            "pictures": entries,
            "count": len(images),
            "picture": document["picture"],
        }
        if (picked := document["picture"]) is not None:
            behind |= {
                "chosen": self.state.entry(picked),
                "uri": image_address(self.state.data.images[picked]),
                "why": self.state.reasons(),
            }
        return {"behind": behind}

    def _thumb(self, image: int) -> str:
        if image not in self._thumbs:
            self._thumbs[image] = image_address(self.state.data.images[image], 96)
        return self._thumbs[image]

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        return (
            f"ConfusionBrowser({len(self.state.data)} images,"
            f" {len(self.state.prediction.class_names)} classes, {len(self.matrices)} groups)"
        )


def browse_confusions(
    prediction: Prediction,
    data: ImageDataset,
    groups: Mapping[str, Sequence[str]] | None = None,
    max_classes: int = 12,
) -> ConfusionBrowser:
    """A confusion matrix whose every number opens the images behind it; choose one, and see why
    it was taken for what it was.

    Parameters
    ----------
    prediction : Prediction
        ``ZeroShotClassifier(clip, table).predict(data)``; with any pooling.
    data : ImageDataset
        The same images, each with a label.
    groups : mapping name → class names, optional
        What can be chosen to look at; by default all classes, and for the field guide its kinds,
        the seen and the held-out species.
    max_classes : int
        How many classes one matrix has; of more, those that are confused most.

    Returns
    -------
    ConfusionBrowser
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        If the prediction is of other images, an image has no label, or a class of the data is
        missing in the classifier.

    Examples
    --------
    >>> clipnb.widgets.browse_confusions(prediction, data)
    """
    return ConfusionBrowser(Confusions(prediction, data, groups, max_classes))
