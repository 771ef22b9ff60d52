"""``load_clip``: the bundled CLIP, a folder or a model of the Hugging Face Hub."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ..support.cache import EmbeddingCache
from .clip import BUNDLED, Clip

if TYPE_CHECKING:
    pass


MODEL_TYPES = ("clip", "siglip", "siglip2")


def load_clip(
    model: str | Path | None = None,
    device: str | torch.device | None = None,
    dtype: torch.dtype | None = None,
    batch_size: int | None = None,
    cache: bool = True,
    workers: int | None = None,
    compile: bool = False,
) -> Clip:
    """Load the bundled CLIP, or any CLIP or SigLIP.

    Parameters
    ----------
    model : str or path, optional
        A Hugging Face Hub name ("openai/clip-vit-base-patch32") or a local folder. Default: the
        environment variable CLIPNB_MODEL, or else the CLIP that comes with clipnb.
    device : str, optional
        "cuda", "mps" or "cpu"; by default the first of these that is there.
    dtype : torch.dtype, optional
        float16 on cuda, float32 elsewhere. The half types run under autocast: products in half
        precision, sums in float32.
    batch_size : int, optional
        Images or texts per forward pass; by default 64, and on cuda as many as fit. A batch
        that runs out of memory is repeated in halves.
    cache : bool
        Keep embeddings on disk (folder CLIPNB_CACHE), so that nothing is encoded twice.
    workers : int, optional
        Threads that open and resize images while the model runs; by default one per core, at most
        16.
    compile : bool
        Let ``torch.compile`` translate the image encoder: the first batches take a minute, the
        others may be faster. For many images on a GPU.

    Raises
    ------
    OSError
        If the model is neither a folder nor can be fetched; the message says what to do.
    ValueError
        If the model is not a CLIP or a SigLIP.
    """
    name = str(model or os.environ.get("CLIPNB_MODEL") or BUNDLED)
    if device is None:
        mps = getattr(torch.backends, "mps", None)
        device = (
            "cuda"
            if torch.cuda.is_available()
            else "mps"
            if mps is not None and mps.is_available()
            else "cpu"
        )
    if dtype is None:
        dtype = torch.float16 if torch.device(device).type == "cuda" else torch.float32
    from transformers import AutoConfig, AutoImageProcessor, AutoModel, AutoTokenizer

    with _helpful_errors(name), _quiet():
        config = AutoConfig.from_pretrained(name, trust_remote_code=False)
        if config.model_type not in MODEL_TYPES:
            raise ValueError(
                f"'{name}' is a {config.model_type} model; load_clip takes"
                f" {', '.join(MODEL_TYPES)}."
            )
        loaded = AutoModel.from_pretrained(
            name, dtype=dtype, use_safetensors=True, trust_remote_code=False
        )
        tokenizer = AutoTokenizer.from_pretrained(name, trust_remote_code=False)
        processor = AutoImageProcessor.from_pretrained(name, backend="pil", trust_remote_code=False)
    shown = "bundled" if Path(name) == BUNDLED else name
    origin = {
        "model": name,
        "dtype": dtype,
        "batch_size": batch_size,
        "workers": workers,
        "compile": compile,
    }
    return Clip(
        loaded.to(device).eval(),
        tokenizer,
        processor,
        shown,
        fingerprint_of(name, loaded),
        origin,
        EmbeddingCache() if cache else None,
    )


@contextmanager
def _helpful_errors(name: str) -> Iterator[None]:
    """Turn the many ways in which a model cannot be had into one text."""
    try:
        yield
    except OSError as error:
        if Path(name).is_dir():
            raise OSError(
                f"The folder '{name}' does not hold a complete model in safetensors format: {error}"
            ) from error
        raise OSError(
            f"The model '{name}' is not a local folder and could not be fetched from the Hugging"
            " Face Hub; check the name and the network, or call load_clip() for the bundled CLIP,"
            " which needs neither."
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """No loading bars and no warnings about optional packages while a model is loaded."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def fingerprint_of(name: str, model: Any) -> str:
    """What the cache calls a model: a digest of its files, wherever they lie, or the Hub name with
    its commit."""
    folder = Path(name)
    if not folder.is_dir():
        return f"{name}@{getattr(model.config, '_commit_hash', None)}"
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".safetensors", ".json", ".txt"):
            digest.update(f"{path.name} {path.stat().st_size}".encode())
            with open(path, "rb") as file:
                # to the end: fine-tuning may have changed the middle only
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
    return digest.hexdigest()[:24]
