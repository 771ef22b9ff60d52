"""A training as it goes: similarity matrices at checkpoints, losses and recall against chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from .basic import BLUE, GREEN, GREY, SKY, VERMILION, axes_or_new
from .labels import legend_columns, legend_label, wrap

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes


COLOURS, STYLES = (BLUE, VERMILION, GREEN, SKY), ("-", "--", "-.", ":")


def run_colours(names: Iterable[str]) -> list[str]:
    """The colours of runs: grey for a control."""
    others = cycle(COLOURS)
    return [GREY if str(name).startswith("control") else next(others) for name in names]


def plot_checkpoints(
    similarities: npt.ArrayLike,
    steps: Iterable[int],
    blocks: int = 1,
    columns: int = 3,
    side: float = 2.6,
) -> np.ndarray:
    """Similarity matrices side by side, in one scale of colours; returns the array of axes.

    Parameters
    ----------
    similarities : (checkpoints, n, n) array
        Cosines; row = image, column = text, pair i on the diagonal.
    steps : sequence of int
        The step at which each matrix was taken.
    blocks : int
        White lines divide rows and columns into this many equal groups.
    """
    similarities = np.asarray(similarities)
    count, n = similarities.shape[:2]
    rows = -(-count // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(columns * side + 0.9, rows * (side + 0.25)),
        squeeze=False,
        layout="constrained",
    )
    for ax in axes.flat[count:]:
        ax.set_axis_off()
    drawn = None
    for ax, matrix, step in zip(axes.flat, similarities, steps):
        drawn = ax.imshow(
            matrix,
            cmap="viridis",
            vmin=similarities.min(),
            vmax=similarities.max(),
            interpolation="nearest",
        )
        for line in np.arange(1, blocks) * n / blocks - 0.5:
            ax.axhline(line, color="white", lw=0.5)
            ax.axvline(line, color="white", lw=0.5)
        ax.set(title=wrap(f"step {step}"), xticks=[], yticks=[])
        ax.title.set_fontsize(10)
    for ax in axes[:, 0]:
        ax.set_ylabel("images")
    for ax in axes[-1]:
        ax.set_xlabel("texts")
    if drawn is not None:
        figure.colorbar(drawn, ax=axes, label="cosine similarity", shrink=0.7)
    return axes


def plot_losses(
    losses: Mapping[str, Sequence[float]],
    chance: float,
    floor: float | None = None,
    smooth: int = 20,
    ax: Axes | None = None,
) -> Axes:
    """Loss against the step, as a running mean, beside the loss at chance.

    Parameters
    ----------
    losses : dict
        Name of the run → losses, one a step.
    chance : float
        The loss of equal probabilities, ln(batch).
    floor : float, optional
        The lowest loss that these batches allow.
    smooth : int
        Steps in a running mean.
    """
    ax = axes_or_new(ax, (6, 3.4))
    for (name, values), colour, style in zip(losses.items(), run_colours(losses), cycle(STYLES)):
        width = min(smooth, len(values))
        mean = np.convolve(values, np.ones(width) / width, "valid")
        ax.plot(
            np.arange(len(mean)) + width,
            mean,
            color=colour,
            ls=style,
            lw=1.6,
            label=legend_label(name),
        )
    # where no curve ends
    for value, text, side in (
        (chance, "chance: ln(batch)", "right"),
        (floor, "lowest possible here", "left"),
    ):
        if value is not None:
            ax.axhline(value, color=GREY, lw=1)
            place = {"left": 0, "right": 1}[side]
            ax.annotate(
                text,
                (place, value),
                (2 - 4 * place, 3),
                ("axes fraction", "data"),
                "offset points",
                ha=side,
                fontsize=9,
                color="0.3",
            )
    ax.set(xlabel="step", ylabel=f"loss (mean of {smooth} steps)", ylim=(0, chance * 1.12))
    ax.legend(
        frameon=False,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=legend_columns(losses),
        fontsize=9,
    )
    sns.despine(ax=ax)
    return ax


def plot_retrieval(
    runs: Mapping[str, Mapping[int, tuple[int, int]]], chance: float, ax: Axes | None = None
) -> Axes:
    """Recall at 1 of a training, image to text, with 95 % Wilson intervals, against the step.

    Parameters
    ----------
    runs : dict
        Name of the run → {step: (hits, images)}.
    chance : float
        The share that is found by chance.
    """
    from ..evaluation.statistics import wilson

    ax = axes_or_new(ax, (6, 3.4))
    for (name, counts), colour, style, marker in zip(
        runs.items(), run_colours(runs), cycle(STYLES), cycle("osD^")
    ):
        shares = np.array([hits / n for hits, n in counts.values()])
        ends = np.array([wilson(hits, n) for hits, n in counts.values()])
        bars = np.clip([shares - ends[:, 0], ends[:, 1] - shares], 0, None)
        ax.errorbar(
            list(counts),
            shares,
            bars,
            color=colour,
            ls=style,
            marker=marker,
            capsize=2,
            lw=1.5,
            label=legend_label(name),
        )
    ax.axhline(chance, color=GREY, lw=1)
    ax.annotate(
        "chance",
        (1, chance),
        (-2, 3),
        ("axes fraction", "data"),
        "offset points",
        ha="right",
        fontsize=9,
        color="0.3",
    )
    ax.set(
        xlabel="step",
        ylabel="recall@1, image to text\n(bars: 95 % Wilson interval)",
        ylim=(0, 1.02),
    )
    ax.legend(
        frameon=False,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=legend_columns(runs),
        fontsize=9,
    )
    sns.despine(ax=ax)
    return ax
