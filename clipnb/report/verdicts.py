"""What the table of a report's methods says, in words: how good, better than what, how certain."""

from __future__ import annotations

import numpy as np

from ..data.images import ImageDataset
from ..evaluation.statistics import half_width, images_needed, p_text, percent
from .findings import SHOT_CONTROL


def verdicts(rows: list[dict], data: ImageDataset) -> list[str]:
    """The table in prompts: how good, better than the other methods, better than the controls,
    and how certain that is."""
    mine, n = next(row for row in rows if row["explained"]), len(data)
    counts = np.bincount(data.labels, minlength=len(data.class_names))
    said = [
        f"‘{mine['name']}’ finds {round(mine['top1'] * n)} of {n} images, {percent(mine['top1'])}"
        f" (95 % interval {percent(mine['low'])} to {percent(mine['high'])}). Blind guessing among"
        f" {len(data.class_names)} classes would find {percent(1 / len(data.class_names))}, and"
        f" always naming the most frequent class {percent(counts.max() / n)}."
    ]
    said += [
        _against(row, mine["name"]) for row in rows if not row["explained"] and not row["control"]
    ]
    if controls := [row for row in rows if row["control"] and row["name"] != SHOT_CONTROL]:
        strongest = max(controls, key=lambda row: row["top1"])
        words = (
            "the words of the prompts do matter here"
            if _better(strongest)
            else "so it is not shown that the words of the prompts matter"
        )
        said.append(_against(strongest, mine["name"], "the strongest control, ", words))
    else:
        said.append(
            "No control was run, so nobody knows whether other words would have done as well."
        )
    said += [
        f"With the labels of the shots in random order, the examples find {percent(row['top1'])}"
        f" (mean of {row['seeds']} seeds): what is above that, they owe to their labels."
        for row in rows
        if row["name"] == SHOT_CONTROL
    ]
    said.append(
        f"Precision: with {n} images an accuracy is known to about ± {100 * half_width(n):.0f}"
        f" points at worst; for ± 5 points it takes about {images_needed(0.05)} images, none of"
        " them a copy of another."
    )
    return said


def _better(row: dict) -> bool:
    """Whether the explained method is significantly better than this one."""
    return row["p_holm"] < 0.05 and row["broken"] > row["fixed"]


def _against(row: dict, mine: str, kind: str = "", better: str = "a significant gain") -> str:
    worse = (
        "a significant loss" if row["p_holm"] < 0.05 else "these images cannot tell the two apart"
    )
    seeds = f", mean of {row['seeds']} seeds" if row["seeds"] > 1 else ""
    verdict = better if _better(row) else (worse + (f", {better}" if kind else ""))
    return (
        f"Against {kind}‘{row['name']}’ ({percent(row['top1'])}{seeds}): {row['broken']:.0f}"
        f" images that only ‘{mine}’ classifies correctly, {row['fixed']:.0f} the other way round"
        f" (p {p_text(row['p_holm'])}); {verdict}."
    )
