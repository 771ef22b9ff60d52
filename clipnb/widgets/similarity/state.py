"""The similarity matrix: images × texts, one cell in view, and perhaps several steps of
training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from ...support.arrays import whole_numbers
from ...support.names import listed
from ..common.document import Document, index, words
from ..common.embeddings import Images, ImageStore

if TYPE_CHECKING:
    import numpy.typing as npt

    from ...model.clip import Clip

MOST_IMAGES = 400
MOST_CELLS = 2_000_000  # over all steps; the page holds them, at 4 bytes each


class Similarity(Document):
    """Cosines of images and texts, and which cell is looked at.

    Parameters
    ----------
    similarity : Clip, or array (images, texts) or (steps, images, texts)
        A Clip computes the cosines; an array has them.
    images : ImageDataset, image(s), or what ``load_images`` takes
    texts : sequence of str
    steps : sequence, optional
        What the steps are called.
    own : sequence of int, optional
        For every image the number of its own text, from 0.

    Attributes
    ----------
    document : dict
        ``picture``, ``sentence``, ``step``: indices.
    values : (steps, images, texts) float32 array
    """

    actions = ("point", "step")

    def __init__(
        self,
        similarity: Clip | npt.ArrayLike,
        images: Images,
        texts: Sequence[str],
        steps: Sequence | None = None,
        own: Sequence[int] | None = None,
    ):
        clip = cast("Clip", similarity) if hasattr(similarity, "encode_images") else None
        self.images = ImageStore(clip, images)
        self.texts = [words(one) for one in listed(texts, "texts")]
        count = len(self.images)
        if not self.texts:
            raise ValueError("There is no text to compare with; give one at least.")
        if count > MOST_IMAGES:
            raise ValueError(
                f"There are {count:,} images; the page shows at most {MOST_IMAGES}, so choose"
                f" some: data.select(range({MOST_IMAGES}))."
            )
        if clip is not None:
            similarity = (
                self.images.embeddings(list(range(count)))
                @ clip.encode_texts(self.texts, progress_bar=False).numpy().T
            )
        self.values = _stack(similarity, count, len(self.texts))
        self.labels = _names(steps, len(self.values))
        self.own = (
            None
            if own is None
            else [index(i, len(self.texts), "text") for i in whole_numbers("own", own).tolist()]
        )
        if self.own is not None and len(self.own) != count:
            raise ValueError(
                f"own names the text of {len(self.own)} images, but there are {count}."
            )
        super().__init__(
            {
                "picture": 0,
                "sentence": 0 if self.own is None else self.own[0],
                "step": len(self.values) - 1,
            }
        )

    # -- actions -----------------------------------------------------------------------------------

    def point(self, picture: int, sentence: int) -> None:
        """Look at one cell."""
        self.document.update(
            picture=index(picture, len(self.images), "image"),
            sentence=index(sentence, len(self.texts), "text"),
        )

    def step(self, to: int) -> None:
        self.document["step"] = index(to, len(self.values), "step")

    # -- numbers -----------------------------------------------------------------------------------

    @property
    def matrix(self) -> np.ndarray:
        """(images, texts) float32, of the step in view"""
        return self.values[self.document["step"]]

    @property
    def value(self) -> float:
        """The cosine in view."""
        return float(self.matrix[self.document["picture"], self.document["sentence"]])

    def ranks(self) -> tuple[int, int]:
        """The place of the text among all for its image, and of the image among all for its
        text; 1 is the best."""
        row, column = (
            self.matrix[self.document["picture"]],
            self.matrix[:, self.document["sentence"]],
        )
        return int((row > self.value).sum()) + 1, int((column > self.value).sum()) + 1

    def found(self) -> int | None:
        """How many images have no better text than their own; None where it is not known
        which that is."""
        if self.own is None:
            return None
        return int((self.matrix[np.arange(len(self.own)), self.own] >= self.matrix.max(1)).sum())


def _stack(values, images: int, texts: int) -> np.ndarray:
    """The values as (steps, images, texts), or one text on what is wrong with them."""
    values = np.asarray(values, np.float32)
    values = values[None] if values.ndim == 2 else values
    if values.ndim != 3 or not len(values) or values.shape[1:] != (images, texts):
        shape = " × ".join(map(str, values.shape))
        raise ValueError(
            f"The similarities are {shape}, but there are {images} images and {texts}"
            " texts; give (steps,) images × texts."
        )
    if values.size > MOST_CELLS:
        raise ValueError(
            f"There are {values.size:,} similarities; the page takes at most {MOST_CELLS:,}, so"
            " leave out some steps."
        )
    if not np.isfinite(values).all():
        raise ValueError("Some similarities are not finite numbers (nan or inf).")
    return values


def _names(steps, count: int) -> list[str]:
    names = [words(str(step)) for step in (range(1, count + 1) if steps is None else steps)]
    if len(names) != count:
        raise ValueError(
            f"There are {count} matrices and {len(names)} names of steps; give one name for each."
        )
    return names
