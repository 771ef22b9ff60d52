"""Shapley values of regions: an image is cut into pieces, and each piece gets its fair share of a
text's cosine.

A player is a region, a coalition an image in which the other regions are replaced by a baseline,
its worth the cosine with the text.
"""

from __future__ import annotations

import zlib
from functools import partial
from typing import Any, TypeAlias, cast

import numpy as np
import torch
from PIL import Image

from ..support.arguments import whole
from ..support.arrays import array_of
from ..support.text import brief
from .gradients import Baseline, View

Regions: TypeAlias = "int | np.integer | str | np.ndarray"  # see region_labels


def shapley_sampling(
    view: View,
    texts: torch.Tensor,
    *,
    regions: Regions = 6,
    samples: int = 8,
    baseline: Baseline = "mean",
    seed: int = 0,
) -> tuple[np.ndarray, bool]:
    """Shapley values by sampling ``samples`` orders of the regions (Castro et al. 2009): samples ×
    regions forward passes for all texts together.

    The values add up exactly to the cosine of the image minus that of the baseline, however few
    the samples.
    """
    from captum.attr import ShapleyValueSampling

    whole("samples", samples, 1)
    whole("seed", seed, 0)
    labels, worth = _game(view, texts, regions, baseline)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        everyone = torch.ones(1, int(labels.max()) + 1)
        values = ShapleyValueSampling(worth).attribute(
            everyone,
            torch.zeros_like(everyone),
            n_samples=samples,
            perturbations_per_eval=view.batch,
        )
    return _on_regions(values[0].numpy(), labels), False


def kernel_shap(
    view: View,
    texts: torch.Tensor,
    *,
    regions: Regions = 6,
    samples: int = 256,
    baseline: Baseline = "mean",
    seed: int = 0,
) -> tuple[np.ndarray, bool]:
    """Shapley values by weighted regression on ``samples`` coalitions (KernelSHAP, Lundberg & Lee
    2017, theorem 2).

    One regression per text, on the same coalitions, which go through the model once.
    """
    from captum.attr import KernelShap

    # the first two are the image itself and the baseline, which make the values add up
    whole("samples", samples, 2)
    whole("seed", seed, 0)
    labels, worth = _game(view, texts, regions, baseline)
    everyone, values = torch.ones(1, int(labels.max()) + 1), []
    if everyone.shape[1] == 1:  # one region has it all, and there is nothing to sample
        alone = worth(everyone) - worth(torch.zeros_like(everyone))
        return _on_regions(alone.T.double().numpy(), labels), False
    for number in range(len(texts)):
        shap = KernelShap(partial(_of_one, worth, number))
        shap.interpretable_model = cast(Any, _Regression())  # captum's own needs scikit-learn
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            values.append(
                shap.attribute(
                    everyone,
                    torch.zeros_like(everyone),
                    n_samples=samples,
                    perturbations_per_eval=view.batch,
                )[0].numpy()
            )
    return _on_regions(np.stack(values), labels), False


def random(view: View, texts: torch.Tensor, *, seed: int = 0) -> tuple[np.ndarray, bool]:
    """Chance: every pixel of what the model sees gets a number between 0 and 1 of its own, another
    one for every text."""
    whole("seed", seed, 0)
    draws = [np.random.default_rng([seed, zlib.crc32(text.encode())]) for text in view.texts]
    return np.stack([draw.random(view.pixels.shape[2:]) for draw in draws]), False


def constant(view: View, texts: torch.Tensor) -> tuple[np.ndarray, bool]:
    """Every pixel of what the model sees matters alike."""
    return np.ones((len(texts), *view.pixels.shape[2:])), False


# --- the game -------------------------------------------------------------------------------------


def _game(view: View, texts: torch.Tensor, regions: Regions, baseline: Baseline):
    """(labels, worth): labels (h, w) int on what the model sees; worth maps coalitions (k, regions)
    of 0 and 1 to cosines (k, n).

    What a coalition is worth is kept, so that no coalition goes through the model twice.
    """
    labels = region_labels(view, regions)
    place, ground, known = (
        torch.from_numpy(labels).to(view.pixels.device),
        view.baseline(baseline),
        {},
    )

    @torch.no_grad()
    def worth(coalitions: torch.Tensor) -> torch.Tensor:
        keys = [bytes(row.bool().cpu().numpy()) for row in coalitions]
        new = [key for key in dict.fromkeys(keys) if key not in known]
        for start in range(0, len(new), view.batch):
            rows = np.stack([np.frombuffer(key, bool) for key in new[start : start + view.batch]])
            keep = torch.from_numpy(rows).to(place.device)[:, place][:, None]
            cosines = view.embed(torch.where(keep, view.pixels, ground)) @ texts.T
            known.update(zip(new[start:], cosines.cpu()))
        return torch.stack([known[key] for key in keys])

    return labels, worth


def _of_one(worth, number: int, coalitions: torch.Tensor) -> torch.Tensor:
    return worth(coalitions)[:, number]


def region_labels(view: View, regions: Regions) -> np.ndarray:
    """(h, w) int, 0 … regions - 1, on what the model sees.

    Parameters
    ----------
    regions : int, "superpixels", or (H, W) int array at the image's size
        A number k cuts what the model sees into k × k squares; any integers serve as labels in an
        array.
    """
    h, w = view.pixels.shape[2:]
    if isinstance(regions, str) and regions == "superpixels":
        return superpixels(view.pixels[0].permute(1, 2, 0).float().cpu().numpy())
    if (
        isinstance(regions, (int, np.integer))
        and not isinstance(regions, bool)
        and 1 <= regions <= min(h, w)
    ):
        return (np.arange(h)[:, None] * regions // h) * regions + np.arange(w)[None] * regions // w
    given = array_of(regions)
    if given.ndim and given.dtype.kind in "iub":
        if given.shape != view.size:
            raise ValueError(
                f"regions has the shape {given.shape}; it must be that of the image, {view.size}."
            )
        # numbered first, for Pillow holds no integers beyond 32 bits
        numbers = np.unique(given, return_inverse=True)[1].reshape(given.shape)
        seen = Image.fromarray(numbers.astype(np.int32)).transform(
            (w, h), Image.Transform.EXTENT, view.box, Image.Resampling.NEAREST
        )
        return np.unique(np.asarray(seen), return_inverse=True)[1].reshape(h, w)
    raise ValueError(
        f"regions is {brief(repr(regions), 60)}; it can be a number 1 … {min(h, w)} of squares a"
        " side, 'superpixels', or an array of labels."
    )


def superpixels(pixels: np.ndarray, side: int = 6, compactness: float = 1.0) -> np.ndarray:
    """About side² patches of like colour: k-means on colour and place (SLIC, Achanta et al. 2012,
    without its limit to neighbours).

    Parameters
    ----------
    pixels : (h, w, 3) float array
    compactness : float
        How much place counts against colour.

    Returns
    -------
    (h, w) int array; a patch may lie in several pieces
    """
    from scipy.cluster.vq import kmeans2

    h, w = pixels.shape[:2]
    y, x = np.mgrid[:h, :w]
    place = np.stack([y / h, x / w], -1) * side * compactness
    points = np.concatenate([pixels, place], -1).reshape(h * w, -1)
    centres = ((np.arange(side) + 0.5) * np.array([[h], [w]]) / side).astype(int)
    start = (centres[0][:, None] * w + centres[1]).ravel()
    labels = kmeans2(points, points[start], minit="matrix", iter=10, missing="warn")[1]
    return np.unique(labels, return_inverse=True)[1].reshape(h, w)


def _on_regions(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Values (n, regions) → maps (n, h, w) that add up to them: every pixel of a region has the
    same share."""
    return (values / np.bincount(labels.ravel()))[:, labels]


class _Regression:
    """Weighed least squares in the form in which captum wants its interpretable model."""

    def fit(self, train_data, **_):
        features, targets, weights = (torch.cat(parts).double() for parts in zip(*train_data))
        root = weights.sqrt()[:, None]
        inputs = torch.cat([features, torch.ones(len(features), 1)], dim=1)
        self._solution = torch.linalg.lstsq(
            inputs * root, targets.reshape(-1, 1) * root, driver="gelsd"
        ).solution[:-1, 0]
        return {}

    def representation(self) -> torch.Tensor:
        return self._solution[None].float()
