"""The table of all predictions beside a report: a row per image, as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..classify.quality import clean
from ..classify.zeroshot import Prediction
from ..data.images import ImageDataset
from ..support.files import replacing
from ..support.spreadsheet import guarded
from .records import records

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
    for one in records(prediction, data, reasons_each):
        yield {
            "file": one.source,
            "truth": one.true_class,
            "prediction": one.best,
            "probability": round(one.probability, 4),
            "runner_up": one.runner_up,
            "reasons": " | ".join(f"{why.prompt} ({why.cosine:.3f})" for why in one.reasons),
        }


def cell(value: Any) -> Any:
    """Text for a spreadsheet: one that begins like a formula gets an apostrophe, or the program
    would run it."""
    text = plain(value)
    return guarded(text) if isinstance(text, str) else text


def plain(value: Any) -> Any:
    """Text on one line, without characters that control a terminal or turn the writing direction;
    what a macro made is markup already."""
    return (
        clean(value)
        if isinstance(value, str) and not value.isprintable() and not hasattr(value, "__html__")
        else value
    )
