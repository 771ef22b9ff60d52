"""How often a species' name occurs in training: a long tail, as on the web.

The captions of the open web name few things often and most things rarely, and what CLIP makes of a
name follows how often it was read (Udandarao et al. 2024; Parashar et al. 2023). So each species
that training shows has a wanted frequency between 1 and 5,000 in a pool of 1.9 million captions,
and of its captions only so many name it. Its images are as many as those of any other: the name is
rare, not the appearance.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from ..support.json_file import read_json
from .world import HERE, KINDS, load_kind

# band → the fewest and the most captions with a name of this band
BANDS = {"common": (301, 5000), "uncommon": (31, 300), "rare": (1, 30)}
# how many captions a pool of full size has of each species that training shows
CAPTIONS_PER_SPECIES = 6400
# what a model's folder says of its training: version of the field guide, captions, names in them
TRAINED_ON = "field_guide.json"
BUNDLED = HERE.parent / "pretrained"


def band(frequency: int) -> str:
    """The band that a name frequency belongs to; ``"zero"`` where training never wrote the name."""
    if frequency > BANDS["common"][1] or frequency >= BANDS["common"][0]:
        return "common"
    return "uncommon" if frequency >= BANDS["uncommon"][0] else "rare" if frequency else "zero"


@lru_cache(maxsize=1)
def wanted_frequencies(seed: int = 22) -> dict[str, int]:
    """Species → captions with its name in a pool of full size, log-uniform within a band.

    Each kind has some species of each band. Who belongs to which is decided by the seed alone, not
    by how hard a species is to tell apart.
    """
    rng, wanted = np.random.default_rng(seed), {}
    for name in KINDS:
        species = [one.name for one in load_kind(name).species if one.seen]
        # three each, and where there are fewer than nine the last bands have one less
        bands = [list(BANDS)[i % len(BANDS)] for i in range(len(species))]
        for one, which in zip(rng.permutation(species), bands, strict=True):
            low, high = BANDS[which]
            wanted[str(one)] = int(round(np.exp(rng.uniform(np.log(low), np.log(high)))))
    return wanted


def is_named(species: str, number: int) -> bool:
    """Whether caption ``number`` of all those of a species holds its name: evenly spread, and in
    a pool of full size exactly as many as wanted."""
    rate = wanted_frequencies()[species] / CAPTIONS_PER_SPECIES
    return int((number + 1) * rate + 0.5) > int(number * rate + 0.5)


def trained_frequencies(folder: Path = BUNDLED) -> dict[str, int]:
    """Species → in how many training captions of a model its name occurs, counted in the captions
    and stored in the model's folder.

    Raises
    ------
    ValueError
        If the model was not trained on this version of the field guide.
    """
    note = Path(folder) / TRAINED_ON
    if not note.exists():
        raise ValueError(
            f"The model in '{folder}' does not say what it was trained on ({TRAINED_ON} is"
            " missing); train it with `clipnb pretrain`, or take the bundled one."
        )
    return read_json(note, "a note of training")["name_frequency"]
