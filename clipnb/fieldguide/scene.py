"""Images of the field guide: an individual, posed once or more in a habitat; drawing it; the
exact mask of a part.

A scene is a few numbers and names. It is drawn only when somebody looks at it, and the same scene
is the same image.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image

from .art import alpha, document, load_art, rasterise
from .world import (
    HERE,
    Individual,
    Species,
    all_species,
    find_species,
    load_kind,
    named_individual,
    unnamed_individual,
)

HABITATS = tuple(sorted(path.stem for path in (HERE / "habitats").glob("*.svg")))
SPLITS = {"train": 1, "test": 2, "shifted": 3}  # the number seeds the split
NAMED_EVERY = 5  # one training image of so many shows a species
# light that tints the habitat
MOODS = ("#ffd9a0", "#a8c4ff", "#fff6cf", "#59607a", "#ffffff", "#c8e6b0")


@dataclass(frozen=True)
class Pose:
    """Where a figure stands: centre (in units of 200), scale, turn in degrees, mirrored or not,
    stretch of the width."""

    x: float
    y: float
    scale: float
    turn: float
    mirrored: bool
    stretch: float = 1.0

    def transform(self) -> str:
        sx = self.scale * self.stretch * (-1 if self.mirrored else 1)
        return (
            f"translate({self.x:.2f} {self.y:.2f}) rotate({self.turn:.2f}) scale({sx:.4f}"
            f" {self.scale:.4f}) translate(-100 -100)"
        )


@dataclass(frozen=True)
class Scene:
    """All there is to know about an image."""

    individual: Individual
    habitat: str
    poses: tuple[Pose, ...]
    mood: tuple[str, float]  # colour and opacity of the light on the habitat
    mirrored: bool = False  # the habitat

    def backdrop(self) -> str:
        """What is drawn between the habitat and the figures, as SVG."""
        return ""

    def cover(self) -> str:
        """What is drawn in front of the figures and hides them, as SVG."""
        return ""

    def veil(self) -> str:
        """What tints the whole image and hides nothing, as SVG."""
        return ""


def _poses(count: int, rng: np.random.Generator) -> tuple[Pose, ...]:
    places = {1: [(100, 100)], 2: [(58, 96), (142, 108)], 3: [(56, 66), (146, 72), (100, 146)]}[
        count
    ]
    low, high, wander = {1: (0.78, 1.04, 10), 2: (0.46, 0.56, 6), 3: (0.38, 0.46, 6)}[count]
    mirrored = rng.random() < 0.5
    return tuple(
        Pose(
            x + rng.uniform(-wander, wander),
            y + rng.uniform(-wander, wander),
            rng.uniform(low, high),
            float(np.clip(rng.normal(0, 6), -14, 14)),
            bool(mirrored != (rng.random() < 0.15)),
            rng.uniform(0.93, 1.07),
        )
        for x, y in places
    )


def usual_habitat(species: Species, rng: np.random.Generator) -> str:
    """A species with one habitat is always found there (a spurious cue on purpose); the others roam
    a little."""
    if len(species.habitats) == 1:
        return species.habitats[0]
    return str(rng.choice(species.habitats if rng.random() < 0.7 else HABITATS))


def compose(
    individual: Individual, habitat: str, rng: np.random.Generator, count: int = 1
) -> Scene:
    """Pose an individual (``count`` times) in a habitat, with chance light."""
    mood = (str(rng.choice(MOODS)), float(rng.uniform(0, 0.35)))
    return Scene(individual, habitat, _poses(count, rng), mood, bool(rng.random() < 0.5))


def species_scene(split: str, index: int, names: list[str], seed: int = 0) -> Scene:
    """Image ``index`` of a split of named species: species take turns in blocks, ``index %
    len(names)`` says whose turn."""
    rng = np.random.default_rng([seed, SPLITS[split], index])
    species = find_species(names[index % len(names)])
    if split == "shifted":
        usual = set(species.habitats)
        habitat = str(rng.choice([h for h in HABITATS if h not in usual]))
    else:
        habitat = usual_habitat(species, rng)
    return compose(named_individual(species, rng), habitat, rng)


def training_scene(index: int, seed: int = 0) -> Scene:
    """Image ``index`` of the endless training split, with one to three figures.

    One of five shows a species that is named in training, and they take turns; the others show
    unnamed individuals, since names are learnt soon and marks are not. Development and exam species
    never appear: they are not drawn, and an unnamed individual differs from every species in at
    least two visible marks.
    """
    rng = np.random.default_rng([seed, SPLITS["train"], index])
    count = int(rng.choice([1, 2, 3], p=[0.88, 0.08, 0.04]))
    if index % NAMED_EVERY == 0:
        species = _seen()[index // NAMED_EVERY % len(_seen())]
        return compose(named_individual(species, rng), usual_habitat(species, rng), rng, count)
    kind = load_kind(_kind_order()[rng.integers(len(_kind_order()))])
    return compose(unnamed_individual(kind, rng), str(rng.choice(HABITATS)), rng, count)


def turn_of(index: int) -> int:
    """How many images of its species come before image ``index`` of the training split, which shows
    one."""
    return index // NAMED_EVERY // len(_seen())


@lru_cache(maxsize=1)
def _seen() -> tuple[Species, ...]:
    return tuple(species for species in all_species() if species.seen)


@lru_cache(maxsize=1)
def _kind_order() -> tuple[str, ...]:
    return tuple(dict.fromkeys(species.kind for species in all_species()))


def figures_svg(
    individual: Individual, poses: Iterable[Pose], parts: Collection[str] | None = None
) -> str:
    """An individual in some poses, as SVG: the whole figure, or these parts only."""
    figure = load_kind(individual.kind).art.svg(individual.marks, individual.colours, parts)
    return "".join(f'<g transform="{pose.transform()}">{figure}</g>' for pose in poses)


def to_svg(
    scene: Scene, size: int = 224, parts: Collection[str] | None = None, behind: Scene | None = None
) -> str:
    """The whole image as an SVG document; see :func:`draw`."""
    habitat = load_art(HERE / "habitats" / f"{scene.habitat}.svg").svg({}, {})
    flip = "translate(200 0) scale(-1 1)" if scene.mirrored else ""
    colour, opacity = scene.mood
    light = (
        f'<rect x="-60" y="-60" width="320" height="320" fill="{colour}"'
        f' fill-opacity="{opacity:.3f}"/>'
    )
    others = figures_svg(behind.individual, behind.poses) if behind is not None else ""
    figures = figures_svg(scene.individual, scene.poses, parts)
    return document(
        f'<g transform="{flip}">{habitat}</g>{light}{scene.backdrop()}{others}{figures}'
        f"{scene.cover()}{scene.veil()}",
        size,
    )


def draw(
    scene: Scene, size: int = 224, parts: Collection[str] | None = None, behind: Scene | None = None
) -> Image.Image:
    """Draw a scene; an RGB image of size x size pixels.

    Parameters
    ----------
    scene : Scene
    size : int
    parts : collection of str, optional
        Draw only these parts of the figure: the same image without the others.
    behind : Scene, optional
        Its figures stand behind those of the scene.
    """
    return rasterise(to_svg(scene, size, parts, behind)).convert("RGB")


def figure_mask(scene: Scene, size: int = 224) -> np.ndarray:
    """Pixels of an image that show a figure of the scene's individual, where nothing in front
    covers it; (size, size) bool."""
    figures = alpha(document(figures_svg(scene.individual, scene.poses), size))
    return figures * _uncovered(scene, size) > 0.5


def _uncovered(scene: Scene, size: int) -> np.ndarray | float:
    """How far each pixel is free of what is drawn in front of the figures, 0 to 1."""
    cover = scene.cover()
    return 1 - alpha(document(cover, size)) if cover else 1.0


def part_mask(scene: Scene, part: str, size: int = 224) -> np.ndarray:
    """Pixels of an image that show a part; (size, size) bool.

    The part is drawn alone, and what later parts, later figures and plants in front cover is
    removed.

    Raises
    ------
    ValueError
        If the kind has no such part.
    """
    art = load_kind(scene.individual.kind).art
    if part not in art.parts:
        raise ValueError(
            f"A {scene.individual.kind} has no part '{part}'; its parts are {', '.join(art.parts)}."
        )
    later = art.parts[art.parts.index(part) + 1 :]
    marks, colours = scene.individual.marks, scene.individual.colours
    mask = np.zeros((size, size))
    for pose in scene.poses:  # a later figure covers an earlier one
        place = f'<g transform="{pose.transform()}">%s</g>'
        cover = alpha(document(place % art.svg(marks, colours, later), size))
        own = alpha(document(place % art.svg(marks, colours, [part]), size))
        if pose is not scene.poses[0]:
            mask = mask * (1 - alpha(document(place % art.svg(marks, colours), size)))
        mask = np.maximum(mask, own * (1 - cover))
    return mask * _uncovered(scene, size) > 0.5
