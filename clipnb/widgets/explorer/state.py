"""The descriptor explorer: classes described by rows that can be edited, switched off and weighed,
scored against one image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...classify.descriptors import DescriptorSet
from ...classify.prompts import describe
from ...explain.margins import split_margin
from ...explain.reference import Reference
from ..common.document import Document, index, number, words
from ..common.embeddings import Images, ImageStore, TextEmbeddings
from ..common.scoring import ranked, rounded, to_probabilities

if TYPE_CHECKING:
    from ...model.clip import Clip

MOST_WEIGHT = 10


class Explorer(Document):
    """Scores of described classes for one image, and what may be done to the descriptions.

    A class scores the weighted mean Σ w_k (i·u_k) / Σ w_k over its rows that are on and hold text;
    with all weights 1 it is the paper's rule (Menon & Vondrick 2023, equation 1). A class without
    such a row has no score, and no probability.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, image(s), or what ``load_images`` takes
    descriptors : mapping class → descriptors
    include_name : bool
        "robin, which has a red breast", or only "a red breast".
    strip : int
        Images offered from the start.
    start : int or str, optional
        The image to begin with: its number, or the first of a class.

    Attributes
    ----------
    document : dict
        ``picture`` (index), ``compare`` (two class indices; None for a side that follows the
        ranking), ``classes``: a list of {name, rows: [{text, on, weight}]}.
    """

    actions = (
        "choose",
        "compare",
        "follow",
        "edit",
        "switch",
        "switch_all",
        "weigh",
        "add",
        "remove",
    )
    edited = ("classes",)
    merged = ("edit", "weigh")

    def __init__(
        self,
        clip: Clip,
        images: Images,
        descriptors: Mapping[str, Sequence[str]],
        include_name: bool = False,
        strip: int = 12,
        start: int | str | None = None,
    ):
        descriptors = (
            descriptors if isinstance(descriptors, DescriptorSet) else DescriptorSet(descriptors)
        )
        if not len(descriptors):
            raise ValueError("There is no class to explore; give the descriptors of one at least.")
        self.clip, self.include_name, self.provenance = clip, include_name, descriptors.provenance
        self.images, self.texts = ImageStore(clip, images, strip), TextEmbeddings(clip)
        classes = [
            {"name": name, "rows": [{"text": text, "on": True, "weight": 1} for text in row]}
            for name, row in descriptors.items()
        ]
        super().__init__(
            {
                "picture": self.images.first(start),
                "compare": [None, None],
                "classes": classes,
            }
        )
        self.learn()

    # -- actions -----------------------------------------------------------------------------------

    def choose(self, picture: int) -> None:
        self.document["picture"] = index(picture, len(self.images), "image")

    def compare(self, side: int, of: int) -> None:
        """Put a class on the left (0) or on the right (1)."""
        self.document["compare"][index(side, 2, "side")] = index(
            of, len(self.document["classes"]), "class"
        )

    def follow(self) -> None:
        """Compare the two best classes, whichever they are."""
        self.document["compare"] = [None, None]

    def edit(self, of: int, row: int, text: str) -> None:
        self._row(of, row)["text"] = words(text)

    def switch(self, of: int, row: int, on: bool) -> None:
        self._row(of, row)["on"] = on is True

    def switch_all(self, of: int, on: bool) -> None:
        """All rows of a class on, or all off: from there one click leaves a single row."""
        for row in self._rows(of):
            row["on"] = on is True

    def weigh(self, of: int, row: int, weight: float) -> None:
        self._row(of, row)["weight"] = number(weight, 0, MOST_WEIGHT, "A weight")

    def add(self, of: int) -> None:
        """A new empty row at the end."""
        self._rows(of).append({"text": "", "on": True, "weight": 1})

    def remove(self, of: int, row: int) -> None:
        del self._rows(of)[index(row, len(self._rows(of)), "row")]

    def _rows(self, of: int) -> list[dict]:
        return self.document["classes"][index(of, len(self.document["classes"]), "class")]["rows"]

    def _row(self, of: int, row: int) -> dict:
        return self._rows(of)[index(row, len(self._rows(of)), "row")]

    # -- numbers -----------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        return [one["name"] for one in self.document["classes"]]

    def key(self, name: str, text: str) -> str:
        """What a row's embedding is kept under; ``keyOf`` in page.js is the same."""
        return f"{name}\t{text}" if self.include_name else text

    def learn(self) -> list[str]:
        """Encode the rows whose text is new; their keys."""
        rows = [
            (one["name"], row["text"])
            for one in self.document["classes"]
            for row in one["rows"]
            if row["text"].strip()
        ]
        prompt = describe if self.include_name else lambda name, text: text
        return self.texts.learn(
            {self.key(name, text): prompt(name, text.strip()) for name, text in rows}
        )

    def counted(self, of: int) -> list[dict]:
        """The rows of a class that take part: {row, text, cosine, mean, share}; ``mean`` is the
        row's mean cosine over the offered images, None without a reference; the shares add up
        to 1."""
        name = self.document["classes"][of]["name"]
        live = [
            (k, row)
            for k, row in enumerate(self._rows(of))
            if row["on"] and row["weight"] > 0 and row["text"].strip()
        ]
        if not live:
            return []
        keys = [self.key(name, row["text"]) for _, row in live]
        cosines = self.texts.cosines(keys, self.images.embedding(self.document["picture"])).tolist()
        means = self.reference and self.reference.mean_cosines(self.texts[keys]).tolist()
        total = sum(row["weight"] for _, row in live)
        return [
            {
                "row": k,
                "text": row["text"],
                "cosine": cosine,
                "mean": mean,
                "share": row["weight"] / total,
            }
            for (k, row), cosine, mean in zip(live, cosines, means or [None] * len(live))
        ]

    @cached_property
    def reference(self) -> Reference | None:
        """What reasons are centred against: the images offered from the start, evenly over the
        classes; None unless they are known to show two classes or more."""
        offered = self.images.strip
        shown = {self.images.truth(which) for which in offered} - {None}
        return Reference.of(self.images.embeddings(offered)) if len(shown) > 1 else None

    def scores(self) -> list[float | None]:
        """One number a class; None for a class without a row that counts."""
        counted = [self.counted(of) for of in range(len(self.names))]
        return [
            sum(one["share"] * one["cosine"] for one in rows) if rows else None for rows in counted
        ]

    def probabilities(self) -> list[float]:
        """Softmax (CLIP) or a sigmoid each (SigLIP) over the classes that have a score; 0 for the
        others."""
        return to_probabilities(
            self.scores(), self.clip.logit_scale, self.clip.logit_bias, self.clip.sigmoid
        )

    def ranking(self) -> list[int]:
        """Class indices, best first; equals in their order, classes without a score last."""
        return ranked(self.scores())

    def difference(self, left: int, right: int) -> list[dict]:
        """Why one class scores more than another: what every row adds to the margin score(left) -
        score(right), as :func:`clipnb.explain.margins.split_margin` splits it.

        Returns
        -------
        list of {of, row, text, cosine, mean, share, contribution, centred}
            Largest centred value first; empty if a class has no score.
        """
        rows = [self.counted(left), self.counted(right)]
        if left == right or not all(rows):
            return []
        shares, cosines, means = (
            [np.array([one[name] for one in side]) for side in rows]
            for name in ("share", "cosine", "mean")
        )
        numbers = split_margin(shares, cosines, means if self.reference else None)
        parts = [
            {"of": c, **one, "contribution": float(added), "centred": float(centred)}
            for c, side, *both in zip((left, right), rows, *numbers)
            for one, added, centred in zip(side, *both)
        ]
        return sorted(parts, key=lambda part: -rounded(part["centred"]))

    def compared(self) -> list[int]:
        """The two classes whose descriptors and reasons are shown. A side for which the reader has
        chosen none has the best class, or the second best where the best is on the other side."""
        ranking, last = self.ranking(), len(self.names) - 1
        # undo may have taken a class away
        left, right = (None if of is None else min(of, last) for of in self.document["compare"])
        left = next((of for of in ranking if of != right), 0) if left is None else left
        right = next((of for of in ranking if of != left), left) if right is None else right
        return [left, right]

    # -- what the reader takes along ---------------------------------------------------------------

    def descriptors(self) -> DescriptorSet:
        """The rows that are on and hold text, as they would be saved; weights other than 1 go into
        the provenance.

        Raises
        ------
        ValueError
            If a class has no such row; the message names it.
        """
        kept = {
            one["name"]: [row for row in one["rows"] if row["on"] and row["text"].strip()]
            for one in self.document["classes"]
        }
        if bare := [name for name, rows in kept.items() if not rows]:
            raise ValueError(
                f"The class '{bare[0]}' has no descriptor that is on; switch one on, or write one,"
                " before you save."
            )
        provenance = (
            {**self.provenance, "edited": True}
            if self._kept() != self._first
            else dict(self.provenance)
        )
        weights = {
            name: [row["weight"] for row in rows]
            for name, rows in kept.items()
            if any(row["weight"] != 1 for row in rows)
        }
        if weights:
            provenance["weights"] = weights
        return DescriptorSet(
            {name: [row["text"].strip() for row in rows] for name, rows in kept.items()}, provenance
        )
