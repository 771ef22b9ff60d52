"""A widget whose reader chooses an image."""

from __future__ import annotations

from typing import Any

from traitlets import Dict, Int, List

from ...support.files import image_address
from .base import Widget
from .embeddings import ImageStore


class ChoosingWidget(Widget):
    """A state with ``images``, of which its document names one.

    Attributes
    ----------
    pictures : list of {index, name, truth, uri}
        Those that are offered from the start.
    extra : dict
        The one that is shown now, if it is none of those.
    total : int
        How many the data set has.
    settings : dict
        What never changes.
    """

    side = 224  # pixels of an image on the page

    pictures = List().tag(sync=True)
    extra = Dict().tag(sync=True)
    total = Int().tag(sync=True)
    settings = Dict().tag(sync=True)

    def __init__(self, state: Any, settings: dict, **traits: Any):
        offered = [self.entry(state.images, i) for i in state.images.strip]
        super().__init__(
            state, pictures=offered, total=len(state.images), settings=settings, **traits
        )

    def show(self) -> dict:
        """The image, if it is not among the offered ones."""
        chosen = self.state.document["picture"]
        return (
            {}
            if chosen in self.state.images.strip
            else {"extra": self.entry(self.state.images, chosen)}
        )

    def entry(self, images: ImageStore, index: int) -> dict:
        """An image as the page knows it."""
        return {
            "index": index,
            "name": images.name(index),
            "truth": images.truth(index) or "",
            "uri": image_address(images[index], self.side),
        }
