"""The folder that ``clip-retrieval inference`` writes: arrays and tables, a pair of each number."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from .foreign import Found, Refused, called, mapped, with_table
from .tables import note_of, table_columns

IMAGES, TABLES = "img_emb", "metadata"  # its folders


def is_clip_retrieval(folder: Path) -> bool:
    """Whether a folder has the layout of clip-retrieval."""
    return (folder / IMAGES).is_dir()


def read_clip_retrieval(folder: Path) -> Found:
    """The folder that ``clip-retrieval inference`` writes: ``img_emb/img_emb_*.npy`` and
    ``metadata/metadata_*.parquet``, which belong together by their numbers."""
    numbered = sorted(
        (int(match[1]), match[1], path)
        for path in (folder / IMAGES).glob("img_emb_*.npy")
        if (match := re.fullmatch(r"img_emb_(\d+)\.npy", path.name, re.ASCII))
    )
    if not numbered:
        raise FileNotFoundError(
            f"{called(folder / IMAGES)} has no file img_emb_0.npy or the like; give the folder that"
            " clip-retrieval wrote."
        )
    pairs = []
    for _, number, path in numbered:
        table = folder / TABLES / f"metadata_{number}.parquet"
        if not table.is_file():
            raise Refused(
                f"{called(path)} has no {called(table)} beside it; copy the whole folder again."
            )
        pairs.append((path, table))

    count = sum(len(np.atleast_1d(mapped(path))) for path, _ in pairs)
    parts = (with_table(path, table, table_columns) for path, table in pairs)
    note = note_of(pairs[0][1])
    return Found(called(folder), count, parts, note.pop("class_names", None), note)
