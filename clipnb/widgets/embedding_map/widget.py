"""``map_embeddings``: images and texts in two dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from traitlets import Dict, List

from ...model.clip import Clip
from ...support.files import image_address
from ..common.base import Widget
from ..common.embeddings import Images
from .saved import COLOURS, GREY, NO_GROUP, SHAPES, gap_in_words, page
from .state import EmbeddingMap


class EmbeddingMapWidget(Widget):
    """What :func:`map_embeddings` returns. The page has all it needs, and works without a kernel.

    Attributes
    ----------
    points : list of {what, text, group, raw, centred, near, uri}
        ``near`` are [point, cosine] of the other kind of point; ``uri`` a small image, or empty.
    large : dict
        ``point`` and ``uri`` of the chosen image, in a size to look at.
    """

    kind = "embedding_map"
    state: EmbeddingMap

    points = List().tag(sync=True)
    large = Dict().tag(sync=True)
    settings = Dict().tag(sync=True)

    def __init__(self, state: EmbeddingMap):
        near = state.neighbours()
        points = [
            {
                **{key: point[key] for key in ("what", "text", "group")},
                **{
                    name: [round(float(x), 4) for x in places[p]]
                    for name, places in state.places.items()
                },
                "near": [[other, round(cosine, 4)] for other, cosine in near[p]],
                "uri": (
                    ""
                    if point["picture"] is None
                    else image_address(state.images[point["picture"]], 64, 75)
                ),
            }
            for p, point in enumerate(state.points)
        ]
        looks = {"colours": list(COLOURS), "shapes": list(SHAPES), "grey": GREY, "dot": NO_GROUP}
        super().__init__(
            state,
            points=points,
            settings={"groups": state.groups, "gap": gap_in_words(state.gap()), **looks},
        )

    def show(self) -> dict:
        chosen = self.state.document["chosen"]
        if (
            chosen is None
            or (image := self.state.points[chosen]["picture"]) is None
            or self.large.get("point") == chosen
        ):
            return {}
        return {"large": {"point": chosen, "uri": image_address(self.state.images[image])}}

    def page(self) -> str:
        return page(self.state)

    @property
    def selected(self) -> list[dict]:
        """The selection: ``what`` ("image" or "text"), ``text``, ``picture`` (an index of the
        data set, or None)."""
        return [
            {key: point[key] for key in ("what", "text", "picture")}
            for point in self.state.selection()
        ]

    def __repr__(self):
        return (
            f"EmbeddingMapWidget({self.state.split} images,"
            f" {len(self.state.points) - self.state.split} texts, {len(self.state.groups)}"
            " groups)"
        )


def map_embeddings(
    clip: Clip,
    images: Images,
    texts: Sequence[str] | Mapping[str, Sequence[str]],
    groups: Mapping[str, Sequence[str]] | None = None,
    max_points: int = 120,
) -> EmbeddingMapWidget:
    """Images and texts in the plane of their two largest principal components; the gap
    between them, and what lies next to what.

    Draw a rectangle or a lasso to list points; choose one to see what it is nearest to. "Each cloud
    on its own mean" takes the gap away.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, PIL image, sequence of images, or a folder
    texts : mapping class → texts (a PromptTable, a DescriptorSet), or sequence of texts
    groups : mapping name → class names, optional
        What is told apart by colour and shape, eight at most; by default the field guide's kinds,
        or the classes.
    max_points : int
        Images, and texts, that are shown; of more, evenly over the classes.

    Returns
    -------
    EmbeddingMapWidget
        Leave it as the last line of a cell. ``.selected`` is what the reader has selected.

    Raises
    ------
    ValueError
        If there is no image or no text, or there are more than eight groups.

    Examples
    --------
    >>> clipnb.widgets.map_embeddings(clip, data, table, max_points=60)
    """
    return EmbeddingMapWidget(EmbeddingMap(clip, images, texts, groups, max_points))
