"""In what the families of dual encoders differ: one function per difference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# transformers' name of a type → the family; LAION's, DataComp's and MetaCLIP's are of type clip
MODEL_TYPES = {
    "clip": "CLIP",
    "metaclip_2": "MetaCLIP 2",
    "siglip": "SigLIP, SigLIP 2",
    "siglip2": "SigLIP 2 (NaFlex)",
    "altclip": "AltCLIP",
    "chinese_clip": "ChineseCLIP",
}
# their text encoders are BERTs, read at the first token; words look at what comes after them, too
BERTS = ("altclip", "chinese_clip")


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


def accepted() -> str:
    """The families that load_clip takes, with transformers' names of their types."""
    families = ", ".join(f"{family} ({name})" for name, family in MODEL_TYPES.items())
    return f"{families}, and open_clip's vision transformers with CLIP's text encoder"


def needs_lower_case(config: Any, tokenizer: Any) -> bool:
    """Whether texts must be put into lower case before the tokenizer reads them.

    SigLIP and SigLIP 2 (Zhai et al. 2023, Tschannen et al. 2025) were trained on lower case. Their
    tokenizers do it themselves, but for the one that SigLIP 2 has on the Hub, Gemma's.
    """
    if not is_sigmoid(config):
        return False
    capitals, lower = tokenizer(["A Photo of a Robin", "a photo of a robin"])["input_ids"]
    return list(capitals) != list(lower)


def most_tokens(config: Any) -> int:
    """How many tokens the text encoder reads; RoBERTa counts positions from its padding token on
    (Liu et al. 2019), and so does AltCLIP (Chen et al. 2023)."""
    text = config.text_config
    before = text.pad_token_id + 1 if config.model_type == "altclip" else 0
    return text.max_position_embeddings - before


def end_of_text(config: Any) -> int | None:
    """The token at which the text's embedding is read, where the family has one.

    None for SigLIP (the last position), for BERTs (the first), and for a CLIP with the
    ``eos_token_id`` 2 of OpenAI's old configurations, which is read at its highest token. The 2 of
    MetaCLIP 2 is its end of text.
    """
    end = getattr(config.text_config, "eos_token_id", 2)
    old = config.model_type == "clip" and end == 2
    return None if is_sigmoid(config) or config.model_type in BERTS or old else end


def text_position(config: Any, ids: Any) -> int:
    """The position whose embedding stands for the text, of the (n,) token ids of one text."""
    if is_sigmoid(config):
        return len(ids) - 1
    if config.model_type in BERTS:
        return 0
    end = end_of_text(config)
    return int(ids.argmax()) if end is None else int((ids == end).int().argmax())


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
    """Within it, the last layer of an image encoder with a class token (all but SigLIP's) works on
    that token alone after its attention.

    The embedding is read from that token, and nothing mixes tokens any more, so it stays the same;
    two thirds of the layer's work on every patch are saved. The one token's result is added to all
    rows (broadcast), whence the rows of the patches mean nothing here. SigLIP's pooling reads every
    patch and is left as it is.
    """
    if is_sigmoid(model.config):
        yield
        return
    hook = model.vision_model.encoder.layers[-1].mlp.register_forward_pre_hook(
        lambda mlp, inputs: (inputs[0][:, :1],)
    )
    try:
        yield
    finally:
        hook.remove()
