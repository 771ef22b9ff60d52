"""``load_fieldguide``: the bundled world as an ImageDataset."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ..data.images import ImageDataset
from ..data.lazy_images import LazyImages
from .hard import conditions_of, hard_scene
from .scene import Scene, draw, part_mask, species_scene
from .versions import drawing_version
from .world import all_species

PER_SPECIES = {"train": 20, "test": 20, "shifted": 10, "hard": 20}  # split → images


def load_fieldguide(
    split: str = "test",
    kinds: str | Sequence[str] | None = None,
    per_species: int | None = None,
    size: int = 224,
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

    Returns
    -------
    ImageDataset
        ``seen`` is False for the species whose names and combinations of marks were held out of
        training. The train split has seen species only.
    """
    if split not in PER_SPECIES:
        raise ValueError(f"There is no split '{split}'; the splits are {', '.join(PER_SPECIES)}.")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    known = list(dict.fromkeys(species.kind for species in all_species()))
    if unknown := [kind for kind in kinds or [] if kind not in known]:
        raise ValueError(f"There is no kind '{unknown[0]}'; the kinds are {', '.join(known)}.")
    everyone = [species for species in all_species() if species.seen or split != "train"]
    names = [species.name for species in everyone]
    chosen = [i for i, species in enumerate(everyone) if kinds is None or species.kind in kinds]
    count = per_species or PER_SPECIES[split]
    # an image's number does not depend on `kinds`
    indices = [round_ * len(names) + i for i in chosen for round_ in range(count)]
    scenes = [_scene(split, index, names) for index in indices]
    openers = [lambda scene=scene: draw(scene, size) for scene in scenes]
    keys = [
        hashlib.sha256(f"{drawing_version()} {size} {scene}".encode()).hexdigest()
        for scene in scenes
    ]
    return ImageDataset(
        LazyImages(openers),
        np.repeat(np.arange(len(chosen)), count),
        [names[i] for i in chosen],
        keys,
        [f"{split}/{index}" for index in indices],
        np.array([everyone[i].seen for i in chosen]),
        scenes,
        size,
        part_mask=part_mask,
        conditions_of=conditions_of,
    )


def _scene(split: str, index: int, names: list[str]) -> Scene:
    return hard_scene(index, names) if split == "hard" else species_scene(split, index, names)
