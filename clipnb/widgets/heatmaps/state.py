"""The heatmap slider: where in an image each of its descriptors is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...explain.heatmaps import METHODS
from ...support.names import listed
from ..common.document import Document, index, number, words
from ..common.embeddings import Images, ImageStore
from ..common.maps import small_maps, to_bytes

if TYPE_CHECKING:
    from ...model.clip import Clip

QUICK = ("gradient_attention", "grad_cam", "gradient", "integrated_gradients", "random")
MOST_KEPT = 64


class Heatmaps(Document):
    """One image, descriptors, and the heatmaps of all of them on one common scale.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, image(s), or what ``load_images`` takes
    descriptors : sequence of str, or mapping class → descriptors
    methods : sequence of str, of :func:`clipnb.heatmap`
    strip : int
        Images offered from the start.
    start : int or str, optional
        The image to begin with: its number, or the first of a class.

    Attributes
    ----------
    document : dict
        ``picture``, ``of`` (class) and ``descriptor`` (indices), ``method``, ``opacity`` (0 … 1).
    names, groups : list of str, list of lists of str
        Classes and their descriptors; one class without a name for a plain sequence.
    """

    actions = ("choose", "describe", "slide", "use", "fade")

    def __init__(
        self,
        clip: Clip,
        images: Images,
        descriptors: Sequence[str] | Mapping[str, Sequence[str]],
        methods: Sequence[str] = QUICK,
        strip: int = 12,
        start: int | str | None = None,
    ):
        self.clip, self.images, self._kept_maps = clip, ImageStore(clip, images, strip), {}
        if isinstance(descriptors, str):
            descriptors = [descriptors]
        if not isinstance(descriptors, Mapping):
            descriptors = {"": list(descriptors)}
        table = {
            name: listed(row, f"The descriptors of '{name}'") for name, row in descriptors.items()
        }
        self.names = list(table)
        self.groups = [[words(text) for text in row] for row in table.values()]
        if bare := [name for name, group in zip(self.names, self.groups) if not group]:
            raise ValueError(
                f"The class '{bare[0]}' has no descriptor."
                if bare[0]
                else "There is no descriptor; give one at least."
            )
        if not self.groups:
            raise ValueError("There is no class; give the descriptors of one at least.")
        self.methods = list(methods)
        if strangers := [method for method in self.methods if method not in METHODS]:
            raise ValueError(
                f"There is no method '{strangers[0]}'; the methods are {', '.join(METHODS)}."
            )
        if not self.methods:
            raise ValueError(f"There is no method to choose; the methods are {', '.join(METHODS)}.")
        first = self.images.first(start)
        super().__init__(
            {
                "picture": first,
                "of": self.class_of(first) or 0,
                "descriptor": 0,
                "method": self.methods[0],
                "opacity": 0.9,
            }
        )
        self.maps()

    # -- actions -----------------------------------------------------------------------------------

    def choose(self, picture: int) -> None:
        """Another image, and the descriptors of its class if that is known."""
        self.document["picture"] = index(picture, len(self.images), "image")
        own = self.class_of(picture)
        if own is not None and own != self.document["of"]:
            self.document.update(of=own, descriptor=0)

    def describe(self, of: int) -> None:
        """The descriptors of another class."""
        self.document.update(of=index(of, len(self.names), "class"), descriptor=0)

    def slide(self, to: int) -> None:
        self.document["descriptor"] = index(to, len(self.groups[self.document["of"]]), "descriptor")

    def use(self, method: str) -> None:
        if method not in self.methods:
            raise ValueError(
                f"There is no method {method!r} here; there are {', '.join(self.methods)}."
            )
        self.document["method"] = method

    def fade(self, opacity: float) -> None:
        self.document["opacity"] = number(opacity, 0, 1, "The opacity")

    # -- numbers -----------------------------------------------------------------------------------

    def class_of(self, image: int) -> int | None:
        """The class with the descriptors of an image, if its truth is known and among them."""
        truth = self.images.truth(image)
        return self.names.index(truth) if truth in self.names else None

    def key(self) -> tuple[int, int, str]:
        return self.document["picture"], self.document["of"], self.document["method"]

    def maps(self) -> np.ndarray:
        """(descriptors, height, width) int8, of all descriptors in view; made in one pass and
        kept."""
        key = self.key()
        if key not in self._kept_maps:
            if len(self._kept_maps) >= MOST_KEPT:
                del self._kept_maps[next(iter(self._kept_maps))]
            self._kept_maps[key] = to_bytes(
                small_maps(self.clip, self.images[key[0]], self.groups[key[1]], key[2])
            )
        return self._kept_maps[key]

    def cosines(self) -> np.ndarray:
        """(descriptors,) float32, with the image in view"""
        texts = self.clip.encode_texts(self.groups[self.document["of"]], progress_bar=False).numpy()
        return texts @ self.images.embedding(self.document["picture"])
