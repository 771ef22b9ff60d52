"""The table of all predictions beside a report: a row per image, as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..classify.pooling import ranking
from ..classify.quality import clean
from ..classify.zeroshot import Prediction
from ..data.images import ImageDataset
from ..explain.class_scores import class_parts
from ..explain.reference import reference_of
from ..support.files import replacing

COLUMNS: tuple[str, ...] = ("file", "truth", "prediction", "probability", "runner_up", "reasons")


def write_table(path: Path, prediction: Prediction, data: ImageDataset) -> None:
    """The rows of a prediction as a CSV file that a spreadsheet can open without harm."""
    with replacing(path, newline="") as file:
        file.write("\ufeff")  # or Excel on Windows takes "Grünfink" for "GrÃ¼nfink"
        writer = csv.DictWriter(file, list(COLUMNS))
        writer.writeheader()
        for row in rows(prediction, data):
            writer.writerow({name: cell(value) for name, value in row.items()})


def rows(
    prediction: Prediction, data: ImageDataset, reasons_each: int = 3, block: int = 1024
) -> Iterator[dict[str, Any]]:
    """A row per image: file, truth, prediction, probability, runner_up, reasons; computed in
    blocks, so memory stays small.

    The reasons are the prompts of the predicted class that add most to its score, largest first,
    centred where the images serve as a reference; each with its cosine.
    """
    classifier, reference = prediction.classifier, reference_of(prediction)
    groups, answers = torch.as_tensor(np.asarray(classifier.table.groups)), prediction.indices
    prompts = classifier.table.prompts
    for start in range(0, len(data), block):
        embeddings = prediction.image_embeddings[start : start + block]
        best = torch.as_tensor(answers[start : start + block])
        parts = class_parts(classifier, embeddings, reference, absent=-torch.inf)
        parts = parts.masked_fill(groups[None] != best[:, None], -torch.inf)
        top, cosines = ranking(parts)[:, :reasons_each], classifier.cosines(embeddings)
        ranked = ranking(prediction.scores[start : start + block])[:, :2].tolist()
        for k in range(len(parts)):
            i = start + k
            why = [
                f"{prompts[s]} ({cosines[k, s]:.3f})"
                for s in top[k].tolist()
                if parts[k, s] != -torch.inf
            ]
            yield {
                "file": data.sources[i],
                "truth": data.class_names[data.labels[i]] if data.labels[i] >= 0 else "",
                "prediction": prediction.class_names[answers[i]],
                "probability": round(float(prediction.probabilities[i].max()), 4),
                "runner_up": prediction.class_names[ranked[k][1]] if len(ranked[k]) > 1 else "",
                "reasons": " | ".join(why),
            }


def cell(value: Any) -> Any:
    """Text for a spreadsheet: one that begins like a formula gets an apostrophe, or the program
    would run it."""
    text = plain(value)
    return "'" + text if isinstance(text, str) and text.startswith(("=", "+", "-", "@")) else text


def plain(value: Any) -> Any:
    """Text on one line, without characters that control a terminal or turn the writing direction;
    what a macro made is markup already."""
    return (
        clean(value)
        if isinstance(value, str) and not value.isprintable() and not hasattr(value, "__html__")
        else value
    )
