"""``look_inside``: an image and a text on their way through the model, in eight steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image
from traitlets import Bytes, Dict

from ...model.clip import Clip
from ..common.choosing import ChoosingWidget
from ..common.embeddings import Images
from ..common.saved_maps import png_uri
from ..common.scored import packed
from .parts import position_similarities
from .saved import page
from .state import LONGEST, QUERIES, Inside
from .steps import steps


class InsideClip(ChoosingWidget):
    """What :func:`look_inside` returns.

    Attributes
    ----------
    seen : dict
        What does not fit into bytes: ``key`` names what all of this is about (image, text, and
        the position whose attention is shown), ``uri`` what the model sees.
    attention : bytes
        (layers, heads, from) uint16, 65535 for 1: of that position, in the image.
    text_attention : bytes
        (layers, heads, to, from) uint16.
    image_embedding, text_embedding : bytes
        (dim,) float32, little endian.
    prompt_vectors : bytes
        (prompts, dim) float32.
    positions : bytes
        (patches, patches) int8, 127 for 1: cosines of positional embeddings.
    """

    kind = "inside"
    state: Inside

    seen = Dict().tag(sync=True)
    attention = Bytes().tag(sync=True)
    text_attention = Bytes().tag(sync=True)
    image_embedding = Bytes().tag(sync=True)
    text_embedding = Bytes().tag(sync=True)
    prompt_vectors = Bytes().tag(sync=True)
    positions = Bytes().tag(sync=True)

    def __init__(self, state: Inside):
        state.texts.learn({prompt: prompt for prompt in state.prompts})
        places = position_similarities(state.clip)
        super().__init__(
            state,
            settings_of(state),
            prompt_vectors=packed(state.texts[state.prompts]),
            positions=np.round(np.clip(places, -1, 1) * 127).astype(np.int8).tobytes(),
        )

    def show(self) -> dict:
        state, image, text = self.state, self.state.image(), self.state.text()
        embeddings = state.embeddings()
        seen = {
            "key": [state.document["picture"], state.document["sentence"], state.asked],
            "uri": png_uri(Image.fromarray(image.pixels)),
            "tokens": text.tokens,
            "read": text.read,
            "cut": text.cut,
        }
        return {
            **super().show(),
            "seen": seen,
            "attention": shares(state.attention()),
            "text_attention": shares(text.attention),
            "image_embedding": packed(embeddings[0]),
            "text_embedding": packed(embeddings[1]),
        }

    def page(self) -> str:
        return page(self.state)

    def __repr__(self):
        (layers, heads), (text_layers, text_heads) = self.state.image_size, self.state.text_size
        return (
            f"InsideClip({len(self.state.images)} images; {layers} × {heads} and"
            f" {text_layers} × {text_heads} heads)"
        )


def settings_of(state: Inside) -> dict:
    """What the page needs of the model, and never changes."""
    clip, image, text = state.clip, state.image(), state.text()
    return {
        "steps": steps(state),
        "prompts": state.prompts,
        "names": state.names,
        "dim": clip.dim,
        "scale": clip.logit_scale,
        "bias": clip.logit_bias,
        "sigmoid": clip.sigmoid,
        "longest": LONGEST,
        "maxTokens": clip.max_tokens,
        "rows": image.rows,
        "columns": image.columns,
        "width": image.pixels.shape[1],
        "height": image.pixels.shape[0],
        "queries": list(QUERIES) if state.class_token else [QUERIES[1]],
        "classToken": state.class_token,
        "pooling": image.pooling is not None,
        "causal": text.causal,
        "imageHeads": list(state.image_size),
        "textHeads": list(state.text_size),
    }


def shares(values: np.ndarray) -> bytes:
    """Numbers from 0 to 1 as uint16, little endian."""
    return np.round(np.clip(values, 0, 1) * 65535).astype("<u2").tobytes()


def look_inside(
    clip: Clip,
    images: Images,
    text: str = "a green frog",
    names: Sequence[str] | None = None,
    template: str = "a photo of a {}",
    max_images: int = 12,
    start: int | str | None = None,
) -> InsideClip:
    """Follow an image and a text through the model, in eight steps: pixels, patches, the attention
    of every head of every layer, embeddings, their dot product, probabilities.

    Attention is what the model computes, softmax(QK/√d) of each head. It shows where information
    flows in one layer, not what the prediction rests on: :func:`clipnb.heatmap` says more of that.

    Parameters
    ----------
    clip : Clip
        Any CLIP, or a SigLIP with images of a fixed size.
    images : ImageDataset, PIL image, sequence of images, or a folder
        The images to choose from.
    text : str
        To begin with; the reader can write another.
    names : sequence of str, optional
        What the image may be, for the probabilities: at most 50. By default eight classes of the
        data set, that of the first image among them.
    template : str
        Makes a prompt of a name.
    max_images : int
        How many are offered at once, evenly over the classes; any other of the data set can be had
        by its number.
    start : int or str, optional
        The image to begin with: its number from 0, or a class, whose first it is.

    Returns
    -------
    InsideClip
        Leave it as the last line of a cell.

    Raises
    ------
    ValueError
        If there is no image or no name, or the model sees images in patches of any shape.

    Examples
    --------
    >>> clipnb.widgets.look_inside(clip, data)
    """
    return InsideClip(Inside(clip, images, text, names, template, max_images, start))
