"""``clipnb real``, ``make real``: the whole path with a real CLIP in one command. Fetch a model and
a public data set, embed, compare name, templates, descriptors and controls, print the published
figures beside ours, and write a report.

Where the Hub cannot be reached, the same steps run on stored embeddings of a real CLIP, or on the
bundled one, and no published figure stands beside them.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ..classify.control_prompts import random_prompts, swapped_prompts
from ..classify.descriptors import load_descriptors
from ..classify.prompts import PromptTable, descriptor_prompts, name_prompts, template_prompts
from ..classify.zeroshot import ZeroShotClassifier
from ..data.load import load_images
from ..evaluation.abstain import Rejection
from ..evaluation.comparison import evaluate
from ..evaluation.confidence import Confidence
from ..evaluation.tables import readable, summarize
from ..fieldguide.dataset import load_fieldguide
from ..model.clip import BUNDLED
from ..model.loading import load_clip
from ..support.arguments import whole
from ..support.commands import Parser, exit_code
from ..support.console import say
from ..support.files import make_folder
from ..support.hub import NETWORK, OFFLINE, PARTLY, why_not_fetched
from ..support.names import alike
from .page import check_target, write_report
from .published import BARE, MODEL, PHOTO, beside, differences
from .stored import article, stored

if TYPE_CHECKING:
    import pandas as pd

    from ..classify.descriptors import DescriptorSet
    from ..data.images import ImageDataset
    from ..evaluation.comparison import Method
    from ..model.clip import Clip

# where the Hub has them, and what it calls classes that our descriptors call otherwise
SOURCES = {"pets": "hf:timm/oxford-iiit-pet:test", "eurosat": "hf:blanchon/EuroSAT_RGB:test"}
OTHER_NAMES = {
    "eurosat": {
        "industrial buildings": "industrial",
        "residential buildings": "residential",
        "sealake": "sea lake",
    }
}
PER_SPECIES = 10  # images of the field guide, where it takes the place of photos
RANDOM_TEXTS = 4  # beside the name, in the control with stored texts


@dataclass
class Run:
    """What is compared on what.

    Attributes
    ----------
    clip, data : Clip, ImageDataset
    methods : dict
        What to call it → classifier, or function of a seed; the first is the baseline.
    title : str
        Of the report.
    kinds : dict
        Name of a method → (kind, template), by which a published figure finds its own.
    real : bool
        Whether model and images are those that published figures are about.
    notes : list of str
        What has to be known about the figures.
    """

    clip: Clip
    data: ImageDataset
    methods: dict[str, Method]
    title: str
    kinds: dict[str, tuple[str, str]] = field(default_factory=dict)
    real: bool = False
    notes: list[str] = field(default_factory=list)
    descriptors: DescriptorSet | None = None


# --- what is run ----------------------------------------------------------------------------------


def described(clip: Clip, data: ImageDataset, descriptors: DescriptorSet, title: str) -> Run:
    """Name, templates, descriptors and controls. The published figures have the bare name or "a
    photo of a", so both are run."""
    names, make = list(descriptors), partial(ZeroShotClassifier, clip)
    photo = {"template": PHOTO}
    methods: dict[str, Method] = {
        "name": make(name_prompts(names, BARE)),
        "name, 'a photo of a'": make(name_prompts(names, PHOTO)),
        "templates": make(template_prompts(names)),
        "description": make(descriptor_prompts(descriptors, template=BARE)),
        "description, 'a photo of a'": make(descriptor_prompts(descriptors, template=PHOTO)),
        "description alone": make(descriptor_prompts(descriptors, include_name=False)),
        "control: swapped": partial(swapped_prompts, descriptors, **photo),
        "control: random words": partial(random_prompts, descriptors, **photo),
        "control: waffle": partial(random_prompts, descriptors, kind="waffle", **photo),
    }
    kinds = {
        "name": ("name", BARE),
        "name, 'a photo of a'": ("name", PHOTO),
        "description": ("description", BARE),
        "description, 'a photo of a'": ("description", PHOTO),
        "control: swapped": ("swapped", PHOTO),
        "control: waffle": ("noise", PHOTO),
    }
    return Run(clip, data, methods, title, kinds, descriptors=descriptors)


def fetched(dataset: str, model: str, images: str) -> Run:
    """A model and photos of a public data set, from the Hub or from disk."""
    descriptors = load_descriptors(dataset)
    clip = load_clip(model)
    data = load_images(images)
    if not data.class_names:
        raise ValueError(f"'{images}' has no folders of classes, so there is nothing to score.")
    data = named_as(data, descriptors, OTHER_NAMES.get(dataset, {}))
    run = described(clip, data, descriptors.select(data.class_names), f"{dataset}, {clip.name}")
    run.real = True
    return run


def named_as(
    data: ImageDataset, descriptors: Mapping[str, list[str]], others: Mapping[str, str]
) -> ImageDataset:
    """The data set with its classes called as the descriptors call them.

    Raises
    ------
    ValueError
        If there are no descriptors of a class.
    """
    known = {alike(name): name for name in descriptors}
    new = {}
    for name in data.class_names:
        same = others.get(name.lower(), name)
        if alike(same) not in known:
            raise ValueError(f"There are no descriptors of the class '{name}' of the data set.")
        new[name] = known[alike(same)]
    return data.rename(new)


def of_stored(folder: Path, dataset: str) -> Run:
    """The steps that stored embeddings allow: names, and controls made of other stored texts."""
    stand_in, data = stored(folder, dataset)
    clip = cast("Clip", stand_in)
    names = data.class_names
    table = PromptTable({name: [article(name)] for name in names})
    turned = PromptTable(dict(zip(names, [table[name] for name in names[1:] + names[:1]])))
    texts = sorted(set(stand_in.places) - {article(name) for name in names})

    def noise(seed: int) -> PromptTable:
        chance = random.Random(seed)
        return PromptTable({n: [*table[n], *chance.sample(texts, RANDOM_TEXTS)] for n in names})

    methods: dict[str, Method] = {
        "name": ZeroShotClassifier(clip, table),
        "control: names swapped": lambda seed: turned,
        "control: name and random texts": noise,
    }
    notes = [
        f"Embeddings of a real CLIP that somebody else computed, in '{folder}'; its notes say whose"
        " they are.",
        f"Not run: templates, descriptors and the controls of their words, since only texts such as"
        f" '{article(names[0])}' are stored and there is no text encoder.",
        f"No published figure is compared: they are for all classes of {dataset}, and these are"
        f" {len(names)}, {', '.join(names)}.",
    ]
    return Run(clip, data, methods, f"{dataset}, stored embeddings", notes=notes)


def of_bundled() -> Run:
    """The same steps on the bundled model and its drawings."""
    clip, data = load_clip(str(BUNDLED)), load_fieldguide("test", per_species=PER_SPECIES)
    descriptors = load_descriptors("fieldguide").select(data.class_names)
    run = described(clip, data, descriptors, "field guide, bundled CLIP")
    run.notes.append("Drawings and the bundled CLIP: no published figure is about these images.")
    return run


def chosen(dataset: str, model: str, images: str, folder: Path | None) -> Run:
    """The real run; or, where the Hub cannot be reached, what takes its place, and a line that
    says so."""
    try:
        return fetched(dataset, model, images)
    except OSError as error:
        if not unreachable(error):
            raise
    instead = "the bundled CLIP and the field guide" if folder is None else f"'{folder}'"
    say(
        f"The Hugging Face Hub cannot be reached, so nothing here is computed with {model} on"
        f" {images}: the same steps run on {instead}."
    )
    return of_bundled() if folder is None else of_stored(folder, dataset)


def unreachable(error: OSError) -> bool:
    """Whether there was no way to the Hub; a wrong name, a full disk or a folder that is not there
    is another matter."""
    from_hub = "from the Hugging Face Hub" in str(error)
    return from_hub and why_not_fetched(error) in (NETWORK, OFFLINE, PARTLY)


# --- what is said ---------------------------------------------------------------------------------


def figures(run: Run, seeds: int) -> pd.DataFrame:
    """A row per method, the mean over seeds where there are any."""
    table = evaluate(
        run.clip, run.data, run.methods, seeds=seeds, groups={"all": run.data.labels > -1}
    )
    return summarize(table, "all")


def compared(run: Run, table: pd.DataFrame, dataset: str, images: str) -> list[str]:
    """The published figures beside ours, and what differs, as lines; nothing where ours are not
    about the same images and a real model."""
    if not run.real:
        return []
    top1 = table["top1"].to_dict()
    ours = {kind: top1[name] for name, kind in run.kinds.items()}
    split = f"{images}, {len(run.data):,} images"
    shown = beside(dataset, ours).map("{:.2f}".format).reset_index().to_string(index=False)
    return [shown, *differences(dataset, run.clip.name, split)]


def report(run: Run, path: Path, seeds: int, notes: list[str]) -> Path:
    """The explained page of a run."""
    name, first = next(iter(run.methods.items()))
    reject = None
    if run.data.embeddings is not None and isinstance(first, ZeroShotClassifier):
        # without a text encoder there is no text that fits any image
        chance = 1 / len(run.data.class_names)
        why = "that of a blind guess, since no other is known"
        reject = Rejection(first, Confidence("probability"), chance, why)
    return write_report(
        path,
        run.data,
        run.methods,
        explain=name if reject else None,
        reject=reject,
        descriptors=run.descriptors,
        title=run.title,
        notes=[*run.notes, *notes],
        seeds=seeds,
    )


# --- the command ----------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run it; errors are one line on stderr and the exit code 2."""
    return exit_code("clipnb real", lambda: _run(_parser().parse_args(arguments)))


def _run(options: argparse.Namespace) -> None:
    whole("--seeds", options.seeds, 1)
    out = Path(options.out or f"out/real_{options.dataset}.html").expanduser()
    make_folder(out.parent)
    check_target(out)  # before the hours that the work may take
    images = options.images or SOURCES[options.dataset]
    folder = Path(options.stored).expanduser() if options.stored else None
    run = chosen(options.dataset, options.model, images, folder)
    say(f"{run.title}: {run.data}")
    table = figures(run, options.seeds)
    say("Top-1 with its 95 % interval, mean over seeds; fixed, broken and p against the first row")
    columns = ["n", "seeds", "top1", "low", "high", "fixed", "broken", "p_holm"]
    say(readable(table[columns]).rename_axis(None).to_string())
    lines = compared(run, table, options.dataset, images)
    if lines:
        say("\nPublished figures of ViT-B/32 beside ours, top-1 in per cent")
    for line in [*lines, *run.notes]:
        say(line)
    say(f"Written: {report(run, out, options.seeds, lines[1:])}")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="clipnb real",
        description=(
            "The whole path with a real CLIP: fetch, embed, compare, and print the published"
            " figures beside ours."
        ),
    )
    parser.add_argument(
        "--dataset",
        choices=tuple(SOURCES),
        default="pets",
        help="Oxford-IIIT Pets (default), or EuroSAT, which is small",
    )
    parser.add_argument("--model", default=MODEL, help="Hub name or folder (default: %(default)s)")
    parser.add_argument(
        "--images",
        metavar="SOURCE",
        help=(
            "your copy of the data set, as load_images takes it, such as pets:folder (default: that"
            " of the Hub)"
        ),
    )
    parser.add_argument(
        "--stored",
        metavar="FOLDER",
        default=os.environ.get("CLIPNB_REAL_VECTORS"),
        help=(
            "embeddings of a real CLIP, for where the Hub cannot be reached (default:"
            " CLIPNB_REAL_VECTORS; without, the bundled CLIP)"
        ),
    )
    parser.add_argument(
        "--seeds", type=int, default=3, help="of the random controls (default: %(default)s)"
    )
    parser.add_argument(
        "--out", metavar="FILE", help="the page to write (default: out/real_<data set>.html)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
