"""What the bundled CLIP is trained to do: CLIP's loss with several positives, and a linear layer
that reads the marks off an embedding."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..fieldguide.facts import FactCoder

if TYPE_CHECKING:
    pass


@lru_cache(maxsize=1)
def fact_coder() -> FactCoder:
    """The field guide's facts as integers; made once."""
    return FactCoder()


def contrastive_loss(
    images: torch.Tensor, texts: torch.Tensor, scale: torch.Tensor | float, true: torch.Tensor
) -> torch.Tensor:
    """CLIP's symmetric cross-entropy where a row may have several positives.

    A caption is spread evenly over the images that it is true of. The same joint distribution
    read by rows says which captions an image calls for: a caption that is true of few images
    counts more than one that is true of many. So an image scores higher with "a northern cardinal"
    than with "a bird", as in plain CLIP, whose best logit is the pointwise mutual information.

    Parameters
    ----------
    images : (n, d), texts : (m, d)
        Unit rows.
    scale : scalar, the logit scale
    true : (n, m) bool, at least one per row and column
    """
    logits = scale * images @ texts.T
    joint = true / true.sum(0, keepdim=True)
    to_text = (logits.log_softmax(1) * joint / joint.sum(1, keepdim=True)).sum(1).mean()
    to_image = (logits.log_softmax(0) * joint).sum(0).mean()
    return -(to_text + to_image) / 2


class MarksHead(torch.nn.Module):
    """One linear layer from an embedding to the values of every slot; for images and captions
    alike, so that both must put the same mark in the same place."""

    def __init__(self, dim: int, coder: FactCoder):
        super().__init__()
        sizes = [len(bits) for bits in coder.values.values()]
        self.linear = torch.nn.Linear(dim, sum(sizes))
        first = torch.tensor([0, *sizes[:-1]]).cumsum(0)
        place = torch.arange(max(sizes))
        # (slots, values)
        self.index: torch.Tensor
        self.exists: torch.Tensor
        self.register_buffer(
            "index", (first[:, None] + place).clamp(max=sum(sizes) - 1), persistent=False
        )
        self.register_buffer("exists", place < torch.tensor(sizes)[:, None], persistent=False)
        self.skip = [coder.slots[slot] for slot in ("any", "nothing", "shows", "shows2")]


def marks_loss(
    head: MarksHead, embeddings: torch.Tensor, slots: np.ndarray, bits: np.ndarray
) -> torch.Tensor:
    """Cross-entropy of the values that hold, over all slots that are shown in an image or claimed
    by a caption.

    Parameters
    ----------
    head : MarksHead
    embeddings : (n, d), unit rows
    slots, bits : (n, k) int64
        Slot indices and the bit set of the values that hold; slots in ``head.skip`` and empty sets
        do not count.
    """
    keep = (bits != 0) & ~np.isin(slots, head.skip)
    row = torch.from_numpy(np.nonzero(keep)[0])
    slot, held = torch.from_numpy(slots[keep]), torch.from_numpy(bits[keep])
    row, slot, held = (x.to(embeddings.device) for x in (row, slot, held))
    scores = head.linear(16 * embeddings)[row[:, None], head.index[slot]]
    accepted = (held[:, None] >> torch.arange(scores.shape[1], device=scores.device)) & 1 == 1
    all_values = scores.masked_fill(~head.exists[slot], -torch.inf).logsumexp(1)
    return (all_values - scores.masked_fill(~accepted, -torch.inf).logsumexp(1)).mean()


def caption_embeddings(model: Any, ids: torch.Tensor, chunks: int = 8) -> torch.Tensor:
    """Unit embeddings (n, d) of captions, short ones apart from long ones so that little padding is
    computed: half the cost."""
    lengths = (ids != 1).sum(1) + 1  # words, start and one end of text
    order = lengths.argsort()
    # bfloat16 products are prepared anew for every shape, and here shapes vary
    with torch.autocast(ids.device.type, enabled=False):
        parts = [
            model.get_text_features(input_ids=ids[part, : int(lengths[part].max())]).pooler_output
            for part in order.chunk(chunks)
        ]
    return torch.nn.functional.normalize(torch.cat(parts)[order.argsort()], dim=-1)


def image_embeddings(model: Any, pixels: torch.Tensor, patches_kept: float = 1.0) -> torch.Tensor:
    """Unit embeddings (n, d) of images: ``get_image_features`` without the part of the last layer
    that nobody reads.

    Only the class token leaves the last layer, so only it is computed there: a fifth of the cost
    saved. With ``patches_kept`` below 1 the encoder sees this share of the patches, other ones for
    each image (FLIP, Li et al. 2023): a training step costs as much less.
    """
    vision = model.vision_model
    *layers, last = vision.encoder.layers
    tokens = vision.pre_layrnorm(vision.embeddings(pixels))
    if patches_kept < 1:
        tokens = _some_patches(tokens, patches_kept)
    for layer in layers:
        tokens = _layer(layer, tokens, tokens)
    first = _layer(last, tokens[:, :1], tokens)[:, 0]
    return torch.nn.functional.normalize(
        model.visual_projection(vision.post_layernorm(first)).float(), dim=-1
    )


def _some_patches(tokens: torch.Tensor, share: float) -> torch.Tensor:
    """The class token and a random share of the patches, (n, t, w)."""
    patches = tokens[:, 1:]
    order = torch.rand(patches.shape[:2], device=tokens.device).argsort(1)
    kept = order[:, : max(1, round(share * patches.shape[1])), None]
    return torch.cat([tokens[:, :1], patches.gather(1, kept.expand(-1, -1, tokens.shape[2]))], 1)


def _layer(layer: Any, asking: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """One layer of CLIP's vision transformer for the tokens ``asking`` (n, q, w), which attend to
    ``tokens`` (n, t, w)."""
    attention, normed = layer.self_attn, layer.layer_norm1(tokens)
    heads = lambda x: x.unflatten(-1, (attention.num_heads, -1)).transpose(1, 2)
    queries = heads(attention.q_proj(normed[:, : asking.shape[1]])) * attention.scale
    weights = (queries @ heads(attention.k_proj(normed)).transpose(2, 3)).softmax(-1)
    values = (weights @ heads(attention.v_proj(normed))).transpose(1, 2).flatten(2)
    asking = asking + attention.out_proj(values)
    return asking + layer.mlp(layer.layer_norm2(asking))
