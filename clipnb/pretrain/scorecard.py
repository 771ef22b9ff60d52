"""The figures of the bundled model's card, as Markdown: ``python -m clipnb.pretrain.scorecard``.
About a minute on two cores."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

import numpy as np

from ..classify.control_prompts import swapped_prompts
from ..classify.descriptors import load_descriptors
from ..classify.prompts import descriptor_prompts, name_prompts, template_prompts
from ..classify.zeroshot import ZeroShotClassifier
from ..evaluation.comparison import correct
from ..evaluation.statistics import wilson
from ..fieldguide import captions
from ..fieldguide.dataset import load_fieldguide
from ..fieldguide.scene import HABITATS, compose, draw, training_scene
from ..fieldguide.world import KINDS, Individual, load_kind, paint, unnamed_individual
from ..model.loading import load_clip
from ..support.commands import exit_code
from ..support.console import say

if TYPE_CHECKING:
    from ..model.clip import Clip


def training_words(count: int = 8000) -> set[str]:
    """The words of a sample of training captions, names of seen species included."""
    words = set()
    for i in range(count):
        caption = captions.write_caption(training_scene(i), np.random.default_rng([5, i]))
        words |= set(re.findall(r"[a-z]+", caption.text.lower()))
    return words


def telling(name: str, words: set[str]) -> bool:
    """Whether a species' name holds a word that training captions use: "blue tang" tells something,
    "hoopoe" nothing."""
    return any(word in words for word in re.findall(r"[a-z]+", name.lower()) if len(word) > 2)


def unnamed(clip: Clip, per_kind: int = 12, phrases: int = 6, images: int = 4) -> np.ndarray:
    """Which images of new unnamed individuals find their own phrases among those of all: (kinds *
    per_kind * images,) bool.

    The measure that training was steered by: it needs no species, so that the held-out species and
    both sets of descriptors stay an exam.
    """
    rng, described, scenes = np.random.default_rng(123), {}, []
    for kind in map(load_kind, KINDS):
        for _ in range(per_kind):
            marks = unnamed_individual(kind, rng).marks
            described[str(len(described))] = [
                captions.mark_phrase(kind, marks, rng)[0] for _ in range(phrases)
            ]
            painted = [Individual(kind.name, marks, paint(marks, rng)) for _ in range(images)]
            scenes += [
                compose(individual, str(rng.choice(HABITATS)), rng) for individual in painted
            ]
    embeddings = clip.encode_images([draw(scene) for scene in scenes])
    answers = ZeroShotClassifier(clip, described).predict(embeddings).labels
    return np.array([int(answer) == i // images for i, answer in enumerate(answers)])


def rows(clip: Clip) -> list[tuple[str, np.ndarray]]:
    """What is measured → which images were right."""
    test, shifted = load_fieldguide("test"), load_fieldguide("shifted")
    names, words = test.class_names, training_words()
    ours, theirs = (
        load_descriptors(which).select(names) for which in ("fieldguide", "fieldguide-outsider")
    )
    tables = {
        "name": name_prompts(names),
        "templates": template_prompts(names),
        "name + description": descriptor_prompts(ours),
        "description": descriptor_prompts(ours, include_name=False),
        "outsider's description": descriptor_prompts(theirs, include_name=False),
        "swapped description": swapped_prompts(ours, include_name=False),
    }
    classifiers = {method: ZeroShotClassifier(clip, table) for method, table in tables.items()}
    right = {method: correct(classifier, test) for method, classifier in classifiers.items()}
    seen = test.seen[test.labels]
    tells = np.array([telling(name, words) for name in names])[test.labels]
    result = [(f"{method}, seen species", right[method][seen]) for method in tables]
    result += [(f"{method}, held-out species", right[method][~seen]) for method in tables]
    result += [
        ("name, held-out, the name tells something", right["name"][~seen & tells]),
        ("name, held-out, opaque name", right["name"][~seen & ~tells]),
        ("name, all species", right["name"]),
        ("name + description, all species", right["name + description"]),
        ("description, all species", right["description"]),
    ]
    kinds = np.array([scene.individual.kind for scene in test.scenes])
    result += [
        (f"description, held-out, {kind}", right["description"][~seen & (kinds == kind)])
        for kind in dict.fromkeys(kinds)
    ]
    one_habitat = np.array(
        [len(set(s.habitat for s in test.of_class(n).scenes)) == 1 for n in names]
    )
    for method in ("name", "description"):
        moved = correct(classifiers[method], shifted)
        at_home, away = (
            one_habitat[test.labels] & seen,
            one_habitat[shifted.labels] & shifted.seen[shifted.labels],
        )
        result += [
            (f"{method}, seen species of one habitat, there", right[method][at_home]),
            (f"{method}, the same species elsewhere (split shifted)", moved[away]),
        ]
    return [*result, ("six phrases, unnamed individuals, among 96", unnamed(clip))]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=None)
    say(
        "| top-1 among all 92 species | images | accuracy | 95 % interval |\n| --- | ---: | ---:"
        " | --- |"
    )
    for what, right in rows(load_clip(parser.parse_args().model)):
        low, high = wilson(right.sum(), len(right))
        say(f"| {what} | {len(right)} | {right.mean():.3f} | {low:.3f} – {high:.3f} |")


if __name__ == "__main__":
    sys.exit(exit_code("scorecard", main))
