"""``rank_pictures``: write a sentence, and a wall of pictures sorts itself by it."""

from __future__ import annotations

from collections.abc import Sequence

from traitlets import Dict

from ...model.clip import Clip
from ..common.scored import ScoredWidget
from ..common.vectors import Images
from .saved import page
from .state import LONGEST, STARTERS, Wall


class PictureWall(ScoredWidget):
    """What :func:`rank_pictures` returns.

    Attributes
    ----------
    tokens : dict
        Sentence → list of {text, id}: of the sentences to begin with, and of the one in view.
    """

    kind = "wall"
    state: Wall
    side = 144

    tokens = Dict().tag(sync=True)

    def __init__(self, state: Wall):
        super().__init__(state, starters=state.starters, longest=LONGEST)

    def show(self) -> dict:
        sentences = [*self.state.starters, self.state.document["sentence"]]
        return {
            **super().show(),
            "tokens": {sentence: self.state.tokens(sentence) for sentence in sentences},
        }

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        return f"PictureWall({len(self.state.pictures)} pictures)"


def rank_pictures(clip: Clip, images: Images, sentences: Sequence[str] = STARTERS) -> PictureWall:
    """Write a sentence: see its tokens, and the pictures sorted by their cosine with it.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, PIL picture, sequence of pictures, or a folder
        At most 120.
    sentences : sequence of str
        To begin with: the first is shown, the others are offered. By default eight sentences about
        the field guide.

    Returns
    -------
    PictureWall
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        If there is no picture or no sentence, or more than 120 pictures.

    Examples
    --------
    >>> clipnb.widgets.rank_pictures(clip, data)
    """
    return PictureWall(Wall(clip, images, sentences))
