"""Contact sheets of a kind, to look at the art: ``python -m clipnb.fieldguide.sheet bird --out
bird.png``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from ..support.console import say
from .art import document, rasterise
from .world import KINDS, Kind, load_kind, named_individual, unnamed_individual

if TYPE_CHECKING:
    from .world import Individual, Species


def figure(kind: Kind, individual: Individual, size: int, ground: str = "#f4efe2") -> Image.Image:
    """One individual on plain paper."""
    body = f'<rect width="200" height="200" fill="{ground}"/>' + kind.art.svg(
        individual.marks, individual.colours
    )
    return rasterise(document(body, size)).convert("RGB")


def sheet(
    kind: Kind, size: int = 230, columns: int = 6, unnamed: int = 18, seed: int = 0
) -> Image.Image:
    """All species with their names, then unnamed individuals, then every species at 64 pixels."""
    rng = np.random.default_rng(seed)
    known = [named_individual(species, rng) for species in kind.species]
    others = [unnamed_individual(kind, rng) for _ in range(unnamed)]
    rows = -(-len(known) // columns) + -(-len(others) // columns)
    page = Image.new("RGB", (columns * size, rows * (size + 16) + 80), "white")
    draw = ImageDraw.Draw(page)
    places = list(range(len(known))) + list(range(-(-len(known) // columns) * columns, 10**6))
    for place, individual in zip(places, known + others):
        x, y = place % columns * size, place // columns * (size + 16)
        page.paste(figure(kind, individual, size - 4), (x, y))
        draw.text((x + 4, y + size - 2), individual.species or "unnamed", fill="black")
    for i, individual in enumerate(known):
        page.paste(figure(kind, individual, 64), (i * 68, page.height - 70))
    return page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--out", default=None)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    kind = load_kind(arguments.kind)
    pairs = [
        (a.name, b.name)
        for i, a in enumerate(kind.species)
        for b in kind.species[:i]
        if _close(kind, a, b)
    ]
    say(f"species that differ in fewer than 3 visible marks: {pairs or 'none'}")
    sheet(kind, seed=arguments.seed).save(arguments.out or f"{arguments.kind}.png")


def _close(kind: Kind, a: Species, b: Species) -> bool:
    from .world import difference

    return difference(kind, a.marks, b.marks) < 3


if __name__ == "__main__":
    main()
