"""The eight steps: their titles, the parts of the drawing that they are about, and what is said
of them."""

from __future__ import annotations

from .state import STEPS, Inside


def steps(state: Inside) -> list[dict]:
    """{title, parts, text} of every step, with the sizes of this model."""
    texts = [*_image_steps(state), *_text_steps(state), *_shared_steps(state)]
    titles = [title for title, _ in STEPS]
    if not state.class_token:
        titles[1] = "Positions"
    return [
        {"title": title, "parts": list(parts), "text": text}
        for title, (_, parts), text in zip(titles, STEPS, texts, strict=True)
    ]


def _image_steps(state: Inside) -> list[str]:
    image, vision = state.image(), state.clip.model.config.vision_config
    height, width = image.pixels.shape[:2]
    side = vision.patch_size
    layers, heads = image.attention.shape[:2]
    numbers = 3 * side**2
    query = "class token" if state.class_token else "chosen patch"
    first = (
        "A class token, a learned vector, is put in front of the patches, and every place adds its"
        " own positional embedding: without it the model would not know where a patch was."
        if state.class_token
        else "This model has no class token; every place adds its own positional embedding:"
        " without it the model would not know where a patch was."
    )
    last = (
        "After the last layer only the class token is used: it is projected to"
        if state.class_token
        else "A learned query collects from all patches after the last layer (attention pooling):"
    )
    return [
        f"The model sees {width} × {height} pixels and cuts them into {image.columns} ×"
        f" {image.rows} patches of {side} × {side}; the {numbers:,} numbers of each patch become a"
        f" vector of {vision.hidden_size:,}.",
        first,
        f"In each of {layers} layers, {heads} heads decide how much every token takes from every"
        f" other; the maps show what the {query} takes from each patch.",
        f"{last} {state.clip.dim:,} numbers, scaled to length 1: the image embedding.",
    ]


def _text_steps(state: Inside) -> list[str]:
    text, config = state.text(), state.clip.model.config.text_config
    layers, heads = text.attention.shape[:2]
    where = "first" if text.read == 0 else "last"
    mask = (
        "a token takes only from itself and from those before it (causal mask), so only the last"
        " token has read the whole text"
        if text.causal
        else f"every token takes from all others; the {where} one is used"
    )
    return [
        f"The text is cut into tokens, pieces of a vocabulary of {config.vocab_size:,}; the number"
        f" of a token stands for a learned vector of {config.hidden_size:,}.",
        f"In each of {layers} × {heads} heads {mask}; that one is projected to {state.clip.dim:,}"
        " numbers: the text embedding.",
    ]


def _shared_steps(state: Inside) -> list[str]:
    clip = state.clip
    scaled = f"{clip.logit_scale:.1f} times the cosine similarity"
    if clip.sigmoid:
        scaled += f" {'+' if clip.logit_bias >= 0 else '−'} {abs(clip.logit_bias):.1f}"
    return [
        f"Each of the {clip.dim:,} numbers of the image is multiplied by that of the text, and the"
        " products are added up: this dot product is the cosine similarity, since both embeddings"
        " have length 1.",
        f"A sigmoid turns {scaled} into a probability for each text alone; they need not add up"
        " to 1."
        if clip.sigmoid
        else f"Softmax turns {scaled} into probabilities that add up to 1 over these texts:"
        " whatever is not among them gets none.",
    ]
