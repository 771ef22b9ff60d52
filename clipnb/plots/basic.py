"""Images, probabilities, similarities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.colors import LinearSegmentedColormap
from PIL import Image

from ..data.decode import to_rgb
from ..data.given import image_of
from .labels import FEW_LINES, wrap

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer

    from ..classify.zeroshot import Prediction


# Okabe and Ito
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#999999",
)
# as in the waterfall of a margin
AGAINST_AND_FOR = LinearSegmentedColormap.from_list("against and for", [ORANGE, "white", BLUE])


def axes_or_new(ax: Axes | None, size: tuple[float, float]) -> Axes:
    return ax if ax is not None else plt.subplots(figsize=size, layout="constrained")[1]


def minus_signs(ax: Axes) -> None:
    """Give the numbers in a matrix the minus that the axes have."""
    for text in ax.texts:
        text.set_text(text.get_text().replace("-", "\N{MINUS SIGN}"))


def pixels_of(image: Image.Image | np.ndarray) -> np.ndarray:
    """An image as upright RGB, (height, width, 3) uint8, as the model sees it.

    ``imshow`` would colour one channel by viridis, and take the four of CMYK for RGBA.

    Parameters
    ----------
    image : PIL image of any mode, path, or array
        An array of two dimensions, or with one channel, is grey; numbers that are not uint8 are 0
        to 255 if whole, and 0 to 1 if not.

    Raises
    ------
    ValueError
        If an array has another shape, or values beyond that.
    """
    if isinstance(image, (Image.Image, str, Path)):
        return np.asarray(image_of(image))
    array = np.asarray(image)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or array.dtype.kind not in "buif":
        raise ValueError(
            "An image as an array must be (height, width), (height, width, 3) or (height, width,"
            f" 4) numbers, but this one is {array.shape} of type {array.dtype}; move its axes, or"
            " give a PIL image."
        )
    most = 255 if array.dtype.kind in "ui" else 1
    if array.size and not (array.min() >= -1e-3 and array.max() <= most + 1e-3):
        raise ValueError(
            f"An image of type {array.dtype} has values from 0 to {most}, but this one has"
            f" {array.min():g} to {array.max():g}; scale it."
        )
    scaled = array if most > 1 else np.round(255 * np.clip(array.astype(np.float32), 0, 1))
    pixels = scaled.astype(np.uint8)
    return np.asarray(to_rgb(np.repeat(pixels, 3, -1) if pixels.shape[2] == 1 else pixels))


def show_image(image: Image.Image | np.ndarray, title: str = "", ax: Axes | None = None) -> Axes:
    """An image without axes."""
    ax = axes_or_new(ax, (3, 3.2))
    ax.imshow(pixels_of(image))
    ax.set_axis_off()
    if title:
        ax.set_title(wrap(title), fontsize=10)
    return ax


def show_mask(
    image: Image.Image | np.ndarray, mask: npt.ArrayLike, title: str = "", ax: Axes | None = None
) -> Axes:
    """An image in which all but the mask is dimmed.

    Parameters
    ----------
    image : PIL image
    mask : (height, width) bool array
        As from ``ImageDataset.mask``.
    """
    pixels, mask = pixels_of(image).astype(float), np.asarray(mask)
    if pixels.shape[:2] != mask.shape:
        raise ValueError(
            f"The mask has the shape {mask.shape}, the image {pixels.shape[:2]}; they must be"
            " alike."
        )
    dimmed = 0.2 * pixels.mean(-1, keepdims=True) + 0.75 * 255
    return show_image(np.where(mask[..., None], pixels, dimmed).astype(np.uint8), title, ax)


def show_images(
    images: Iterable[Image.Image | np.ndarray],
    titles: Sequence[object] | None = None,
    columns: int = 6,
    side: float = 1.7,
) -> np.ndarray:
    """A grid of images; returns the array of axes."""
    images, room = list(images), round(12 * side)  # characters of 9 points over an image
    rows = -(-len(images) // columns)
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(columns * side, rows * (side + 0.25)),
        squeeze=False,
        layout="constrained",
    )
    for i, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if i < len(images):
            ax.imshow(pixels_of(images[i]))
            if titles is not None:
                ax.set_title(wrap(titles[i], room), fontsize=9)
    return axes


def plot_probabilities(
    prediction: Prediction, index: int = 0, top: int = 5, ax: Axes | None = None
) -> Axes:
    """The leading classes of one image as bars."""
    ax = axes_or_new(ax, (5, 0.4 * top + 0.8))
    order = prediction.ranking(index)[:top]
    values = prediction.probabilities[index][order].numpy()
    # by place and not by name: seaborn makes one bar of two labels that look alike
    places = np.arange(len(order))
    sns.barplot(x=values, y=places, orient="h", color=BLUE, ax=ax)
    ax.set_yticks(places, [wrap(prediction.class_names[c]) for c in order])
    ax.bar_label(
        cast("BarContainer", ax.containers[0]),
        labels=[f"{100 * v:.0f} %" if v >= 0.01 else "<1 %" for v in values],
        padding=3,
        fontsize=9,
    )
    ax.set(xlabel="probability", ylabel="", xlim=(0, 1.12))
    sns.despine(ax=ax)
    return ax


def plot_similarity(
    similarity: npt.ArrayLike,
    rows: Sequence[str],
    columns: Sequence[str],
    label: str = "cosine",
    differences: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """A matrix of cosines with the values written in.

    Parameters
    ----------
    similarity : (rows, columns) array
    rows, columns : list of str
    label : str
        What the colours mean.
    differences : bool
        The values are differences of cosines: a third digit, and colours that part at 0.
    """
    digits, similarity = 3 if differences else 2, np.asarray(similarity)
    ax = axes_or_new(ax, (1.0 * similarity.shape[1] + 2.5, 0.5 * similarity.shape[0] + 1.5))
    values = similarity.round(digits) + 0.0  # no −0.00
    sns.heatmap(
        similarity,
        annot=values,
        fmt=f".{digits}f",
        cbar_kws={"label": wrap(label, 40, FEW_LINES)},
        annot_kws={"fontsize": 9},
        ax=ax,
        cmap=AGAINST_AND_FOR if differences else "viridis",
        center=0 if differences else None,
    )
    minus_signs(ax)
    ax.set_yticks(np.arange(len(rows)) + 0.5, [wrap(r, 28) for r in rows], rotation=0, fontsize=9)
    ax.set_xticks(
        np.arange(len(columns)) + 0.5, [wrap(c, 14) for c in columns], rotation=0, fontsize=9
    )
    return ax
