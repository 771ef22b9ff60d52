"""``inspect_tokens``: a text in tokens, an image in patches."""

from __future__ import annotations

from PIL import Image

from ...model.clip import Clip
from ..common.embeddings import Images
from ..common.saved_maps import png_uri
from ..common.viewing import ViewingWidget
from .saved import page
from .state import LONGEST, Inspector


class TokenInspector(ViewingWidget):
    """What :func:`inspect_tokens` returns."""

    kind = "inspector"
    state: Inspector

    def __init__(self, state: Inspector):
        super().__init__(
            state,
            tokens=state.clip.max_tokens,
            patches=state.patches,
            dim=state.clip.dim,
            longest=LONGEST,
        )

    def look(self) -> dict:
        document, parts = self.state.document, self.state.parts()
        plain = {
            key: parts[key]
            for key in ("tokens", "cut", "words", "rows", "columns", "maps", "cosine")
        }
        pixels = {
            "uri": png_uri(Image.fromarray(parts["pixels"])),
            "height": parts["pixels"].shape[0],
            "width": parts["pixels"].shape[1],
        }
        return {"key": [document["picture"], document["sentence"]], **plain, **pixels}

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        return f"TokenInspector({len(self.state.images)} images, {self.state.patches} patches each)"


def inspect_tokens(
    clip: Clip,
    images: Images,
    text: str = "a green frog",
    max_images: int = 12,
    start: int | str | None = None,
) -> TokenInspector:
    """What a model reads and sees: the tokens of a text, the patches of an image, and what
    their cosine rests on.

    Relevance is gradient × attention (Chefer et al. 2021) in the text encoder for tokens
    (:func:`clipnb.word_relevance`) and in the image encoder for patches (:func:`clipnb.heatmap`),
    shown as shares of the sum. It says what the score used, never whether it spoke for or against.

    Parameters
    ----------
    clip : Clip
        Any CLIP, or a SigLIP with images of a fixed size.
    images : ImageDataset, PIL image, sequence of images, or a folder
        The images to choose from.
    text : str
        To begin with; the reader can write another.
    max_images : int
        How many are offered at once, evenly over the classes; any other of the data set can be had
        by its number.
    start : int or str, optional
        The image to begin with: its number from 0, or a class, whose first it is.

    Returns
    -------
    TokenInspector
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        If there is no image, or the model sees images in patches of any shape.

    Examples
    --------
    >>> clipnb.widgets.inspect_tokens(clip, data)
    """
    return TokenInspector(Inspector(clip, images, text, max_images, start))
