"""``python -m clipnb.report photos/ --descriptors d.json``: a folder, classified and reported."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..classify.control_prompts import random_prompts, swapped_prompts
from ..classify.descriptors import load_descriptors
from ..classify.fewshot import FewShotClassifier
from ..classify.prompts import descriptor_prompts, name_prompts
from ..classify.quality import check_descriptors
from ..classify.zeroshot import ZeroShotClassifier
from ..data.load import load_images
from ..evaluation.abstain import calibrate_rejection
from ..llm.generate import generate_descriptors
from ..model.loading import load_clip
from ..support.commands import Parser, exit_code, noted
from ..support.console import say
from .findings import SHOT_CONTROL, choose
from .page import check_target, write_report

if TYPE_CHECKING:
    from ..classify.descriptors import DescriptorSet
    from ..data.images import ImageDataset
    from ..evaluation.abstain import Rejection
    from ..evaluation.comparison import Method
    from ..model.clip import Clip


def methods_for(clip: Clip, descriptors: DescriptorSet, pooling: str = "mean") -> dict:
    """What a report of own images compares: the name, name + description, two controls, and the
    description alone, which it explains."""
    make = partial(ZeroShotClassifier, clip, pooling=pooling)
    methods: dict[str, Method] = {
        "class name": make(name_prompts(list(descriptors))),
        "name + description": make(descriptor_prompts(descriptors)),
        "description alone": make(descriptor_prompts(descriptors, include_name=False)),
    }
    if len(descriptors) > 1:
        methods["control: swapped"] = lambda seed: swapped_prompts(
            descriptors, include_name=False, seed=seed
        )
        methods["control: random words"] = lambda seed: random_prompts(
            descriptors, include_name=False, seed=seed
        )
    return methods


def few_shot_methods(
    clip: Clip, descriptors: DescriptorSet, shots: ImageDataset, pooling: str = "mean"
) -> dict:
    """A classifier by examples and descriptions (Tip-Adapter), and its control, in which the labels
    of the shots are in random order.

    Raises
    ------
    ValueError
        If the classes of the shots are not those that are described; the message names one.
    """
    if odd := sorted(set(shots.class_names) ^ set(descriptors)):
        where = "has no folder of shots" if odd[0] in descriptors else "is not described"
        raise ValueError(f"The class '{odd[0]}' {where}; shots and classes must be the same.")
    table = descriptor_prompts(descriptors)
    labels = np.array(shots.class_names)[shots.labels]
    embeddings = clip.encode_images(shots)

    def shuffled(seed: int) -> FewShotClassifier:
        mixed = np.random.default_rng(seed).permutation(labels)
        return FewShotClassifier(clip, text=table, pooling=pooling).fit(embeddings, mixed)

    few = FewShotClassifier(clip, text=table, pooling=pooling).fit(shots)
    return {
        f"name + description + {len(shots)} shots": few,
        SHOT_CONTROL: shuffled,
    }


def main(arguments: list[str] | None = None) -> int:
    """Read a folder, classify it by description, write the report; errors are one line on stderr
    and the exit code 2."""
    work = lambda: say(f"Written: {_run(_parser().parse_args(arguments))}")
    return exit_code("clipnb report", work)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="clipnb report",
        description="Classify a folder of images by description and write an explained report.",
    )
    parser.add_argument(
        "photos", help="one folder per class, or a flat folder of images without labels"
    )
    parser.add_argument(
        "--labels",
        metavar="FILE",
        help="CSV with the columns 'file' and 'class', in place of one folder per class",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--descriptors", metavar="FILE", help='JSON, {"class": ["what it looks like", …], …}'
    )
    source.add_argument(
        "--ask",
        action="store_true",
        help=(
            "ask a language model for them, one call a class (CLIPNB_LLM_MODEL,"
            " CLIPNB_LLM_BASE_URL, OPENAI_API_KEY)"
        ),
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        default="report.html",
        help="the page to write (default: report.html)",
    )
    parser.add_argument(
        "--model",
        help="Hub name or folder of a CLIP or SigLIP (default: CLIPNB_MODEL, or the bundled CLIP)",
    )
    parser.add_argument(
        "--explain",
        help=(
            "whose reasons to show: 'class name', 'name + description' or 'description alone'"
            " (default)"
        ),
    )
    parser.add_argument(
        "--shots",
        metavar="FOLDER",
        help="other images of these classes, as examples: adds a few-shot method and its control",
    )
    parser.add_argument(
        "--suggest",
        metavar="FILE",
        help=(
            "JSON as for --descriptors: what may be added where classes are confused (default: the"
            " descriptors of the other classes)"
        ),
    )
    parser.add_argument(
        "--calibrate",
        metavar="FOLDER",
        help="other images of these classes, on which to set when an image resembles no class",
    )
    parser.add_argument(
        "--coverage",
        type=float,
        help="the share of the images of --calibrate that resemble a class (default: 0.95)",
    )
    parser.add_argument(
        "--pooling", default="mean", choices=("mean", "centroid", "raw_mean", "max")
    )
    parser.add_argument(
        "--max-images",
        type=int,
        default=60,
        help="at most so many images are shown, the others listed (default: 60)",
    )
    parser.add_argument("--title", default="What the classifier saw, and why")
    parser.add_argument(
        "--no-csv", action="store_true", help="do not write the table of predictions"
    )
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="replace the files even if clipnb did not write them",
    )
    return parser


def _run(options: argparse.Namespace) -> Path:
    # its errors come before the slow steps
    check_target(Path(options.out).expanduser(), not options.no_csv, options.overwrite)
    known = None if options.ask else load_descriptors(options.descriptors)
    suggestions = load_descriptors(options.suggest) if options.suggest else None
    if options.coverage is not None and not options.calibrate:
        raise ValueError("--coverage is a share of the images of --calibrate FOLDER; give both.")
    left_out: list[str] = []
    with noted() as notes:
        data = load_images(options.photos, labels=options.labels)
        if known is None and not data.class_names:
            raise ValueError("A flat folder has no class names to ask about; give --descriptors.")
        if options.shots and not data.class_names:
            raise ValueError(
                f"--shots adds a method to compare, but the images of '{options.photos}' have no"
                " labels to score it on; sort them into a folder per class, or leave it out."
            )
        described = generate_descriptors(data.class_names) if known is None else known
        if data.class_names:
            left_out = _left_out(described, described := described.match(data.class_names))
        checked = check_descriptors(described)
        if lost := [name for name in described if name not in checked]:
            raise ValueError(
                f"None of the descriptors of '{lost[0]}' can be seen in an image; rewrite them."
            )
        clip = load_clip(options.model)
        say(f"{clip}; {data}; {checked}")
        _check_suggested(options.suggest, suggestions, checked)
        methods = methods_for(clip, checked, options.pooling)
        if options.shots:
            methods |= few_shot_methods(clip, checked, load_images(options.shots), options.pooling)
        reject = _threshold(options, methods) if options.calibrate else None
    return write_report(
        options.out,
        data,
        methods,
        explain=options.explain,
        reject=reject,
        descriptors=checked,
        suggestions=suggestions,
        title=options.title,
        notes=[*notes, *left_out],
        max_images=options.max_images,
        predictions=not options.no_csv,
        overwrite=options.overwrite,
    )


def _check_suggested(file: str, suggestions: DescriptorSet | None, classes: DescriptorSet) -> None:
    if suggestions is not None and not set(suggestions) & set(classes):
        raise ValueError(
            f"'{file}' has no class of these, such as '{next(iter(classes))}'; the names must be"
            " the same, letter by letter."
        )


def _threshold(options: argparse.Namespace, methods: dict) -> Rejection:
    explain = choose(methods, options.explain)
    return calibrate_rejection(
        methods[explain],
        load_images(options.calibrate),
        coverage=0.95 if options.coverage is None else options.coverage,
        measure="baseline",
        name=f"‘{options.calibrate}’",
    )


def _left_out(described: DescriptorSet, matched: DescriptorSet) -> list[str]:
    extra = len(described) - len(matched)
    return (
        [f"Classes with descriptors but without a folder here, left out: {extra}."] if extra else []
    )
