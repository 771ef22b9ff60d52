"""Embeddings of others as an ImageDataset, if everything in them belongs together: one model, one
dimension, unit rows, a row of the table for every embedding."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from ..data.given import list_of_names
from ..data.images import NO_LABEL, ImageDataset
from ..data.lazy_images import NoImages
from ..support.limits import EMBEDDING_BYTES, MB
from ..support.names import check_names
from ..support.text import brief, printable
from .checks import check_is_model
from .clip import Clip
from .foreign import Found, Part, Refused
from .rows import unit_rows

STEP = 16_384  # rows that are converted at once


def joined(
    found: Found, clip: Clip | None, normalize: bool, class_names: Sequence[str] | None
) -> ImageDataset:
    """What a reader found, checked.

    Parameters
    ----------
    found : Found
    clip : Clip, optional
        The model that made the embeddings; needed where the file does not say so itself.
    normalize : bool
        Divide embeddings by their length, in place of refusing those whose length is not 1.
    class_names : list of str, optional
        All classes, in the order that labels which are numbers mean.

    Raises
    ------
    ValueError
        If model, dimension, length, numbers, counts or classes do not fit; the message names what.
    """
    if class_names is not None:
        class_names = list_of_names(class_names)
    check_is_model(clip, optional=True)
    model = _model(found, clip)
    embeddings = np.zeros((0, clip.dim if clip else 0), np.float32)
    start, columns = 0, {"sources": [], "classes": [], "keys": []}
    for part in found.parts:
        _check_shape(part, clip, embeddings if start else None)
        if not start:
            _check_size(found, part.vectors.shape[1])
            embeddings = np.empty((found.count, part.vectors.shape[1]), np.float32)
        end = start + len(part.vectors)
        if end > found.count:
            raise Refused(f"{found.where} was written while it was read; read it once more.")
        _copy(part, embeddings[start:end], normalize)
        for name, values in columns.items():
            given = part.columns.get(name)
            values += [None] * (end - start) if given is None else list(given)
        _check_models(part, clip)
        start = end
    if start < found.count:
        raise Refused(f"{found.where} was written while it was read; read it once more.")
    known = found.class_names if class_names is None else class_names
    names, labels = _classes(columns["classes"], known, found.where)
    sources = [
        f"{found.where.strip(chr(39))} {i}" if value is None else printable(_text(value))
        for i, value in enumerate(columns["sources"])
    ]
    keys = [
        hashlib.sha256(row.tobytes()).hexdigest() if value is None else _text(value)
        for row, value in zip(embeddings, columns["keys"])
    ]
    data = ImageDataset(
        NoImages(sources), labels, names, keys, sources, embeddings=embeddings, model=model
    )
    _field_guide(data, found)
    return data


# --- rows -----------------------------------------------------------------------------------------


def _check_shape(part: Part, clip: Clip | None, before: np.ndarray | None) -> None:
    shape, kind = part.vectors.shape, part.vectors.dtype.kind
    if len(shape) != 2 or kind != "f":
        raise Refused(
            f"{part.where} holds {part.vectors.dtype} of the shape {shape}, not (n, dim) floats;"
            " give the file with one embedding in each row."
        )
    if before is not None and len(part.vectors) and shape[1] != before.shape[1]:
        raise Refused(
            f"{part.where} has embeddings of {shape[1]:,} dimensions, but those before it have"
            f" {before.shape[1]:,}; give the files of one model only."
        )
    if clip is not None and len(part.vectors) and shape[1] != clip.dim:
        raise Refused(
            f"{part.where} has embeddings of {shape[1]:,} dimensions, but those of '{clip.name}'"
            f" have {clip.dim:,}; give the model that made them."
        )


def _check_size(found: Found, width: int) -> None:
    if 4 * found.count * width > EMBEDDING_BYTES:
        raise Refused(
            f"{found.where} has {found.count:,} embeddings of {width:,} numbers; at most"
            f" {EMBEDDING_BYTES // MB:,} MB are read, so split it."
        )


def _copy(part: Part, into: np.ndarray, normalize: bool) -> None:
    """The rows of a part, checked, a block at a time."""
    for start in range(0, len(into), STEP):
        some = part.vectors[start : start + STEP]
        wide = some.dtype.itemsize if some.dtype.itemsize in (2, 4) else 8
        rows = torch.from_numpy(np.array(some, f"=f{wide}"))  # a copy, in this machine's byte order
        first = part.first + start
        called: Callable[[int], str] = lambda i, first=first: (
            f"Embedding {first + i} of {part.where}"
        )
        repair = "embed its image again, or let normalize=True divide by it"
        into[start : start + STEP] = unit_rows(rows, called, repair, normalize).numpy()


# --- model ----------------------------------------------------------------------------------------


def _model(found: Found, clip: Clip | None) -> dict[str, str]:
    """Name and fingerprint of the model: the file's own, or the caller's."""
    name, fingerprint = found.note.get("name"), found.note.get("fingerprint")
    if isinstance(name, str) and isinstance(fingerprint, str):
        check_model(name, fingerprint, clip, found.where)
        return {"name": name, "fingerprint": fingerprint}
    if clip is None:
        raise Refused(
            f"{found.where} does not say which model made its embeddings; give that model:"
            " load_embeddings(path, clip=load_clip(…))."
        )
    if isinstance(name, str):
        _check_name(name, clip, found.where)
    return {"name": clip.name, "fingerprint": clip.fingerprint}


def check_model(name: str, fingerprint: str, clip: Clip | None, where: str) -> None:
    """Refused if embeddings were made by another model than ``clip``, if that is given."""
    if clip is not None and clip.fingerprint != fingerprint:
        raise Refused(
            f"{where} holds embeddings of the model '{brief(name)}' ({brief(fingerprint)}), not of"
            f" '{clip.name}' ({clip.fingerprint}); load that model, or embed the images again with"
            " this one."
        )


def _check_models(part: Part, clip: Clip | None) -> None:
    """The names of models in a column, where there is one."""
    for name in dict.fromkeys(part.columns.get("models", ())):
        if clip is not None and name is not None:
            _check_name(_text(name), clip, part.where)


def _check_name(name: str, clip: Clip, where: str) -> None:
    """Names are compared without their owner ("openai/")."""
    last = lambda text: text.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].casefold()
    if last(name) != last(clip.name):
        raise Refused(
            f"{where} says that its embeddings are of the model '{brief(name)}', not of"
            f" '{clip.name}'; load that model, or remove the entry if it is the same."
        )


# --- classes and names ----------------------------------------------------------------------------


def _classes(
    given: list[Any], class_names: Sequence[Any] | None, where: str
) -> tuple[list[str], np.ndarray]:
    """(names, labels): classes that are names, or indices into ``class_names``."""
    if any(isinstance(value, (list, tuple, np.ndarray)) for value in given):
        raise Refused(
            f"The labels in {where} have several numbers for each embedding; write one class each."
        )
    values = [None if _missing(value) else value for value in given]
    present = [value for value in dict.fromkeys(values) if value is not None]
    numbers = [value for value in present if not isinstance(value, (str, bytes))]
    if class_names is not None:
        names = [_text(name) for name in class_names]
    elif numbers:
        raise Refused(
            f"The labels in {where} are numbers such as {brief(numbers[0], 20)}, and it has no"
            " class_names; give class_names=, in the order of these numbers."
        )
    else:
        names = sorted({_text(value) for value in present})
    check_names(names, f"class_names of {where}")
    if numbers and len(numbers) < len(present):
        raise Refused(f"The labels in {where} are numbers and texts; write one kind only.")
    places: dict[Any, int] = {name: i for i, name in enumerate(names)}
    if numbers:
        places = {value: _index(value, len(names), where) for value in numbers}
    else:
        if strangers := [value for value in present if _text(value) not in places]:
            raise Refused(
                f"The class '{brief(_text(strangers[0]))}' in {where} is not among class_names; add"
                " it, or rename it there."
            )
        places |= {value: places[_text(value)] for value in present}
    labels = [NO_LABEL if value is None else places[value] for value in values]
    return names, np.array(labels, int)


def _missing(value: Any) -> bool:
    """Whether the class of an image is not known: nothing, NaN, -1 or an empty text."""
    return (
        value is None
        or value != value
        or (isinstance(value, (str, bytes)) and not value)
        or (not isinstance(value, (str, bytes)) and value == NO_LABEL)
    )


def _index(value: Any, classes: int, where: str) -> int:
    if isinstance(value, (bool, np.bool_)) or int(value) != value or not 0 <= value < classes:
        raise Refused(
            f"A label in {where} is {brief(value, 20)}, but there are {classes:,} classes; labels"
            f" are 0 to {classes - 1:,}, or {NO_LABEL} where the class is not known."
        )
    return int(value)


def _text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _field_guide(data: ImageDataset, found: Found) -> None:
    """What is kept with embeddings of the field guide's images, if the file has it."""
    for name, kind in (("seen", bool), ("name_frequency", int)):
        values = found.note.get(name)
        if isinstance(values, list) and len(values) == len(data.class_names):
            if all(isinstance(value, kind) for value in values):
                setattr(data, name, np.array(values))
    if isinstance(version := found.note.get("field_guide"), int):
        data.field_guide = version
