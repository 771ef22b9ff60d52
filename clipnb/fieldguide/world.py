"""The field guide's kinds, species and individuals: tables in, marks and colours out. No pixels and
no captions here.

A **kind** (bird, beetle, …) is three files in ``kinds/``: the drawing ``bird.svg``, the words
``bird.toml`` and the species ``bird.csv``. A **mark** is a slot with a value: a shape such as
``crest = tall`` or a colour such as ``crest_colour = red``. An **individual** is one figure: all
its marks, its exact colours, perhaps a species name.
"""

from __future__ import annotations

import colorsys
import csv
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from .art import Art, load_art

HERE = Path(__file__).parent
# named: in training, with its name. development and exam: neither the name nor the combination of
# marks is ever used in training; development species serve to compare methods and models, exam
# species are evaluated once, when a model is final
ROLES = ("named", "development", "exam")
KINDS = ("bird", "butterfly", "beetle", "fish", "frog", "flower", "mushroom", "leaf")


@dataclass(frozen=True)
class Species:
    """One row of a species table: a real species and its field marks."""

    name: str
    latin: str
    kind: str
    role: str  # one of ROLES
    habitats: tuple[str, ...]
    marks: dict[str, str]

    @property
    def seen(self) -> bool:
        """Whether training shows and names it."""
        return self.role == "named"


@dataclass(frozen=True)
class Kind:
    """A kind of living thing: its drawing, its slots with their values, its words and its
    species."""

    name: str
    nouns: list[str]
    main: str  # the colour slot that "a red bird" speaks of
    parts: dict[str, dict]  # part -> nouns, plural, colour slot, shape slots, shown, extra phrases
    slots: dict[str, dict[str, dict]]  # shape slot -> value -> adjectives, phrases
    colours: dict[str, list[str]]  # colour slot -> colours that an unnamed individual may have
    art: Art
    # what may be said of a combination of values: slot -> accepted values, and phrases
    impressions: list[dict] = field(default_factory=list)
    species: list[Species] = field(default_factory=list)  # without those of the exam
    exam: list[Species] = field(default_factory=list)

    def shown(self, part: str, marks: dict[str, str]) -> bool:
        """Whether a part can be seen on an individual with these marks."""
        return all(
            marks[slot] in values for slot, values in self.parts[part].get("shown", {}).items()
        )

    def visible(self, marks: dict[str, str]) -> dict[str, str]:
        """The marks that belong to parts which can be seen."""
        keep = {}
        for name, part in self.parts.items():
            if self.shown(name, marks):
                for slot in slots_of(part):
                    keep[slot] = marks[slot]
        return keep

    def absent(self, marks: dict[str, str]) -> dict[str, str]:
        """The marks that say that a part is not there, or not marked: no crest, a plain face."""
        seen, keep = self.visible(marks), {}
        for part in self.parts.values():
            for slot in part.get("shapes", []):
                hides = marks[slot] not in part.get("shown", {}).get(slot, [marks[slot]])
                if slot not in seen and hides:
                    keep[slot] = marks[slot]
        return keep


def slots_of(part: dict) -> list[str]:
    """The slots of a part of a kind: those of its shape, then that of its colour."""
    return [*part.get("shapes", []), *([part["colour"]] if "colour" in part else [])]


@dataclass(frozen=True)
class Individual:
    """One figure. ``colours`` are exact ``#rrggbb`` values, strayed a little from the species'
    colours."""

    kind: str
    marks: dict[str, str]
    colours: dict[str, str]
    species: str | None = None


@lru_cache(maxsize=1)
def palette() -> dict[str, dict]:
    """Colour name → rgb, spread, words."""
    return tomllib.loads((HERE / "palette.toml").read_text("utf-8"))


@cache
def load_kind(name: str, folder: Path = HERE / "kinds") -> Kind:
    """Read a kind's three files and check that they agree."""
    words = tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))
    slots = {slot: values for slot, values in words["slots"].items()}
    kind = Kind(
        name,
        words["nouns"],
        words["main"],
        words["parts"],
        slots,
        words["colours"],
        load_art(folder / f"{name}.svg"),
        words.get("impressions", []),
    )
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            fixed = {key: row.pop(key).strip() for key in ("name", "latin", "role", "habitats")}
            species = Species(
                fixed["name"],
                fixed["latin"],
                name,
                fixed["role"],
                tuple(fixed["habitats"].split(";")),
                {slot: value.strip() for slot, value in row.items()},
            )
            (kind.exam if species.role == "exam" else kind.species).append(species)
    _check(kind)
    return kind


def _check(kind: Kind) -> None:
    """Raise ValueError where drawing, words and species disagree: an unknown slot, value, colour or
    part."""

    def fail(what):
        raise ValueError(f"kind {kind.name}: {what}")

    for slot in kind.art.slots:
        if f"{slot}_colour" not in kind.colours:
            fail(f"the drawing paints with '{slot}', but [colours] has no '{slot}_colour'")
    for slot, values in kind.art.conditions.items():
        if unknown := values - set(kind.slots.get(slot, {})):
            fail(
                f"the drawing asks for {slot}={sorted(unknown)}, which [slots.{slot}] does not list"
            )
    for slot, colours in kind.colours.items():
        if unknown := set(colours) - set(palette()):
            fail(f"{slot} lists unknown colours {sorted(unknown)}")
    for name, part in kind.parts.items():
        for slot in [*part.get("shapes", []), *part.get("shown", {})]:
            if slot not in kind.slots:
                fail(f"part {name} names the unknown slot {slot}")
        if "colour" in part and part["colour"] not in kind.colours:
            fail(f"part {name} names the unknown colour slot {part['colour']}")
    for impression in kind.impressions:
        for slot, accepted in impression["when"].items():
            known = kind.slots[slot] if slot in kind.slots else palette()
            if slot not in kind.slots and slot not in kind.colours:
                fail(f"an impression names the unknown slot {slot}")
            if unknown := set(accepted) - set(known):
                fail(f"an impression names the unknown values {slot}={sorted(unknown)}")
    columns = set(kind.slots) | set(kind.colours)
    for species in [*kind.species, *kind.exam]:
        if species.role not in ROLES:
            fail(f"{species.name} has the unknown role '{species.role}'")
        if set(species.marks) != columns:
            fail(
                "the columns of the species table differ from the slots:"
                f" {sorted(set(species.marks) ^ columns)}"
            )
        for slot, value in species.marks.items():
            if value not in (kind.slots[slot] if slot in kind.slots else palette()):
                fail(f"{species.name} has the unknown value {slot}={value}")


@lru_cache
def all_species(exam: bool = False) -> tuple[Species, ...]:
    """The species kind by kind, in the order of the tables: those that are named in training and
    the development species, or with ``exam`` the exam species alone."""
    kinds = [load_kind(name) for name in KINDS]
    return tuple(one for kind in kinds for one in (kind.exam if exam else kind.species))


def find_species(name: str) -> Species:
    """The species of this name; ValueError naming it if there is none."""
    for species in [*all_species(), *all_species(exam=True)]:
        if species.name == name:
            return species
    raise ValueError(
        f"The field guide has no species '{name}'; load_fieldguide().class_names lists them."
    )


def stray(colour: str, rng: np.random.Generator) -> str:
    """An individual's shade of a named colour: hue, saturation and value move a little."""
    entry = palette()[colour]
    r, g, b = (int(entry["rgb"][i : i + 2], 16) / 255 for i in (1, 3, 5))
    h, s, v = colorsys.rgb_to_hsv(r, g, b)
    dh, ds, dv = rng.uniform(-1, 1, 3) * entry["spread"]
    r, g, b = colorsys.hsv_to_rgb((h + dh) % 1, min(max(s + ds, 0), 1), min(max(v + dv, 0), 1))
    return "#" + "".join(f"{round(c * 255):02x}" for c in (r, g, b))


def paint(marks: dict[str, str], rng: np.random.Generator) -> dict[str, str]:
    """Exact colours for all colour slots; slots of the same named colour share one shade, as on a
    real animal."""
    shades = {}
    for slot, value in marks.items():
        if slot.endswith("_colour") and value not in shades:
            shades[value] = stray(value, rng)
    return {
        slot.removesuffix("_colour"): shades[value]
        for slot, value in marks.items()
        if slot.endswith("_colour")
    }


def named_individual(species: Species, rng: np.random.Generator) -> Individual:
    """An individual of a species."""
    return Individual(species.kind, species.marks, paint(species.marks, rng), species.name)


def random_marks(kind: Kind, rng: np.random.Generator) -> dict[str, str]:
    """A value for every slot of a kind, and a colour for every colour slot."""
    marks = {slot: str(rng.choice(list(values))) for slot, values in kind.slots.items()}
    return marks | {slot: str(rng.choice(values)) for slot, values in kind.colours.items()}


def of_no_species(
    kind: Kind, rng: np.random.Generator, marks_of: Callable[[], dict[str, str]], apart: int = 2
) -> Individual:
    """An individual with the first marks that differ from every species' in at least ``apart``
    visible ones."""
    for _ in range(1000):
        marks = marks_of()
        if all(difference(kind, marks, one.marks) >= apart for one in [*kind.species, *kind.exam]):
            return Individual(kind.name, marks, paint(marks, rng))
    raise RuntimeError(
        f"kind {kind.name}: no free combination of marks found; give its slots more values."
    )


def unnamed_individual(kind: Kind, rng: np.random.Generator, apart: int = 2) -> Individual:
    """An individual of no species: random marks that differ from every species' in at least
    ``apart`` visible marks."""
    return of_no_species(kind, rng, lambda: random_marks(kind, rng), apart)


def difference(kind: Kind, a: dict[str, str], b: dict[str, str]) -> int:
    """Number of visible marks in which two individuals of a kind differ."""
    a, b = kind.visible(a), kind.visible(b)
    return sum(a.get(slot) != b.get(slot) for slot in a.keys() | b.keys())
