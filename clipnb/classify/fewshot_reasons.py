"""What each shot did: for one image, and to the other shots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from .fewshot_methods import Head
from .shots import Shots
from .zeroshot import ZeroShotClassifier

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["kind", "class", "item", "shot", "cosine", "to_first", "to_second", "contribution"]


def reasons(
    head: Head,
    shots: Shots,
    text: ZeroShotClassifier | None,
    embedding: torch.Tensor,
    scores: torch.Tensor,
    pair: list[int],
    class_names: list[str],
    names: list[str],
) -> pd.DataFrame:
    """The margin between two classes for one image, shot by shot and prompt by prompt; see
    :meth:`clipnb.FewShotClassifier.explain`."""
    import pandas as pd

    first, second = pair
    parts, cosines = head.parts(embedding)[:, pair], shots.embeddings @ embedding
    rows = [
        ["shot", class_names[shots.labels[i]], names[i], i, float(cosines[i]), *parts[i].tolist()]
        for i in parts.any(1).nonzero()[:, 0].tolist()
    ]
    if text is not None and head.text_weight:
        rows += _prompt_rows(text, embedding, pair, shots.scale * head.text_weight)
    rows += [
        ["intercept", class_names[c], "", None, np.nan, *(b * (c == one) for one in pair)]
        for c, b in zip(pair, head.intercept[pair].tolist())
        if b
    ]
    table = pd.DataFrame(rows, columns=COLUMNS[:-1]).astype({"shot": "Int64"})
    table["contribution"] = table["to_first"] - table["to_second"]
    table = table.sort_values("contribution", ascending=False, kind="stable", ignore_index=True)
    two = (float(scores[first]), float(scores[second]))
    table.attrs.update(
        classes=(class_names[first], class_names[second]), scores=two, margin=two[0] - two[1]
    )
    return table


def _prompt_rows(
    text: ZeroShotClassifier, embedding: torch.Tensor, pair: list[int], scale: float
) -> list[list]:
    cosines = text.cosines(embedding[None])
    parts = (scale * text.prompt_weights(cosines).reshape(cosines.shape) * cosines)[0].tolist()
    return [
        ["prompt", text.class_names[c], text.table.prompts[p], None, float(cosines[0, p])]
        + [parts[p] * (c == one) for one in pair]
        for c in pair
        for p in np.flatnonzero(text.table.groups == c).tolist()
    ]


def disagreements(
    probabilities: torch.Tensor, shots: Shots, class_names: list[str], names: list[str]
) -> pd.DataFrame:
    """How much the others contradict each label; see
    :meth:`clipnb.FewShotClassifier.probable_label_errors`."""
    import pandas as pd

    rows = torch.arange(len(shots))
    others = probabilities.clone()
    others[rows, shots.labels] = -1
    suggestion = others.argmax(1)
    label, other = probabilities[rows, shots.labels], others[rows, suggestion]
    table = pd.DataFrame(
        {
            "shot": rows.numpy(),
            "item": names,
            "label": [class_names[c] for c in shots.labels],
            "suggestion": [
                None if alone else class_names[c] for c, alone in zip(suggestion, shots.alone)
            ],
            "p_label": label.numpy(),
            "p_suggestion": other.where(~shots.alone, torch.nan).numpy(),
        }
    )
    table["disagreement"] = table["p_suggestion"] - table["p_label"]
    return table.sort_values("disagreement", ascending=False, kind="stable", ignore_index=True)
