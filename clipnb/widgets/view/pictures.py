"""The traits through which pictures to choose from reach a page."""

from __future__ import annotations

import anywidget
from traitlets import Bytes, Dict, Int, List

from ..render.html import data_uri
from ..state.vectors import Pictures


class WithPictures(anywidget.AnyWidget):
    """Traits for a choice of pictures, and for the vectors that a page scores.

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
    """

    pictures = List().tag(sync=True)
    picture_vectors = Bytes().tag(sync=True)
    extra = Dict().tag(sync=True)
    extra_vector = Bytes().tag(sync=True)
    total = Int().tag(sync=True)


def offered(pictures: Pictures) -> dict:
    """What never changes."""
    strip = [entry(pictures, i) for i in pictures.strip]
    return {"pictures": strip, "picture_vectors": packed(pictures.vectors(pictures.strip)), "total": len(pictures)}


def shown(pictures: Pictures, index: int) -> dict:
    """What changes when a picture is chosen that is not among the offered ones."""
    if index in pictures.strip:
        return {}
    return {"extra": entry(pictures, index), "extra_vector": packed(pictures.vector(index))}


def entry(pictures: Pictures, index: int) -> dict:
    return {"index": index, "name": pictures.name(index), "truth": pictures.truth(index) or "", "uri": data_uri(pictures[index])}


def packed(vectors) -> bytes:
    """float32, little endian, as JavaScript reads it."""
    return vectors.astype("<f4").tobytes()
