"""Attention maps with gradients, and the relevance that flows through them (Chefer, Gur & Wolf,
ICCV 2021)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from ..model.clip import Clip
from ..model.families import evaluated


def relevance_rows(
    scores: torch.Tensor, maps: list[torch.Tensor], scale: float = 1.0
) -> torch.Tensor:
    """Relevance of every token for every token after the last map: scores (n,), maps of (1, heads,
    to, from) → (n, to, from).

    R ← R + Ā R with Ā = mean over heads of (gradient × attention)⁺, from the first layer on. A last
    map that is not square (attention pooling) has no residual path: R ← Ā R.
    """
    ones = torch.eye(len(scores), device=scores.device)
    # one forward pass, all texts backward together
    grads = torch.autograd.grad(scores, maps, ones, is_grads_batched=True)
    relevance = torch.eye(maps[0].shape[-1], device=scores.device).expand(len(scores), -1, -1)
    for attention, grad in zip(maps, grads):
        change = (grad[:, 0].float() / scale * attention[0].detach().float()).clamp(min=0).mean(1)
        relevance = change @ relevance + (relevance if change.shape[-1] == change.shape[-2] else 0)
    return relevance


@contextmanager
def eager_attention(model: Any) -> Iterator[None]:
    """Attention maps exist with the eager implementation only; afterwards every part has the one it
    had."""
    parts = (model, model.vision_model, model.text_model)
    before = [part.config._attn_implementation for part in parts]
    model.set_attn_implementation("eager")
    try:
        yield
    finally:
        for part, implementation in zip(parts, before):
            part.set_attn_implementation(implementation)


@contextmanager
def attention_maps(blocks: Iterable[Any], head: Any = None) -> Iterator[list[torch.Tensor]]:
    """Collects the attention maps (1, heads, to, from) of the next forward pass, first layer first;
    ``head``: SigLIP's attention pooling."""
    maps: list[torch.Tensor] = []
    blocks = list(blocks)
    hooks = [blocks[0].register_forward_pre_hook(_followed)] + [
        block.self_attn.register_forward_hook(lambda module, inputs, output: maps.append(output[1]))
        for block in blocks
    ]
    kept = head.attention.forward if head is not None else None
    if head is not None:
        head.attention.forward = _pooling_with_maps(head.attention, maps)
    try:
        yield maps
    finally:
        for hook in hooks:
            hook.remove()
        if head is not None:
            head.attention.forward = kept


def _followed(block: Any, inputs: tuple) -> tuple:
    """Gradients from here on even if all weights are frozen (``requires_grad_(False)``)."""
    tokens = inputs[0]
    return (tokens if tokens.requires_grad else tokens.detach().requires_grad_(), *inputs[1:])


@contextmanager
def with_gradients(clip: Clip) -> Iterator[None]:
    """Gradients whatever the caller has switched off (``no_grad``, ``inference_mode``), no dropout,
    and the model for this thread alone: hooks of one would see the other's images."""
    with clip.lock, evaluated(clip.model), torch.inference_mode(False), torch.enable_grad():
        yield


def _pooling_with_maps(attention: torch.nn.MultiheadAttention, maps: list) -> Callable:
    """What ``nn.MultiheadAttention`` computes, with every head's map kept in the graph; the
    original returns their mean, cut off from the output."""

    def forward(query, key, value):
        heads, size = attention.num_heads, attention.head_dim
        weights, biases = attention.in_proj_weight.chunk(3), attention.in_proj_bias.chunk(3)
        q, k, v = (
            torch.nn.functional.linear(x, w, b).unflatten(-1, (heads, size)).transpose(1, 2)
            for x, w, b in zip((query, key, value), weights, biases)
        )
        maps.append((q @ k.transpose(-1, -2) * size**-0.5).softmax(-1))
        return attention.out_proj((maps[-1] @ v).transpose(1, 2).flatten(2)), None

    return forward
