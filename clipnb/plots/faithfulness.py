"""How faithful explanations are: methods × measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import seaborn as sns

from .basic import axes_or_new, minus_signs
from .labels import wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def plot_faithfulness(
    table: pd.DataFrame, floor: str | None = "constant", ax: Axes | None = None
) -> Axes:
    """The table of :func:`clipnb.measure_faithfulness` as a heatmap with the values and their 95 %
    intervals written in.

    The colour says how far a value lies between the floor (0) and the best possible value (1), so
    that it means the same in every column.

    Parameters
    ----------
    table : pandas.DataFrame
        As from :func:`clipnb.measure_faithfulness`.
    floor : str, optional
        The method whose values are the floor, its row stands first; None: a value is its own
        colour.
    """
    order = list(table["method"].unique())
    if floor is not None and floor in order:
        order = [floor] + [method for method in order if method != floor]
    columns = list(table["measure"].unique())
    value, low, high = (
        table.pivot(index="method", columns="measure", values=name).loc[order, columns]
        for name in ("value", "low", "high")
    )
    base = value.loc[floor].fillna(0) if floor in order else 0 * value.iloc[0].fillna(0)
    base = base.clip(upper=0.99)
    shade = ((value - base) / (1 - base)).clip(0, 1)
    label = [
        [_cell(*cell) for cell in zip(*rows)]
        for rows in zip(value.to_numpy(), low.to_numpy(), high.to_numpy())
    ]
    ax = axes_or_new(ax, (1.35 * len(columns) + 2.6, 0.52 * len(order) + 1.2))
    bar = {"label": "from the floor (0) to the best possible (1)"}
    if value.isna().any(axis=None):
        bar["label"] += "; empty: not measured"
    sns.heatmap(
        shade.to_numpy(),  # without the names, which seaborn would draw as they are
        annot=np.array(label),
        fmt="",
        cmap="cividis",
        vmin=0,
        vmax=1,
        annot_kws={"fontsize": 9},
        cbar_kws=bar,
        linewidths=1,
        ax=ax,
    )
    for text, value in zip(ax.texts, shade.to_numpy()[shade.notna().to_numpy()]):
        # seaborn's own choice is pale on the greys in the middle
        text.set_color("black" if value > 0.45 else "white")
    minus_signs(ax)
    ax.xaxis.tick_top()
    ax.set_xticks(
        np.arange(len(columns)) + 0.5, [wrap(name, 16) for name in columns], rotation=0, fontsize=9
    )
    ax.set_yticks(
        np.arange(len(order)) + 0.5, [wrap(name, 30) for name in order], rotation=0, fontsize=9
    )
    ax.set(xlabel="", ylabel="")
    ax.set_facecolor("white")
    return ax


def _cell(value: float, low: float, high: float) -> str:
    if np.isnan(low):  # one image has no interval
        return "" if np.isnan(value) else f"{value:z.2f}"
    return f"{value:z.2f}\n{low:z.2f} to {high:z.2f}"
