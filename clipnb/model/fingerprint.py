"""What an embedding depends on, in one place. The cache and kept embeddings go by it.

An embedding is a function of

1. the **weights**: the digest of the model's files, or the Hub name with the commit that was
   loaded; and, if they were changed in memory after they were loaded (fine-tuning, a merged LoRA,
   another activation function), the digest of what they are now, with the types of the layers;
2. the **number type** and the **settings** of this side: of the tokenizer (vocabulary, rules,
   padding, most tokens), or of the image processor (size, crop, mean …);
3. the **content**: the text, or the digest of the image's bytes.

Embeddings kept in files are compared by 1 (:attr:`clipnb.Clip.fingerprint`), which is the same on
every machine; the key of the cache has all three.

A change of the weights is noticed by signs that cost a millisecond: for every tensor its place in
memory, its type, PyTorch's count of changes in place, and ``SAMPLE`` of its values. Only where a
sign has changed are all weights read. One way is not seen: values written through ``tensor.data``
that miss all samples.

What a hook computes has no digest. While a layer has a hook, or a ``forward`` of its own
(:func:`hooked`), the cache is neither read nor written.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

SAMPLE = 16  # values of each tensor, evenly spaced
FILES = (".safetensors", ".json", ".txt", ".model")


def of_files(folder: Path) -> str:
    """Digest of the files that make a model, in a local folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in FILES and path.is_file():
            digest.update(f"{path.name} {path.stat().st_size}".encode())
            with open(path, "rb") as file:
                # to the end: fine-tuning may have changed the middle only
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
    return digest.hexdigest()[:24]


def hooked(model: Any) -> bool:
    """Whether a layer has a forward hook, or a ``forward`` that was put in place of its own."""
    return any(
        layer._forward_hooks or layer._forward_pre_hooks or "forward" in vars(layer)
        for layer in model.modules()
    )


def _layers(model: Any) -> list[tuple[str, str]]:
    return [(name, type(layer).__qualname__) for name, layer in model.named_modules()]


def _tensors(model: Any) -> Iterator[tuple[str, torch.Tensor]]:
    yield from model.named_parameters()
    yield from model.named_buffers()


@torch.no_grad()
def signs(model: Any) -> str:
    """Signs by which a change of the weights is noticed, as one digest; see the module."""
    facts: list[Any] = [_layers(model)]
    samples = []
    for name, tensor in _tensors(model):
        facts.append((name, tensor.data_ptr(), str(tensor.dtype), tuple(tensor.shape)))
        # a tensor made in inference mode counts no changes
        facts.append(None if tensor.is_inference() else tensor._version)
        flat = tensor.detach().reshape(-1)
        samples.append(flat[:: max(1, len(flat) // SAMPLE)][:SAMPLE].double())
    values = torch.cat(samples).cpu().numpy().tobytes() if samples else b""
    return hashlib.sha256(repr(facts).encode() + values).hexdigest()


@torch.no_grad()
def of_weights(model: Any) -> str:
    """Digest of all weights as they are in memory: the CRC-32 of each tensor, hashed together with
    the types of the layers."""
    digest = hashlib.sha256(repr(_layers(model)).encode())
    for name, tensor in _tensors(model):
        content = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
        digest.update(f"{name} {tensor.dtype} {zlib.crc32(content.tobytes())}\n".encode())
    return digest.hexdigest()[:24]


def of_tokenizer(tokenizer: Any) -> str:
    """Digest of a tokenizer: vocabulary, rules, special tokens."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    rules = backend.to_str() if backend is not None else json.dumps(tokenizer.get_vocab())
    return _short(f"{type(tokenizer).__name__} {tokenizer.padding_side} {rules}")


def of_processor(processor: Any) -> str:
    """Digest of an image processor's settings."""
    return _short(f"{type(processor).__name__} {processor.to_dict()}")


def of_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def damaged(embeddings: np.ndarray) -> np.ndarray:
    """Which rows are no embeddings: not a number, infinite, or zero."""
    numbers = np.isfinite(embeddings).all(axis=1)
    return ~(numbers & (embeddings != 0).any(axis=1))
