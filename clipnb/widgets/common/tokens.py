"""A text as the model reads it."""

from __future__ import annotations

from ...model.clip import Clip


def split(clip: Clip, text: str) -> list[dict]:
    """The tokens of a text as the model reads it: with begin and end, cut to its length,
    without padding."""
    made = clip.tokenizer(
        text, truncation=True, max_length=clip.max_tokens, return_offsets_mapping=True
    )
    ids, spans = made["input_ids"], [tuple(span) for span in made["offset_mapping"]]
    tokens = []
    for number, (id_, piece, (start, end)) in enumerate(
        zip(ids, clip.tokenizer.convert_ids_to_tokens(ids), spans)
    ):
        alike = [i for i, span in enumerate(spans) if span == (start, end)] if end > start else []
        part = f"{alike.index(number) + 1}/{len(alike)}" if len(alike) > 1 else ""
        tokens.append(
            {
                "id": id_,
                "piece": piece,
                "text": text[start:end],
                "part": part,
                "word": None,
                "share": 0.0,
            }
        )
    return tokens
