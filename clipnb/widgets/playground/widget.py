"""``play_prompts``: templates, names, temperature."""

from __future__ import annotations

from collections.abc import Sequence

from ...classify.prompts import TEMPLATES
from ...model.clip import Clip
from ..common.embeddings import Images
from ..common.scored import ScoredWidget
from .saved import page
from .state import LEAST_SCALE, MOST_SCALE, Playground


class PromptPlayground(ScoredWidget):
    """What :func:`play_prompts` returns."""

    kind = "playground"
    state: Playground

    def __init__(self, state: Playground):
        super().__init__(state, least=LEAST_SCALE, most=MOST_SCALE)

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        templates, names = (len(self.state.live(of)) for of in ("templates", "names"))
        return (
            f"PromptPlayground({templates} templates, {names} names, {len(self.state.images)}"
            " images)"
        )


def play_prompts(
    clip: Clip,
    images: Images,
    templates: Sequence[str] = TEMPLATES[:3],
    names: Sequence[str] | None = None,
    max_images: int = 12,
    start: int | str | None = None,
) -> PromptPlayground:
    """Several prompts side by side for one image: edit a template or a name, turn the
    temperature, switch from probability to raw cosine.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, PIL image, sequence of images, or a folder
        The images to choose from.
    templates : sequence of str
        With {} where the name goes; each is a column. By default the first three of the twelve of
        :func:`clipnb.template_prompts`.
    names : sequence of str, optional
        The candidates; by default the data set's class names.
    max_images : int
        How many are offered at once, evenly over the classes; any other of the data set can be had
        by its number.
    start : int or str, optional
        The image to begin with: its number from 0, or a class, whose first it is.

    Returns
    -------
    PromptPlayground
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        If there is no image, no template or no name.

    Examples
    --------
    >>> clipnb.widgets.play_prompts(clip, data)
    """
    return PromptPlayground(Playground(clip, images, templates, names, max_images, start))
