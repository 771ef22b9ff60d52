"""In what the families of dual encoders differ: one function per difference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MODEL_TYPES = ("clip", "siglip", "siglip2")


def is_sigmoid(config: Any) -> bool:
    """Whether each text has a probability of its own (SigLIP, Zhai et al. 2023) instead of a share
    of one (CLIP, Radford et al. 2021)."""
    return config.model_type.startswith("siglip")


def embedding_width(config: Any) -> int:
    """Length of the embeddings: CLIP projects both sides to one width; of SigLIP's, only the text
    side has a projection, to the width of the image encoder."""
    if not is_sigmoid(config):
        return config.projection_dim
    text = config.text_config
    return getattr(text, "projection_size", None) or text.hidden_size


def reads_lower_case(config: Any, tokenizer: Any) -> bool:
    """SigLIP 2 was trained on texts in lower case (Tschannen et al. 2025), but its tokenizer on the
    Hub, Gemma's, leaves capitals as they are; that of SigLIP lowers them itself."""
    return is_sigmoid(config) and "gemma" in type(tokenizer).__name__.lower()


@contextmanager
def evaluated(model: Any) -> Iterator[None]:
    """Within it, no dropout: a model that is being trained embeds as it would afterwards."""
    trained = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield
    finally:
        for module in trained:
            module.training = True


@contextmanager
def class_token_only(model: Any) -> Iterator[None]:
    """Within it, the last layer of a CLIP's image encoder works on the class token alone after its
    attention.

    The embedding is read from that token, and nothing mixes tokens any more, so it stays the same;
    two thirds of the layer's work on every patch are saved. The one token's result is added to all
    rows (broadcast), whence the rows of the patches mean nothing here. SigLIP's pooling reads every
    patch and is left as it is.
    """
    if model.config.model_type != "clip":
        yield
        return
    hook = model.vision_model.encoder.layers[-1].mlp.register_forward_pre_hook(
        lambda mlp, inputs: (inputs[0][:, :1],)
    )
    try:
        yield
    finally:
        hook.remove()
