"""An :class:`ImageDataset` of image files whose classes are known."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from ..support.progress import progress
from ..support.text import printable
from . import summary as reasons
from .files import FromFile, State, check_file, open_file, state_of
from .images import NO_LABEL, ImageDataset
from .lazy_images import LazyImages
from .summary import Summary


def from_files(
    root: Path,
    found: Sequence[tuple[str | None, Path]],
    class_names: Sequence[str],
    summary: Summary,
) -> ImageDataset:
    """An ImageDataset of files, each with its class (or None); broken ones are noted in the
    summary and skipped."""
    names = list(class_names)
    present = list(dict.fromkeys(name for name, _ in found if name is not None))
    if strangers := [name for name in present if name not in names]:
        raise ValueError(
            f"The class '{strangers[0]}' of the images is not among class_names; rename it or add"
            f" it ({len(strangers)} such)."
        )
    # around all threads: warning filters belong to the whole process
    with warnings.catch_warnings(), ThreadPoolExecutor() as pool:
        warnings.filterwarnings("ignore", module=r"PIL\.")  # remarks on EXIF that is not needed
        checked = list(
            progress(pool.map(_checked, [path for _, path in found]), len(found), "checking images")
        )
    place = {name: i for i, name in enumerate(names)}
    images, labels, keys, sources = [], [], [], []
    for (name, path), (state, key, reason, why) in zip(found, checked):
        source = printable(path.relative_to(root))
        if key is None:
            summary.skip(reason, source, why)
            continue
        images.append(FromFile(path, state, partial(open_file, path, key)))
        labels.append(NO_LABEL if name is None else place[name])
        keys.append(key)
        sources.append(source)
    summary.read = len(images)
    if not images:
        raise FileNotFoundError(
            f"None of the {len(found)} files in '{printable(root)}' is a readable image. {summary}"
        )
    data = ImageDataset(LazyImages(images), np.array(labels), names, keys, sources, summary=summary)
    summary.remarks += _in_two_classes(data)
    return data


def _checked(path: Path) -> tuple[State, str | None, str, str]:
    """The state of a file and what ``check_file`` says; the state first, so that a change between
    the two is found later."""
    return state_of(path), *check_file(path)


def _in_two_classes(data: ImageDataset) -> list[str]:
    """A remark on images that are in more than one class."""
    first: dict[str, int] = {}
    pairs = []
    for i, key in enumerate(data.keys):
        if data.labels[first.setdefault(key, i)] != data.labels[i]:
            pairs.append(f"'{data.sources[first[key]]}' and '{data.sources[i]}'")
    if not pairs:
        return []
    labels = "1 label is" if len(pairs) == 1 else f"{len(pairs):,} labels are"
    return [
        f"The same image is in two classes, so {labels} incorrect; remove the copy from the class"
        f" to which it does not belong: {reasons.some(pairs, 5)}."
    ]
