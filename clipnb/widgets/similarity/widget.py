"""``compare_similarities``: images × texts, and how they come to agree while a model
learns."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike
from traitlets import Bytes, Dict, List

from ...model.clip import Clip
from ...support.files import image_address
from ..common.base import Widget
from ..common.embeddings import Images
from .saved import page, palette
from .state import Similarity

SIDE = 144  # of an image, in pixels


class SimilarityMatrix(Widget):
    """What :func:`compare_similarities` returns."""

    kind = "similarity"
    state: Similarity

    pictures = List().tag(sync=True)
    sentences = List().tag(sync=True)
    values = Bytes().tag(sync=True)  # (steps, images, texts) float32
    palette = Bytes().tag(sync=True)
    settings = Dict().tag(sync=True)

    def __init__(self, state: Similarity):
        shown = state.images
        images = [
            {
                "name": shown.name(i),
                "truth": shown.truth(i) or "",
                "uri": image_address(shown[i], SIDE),
            }
            for i in range(len(shown))
        ]
        values = {"values": state.values.astype("<f4").tobytes(), "palette": palette().tobytes()}
        super().__init__(
            state,
            pictures=images,
            sentences=state.texts,
            settings={"labels": state.labels, "own": state.own},
            **values,
        )

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        steps, images, texts = self.state.values.shape
        return (
            f"SimilarityMatrix({images} images, {texts}"
            f" texts{f', {steps} steps' if steps > 1 else ''})"
        )


def compare_similarities(
    similarity: Clip | ArrayLike,
    images: Images,
    texts: Sequence[str],
    steps: Sequence | None = None,
    own: Sequence[int] | None = None,
) -> SimilarityMatrix:
    """Images × texts as a matrix of colours; point at a cell and see the image, the
    text and their cosine.

    Parameters
    ----------
    similarity : Clip, or array (images, texts) or (steps, images, texts)
        A Clip, which compares the two; or the cosines themselves, of several steps of training if
        you like: then a slider goes through them.
    images : ImageDataset, PIL image, sequence of images, or a folder
        The rows, at most 400.
    texts : sequence of str
        The columns.
    steps : sequence, optional
        What the steps are called, such as their numbers.
    own : sequence of int, optional
        The number of the text that belongs to each image, from 0; then the page counts the
        images that find theirs.

    Returns
    -------
    SimilarityMatrix
        Leave it as the last line of a cell. One scale of colours serves all steps.

    Raises
    ------
    ValueError
        If the numbers of images, texts, steps and similarities do not fit, or are too many
        for a page.

    Examples
    --------
    >>> clipnb.widgets.compare_similarities(clip, data.select(range(4)), texts)
    """
    return SimilarityMatrix(Similarity(similarity, images, texts, steps, own))
