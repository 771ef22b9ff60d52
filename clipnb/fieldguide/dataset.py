"""``load_fieldguide``: the bundled world as an ImageDataset."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from functools import partial

import numpy as np

from ..data.images import ImageDataset
from ..data.lazy_images import LazyImages
from ..support.arguments import whole
from .hard import conditions_of, hard_scene
from .name_frequency import trained_frequencies
from .scene import Scene, draw, part_mask, species_scene
from .versions import FIELD_GUIDE, drawing_version
from .world import KINDS, all_species

PER_SPECIES = {"train": 20, "test": 20, "shifted": 10, "hard": 20}  # split → images
EXAM_SEED = 1  # so that no image of the exam has the pose and place of another image


def load_fieldguide(
    split: str = "test",
    kinds: str | Sequence[str] | None = None,
    per_species: int | None = None,
    size: int = 224,
    species: str | None = None,
) -> ImageDataset:
    """Images of the field guide's species.

    Parameters
    ----------
    split : {"test", "train", "shifted", "hard"}
        ``test``: images never trained on. ``train``: images as those of the seen species in
        training. ``shifted``: every species in a habitat where it is not usually found. ``hard``:
        figures that are small, turned, partly hidden by plants, at dusk, in front of another
        creature or in a foreign habitat; :meth:`ImageDataset.conditions` says which. The same
        split and number are the same image, always.
    kinds : str or list of str, optional
        Only these kinds ("bird", "frog", …).
    per_species : int, optional
        Images per species; 20, in shifted 10.
    size : int
        Side of the square images in pixels.
    species : {None, "exam"}
        None: the 92 species of training and development. ``exam``: images of the 16 exam species
        only, with all 108 names as classes; for one evaluation of a model that is final.

    Returns
    -------
    ImageDataset
        ``seen`` is False for the species whose names and combinations of marks were held out of
        training, and ``name_frequency`` 0. The train split has seen species only.

    Raises
    ------
    ValueError
        If there is no such split, kind or set of species.
    RuntimeError
        If a test asks for the exam, unless the environment variable CLIPNB_EXAM gives a reason.

    Examples
    --------
    >>> frogs = clipnb.load_fieldguide("test", kinds="frog", per_species=2)
    >>> frogs
    ImageDataset(22 images, 11 classes)
    >>> frogs.of_class("tree frog").images[0].size
    (224, 224)
    """
    kinds = [kinds] if isinstance(kinds, str) else kinds
    _check(split, kinds, species)
    shown = [one for one in all_species() if one.seen or split != "train"]
    everyone, seed = shown, 0
    if species == "exam":
        _refuse_in_tests()
        shown, seed = list(all_species(exam=True)), EXAM_SEED
        everyone = everyone + shown
    names = [one.name for one in shown]
    classes = [one for one in everyone if kinds is None or one.kind in kinds]
    chosen = [i for i, one in enumerate(shown) if one in classes]
    count = PER_SPECIES[split] if per_species is None else per_species
    whole("per_species", count, 1)
    whole("size", size, 1)
    # an image's number does not depend on `kinds`
    indices = [round_ * len(names) + i for i in chosen for round_ in range(count)]
    scenes = [_scene(split, index, names, seed) for index in indices]
    openers = [partial(draw, scene, size) for scene in scenes]
    keys = [
        hashlib.sha256(f"{drawing_version()} {size} {scene}".encode()).hexdigest()
        for scene in scenes
    ]
    return ImageDataset(
        LazyImages(openers),
        np.repeat([classes.index(shown[i]) for i in chosen], count),
        [one.name for one in classes],
        keys,
        [f"{split}/{species}/{index}" if species else f"{split}/{index}" for index in indices],
        np.array([one.seen for one in classes]),
        scenes,
        size,
        part_mask=part_mask,
        conditions_of=conditions_of,
        name_frequency=_frequencies([one.name for one in classes]),
        field_guide=FIELD_GUIDE,
    )


def _frequencies(names: list[str]) -> np.ndarray:
    known = trained_frequencies()
    return np.array([known[name] for name in names])


def _check(split: str, kinds: Sequence[str] | None, species: str | None) -> None:
    if split not in PER_SPECIES:
        raise ValueError(f"There is no split '{split}'; the splits are {', '.join(PER_SPECIES)}.")
    if unknown := [kind for kind in kinds or [] if kind not in KINDS]:
        raise ValueError(f"There is no kind '{unknown[0]}'; the kinds are {', '.join(KINDS)}.")
    if species not in (None, "exam"):
        raise ValueError(
            f"There is no set of species '{species}'; give \"exam\", or None for all the others."
        )
    if species == "exam" and split == "train":
        raise ValueError("The split train has no exam species, since no training shows them.")


def _refuse_in_tests() -> None:
    if "PYTEST_CURRENT_TEST" in os.environ and not os.environ.get("CLIPNB_EXAM", "").strip():
        raise RuntimeError(
            "Tests do not read the exam species, which are evaluated once, when a model is final;"
            " set CLIPNB_EXAM to a reason if this one must."
        )


def _scene(split: str, index: int, names: list[str], seed: int) -> Scene:
    if split == "hard":
        return hard_scene(index, names, seed)
    return species_scene(split, index, names, seed)
