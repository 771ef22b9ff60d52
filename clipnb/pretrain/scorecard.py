"""The figures of the bundled model's card: ``python -m clipnb.pretrain.scorecard``. Two minutes on
two cores.

The species are told apart by how often training named them; each list of descriptors is scored on
each set, on split ``test`` and on split ``hard``. The exam species are left out, but for
``--exam REASON``, which evaluates them once and keeps date, weights and figures in the model's
folder.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..classify.control_prompts import random_prompts, scrambled_prompts, swapped_prompts
from ..classify.descriptors import DescriptorSet, load_descriptors
from ..classify.prompts import PromptTable, descriptor_prompts, name_prompts, template_prompts
from ..classify.zeroshot import ZeroShotClassifier
from ..evaluation.hits import correct
from ..evaluation.statistics import wilson
from ..fieldguide import captions
from ..fieldguide.dataset import load_fieldguide
from ..fieldguide.name_frequency import band, trained_frequencies
from ..fieldguide.scene import HABITATS, compose, draw, training_scene
from ..fieldguide.world import KINDS, Individual, load_kind, paint, unnamed_individual
from ..model.clip import BUNDLED
from ..model.loading import load_clip
from ..support.commands import exit_code
from ..support.console import say
from ..support.files import write_text

if TYPE_CHECKING:
    from ..data.images import ImageDataset
    from ..model.clip import Clip

# what a list of descriptors is called in the tables → its bundled name
LISTS = {
    "description": "fieldguide",
    "outsider's description": "fieldguide-outsider",
    "steering list": "fieldguide-steering",
}
EXAM_LISTS = {
    "description": "fieldguide-exam",
    "outsider's description": "fieldguide-exam-outsider",
}
LEAST_REASON = 10  # characters of a reason to evaluate the exam


def training_words(count: int = 8000) -> set[str]:
    """The words of a sample of training captions, of which no caption names a species."""
    words = set()
    for i in range(count):
        caption = captions.write_caption(training_scene(i), np.random.default_rng([5, i]))
        words |= set(re.findall(r"[a-z]+", caption.text.lower()))
    return words


def telling(name: str, words: set[str]) -> bool:
    """Whether a species' name holds a word that training captions use: "blue tang" tells something,
    "hoopoe" nothing."""
    return any(word in words for word in re.findall(r"[a-z]+", name.lower()) if len(word) > 2)


def unnamed(clip: Clip, per_kind: int = 12, texts: int = 6, images: int = 4) -> np.ndarray:
    """Which images of new unnamed individuals find their own descriptors among those of all:
    (kinds * per_kind * images,) bool.

    A measure that needs no species and no list of descriptors.
    """
    rng, described, scenes = np.random.default_rng(123), {}, []
    for kind in map(load_kind, KINDS):
        for _ in range(per_kind):
            marks = unnamed_individual(kind, rng).marks
            described[str(len(described))] = [
                captions.mark_phrase(kind, marks, rng)[0] for _ in range(texts)
            ]
            painted = [Individual(kind.name, marks, paint(marks, rng)) for _ in range(images)]
            scenes += [
                compose(individual, str(rng.choice(HABITATS)), rng) for individual in painted
            ]
    embeddings = clip.encode_images([draw(scene) for scene in scenes])
    answers = ZeroShotClassifier(clip, described).predict(embeddings).labels
    return np.array([int(answer) == i // images for i, answer in enumerate(answers)])


def prompts_of(names: list[str], lists: dict[str, DescriptorSet]) -> dict[str, PromptTable]:
    """Method → its prompts; the controls are made from the first list, without names."""
    first = next(iter(lists.values()))
    tables = {"name": name_prompts(names), "templates": template_prompts(names)}
    for what, descriptors in lists.items():
        tables[what] = descriptor_prompts(descriptors, include_name=False)
        tables[f"name + {what}"] = descriptor_prompts(descriptors)
    return tables | {
        "control: swapped": swapped_prompts(first, include_name=False),
        "control: scrambled": scrambled_prompts(first, include_name=False),
        "control: random words": random_prompts(first, include_name=False),
    }


def hits(clip: Clip, data: ImageDataset, lists: dict[str, DescriptorSet]) -> dict[str, np.ndarray]:
    """Method → (n,) bool, which images it classifies correctly."""
    chosen = {what: descriptors.select(data.class_names) for what, descriptors in lists.items()}
    tables = prompts_of(data.class_names, chosen)
    return {
        method: correct(ZeroShotClassifier(clip, table), data) for method, table in tables.items()
    }


def sets_of(data: ImageDataset, frequencies: dict[str, int]) -> dict[str, np.ndarray]:
    """Set of images → (n,) bool: species by the band of their name's frequency; the development
    species, those with a name that tells something apart; and the development species by kind."""
    words = training_words()
    bands = np.array([band(frequencies[name]) for name in data.class_names])[data.labels]
    tells = np.array([telling(name, words) for name in data.class_names])[data.labels]
    kinds = np.array([scene.individual.kind for scene in data.scenes])
    development = ~data.seen[data.labels]
    return (
        {"species that training names": ~development}
        | {f"{name} names": bands == name for name in ("common", "uncommon", "rare")}
        | {
            "development species": development,
            "development, telling name": development & tells,
            "development, opaque name": development & ~tells,
        }
        | {f"development, {kind}": development & (kinds == kind) for kind in dict.fromkeys(kinds)}
    )


def scorecard(clip: Clip, frequencies: dict[str, int]) -> pd.DataFrame:
    """Every method on every set of every split: columns split, set, method, images, accuracy, low,
    high (95 % Wilson interval)."""
    lists, rows = {what: load_descriptors(name) for what, name in LISTS.items()}, []
    for split in ("test", "hard"):
        data = load_fieldguide(split)
        right = hits(clip, data, lists)
        for where, which in sets_of(data, frequencies).items():
            rows += [_row(split, where, method, right[method][which]) for method in right]
    described = _row("new", "96 unnamed individuals", "six generated descriptors", unnamed(clip))
    rows.append(described)
    return pd.DataFrame(rows)


def _row(split: str, where: str, method: str, right: np.ndarray) -> dict:
    low, high = wilson(int(right.sum()), len(right))
    row = {"split": split, "set": where, "method": method, "images": len(right)}
    return row | {"accuracy": float(right.mean()), "low": low, "high": high}


def examine(clip: Clip, folder: Path, reason: str) -> pd.DataFrame:
    """Evaluate the exam species, with all 108 names as candidates, and append
    date, weights and figures to ``exam.jsonl`` in the model's folder, one line each time.

    Raises
    ------
    ValueError
        If the reason is too short to be one.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise ValueError(
            f"The exam is evaluated once; say why it is now, in {LEAST_REASON} characters or more."
        )
    exam = load_fieldguide("test", species="exam")
    lists = {
        what: DescriptorSet({**load_descriptors(LISTS[what]), **load_descriptors(name)})
        for what, name in EXAM_LISTS.items()
    }
    right, kinds = hits(clip, exam, lists), [scene.individual.kind for scene in exam.scenes]
    rows = [_row("test", "exam species", method, right[method]) for method in right]
    for kind in dict.fromkeys(kinds):
        which = np.array(kinds) == kind
        rows += [_row("test", f"exam, {kind}", what, right[what][which]) for what in EXAM_LISTS]
    log = folder / "exam.jsonl"  # no part of the model, so no part of its fingerprint
    before = log.read_text("utf-8") if log.exists() else ""
    entry = {
        "date": datetime.date.today().isoformat(),
        "reason": reason.strip(),
        "weights": clip.fingerprint,
        "species": [exam.class_names[i] for i in sorted(set(exam.labels.tolist()))],
        "figures": rows,
    }
    write_text(log, before + json.dumps(entry) + "\n")
    return pd.DataFrame(rows)


def _cell(row: pd.Series) -> str:
    return f"{row['accuracy']:.3f} ({row['low']:.3f}–{row['high']:.3f})"


def as_markdown(figures: pd.DataFrame, split: str) -> str:
    """Sets as rows and methods as columns, accuracy with its interval; a dash where a method was
    not scored on a set."""
    chosen = figures[figures["split"] == split]
    methods = list(chosen["method"].unique())
    lines = ["| set | images | " + " | ".join(methods) + " |"]
    lines.append("| --- | ---: |" + " --- |" * len(methods))
    for where in chosen["set"].unique():
        rows = chosen[chosen["set"] == where].set_index("method")
        cells = [_cell(rows.loc[method]) if method in rows.index else "–" for method in methods]
        lines.append(f"| {where} | {rows['images'].iloc[0]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=BUNDLED, help="folder of the model")
    parser.add_argument("--out", type=Path, help="also write the figures into this CSV file")
    parser.add_argument("--exam", metavar="REASON", help="evaluate the exam species, once")
    options = parser.parse_args(arguments)
    clip = load_clip(options.model)
    if options.exam is not None:
        say(as_markdown(examine(clip, options.model, options.exam), "test"))
        return 0
    figures = scorecard(clip, trained_frequencies(options.model))
    if options.out is not None:
        write_text(options.out, figures.to_csv(index=False, float_format="%.6f"))
    for split in figures["split"].unique():
        say(f"Split {split}\n\n{as_markdown(figures, split)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(exit_code("scorecard", main))
