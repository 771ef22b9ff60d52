"""The command ``clipnb``, also ``python -m clipnb``.

Without the name of a command it does the main job: classify the field guide by name, by template
ensemble and by description.
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING

from .support.commands import Parser, exit_code, say_error
from .support.console import say, show_everything

if TYPE_CHECKING:
    import pandas as pd

    from .classify.descriptors import DescriptorSet
    from .classify.zeroshot import Prediction, ZeroShotClassifier
    from .data.images import ImageDataset
    from .model.clip import Clip

# Name → the module whose ``main(arguments)`` does it, imported when it is asked for; what it does
COMMANDS = {
    "report": ("report.command", "classify photos by description, as an explained page"),
    "ask": ("llm.command", "ask a language model for descriptors, into a JSON file"),
    "embed": ("model.command", "embed any number of images, into Parquet files"),
    "real": ("report.real", "a real CLIP on a public data set, beside the published figures"),
    "pretrain": ("pretrain.run", "train the bundled CLIP from scratch"),
}


def methods(clip: Clip, descriptors: DescriptorSet) -> dict[str, ZeroShotClassifier]:
    """Each way of filling the prompt table: what to call it → classifier. The first is the
    baseline."""
    import clipnb

    names = list(descriptors)
    return {
        "class name": clipnb.ZeroShotClassifier(clip, clipnb.name_prompts(names)),
        "template ensemble": clipnb.ZeroShotClassifier(clip, clipnb.template_prompts(names)),
        "name + description": clipnb.ZeroShotClassifier(
            clip, clipnb.descriptor_prompts(descriptors)
        ),
        "description alone": clipnb.ZeroShotClassifier(
            clip, clipnb.descriptor_prompts(descriptors, include_name=False)
        ),
        "control: swapped descriptions": clipnb.ZeroShotClassifier(
            clip, clipnb.swapped_prompts(descriptors, include_name=False)
        ),
    }


def show(title: str, table: pd.DataFrame, classes: int) -> None:
    """Print a table of ``compare``."""
    from .evaluation.tables import readable

    text = readable(table.drop(columns="n")).rename_axis(None).to_string()
    say(
        f"\n{title}\n({table['n'].iloc[0]} images, chosen among all {classes} species; chance"
        f" {1 / classes:.3f})\n{text}"
    )


def show_frequencies(classifiers: dict[str, ZeroShotClassifier], data: ImageDataset) -> None:
    """Print accuracy in bands of name frequency, with intervals over species."""
    import clipnb

    table = clipnb.by_name_frequency(classifiers, data)
    methods = list(table.groupby("method", sort=False))
    say(
        "\nAccuracy over name frequency: training captions with the class name (95 % interval over"
        " species)"
    )
    bands = "".join(
        f"{f'{row.band}: {row.classes} species':>24}" for row in methods[0][1].itertuples()
    )
    say(f"{'':<32}{bands}")
    for method, some in methods:
        cells = (f"{row.accuracy:.3f} ({row.low:.3f}–{row.high:.3f})" for row in some.itertuples())
        say(f"{method:<32}{''.join(f'{cell:>24}' for cell in cells)}")


def show_reasons(prediction: Prediction, reference: ImageDataset, truth: str) -> None:
    """Print one explained prediction."""
    from .explain.class_scores import class_reasons

    reasons = class_reasons(prediction, 0, 2, reference)
    verdict = "correct" if reasons["class"].iloc[0] == truth else "incorrect"
    say(
        f"\nOne prediction and its reasons: an image of '{truth}', by description alone"
        f" ({verdict}).\nEach row: the cosine of image and descriptor, and how far it is above"
        " (+) or below (-) the descriptor's mean over the test images"
    )
    for name, rows in reasons.groupby("class", sort=False):
        say(
            f"  {name}: probability {rows['class_probability'].iloc[0]:.2f}, score"
            f" {rows['class_score'].iloc[0]:.3f}, the mean of these cosines"
        )
        above = rows["cosine"] - rows["mean_cosine"]
        for which in above.sort_values(ascending=False).index:
            bar = "█" * max(0, round(float(above[which]) * 40))
            cosine, prompt = float(rows["cosine"][which]), rows["prompt"][which]
            say(f"    {cosine:6.3f}  {above[which]:+.3f} {bar:<20} {prompt}")


def classify_fieldguide(model: str | None, per_species: int) -> None:
    """Classify the field guide in every way, and print the tables and one explained prediction."""
    start = time.time()
    say("Loading the model and the field guide …")
    import clipnb

    clip = clipnb.load_clip(model)
    data = clipnb.load_fieldguide("test", per_species=per_species)
    descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
    say(f"{clip}; {data}; {descriptors}")
    clip.encode_images(data)
    classifiers = methods(clip, descriptors)
    seen, classes = data.seen[data.labels], len(data.class_names)
    if clip.field_guide is not None:  # of another model nobody has counted the captions
        show_frequencies(classifiers, data)
    show(
        "Species that the training captions name, often or rarely",
        clipnb.compare(classifiers, data.select(seen)),
        classes,
    )
    never_named = clipnb.compare(classifiers, data.select(~seen))
    show(
        "Species of frequency zero: neither the name nor the combination of marks was in training",
        never_named,
        classes,
    )
    say(
        "low, high: 95 % Wilson interval over images; fixed, broken, p: against the class name,"
        " exact McNemar test"
    )
    show_reasons(classifiers["description alone"].predict(data.of_class("Apollo")), data, "Apollo")
    say(
        f"\nDone in {time.time() - start:.0f} s; {clip.encoded} images and prompts encoded, the"
        " others came from the cache."
    )


# --- the command ----------------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Do what the first word names, or without one the main job; returns the exit code."""
    show_everything()
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments and not arguments[0].startswith("-"):
        name, *others = arguments
        if name not in COMMANDS:
            say_error("clipnb", f"unknown command '{name}'. Available: {', '.join(COMMANDS)}.")
            return 2
        # Ctrl-C while torch is imported, too
        return exit_code(
            f"clipnb {name}", lambda: import_module(f"clipnb.{COMMANDS[name][0]}").main(others)
        )
    return exit_code("clipnb", lambda: _main_job(arguments))


def _main_job(arguments: list[str]) -> None:
    options = _parser().parse_args(arguments)
    classify_fieldguide(options.model, options.per_species)


def _parser() -> argparse.ArgumentParser:
    lines = [f"  {name:<10}{what}" for name, (_, what) in COMMANDS.items()]
    parser = Parser(
        prog="clipnb",
        usage="clipnb [--model MODEL] [--per-species N]\n       clipnb COMMAND …",
        description=(
            "Without a command: classify the field guide by name, by template ensemble and by\n"
            "description, and explain one prediction."
        ),
        epilog="\n".join(["commands (clipnb COMMAND --help says the rest):", *lines]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--model",
        help="Hub name or folder of a CLIP or SigLIP (default: CLIPNB_MODEL, or the bundled CLIP)",
    )
    parser.add_argument(
        "--per-species",
        type=int,
        default=20,
        metavar="N",
        help="test images per species (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
