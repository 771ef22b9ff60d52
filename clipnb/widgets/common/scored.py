"""A widget whose page scores stored embeddings: of images to choose from, and of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from traitlets import Bytes, List

from .choosing import ChoosingWidget

if TYPE_CHECKING:
    import numpy as np


class ScoredWidget(ChoosingWidget):
    """A state with ``clip``, ``images``, ``texts`` and ``learn``, and what its page needs to
    score by itself.

    Attributes
    ----------
    picture_vectors : bytes
        Of the offered images: (images, dim) float32, little endian.
    extra_vector : bytes
        Of the one that is shown now, if it is none of those.
    texts, vectors : list of str, bytes
        Keys and embeddings of the texts from the start.
    new_texts, new_vectors : the same, of what was written since
    settings : dict
        ``dim``, ``scale``, ``bias``, ``sigmoid``, and what the widget adds.
    """

    picture_vectors = Bytes().tag(sync=True)
    extra_vector = Bytes().tag(sync=True)
    texts = List().tag(sync=True)
    vectors = Bytes().tag(sync=True)
    new_texts = List().tag(sync=True)
    new_vectors = Bytes().tag(sync=True)

    def __init__(self, state: Any, **settings: Any):
        self._given = list(state.texts.place)
        clip, images = state.clip, state.images
        settings = {
            "dim": clip.dim,
            "scale": clip.logit_scale,
            "bias": clip.logit_bias,
            "sigmoid": clip.sigmoid,
            **settings,
        }
        embeddings = {
            "picture_vectors": packed(images.embeddings(images.strip)),
            "vectors": packed(state.texts[self._given]),
        }
        super().__init__(state, settings, texts=self._given, **embeddings)

    def show(self) -> dict:
        """The image, if it is not among the offered ones, and the texts that have come
        since."""
        traits = super().show()
        if traits:
            traits["extra_vector"] = packed(
                self.state.images.embedding(self.state.document["picture"])
            )
        self.state.learn()
        new = list(self.state.texts.place)[len(self._given) :]
        return (
            {**traits, "new_texts": new, "new_vectors": packed(self.state.texts[new])}
            if new
            else traits
        )


def packed(embeddings: np.ndarray) -> bytes:
    """float32, little endian, as JavaScript reads it."""
    return embeddings.astype("<f4").tobytes()
