"""Which words of a text count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torch.nn.functional import normalize

from ..model.clip import Clip
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
    """
    import pandas as pd

    if not isinstance(text, str):
        raise TypeError(f"word_relevance explains one text (str), but got {type(text).__name__}.")
    tokens = clip.tokenize([text], return_offsets_mapping=True)
    spans = tokens["offset_mapping"][0].tolist()
    scale = gradient_scale(clip)
    with (
        with_gradients(clip),
        eager_attention(clip.model),
        attention_maps(clip.model.text_model.encoder.layers) as maps,
    ):
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
            0, _read_at(clip, tokens["input_ids"][0])
        ].tolist()
    words = [(match.start(), match.group()) for match in re.finditer(r"\S+", text)]
    rows = []
    for (start, end), value in zip(spans, relevance):
        if end > start:  # tokens for beginning, end and padding stand for no text
            number = max(sum(at <= start for at, _ in words) - 1, 0)
            rows.append((number, words[number][1], text[start:end].strip(), value))
    return pd.DataFrame(rows, columns=["number", "word", "token", "relevance"])


def _read_at(clip: Clip, ids) -> int:
    """The position whose embedding stands for the text: CLIP's first end token, SigLIP's last
    position."""
    if clip.sigmoid:
        return len(ids) - 1
    end = clip.model.text_model.eos_token_id
    # 2: as transformers reads OpenAI's old configurations
    return int(ids.argmax()) if end == 2 else int((ids == end).int().argmax())
