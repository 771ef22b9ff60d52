"""How the bundled CLIP learns: the stages of ``python -m clipnb.pretrain`` and their schedules."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..support.files import replacing_path
from ..support.text import printable
from .batches import Batches
from .losses import (
    MarksHead,
    caption_embeddings,
    contrastive_loss,
    image_embeddings,
    marks_loss,
)

if TYPE_CHECKING:
    from tqdm.auto import tqdm


CHECKPOINT_SECONDS = 120
# after this share of a stage the encoder sees all patches, as it will in use (FLIP, section 3)
UNMASKED_FROM = 0.85


class Trained(torch.nn.Module):
    """What learns: the CLIP, and the layer that reads the marks off its embeddings."""

    def __init__(self, model: Any, head: MarksHead):
        super().__init__()
        self.model, self.head = model, head


def look_loss(trained: Trained, batch: tuple, kept: float) -> torch.Tensor:
    """The marks of an image, read off its embedding by one linear layer."""
    pixels, facts = batch
    return marks_loss(trained.head, image_embeddings(trained.model, pixels, kept), *facts)


def read_loss(trained: Trained, batch: tuple, kept: float) -> torch.Tensor:
    """The claims of a caption, read off its embedding by the layer that images have taught."""
    ids, claims = batch
    return marks_loss(trained.head, caption_embeddings(trained.model, ids), *claims)


def join_loss(trained: Trained, batch: tuple, kept: float) -> torch.Tensor:
    """CLIP's loss, with both helpers beside it."""
    pixels, facts, ids, claims, true = batch
    model, head = trained.model, trained.head
    images, captions = image_embeddings(model, pixels, kept), caption_embeddings(model, ids)
    helper = marks_loss(head, images, *facts) + 0.5 * marks_loss(head, captions, *claims)
    return contrastive_loss(images, captions, model.logit_scale.exp().clamp(max=100), true) + helper


def contrast_loss(trained: Trained, batch: tuple, kept: float) -> torch.Tensor:
    """CLIP's loss alone."""
    pixels, _, ids, _, true = batch
    model = trained.model
    images, captions = image_embeddings(model, pixels, kept), caption_embeddings(model, ids)
    return contrastive_loss(images, captions, model.logit_scale.exp().clamp(max=100), true)


# stage → its loss, the parameters that it moves
STAGES = {
    "contrast": (contrast_loss, ("model",)),
    "look": (look_loss, ("model.vision_model", "model.visual_projection", "head")),
    "read": (read_loss, ("model.text_model", "model.text_projection")),
    "join": (join_loss, ("model", "head")),
    "refine": (join_loss, ("model", "head")),
    "look-alikes": (join_loss, ("model", "head")),
}
# schedule → its stages, each with its share of the steps and its highest learning rate (relative)
SCHEDULES = {
    "contrastive": (("contrast", 1.0, 1.0),),
    "supervised-first": (
        ("look", 0.37, 1.0),
        ("read", 0.035, 1.0),
        ("join", 0.1, 0.3),
        ("look", 0.34, 0.7),
        ("read", 0.035, 0.5),
        ("join", 0.12, 0.3),
    ),
    "continued": (
        ("look", 0.064891, 0.6),
        ("read", 0.032446, 1.0),
        ("join", 0.143001, 0.3),
        ("look", 0.038687, 0.3),
        ("join", 0.092995, 0.25),
        ("refine", 0.356631, 0.35),
        ("look-alikes", 0.271349, 0.25),
    ),
}


def steps_of(options: dict) -> list[int]:
    """Steps of each turn of the chosen schedule; at least one."""
    return [max(1, round(options["steps"] * turn[1])) for turn in SCHEDULES[options["schedule"]]]


def build_optimisers(trained: Trained, names: tuple[str, ...], options: dict) -> list:
    """Muon (Jordan et al. 2024) for the matrices inside the encoders, AdamW for all else; only
    parameters under ``names`` move."""
    for name, parameter in trained.named_parameters():
        parameter.requires_grad_(name.startswith(names))
    moving = {name: p for name, p in trained.named_parameters() if p.requires_grad}
    inner = [p for name, p in moving.items() if p.ndim == 2 and ".layers." in name]
    others = [p for name, p in moving.items() if not (p.ndim == 2 and ".layers." in name)]
    groups = [
        {"params": [p for p in others if p.ndim > 1], "weight_decay": options["weight_decay"]},
        {"params": [p for p in others if p.ndim <= 1], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=options["learning_rate"], betas=(0.9, 0.98), fused=True)
    muon = torch.optim.Muon(inner, lr=options["muon_rate"], weight_decay=0.01, momentum=0.95)
    for optimiser in (adamw, muon):
        for group in optimiser.param_groups:
            group["highest"] = group["lr"]
    return [adamw, muon]


def _save_checkpoint(
    path: Path, trained: Trained, optimisers: list[torch.optim.Optimizer], place: dict
) -> None:
    """Weights and optimiser state as one safetensors file, replaced atomically. ``place``: turn in
    the schedule, step, seconds in it."""
    from safetensors.torch import save_file

    tensors = {name: value.detach().contiguous() for name, value in trained.state_dict().items()}
    state = {
        parameter: values
        for optimiser in optimisers
        for parameter, values in optimiser.state.items()
    }
    for name, parameter in trained.named_parameters():
        for key, value in state.get(parameter, {}).items():
            tensors[f"state:{key}:{name}"] = value.contiguous()
    with replacing_path(path) as unfinished:
        save_file(tensors, unfinished, {key: str(value) for key, value in place.items()})


def load_weights(path: Path, trained: Trained) -> dict:
    """Weights from a checkpoint; its place (nothing where there is no checkpoint). ValueError if
    the file is damaged, or of a model of another shape."""
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        return {}
    try:
        with safe_open(path, "pt") as file:
            trained.load_state_dict({name: file.get_tensor(name) for name in trained.state_dict()})
            return file.metadata()
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = printable(str(error).splitlines()[0])
        raise ValueError(
            f"The checkpoint '{path}' is damaged, or of another model ({reason}); delete it to"
            " train from the beginning, or give another folder with --work."
        ) from error


def _load_state(path: Path, trained: Trained, optimisers: list[torch.optim.Optimizer]) -> None:
    """The optimisers' state from a checkpoint of the same stage."""
    from safetensors import safe_open

    owner = {
        p: optimiser
        for optimiser in optimisers
        for group in optimiser.param_groups
        for p in group["params"]
    }
    parameters = dict(trained.named_parameters())
    with safe_open(path, "pt") as file:
        for key in file.keys():
            if key.startswith("state:"):
                _, what, name = key.split(":", 2)
                tensor = file.get_tensor(key)
                parameter = parameters[name]
                state = owner[parameter].state[parameter]
                state[what] = tensor if what == "step" else tensor.to(parameter.device)


def half_is_faster(device: str) -> bool:
    """Whether bfloat16 matrix products are faster here than float32: on some processors by half, on
    others several times slower."""
    if device != "cpu":
        return device == "cuda" and torch.cuda.is_bf16_supported()

    def seconds(dtype: torch.dtype) -> float:
        a, b = torch.ones(8192, 128, dtype=dtype), torch.ones(128, 512, dtype=dtype)
        torch.mm(a, b)  # the first product prepares
        start = time.perf_counter()
        for _ in range(10):
            torch.mm(a, b)
        return time.perf_counter() - start

    return seconds(torch.bfloat16) < 0.8 * seconds(torch.float32)


def _set_rate(optimisers: list[torch.optim.Optimizer], share: float) -> None:
    """The next step is taken at this share of the highest learning rate."""
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group["lr"] = max(share * group["highest"], 1e-6)
        optimiser.zero_grad(set_to_none=True)


def run_stage(
    turn: int,
    trained: Trained,
    batches: Batches,
    checkpoint: Path,
    place: dict,
    options: dict,
    half: bool,
    bar: tqdm,
) -> dict:
    """Train one turn of the schedule, with a cosine over its steps; returns where it ended.

    A step depends on its number alone, not on the clock, so a run that was stopped, or that goes on
    with another number of threads, follows the same schedule.
    """
    stage, _, peak = SCHEDULES[options["schedule"]][turn]
    (loss_of, names), total = STAGES[stage], steps_of(options)[turn]
    optimisers = build_optimisers(trained, names, options)
    first, spent, loss = 0, 0.0, None
    if place.get("turn") == str(turn):
        first, spent = int(place["step"]), float(place["seconds"])
        _load_state(checkpoint, trained, optimisers)
    start, saved = time.monotonic() - spent, time.monotonic()
    for step in range(first, total):
        warm = min(1, (step + 1) / options["warmup"])
        _set_rate(optimisers, peak * warm * (0.5 + 0.5 * np.cos(np.pi * step / total)))
        batch = batches.of(stage)(np.random.default_rng([options["seed"], turn, step]))
        torch.manual_seed(hash((options["seed"], turn, step)))  # which patches are kept
        kept = options["patches_kept"] if step < UNMASKED_FROM * total else 1.0
        with torch.autocast(batches.device, torch.bfloat16, enabled=half):
            loss = loss_of(trained, batch, kept)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in trained.parameters() if p.requires_grad], 1.0)
        for optimiser in optimisers:
            optimiser.step()
        bar.update()
        if step % 20 == 19:
            bar.set_postfix(stage=stage, loss=f"{loss.item():.3f}", refresh=False)
        if time.monotonic() - saved > CHECKPOINT_SECONDS or step + 1 == total:
            saved = time.monotonic()
            place = {"turn": turn, "step": step + 1, "seconds": saved - start}
            _save_checkpoint(checkpoint, trained, optimisers, place)
    if loss is None:  # the checkpoint was written after the last step of this turn
        return {}
    seconds = round(time.monotonic() - start, 1)
    return {"stage": stage, "steps": total, "seconds": seconds, "loss": round(loss.item(), 4)}
