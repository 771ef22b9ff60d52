"""Own images: how many make a figure sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .basic import BLUE, ORANGE, axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_interval_width(
    n: int, goals: Sequence[float] = (0.2, 0.1, 0.05), ax: Axes | None = None
) -> Axes:
    """Half of Wilson's 95 % interval against the number of images, where it is widest (accuracy
    one half).

    Parameters
    ----------
    n : int
        The reader's number of images.
    goals : tuple of float
        Half widths that are marked with the number of images that they take.
    """
    from ..evaluation.statistics import half_width, images_needed

    ax = axes_or_new(ax, (6, 3.4))
    counts = np.geomspace(5, 2000, 200)
    ax.plot(counts, 100 * half_width(counts), color=BLUE, lw=2)
    for goal in goals:
        needed = images_needed(goal)
        ax.plot(needed, 100 * goal, "o", color=BLUE)
        ax.annotate(
            f"± {100 * goal:.0f} points: {needed} images",
            (needed, 100 * goal),
            (7, 4),
            textcoords="offset points",
            fontsize=9,
        )
    ax.plot(n, 100 * half_width(n), "D", color=ORANGE, markersize=8)
    ax.annotate(
        f"yours: {n}, ± {100 * half_width(n):.0f}",
        (n, 100 * half_width(n)),
        (-8, -14),
        textcoords="offset points",
        fontsize=9,
        ha="right",
    )
    ax.set(
        xscale="log",
        xlabel="images",
        ylabel="half of the interval, points\n(where the accuracy is one half)",
        ylim=(0, 42),
    )
    ax.set_xticks(
        [5, 10, 20, 50, 100, 200, 500, 1000, 2000],
        ["5", "10", "20", "50", "100", "200", "500", "1000", "2000"],
    )
    ax.minorticks_off()
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
