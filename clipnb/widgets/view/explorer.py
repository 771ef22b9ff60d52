"""``explore_descriptors``: change a descriptor, see the prediction move."""

from __future__ import annotations

from pathlib import Path

from traitlets import Bytes, Dict, List

from ...descriptors import DescriptorSet
from ..render.explorer import page
from ..state.explorer import Explorer
from .base import Widget
from .pictures import WithPictures, offered, packed, shown


class DescriptorExplorer(Widget, WithPictures):
    """What :func:`explore_descriptors` returns.

    Attributes
    ----------
    texts, vectors : list of str, bytes
        Keys and vectors of the sentences from the start; (texts, dim) float32.
    new_texts, new_vectors : the same, of what was written since
    settings : dict
        ``dim``, ``scale``, ``bias``, ``sigmoid``, ``include_name``, ``provenance``.
    """

    files = ("scoring", "explorer")

    texts = List().tag(sync=True)
    vectors = Bytes().tag(sync=True)
    new_texts = List().tag(sync=True)
    new_vectors = Bytes().tag(sync=True)
    settings = Dict().tag(sync=True)

    def __init__(self, state: Explorer):
        self._given = list(state.texts.place)
        clip = state.clip
        settings = {
            "dim": clip.dim,
            "scale": clip.logit_scale,
            "bias": clip.logit_bias,
            "sigmoid": clip.sigmoid,
            "include_name": state.include_name,
            "provenance": state.provenance,
        }
        super().__init__(state, texts=self._given, vectors=packed(state.texts[self._given]), settings=settings, **offered(state.pictures))

    def show(self) -> dict:
        traits = shown(self.state.pictures, self.state.document["picture"])
        self.state.learn()
        new = list(self.state.texts.place)[len(self._given) :]
        return {**traits, "new_texts": new, "new_vectors": packed(self.state.texts[new])} if new else traits

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
        return f"DescriptorExplorer({len(self.state.names)} classes, {rows} rows, {len(self.state.pictures)} pictures)"


def explore_descriptors(clip, images, descriptors, include_name: bool = False, pictures: int = 12) -> DescriptorExplorer:
    """A picture, candidate classes, and their descriptors as rows; edit one, switch it off, weigh it, and the scores follow as you type.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, PIL picture, sequence of pictures, or a folder
        The pictures to choose from.
    descriptors : DescriptorSet or mapping class → descriptors
        The candidates: ``descriptors.select(["tree frog", "tailed frog"])``.
    include_name : bool
        Score "robin, which has a red breast", or only "a red breast".
    pictures : int
        How many are offered at once, evenly over the classes; any other of the data set can be had by its number.

    Returns
    -------
    DescriptorExplorer
        Leave it as the last line of a cell. ``.descriptors`` are the edited ones, ``.save(path)`` writes them.

    Raises
    ------
    ValueError
        If there is no picture, or a class has no descriptor.
    """
    return DescriptorExplorer(Explorer(clip, images, descriptors, include_name, pictures))
