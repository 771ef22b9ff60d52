"""Do images look like photographs? A model that was trained on flat drawings only answers about
photos as confidently as about drawings, and its answers mean nothing.

The pixels are looked at, not the model. A drawing of the field guide has flat areas, sharp edges
and a moderate number of colours. Photos have noise and texture, or are out of focus or grey.
"""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np
import torch

from ..support.cache import EmbeddingCache

# Limits that no image of the field guide reaches (the splits test, hard and shifted: 4,600 images)
# as drawn, resized and as JPEG of quality 50 to 90 (tests/unit/test_photos.py looks at some)
LEAST_FLAT = 0.25  # of the steps between neighbours up to 4 levels, those up to 1
LEAST_FINE = 0.515  # of the bends of 1 to 8 levels, those up to 4
MOST_TEXTURE = 0.34  # share of bends of 3 to 8 levels
MOST_SOFT = 0.79  # share of bends of 3 to 64 levels
COLOURS = 0.5, 9.25  # fewest and most, at 4 bits a channel, for each pixel of the image's width
MOST_BLANK = 0.5  # share of steps of 0, above which few colours mean nothing
INSTEAD = "openai/clip-vit-base-patch32"  # the model to load for photos


def look_like_photos(pixels: torch.Tensor) -> np.ndarray:
    """Which images look like photographs and unlike drawings of the field guide.

    Parameters
    ----------
    pixels : (n, height, width, 3) uint8 tensor
        As they go into the model, 80 to 96 pixels high and wide.

    Returns
    -------
    (n,) bool array
    """
    step, bend = _differences(pixels)
    area = bend[0].size
    flat = _upto(step, 1) / np.maximum(_upto(step, 4), 1)
    none, two, four, eight, many = (_upto(bend, levels) / area for levels in (0, 2, 4, 8, 64))
    fine = (four - none + 0.01) / (eight - none + 0.01)
    colours = _colours(pixels.numpy()) / pixels.shape[2]
    found = (flat < LEAST_FLAT) | (fine < LEAST_FINE)
    found |= (eight - two > MOST_TEXTURE) | (many - two > MOST_SOFT)
    # a blank or covered image has few colours, too
    blank = _upto(step, 0) / step[0].size > MOST_BLANK
    return found | (colours > COLOURS[1]) | ((colours < COLOURS[0]) & ~blank)


def _differences(pixels: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Step, the difference of a pixel and its neighbours, and bend, of a pixel and the mean of its
    four neighbours, times four; each (n, …) int16, of the channel where it is largest."""
    planes = pixels.permute(3, 0, 1, 2).to(torch.int16, memory_format=torch.contiguous_format)
    across, down = planes.diff(dim=3), planes.diff(dim=2)
    step = torch.maximum(across[:, :, 1:].abs(), down[:, :, :, 1:].abs()).amax(0)
    bend = across[:, :, 1:-1].diff(dim=3) + down[:, :, :, 1:-1].diff(dim=2)
    return step.numpy(), bend.abs().amax(0).numpy()


def _upto(differences: np.ndarray, levels: int) -> np.ndarray:
    """How many pixels of each image differ by so many levels at most."""
    return np.count_nonzero(differences <= levels, axis=(1, 2))


def _colours(pixels: np.ndarray) -> np.ndarray:
    """How many colours each image has, at 4 bits a channel."""
    red, green, blue = (np.moveaxis(pixels >> 4, 3, 0)).astype(np.int32)
    first = 4096 * np.arange(len(pixels), dtype=np.int32)[:, None, None]
    there = np.zeros(4096 * len(pixels), bool)
    there[first + (red << 8) + (green << 4) + blue] = True
    return np.count_nonzero(there.reshape(-1, 4096), axis=1)


class PhotoCheck:
    """Looks at the images of one call as they go through the model, and warns once, at its end.

    What was found is kept beside the embeddings, so that a warning is not lost where these come
    from the cache.

    Parameters
    ----------
    count : int
        The number of images.
    name : str
        What the model is called.
    """

    def __init__(self, count: int, name: str):
        self.found, self.name = np.zeros(count, bool), name
        self._waiting: deque[bool] = deque()

    def watching(self, forward: Callable[[list], torch.Tensor]) -> Callable[[list], torch.Tensor]:
        """The same function of prepared images, which are looked at once it has returned."""

        def watched(prepared: list) -> torch.Tensor:
            result = forward(prepared)  # a batch that runs out of memory comes again, in halves
            if all(isinstance(pixels, torch.Tensor) for pixels in prepared):
                found = look_like_photos(torch.stack(prepared)).tolist()
            else:  # an unusual processor made them: floats already, of any mean and size
                found = [False] * len(prepared)
            self._waiting.extend(found)
            return result

        return watched

    def settle(self, which: Sequence[int]) -> None:
        """These images have gone through the model, in this order."""
        for i in which:
            self.found[i] = self._waiting.popleft()

    def finish(self, cache: EmbeddingCache | None, keys: list[str] | None) -> None:
        """Keep which images look like photos, and warn if there are some."""
        if cache is not None and keys is not None:
            kept = [f"photo-like {key}" for key in keys]
            known = cache.get(kept)
            new = [kept[i] for i in np.flatnonzero(self.found) if kept[i] not in known]
            if new:
                cache.put(new, np.ones((len(new), 1), np.float32))
            self.found |= np.array([key in known for key in kept], bool)
        if self.found.any():
            warnings.warn(self._message(), stacklevel=5)

    def _message(self) -> str:
        photos, n = int(self.found.sum()), len(self.found)
        share = f"{100 * photos / n:.0f} %" if 100 * photos >= n else "less than 1 %"
        looks = f"{photos:,} of {n:,} images ({share}) look like photos"
        looks = "this image looks like a photo" if n == 1 else looks
        return (
            f"The model '{self.name}' knows flat drawings only, and {looks}, about which its"
            f" answers mean nothing; load a model that knows photos: load_clip('{INSTEAD}')."
        )
