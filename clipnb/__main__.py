"""The main job: classify the field guide by name, by template ensemble and by description; ``python
-m clipnb``."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from .classify.descriptors import DescriptorSet
    from .classify.zeroshot import Prediction
    from .model.clip import Clip


def methods(clip: Clip, descriptors: DescriptorSet) -> dict:
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
    print(
        f"\n{title}\n({table['n'].iloc[0]} pictures, chosen among all {classes} species; chance"
        f" {1 / classes:.3f})\n{text}"
    )


def show_reasons(prediction: Prediction, index: int, truth: str) -> None:
    """Print one explained prediction."""
    reasons = prediction.explain(index, 2)
    verdict = "right" if reasons["class"].iloc[0] == truth else "wrong"
    print(
        f"\nOne prediction and its reasons: a picture of the held-out species '{truth}', by"
        f" description alone ({verdict})"
    )
    for name, rows in reasons.groupby("class", sort=False):
        print(
            f"  {name}: probability {rows['class_probability'].iloc[0]:.2f}, score"
            f" {rows['class_score'].iloc[0]:.3f}, the mean of"
        )
        for sentence, score in zip(rows["sentence"], rows["score"]):
            print(f"    {score:6.3f} {'█' * max(0, round(score * 30)):<20} {sentence}")


def main(arguments: list[str] | None = None) -> None:
    """Run the main job on the bundled model, or on any other."""
    parser = argparse.ArgumentParser(prog="clipnb", description=__doc__)
    parser.add_argument(
        "--model",
        default=None,
        help="Hub name or folder of a CLIP or SigLIP; default: the bundled CLIP",
    )
    parser.add_argument("--per-species", type=int, default=20, help="test pictures per species")
    options = parser.parse_args(arguments)
    start = time.time()
    print("Loading the model and the field guide …", flush=True)
    import clipnb

    clip = clipnb.load_clip(options.model)
    data = clipnb.load_fieldguide("test", per_species=options.per_species)
    descriptors = clipnb.load_descriptors("fieldguide").select(data.class_names)
    print(f"{clip}; {data}; {descriptors}", flush=True)
    clip.encode_images(data)
    classifiers = methods(clip, descriptors)
    seen, classes = data.seen[data.labels], len(data.class_names)
    show(
        "Species whose names the model has seen in training",
        clipnb.compare(classifiers, data.select(seen)),
        classes,
    )
    held_out = clipnb.compare(classifiers, data.select(~seen))
    show(
        "Held-out species: neither the name nor the combination of marks was ever in training",
        held_out,
        classes,
    )
    print(
        "low, high: 95 % Wilson interval; fixed, broken, p: against the class name, exact McNemar"
        " test"
    )
    show_reasons(classifiers["description alone"].predict(data.of_class("Apollo")), 0, "Apollo")
    print(
        f"\nDone in {time.time() - start:.0f} s; {clip.encoded} pictures and sentences encoded, the"
        " others came from the cache."
    )


if __name__ == "__main__":
    main()
