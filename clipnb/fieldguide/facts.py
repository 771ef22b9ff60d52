"""What is true of an image, and which captions are true of which images."""

from __future__ import annotations

import numpy as np

from .scene import HABITATS, Scene
from .world import KINDS, Kind, all_species, load_kind, palette

Claims = dict[str, frozenset[str]]


def facts(scene: Scene) -> Claims:
    """All that is true of an image: slot → the values it shows. Shape values are qualified by kind
    (``bird:tall``)."""
    individual = scene.individual
    kind = load_kind(individual.kind)
    shown = kind.visible(individual.marks) | kind.absent(individual.marks)
    known = {
        "kind": frozenset([kind.name]),
        "habitat": frozenset([scene.habitat]),
        "count": frozenset([str(len(scene.poses))]),
        "main": frozenset([individual.marks[kind.main]]),
    }
    known["shows"] = known["shows2"] = frozenset(facts_colours(kind, individual.marks))
    if individual.species:
        known["species"] = frozenset([individual.species])
    for slot, value in shown.items():
        known[slot] = frozenset([value if slot.endswith("_colour") else f"{kind.name}:{value}"])
    return known


def is_true(claims: Claims, known: Claims) -> bool:
    """Whether an image's facts meet all claims of a caption."""
    return all(known.get(slot, frozenset()) & values for slot, values in claims.items())


def facts_colours(kind: Kind, marks: dict) -> set[str]:
    """The colours that can be seen on an individual."""
    return {value for slot, value in kind.visible(marks).items() if slot.endswith("_colour")}


class FactCoder:
    """Facts and claims as integers, so that "which captions are true of which images" is
    arithmetic on a whole batch.

    A slot's values are bits of an int64; an image has a row of bit sets, a caption up to ``width``
    pairs (slot, accepted bits).
    """

    def __init__(self, width: int = 16):
        self.width = width
        values: dict[str, dict[str, int]] = {"any": {"": 0}}

        def note(slot: str, value: str) -> None:
            bits = values.setdefault(slot, {})
            bits.setdefault(value, len(bits))

        for colour in palette():
            note("main", colour)
            note("shows", colour)
            note("shows2", colour)
        for habitat in HABITATS:
            note("habitat", habitat)
        for count in "123":
            note("count", count)
        for species in all_species():
            note("kind", species.kind)
            note(f"species:{species.kind}", species.name)
        for name in KINDS:
            kind = load_kind(name)
            for slot, choices in kind.slots.items():
                for value in choices:
                    note(slot, f"{name}:{value}")
            for slot in kind.colours:
                for colour in palette():
                    note(slot, colour)
        values["nothing"] = {"true": 0}
        for slot, bits in values.items():
            if len(bits) > 63:
                raise ValueError(
                    f"Slot {slot} has {len(bits)} values over all kinds; 63 fit. Rename it in some"
                    " of them."
                )
        self.values, self.slots = values, {slot: i for i, slot in enumerate(values)}
        self.kind_of = {species.name: species.kind for species in all_species()}

    def facts(self, known: Claims) -> np.ndarray:
        """(slots,) int64 bit sets of an image."""
        row = np.zeros(len(self.slots), np.int64)
        row[0] = 1
        for slot, accepted in known.items():
            slot, bits = self._bits(slot, accepted)
            row[self.slots[slot]] = bits
        return row

    def _bits(self, slot: str, accepted: frozenset[str]) -> tuple[str, int]:
        if slot == "species":
            slot = f"species:{self.kind_of[next(iter(accepted))]}"
        return slot, sum(1 << self.values[slot][value] for value in accepted)

    def claims(self, claims: Claims) -> tuple[np.ndarray, np.ndarray]:
        """Slot indices and accepted bits, both (width,) int64; unused places accept everything."""
        slots, bits = np.zeros(self.width, np.int64), np.ones(self.width, np.int64)
        for i, (slot, accepted) in enumerate(list(claims.items())[: self.width]):
            slot, bits[i] = self._bits(slot, accepted)
            slots[i] = self.slots[slot]
        return slots, bits


def true_pairs(facts: np.ndarray, slots: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Which captions are true of which images.

    Parameters
    ----------
    facts : (images, slots) int64
    slots, bits : (captions, width) int64, from :meth:`FactCoder.claims`

    Returns
    -------
    (images, captions) bool
    """
    true = np.ones((len(facts), len(slots)), bool)
    for column in range(slots.shape[1]):
        if (slots[:, column] == 0).all():
            break
        true &= (facts[:, slots[:, column]] & bits[:, column]) != 0
    return true
