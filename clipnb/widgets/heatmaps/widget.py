"""``slide_heatmaps``: where an image shows its descriptors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traitlets import Bytes

from ...explain.heatmaps import METHOD_TITLES
from ...model.clip import Clip
from ..common.embeddings import Images
from ..common.viewing import ViewingWidget
from .saved import page
from .state import QUICK, Heatmaps


class HeatmapSlider(ViewingWidget):
    """What :func:`slide_heatmaps` returns."""

    kind = "heatmaps"
    state: Heatmaps

    values = Bytes().tag(sync=True)  # (descriptors, rows, columns) int8, of ``seen``

    def __init__(self, state: Heatmaps):
        own = {
            str(i): of for i in range(len(state.images)) if (of := state.class_of(i)) is not None
        }
        titles = [METHOD_TITLES[method] for method in state.methods]
        parts = {"names": state.names, "groups": state.groups, "own": own}
        super().__init__(state, methods=state.methods, titles=titles, **parts)

    def show(self) -> dict:
        return {**super().show(), "values": self.state.maps().tobytes()}

    def look(self) -> dict:
        _, rows, columns = self.state.maps().shape
        return {
            "key": list(self.state.key()),
            "rows": rows,
            "columns": columns,
            "cosines": self.state.cosines().tolist(),
        }

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        return (
            f"HeatmapSlider({len(self.state.images)} images, {sum(map(len, self.state.groups))}"
            " descriptors)"
        )


def slide_heatmaps(
    clip: Clip,
    images: Images,
    descriptors: Sequence[str] | Mapping[str, Sequence[str]],
    methods: Sequence[str] = QUICK,
    max_images: int = 12,
    start: int | str | None = None,
) -> HeatmapSlider:
    """Where an image shows each of its descriptors: a slider goes through them, another fades the
    heatmap, a list chooses the method.

    The heatmaps of all descriptors of a class are made in one pass, put on one scale, and kept; so
    sliding computes nothing.

    Parameters
    ----------
    clip : Clip
        Any CLIP, or a SigLIP with images of a fixed size.
    images : ImageDataset, PIL image, sequence of images, or a folder
        The images to choose from.
    descriptors : sequence of str, or DescriptorSet or mapping class → descriptors
        With classes, an image comes with the descriptors of its own; any other class can be asked.
    methods : sequence of str
        Those to choose from, of :func:`clipnb.heatmap`; "random" is no explanation, but what one
        must beat. By default the quick ones and "random".
    max_images : int
        How many are offered at once, evenly over the classes; any other of the data set can be had
        by its number.
    start : int or str, optional
        The image to begin with: its number from 0, or a class, whose first it is.

    Returns
    -------
    HeatmapSlider
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        If there is no image, no descriptor or no such method, or the model sees images in
        patches of any shape.

    Examples
    --------
    >>> clipnb.widgets.slide_heatmaps(clip, data, descriptors)
    """
    return HeatmapSlider(Heatmaps(clip, images, descriptors, methods, max_images, start))
