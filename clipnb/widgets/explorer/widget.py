"""``explore_descriptors``: change a descriptor, see the prediction move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ...classify.descriptors import DescriptorSet
from ...model.clip import Clip
from ..common.embeddings import Images
from ..common.scored import ScoredWidget
from .saved import page
from .state import Explorer


class DescriptorExplorer(ScoredWidget):
    """What :func:`explore_descriptors` returns."""

    kind = "explorer"
    styles = ("reasons",)
    state: Explorer

    def __init__(self, state: Explorer):
        super().__init__(
            state,
            include_name=state.include_name,
            provenance=state.provenance,
            images=state.reference.n if state.reference else 0,
        )

    def page(self) -> str:
        return page(self.state)

    @property
    def descriptors(self) -> DescriptorSet:
        """The descriptors as they stand now: rows that are on and hold text."""
        return self.state.descriptors()

    def save(self, path: str | Path) -> None:
        """Write them as the paper's JSON, see :meth:`clipnb.DescriptorSet.save`."""
        self.descriptors.save(path)

    def __repr__(self):
        rows = sum(len(one["rows"]) for one in self.state.document["classes"])
        return (
            f"DescriptorExplorer({len(self.state.names)} classes, {rows} rows,"
            f" {len(self.state.images)} images)"
        )


def explore_descriptors(
    clip: Clip,
    images: Images,
    descriptors: Mapping[str, Sequence[str]],
    include_name: bool = False,
    max_images: int = 12,
    start: int | str | None = None,
) -> DescriptorExplorer:
    """An image, candidate classes, and their descriptors as rows; edit one, switch it off, weigh
    it, and the scores follow as you type.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, PIL image, sequence of images, or a folder
        The images to choose from.
    descriptors : DescriptorSet or mapping class → descriptors
        The candidates: ``descriptors.select(["tree frog", "tailed frog"])``.
    include_name : bool
        Score "robin, which has a red breast", or only "a red breast".
    max_images : int
        How many are offered at once, evenly over the classes; any other of the data set can be had
        by its number.
    start : int or str, optional
        The image to begin with: its number from 0, or a class, whose first it is.

    Returns
    -------
    DescriptorExplorer
        Leave it as the last line of a cell. ``.descriptors`` are the edited ones, ``.save(path)``
        writes them.

    Raises
    ------
    ValueError
        If there is no image, or a class has no descriptor.

    Examples
    --------
    >>> clipnb.widgets.explore_descriptors(clip, data, descriptors)
    """
    return DescriptorExplorer(Explorer(clip, images, descriptors, include_name, max_images, start))
