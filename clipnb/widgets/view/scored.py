"""A widget whose page scores stored vectors: of pictures to choose from, and of sentences."""

from __future__ import annotations

from traitlets import Bytes, Dict, Int, List

from ..render.html import data_uri
from ..state.vectors import Pictures
from .base import Widget


class ScoredWidget(Widget):
    """A state with ``clip``, ``pictures``, ``texts`` and ``learn``, and what its page needs to score by itself.

    Attributes
    ----------
    pictures : list of {index, name, truth, uri}
        Those that are offered from the start.
    picture_vectors : bytes
        Theirs: (pictures, dim) float32, little endian.
    extra, extra_vector : dict, bytes
        The one that is shown now, if it is none of those.
    total : int
        How many the data set has.
    texts, vectors : list of str, bytes
        Keys and vectors of the sentences from the start.
    new_texts, new_vectors : the same, of what was written since
    settings : dict
        ``dim``, ``scale``, ``bias``, ``sigmoid``, and what the widget adds.
    """

    side = 224  # pixels of a picture on the page

    pictures = List().tag(sync=True)
    picture_vectors = Bytes().tag(sync=True)
    extra = Dict().tag(sync=True)
    extra_vector = Bytes().tag(sync=True)
    total = Int().tag(sync=True)
    texts = List().tag(sync=True)
    vectors = Bytes().tag(sync=True)
    new_texts = List().tag(sync=True)
    new_vectors = Bytes().tag(sync=True)
    settings = Dict().tag(sync=True)

    def __init__(self, state, **settings):
        self._given = list(state.texts.place)
        clip, pictures = state.clip, state.pictures
        settings = {"dim": clip.dim, "scale": clip.logit_scale, "bias": clip.logit_bias, "sigmoid": clip.sigmoid, **settings}
        offered = {
            "pictures": [entry(pictures, i, self.side) for i in pictures.strip],
            "picture_vectors": packed(pictures.vectors(pictures.strip)),
            "total": len(pictures),
        }
        super().__init__(state, texts=self._given, vectors=packed(state.texts[self._given]), settings=settings, **offered)

    def show(self) -> dict:
        """The picture, if it is not among the offered ones, and the sentences that have come since."""
        traits, chosen = {}, self.state.document["picture"]
        if chosen not in self.state.pictures.strip:
            traits = {"extra": entry(self.state.pictures, chosen, self.side), "extra_vector": packed(self.state.pictures.vector(chosen))}
        self.state.learn()
        new = list(self.state.texts.place)[len(self._given) :]
        return {**traits, "new_texts": new, "new_vectors": packed(self.state.texts[new])} if new else traits


def entry(pictures: Pictures, index: int, side: int = 224) -> dict:
    """A picture as the page knows it."""
    return {"index": index, "name": pictures.name(index), "truth": pictures.truth(index) or "", "uri": data_uri(pictures[index], side)}


def packed(vectors) -> bytes:
    """float32, little endian, as JavaScript reads it."""
    return vectors.astype("<f4").tobytes()
