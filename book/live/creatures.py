"""One file for every kind: its drawing, what may be chosen, the texts it is scored with, and
the stored embeddings of its species.

A page that has loaded a kind can draw any creature of it, and name those that are marked as a
species, before the model is there.
"""

from __future__ import annotations

import base64
import json

import numpy as np
from drawings import drawing, habitats

from clipnb.fieldguide.world import slots_of
from clipnb.widgets.common.scored import packed as as_bytes
from clipnb.widgets.creature.state import POSE, Creature
from clipnb.widgets.creature.widget import CreatureDesigner


def packed(embeddings) -> str:
    """float32, little endian, in base64."""
    return base64.b64encode(as_bytes(np.asarray(embeddings))).decode()


def visible_rules(kind) -> list[dict]:
    """The parts with their slots and when they can be seen, in the order of the tables."""
    return [
        {"slots": slots_of(part), "shown": part.get("shown", {})} for part in kind.parts.values()
    ]


def species_embeddings(state: Creature) -> np.ndarray:
    """(species, dim): every species as it stands when the reader starts from it."""
    rows = []
    for number in range(len(state.species)):
        state.act({"do": "start", "species": number})
        rows.append(state.embedding().numpy())
    state.act({"do": "reset"})
    return np.stack(rows)


def kind_of(widget: CreatureDesigner) -> dict:
    """What a page needs of a kind beside the widget's traits; embeddings as base64."""
    state, classifier = widget.state, widget.state.classifier
    classes = [
        {
            "name": one,
            "prompts": list(classifier.table[one]),
            "embeddings": packed(classifier.text_embeddings[classifier.table.groups == number]),
        }
        for number, one in enumerate(classifier.class_names)
    ]
    return {
        "name": state.kind.name,
        "dim": state.clip.dim,
        "scale": state.clip.logit_scale,
        "pose": vars(POSE),
        "parts": visible_rules(state.kind),
        "classes": classes,
        "species": packed(species_embeddings(state)),
        "art": drawing(state.kind.art),
    }


def parts() -> str:
    """The script that defines ``clipnbLive.habitats``: where a creature can stand, as drawings."""
    grounds = json.dumps(habitats(), ensure_ascii=False, separators=(",", ":"))
    return f"clipnbLive.habitats = {grounds};\n"
