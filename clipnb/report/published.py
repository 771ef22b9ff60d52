"""Published figures of CLIP ViT-B/32 beside those of a run, with what differs between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MODEL = "openai/clip-vit-base-patch32"
BARE, PHOTO = "{}", "a photo of a {}"


@dataclass(frozen=True)
class Published:
    """Figures of one source.

    Attributes
    ----------
    source : str
    template : str
        Of the name, in all its rows.
    split : str
        As the source says it; "not stated" where it does not.
    figures : dict
        "name", "description", "noise" or "swapped" → top-1 in per cent.
    model : str
    """

    source: str
    template: str
    split: str
    figures: Mapping[str, float] = field(default_factory=dict)
    model: str = MODEL


# The sources with their addresses are on the site's page of references
README = "README of Comparative-CLIP"
PUBLISHED: dict[str, list[Published]] = {
    "pets": [
        Published(
            "rerun of the paper's code by da-nial",
            BARE,
            "not stated",
            {"name": 79.94, "description": 83.46},
        ),
        Published(
            README,
            PHOTO,
            "test, 3,669 images",
            {"name": 85.04, "description": 85.25, "noise": 85.48},
        ),
    ],
    "eurosat": [
        Published(
            "rerun of the paper's code by XiaopeiYang",
            BARE,
            "not stated",
            {"name": 44.28, "description": 48.49},
        ),
        Published(
            README, PHOTO, "not stated", {"name": 40.89, "description": 41.37, "noise": 43.66}
        ),
        Published(
            "WaffleCLIP (Roth et al. 2023)",
            PHOTO,
            "not stated",
            {"name": 40.76, "description": 43.30, "noise": 44.31, "swapped": 33.63},
        ),
    ],
}


def beside(dataset: str, ours: Mapping[tuple[str, str], float]) -> pd.DataFrame:
    """Every published figure of a data set, ours of the same kind and template, and the difference
    in points.

    Parameters
    ----------
    dataset : str
        "pets" or "eurosat".
    ours : mapping
        (kind, template) → top-1 as a share.
    """
    import pandas as pd

    rows = [
        {
            "source": one.source,
            "template": one.template,
            "what": kind,
            "published": figure,
            "ours": 100 * ours[kind, one.template],
            "difference": 100 * ours[kind, one.template] - figure,
        }
        for one in PUBLISHED[dataset]
        for kind, figure in one.figures.items()
        if (kind, one.template) in ours
    ]
    columns = ["source", "template", "what", "published", "ours", "difference"]
    return pd.DataFrame(rows, columns=columns).set_index(["source", "template", "what"])


def differences(dataset: str, model: str, split: str) -> list[str]:
    """What differs between the published runs and one with this model and these images, a text for
    each source.

    Parameters
    ----------
    dataset : str
    model : str
        Name of the model of our run.
    split : str
        Which images ours has, in words.
    """
    said = []
    for one in PUBLISHED[dataset]:
        same = one.model == model
        parts = [
            f"the same model ({model})" if same else f"model: theirs {one.model}, ours {model}",
            f"the same template for the name ('{one.template}')",
            f"split: theirs {one.split}, ours {split}",
        ]
        if "description" in one.figures:
            parts.append(
                "descriptors: theirs are those of the paper, by GPT-3, ours were written for clipnb"
            )
        if "noise" in one.figures:
            parts.append(
                "noise: their words are common English words, ours come from the descriptors"
            )
        said.append(f"{one.source}: {'; '.join(parts)}.")
    return said
