"""Accuracies, seeds, numbers of texts, calibration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
import seaborn as sns
from matplotlib.patches import Patch

from .basic import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, axes_or_new
from .labels import FEW_LINES, legend_columns, legend_label, wrap

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes

    from ..evaluation.frequency import Crossing


def plot_comparison(
    tables: Mapping[str, pd.DataFrame],
    ax: Axes | None = None,
    colours: Sequence[str] = (BLUE, ORANGE, GREEN, GREY),
) -> Axes:
    """Accuracies with 95 % intervals; methods down, one colour per group of images. Controls are
    grey, hatched in the colour of the group where there are several.

    Parameters
    ----------
    tables : dict
        Name of the group of images → table of :func:`clipnb.compare`.
    colours : list of str
        Of the groups, in turn. Blue and orange are those of seen and held-out species.

    Notes
    -----
    A control is a method whose name begins with "control" or ends in "(control)".
    """
    methods = _methods_of(tables)
    controls = np.array([is_control(method) for method in methods])
    ax = axes_or_new(ax, (7, 0.6 * len(methods) + 1))
    height = 0.8 / len(tables)
    for g, (group, table) in enumerate(tables.items()):
        table = table.loc[methods]  # by name: each table may have an order of its own
        at = np.arange(len(methods)) + (g - (len(tables) - 1) / 2) * height
        low, high = table["accuracy"] - table["low"], table["high"] - table["accuracy"]
        colour = colours[g % len(colours)]
        ax.barh(
            at,
            table["accuracy"],
            height * 0.92,
            color=colour,
            label=legend_label(group),
            xerr=[low, high],
            error_kw={"lw": 1.2, "capsize": 2},
        )
        for bar in np.array(ax.patches[-len(methods) :])[controls]:
            _draw_as_control(bar, colour if len(tables) > 1 else GREY)
        # the number stands beyond bar and dots
        ends = table[["high", "highest"]].max(axis=1) if "highest" in table else table["high"]
        for y, value, top in zip(at, table["accuracy"], ends):
            ax.text(
                (0 if np.isnan(top) else min(top, 1)) + 0.018,
                y,
                "not defined" if np.isnan(value) else f"{value:.2f}",  # a group without images
                va="center",
                fontsize=9,
                bbox={"fc": "white", "ec": "none", "pad": 0.5},
            )
    ax.set_yticks(range(len(methods)), [wrap(m, 30) for m in methods])
    ax.invert_yaxis()
    ax.set(
        xlabel="accuracy; black lines: 95 % Wilson interval",
        xlim=(0, 1.1),
        xticks=np.arange(0, 1.01, 0.2),
    )
    if len(tables) > 1:
        handles, labels = ax.get_legend_handles_labels()
        if controls.any():
            # the bars of a group may begin with a control
            handles = [Patch(color=colours[g % len(colours)]) for g in range(len(tables))] + [
                Patch(**_control_style(GREY))
            ]
            labels = [*labels, "controls"]
        ax.legend(
            handles,
            labels,
            frameon=False,
            loc="lower center",
            bbox_to_anchor=(0.45, 1.0),
            ncols=legend_columns(labels),
        )
    sns.despine(ax=ax)
    return ax


def is_control(name: object) -> bool:
    """Whether a method is called a control: "control: …", or "… (control)"."""
    return bool(re.match(r"control\b|.*\(control\)$", str(name), re.S))


def _control_style(colour: str) -> dict:
    return {"facecolor": "0.82", "edgecolor": colour, "hatch": "////", "linewidth": 0.8}


def _draw_as_control(bar: Patch, colour: str) -> None:
    """Grey; with a hatch that says which group it belongs to, unless that is grey as well."""
    bar.set(**(_control_style(colour) if colour != GREY else {"facecolor": GREY}))


def _methods_of(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """The methods of all tables; ValueError if they differ, or are none."""
    if not tables:
        raise ValueError("There is no table to draw; give {name of the group: table}.")
    first, *others = tables
    methods = list(tables[first].index)
    for group in others:
        if odd := set(methods) ^ set(tables[group].index):
            raise ValueError(
                f"The method '{min(map(str, odd))}' is in only one of the tables '{first}' and"
                f" '{group}'; compare the same methods in both."
            )
    return methods


def plot_evaluation(
    results: pd.DataFrame, groups: Iterable[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Accuracies of :func:`clipnb.evaluate` with 95 % intervals: bars are means over seeds, every
    seed is a dot.

    Parameters
    ----------
    results : pandas.DataFrame
        As from :func:`clipnb.evaluate`.
    groups : list of str, optional
        Which groups of images, one colour each; by default all in the table.
    """
    from ..evaluation.tables import summarize

    groups = list(groups) if groups is not None else list(results["group"].unique())
    ax = plot_comparison(
        {group: summarize(results, group).rename(columns={"top1": "accuracy"}) for group in groups},
        ax,
    )
    methods = list(results["method"].unique())
    for g, group in enumerate(groups):
        seeds = results[(results["group"] == group) & results["seed"].notna()]
        at = np.array([methods.index(m) for m in seeds["method"]]) + (
            g - (len(groups) - 1) / 2
        ) * 0.8 / len(groups)
        ax.plot(seeds["top1"], at, "o", color="black", markersize=2.5, alpha=0.6)
    ax.set_xlabel("accuracy; black lines: 95 % interval, dots: seeds")
    return ax


def plot_counts(
    tables: Mapping[str, pd.DataFrame],
    baseline: Mapping[str, float] | None = None,
    name: str = "",
    ax: Axes | None = None,
    colours: Sequence[str] = (BLUE, ORANGE, GREEN, GREY),
) -> Axes:
    """Accuracy against a number, such as texts a class, with 95 % intervals as bars; the dashed
    line is a method to compare with.

    Parameters
    ----------
    tables : dict
        Name of the group of images → rows of :func:`clipnb.summarize`, indexed by the number.
    baseline : dict, optional
        Name of the group → accuracy of the method to compare with.
    name : str
        What that method is called.
    colours : list of str
        Of the groups, in turn, as for :func:`plot_comparison`.
    """
    ax = axes_or_new(ax, (5.6, 3.6))
    if missing := [group for group in tables if baseline and group not in baseline]:
        raise ValueError(f"The baseline has no accuracy for the group '{missing[0]}'.")
    for (group, table), colour, marker in zip(tables.items(), cycle(colours), cycle("osD^")):
        low, high = table["top1"] - table["low"], table["high"] - table["top1"]
        ax.errorbar(
            table.index.astype(int),
            table["top1"],
            [low, high],
            color=colour,
            marker=marker,
            capsize=2,
            lw=1.5,
            label=legend_label(group),
        )
        if baseline:
            ax.axhline(baseline[group], color=colour, ls="--", lw=1)
            above = table["top1"].iloc[-1] < baseline[group]  # on the side without the last point
            ax.annotate(
                wrap(name, 40, FEW_LINES),
                (1, baseline[group]),
                (0, 3 if above else -3),
                ("axes fraction", "data"),
                "offset points",
                ha="right",
                va="bottom" if above else "top",
                fontsize=9,
                color="0.3",
            )
    ax.set(
        ylabel="accuracy; upright lines: 95 % interval",
        ylim=(0, 1.1),
        yticks=np.arange(0, 1.01, 0.2),
    )
    ax.set_xticks([int(n) for n in next(iter(tables.values())).index])
    ax.legend(
        frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=legend_columns(tables)
    )
    sns.despine(ax=ax)
    return ax


def plot_reliability(tables: Mapping[str, pd.DataFrame], ax: Axes | None = None) -> Axes:
    """Accuracy against confidence; on the diagonal the probabilities are calibrated, below it the
    answers are overconfident.

    Parameters
    ----------
    tables : dict
        Name → table of :func:`clipnb.reliability`. A dot's area is the share of the images that
        lie in its bin; the legend has the expected calibration error.
    """
    from ..evaluation.calibration import error_of

    ax = axes_or_new(ax, (4.6, 4.8))
    ax.plot([0, 1], [0, 1], color=GREY, lw=1, ls="--")
    for (name, table), colour in zip(tables.items(), cycle((BLUE, ORANGE, GREEN, VERMILION, SKY))):
        full = table[table["n"] > 0]
        ax.plot(
            full["confidence"],
            full["accuracy"],
            color=colour,
            lw=1.5,
            label=legend_label(name, f" (calibration error {error_of(table):.2f})"),
        )
        ax.scatter(
            full["confidence"],
            full["accuracy"],
            s=8 + 250 * full["n"] / full["n"].sum(),
            color=colour,
            alpha=0.8,
        )
    ax.set(
        xlabel="confidence: probability of the best class",
        ylabel="accuracy",
        xlim=(0, 1.02),
        ylim=(0, 1.02),
        aspect="equal",
    )
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9)
    sns.despine(ax=ax)
    return ax


def plot_risk_coverage(tables: Mapping[str, pd.DataFrame], ax: Axes | None = None) -> Axes:
    """How many answers are incorrect if only the most confident ones are given; the dashed lines
    are the control, images left unanswered at random.

    Parameters
    ----------
    tables : dict
        Name → table of :func:`clipnb.risk_coverage`. The legend has the area under each curve
        (AURC) and the number of images.
    """
    from ..evaluation.confidence import aurc

    ax = axes_or_new(ax, (5.6, 3.8))
    controls = set()
    for (name, table), colour in zip(tables.items(), cycle((BLUE, ORANGE, GREEN, VERMILION, SKY))):
        label = legend_label(name, f" (AURC {aurc(table):.3f}, n = {table['n'].iloc[-1]:,})")
        ax.plot(table["coverage"], table["risk"], color=colour, lw=1.5, label=label)
        controls.add(round(float(table["risk"].iloc[-1]), 6))
    for i, risk in enumerate(sorted(controls)):
        label = None if i else "control: unanswered at random"
        ax.axhline(risk, color=GREY, lw=1, ls="--", label=label)
    ax.set(
        xlabel="coverage: share of images that are answered",
        ylabel="risk: share of incorrect answers",
        xlim=(0, 1.02),
        ylim=(0, None),
    )
    ax.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=9)
    sns.despine(ax=ax)
    return ax


def plot_name_frequency(
    table: pd.DataFrame, crossing: Crossing | None = None, ax: Axes | None = None
) -> Axes:
    """The long tail: accuracy over how often training named a class; one line per method, with 95 %
    intervals over classes.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`clipnb.by_name_frequency`. Methods whose name begins with "control" are grey.
    crossing : Crossing, optional
        Of ``clipnb.evaluation.crossing``: where two of the methods cross, as an upright line
        with its interval.
    """
    ax = axes_or_new(ax, (7.5, 4.8))
    styles = cycle(((BLUE, "s", "--"), (GREEN, "o", "-"), (PURPLE, "D", "-."), (SKY, "^", "-")))
    greys = cycle(((GREY, "x", ":"), (GREY, "+", ":")))
    methods = list(table.groupby("method", sort=False))
    for number, (method, rows) in enumerate(methods):
        name = str(method)
        colour, marker, line = next(greys if name.startswith("control") else styles)
        # side by side, so that no interval hides another
        at = _place(rows["frequency"]) + 0.05 * (number - (len(methods) - 1) / 2)
        ax.errorbar(
            at,
            rows["accuracy"],
            # from rounding, an accuracy may lie outside its interval by a hair
            [
                (rows["accuracy"] - rows["low"]).clip(lower=0),
                (rows["high"] - rows["accuracy"]).clip(lower=0),
            ],
            color=colour,
            marker=marker,
            markersize=5,
            ls=line,
            lw=1.6,
            elinewidth=1.2,
            capsize=2,
            label=legend_label(name),
        )
    bands = table.drop_duplicates("band").sort_values("frequency")
    names = [f"{row.band}\n{row.classes} classes\nn = {row.n:,}" for row in bands.itertuples()]
    ax.set_xticks(_place(bands["frequency"]), names, fontsize=9)
    ends = _place(bands["frequency"])
    ax.set(
        xlabel="training captions with the name",
        ylabel="accuracy, 95 % interval over classes",
        xlim=(ends.min() - 0.3, ends.max() + 0.3),
        ylim=(-0.02, 1.04),
    )
    if crossing is not None:
        _mark_crossing(crossing, ax)
    # below, since above is the place of the title
    ax.legend(
        frameon=False,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.3),
        ncols=min(2, legend_columns([method for method, _ in methods])),
        fontsize=9,
    )
    sns.despine(ax=ax)
    return ax


def _place(frequency: npt.ArrayLike) -> np.ndarray:
    """A logarithmic axis with a place for zero."""
    return np.log10(1 + np.asarray(frequency, float))


def _mark_crossing(crossing: Crossing, ax: Axes) -> None:
    """An upright line where two methods cross, if they do, over its interval."""
    left, right = ax.get_xlim()
    at = float(_place(crossing.frequency))
    if not 0 < crossing.frequency < np.inf:
        return
    low, high = (np.clip(_place(end), left, right) for end in (crossing.low, crossing.high))
    ax.axvspan(float(low), float(high), color=GREY, alpha=0.18, lw=0)
    ax.axvline(at, color="black", lw=1, ls="--")
    rightwards = at < (left + right) / 2
    ax.annotate(
        f"cross at about {crossing.frequency:,.0f}",
        (at, 0.06),
        (5 if rightwards else -5, 0),
        textcoords="offset points",
        ha="left" if rightwards else "right",
        fontsize=9,
        bbox={"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.8},
    )
