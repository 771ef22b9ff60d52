"""What an image encoder with a class token computes on the way to the embedding: what every layer
reads and adds, and the class token after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..data.given import image_of, list_of_images
from ..data.images import ImageDataset
from ..explain.attention import eager_attention
from ..model.checks import check_is_model
from ..model.families import MODEL_TYPES, evaluated

if TYPE_CHECKING:
    from ..classify.classifier import Images
    from ..model.clip import Clip


@dataclass
class Terms:
    """One batch on its way through the encoder; all are (b, …) tensors without gradients.

    Attributes
    ----------
    start : (b, tokens, width)
        What the first layer reads.
    inputs : list of (b, tokens, width)
        What the attention of each layer reads, after its LayerNorm.
    maps : list of (b, heads, to, from)
        The attention of each layer.
    mlps : list of (b, width)
        What the MLP of each layer adds to the class token.
    tokens : list of (b, width)
        The class token after each layer.
    end : (b, width)
        The class token before the last LayerNorm.
    embeddings : (b, dim)
        As they leave the model, not normalised.
    """

    start: Any = None
    inputs: list[torch.Tensor] = field(default_factory=list)
    maps: list[torch.Tensor] = field(default_factory=list)
    mlps: list[torch.Tensor] = field(default_factory=list)
    tokens: list[torch.Tensor] = field(default_factory=list)
    end: Any = None
    embeddings: Any = None


def check_class_token(clip: Clip) -> None:
    """ValueError for a family whose embedding is not read from a class token."""
    check_is_model(clip)
    kind = clip.model.config.model_type
    if not hasattr(clip.model.vision_model.embeddings, "class_embedding"):
        able = ", ".join(name for one, name in MODEL_TYPES.items() if not one.startswith("siglip"))
        raise ValueError(
            f"'{clip.name}' is of the family {MODEL_TYPES.get(kind, kind)}, which pools its patches"
            f" by attention and has no class token to follow; take one of the families {able}."
        )


def batches_of_terms(clip: Clip, images: Images, size: int = 64) -> Iterator[Terms]:
    """The terms of every batch of images, in order.

    Raises
    ------
    ValueError
        If there are no images, if only their embeddings are known, or if the model has no class
        token.
    """
    check_is_model(clip)
    check_class_token(clip)
    if isinstance(images, ImageDataset):
        if images.embeddings is not None:
            raise ValueError(
                "These images are stored embeddings, which hold no layers; give the images."
            )
        given, opened = iter(images.images), lambda image: image
        count = len(images)
    else:
        listed = list_of_images(images)
        given, opened, count = iter(listed), image_of, len(listed)
    if not count:
        raise ValueError("There are no images; give at least one.")
    pixels = clip.pixels
    while batch := [pixels.prepare(opened(image)) for image in islice(given, size)]:
        arguments = pixels.finish(batch, clip.device, clip.dtype)
        with clip.lock, evaluated(clip.model), eager_attention(clip.model), torch.no_grad():
            with recorded_terms(clip.model) as terms:
                terms.embeddings = clip.model.get_image_features(**arguments).pooler_output.float()
        yield terms


@contextmanager
def recorded_terms(model: Any) -> Iterator[Terms]:
    """Collects the terms of the next forward pass, which must compute attention maps; its
    embeddings are the caller's to fill in."""
    vision, terms = model.vision_model, Terms()
    layers = list(vision.encoder.layers)

    def first(module: Any, inputs: tuple) -> None:
        terms.start = inputs[0].float()

    def attended(module: Any, inputs: tuple, named: dict, output: tuple) -> None:
        terms.inputs.append((inputs[0] if inputs else named["hidden_states"]).float())
        terms.maps.append(output[1].float())

    def last(module: Any, inputs: tuple) -> None:
        terms.end = inputs[0].float()

    hooks = [
        layers[0].register_forward_pre_hook(first),
        vision.post_layernorm.register_forward_pre_hook(last),
    ]
    for layer in layers:
        hooks += [
            layer.self_attn.register_forward_hook(attended, with_kwargs=True),
            layer.mlp.register_forward_hook(
                lambda module, inputs, output: terms.mlps.append(output[:, 0].float())
            ),
            layer.register_forward_hook(
                lambda module, inputs, output: terms.tokens.append(_first(output)[:, 0].float())
            ),
        ]
    try:
        yield terms
    finally:
        for hook in hooks:
            hook.remove()


def _first(output: Any) -> torch.Tensor:
    return output[0] if isinstance(output, tuple) else output


def class_tokens(clip: Clip, images: Images) -> np.ndarray:
    """The class token before the first layer and after every layer.

    Parameters
    ----------
    clip : Clip
        Of a family with a class token.
    images : ImageDataset, PIL image(s), path(s) or arrays

    Returns
    -------
    (layers + 1, n, width) float32 array
        Row 0 is the same for all images: the token has read no patch yet.

    Raises
    ------
    ValueError
        If there are no images, if only their embeddings are known, or if the model has no class
        token (SigLIP).
    """
    found = [
        torch.stack([terms.start[:, 0], *terms.tokens]).cpu().numpy()
        for terms in batches_of_terms(clip, images)
    ]
    return np.concatenate(found, axis=1)
