"""Many images through a model: read ahead in threads, in batches that fit into memory, on one
path for CPU and GPU.

Nothing here knows what a CLIP is: :class:`Pixels` makes model input of images, :func:`in_batches`
drives any function from a list to embeddings.
"""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from PIL import Image


START, MOST = 64, 512  # items in a batch: where to start, and beyond which nothing gets faster
SHARE = 0.6  # of the free memory that a batch may take
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


def default_workers() -> int:
    """Threads that read images: one per core that this process may use, at most 16."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return min(16, cores)


def ahead(
    function: Callable,
    items: Sequence,
    workers: int,
    batch: Callable[[], int],
    in_turns: bool = False,
) -> Iterator:
    """function(item) for every item, in order, computed in threads.

    No more than ``batch() + workers`` results wait at any time, and they are computed while the
    caller works on those it has taken; or, ``in_turns``, a batch is computed when the last one has
    been taken, and the threads rest while the caller works.
    """
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= batch() + (0 if in_turns else workers):
                    yield waiting.popleft().result()
                    while in_turns and waiting:
                        yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def in_batches(
    items: Sequence,
    which: Sequence[int],
    prepare: Callable | None,
    forward: Callable[[list], torch.Tensor],
    size: BatchSize,
    workers: int,
    in_turns: bool = False,
) -> Iterator[tuple[Sequence[int], np.ndarray]]:
    """Some of the items through a model, as (indices, (k, dim) float32 array) batch by batch.

    While the model works on one batch, threads ``prepare`` the next one, and on a GPU the
    embeddings of a batch are fetched only after the following one has been sent off, so that the
    device does not wait. Only prepared items wait, and about one batch of them."""
    ready = (items[i] for i in which)
    if prepare is not None:
        ready = ahead(lambda i: prepare(items[i]), which, workers, lambda: size.now, in_turns)
    at, sent = 0, None
    while chunk := list(islice(ready, size.now)):
        embeddings = size.run(forward, chunk)
        if sent is not None:
            yield sent[0], sent[1].float().cpu().numpy()
        sent = which[at : at + len(chunk)], embeddings
        at += len(chunk)
    if sent is not None:
        yield sent[0], sent[1].float().cpu().numpy()


class Pixels:
    """What a model's image processor does, in two steps.

    :meth:`prepare` runs in a thread and makes a small uint8 image: resize and crop, by the same
    Pillow calls as the processor, hence bit by bit the same. :meth:`finish` scales and normalises a
    whole batch where the model runs, so that a quarter of the bytes travels to a GPU. Where a
    processor does anything else (SigLIP 2 cuts images into patches of its own), the processor
    itself is called.

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
        simple = (
            type(processor).__name__ in ("CLIPImageProcessorPil", "SiglipImageProcessorPil")
            and wanted
            and not odd
        )
        self.simple = bool(simple and (self.shortest or (self.height and self.width)))
        self.crop: tuple[int, int] | None = None
        if self.simple:
            if processor.do_center_crop:
                crop = [_entry(processor.crop_size, name) for name in ("height", "width")]
                self.crop = (int(crop[0] or 0), int(crop[1] or 0))
            self.mean = torch.tensor(processor.image_mean).view(3, 1, 1)
            self.std = torch.tensor(processor.image_std).view(3, 1, 1)
            # images of one batch must have one size
            self.simple = self.crop is not None or not self.shortest

    def prepare(self, image: Image.Image) -> torch.Tensor | dict[str, torch.Tensor]:
        """An RGB PIL image → (height, width, 3) uint8 tensor, or what the processor returns."""
        if not self.simple:
            return dict(self.processor(images=[image], return_tensors="pt"))
        width, height = image.size
        if self.shortest:
            size = (
                (self.shortest, int(self.shortest * height / width))
                if width <= height
                else (int(self.shortest * width / height), self.shortest)
            )
        else:
            size = int(self.width or 0), int(self.height or 0)
        if size != image.size:
            image = image.resize(size, self.processor.resample)
        if self.crop is not None and size != self.crop[::-1]:
            left, top = (size[0] - self.crop[1]) // 2, (size[1] - self.crop[0]) // 2
            image = image.crop((left, top, left + self.crop[1], top + self.crop[0]))
        return torch.from_numpy(np.array(image))

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
