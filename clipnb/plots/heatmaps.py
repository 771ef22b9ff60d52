"""Where: heatmaps over the image, one or several on one colour scale."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize

from .basic import AGAINST_AND_FOR, BLUE, pixels_of, show_image
from .labels import FEW_LINES, wrap

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL import Image


FOR = LinearSegmentedColormap.from_list("for", ["white", BLUE])


def show_heatmap(
    image: Image.Image | np.ndarray,
    heatmap: npt.ArrayLike,
    title: str = "",
    limit: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """An image in pale grey with a heatmap over it: blue where it is positive, orange where
    negative, clear where it is 0.

    Parameters
    ----------
    image : PIL image or (height, width, 3) uint8 array
    heatmap : (height, width) array
        As from :func:`clipnb.heatmap`.
    limit : float, optional
        The value that gets the full colour; by default that of the strongest pixels (99.5th
        percentile).
    """
    values = np.asarray(heatmap, float)
    pixels = pixels_of(image).astype(float)
    if pixels.shape[:2] != values.shape:
        raise ValueError(
            f"The heatmap has the shape {values.shape}, the image {pixels.shape[:2]}; they must"
            " be alike."
        )
    pale = np.repeat(0.45 * pixels.mean(-1, keepdims=True) + 0.5 * 255, 3, -1) / 255
    limit = limit or limit_of(values)
    scaled = np.clip(values / limit, -1, 1)
    colours = AGAINST_AND_FOR(np.where(scaled < 0, 0.0, 1.0))[..., :3]
    strength = 0.85 * np.abs(scaled)[..., None]
    ax = show_image(image, title, ax)
    ax.images[-1].set_data(pale * (1 - strength) + colours * strength)
    return ax


def grid(count: int, columns: int = 5, side: float = 2.1) -> tuple[Figure, np.ndarray]:
    """Empty panels for :func:`show_heatmap`, as (figure, flat array of axes)."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(columns * side, rows * (side + 0.35)),
        squeeze=False,
        layout="constrained",
    )
    for ax in axes.flat:
        ax.set_axis_off()
    return figure, axes.flatten()


def limit_of(values: np.ndarray) -> float:
    """The strength of the strongest pixels, for a colour scale that a single pixel does not
    stretch."""
    return float(np.percentile(np.abs(values), 99.5)) or float(np.abs(values).max()) or 1.0


def show_heatmaps(
    image: Image.Image | np.ndarray,
    heatmaps: npt.ArrayLike,
    titles: Iterable[str],
    label: str = "what a pixel adds",
    columns: int = 4,
    side: float = 2.1,
) -> np.ndarray:
    """The image and one panel per heatmap, all on **one** colour scale, so that a strong text
    looks stronger than a weak one.

    Parameters
    ----------
    image : PIL image
    heatmaps : (n, height, width) array
        As from :func:`clipnb.heatmap` for n texts.
    titles : n str
        The texts.
    label : str
        What the colours mean.

    Returns
    -------
    array of matplotlib axes
    """
    heatmaps, titles = np.asarray(heatmaps, float), list(titles)
    if len(heatmaps) != len(titles):
        raise ValueError(
            f"There are {len(heatmaps)} heatmaps and {len(titles)} titles; give one title for each."
        )
    columns = min(columns, len(titles) + 1)
    rows = -(-(len(titles) + 1) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(columns * side + 0.9, rows * (side + 0.45)),
        squeeze=False,
        layout="constrained",
    )
    limit, signed = limit_of(heatmaps), bool((heatmaps < 0).any())
    show_image(image, "", axes.flat[0])
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, heatmap, title in zip(axes.flat[1:], heatmaps, titles):
        show_heatmap(image, heatmap, "", limit, ax)
        ax.set_title(wrap(title, 26), fontsize=9)
    scale = ScalarMappable(
        Normalize(-limit if signed else 0, limit), AGAINST_AND_FOR if signed else FOR
    )
    bar = figure.colorbar(scale, ax=axes, shrink=0.8, aspect=30, pad=0.02)
    bar.set_ticks(
        [-limit, 0, limit] if signed else [0, limit],
        labels=["against", "0", "for"] if signed else ["0", "most"],
    )
    bar.set_label(wrap(label, 40, FEW_LINES))
    return axes
