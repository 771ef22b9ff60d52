"""A widget that offers pictures and computes in the kernel what its page shows of them."""

from __future__ import annotations

from traitlets import Dict, Int, List

from .base import Widget
from .scored import entry


class PicturedWidget(Widget):
    """A state with ``pictures``, and ``seen``: what the page shows of the one in view.

    Attributes
    ----------
    pictures : list of {index, name, truth, uri}
        Those that are offered from the start.
    extra : dict
        The one that is shown now, if it is none of those.
    total : int
        How many the data set has.
    seen : dict
        What the kernel computed last; its ``key`` names what it is about, so that the page knows whether it is still waiting.
    settings : dict
        What never changes.
    """

    pictures = List().tag(sync=True)
    extra = Dict().tag(sync=True)
    total = Int().tag(sync=True)
    seen = Dict().tag(sync=True)
    settings = Dict().tag(sync=True)

    def __init__(self, state, **settings):
        pictures = state.pictures
        super().__init__(state, pictures=[entry(pictures, i) for i in pictures.strip], total=len(pictures), settings=settings)

    def show(self) -> dict:
        chosen = self.state.document["picture"]
        seen = {"seen": self.look()}
        return seen if chosen in self.state.pictures.strip else {**seen, "extra": entry(self.state.pictures, chosen)}

    def look(self) -> dict:
        """``seen``, as the state stands."""
        raise NotImplementedError
