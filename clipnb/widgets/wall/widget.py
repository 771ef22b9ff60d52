"""``rank_images``: write a text, and a wall of images sorts itself by it."""

from __future__ import annotations

from collections.abc import Sequence

from traitlets import Dict

from ...model.clip import Clip
from ..common.embeddings import Images
from ..common.scored import ScoredWidget
from .saved import page
from .starters import STARTERS
from .state import LONGEST, Wall


class ImageWall(ScoredWidget):
    """What :func:`rank_images` returns.

    Attributes
    ----------
    tokens : dict
        Text → list of {text, id}: of the texts to begin with, and of the one in view.
    """

    kind = "wall"
    state: Wall
    side = 144

    tokens = Dict().tag(sync=True)

    def __init__(self, state: Wall):
        super().__init__(
            state,
            starters=state.starters,
            longest=LONGEST,
            failures=state.failures(),
            nonsense=state.nonsense,
        )

    def show(self) -> dict:
        texts = [*self.state.starters, self.state.document["sentence"]]
        return {
            **super().show(),
            "tokens": {text: self.state.tokens(text) for text in texts},
        }

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        return f"ImageWall({len(self.state.images)} images)"


def rank_images(clip: Clip, images: Images, texts: Sequence[str] = STARTERS) -> ImageWall:
    """Write a text: see its tokens, and the images sorted by their cosine with it.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, PIL image, sequence of images, or a folder
        At most 120.
    texts : sequence of str
        To begin with: the first is shown, the others are offered. By default eight texts about
        the field guide; one that fails on its images is marked.

    Returns
    -------
    ImageWall
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        If there is no image or no text, or more than 120 images.

    Examples
    --------
    >>> clipnb.widgets.rank_images(clip, data)
    """
    return ImageWall(Wall(clip, images, texts))
