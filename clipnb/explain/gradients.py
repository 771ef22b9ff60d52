"""What :func:`clipnb.heatmap` computes: every method takes a :class:`View` and unit text
embeddings and gives one small map per text.

The value explained is always the cosine of image and text. Methods of published packages come
from captum; transformer relevance is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import normalize

from ..data.decode import to_rgb
from ..model.clip import Clip
from ..support.arguments import whole
from ..support.arrays import array_of
from .attention import attention_maps, eager_attention, relevance_rows

BASELINES = ("mean", "black", "white", "blur")
Baseline: TypeAlias = "str | Sequence[float] | np.ndarray"  # one of them, or a colour
# half precision would lose gradients of cosines, which are small; everything here is linear in the
# score's scale
SCALE = 1024.0


@dataclass
class View:
    """An image as the model sees it.

    Attributes
    ----------
    clip : Clip
    pixels : (1, 3, h, w) float tensor, normalised, on the model's device
    size : (height, width) of the image
    box : (left, top, right, bottom) of what the model sees
        In pixels of the image; a CLIP crops the middle square.
    texts : list of str
        What is asked of it.
    """

    clip: Clip
    pixels: torch.Tensor
    size: tuple[int, int]
    box: tuple[float, float, float, float]
    texts: list[str]

    @property
    def batch(self) -> int:
        return self.clip.batch_size

    @property
    def scale(self) -> float:
        return gradient_scale(self.clip)

    def embed(self, pixels: torch.Tensor) -> torch.Tensor:
        """(n, 3, h, w) → (n, dim) float32 unit embeddings, with gradients where they are
        enabled."""
        with autocast(self.clip):
            embeddings = self.clip.model.get_image_features(pixel_values=pixels).pooler_output
        return normalize(embeddings.float(), dim=-1)

    def paired(self, pixels: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
        """Cosine of image k with text k: (n, 3, h, w), (n, dim) → (n,), times ``scale``."""
        return self.scale * (self.embed(pixels) * texts).sum(-1)

    def baseline(self, kind: Baseline) -> torch.Tensor:
        """(1, 3, h, w): what an image without information looks like; "mean" is the image's own
        mean colour."""
        processor = self.clip.pixels
        mean, std = processor.mean.to(self.pixels), processor.std.to(self.pixels)
        if isinstance(kind, str) and kind in ("black", "white"):
            colour = torch.full_like(mean, float(kind == "white"))
        elif isinstance(kind, str) and kind == "mean":
            return self.pixels.mean((2, 3), keepdim=True).expand_as(self.pixels)
        elif isinstance(kind, str) and kind == "blur":
            from scipy.ndimage import gaussian_filter

            sigma = self.pixels.shape[-1] / 8
            return torch.from_numpy(
                gaussian_filter(
                    self.pixels.float().cpu().numpy(), (0, 0, sigma, sigma), mode="nearest"
                )
            ).to(self.pixels)
        elif not isinstance(kind, str) and is_colour(rgb := array_of(kind)):
            colour = torch.as_tensor(rgb / 255).view(3, 1, 1).to(self.pixels)
        else:
            raise ValueError(
                f"baseline is {kind!r}; it can be {', '.join(BASELINES)}, or a colour such as (128,"
                " 128, 128)."
            )
        return ((colour - mean) / std)[None].expand_as(self.pixels)


def is_colour(rgb: np.ndarray) -> bool:
    """Whether these are red, green and blue, 0 to 255; NaN is no colour."""
    return rgb.shape == (3,) and rgb.dtype.kind in "iuf" and bool(((rgb >= 0) & (rgb <= 255)).all())


def gradient_scale(clip: Clip) -> float:
    return SCALE if clip.dtype in (torch.float16, torch.bfloat16) else 1.0


def autocast(clip: Clip) -> torch.autocast:
    """Products in half precision where the model's weights are, as in ``Clip.encode_images``."""
    return torch.autocast(
        clip.device.type, clip.dtype, enabled=clip.dtype in (torch.float16, torch.bfloat16)
    )


def look(clip: Clip, image: Image.Image | np.ndarray, texts: list[str]) -> View:
    """The image as the model sees it; ValueError for image processors that do more than resize
    and crop (SigLIP 2 with patches of any shape)."""
    if not isinstance(image, (Image.Image, np.ndarray)):
        raise TypeError(
            "A heatmap explains one image (PIL, or a (height, width, 3) uint8 array), but got"
            f" {type(image).__name__}; try images[0]."
        )
    upright, processor = to_rgb(image), clip.pixels
    if not processor.simple:
        raise ValueError(
            f"Heatmaps need an image processor that resizes and crops; that of '{clip.name}' is a"
            f" {type(processor.processor).__name__}."
        )
    pixels = processor.finish([processor.prepare(upright)], clip.device, torch.float32)[
        "pixel_values"
    ]
    width, height = upright.size
    box = (0.0, 0.0, float(width), float(height))
    # as in Pixels.prepare: the shorter side to a given length, then the middle
    if processor.shortest and processor.crop:
        shorter = min(width, height)
        resized = (
            int(processor.shortest * width / shorter),
            int(processor.shortest * height / shorter),
        )
        h, w = processor.crop
        assert h is not None and w is not None  # a crop has both
        left, top = (resized[0] - w) // 2, (resized[1] - h) // 2
        x, y = width / resized[0], height / resized[1]
        box = (left * x, top * y, (left + w) * x, (top + h) * y)
    return View(clip, pixels, (height, width), box, texts)


# --- from a small map to the size of the image --------------------------------------------------


def to_image(view: View, maps: np.ndarray, smooth: bool) -> np.ndarray:
    """(n, a, b) on what the model sees → (n, H, W) on the image; 0 where the model did not look.

    Smooth maps are interpolated. The others are handed out by area: every cell gives all it has to
    the pixels it covers, so that the sum stays.
    """
    left, top, right, bottom = view.box
    rows = (_interpolation if smooth else _shares)(top, bottom, maps.shape[1], view.size[0])
    columns = (_interpolation if smooth else _shares)(left, right, maps.shape[2], view.size[1])
    return np.einsum("Hh,nhw,Ww->nHW", rows, maps, columns, optimize=True)


def _shares(start: float, end: float, cells: int, size: int) -> np.ndarray:
    """(size, cells): which share of a cell lies on which pixel; cells divide start … end evenly."""
    edges = np.linspace(start, end, cells + 1)
    pixels = np.arange(size)[:, None]
    overlap = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return np.clip(overlap, 0, None) / np.diff(edges)


def _interpolation(start: float, end: float, cells: int, size: int) -> np.ndarray:
    """(size, cells): weights of linear interpolation between the centres of cells."""
    at = (np.arange(size) + 0.5 - start) / (end - start)
    place = np.clip(at * cells - 0.5, 0, cells - 1)
    weights = np.clip(1 - np.abs(place[:, None] - np.arange(cells)), 0, None)
    return weights * ((at > 0) & (at < 1))[:, None]


# --- gradients ------------------------------------------------------------------------------------


def gradient(view: View, texts: torch.Tensor) -> tuple[np.ndarray, bool]:
    """|d cosine / d pixel|, the sum over colours (Simonyan et al. 2014)."""
    from captum.attr import Saliency

    pixels = view.pixels.repeat(len(texts), 1, 1, 1).requires_grad_()
    grads = Saliency(view.paired).attribute(pixels, additional_forward_args=texts)
    return _numpy(grads.sum(1) / view.scale), False


def integrated_gradients(
    view: View, texts: torch.Tensor, *, baseline: Baseline = "mean", steps: int = 32
) -> tuple[np.ndarray, bool]:
    """Integrated gradients (Sundararajan et al. 2017, equation 1), the sum over colours.

    The map adds up to the cosine of the image minus that of the baseline, but for the error of
    ``steps`` steps (Gauss-Legendre).
    """
    from captum.attr import IntegratedGradients

    whole("steps", steps, 1)
    pixels = view.pixels.repeat(len(texts), 1, 1, 1)
    ground = view.baseline(baseline).repeat(len(texts), 1, 1, 1)
    values = IntegratedGradients(view.paired).attribute(
        pixels,
        ground,
        additional_forward_args=texts,
        n_steps=steps,
        internal_batch_size=max(view.batch, len(texts)),
    )
    return _numpy(values.sum(1) / view.scale), False


def grad_cam(
    view: View, texts: torch.Tensor, *, layer: int | None = None, relu: bool = True
) -> tuple[np.ndarray, bool]:
    """Layer Grad-CAM (Selvaraju et al. 2017, equations 1 and 2) on the patch tokens that leave a
    layer of the vision transformer.

    ``layer`` counts from 0, or from the end. By default the last whose patches the score can see:
    the last but one for CLIP, whose score reads the class token only, and the last for SigLIP.
    """
    from captum.attr import LayerGradCam

    layers, classed = view.clip.model.vision_model.encoder.layers, _has_class_token(view.clip)
    last = len(layers) - (2 if classed else 1)
    if layer is not None:
        whole("layer", layer)
    number = last if layer is None else layer + len(layers) if layer < 0 else layer
    if not 0 <= number <= last:
        why = " (after the last layer the score reads the class token only)" if classed else ""
        raise ValueError(
            f"layer is {layer}; this model has patches to look at after the layers 0 … {last}{why}."
        )
    with _tokens_as_channels(layers[number], _grid(view), classed) as grid:
        pixels = view.pixels.repeat(len(texts), 1, 1, 1).requires_grad_()
        maps = LayerGradCam(view.paired, grid).attribute(
            pixels, additional_forward_args=texts, relu_attributions=relu
        )
    assert isinstance(maps, torch.Tensor)  # one layer, one input
    return _numpy(maps[:, 0] / view.scale), True


def gradient_attention(
    view: View, texts: torch.Tensor, *, layers: int | None = None
) -> tuple[np.ndarray, bool]:
    """Transformer relevance, gradient × attention (Chefer, Gur & Wolf, ICCV 2021, equations 5 and
    6), for all heads and layers.

    ``layers``: how many of the last layers take part; by default all. Never negative: it says
    where, not in which direction.
    """
    model = view.clip.model.vision_model
    blocks = _last(model.encoder.layers, layers)
    with (
        eager_attention(view.clip.model),
        attention_maps(blocks, getattr(model, "head", None)) as maps,
    ):
        score = view.scale * view.embed(view.pixels) @ texts.T
    relevance = relevance_rows(score[0], maps, view.scale)  # (n, tokens to read from, tokens)
    classed = _has_class_token(view.clip)
    # the class token's row, or that of SigLIP's pooling query
    row = relevance[:, 0, 1:] if classed else relevance[:, 0]
    return _numpy(row.reshape(len(texts), *_grid(view))), True


@contextmanager
def _tokens_as_channels(layer, grid: tuple[int, int], classed: bool):
    """Send a layer's patch tokens (n, patches, channels) through a module that sees them as a
    image (n, channels, rows, columns)."""
    module = torch.nn.Identity()

    def reshape(_layer, _inputs, tokens):
        patches = tokens[:, int(classed) :]
        image = module(patches.transpose(1, 2).unflatten(2, grid))
        return torch.cat([tokens[:, : int(classed)], image.flatten(2).transpose(1, 2)], dim=1)

    hook = layer.register_forward_hook(reshape)
    try:
        yield module
    finally:
        hook.remove()


def _has_class_token(clip: Clip) -> bool:
    return hasattr(clip.model.vision_model.embeddings, "class_embedding")


def _grid(view: View) -> tuple[int, int]:
    patch = view.clip.model.config.vision_config.patch_size
    return view.pixels.shape[-2] // patch, view.pixels.shape[-1] // patch


def _last(blocks, count: int | None):
    if count is None:
        return list(blocks)
    whole("layers", count)
    if not 1 <= count <= len(blocks):
        raise ValueError(
            f"layers is {count}; the model has {len(blocks)}, so give 1 … {len(blocks)}, or leave"
            " it out for all."
        )
    return list(blocks)[-count:]


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().double().cpu().numpy()
