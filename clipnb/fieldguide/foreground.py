"""Grass and leaves in front of a figure, drawn as SVG shapes from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .art import shade

PLANTS = ("grass", "leaves")
GREEN = ("#5e8f45", "#76a755", "#93bd6c")
# habitat → dark, middle and light colour of its plants, where they are not green
COLOURS = {
    **dict.fromkeys(("reef", "sea"), ("#3a8a78", "#549c82", "#7bb391")),
    **dict.fromkeys(("desert", "beach"), ("#ab9150", "#c2a863", "#d6c080")),
    "snow": ("#869c93", "#9fb2a8", "#bfcdc5"),
    "wetland": ("#8a8b4a", "#a2a262", "#bab67c"),
    "rocks": ("#76875a", "#8d9c70", "#a9b48a"),
}
BOTTOM = 206.0  # where grass grows, below the edge of the image


@dataclass(frozen=True)
class Foreground:
    """Plants in front of a figure: grass that grows up to a point, or twigs that reach it from the
    side (-1: left, 1: right)."""

    plants: str
    x: float
    y: float
    side: int
    seed: int

    def svg(self, habitat: str) -> str:
        """The plants, in the colours of a habitat."""
        rng, colours = np.random.default_rng(self.seed), COLOURS.get(habitat, GREEN)
        return _grass(self, colours, rng) if self.plants == "grass" else _twigs(self, colours, rng)


def _paint(colours: tuple[str, ...], rng: np.random.Generator) -> str:
    """Fill and outline of a blade or a leaf."""
    colour = colours[rng.integers(len(colours))]
    return f'fill="{colour}" stroke="{shade(colour, -0.3)}" stroke-width="0.8"'


def _grass(foreground: Foreground, colours: tuple[str, ...], rng: np.random.Generator) -> str:
    """Blades over the whole width, the highest near the point; low ones in front of high ones."""
    blades = []
    for start in np.arange(-12, 213, 4.5):
        x, near = start + rng.uniform(-3, 3), np.exp(-(((start - foreground.x) / 48) ** 2))
        height = (BOTTOM - foreground.y) * (0.4 + 0.6 * near) * rng.uniform(0.5, 1.0)
        half, lean = rng.uniform(3.0, 5.2), rng.normal(0, 0.14) * height
        top, middle = BOTTOM - height, BOTTOM - 0.55 * height
        path = (
            f"M{x - half:.1f} {BOTTOM} Q{x - half * 0.8:.1f} {middle:.1f} {x + lean:.1f} {top:.1f}"
            f" Q{x + half * 1.1:.1f} {middle:.1f} {x + half:.1f} {BOTTOM}Z"
        )
        blades.append((top, f'<path d="{path}" {_paint(colours, rng)}/>'))
    return "".join(blade for _, blade in sorted(blades))


def _leaf(at: np.ndarray, angle: float, length: float, paint: str) -> str:
    """One narrow leaf with a midrib, from its stalk at a point."""
    wide = 0.36 * length
    return (
        f'<g transform="translate({at[0]:.1f} {at[1]:.1f}) rotate({angle:.1f})" {paint}>'
        f'<path d="M0 0 Q{length * 0.4:.1f} {-wide:.1f} {length:.1f} 0'
        f' Q{length * 0.4:.1f} {wide:.1f} 0 0Z"/><path d="M0 0 H{length * 0.8:.1f}"/></g>'
    )


def _twigs(foreground: Foreground, colours: tuple[str, ...], rng: np.random.Generator) -> str:
    """Two twigs from one side of the image, the longer one up to the point."""
    return "".join(
        _twig(np.array([foreground.x + dx, foreground.y + dy]), foreground.side, colours, rng)
        for dx, dy in ((0, 0), (foreground.side * rng.uniform(15, 35), rng.uniform(22, 40)))
    )


def _twig(end: np.ndarray, side: int, colours: tuple[str, ...], rng: np.random.Generator) -> str:
    start = np.array([100 + side * 120, end[1] + rng.uniform(-55, 15)])
    bend = (start + end) / 2 + [0, rng.uniform(-16, 4)]
    steps = max(3, round(abs(start[0] - end[0]) / 13))
    leaves = []
    for number, t in enumerate(np.linspace(0.1, 1, steps)):
        at = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
        ahead = (1 - t) * (bend - start) + t * (end - bend)
        along = np.degrees(np.arctan2(ahead[1], ahead[0]))
        off = 0 if number == steps - 1 else (-1) ** number * rng.uniform(32, 58)
        leaves.append(_leaf(at, along + off, rng.uniform(24, 34), _paint(colours, rng)))
    stalk = (
        f'<path d="M{start[0]:.1f} {start[1]:.1f} Q{bend[0]:.1f} {bend[1]:.1f} {end[0]:.1f}'
        f' {end[1]:.1f}" fill="none" stroke="#8a7350" stroke-width="2.2" stroke-linecap="round"/>'
    )
    return stalk + "".join(leaves)
