"""Look-alikes: unnamed individuals that share marks with a species that training shows.

Without them a model that has often met a species takes what shares some of its marks for it, since
training holds the species as a whole and everything else at random (the bias of generalised
zero-shot learning, Chao et al. 2016).
"""

from __future__ import annotations

import numpy as np

from .scene import HABITATS, Scene, compose, usual_habitat
from .world import Individual, Species, all_species, load_kind, of_no_species, random_marks

LOOKALIKES = 4  # beside the numbers of the splits, so that no scene is drawn like another
EXCHANGED = (0.15, 0.75)  # the share of the marks that are exchanged, uniform in this range
APART = 2  # visible marks in which a look-alike differs from every species, at least


def lookalike(species: Species, rng: np.random.Generator) -> Individual:
    """An unnamed individual with some marks of a species, the others at random or, for one of two,
    from another named species of its kind."""
    kind = load_kind(species.kind)
    named = [one for one in kind.species if one.seen and one is not species]

    def exchanged() -> dict[str, str]:
        other = random_marks(kind, rng)
        if rng.random() < 0.5:
            other = named[rng.integers(len(named))].marks
        share = rng.uniform(*EXCHANGED)
        return {
            slot: other[slot] if rng.random() < share else value
            for slot, value in species.marks.items()
        }

    return of_no_species(kind, rng, exchanged, APART)


def lookalike_scene(index: int, seed: int = 0) -> Scene:
    """Look-alike ``index`` of the endless training split: the named species take turns, and its
    habitat is as often the species' own, so that the habitat does not tell them apart."""
    rng = np.random.default_rng([seed, LOOKALIKES, index])
    named = [species for species in all_species() if species.seen]
    species = named[index % len(named)]
    count = int(rng.choice([1, 2, 3], p=[0.88, 0.08, 0.04]))
    habitat = usual_habitat(species, rng)
    if rng.random() < 0.3:
        habitat = str(rng.choice(HABITATS))
    return compose(lookalike(species, rng), habitat, rng, count)
