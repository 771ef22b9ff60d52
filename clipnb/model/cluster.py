"""Embedding on many machines: :func:`clipnb.embed` with ``engine="ray"``."""

from __future__ import annotations

import logging
import os
import socket
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ..data.images import ImageDataset
from ..support.progress import progress
from .clip import Clip
from .loading import load_clip
from .parts import write_part


def ray_data() -> Any:
    try:
        import_module("ray.data")
        return import_module("ray")
    except ImportError as error:
        raise ImportError(
            "The engine 'ray' needs the package ray: pip install 'clipnb[ray]'."
        ) from error


class RayWorker:
    """One copy of the model in a process of Ray; it is called with the number of a part."""

    def __init__(self, work: Any, out: str, origin: dict[str, Any], fingerprint: str):
        ray = ray_data()
        (self.data, self.parts), self.out = ray.get(work), Path(out)
        # the parts are kept, that is enough; as many readers as Ray gave it cores
        origin["workers"] = None
        self.clip = load_clip(**origin, cache=False)
        if self.clip.fingerprint != fingerprint:
            raise ValueError(
                f"The model '{origin['model']}' is another one on {socket.gethostname()}; copy the"
                " same files to every machine."
            )

    def __call__(self, batch: dict) -> dict:
        done = [write_part(self.data, self.parts[i], self.out, self.clip) for i in batch["id"]]
        return {
            "file": np.array([name for name, _ in done]),
            "failed": np.array(["\n".join(failed) for _, failed in done]),
        }


def with_ray(
    ray: Any, data: ImageDataset, parts: list[list[int]], out: Path, clip: Clip, workers: int | None
) -> list[str]:
    """Every part through a pool of actors; what is wrong with images that cannot be read. Ray Data
    starts a new actor for one that died and gives it the dead one's part."""
    mine = not ray.is_initialized()
    if mine:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to anybody
        ray.init(log_to_driver=False, include_dashboard=False, logging_level="error")
    context, log = ray.data.DataContext.get_current(), logging.getLogger("ray.data")
    bars, level = context.enable_progress_bars, log.level
    context.enable_progress_bars = False
    log.setLevel("ERROR")
    try:
        there = ray.cluster_resources()
        gpus = int(there.get("GPU", 0))
        # needs no core, as reading would
        numbers = ray.data.from_items(
            [{"id": i} for i in range(len(parts))], override_num_blocks=len(parts)
        )
        done = numbers.map_batches(
            RayWorker,
            fn_constructor_args=(ray.put((data, parts)), str(out), clip.origin, clip.fingerprint),
            batch_size=1,
            concurrency=min(len(parts), workers or gpus or int(there["CPU"])),
            num_cpus=max(1, int(there["CPU"]) // gpus) if gpus else 1,
            num_gpus=1 if gpus else 0,
        )
        rows = progress(done.iter_rows(), len(parts), "embedding parts")
        files = {row["file"]: row["failed"] for row in rows}
    finally:
        context.enable_progress_bars = bars
        log.setLevel(level)
        if mine:
            ray.shutdown()
    if len(files) != len(parts):
        raise RuntimeError(
            f"Ray finished {len(files)} of {len(parts)} parts; run embed again, it does the missing"
            " ones."
        )
    return [line for failed in files.values() for line in failed.split("\n") if line]
