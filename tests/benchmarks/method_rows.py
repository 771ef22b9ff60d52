"""The rows of the table of methods: how each method and its control are made, and what its source
claims. ``methods.py`` measures them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import normalize

import clipnb
from clipnb.classify.classifier import embedded as embedded_rows
from clipnb.classify.control_prompts import random_prompts, swapped_prompts
from clipnb.concepts import ConceptBottleneck
from clipnb.evaluation import correct
from clipnb.explain import ProjectedClassifier, shift_directions, spurious_cues
from clipnb.fieldguide import world as guide
from clipnb.fieldguide.concept_words import concept_words
from clipnb.fieldguide.name_frequency import band
from clipnb.report.findings import embedded

SEEDS = range(5)
SHOTS = (1, 4, 16)
KEPT = 4  # descriptors of a class that a selection keeps
WORDS = 5  # of a random text
DIRECTIONS = 8  # that a projection removes, as in notebook 09
Hits = dict[str, np.ndarray]  # split → (seeds, images) bool


class World:
    """Images, their embeddings and the descriptors, each made once."""

    def __init__(self) -> None:
        self.clip = clipnb.load_clip()
        hard = clipnb.load_fieldguide("hard", per_species=28)
        number = np.tile(np.arange(28), len(hard.class_names))
        # as in notebook 10: shots come from the pool, and no test image is in it
        self.pool = hard.select(number >= 8)
        tested = {
            "test": clipnb.load_fieldguide("test", per_species=8),
            "hard": hard.select(number < 8),
        }
        # with their embeddings, which are no part of what is timed
        self.images = {split: embedded(data, self.clip) for split, data in tested.items()}
        self.pooled = self.clip.encode_images(self.pool)
        self.names = np.array(hard.class_names)
        bands = np.array([band(int(count)) for count in np.asarray(hard.name_frequency)])
        self.bands = {split: bands[data.labels] for split, data in self.images.items()}
        self.descriptors = clipnb.load_descriptors("fieldguide").select(hard.class_names)
        self.others = clipnb.load_descriptors("fieldguide-outsider").select(hard.class_names)

    def hits(self, makers: list[Callable]) -> Hits:
        """The images that each of some classifiers gets right."""
        made = [make() for make in makers]
        return {
            split: np.stack([correct(one, data) for one in made])
            for split, data in self.images.items()
        }

    def by(self, prompts) -> clipnb.ZeroShotClassifier:
        return clipnb.ZeroShotClassifier(self.clip, prompts)

    def described(self, descriptors, include_name: bool = False) -> clipnb.ZeroShotClassifier:
        return self.by(clipnb.descriptor_prompts(descriptors, include_name=include_name))

    def few(self, method: str, shots: int, seed: int, text=None):
        """A few-shot classifier, fitted."""
        which = clipnb.sample_shots(self.pool, shots, seed)
        labels = self.names[self.pool.labels[which]]
        return clipnb.FewShotClassifier(self.clip, method, text).fit(self.pooled[which], labels)

    def bottleneck(self, vocabulary: list[str], seed: int):
        """A concept bottleneck of 80 texts, fitted on 8 images of each class."""
        which = clipnb.sample_shots(self.pool, 8, seed)
        chosen = np.random.default_rng(seed).choice(vocabulary, 80, replace=False)
        model = ConceptBottleneck(self.clip, list(chosen))
        return model.fit(self.pooled[which], self.names[self.pool.labels[which]])


@dataclass
class Method:
    """One row: how it is made, its control, and what its source claims."""

    group: str
    name: str
    make: list[Callable]
    control: str
    control_make: list[Callable]
    claim: str
    source: str
    species: frozenset[str] | None = None  # counted, where it is not all


def of_words(world: World) -> Iterator[Method]:
    """Methods that know a class by its texts."""
    names, descriptors = list(world.names), world.descriptors
    bare = [lambda: world.by(clipnb.name_prompts(names))]
    plain = [lambda: world.described(descriptors)]
    noise = [lambda seed=seed: world.by(random_prompts(descriptors, seed=seed)) for seed in SEEDS]
    swapped = [
        lambda seed=seed: world.by(swapped_prompts(descriptors, include_name=False, seed=seed))
        for seed in SEEDS
    ]
    rows = clipnb.name_prompts(names)
    turned = clipnb.PromptTable(
        {name: rows[other] for name, other in zip(names, names[1:] + names[:1])}
    )
    group = "Texts alone"
    yield Method(
        group,
        "class names",
        bare,
        "another class's name",
        [lambda: world.by(turned)],
        "the names matter",
        "Radford et al. 2021",
    )
    yield Method(
        group,
        "template ensemble",
        [lambda: world.by(clipnb.template_prompts(names))],
        "one template",
        bare,
        "better than one template",
        "Radford et al. 2021",
    )
    yield Method(
        group,
        "description",
        plain,
        "class names",
        bare,
        "better than class names",
        "Menon & Vondrick 2023",
    )
    yield Method(
        group,
        "description",
        plain,
        "another class's description",
        swapped,
        "the words matter",
        "Menon & Vondrick 2023",
    )
    yield Method(
        group,
        "name + description",
        [lambda: world.described(descriptors, True)],
        "name + random words",
        noise,
        "random words do as well",
        "Roth et al. 2023",
    )
    yield from _asked_again(world, group)


def _asked_again(world: World, group: str) -> Iterator[Method]:
    """Differential descriptors, and a selection among the plain ones."""
    descriptors, contrasts = world.descriptors, clipnb.load_descriptors("fieldguide-contrasts")

    def more(seed: int):
        chance = np.random.default_rng(seed)
        rows = {
            name: list(chance.permutation(world.others[name])[: len(contrasts[name])])
            for name in contrasts
        }
        return world.described(descriptors.extend(rows))

    def at_random(seed: int):
        chance = np.random.default_rng(seed)
        return world.described(
            {name: list(chance.permutation(row)[:KEPT]) for name, row in descriptors.items()}
        )

    yield Method(
        group,
        "description + differential",
        [lambda: world.described(descriptors.extend(contrasts))],
        "as many of another author",
        [lambda seed=seed: more(seed) for seed in SEEDS],
        "better than other descriptors",
        "Esfandiarpoor & Bach 2024",
    )
    yield Method(
        group,
        f"{KEPT} selected descriptors",
        [
            lambda: world.described(
                clipnb.select_descriptors(world.clip, descriptors, world.pooled, keep=KEPT)
            )
        ],
        f"{KEPT} at random",
        [lambda seed=seed: at_random(seed) for seed in SEEDS],
        "better than a random selection",
        "Ma et al. 2025",
    )


FEW = {  # method → what it is compared with, its claim and source
    "prototypes": ("class names", "better than class names", "Snell et al. 2017"),
    "knn": ("class names", "better than class names", "Wu et al. 2018"),
    "linear_probe": ("description", "better than description", "our question"),
    "tip_adapter": ("class names", "better than class names", "Zhang et al. 2022"),
    "tip_adapter_f": ("tip_adapter", "better than Tip-Adapter", "Zhang et al. 2022"),
    "text_probe": ("linear_probe", "better than a linear probe", "Silva-Rodríguez et al. 2024"),
    "prototypes + text": ("prototypes", "text adds to examples", "a mixture of ours"),
}
WITH_TEXT = ("tip_adapter", "tip_adapter_f", "text_probe", "prototypes + text")
SHOWN = {"knn": "kNN", "tip_adapter": "Tip-Adapter", "tip_adapter_f": "Tip-Adapter-F"}


def of_examples(world: World) -> Iterator[Method]:
    """Few-shot methods, compared with texts alone or with another method on the same shots."""
    names = list(world.names)
    alone = {
        "class names": [lambda: world.by(clipnb.name_prompts(names))],
        "description": [lambda: world.described(world.descriptors)],
    }

    def makers(method: str, shots: int) -> list[Callable]:
        text = names if method in WITH_TEXT else None
        return [lambda seed=seed: world.few(method, shots, seed, text) for seed in SEEDS[:3]]

    for shots in SHOTS:
        for method, (control, claim, source) in FEW.items():
            yield Method(
                f"{shots} image{'s' * (shots > 1)} of each class",
                SHOWN.get(method, method.replace("_", " ")),
                makers(method, shots),
                SHOWN.get(control, control.replace("_", " ")),
                alone[control] if control in alone else makers(control, shots),
                claim,
                source,
            )


def of_concepts(world: World) -> Iterator[Method]:
    """A classifier that reads an image's cosines with concepts."""
    words, chance = list(concept_words()), np.random.default_rng(0)
    single = sorted({word for text in words for word in text.split()})
    nonsense = [" ".join(chance.permutation(single)[:WORDS]) for _ in words]
    yield Method(
        "Concepts",
        "concept bottleneck, 80 concepts",
        [lambda seed=seed: world.bottleneck(words, seed) for seed in SEEDS],
        "80 texts of random words",
        [lambda seed=seed: world.bottleneck(nonsense, seed) for seed in SEEDS],
        "random words do as well",
        "Yan et al. 2023",
    )


def of_negation(world: World) -> Iterator[Method]:
    """Every class gets one descriptor more: which colour its main part does not have. Repairs are
    compared with the negation as it is written (notebook 09, section 5)."""
    texts = _colour_descriptors(world)
    plain = world.described(world.descriptors)
    embeddings = {which: world.clip.encode_texts(rows) for which, rows in texts.items()}
    negated, opposite = embeddings["negated"], embeddings["opposite"]
    along = normalize(opposite - embeddings["kind"], dim=1)
    removed = negated - (negated * along).sum(1, keepdim=True) * along
    # at the mean of the class's own descriptors; on images that are not tested
    level = (plain.class_scores(world.pooled) + world.pooled @ opposite.T).mean(0)
    group, asks = "Repairs: a negated descriptor in every class", "better than the negation"
    written = [lambda: OneMore(plain, negated)]
    for name, make in {
        "nothing added": lambda: plain,
        "rewritten as what is there": lambda: OneMore(plain, embeddings["stated"]),
        "direction of the attribute removed": lambda: OneMore(plain, removed),
        "complement: minus the cosine of the attribute": lambda: OneMore(plain, -opposite),
        "complement, centred": lambda: OneMore(plain, -opposite, level),
    }.items():
        yield Method(group, name, [make], "negation as written", written, asks, "our question")


class OneMore:
    """A classifier by description, with pooling "mean", whose every class has one descriptor more:
    its cosine is the product with a row of ``rows`` (classes, dim), plus ``level``."""

    def __init__(
        self,
        classifier: clipnb.ZeroShotClassifier,
        rows: torch.Tensor,
        level: torch.Tensor | None = None,
    ):
        self.classifier, self.rows, self.level = classifier, rows, 0 if level is None else level
        self.clip, self.class_names = classifier.clip, classifier.class_names

    def class_scores(self, images) -> torch.Tensor:
        embeddings = embedded_rows(images, self.clip, None)
        sizes = torch.bincount(torch.as_tensor(self.classifier.table.groups))
        sums = self.classifier.class_scores(embeddings) * sizes
        return (sums + embeddings @ self.rows.T + self.level) / (sizes + 1)


def _colour_descriptors(world: World) -> dict[str, list[str]]:
    """Of every class: "a bird that is not red", "a blue bird", "a red bird" and "a bird"."""
    rng = np.random.default_rng(4)
    species = {one.name: one for one in guide.all_species()}
    words = {colour: entry["words"][0] for colour, entry in guide.palette().items()}
    texts: dict[str, list[str]] = {"negated": [], "stated": [], "opposite": [], "kind": []}
    for name in world.names:
        kind, marks = guide.load_kind(species[name].kind), species[name].marks
        free = [c for c in dict.fromkeys(kind.colours[kind.main]) if c not in marks.values()]
        other = words[str(rng.choice(free))]
        texts["negated"].append(f"a {kind.name} that is not {other}")
        texts["stated"].append(f"a {words[marks[kind.main]]} {kind.name}")
        texts["opposite"].append(f"a {other} {kind.name}")
        texts["kind"].append(f"a {kind.name}")
    return texts


def of_cues(world: World) -> Iterator[Method]:
    """Every class gets three descriptors of its habitat. Counted are the species that training
    shows in one habitat only; `hard` shows half of their images in another. What is removed is
    found in two places, on images that are not tested (notebook 09, section 9)."""
    home_of = {one.name: one.habitats[0] for one in guide.all_species()}
    bound = frozenset(s.name for s in guide.all_species() if s.seen and len(s.habitats) == 1)
    texts = {
        name: [f"in the {place}", f"found in the {place}", f"a {place} in the background"]
        for name, place in home_of.items()
        if name in world.names
    }
    extended = world.descriptors.extend(texts)
    with_cue, plain = world.described(extended), world.described(world.descriptors)
    home, away = (_of_bound(split, bound) for split in ("test", "shifted"))
    shift = shift_directions(world.clip, home, away, rank=DIRECTIONS)
    drops = spurious_cues(with_cue, home, away)
    flagged = drops.query("p < 0.05 and drop > 0")

    def at_random(seed: int):
        rows = torch.randn(world.clip.dim, DIRECTIONS, generator=torch.manual_seed(seed))
        return ProjectedClassifier(with_cue, torch.linalg.qr(rows).Q.T)

    def without(dropped):
        gone = set(zip(dropped["class"], dropped["descriptor"]))
        kept = {n: [d for d in row if (n, d) not in gone] or row for n, row in extended.items()}
        return world.described(kept)

    def row(name: str, make: list[Callable], control: str, against: list[Callable], claim: str):
        return Method(group, name, make, control, against, claim, "our question", bound)

    group = f"Repairs: the habitat as a descriptor ({len(bound)} species with one habitat)"
    samples = [drops.sample(len(flagged), random_state=seed) for seed in SEEDS]
    yield row(
        "habitat added", [lambda: with_cue], "not added", [lambda: plain], "a true descriptor helps"
    )
    yield row(
        "flagged descriptors dropped",
        [lambda: without(flagged)],
        "as many at random",
        [lambda some=some: without(some) for some in samples],
        "better than at random",
    )
    yield row(
        f"{DIRECTIONS} directions removed",
        [lambda: ProjectedClassifier(with_cue, shift)],
        f"{DIRECTIONS} random directions",
        [lambda seed=seed: at_random(seed) for seed in SEEDS],
        "better than at random",
    )


def _of_bound(split: str, bound: frozenset[str]) -> clipnb.ImageDataset:
    """Ten images of each of these species, none of them tested."""
    data = clipnb.load_fieldguide(split, per_species=20)
    names = np.array(data.class_names)[data.labels]
    return data.select(np.isin(names, sorted(bound)) & (np.arange(len(data)) % 20 >= 10))
