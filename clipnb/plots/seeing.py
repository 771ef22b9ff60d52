"""What goes into a CLIP and what comes out: patches, tokens, the similarities of images and texts,
and their distributions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.patches import Rectangle

from .alt import MOST_VALUES, describe
from .basic import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, axes_or_new, minus_signs, pixels_of
from .labels import FEW_LINES, legend_label, plain, wrap

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.patheffects import AbstractPathEffect
    from PIL import Image


def plot_patches(image: Image.Image | np.ndarray, side: int, ax: Axes | None = None) -> Axes:
    """An image under the grid of its patches, numbered as the model counts them.

    Parameters
    ----------
    image : PIL image or (height, width, 3) array
        Both sides a multiple of ``side``.
    side : int
        Side of a patch in pixels.
    """
    pixels = pixels_of(image)
    height, width = pixels.shape[:2]
    ax = axes_or_new(ax, (4, 4 * height / width))
    ax.imshow(pixels, extent=(0, width, height, 0), interpolation="nearest")
    for place in range(0, width + 1, side):
        ax.axvline(place, color="white", lw=1)
    for place in range(0, height + 1, side):
        ax.axhline(place, color="white", lw=1)
    corners = [(y, x) for y in range(0, height, side) for x in range(0, width, side)]
    for number, (y, x) in enumerate(corners):
        label = ax.text(
            x + side / 2,
            y + side / 2,
            str(number),
            ha="center",
            va="center",
            fontsize=9,
            color="white",
        )
        label.set_path_effects(_outline())
    ax.set(xlabel="pixels", ylabel="pixels")
    return ax


def _outline() -> list[AbstractPathEffect]:
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=1.5, foreground="black")]


def plot_tokens(
    rows: Iterable[Iterable[str]], known: Sequence[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Texts as rows of boxes, one box a token.

    Parameters
    ----------
    rows : list of list of str
        The tokens of each text.
    known : list of str, optional
        What stands left of each row.
    """
    rows, own = [list(row) for row in rows], ax is None
    ax = axes_or_new(ax, (9, 0.55 * len(rows) + 0.3))
    for y, row in enumerate(rows):
        x = 0.0
        for i, token in enumerate(row):
            width = 0.75 + 0.62 * len(token)
            ax.barh(
                y,
                width,
                left=x,
                height=0.72,
                color=(SKY, ORANGE)[i % 2],
                alpha=0.55,
                edgecolor="white",
            )
            ax.text(
                x + width / 2,
                y,
                wrap(token, 80),
                ha="center",
                va="center",
                fontsize=9,
                family="monospace",
            )
            x += width
    ax.set_yticks(
        range(len(rows)),
        [wrap(text, 30) for text in known] if known is not None else [""] * len(rows),
        fontsize=9,
    )
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.tick_params(length=0)
    sns.despine(ax=ax, left=True, bottom=True)
    if own:
        said = [
            (f"‘{plain(wrap(known[y], 80, 2))}’: " if known is not None else "")
            + " | ".join(plain(wrap(token, 80, 1)) for token in row)
            for y, row in enumerate(rows[:MOST_VALUES])
        ]
        describe(ax, plain(f"Texts as rows of boxes, one box a token. {'; '.join(said)}"))
    return ax


def plot_image_text_similarity(
    images: Iterable[Image.Image | np.ndarray], texts: Sequence[str], similarity: npt.ArrayLike
) -> Axes:
    """The similarity matrix of a few images (across) and texts (down); a frame marks the text of
    highest similarity of each image. Returns the axes of the matrix.

    Parameters
    ----------
    images : sequence of n images
    texts : list of m str
    similarity : (n, m) array of cosines
        Image × text.
    """
    cosines = np.asarray(similarity).T
    m, n = cosines.shape
    figure, ax = plt.subplots(figsize=(1.0 * n + 3.2, 0.45 * m + 1.9), layout="constrained")
    sns.heatmap(
        cosines,
        annot=cosines.round(2) + 0.0,  # no −0.00
        fmt=".2f",
        cmap="viridis",
        cbar_kws={"label": "cosine similarity"},
        annot_kws={"fontsize": 9},
        ax=ax,
    )
    minus_signs(ax)
    ax.set_yticks(np.arange(m) + 0.5, [wrap(text, 36) for text in texts], rotation=0, fontsize=9)
    ax.set_xticks([])
    for column, best in enumerate(cosines.argmax(0)):
        ax.add_patch(
            Rectangle(
                (column + 0.03, best + 0.05), 0.94, 0.9, fill=False, edgecolor=VERMILION, lw=2.5
            )
        )
    height = 0.9 * m / (0.45 * m)  # an image as high as it is wide, in rows of the matrix
    for column, image in enumerate(images):
        box = ax.inset_axes((column + 0.06, -height - 0.15, 0.88, height), transform=ax.transData)
        box.imshow(pixels_of(image))
        box.set_axis_off()
    return ax


def plot_distributions(
    panels: Mapping[str, Mapping[str, npt.ArrayLike]],
    bins: int = 60,
    colours: Sequence[str] = (BLUE, ORANGE, GREEN, GREY),
) -> np.ndarray:
    """Distributions of cosine similarities, one panel below the other on the same axis; returns the
    array of axes.

    Parameters
    ----------
    panels : dict
        Title of the panel → {name of the group: similarities}.
        Each density is drawn to the same height; the thin vertical line is the group's mean.
    bins : int
        Over the range −1 to 1, of which the axis shows the part that has values.
    colours : list of str
        Of the groups, in turn.
    """
    figure, axes = plt.subplots(
        len(panels),
        1,
        figsize=(8.4, 1.6 * len(panels) + 0.6),
        squeeze=False,
        sharex=True,
        layout="constrained",
    )
    edges = np.linspace(-1, 1, bins + 1)
    lowest = min(
        (np.asarray(values).min() for groups in panels.values() for values in groups.values()),
        default=0,
    )
    left = max(-1, np.floor(5 * float(lowest) - 0.25) / 5)
    shown: list[str] = []
    for ax, (title, groups) in zip(axes[:, 0], panels.items()):
        for (name, values), colour, style in zip(
            groups.items(), cycle(colours), cycle(("-", "--", "-.", ":"))
        ):
            share = np.histogram(np.asarray(values), edges)[0].astype(float)
            ax.stairs(
                share / share.max(), edges, color=colour, ls=style, lw=1.6, label=legend_label(name)
            )
            ax.fill_between(
                edges[:-1], 0, share / share.max(), step="post", color=colour, alpha=0.15
            )
            ax.axvline(float(np.mean(np.asarray(values))), color=colour, ls=style, lw=0.8)
        ax.set(yticks=[], ylabel="density", xlim=(left, 1), ylim=(0, 1.08))
        ax.set_title(wrap(title, 60, FEW_LINES), fontsize=10, loc="left")
        sns.despine(ax=ax, left=True)
        if list(groups) != shown:  # panels with the same groups share a legend
            ax.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
        shown = list(groups)
    axes[-1, 0].set_xlabel("cosine similarity (thin vertical lines: means)")
    return axes
