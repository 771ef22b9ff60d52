"""The reasons for a prediction as a table: every prompt of some classes with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from .prompts import PromptTable

if TYPE_CHECKING:
    import pandas as pd


def table_of_reasons(
    table: PromptTable,
    classes: Sequence[int],
    scores: torch.Tensor,
    probabilities: torch.Tensor,
    cosines: torch.Tensor,
    contributions: torch.Tensor,
) -> pd.DataFrame:
    """The columns of :meth:`clipnb.Prediction.explain`, of one image.

    Parameters
    ----------
    table : PromptTable
    classes : sequence of int
        In this order.
    scores, probabilities : (classes,) tensors
    cosines, contributions : (prompts,) tensors
    """
    import pandas as pd

    groups, frames = table.groups, []
    for c in classes:
        own, name = np.flatnonzero(groups == c), table.class_names[c]
        frame = pd.DataFrame(
            {
                "class": name,
                "class_probability": float(probabilities[c]),
                "class_score": float(scores[c]),
                "prompt": table[name],
                "cosine": cosines[own].numpy(),
                "contribution": contributions[own].numpy(),
            }
        )
        frames.append(frame.sort_values("cosine", ascending=False, kind="stable"))
    return pd.concat(frames, ignore_index=True)
