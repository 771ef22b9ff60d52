"""Images or texts through one encoder of a model: what the cache has is not computed again, and
what fails is named after all others are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch

from ..support.progress import progress
from ..support.text import printable
from .encoding import BatchSize, NotEncoded, in_batches, no_number
from .families import evaluated
from .fingerprint import damaged, hooked
from .reading import Reader

if TYPE_CHECKING:
    from threading import RLock

    from ..support.cache import EmbeddingCache
    from .photos import PhotoCheck


class Encoder(Protocol):
    """What of a :class:`clipnb.model.clip.Clip` is needed here, which imports this module."""

    model: Any
    name: str
    dim: int
    lock: RLock
    workers: int | None
    encoded: int

    @property
    def device(self) -> torch.device: ...

    @property
    def dtype(self) -> torch.dtype: ...


@dataclass
class Items:
    """What goes through an encoder, and how.

    Attributes
    ----------
    given : sequence
        Images, paths or texts.
    kind : {"images", "texts"}
    keys : list of str, or None
        Under which the cache keeps the embeddings; None: it does not.
    forward : callable
        A list of prepared items → (k, dim) tensor.
    size : BatchSize
    named : callable
        Number of an item → its name in a message.
    prepare : callable, optional
        One item → input of the model, in a worker process where these pay; without, items are input
        as they are.
    afresh : sequence of int
        Items to compute whatever the cache has.
    check : PhotoCheck, optional
        Sees every batch.
    """

    given: Any
    kind: str
    keys: list[str] | None
    forward: Callable[[list], torch.Tensor]
    size: BatchSize
    named: Callable[[int], str]
    prepare: Callable | None = None
    afresh: Sequence[int] = ()
    check: PhotoCheck | None = None


@torch.inference_mode()
def encode_items(
    clip: Encoder,
    items: Items,
    cache: EmbeddingCache | None,
    progress_bar: bool = True,
    normalize: bool = True,
) -> torch.Tensor:
    """(n, dim) float32 tensor on the CPU, unit rows if ``normalize``.

    Raises
    ------
    NotEncoded
        If some items cannot be read, or have embeddings that are no numbers; after all others.
    """
    cache = cache if items.keys is not None and not hooked(clip.model) else None
    embeddings, missing = _from_cache(items, cache, clip.dim)
    failed: dict[int, Exception] = {}
    check, half = items.check, clip.dtype in (torch.float16, torch.bfloat16)
    forward = items.forward if check is None else check.watching(items.forward)
    shown = progress(None, len(missing) if progress_bar else 0, f"encoding {items.kind}", least=65)
    lower = torch.autocast(clip.device.type, clip.dtype, enabled=half)
    ready = _reading(items, missing, failed, clip.workers)
    with shown as bar, lower, clip.lock, evaluated(clip.model), ready as pairs:
        for which, batch in in_batches(pairs, forward, items.size):
            embeddings[which] = batch
            if check is not None:
                check.settle(which)
            clip.encoded += len(which)
            bar.update(len(which))
            for i in _keep(items, cache, which, batch):
                failed[i] = no_number(clip.name, clip.dtype)
    if check is not None:
        check.finish(cache, items.keys)
    result = torch.from_numpy(embeddings)
    result = torch.nn.functional.normalize(result, dim=-1) if normalize else result
    if failed:
        result[list(failed)] = float("nan")
        reasons = {i: f"{items.named(i)}: {printable(failed[i])}" for i in sorted(failed)}
        raise NotEncoded(reasons, result, cache is not None, items.kind)
    return result


def _from_cache(
    items: Items, cache: EmbeddingCache | None, dim: int
) -> tuple[np.ndarray, list[int]]:
    """(n, dim) float32, with what the cache has; and the numbers of the items that it has not."""
    embeddings, missing = (
        np.zeros((len(items.given), dim), np.float32),
        list(range(len(items.given))),
    )
    if cache is not None and items.keys is not None:
        cache.fill(items.keys, embeddings)
        embeddings[list(items.afresh)] = 0  # opened again, whatever was kept
        missing = np.flatnonzero(damaged(embeddings)).tolist()
    return embeddings, missing


def _keep(
    items: Items, cache: EmbeddingCache | None, which: Sequence[int], batch: np.ndarray
) -> list[int]:
    """Put a batch into the cache; the items whose embeddings are no numbers, which it never has."""
    bad = damaged(batch)
    if cache is not None and items.keys is not None:
        good = np.flatnonzero(~bad).tolist()
        cache.put([items.keys[which[k]] for k in good], batch[good])
    return [which[k] for k in np.flatnonzero(bad).tolist()]


@contextmanager
def _reading(
    items: Items, missing: list[int], failed: dict[int, Exception], workers: int | None
) -> Iterator[Iterator[tuple[int, Any]]]:
    """(number, input) of the missing items; those that cannot be read are in ``failed``."""
    if items.prepare is None:
        # texts of like length share a batch, so less is padded
        order = sorted(missing, key=lambda i: len(items.given[i]))
        yield ((i, items.given[i]) for i in order)
        return
    reader = Reader(items.given, missing, items.prepare, workers)
    try:
        yield reader.read(failed)
    except RuntimeError as error:  # may be raised anywhere in this thread
        if (death := reader.died(error)) is None:
            raise
        which, why = death
        image = "images" if which is None else items.named(which)
        raise RuntimeError(
            f"The process that read {image} died ({why}): the file is damaged in an unusual way, or"
            " memory ran out; leave the file out, or read with fewer processes:"
            " load_clip(…, workers=0)."
        ) from error
    finally:
        reader.close()
