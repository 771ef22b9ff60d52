"""One file for every kind: its drawing, what may be chosen, the sentences it is scored with, and the stored vectors of its species.

A page that has loaded a kind can draw any creature of it, and name those that are marked as a species, before the model is there.
"""

from __future__ import annotations

import base64

import numpy as np
from drawings import drawing

from clipnb.widgets.render.creature import page
from clipnb.widgets.state.creature import POSE, Creature
from clipnb.widgets.view.creature import CreatureDesigner


def packed(vectors) -> str:
    """float32, little endian, in base64."""
    return base64.b64encode(np.asarray(vectors, "<f4").tobytes()).decode()


def visible_rules(kind) -> list[dict]:
    """The parts with their slots and when they can be seen, in the order of the tables."""
    return [
        {"slots": [*part.get("shapes", []), *([part["colour"]] if "colour" in part else [])], "shown": part.get("shown", {})}
        for part in kind.parts.values()
    ]


def species_vectors(state: Creature) -> np.ndarray:
    """(species, dim): every species as it stands when the reader starts from it."""
    rows = []
    for number in range(len(state.species)):
        state.act({"do": "start", "species": number})
        rows.append(state.vector().numpy())
    state.act({"do": "reset"})
    return np.stack(rows)


def kind_file(clip, name: str) -> dict:
    """All that a page needs of a kind; the traits are those of the notebook's widget."""
    widget = CreatureDesigner(Creature(clip, name))
    state, classifier = widget.state, widget.state.classifier
    classes = [
        {"name": one, "sentences": list(classifier.table[one]), "vectors": packed(classifier.sentence_vectors[classifier.table.groups == number])}
        for number, one in enumerate(classifier.class_names)
    ]
    opinion = {key: value for key, value in widget.opinion.items() if key != "uri"}  # the page draws it itself
    return {
        "kind": name,
        "dim": clip.dim,
        "scale": clip.logit_scale,
        "traits": {"document": widget.document, "settings": widget.settings, "opinion": opinion},
        "pose": vars(POSE),
        "parts": visible_rules(state.kind),
        "classes": classes,
        "species": packed(species_vectors(state)),
        "art": drawing(state.kind.art),
    }


def stored_page(clip, name: str) -> str:
    """The kind's first species as HTML without scripts: what stands on the page before anything is loaded."""
    return page(Creature(clip, name))
