"""Which words of a text count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torch.nn.functional import normalize

from ..model.checks import check_is_model
from ..model.clip import Clip
from ..model.families import BERTS, MODEL_TYPES, text_position
from .attention import attention_maps, eager_attention, relevance_rows, with_gradients
from .gradients import autocast, gradient_scale

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from PIL import Image


def word_relevance(clip: Clip, image: Image.Image | np.ndarray, text: str) -> pd.DataFrame:
    """Which words of a text its cosine with an image rests on: gradient × attention in the
    text encoder (Chefer et al. 2021).

    Parameters
    ----------
    clip : Clip
    image : PIL image or (height, width, 3) uint8 array
    text : str

    Returns
    -------
    pandas.DataFrame
        One row per token, in order: ``number`` (of the word, from 0), ``word``, ``token`` (the
        piece of text), ``relevance`` (never negative; only its size beside the others means
        something). Tokens beyond the model's length are not there.

    Raises
    ------
    TypeError
        For several texts or images.
    ValueError
        For a text that no tokenizer can read, and for a model whose text encoder is a BERT
        (AltCLIP, ChineseCLIP).
    """
    import pandas as pd

    if not isinstance(text, str):
        raise TypeError(f"word_relevance explains one text (str), but got {type(text).__name__}.")
    check_is_model(clip)
    kind = clip.model.config.model_type
    if kind in BERTS:
        raise ValueError(
            f"word_relevance does not know the text encoder of '{clip.name}' ({MODEL_TYPES[kind]}),"
            " which is a BERT; load a CLIP, a MetaCLIP 2 or a SigLIP."
        )
    clip.tokens.check(text)
    scale = gradient_scale(clip)
    with (
        with_gradients(clip),
        eager_attention(clip.model),
        attention_maps(clip.model.text_model.encoder.layers) as maps,
    ):
        tokens = clip.tokenize([text], return_offsets_mapping=True)
        # a clone, for embeddings made in inference mode have no gradients
        seen = clip.encode_images(image).clone().to(clip.device)
        if len(seen) != 1:
            raise TypeError(
                f"word_relevance explains one image, but got {len(seen)}; try images[0]."
            )
        with autocast(clip):
            embedding = clip.text_features(tokens)
        score = scale * (normalize(embedding.float(), dim=-1) * seen).sum(-1)
        relevance = relevance_rows(score, maps, scale)[
            0, text_position(clip.model.config, tokens["input_ids"][0])
        ].tolist()
    spans = tokens["offset_mapping"][0].tolist()
    words = [(match.start(), match.group()) for match in re.finditer(r"\S+", text)]
    rows = []
    for (start, end), value in zip(spans, relevance):
        if end > start:  # tokens for beginning, end and padding stand for no text
            number = max(sum(at <= start for at, _ in words) - 1, 0)
            rows.append((number, words[number][1], text[start:end].strip(), value))
    return pd.DataFrame(rows, columns=["number", "word", "token", "relevance"])
