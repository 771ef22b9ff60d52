"""An image and a text on their way through a dual encoder: what the model sees, tokens, positions,
and the attention of every head of every layer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ...explain.attention import eager_attention
from ...explain.gradients import look
from ...model.families import evaluated, text_position
from ..common.tokens import split

if TYPE_CHECKING:
    from PIL import Image

    from ...model.clip import Clip

NOTHING = 1e-6  # attention that a mask has left


@dataclass
class ImageParts:
    """An image in the image encoder.

    Attributes
    ----------
    pixels : (h, w, 3) uint8 array
        What the model sees: resized and cropped.
    rows, columns : int
        Of patches.
    attention : (layers, heads, to, from) float32 array
        With a class token, that is number 0, and the patches follow.
    pooling : (heads, patches) float32 array, or None
        What SigLIP's pooling takes from every patch, in place of a class token.
    """

    pixels: np.ndarray
    rows: int
    columns: int
    attention: np.ndarray
    pooling: np.ndarray | None


@dataclass
class TextParts:
    """A text in the text encoder.

    Attributes
    ----------
    tokens : list of {id, piece, text, part}
        All that the model reads, padding included where it reads that.
    attention : (layers, heads, to, from) float32 array
    read : int
        The token that becomes the embedding.
    causal : bool
        Whether no token takes anything from a later one.
    cut : bool
        Whether words were left out.
    """

    tokens: list[dict]
    attention: np.ndarray
    read: int
    causal: bool
    cut: bool


@contextmanager
def _watched(clip: Clip) -> Iterator[None]:
    """Attention maps exist, dropout does not, and the model belongs to this thread."""
    with clip.lock, evaluated(clip.model), eager_attention(clip.model), torch.no_grad():
        yield


def has_class_token(clip: Clip) -> bool:
    return hasattr(clip.model.vision_model.embeddings, "class_embedding")


def look_at_image(clip: Clip, image: Image.Image | np.ndarray) -> ImageParts:
    """The parts of an image; ValueError for a model that cuts images into patches of any
    shape."""
    pixels = look(clip, image, []).pixels
    vision, patch = clip.model.vision_model, clip.model.config.vision_config.patch_size
    with _watched(clip):
        output = vision(pixel_values=pixels.to(clip.dtype), output_attentions=True)
        head = getattr(vision, "head", None)
        pooling = None if head is None else _pooling(head, output.last_hidden_state)
    mean, std = clip.pixels.mean.to(pixels), clip.pixels.std.to(pixels)
    seen = (pixels[0] * std.view(3, 1, 1) + mean.view(3, 1, 1)).clamp(0, 1) * 255
    return ImageParts(
        seen.round().byte().permute(1, 2, 0).cpu().numpy(),
        pixels.shape[-2] // patch,
        pixels.shape[-1] // patch,
        _stacked(output.attentions),
        pooling,
    )


def _pooling(head: Any, tokens: torch.Tensor) -> np.ndarray:
    """(heads, patches): what the learned query of SigLIP's attention pooling takes."""
    query = head.probe.to(tokens)
    options = {"need_weights": True, "average_attn_weights": False}
    return _numpy(head.attention(query, tokens, tokens, **options)[1][0, :, 0])


def read_text(clip: Clip, text: str) -> TextParts:
    """The parts of a text; ValueError for one that no tokenizer can read."""
    clip.tokens.check(text)
    made = clip.tokenize([text])
    names = ("input_ids",) if clip.sigmoid else ("input_ids", "attention_mask")
    with _watched(clip):
        output = clip.model.text_model(
            **{name: made[name].to(clip.device) for name in names}, output_attentions=True
        )
    attention, ids = _stacked(output.attentions), made["input_ids"][0]
    return TextParts(
        _tokens(clip, text, ids.tolist()),
        attention,
        text_position(clip.model.config, ids),
        bool(np.triu(attention, 1).max(initial=0.0) < NOTHING),
        bool(clip.tokens.cut([text])),
    )


def _tokens(clip: Clip, text: str, ids: list[int]) -> list[dict]:
    """{id, piece, text, part} of every position."""
    named = split(clip, text.lower() if clip.tokens.lower_case else text)[: len(ids)]
    kept = [{key: one[key] for key in ("id", "piece", "text", "part")} for one in named]
    padding = [
        {"id": id_, "piece": clip.tokenizer.convert_ids_to_tokens(id_), "text": "", "part": ""}
        for id_ in ids[len(kept) :]
    ]
    return [*kept, *padding]


def position_similarities(clip: Clip) -> np.ndarray:
    """(patches, patches) cosines of the positional embeddings of the patches."""
    weights = clip.model.vision_model.embeddings.position_embedding.weight.detach().float()
    rows = torch.nn.functional.normalize(weights[int(has_class_token(clip)) :], dim=-1)
    return _numpy(rows @ rows.T)


def _stacked(maps: tuple[torch.Tensor, ...]) -> np.ndarray:
    """Maps of (1, heads, to, from), one for each layer, as one array."""
    return _numpy(torch.stack([one[0].float() for one in maps]))


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.float().cpu().numpy()
