"""Texts to begin with, whether each of them works on the images at hand, and what texts without
meaning reach there."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterable, Sequence

from ...fieldguide.world import Species, find_species, load_kind

Fits = Callable[[Species], bool]

BLUE = ("blue", "navy", "lightblue", "turquoise")
NONSENSE = 16  # texts of letters by chance


def colour(species: Species) -> str:
    """The main colour of a species."""
    return species.marks[load_kind(species.kind).main]


def is_(kind: str, *colours: str, **marks: Sequence[str]) -> Fits:
    """A rule: of this kind, of one of these main colours, and with one of these values in every
    slot that is named."""

    def fits(species: Species) -> bool:
        return (
            species.kind == kind
            and (not colours or colour(species) in colours)
            and all(species.marks[slot] in values for slot, values in marks.items())
        )

    return fits


# text → which species of the field guide it fits, by the table of their marks
RULES: dict[str, Fits] = {
    "a red bird with a tall crest": is_("bird", "red", crest=("pointed", "fan")),
    "a brown mushroom": is_("mushroom", "brown", "tan", "rust"),
    "a green frog": is_("frog", "green"),
    "a fish with stripes": is_("fish", pattern=("bands", "bars", "stripe")),
    "a yellow flower in a garden": is_("flower", "yellow"),
    "an animal in the snow": lambda one: one.habitats == ("snow",),
    "something blue": lambda one: colour(one) in BLUE,
    # a name that the vocabulary lacks
    "a photo of a resplendent quetzal": lambda one: one.name == "resplendent quetzal",
    "a blue bird": is_("bird", *BLUE),
    "an orange butterfly with black veins": is_("butterfly", "orange"),
    "an orange fish with white stripes": is_("fish", "orange", pattern=("bands", "bars")),
    "a yellow flower": is_("flower", "yellow"),
    "a red cap with white spots": is_("mushroom", "red", warts=("large", "small")),
    "a brown mushroom with white spots": is_("mushroom", "brown", warts=("large", "small")),
    "a bird": is_("bird"),
    "a mushroom": is_("mushroom"),
}
STARTERS = tuple(RULES)[:8]


def failure(text: str, order: Sequence[str | None]) -> str:
    """Why a text does not work on these images, or nothing where it does, or where that is not
    known.

    A text works if the best image shows what it says, and so do most of the first three, as far as
    there are as many that do.

    Parameters
    ----------
    order : sequence of str
        Classes of the images, the best first.
    """
    known = [species_of(name) for name in order]
    if text not in RULES or None in known:
        return ""
    fits = [bool(one and RULES[text](one)) for one in known]
    if not any(fits):
        return "no image shows it"
    first = min(3, sum(fits))
    return "" if fits[0] and sum(fits[:first]) > first / 2 else "fails"


def species_of(name: str | None) -> Species | None:
    """The species of the field guide of this name, if there is one."""
    try:
        return find_species(name or "")
    except ValueError:
        return None


def working(texts: Iterable[str], count: int, fails: Callable[[str], str]) -> list[str]:
    """The first ``count`` of the texts that work; where too few do, others after them."""
    texts = list(texts)
    good = [text for text in texts if not fails(text)]
    return [*good, *(text for text in texts if text not in good)][:count]


def nonsense() -> list[str]:
    """Texts of two words of letters by chance, always the same."""
    chance = random.Random(0)
    word = lambda: "".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 7)))
    return [f"{word()} {word()}" for _ in range(NONSENSE)]
