"""``export_predictions``: predictions and their reasons in the files that other programs read."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..classify.classifier import NONE_OF_THESE
from ..classify.zeroshot import Prediction
from ..data.images import ImageDataset
from ..evaluation.hits import check_predicted
from ..model.parts import arrow
from ..support.arguments import one_of, whole
from ..support.files import make_folder, replacing, replacing_path
from ..support.spreadsheet import guarded
from ..support.text import brief, printable
from .records import Reason, Record, records

FORMATS = ("csv", "parquet", "fiftyone", "label-studio")
LOCAL_FILES = "/data/local-files/?d="  # where Label Studio serves files of its own disk
STEP = 20_000  # rows of a Parquet file that are in memory at once
COLUMNS = {
    "image": "int64",
    "source": "string",
    "class": "string",
    "prediction": "string",
    "probability": "double",
    "rejected": "bool",
    "runner_up": "string",
}
REASON_COLUMNS = {
    "rank": "int64",
    "prompt": "string",
    "cosine": "double",
    "contribution": "double",
    "centred": "double",
}


def export_predictions(
    prediction: Prediction,
    data: ImageDataset,
    path: str | Path,
    format: str | None = None,
    reasons: int = 3,
    image_prefix: str = LOCAL_FILES,
) -> Path:
    """Write predictions and their reasons for other programs; completely or not at all.

    Parameters
    ----------
    prediction : Prediction
    data : ImageDataset
        What was predicted; it names the images, and their true classes where they are known.
    path : str or path
        The file; one of that name is replaced.
    format : {"csv", "parquet", "fiftyone", "label-studio"}, optional
        By default what the name of the path ends with.

        * ``csv``, ``parquet``: a tidy table, one row for each reason of each image: ``image``,
          ``source``, ``class`` (the true one), ``prediction``, ``probability``, ``rejected``,
          ``runner_up``; ``rank``, ``prompt``, ``cosine``, ``contribution`` and ``centred`` as in
          ``Reason``. In a CSV file, text that a spreadsheet would run
          as a formula begins with an apostrophe.
        * ``fiftyone``: the ``labels.json`` of FiftyOne's FiftyOneImageClassificationDataset;
          images are named by their source without its ending, below ``data_path``. Reasons are
          attributes of the classification.
        * ``label-studio``: tasks with predictions for ``<Choices name="choice" toName="image">``
          and ``<Image name="image" value="$image"/>``. The reasons are in ``$reasons``.
    reasons : int
        How many prompts of the best class are given for each image, at most; 0 for none.
    image_prefix : str
        Label Studio only: what stands before an image's source in its address.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If the format is not known, or prediction and data are not the same images in one order;
        for FiftyOne also if two images have the same name without its ending.
    ImportError
        If the format is "parquet" and pyarrow is not installed.
    """
    path = Path(path).expanduser()
    one_of("format", kind := format or _format_of(path), FORMATS)
    whole("reasons", reasons, 0)
    check_predicted(prediction, data)
    found = records(prediction, data, reasons)
    make_folder(path.parent)
    if kind == "fiftyone":
        _write_json(path, _fiftyone(prediction, data, found))
    elif kind == "label-studio":
        name = prediction.classifier.clip.name
        _write_json(path, _in_brackets("[", (_task(r, name, image_prefix) for r in found), "]"))
    else:
        columns = COLUMNS | (REASON_COLUMNS if reasons else {})
        {"csv": _write_csv, "parquet": _write_parquet}[kind](path, _rows(found), columns)
    return path


def _format_of(path: Path) -> str:
    ending = path.suffix.lower().removeprefix(".")
    if ending in ("csv", "parquet"):
        return ending
    raise ValueError(
        f"'{printable(path)}' does not say the format; let it end with .csv or .parquet, or give"
        " format='fiftyone' or format='label-studio'."
    )


# --- tables ---------------------------------------------------------------------------------------


def _rows(found: Iterator[Record]) -> Iterator[list[Any]]:
    """A row for each reason; for an image without one, a row without reasons."""
    for r in found:
        first = [r.image, r.source, r.true_class or None, r.label, r.probability, r.rejected]
        first.append(r.runner_up or None)
        for rank, reason in enumerate(r.reasons, 1):
            yield [*first, rank, *reason]
        if not r.reasons:
            yield first


def _write_csv(path: Path, rows: Iterator[list[Any]], columns: dict[str, str]) -> None:
    with replacing(path, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            cells = [guarded(printable(v)) if isinstance(v, str) else v for v in row]
            writer.writerow(cells)


def _write_parquet(path: Path, rows: Iterator[list[Any]], columns: dict[str, str]) -> None:
    pyarrow, parquet = arrow("A table of predictions is written as Parquet files")
    schema = pyarrow.schema(
        [(name, pyarrow.type_for_alias(kind)) for name, kind in columns.items()]
    )
    with replacing_path(path) as unfinished, parquet.ParquetWriter(unfinished, schema) as writer:
        while some := list(islice(rows, STEP)):
            arrays = [pyarrow.array(v, kind) for v, kind in zip(zip(*some), schema.types)]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


# --- JSON -----------------------------------------------------------------------------------------


def _write_json(path: Path, pieces: Iterator[str]) -> None:
    with replacing(path) as file:
        file.writelines(pieces)


def _in_brackets(opening: str, items: Iterator[str], closing: str) -> Iterator[str]:
    yield opening
    for i, item in enumerate(items):
        yield f",\n{item}" if i else f"\n{item}"
    yield f"\n{closing}\n"


def _fiftyone(prediction: Prediction, data: ImageDataset, found: Iterator[Record]) -> Iterator[str]:
    names = [_without_ending(source) for source in data.sources]
    if twice := [name for name, n in Counter(names).items() if n > 1]:
        one, other = [s for s, name in zip(data.sources, names) if name == twice[0]][:2]
        raise ValueError(
            f"'{brief(one)}' and '{brief(other)}' are both '{brief(twice[0])}' to FiftyOne, which"
            " leaves out the ending; rename one."
        )
    classes = list(prediction.class_names)
    if prediction.rejected is not None and prediction.rejected.any():
        classes += [NONE_OF_THESE] * (NONE_OF_THESE not in classes)
    place = {name: i for i, name in enumerate(classes)}
    items = (
        f"{json.dumps(names[r.image])}: {json.dumps(_classification(r, place[r.label]))}"
        for r in found
    )
    opening = f'{{"classes": {json.dumps(classes)},\n"labels": {{'
    return _in_brackets(opening, items, "}}")


def _without_ending(source: str) -> str:
    """How FiftyOne names an image: its path with slashes, without the ending."""
    return os.path.splitext(source.replace("\\", "/") if os.name == "nt" else source)[0]


def _classification(r: Record, label: int) -> dict[str, Any]:
    attributes: dict[str, Any] = {"rejected": r.rejected}
    if r.true_class:
        attributes["true_class"] = r.true_class
    if r.reasons:
        attributes["reasons"] = [reason.prompt for reason in r.reasons]
        attributes["cosines"] = [reason.cosine for reason in r.reasons]
        attributes["contributions"] = [reason.contribution for reason in r.reasons]
    return {"label": label, "confidence": r.probability, "attributes": attributes}


def _task(r: Record, model: str, prefix: str) -> str:
    """A task of Label Studio with one prediction."""
    source = r.source.replace("\\", "/") if os.name == "nt" else r.source
    address = prefix + quote(source, errors="surrogatepass")
    shown: Callable[[Reason], str] = lambda reason: f"{reason.prompt} ({reason.cosine:.3f})"
    about = {"image": address, "source": r.source, "reasons": "\n".join(map(shown, r.reasons))}
    if r.true_class:
        about["true_class"] = r.true_class
    result = {
        "id": f"image-{r.image}",
        "type": "choices",
        "from_name": "choice",
        "to_name": "image",
        "value": {"choices": [r.label]},
    }
    answer = {"model_version": model, "score": r.probability, "result": [result]}
    return json.dumps({"data": about, "predictions": [answer]})
