r"""The embedding of an image as an exact sum of what every attention head and every MLP adds to it
(Gandelsman, Efros & Steinhardt, ICLR 2024, section 3).

The class token before the last LayerNorm is a sum: what it was at the start, and what each layer's
attention and MLP have added. Attention is itself a sum over heads, and a head over the patches that
it reads. The LayerNorm subtracts the mean and divides by the standard deviation
:math:`\sigma`. With the :math:`\sigma` that the image has, both are linear, so each term :math:`p`
becomes

.. math:: P\,(\gamma \odot (p - \bar p)) \,/\, (\sigma \, |e|)

with the projection :math:`P`, the LayerNorm's scale :math:`\gamma`, and the length :math:`|e|` of
the embedding. The sum over all terms is the unit embedding. Contributions are *direct*: what a head
changes in what later layers read is counted where those write it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import normalize

from .layers import Terms, batches_of_terms

if TYPE_CHECKING:
    from ..classify.classifier import Images
    from ..model.clip import Clip

Head = tuple[int, int]


@dataclass(frozen=True)
class EmbeddingParts:
    """Image embeddings as sums. Made by :func:`decompose_embedding`.

    Attributes
    ----------
    heads : (n, layers, heads, dim) float32 tensor
        What each attention head adds to the unit embedding.
    mlps : (n, layers, dim) float32 tensor
        What the MLP of each layer adds.
    rest : (n, dim) float32 tensor
        What no head has read from the image: the class token at the start, and all biases.
    patches : (n, layers, heads, rows · columns + 1, dim) float32 tensor, or None
        The heads' parts by the token that was read: the class token first, then the patches row by
        row. The sum over tokens is ``heads``.
    """

    heads: torch.Tensor
    mlps: torch.Tensor
    rest: torch.Tensor
    patches: torch.Tensor | None = None

    def __repr__(self) -> str:
        n, layers, heads, dim = self.heads.shape
        return f"EmbeddingParts({n} images, {layers} layers of {heads} heads, {dim} dimensions)"

    def total(self) -> torch.Tensor:
        """(n, dim): the sum of all parts, which is the unit embedding."""
        return self.heads.sum((1, 2)) + self.mlps.sum(1) + self.rest

    def without(self, heads: Sequence[Head]) -> torch.Tensor:
        """Embeddings with some heads replaced by their mean over these images (mean ablation).

        Parameters
        ----------
        heads : sequence of (layer, head)
            Numbers from 0.

        Returns
        -------
        (n, dim) float32 tensor
            Unit rows.

        Raises
        ------
        ValueError
            If there is no such head.
        """
        result = self.total()
        for layer, head in dict.fromkeys(heads):
            self._check(layer, head)
            part = self.heads[:, layer, head]
            result = result - part + part.mean(0)
        return normalize(result, dim=1)

    def names(self) -> list[Head]:
        """(layer, head) of every head, layer by layer."""
        return [(a, b) for a in range(self.heads.shape[1]) for b in range(self.heads.shape[2])]

    def _check(self, layer: int, head: int) -> None:
        layers, heads = self.heads.shape[1:3]
        if not (0 <= layer < layers and 0 <= head < heads):
            raise ValueError(
                f"There is no head ({layer}, {head}); there are {layers} layers with {heads} heads"
                " each, counted from 0."
            )


def decompose_embedding(clip: Clip, images: Images, patches: bool = False) -> EmbeddingParts:
    """The unit embedding of every image as the sum of what heads and MLPs add to it.

    The decomposition is exact (Gandelsman et al. 2024, section 3): ``parts.total()`` equals
    ``clip.encode_images(images)`` up to rounding, about 1e-6 in float32. It needs a class token, so
    SigLIP is refused.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, PIL image(s), path(s) or arrays
    patches : bool
        Also the parts of every patch, which take (tokens) times as much memory: for a few images.

    Returns
    -------
    EmbeddingParts

    Raises
    ------
    ValueError
        If there are no images, if only their embeddings are known, or if the model has no class
        token.
    """
    found = [_parts(clip, terms, patches) for terms in batches_of_terms(clip, images)]
    heads, mlps, rest, each = zip(*found)
    return EmbeddingParts(
        torch.cat(heads), torch.cat(mlps), torch.cat(rest), torch.cat(each) if patches else None
    )


def _parts(clip: Clip, terms: Terms, patches: bool) -> tuple[Any, Any, Any, Any]:
    """Heads, MLPs, the rest, and the patches of one batch, on the CPU."""
    vision, projection = clip.model.vision_model, clip.model.visual_projection
    norm, P = vision.post_layernorm, projection.weight.detach().float()
    sigma = (terms.end.var(-1, correction=0) + norm.eps).sqrt()
    scale = 1 / (sigma * terms.embeddings.norm(dim=-1))
    gamma, beta = norm.weight.detach().float(), norm.bias.detach().float()

    def projected(part: torch.Tensor) -> torch.Tensor:
        """(b, …, width) → (b, …, dim)."""
        centred = part - part.mean(-1, keepdim=True)
        return (centred * gamma) @ P.T * scale.view(-1, *[1] * (part.ndim - 1))

    heads, each, rest = [], [], terms.start[:, 0]
    for layer, read, attention in zip(vision.encoder.layers, terms.inputs, terms.maps):
        attend = layer.self_attn
        out = attend.out_proj.weight.detach().float().unflatten(1, (attention.shape[1], -1))
        values = read @ attend.v_proj.weight.detach().float().T
        if attend.v_proj.bias is not None:
            values = values + attend.v_proj.bias.detach().float()
        values = values.unflatten(-1, (attention.shape[1], -1))  # (b, tokens, heads, size)
        to_class = attention[:, :, 0]
        mixed = torch.einsum("bht,bthd->bhd", to_class, values)
        heads.append(projected(torch.einsum("bhd,whd->bhw", mixed, out)))
        if patches:
            weighted = to_class.transpose(1, 2)[..., None] * values
            each.append(projected(torch.einsum("bthd,whd->bhtw", weighted, out)))
        if attend.out_proj.bias is not None:
            rest = rest + attend.out_proj.bias.detach().float()
    offset = beta @ P.T
    if projection.bias is not None:
        offset = offset + projection.bias.detach().float()
    rest = projected(rest) + offset / terms.embeddings.norm(dim=-1, keepdim=True)
    return (
        torch.stack(heads, 1).cpu(),
        projected(torch.stack(terms.mlps, 1)).cpu(),
        rest.cpu(),
        torch.stack(each, 1).cpu() if patches else None,
    )
