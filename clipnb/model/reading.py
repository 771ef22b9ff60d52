"""Images read ahead of the model: opened, resized and sent on by the worker processes of a PyTorch
``DataLoader``, or in this process where workers do not pay.

A worker is a process: Python decodes one image at a time in each, so more of them read faster. It
takes time to start, so few images, and images that are in memory already, are read without any.
What is read is the same either way, and so is its order.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import sys
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, get_worker_info

from ..data.budget import in_flight
from ..data.lazy_images import LazyImages

CHUNK = 16  # images that a worker sends at once
AHEAD = 4  # chunks of each worker that may wait
MOST_WORKERS = 16
TRIED = 2  # chunks that are read here first, to see how long it takes
# seconds until the workers read: all of them, and each; a fork copies this process, all else
# starts a new one and imports torch there
FORKED, STARTED = (0.1, 0.03), (3.0, 0.5)
# what DataLoader says of a worker that died, and what it gives as the cause
GONE = re.compile(r"DataLoader worker \(pid(?:\(s\))? ([\d, ]+)\)")
SIGNAL = re.compile(r"is killed by signal: (\w[\w ]*)")
KINDS = (OSError, TypeError, MemoryError, ValueError)  # of errors that a worker hands over


def usable_cores() -> int:
    """The cores that this process may use: as the system says, and inside Ray what Ray gave it."""
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    ray = sys.modules.get("ray")
    if ray is not None and ray.is_initialized():
        given = ray.get_runtime_context()
        if given.get_actor_id() is not None or given.get_task_id() is not None:
            cores = min(cores, int(given.get_assigned_resources().get("CPU", 1)))
    return max(1, cores)


def number_of_workers(left: int, seconds: float) -> int:
    """How many worker processes pay: 0, or one per core, at most MOST_WORKERS.

    Parameters
    ----------
    left : int
        Images to read.
    seconds : float
        For one image, in this process.
    """
    cores, forks = usable_cores(), multiprocessing.get_context().get_start_method() == "fork"
    # a worker of somebody's pool must not have workers; on one core they would only take turns
    if cores == 1 or multiprocessing.current_process().daemon or not (forks or _may_start()):
        return 0
    workers = min(MOST_WORKERS, cores)
    together, each = FORKED if forks else STARTED
    # half of the time, since the model works, too
    return workers if left * seconds / 2 > together + workers * each else 0


def _may_start() -> bool:
    """Whether a new process does not run the user's program once more: one that starts anew imports
    the script that was started, and without its ``if __name__ == "__main__":`` it would."""
    main = sys.modules.get("__main__")
    return getattr(main, "__spec__", None) is not None or not hasattr(main, "__file__")


class Read(Dataset):
    """Chunk k of some images: indices, prepared images, and what is wrong with the others."""

    def __init__(self, items: Sequence, which: Sequence[int], prepare: Callable):
        self.items, self.which, self.prepare = items, which, prepare

    def __len__(self) -> int:
        return -(-len(self.which) // CHUNK)

    def __getitem__(self, k: int) -> tuple[list[int], list, dict[int, Exception]]:
        read, ready, failed = [], [], {}
        for i in map(int, self.which[k * CHUNK : (k + 1) * CHUNK]):
            _note(i)
            try:
                # both count against the pixels in flight until the image is small
                with in_flight.using():
                    ready.append(_sendable(self.prepare(self.items[i])))
                read.append(i)
            except Exception as error:  # whatever is wrong with one image
                failed[i] = _plain(error) if get_worker_info() else error
        _note(-1)
        return read, ready, failed


def _sendable(prepared: Any) -> Any:
    """Tensors as arrays over the same memory. They travel through a pipe: shared memory, in which
    tensors would travel, is scarce in many containers."""
    if isinstance(prepared, dict):
        return {name: _sendable(value) for name, value in prepared.items()}
    return prepared.numpy() if isinstance(prepared, torch.Tensor) else prepared


def _received(prepared: Any) -> Any:
    if isinstance(prepared, dict):
        return {name: _received(value) for name, value in prepared.items()}
    return torch.from_numpy(prepared) if isinstance(prepared, np.ndarray) else prepared


def _plain(error: Exception) -> Exception:
    """An error that can travel: many hold what cannot be pickled."""
    kind = next((kind for kind in KINDS if isinstance(error, kind)), ValueError)
    return kind(str(error) or type(error).__name__)


# --- in a worker ----------------------------------------------------------------------------------

_now: Any = None  # what each worker reads, (process, index) after (process, index)


def _begin(now: Any, change: Any, used: Any, worker: int) -> None:
    """The first thing that a worker does."""
    global _now
    _now = now
    now[2 * worker] = os.getpid()
    in_flight.share(change, used)


def _note(i: int) -> None:
    """Say which image is read, for the case that this process dies of it."""
    if (worker := get_worker_info()) is not None:
        _now[2 * worker.id + 1] = i


def _as_it_is(chunk: Any) -> Any:
    return chunk


# --- here -----------------------------------------------------------------------------------------


class Reader:
    """Reads images, opened by ``prepare``, in the order of ``which``.

    Parameters
    ----------
    items : sequence
        ``items[i]`` opens an image.
    which : sequence of int
    prepare : callable
        Makes an image small.
    workers : int, optional
        Worker processes; by default as many as pay.
    """

    def __init__(
        self, items: Sequence, which: Sequence[int], prepare: Callable, workers: int | None = None
    ):
        self.images, self.workers = Read(items, which, prepare), workers
        self._now = self._running = None
        self.costly = len(which) > TRIED * CHUNK and not _in_memory(items)

    def read(self, failed: dict[int, Exception] | None = None) -> Generator[tuple[int, Any]]:
        """(index, prepared image) for every image. One that cannot be read goes into ``failed``,
        index → error; where there is no such dict, it ends the run."""
        for read, ready, wrong in self._chunks():
            if failed is None and wrong:
                raise next(iter(wrong.values()))
            if failed is not None:
                failed |= wrong
            yield from zip(read, map(_received, ready))

    def _chunks(self) -> Iterator[tuple[list[int], list, dict[int, Exception]]]:
        first, workers = 0, self.workers
        if workers is None:
            workers, fastest = 0, float("inf")
            while self.costly and first < TRIED:
                start = time.perf_counter()
                chunk = self.images[first]
                fastest = min(fastest, (time.perf_counter() - start) / CHUNK)
                first += 1
                yield chunk
            if self.costly:
                workers = number_of_workers(len(self.images.which) - first * CHUNK, fastest)
        rest = range(first, len(self.images))
        if (started := self._started(rest, min(workers, len(rest)))) is not None:
            yield from started
        else:
            yield from map(self.images.__getitem__, rest)

    def _started(self, rest: range, workers: int) -> Iterator | None:
        """The chunks as workers read them; None for no workers, or for images that cannot be handed
        to a process that starts anew."""
        if not workers or multiprocessing.current_process().daemon:
            return None
        context = multiprocessing.get_context()
        now = context.Array("q", [-1] * 2 * workers, lock=False)
        budget = context.Condition(), context.Value("q", 0, lock=False)
        with _quietly():
            loader = DataLoader(
                self.images,
                batch_size=None,
                sampler=rest,
                num_workers=workers,
                prefetch_factor=AHEAD,
                collate_fn=_as_it_is,
                worker_init_fn=partial(_begin, now, *budget),
                multiprocessing_context=context,
                generator=torch.Generator(),  # else it would draw from the user's random numbers
            )
            try:
                started = iter(loader)
            except (pickle.PicklingError, AttributeError, TypeError):
                if context.get_start_method() == "fork":
                    raise
                return None
        self._now, self._running = now, started
        return started

    def close(self) -> None:
        """End the workers; else they would live as long as somebody holds an error of theirs."""
        stop, self._running = getattr(self._running, "_shutdown_workers", None), None
        if stop is not None:
            stop()

    def died(self, error: RuntimeError) -> tuple[int | None, str] | None:
        """Whether an error says that a worker died: the index of the image that it read, if that is
        known, and of what it died; else None."""
        if not (found := GONE.search(str(error))):
            return None
        gone, now = set(re.findall(r"\d+", found[1])), list(self._now or [])
        reading = [i for process, i in zip(now[::2], now[1::2]) if str(process) in gone and i >= 0]
        signal = SIGNAL.search(f"{error} {error.__cause__}")
        return (reading[0] if reading else None), signal[1] if signal else "it ended by itself"


def _in_memory(items: Sequence) -> bool:
    """Whether images need not be opened: given as pixels, and not as paths or openers."""
    if isinstance(items, LazyImages):
        return items.in_memory
    return not isinstance(items[0], (str, Path))


@contextmanager
def _quietly() -> Iterator[None]:
    """Without what Python and tokenizers say of a fork: no worker uses a tokenizer, or a thread."""
    name = "TOKENIZERS_PARALLELISM"
    before = os.environ.get(name)
    os.environ.setdefault(name, "true")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            os.environ.pop(name, None)
