"""``load_fieldguide``: the bundled world as an ImageDataset."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from ..data.images import ImageDataset
from ..data.lazy_images import LazyImages
from .scene import SPLITS, draw, part_mask, species_scene
from .versions import drawing_version
from .world import all_species

PER_SPECIES = {"train": 20, "test": 20, "shifted": 10}


def load_fieldguide(
    split: str = "test",
    kinds: str | Sequence[str] | None = None,
    per_species: int | None = None,
    size: int = 224,
) -> ImageDataset:
    """Images of the field guide's species.

    Parameters
    ----------
    split : {"test", "train", "shifted"}
        ``test``: images never trained on. ``train``: images as those of the seen species in
        training. ``shifted``: every species in a habitat where it is not usually found. The same
        split and number are the same image, always.
    kinds : str or list of str, optional
        Only these kinds ("bird", "frog", …).
    per_species : int, optional
        Images per species; 20 in test and train, 10 in shifted.
    size : int
        Side of the square images in pixels.

    Returns
    -------
    ImageDataset
        ``seen`` is False for the species whose names and combinations of marks were held out of
        training. The train split has seen species only.
    """
    if split not in SPLITS:
        raise ValueError(f"There is no split '{split}'; the splits are {', '.join(SPLITS)}.")
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
    scenes = [species_scene(split, index, names) for index in indices]
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
    )
