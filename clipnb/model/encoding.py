"""Many images through a model, in batches that fit into memory, on one path for CPU and GPU.

Nothing here knows what a CLIP is: :class:`Pixels` makes model input of images, :func:`in_batches`
drives any function from a list to embeddings. ``clipnb.model.reading`` reads the images.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..support.limits import IMAGE_PIXELS, MODEL_INPUT_SIDE

if TYPE_CHECKING:
    from PIL import Image


START, MOST = 64, 512  # items in a batch: where to start, and beyond which nothing gets faster
MOST_ENLARGED = MODEL_INPUT_SIDE**2  # pixels of an image between resizing and cropping
SHARE = 0.6  # of the free memory that a batch may take
# image processors that resize, crop, scale and normalise, and do nothing else
PLAIN = ("CLIPImageProcessorPil", "ChineseCLIPImageProcessorPil", "SiglipImageProcessorPil")
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "alloc_failed")


def fitting(free: int, per_item: float, most: int = MOST) -> int:
    """How many items to take at once: the largest power of two that needs no more than SHARE of the
    free bytes, 1 … ``most``."""
    count = max(1, min(most, int(SHARE * free / max(per_item, 1))))
    return 1 << (count.bit_length() - 1)


class BatchSize:
    """How many items go through the model at once.

    On a GPU it is found by measuring the first batch. Whatever the device, a batch that runs out of
    memory is repeated in halves, and the smaller size is kept.

    Parameters
    ----------
    size : int, optional
        A fixed number; without, START, and on a GPU what fits.
    """

    def __init__(self, size: int | None = None):
        if size is not None and size < 1:
            raise ValueError(f"batch_size is {size}; a batch needs at least one item.")
        self.now, self._measured = size or START, size is not None

    def run(self, forward: Callable[[list], torch.Tensor], chunk: list) -> torch.Tensor:
        """forward(chunk), in as many pieces as memory asks for; torch.OutOfMemoryError only if a
        single item does not fit."""
        done, parts, before = 0, [], None
        while done < len(chunk):
            piece, failure = chunk[done : done + self.now], None
            try:
                parts.append(self._measure(forward, piece))
                done += len(piece)
            except RuntimeError as error:
                if not any(sign in str(error).lower() for sign in OUT_OF_MEMORY) and not isinstance(
                    error, torch.OutOfMemoryError
                ):
                    raise
                failure = str(error).split("\n")[0]  # the error itself would keep its tensors alive
            if failure is not None:
                before = before or len(piece)
                self._halve(len(piece), failure)
        if before is not None:
            warnings.warn(
                f"{before} at once were too many for the memory; going on with {self.now}, where"
                f" load_clip(…, batch_size={self.now}) starts.",
                stacklevel=2,
            )
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _halve(self, size: int, why: str) -> None:
        if size == 1:
            raise torch.OutOfMemoryError(
                f"Not even one image or text fits into memory ({why}); use a smaller model,"
                " or device='cpu'."
            )
        self.now, self._measured = size // 2, True
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _measure(self, forward: Callable[[list], torch.Tensor], piece: list) -> torch.Tensor:
        """forward(piece); the first time on a GPU, see how much memory it took."""
        if self._measured or not torch.cuda.is_available():
            return forward(piece)
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        result = forward(piece)
        if result.device.type == "cuda":
            per_item = (torch.cuda.max_memory_allocated() - before) / len(piece)
            self.now = fitting(torch.cuda.mem_get_info()[0], per_item)
        self._measured = True
        return result


def in_batches(
    ready: Iterator[tuple[int, Any]], forward: Callable[[list], torch.Tensor], size: BatchSize
) -> Iterator[tuple[Sequence[int], np.ndarray]]:
    """(index, item) pairs through a model, as (indices, (k, dim) float32 array) batch by batch.

    On a GPU the embeddings of a batch are fetched only after the following one has been sent off,
    so that the device does not wait."""
    sent = None
    while chunk := list(islice(ready, size.now)):
        embeddings = size.run(forward, [item for _, item in chunk])
        if sent is not None:
            yield sent[0], sent[1].float().cpu().numpy()
        sent = [i for i, _ in chunk], embeddings
    if sent is not None:
        yield sent[0], sent[1].float().cpu().numpy()


class NotEncoded(ValueError):
    """Some images or texts could not be encoded; all others were.

    Attributes
    ----------
    failed : dict
        Index of the image or text → its name, and what is wrong with it.
    embeddings : (n, dim) float32 tensor
        Unit rows; those of the images that failed are not numbers (NaN).
    """

    def __init__(self, failed: dict[int, str], embeddings: torch.Tensor, kept: bool, kind: str):
        self.failed, self.embeddings = failed, embeddings
        count = len(embeddings)
        first = [reason.rstrip(".") for reason in failed.values()]
        more = f"; and {len(first) - 20:,} more" if len(first) > 20 else ""
        kind = kind if count > 1 else kind.removesuffix("s")
        others = f" The other {count - len(first):,} are in the cache." if kept else ""
        super().__init__(
            f"{len(first):,} of {count:,} {kind} could not be encoded: {'; '.join(first[:20])}"
            f"{more}. Repair or leave out what is named here, and run this again.{others}"
        )


def no_number(name: str, dtype: torch.dtype) -> ValueError:
    """What is wrong with an embedding that holds no numbers."""
    return ValueError(
        f"its embedding by '{name}' is not a number (NaN, infinite or zero): weights are damaged,"
        f" or {str(dtype).removeprefix('torch.')} is too narrow for them; load the model again,"
        " with dtype=torch.float32."
    )


class Pixels:
    """What a model's image processor does, in two steps.

    :meth:`prepare` runs in a worker process and makes a small uint8 image: resize and crop, by the
    same Pillow calls as the processor, hence bit by bit the same. :meth:`finish` scales and
    normalises a whole batch where the model runs, so that a quarter of the bytes travels to a GPU.
    Where a processor does anything else (SigLIP 2 cuts images into patches of its own), the
    processor itself is called.

    Parameters
    ----------
    processor : image processor of transformers, PIL backend
    """

    def __init__(self, processor: Any):
        self.processor = processor
        size = getattr(processor, "size", None) or {}
        self.shortest, self.height, self.width = (
            _entry(size, name) for name in ("shortest_edge", "height", "width")
        )
        wanted = all(
            getattr(processor, name, None) for name in ("do_resize", "do_rescale", "do_normalize")
        )
        odd = getattr(processor, "do_pad", None) or _entry(size, "longest_edge")
        simple = type(processor).__name__ in PLAIN and wanted and not odd
        self.simple = bool(simple and (self.shortest or (self.height and self.width)))
        self.crop: tuple[int, int] | None = None
        if self.simple:
            if processor.do_center_crop:
                crop = [_entry(processor.crop_size, name) for name in ("height", "width")]
                self.crop = (int(crop[0] or 0), int(crop[1] or 0))
            # one number stands for all three colours
            self.mean, self.std = (
                torch.tensor(values).expand(3).view(3, 1, 1)
                for values in (processor.image_mean, processor.image_std)
            )
            # images of one batch must have one size
            self.simple = self.crop is not None or not self.shortest

    def prepare(self, image: Image.Image) -> torch.Tensor | dict[str, torch.Tensor]:
        """An RGB PIL image → (height, width, 3) uint8 tensor, or what the processor returns."""
        if not self.simple:
            width, height = self._size(*image.size) if self.shortest else (1, 1)
            if width * height > IMAGE_PIXELS:
                raise ValueError(
                    f"an image of {image.width:,} × {image.height:,} pixels is too long for this"
                    f" model, which would enlarge it to {width:,} × {height:,}; crop it"
                )
            return dict(self.processor(images=[image], return_tensors="pt"))
        size, window = self._size(*image.size), None
        if size[0] * size[1] > MOST_ENLARGED and self.crop is not None:
            size, window = self._window(image, size)
        if window is not None or size != image.size:
            image = image.resize(size, self.processor.resample, window)
        if self.crop is not None and size != self.crop[::-1]:
            left, top = (size[0] - self.crop[1]) // 2, (size[1] - self.crop[0]) // 2
            image = image.crop((left, top, left + self.crop[1], top + self.crop[0]))
        return torch.from_numpy(np.array(image))

    def _size(self, width: int, height: int) -> tuple[int, int]:
        """What the processor resizes an image to."""
        if not self.shortest:
            return int(self.width or 0), int(self.height or 0)
        if width <= height:
            return self.shortest, int(self.shortest * height / width)
        return int(self.shortest * width / height), self.shortest

    def _window(
        self, image: Image.Image, size: tuple[int, int]
    ) -> tuple[tuple[int, int], tuple[float, float, float, float]]:
        """For an image so long that it would become very large: the size of the part that the crop
        leaves, with a margin, and where this part is in the image, so that only that is
        resized."""
        assert self.crop is not None
        spans = []
        for whole, wanted, there in zip(size, self.crop[::-1], image.size):
            start, length = max(0, (whole - wanted) // 2), min(whole, wanted)
            # Pillow's filters look at three pixels around, of the larger of both images
            margin = min(3 * math.ceil(max(1, whole / there)) + 1, start, whole - start - length)
            start, length = start - margin, length + 2 * margin
            spans.append((length, start * there / whole, (start + length) * there / whole))
        (width, left, right), (height, top, bottom) = spans
        return (width, height), (left, top, right, bottom)

    def finish(
        self, prepared: list, device: torch.device, dtype: torch.dtype
    ) -> dict[str, torch.Tensor]:
        """Prepared images → the arguments of ``get_image_features``, on the device."""
        if not self.simple:
            joined = {name: torch.cat([one[name] for one in prepared]) for name in prepared[0]}
            return {
                name: _send(t, device).to(dtype) if t.is_floating_point() else _send(t, device)
                for name, t in joined.items()
            }
        pixels = _send(torch.stack(prepared), device).permute(0, 3, 1, 2)
        values = pixels.to(torch.float32, memory_format=torch.contiguous_format).mul_(
            self.processor.rescale_factor
        )
        return {
            "pixel_values": values.sub_(self.mean.to(device)).div_(self.std.to(device)).to(dtype)
        }


def _entry(size: Any, name: str) -> int | None:
    """An entry of a processor's size, which is a dict or an object of transformers."""
    return size.get(name) if isinstance(size, dict) else getattr(size, name, None)


def _send(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    """To the device; through pinned memory to a GPU, so that the copy runs beside the
    computation."""
    return (
        tensor.pin_memory().to(device, non_blocking=True)
        if device.type == "cuda"
        else tensor.to(device)
    )
