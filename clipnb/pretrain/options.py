"""The options of ``clipnb pretrain``, and what they must be."""

from __future__ import annotations

import json
import math
from pathlib import Path

from ..support.files import write_text
from .stages import SCHEDULES

DEFAULTS = dict(
    images=160_000,
    lookalikes=64_000,
    captions=12,
    image_size=96,
    patch_size=12,
    vision_width=160,
    vision_layers=4,
    text_width=128,
    text_layers=3,
    embedding=160,
    vocabulary=4000,
    length=40,
    look_batch=128,
    read_batch=256,
    batch=160,
    captions_per_image=2,
    patches_kept=0.5,
    move=3,
    schedule="contrastive",
    image_encoder="",
    steps=12_000,
    learning_rate=5e-3,
    muon_rate=0.02,
    warmup=200,
    weight_decay=0.05,
    seed=0,
)
MAY_BE_ZERO = ("seed", "move", "weight_decay", "warmup", "lookalikes")


def check_options(options: dict) -> None:
    """ValueError that names an option with which nothing can be trained."""
    if options["schedule"] not in SCHEDULES:
        raise ValueError(
            f"There is no schedule '{options['schedule']}'; there are {', '.join(SCHEDULES)}."
        )
    begins_with = options["schedule"] == "continued"
    if begins_with != bool(options["image_encoder"]):
        raise ValueError(
            "The schedule 'continued' begins with the image encoder of another model; give its"
            " folder with --image-encoder."
            if begins_with
            else f"--image-encoder belongs to the schedule 'continued', not to"
            f" '{options['schedule']}'; leave one of the two out."
        )
    if options["image_size"] < options["patch_size"]:
        raise ValueError(
            f"--image-size is {options['image_size']}, less than --patch-size,"
            f" {options['patch_size']}; an image needs one patch at least."
        )
    for name, value in options.items():
        if isinstance(value, str):
            continue
        least = 0 if name in MAY_BE_ZERO else 1e-9
        if not least <= value < math.inf:
            raise ValueError(
                f"--{name.replace('_', '-')} is {value}; it must be"
                f" {'0 or more' if least == 0 else 'more than 0'}."
            )


def keep_options(work: Path, options: dict) -> None:
    """Note the options of a run in its folder; ValueError if those of an earlier run there were
    others. The number of steps belongs to it, since the learning rate follows it."""
    note = work / "options.json"
    if note.exists():
        before = json.loads(note.read_text("utf-8"))
        for name, value in options.items():
            if before.get(name, value) != value:
                raise ValueError(
                    f"The run in '{work}' was begun with --{name.replace('_', '-')}"
                    f" {before[name]}, not {value}; give the same, or another folder with --work."
                )
    write_text(note, json.dumps(options, indent=1))
