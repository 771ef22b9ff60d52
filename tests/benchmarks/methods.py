"""Every method of the course on the same images: accuracy by name frequency, against its control.

    python tests/benchmarks/methods.py            # measures, about two minutes on a core
    python tests/benchmarks/methods.py --page     # writes the page again from the figures

It writes ``methods.csv`` beside this file and the site's page ``book/pages/methods.md``. Run it
when the weights or a method have changed; a test fails where the figures are of other weights.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["CLIPNB_PROGRESS"] = "0"

import numpy as np
import pandas as pd

import clipnb
from clipnb.classify.control_prompts import random_prompts, swapped_prompts
from clipnb.concepts import ConceptBottleneck
from clipnb.evaluation import bootstrap, correct
from clipnb.fieldguide.concept_words import concept_words
from clipnb.fieldguide.name_frequency import band
from clipnb.report.findings import embedded
from clipnb.support.files import write_text

HERE = Path(__file__).parent
FIGURES = HERE / "methods.csv"
PAGE = HERE.parents[1] / "book" / "pages" / "methods.md"
BANDS = ("zero", "rare", "common")
SPLITS = ("test", "hard")
SEEDS = range(5)
SHOTS = (1, 4, 16)
KEPT = 4  # descriptors of a class that a selection keeps
WORDS = 5  # of a random text
EQUAL = 0.02  # two accuracies whose difference is surely less count as equal
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


def measured(world: World, method: Method) -> dict:
    """The figures of a row."""
    start = time.perf_counter()
    hits = world.hits(method.make)
    seconds = (time.perf_counter() - start) / len(method.make)
    against = world.hits(method.control_make)
    row: dict = {
        "group": method.group,
        "method": method.name,
        "control": method.control,
        "claim": method.claim,
        "source": method.source,
        "draws": len(method.make),
        "seconds": seconds,
    }
    for split in SPLITS:
        for one in BANDS:
            row[f"{split} {one}"] = hits[split][:, world.bands[split] == one].mean()
        row |= {f"{split} all": hits[split].mean(), f"{split} control": against[split].mean()}
        gain = hits[split].mean(0) - against[split].mean(0)
        low, high = bootstrap(gain, world.images[split].labels)
        row |= {f"{split} gain": gain.mean(), f"{split} low": low, f"{split} high": high}
    return row


def measure() -> pd.DataFrame:
    """All rows."""
    world = World()
    rows = []
    for methods in (of_words, of_examples, of_concepts):
        for method in methods(world):
            rows.append(measured(world, method))
            print(f"{method.group}: {method.name}, {rows[-1]['seconds']:.2f} s", flush=True)
    images = {f"{split} images": len(world.images[split]) for split in SPLITS}
    return pd.DataFrame(rows).assign(**images, weights=world.clip.fingerprint)


# --- the page -------------------------------------------------------------------------------------


def verdict(row: pd.Series) -> str:
    """Whether the claim holds on both splits, by the intervals of the difference."""
    lows, highs = ([row[f"{split} {end}"] for split in SPLITS] for end in ("low", "high"))
    ups = [split for split, low in zip(SPLITS, lows) if low > 0]
    downs = [split for split, high in zip(SPLITS, highs) if high < 0]
    if ups and downs:
        return f"better on {ups[0]}, worse on {downs[0]}"
    if row["claim"].startswith("random words"):  # the claim is that there is no difference
        if downs:
            return f"random words are better{_on(downs)}"
        if ups:
            return f"no{_on(ups)}"
        return "yes" if max(*highs, *(-low for low in lows)) <= EQUAL else "not distinguished"
    if ups:
        return f"yes{_on(ups)}"
    return f"the opposite{_on(downs)}" if downs else "not shown"


def _on(splits: list[str]) -> str:
    return "" if len(splits) == len(SPLITS) else f" on {splits[0]}"


def page_of(figures: pd.DataFrame) -> str:
    """The site's page, in Markdown."""
    first = figures.iloc[0]
    lines = [
        "# Every method beside its control",
        "",
        f"One row for each method of the course, on {first['test images']} images of the split"
        f" `test` and {first['hard images']} of `hard`, as many of each species. The difference is"
        " that of method and control on all images of the split, with the 95 % interval over"
        " species; behind the control stand its accuracies on `test` and `hard`. *Zero*, *rare* and"
        " *common* are accuracies of the method for species by the number of training captions with"
        " their name: none, 1 to 30, more than 300 (the others, 31 to 300, count in the differences"
        " only). Shots, which come from images of `hard` that are not tested, are drawn three times,"
        " random texts five times; the interval is that of the mean over draws, so it does not show"
        " how draws differ.",
        "",
        "*Here* applies one rule to each claim: it holds (*yes*) if the interval is above 0 on both"
        f" splits, or on the one that is named. *Not shown* means that it contains 0 on both. A"
        f" claim that random words do as well holds if both intervals lie within ± {EQUAL};"
        " *not distinguished* means that they contain 0 and are wider. These are drawings and a"
        " small model: a claim that does not hold here may hold for a real CLIP (notebook 06 has"
        " published figures). From 4 shots on, most methods are near 1 on `test`, so only `hard`"
        " can tell them apart.",
        "",
    ]
    for group, rows in figures.groupby("group", sort=False):
        lines += [
            f"## {group}",
            "",
            "| method | claim | here | control | difference on test | on hard |"
            " test: zero, rare, common | hard: zero, rare, common | seconds |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | ---: |",
            *(_row(row) for _, row in rows.iterrows()),
            "",
        ]
    lines += [
        "Repairs of negation and the removal of spurious cues have test sets of their own, made for"
        " them: notebook 09, sections 5 and 9, has their figures and controls. Notebook 11 scores"
        " SpLiCE, attention heads, probes and the sparse autoencoder against true attributes.",
        "",
        "`python tests/benchmarks/methods.py` measures this table again, with fixed seeds. Seconds"
        " are those of fitting and predicting both splits on one core, with the texts' embeddings and"
        " without the images'.",
        "",
    ]
    return "\n".join(lines)


def _row(row: pd.Series) -> str:
    claim = f"{row['claim']} ({row['source']})"
    control = " ".join([row["control"], *(f"{row[f'{split} control']:.2f}" for split in SPLITS)])
    cells = [row["method"], claim, f"**{verdict(row)}**", control]
    for split in SPLITS:
        low, high = row[f"{split} low"], row[f"{split} high"]
        cells.append(f"{row[f'{split} gain']:+.3f} ({low:+.3f} to {high:+.3f})".replace("-", "−"))
    cells += [", ".join(f"{row[f'{split} {one}']:.2f}" for one in BANDS) for split in SPLITS]
    cells.append(f"{row['seconds']:.1f}" if row["seconds"] >= 0.05 else "< 0.1")
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Measure, unless only the page is asked for, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--page", action="store_true", help="write the page from the CSV file")
    if not parser.parse_args().page:
        write_text(FIGURES, measure().to_csv(index=False, float_format="%.5f"))
    write_text(PAGE, page_of(pd.read_csv(FIGURES)))
    print(f"Written: {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
