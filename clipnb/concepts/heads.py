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

from ..support.arrays import array_of
from ..support.text import brief
from .layers import Terms, batches_of_terms

if TYPE_CHECKING:
    from ..classify.classifier import Images
    from ..model.clip import Clip

Head = tuple[int, int]
Projectable = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


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

    def listed(self) -> torch.Tensor:
        """(n, parts, dim): layer by layer the heads and the MLP, then the rest."""
        layers = torch.cat([self.heads, self.mlps[:, :, None]], 2).flatten(1, 2)
        return torch.cat([layers, self.rest[:, None]], 1)

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
        pairs = array_of(list(heads) if isinstance(heads, Sequence) else heads)
        if pairs.size and (pairs.dtype.kind not in "iu" or pairs.shape[1:] != (2,)):
            raise ValueError(f"heads is {brief(heads)}; give pairs (layer, head) of whole numbers.")
        for layer, head in dict.fromkeys(map(tuple, pairs.tolist())):
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
    found = []
    for terms in batches_of_terms(clip, images):
        parts = project_parts(clip.model, *terms_to_project(clip.model, terms), patches)
        found.append([part.cpu() for part in parts if part is not None])
    heads, mlps, rest, *each = map(torch.cat, zip(*found))
    return EmbeddingParts(heads, mlps, rest, *each)


def terms_to_project(model: Any, terms: Terms) -> Projectable:
    """What the sum needs of a batch, as five float32 tensors.

    Returns
    -------
    to_class : (b, layers, heads, tokens)
        The attention of the class token.
    values : (b, layers, tokens, width)
        What every head may take from every token; heads side by side.
    added : (b, 1 + layers, width)
        The class token at the start, and what each MLP adds to it.
    sigma, length : (b,)
        The standard deviation of the last LayerNorm, and the length of the embedding.
    """
    vision = model.vision_model
    values = []
    for layer, read in zip(vision.encoder.layers, terms.inputs):
        project = layer.self_attn.v_proj
        value = read @ project.weight.detach().float().T
        values.append(value if project.bias is None else value + project.bias.detach().float())
    return (
        torch.stack([attention[:, :, 0] for attention in terms.maps], 1),
        torch.stack(values, 1),
        torch.stack([terms.start[:, 0], *terms.mlps], 1),
        (terms.end.var(-1, correction=0) + vision.post_layernorm.eps).sqrt(),
        terms.embeddings.norm(dim=-1),
    )


def project_parts(
    model: Any,
    to_class: torch.Tensor,
    values: torch.Tensor,
    added: torch.Tensor,
    sigma: torch.Tensor,
    length: torch.Tensor,
    patches: bool,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor | None]:
    """Heads, MLPs, the rest, and the patches (see :class:`EmbeddingParts`) of
    :func:`terms_to_project`."""
    norm, projection = model.vision_model.post_layernorm, model.visual_projection
    gamma, P = norm.weight.detach().float(), projection.weight.detach().float()
    scale = 1 / (sigma * length)

    def projected(part: torch.Tensor) -> torch.Tensor:
        """(b, …, width) → (b, …, dim)."""
        centred = part - part.mean(-1, keepdim=True)
        return (centred * gamma) @ P.T * scale.view(-1, *[1] * (part.ndim - 1))

    heads, each, rest = [], [], added[:, 0]
    for i, layer in enumerate(model.vision_model.encoder.layers):
        attention, project = to_class[:, i], layer.self_attn.out_proj
        out = project.weight.detach().float().unflatten(1, (attention.shape[1], -1))
        value = values[:, i].unflatten(-1, (attention.shape[1], -1))  # (b, tokens, heads, size)
        mixed = torch.einsum("bht,bthd->bhd", attention, value)
        heads.append(projected(torch.einsum("bhd,whd->bhw", mixed, out)))
        if patches:
            weighted = attention.transpose(1, 2)[..., None] * value
            each.append(projected(torch.einsum("bthd,whd->bhtw", weighted, out)))
        if project.bias is not None:
            rest = rest + project.bias.detach().float()
    offset = norm.bias.detach().float() @ P.T
    if projection.bias is not None:
        offset = offset + projection.bias.detach().float()
    rest = projected(rest) + offset / length[:, None]
    each = torch.stack(each, 1) if patches else None
    return torch.stack(heads, 1), projected(added[:, 1:]), rest, each
