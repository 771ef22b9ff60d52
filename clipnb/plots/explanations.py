"""Which words, which descriptors: word relevance, and contributions to a margin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from .alt import describe
from .basic import (
    BLUE,
    GREY,
    ORANGE,
    axes_or_new,
    show_image,
)
from .labels import FEW_LINES, plain, wrap

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from ..classify.zeroshot import Prediction
    from ..data.images import ImageDataset


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: what it is called, where it starts and ends, and whose prompt it is
    (``"first"``, ``"second"``, ``"both"``; empty if it is none)."""

    label: str
    start: float
    end: float
    owner: str = ""
    total: bool = False

    @property
    def value(self) -> float:
        return self.end - self.start

    @property
    def colour(self) -> str:
        return GREY if self.total else BLUE if self.value >= 0 else ORANGE


def waterfall(table: pd.DataFrame, attrs: dict, top_k: int) -> list[Step]:
    """The bars of :func:`plot_contributions`: the mean margin, the centred contributions, largest
    first, the rest in one, and the margin."""
    first, second = attrs["classes"]
    owners = {first: "first", second: "second"}
    strongest = table["centred"].abs().sort_values(ascending=False, kind="stable").index[:top_k]
    steps, at = [], attrs["mean_margin"]
    if attrs["n_reference"]:
        n = attrs["n_reference"]
        steps.append(Step(f"mean margin of {n:,} image{'s' * (n > 1)}", 0.0, at, total=True))
    for k in sorted(strongest):  # contributions() has them in order
        row = table.loc[k]
        steps.append(Step(row["prompt"], at, at + row["centred"], owners.get(row["class"], "both")))
        at = steps[-1].end
    others = table.drop(strongest)
    if len(others):
        label = f"{len(others)} other prompt{'s' * (len(others) > 1)}"
        steps.append(Step(label, at, at + others["centred"].sum()))
        at = steps[-1].end
    return [*steps, Step("sum: margin of this image", 0.0, at, total=True)]


def plot_contributions(
    prediction: Prediction,
    index: int = 0,
    classes: Sequence[str] | None = None,
    ax: Axes | None = None,
    reference: Any = None,
    top_k: int = 16,
    true_class: str | None = None,
) -> Axes:
    """Why this class rather than that one: the margin as a waterfall of the centred values of
    :func:`clipnb.contributions`.

    Every bar starts where the last one ended, blue if it speaks for the first class and orange if
    it speaks for the second. The first bar is the mean margin of the reference images (there is
    none without a reference), the last one the margin of this image. The dot before a bar says
    whose prompt it is; the column of numbers adds up to its last line.

    Parameters
    ----------
    prediction : Prediction
    index : int
        The image.
    classes : (str, str), optional
        This class rather than that one; by default the two best.
    reference : images, embeddings or "midpoint", optional
        As for :func:`clipnb.contributions`.
    top_k : int
        How many prompts have a bar of their own; the others share one.
    true_class : str, optional
        The class of the image, for the title.
    """
    steps, attrs = _steps(prediction, index, classes, reference, top_k)
    own = ax is None
    ax = axes_or_new(ax, (7, waterfall_height(steps) + 0.2 * (true_class is not None)))
    _draw(steps, attrs, ax, true_class)
    if own:
        said = f"Image of the class {plain(true_class)}. " if true_class else ""
        describe(ax, said + _in_words(steps, attrs))
    return ax


def _draw(
    steps: list[Step],
    attrs: dict,
    ax: Axes,
    true_class: str | None = None,
    legend_in: Axes | None = None,
) -> None:
    for y, step in enumerate(steps):
        ax.barh(y, step.value, left=step.start, color=step.colour, height=0.72)
        if y + 1 < len(steps):
            ax.plot([step.end] * 2, [y - 0.36, y + 1.36], color="0.35", lw=0.8)
        _mark_owner(ax, y, step.owner)
        weight = "bold" if step.total else "normal"
        ax.annotate(
            f"{step.value:+z.3f}".replace("-", "\N{MINUS SIGN}"),
            (1, y),
            (48, 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=9.5,
            fontweight=weight,
        )
    ax.axvline(0, color="black", lw=0.8)
    ax.axhline(len(steps) - 1.5, color="0.35", lw=0.8)
    ax.set_yticks(range(len(steps)), [step_label(step) for step in steps], fontsize=9.5)
    ax.tick_params(axis="y", length=0, pad=14)
    ax.tick_params(axis="x", labelsize=9)
    for label, step in zip(ax.get_yticklabels(), steps):
        label.set_fontweight("bold" if step.total else "normal")
    ax.set_ylim(len(steps) - 0.4, -0.6)
    ends = [0.0, *(end for step in steps for end in (step.start, step.end))]
    room = 0.04 * np.ptp(ends) + 1e-6
    ax.set_xlim(min(ends) - room * (min(ends) < 0), max(ends) + room)
    ax.locator_params(axis="x", nbins=4)
    ax.set_xlabel("margin", fontsize=9.5)
    sns.despine(ax=ax, left=True)
    _title_and_legend(ax, attrs, true_class, legend_in)


def _steps(prediction: Prediction, index: int, classes, reference, top_k: int) -> tuple:
    """The bars of one margin, and what :func:`clipnb.contributions` says of it."""
    from ..explain.margins import contributions

    table = contributions(prediction, index, classes, reference)
    attrs = table.attrs
    if prediction.classifier.pooling == "max":
        table = table.loc[table["weight"] != 0]
    return waterfall(table, attrs, top_k), attrs


def step_label(step: Step) -> str:
    return wrap(step.label, 36, 2)


ABOVE_BARS = 0.9  # inches for title and legend


def waterfall_height(steps: list[Step]) -> float:
    """Inches that give every bar room for its label of one or two lines, and for title and
    legend."""
    two_lines = any("\n" in step_label(step) for step in steps)
    return (0.34 if two_lines else 0.27) * len(steps) + 1.8


MARKERS = {"first": "full", "second": "none", "both": "left"}


def _marker(owner: str) -> dict:
    return {"marker": "o", "ms": 6, "mec": "black", "color": "black", "fillstyle": MARKERS[owner]}


def _mark_owner(ax: Axes, y: float, owner: str) -> None:
    """A dot between label and bar that says whose prompt it is."""
    if owner:
        where = ax.get_yaxis_transform() + ScaledTranslation(-8 / 72, 0, ax.figure.dpi_scale_trans)
        ax.plot([0], [y], transform=where, clip_on=False, ls="", **_marker(owner))


def short(name: str) -> str:
    """A name on one line, cut if it is long."""
    return wrap(" ".join(name.split()), 34, 1)


def _title_and_legend(
    ax: Axes, attrs: dict, true_class: str | None, legend_in: Axes | None
) -> None:
    """The margin in words, and whose colour and dot is whose: above the bars, where it grows to the
    left, over the labels; or at the foot of other axes."""
    names, margin = [short(name) for name in attrs["classes"]], attrs["margin"]
    handles = [Patch(color=BLUE), Patch(color=ORANGE)]
    handles += [Line2D([], [], ls="", **_marker(owner)) for owner in ("first", "second")]
    labels = [f"for {name}" for name in names] + [f"prompt of {name}" for name in names]
    more = "higher" if margin >= 0 else "lower"
    digits = 3 if abs(margin) >= 0.0005 else 4  # "0.000 higher" says nothing
    title = f"{names[0]} scores {abs(margin):.{digits}f} {more} than {names[1]}"
    title = title if len(title) < 62 else title.replace(" than ", "\nthan ")
    if true_class is not None:
        title += f"\n(true class: {short(true_class)})"
    legend = (legend_in or ax).legend(
        handles,
        labels,
        title=title,
        loc="lower left" if legend_in else "lower right",
        bbox_to_anchor=(0.0, 0.0) if legend_in else (1.0, 1.0),
        ncols=2 if len("".join(names)) < (40 if legend_in else 46) else 1,
        frameon=False,
        fontsize=9.5,
        alignment="left",
        borderaxespad=0.0 if legend_in else 0.2,
        borderpad=0.0 if legend_in else None,
    )
    legend.get_title().set_fontsize(11)


def _in_words(steps: list[Step], attrs: dict) -> str:
    """The alt text of a waterfall."""
    first, second = attrs["classes"]
    names = {"first": f" ({first})", "second": f" ({second})", "both": " (both)", "": ""}
    said = [f"{plain(wrap(s.label, 80, 2))}{names[s.owner]} {s.value:+z.3f}" for s in steps[:-1]]
    return plain(
        f"Waterfall of the margin of {first} over {second}: {'; '.join(said)}; margin of this"
        f" image {attrs['margin']:+z.3f}"
    )


def explain_image(
    data: ImageDataset,
    prediction: Prediction,
    index: int = 0,
    classes: Sequence[str] | None = None,
    reference: Any = None,
    top_k: int = 16,
) -> tuple[Axes, Axes]:
    """The image with its true class and the prediction, and beside it the margin of two classes as
    in :func:`plot_contributions`; returns both axes.

    Parameters
    ----------
    data : ImageDataset
        The images of the prediction, in its order.
    prediction, index, classes, reference, top_k
        As for :func:`plot_contributions`.
    """
    steps, attrs = _steps(prediction, index, classes, reference, top_k)
    # the image at the top, since beside the bars it would stand over an empty place
    width, side, edge = 7.2, 2.0, 0.1
    height = side + 2 * edge + waterfall_height(steps) - ABOVE_BARS
    figure, right = plt.subplots(figsize=(width, height), layout="constrained")
    below = 1 - (side + 2 * edge) / height
    figure.set_layout_engine("constrained", rect=(0, 0, 1, below))
    top, tall = below + edge / height, side / height
    beside = (side + 3 * edge) / width
    left = figure.add_axes((edge / width, top, side / width, tall))
    head = figure.add_axes((beside, top, 1 - beside, tall))
    head.set_axis_off()
    show_image(data.images[index], "", left)
    said = prediction.labels[index]
    share = float(prediction.probabilities[index].max())
    lines = [f"predicted: {said} ({share:.2f})"]
    if data.labels[index] >= 0:
        truth = data.class_names[data.labels[index]]
        lines = [f"true class: {truth}", *lines, "correct" if said == truth else "incorrect"]
    text = "\n".join(wrap(line, 60, 2) for line in lines)
    head.text(0, 1, text, fontsize=10, va="top", transform=head.transAxes)
    _draw(steps, attrs, right, legend_in=head)
    said = ", ".join(plain(wrap(line, 80, 2)) for line in lines)
    describe(figure, f"Image, {said}. {_in_words(steps, attrs)}")
    return left, right


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
