"""The same image with one thing changed: a part gone, another colour, another habitat, a stranger
in the background.

Such pairs of images are what tells a cause from a coincidence. Nothing here knows of a model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from .captions import article
from .scene import HABITATS, Pose, Scene, compose, draw, figure_mask, part_mask
from .world import KINDS, Individual, Kind, load_kind, paint, palette, stray, unnamed_individual

# Without these, the parts drawn on them would float in the air. They are never taken away ...
CARRIERS = {
    "bird": {"body", "head"},
    "butterfly": {"forewings", "hindwings"},
    "fish": {"body"},
    "frog": {"body", "skin", "head"},
    "leaf": {"blade"},
}
# ... or only together with what they carry. (So is every part whose name says whose it is: the
# "crest-tips" go with the "crest".)
CARRIED = {
    ("mushroom", "cap"): {"pits", "zones", "crown", "scales", "margin", "gloss", "warts"},
    ("mushroom", "stem"): {"ring", "base", "base-back"},
    ("flower", "petals"): {"throat", "marks", "trumpet"},
    ("beetle", "wings"): {"shine", "scutellum"},
    ("beetle", "antennae"): {"antenna-tips"},
}


@dataclass(frozen=True)
class NamedPart:
    """A part that can be seen, named and taken away.

    Attributes
    ----------
    name : str
        Of its group in the drawing: "hind-leg".
    noun : str
        What the texts call it: "legs".
    phrase : str
        What is true of it: "a red crest".
    wrong : str
        The same part in a colour that is nowhere on the figure: "a green crest".
    pieces : frozenset of str
        The groups of the drawing that go when the part goes.
    mask : (size, size) bool array
        The pixels that show it.
    gone : PIL.Image, the image without it
    """

    name: str
    noun: str
    phrase: str
    wrong: str
    pieces: frozenset
    mask: np.ndarray
    gone: Image.Image


def colour_phrase(kind: Kind, part: str, colour: str) -> str:
    """A part with its colour, in the plainest words of the field guide: "a red crest", "white
    warts"."""
    entry = kind.parts[part]
    text = f"{palette()[colour]['words'][0]} {entry['nouns'][0]}"
    return text if entry.get("plural") else article(text)


def pieces_of(kind: Kind, part: str) -> frozenset:
    """The groups of a drawing that go when a part is taken away."""
    stems = (f"{part}-", f"{part.removesuffix('s')}-")
    named = {piece for piece in kind.art.parts if piece.startswith(stems)}
    return frozenset({part} | named | CARRIED.get((kind.name, part), set()))


def whole_mask(scene: Scene, pieces: Iterable[str], size: int = 224) -> np.ndarray:
    """Pixels that show any of these groups of the drawing; (size, size) bool."""
    marks, colours = scene.individual.marks, scene.individual.colours
    art = load_kind(scene.individual.kind).art
    # other variants draw nothing
    drawn = [
        piece for piece in pieces if art.svg(marks, colours, [piece]) != art.svg(marks, colours, [])
    ]
    return np.logical_or.reduce(
        [part_mask(scene, piece, size) for piece in drawn], initial=False
    ) & np.ones((size, size), bool)


def named_parts(
    scene: Scene,
    size: int = 224,
    max_parts: int = 5,
    least_area: float = 0.004,
    least_change: float = 0.1,
    seed: int = 0,
) -> list[NamedPart]:
    """The parts of a figure that have a colour, can be seen and can be taken away, largest first.

    Parameters
    ----------
    max_parts : int
        How many at most.
    least_area : float
        Share of the image that a part must cover.
    least_change : float
        By how much, of the range from black to white, its pixels must change when it goes: under
        the red belly of a red bird there is red, and its text stays true.
    seed : int
        For the colours of the incorrect texts.
    """
    kind, marks = load_kind(scene.individual.kind), scene.individual.marks
    rng, image = np.random.default_rng(seed), np.asarray(draw(scene, size), float)
    shown = {value for slot, value in kind.visible(marks).items() if slot.endswith("_colour")}
    found = []
    for name, part in kind.parts.items():
        if (
            "colour" not in part
            or name not in kind.art.parts
            or name in CARRIERS.get(kind.name, ())
            or not kind.shown(name, marks)
        ):
            continue
        pieces = pieces_of(kind, name)
        gone = draw_without(scene, pieces, size)
        change = np.abs(image - np.asarray(gone, float)).mean(2) / 255
        if (change > 0).mean() < least_area:
            continue  # hidden or tiny, told without drawing its mask
        mask = whole_mask(scene, pieces, size)
        if mask.mean() < least_area or change[mask].mean() < least_change:
            continue
        strange = [
            colour for colour in dict.fromkeys(kind.colours[part["colour"]]) if colour not in shown
        ]
        wrong = colour_phrase(kind, name, str(rng.choice(strange)))
        found.append(
            NamedPart(
                name,
                part["nouns"][0],
                colour_phrase(kind, name, marks[part["colour"]]),
                wrong,
                pieces,
                mask,
                gone,
            )
        )
    return sorted(found, key=lambda part: -part.mask.sum())[:max_parts]


def draw_without(scene: Scene, pieces: Iterable[str], size: int = 224) -> Image.Image:
    """The same image without some groups of the drawing."""
    art = load_kind(scene.individual.kind).art
    return draw(scene, size, [part for part in art.parts if part not in set(pieces)])


def in_habitat(scene: Scene, habitat: str) -> Scene:
    """The same figure, pose and light somewhere else."""
    return replace(scene, habitat=habitat)


def other_habitat(scene: Scene, rng: np.random.Generator) -> Scene:
    """The same figure in any other habitat."""
    return in_habitat(
        scene, str(rng.choice([habitat for habitat in HABITATS if habitat != scene.habitat]))
    )


def stranger(scene: Scene, rng: np.random.Generator, size: int = 224) -> tuple[Scene, np.ndarray]:
    """A small figure of another kind for the background, in the corner where most of it can be
    seen; and the pixels that show it."""
    kind = load_kind(str(rng.choice([kind for kind in KINDS if kind != scene.individual.kind])))
    individual, ours = unnamed_individual(kind, rng), figure_mask(scene, size)
    corners = [
        replace(scene, individual=individual, poses=(Pose(x, y, 0.27, 0, False),))
        for x in (30, 170)
        for y in (30, 170)
    ]
    masks = [figure_mask(corner, size) & ~ours for corner in corners]
    best = int(np.argmax([mask.sum() for mask in masks]))
    return corners[best], masks[best]


def invent(kind: str, seed: int = 0, **marks: str) -> Individual:
    """An individual of no species, with some marks of your choice: ``invent("bird",
    crest="pointed", crest_colour="yellow")``.

    The other marks are drawn at random.

    Raises
    ------
    ValueError
        If the kind has no such slot or the slot no such value.
    """
    found, rng = load_kind(kind), np.random.default_rng(seed)
    for slot, value in marks.items():
        choices = palette() if slot in found.colours else found.slots.get(slot)
        if choices is None:
            raise ValueError(
                f"A {kind} has no mark '{slot}'; its marks are"
                f" {', '.join([*found.slots, *found.colours])}."
            )
        if value not in choices:
            raise ValueError(
                f"The mark '{slot}' of a {kind} cannot be '{value}'; it can be"
                f" {', '.join(choices)}."
            )
    chosen = unnamed_individual(found, rng).marks | marks
    return Individual(kind, chosen, paint(chosen, rng))


def pair(kind: Kind, slot: str, value: str, rng: np.random.Generator) -> tuple[Scene, Scene] | None:
    """One individual of no species twice, with a mark and with another in its place; all else is
    the same.

    Returns None where the mark cannot be seen: no crest, no colour of the crest.
    """
    first = unnamed_individual(kind, rng)
    choices = kind.colours[slot] if slot.endswith("_colour") else list(kind.slots[slot])
    other = str(rng.choice([choice for choice in choices if choice != value]))
    scene = compose(first, str(rng.choice(HABITATS)), rng)
    scenes, pose_seed = [], int(rng.integers(2**31))
    for mark in (value, other):
        marks = first.marks | {slot: mark}
        if mark == value and slot not in kind.visible(marks):
            return None
        colours = dict(first.colours)
        if slot.endswith("_colour"):
            colours[slot.removesuffix("_colour")] = stray(mark, np.random.default_rng(pose_seed))
        scenes.append(replace(scene, individual=Individual(kind.name, marks, colours)))
    return scenes[0], scenes[1]
