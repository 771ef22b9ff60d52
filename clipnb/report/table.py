"""The table of all predictions beside a report: a row per image, as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..classify.blocks import row_blocks
from ..classify.quality import clean
from ..classify.zeroshot import Prediction
from ..data.images import ImageDataset
from ..explain.class_scores import own_parts
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
    prediction: Prediction, data: ImageDataset, reasons_each: int = 3
) -> Iterator[dict[str, Any]]:
    """A row per image: file, truth, prediction, probability, runner_up, reasons; computed in
    blocks, so memory stays small.

    The reasons are the prompts of the predicted class that add most to its score, largest first,
    centred where the images serve as a reference; each with its cosine.
    """
    classifier, reference = prediction.classifier, reference_of(prediction)
    prompts, names = classifier.table.prompts, prediction.class_names
    ranked, confidence = prediction.top(2).indices.tolist(), prediction.confidence.tolist()
    longest = max(map(len, classifier.table.values()))
    for block in row_blocks(len(data), longest * prediction.image_embeddings.shape[1]):
        best = [first for first, *_ in ranked[block]]
        own = own_parts(classifier, prediction.image_embeddings[block], best, reference)
        for i, *each in zip(range(block.start, block.stop), *(part.tolist() for part in own)):
            # what is absent is NaN, and not equal to itself
            counted = [one for one in zip(*each) if one[2] == one[2]]
            why = sorted(counted, key=lambda one: -one[2])[:reasons_each]
            yield {
                "file": data.sources[i],
                "truth": data.class_names[data.labels[i]] if data.labels[i] >= 0 else "",
                "prediction": names[ranked[i][0]],
                "probability": round(confidence[i], 4),
                "runner_up": names[ranked[i][1]] if len(ranked[i]) > 1 else "",
                "reasons": " | ".join(f"{prompts[s]} ({cosine:.3f})" for s, cosine, _ in why),
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
