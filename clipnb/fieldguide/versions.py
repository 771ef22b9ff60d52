"""Digests of the field guide: what decides an image, and what decides a caption."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from .lookalikes import lookalike_scene
from .scene import to_svg, training_scene
from .world import HERE, KINDS, load_kind, palette

# of the species and their drawings: a model notes on which it was trained. It grows when
# `world_version` changes, which a test watches
FIELD_GUIDE = 3


def _digest(paths: Iterable[Path], *more: object) -> str:
    digest = hashlib.sha256(repr(more).encode())
    for path in sorted(paths):
        # the same on every system, whatever git does to line ends
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def drawing_version() -> str:
    """Of everything that decides what a scene looks like; embeddings of older drawings are not used
    again."""
    code = (HERE / f"{name}.py" for name in ("art", "scene", "hard", "foreground"))
    return _digest([*HERE.rglob("*.svg"), *code])


@lru_cache(maxsize=1)
def world_version() -> str:
    """Of everything that decides which images a model is trained on: drawings, species, marks and
    colours, but no words."""
    tables = [
        (
            kind.name,
            {slot: list(values) for slot, values in kind.slots.items()},
            kind.colours,
            kind.species,
            kind.exam,
        )
        for kind in map(load_kind, KINDS)
    ]
    colours = {name: (entry["rgb"], entry["spread"]) for name, entry in palette().items()}
    # a sample stands for the code that poses and paints, so that a reworded comment changes nothing
    sample = [to_svg(scene(i)) for scene in (training_scene, lookalike_scene) for i in range(20)]
    return _digest(HERE.rglob("*.svg"), tables, colours, sample)


@lru_cache(maxsize=1)
def caption_version() -> str:
    """Of everything that decides the training captions."""
    names = ("captions", "caption_words", "word_meanings", "species_names", "name_frequency")
    words = [*(HERE / f"{name}.py" for name in names), *HERE.rglob("*.toml")]
    return _digest(words, world_version())
