"""``browse_heads``: the cosine of an image and a text as a sum over attention heads and MLPs."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image
from traitlets import Bytes

from ...concepts.heads import EmbeddingParts
from ...model.clip import Clip
from ...support.files import image_address
from ..common.embeddings import Images
from ..common.saved_maps import png_uri
from ..common.scored import packed
from ..common.viewing import ViewingWidget
from .saved import page
from .state import LONGEST, Heads

SIDE = 64  # pixels of an image that stands for a head


class HeadBrowser(ViewingWidget):
    """What :func:`browse_heads` returns.

    Attributes
    ----------
    maps : bytes
        (layers, heads, 1 + patches) float32, little endian: of the image and the text in view.
    """

    kind = "heads"
    side = 112
    state: Heads

    maps = Bytes().tag(sync=True)

    def __init__(self, state: Heads):
        self._small: dict[int, dict] = {}
        super().__init__(
            state,
            layers=state.size[0],
            heads=state.size[1],
            rows=state.rows,
            columns=state.columns,
            longest=LONGEST,
            searched=len(state.searched),
            classes=state.classes,
            prompts=state.prompts,
            described=state.described,
        )

    def show(self) -> dict:
        return {"maps": packed(self.state.found().maps), **super().show()}

    def look(self) -> dict:
        document, found, pixels = self.state.document, self.state.found(), self.state.pixels()
        return {
            "key": [document["picture"], document["sentence"]],
            "values": found.values.tolist(),
            "usual": found.usual.tolist(),
            "cosine": found.cosine,
            "top": found.top.tolist(),
            "highest": found.highest.tolist(),
            "small": [self.entry_of(i) for i in sorted({*found.top.ravel().tolist()})],
            "uri": png_uri(Image.fromarray(pixels)),
            "height": pixels.shape[0],
            "width": pixels.shape[1],
        }

    def entry_of(self, which: int) -> dict:
        """An image of the data set as small as it stands for a head."""
        if which not in self._small:
            uri = image_address(self.state.images[which], SIDE, quality=70)
            self._small[which] = {**self.named(which), "uri": uri}
        return self._small[which]

    def named(self, which: int) -> dict:
        """An image of the data set in words."""
        images = self.state.images
        return {"index": which, "name": images.name(which), "truth": images.truth(which) or ""}

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        layers, heads = self.state.size
        return f"HeadBrowser({len(self.state.images)} images; {layers} × {heads} heads)"


def browse_heads(
    clip: Clip,
    images: Images,
    text: str | None = None,
    parts: EmbeddingParts | None = None,
    texts: Iterable[str] | None = None,
    max_searched: int = 100,
    top_k: int = 5,
    max_images: int = 12,
    start: int | str | None = None,
) -> HeadBrowser:
    """The cosine of an image and a text as an exact sum over attention heads and MLPs: choose a
    head and see what each patch adds, the texts that describe it, and the images to which it adds
    most.

    The sum is that of :func:`clipnb.decompose_embedding` (Gandelsman et al. 2024), the texts are
    those of :func:`clipnb.describe_heads`. Parts are *direct*: what a head changes in what later
    layers read is counted where those write it. A text for a head is a hypothesis; removing the
    head tests it.

    Parameters
    ----------
    clip : Clip
        Any with a class token: CLIP, MetaCLIP 2 and others, but no SigLIP.
    images : ImageDataset, PIL image, sequence of images, or a folder
        The images to choose from.
    text : str, optional
        To begin with; the reader can write another, or take a class. By default a prompt of the
        first image's class.
    parts : EmbeddingParts, optional
        ``decompose_embedding(clip, images)`` of all these images, if you have it; otherwise it is
        computed for ``max_searched`` of them.
    texts : iterable of str, optional
        Candidates to describe a head with. By default the words of the field guide.
    max_searched : int
        Among how many images, evenly over the classes, the highest are searched, and over which
        averages are taken. Not used with ``parts``.
    top_k : int
        How many of the highest are shown.
    max_images : int
        How many are offered at once, evenly over the classes; any other of the data set can be had
        by its number.
    start : int or str, optional
        The image to begin with: its number from 0, or a class, whose first it is.

    Returns
    -------
    HeadBrowser
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        If there is no image, if the images are stored embeddings, if the model has no class token
        (SigLIP), or if ``parts`` are those of other images.

    Examples
    --------
    >>> clipnb.widgets.browse_heads(clip, data, "a photo of a frog")
    """
    return HeadBrowser(
        Heads(clip, images, text, parts, texts, max_searched, top_k, max_images, start)
    )
