"""A widget that offers images and computes in the kernel what its page shows of them."""

from __future__ import annotations

from typing import Any

from traitlets import Dict

from .choosing import ChoosingWidget


class ViewingWidget(ChoosingWidget):
    """A state with ``images``, and ``seen``: what the page shows of the one in view.

    Attributes
    ----------
    seen : dict
        What the kernel computed last; its ``key`` names what it is about, so that the page knows
        whether it is still waiting.
    """

    seen = Dict().tag(sync=True)

    def __init__(self, state: Any, **settings: Any):
        super().__init__(state, settings)

    def show(self) -> dict:
        return {**super().show(), "seen": self.look()}

    def look(self) -> dict:
        """``seen``, as the state stands."""
        raise NotImplementedError
