"""Where, which words, which descriptors: heatmaps over the image, word relevance, contributions
to a margin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize

from .basic import (
    AGAINST_AND_FOR,
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    axes_or_new,
    pixels_of,
    show_image,
)
from .labels import FEW_LINES, legend_label, wrap

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL import Image

    from ..classify.zeroshot import Prediction


FOR = LinearSegmentedColormap.from_list("for", ["white", VERMILION])


def show_heatmap(
    image: Image.Image | np.ndarray,
    heatmap: npt.ArrayLike,
    title: str = "",
    limit: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """An image in pale grey with a heatmap over it: vermilion where it is positive, blue where
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


def plot_contributions(
    prediction: Prediction,
    index: int = 0,
    classes: tuple[str, str] | None = None,
    ax: Axes | None = None,
    reference: Any = None,
) -> Axes:
    """The margin of two classes as a waterfall of the centred values of
    :func:`clipnb.contributions`: every bar starts where the last one ended.

    With a reference the first bar starts at the mean margin of the reference images, without one at
    0; the last one ends at the margin of this image.

    Parameters
    ----------
    prediction : Prediction
    index : int
        The image.
    classes : (str, str), optional
        This class rather than that one; by default the two best.
    reference : images, embeddings or "midpoint", optional
        As for :func:`clipnb.contributions`.
    """
    from ..explain.margins import contributions

    table = contributions(prediction, index, classes, reference)
    if prediction.classifier.pooling == "max":
        table = table.loc[table["weight"] != 0]
    first, second = table.attrs["classes"]
    start = table.attrs["mean_margin"]
    ends = start + table["centred"].cumsum().to_numpy()
    starts, at = ends - table["centred"].to_numpy(), np.arange(len(table))
    ax = axes_or_new(ax, (7, 0.36 * len(table) + 1.5))
    colours = {first: BLUE, second: ORANGE}
    for name, colour in {**colours, f"{first} / {second}": GREY}.items():
        mine = (table["class"] == name).to_numpy()
        if mine.any():
            label = (
                "both" if name not in colours else legend_label(f"prompts of “{name}”", width=52)
            )
            widths = (ends - starts)[mine]
            ax.barh(at[mine], widths, left=starts[mine], color=colour, height=0.75, label=label)
    for y, end in zip(at[:-1], ends):
        ax.plot([end, end], [y - 0.375, y + 1.375], color="0.35", lw=0.8)
    ax.set_yticks(at, [wrap(prompt, 42) for prompt in table["prompt"]], fontsize=9)
    ax.set_ylim(len(table), -0.6)
    _mark_margins(ax, table.attrs, np.array([start, *ends]))
    ax.set_xlabel(_waterfall_label(table.attrs))
    ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=1, frameon=False, fontsize=9.5)
    sns.despine(ax=ax)
    return ax


def _waterfall_label(attrs: dict) -> str:
    """What the bars of a waterfall are, in two or three lines."""
    direction = f"(to the right: for {wrap(attrs['classes'][0], 40, FEW_LINES)})"
    if not attrs["n_reference"]:
        return f"what a prompt adds to the margin\n{direction}"
    return f"margin, from the average of {attrs['n_reference']:,} images to this image\n{direction}"


def _mark_margins(ax: Axes, attrs: dict, along: np.ndarray) -> None:
    """Lines at 0, at the mean margin and at the margin, with room around ``along``, the ends of all
    bars."""
    ax.axvline(0, color="black", lw=0.8)
    ax.axvline(along[-1], color="black", lw=1.5)
    if attrs["n_reference"]:
        ax.axvline(along[0], color="0.35", lw=1, ls=":")
    right = along[-1] > 0.7 * max(0, along.max())
    ax.annotate(
        f"margin {along[-1]:+z.3f}",
        (along[-1], ax.get_ylim()[0] - 0.4),
        textcoords="offset points",
        xytext=(-5, 0) if right else (5, 0),
        ha="right" if right else "left",
        va="center",
        fontsize=9,
    )
    low, high, room = min(0, along.min()), max(0, along.max()), 0.05 * np.ptp([0, *along])
    ax.set_xlim(low - room, high + room + 1e-6)


def plot_words(relevance: pd.DataFrame, title: str = "", ax: Axes | None = None) -> Axes:
    """The words of a text, top to bottom, with the relevance of each.

    Parameters
    ----------
    relevance : pandas.DataFrame
        As from :func:`clipnb.word_relevance`.
    """
    words = relevance.groupby("number").agg({"word": "first", "relevance": "sum"})
    ax = axes_or_new(ax, (4.5, 0.32 * len(words) + 0.9))
    ax.barh(
        np.arange(len(words)),
        words["relevance"] / max(words["relevance"].sum(), 1e-12),
        color=BLUE,
        height=0.75,
    )
    ax.set_yticks(np.arange(len(words)), [wrap(word, 24) for word in words["word"]])
    ax.invert_yaxis()
    ax.set_xlabel("share of the relevance")
    if title:
        ax.set_title(wrap(title, 50, FEW_LINES), fontsize=10)
    sns.despine(ax=ax)
    return ax
