"""Images and texts as points of a plane, the gap between the two clouds, and what lies next
to what."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...fieldguide.world import all_species
from ...support.names import listed
from ..common.document import Document, index
from ..common.embeddings import Images, ImageStore, as_dataset, spread

if TYPE_CHECKING:
    from ...data.images import ImageDataset
    from ...model.clip import Clip

MOST_GROUPS = 8  # that a reader can tell apart by colour and shape
MOST_NEIGHBOURS = 5
TALL = 0.7  # height of the map, as a share of its width
REST = "others"


class EmbeddingMap(Document):
    """Points of images and of texts, in the plane of their two largest principal components.

    Parameters
    ----------
    clip : Clip
    images : ImageDataset, image(s), or what ``load_images`` takes
    texts : mapping class → texts, or sequence of texts
    groups : mapping name → class names, optional
        What is told apart by colour and shape; by default the field guide's kinds, or the classes,
        of many the first ones.
    max_points : int
        Images, and texts, that are shown; of more, evenly over the classes.

    Attributes
    ----------
    document : dict
        ``centred`` (each cloud on its own mean), ``chosen`` (a point, or None), ``selected``
        (points).
    points : list of {what, text, group, image}
        ``what`` is "image" or "text", ``group`` an index of ``groups`` or -1, ``picture`` an
        index of the data set or None.
    groups : list of str
    embeddings : (points, dim) float64, unit rows
    places : dict of (points, 2) arrays
        ``raw`` and ``centred``; within -1 … 1 by -TALL … TALL, both axes on one scale.
    """

    actions = ("choose", "centre", "select", "toggle")
    edited = ("selected",)

    def __init__(
        self,
        clip: Clip,
        images: Images,
        texts: Sequence[str] | Mapping[str, Sequence[str]],
        groups: Mapping[str, Sequence[str]] | None = None,
        max_points: int = 120,
    ):
        if max_points < 1:
            raise ValueError(f"max_points is {max_points}; show one image and one text at least.")
        data = as_dataset(images)
        self.images = ImageStore(clip, data, max_points)
        table = _as_table(texts)
        rows = [(name, text) for name, row in table for text in row]
        if not rows:
            raise ValueError("There is no text to show.")
        numbers = {name: n for n, (name, _) in enumerate(table)}
        rows = [rows[k] for k in spread([numbers[name] for name, _ in rows], max_points)]
        members = (
            default_groups(data, [name for name, _ in table if name is not None])
            if groups is None
            else dict(groups)
        )
        if len(members) > MOST_GROUPS:
            raise ValueError(
                f"There are {len(members)} groups; at most {MOST_GROUPS} can be told apart by"
                " colour and shape."
            )
        self.groups = list(members)
        self.points = self._points(rows, members)
        read = clip.encode_texts([text for _, text in rows], progress_bar=False).numpy()
        self.split = len(self.images.strip)
        seen = self.images.embeddings(self.images.strip)
        self.embeddings = np.concatenate([seen, read]).astype(np.float64)
        means = self._means()
        self.places = {
            "raw": plane(self.embeddings),
            "centred": plane(
                self.embeddings - means[(np.arange(len(self.embeddings)) >= self.split).astype(int)]
            ),
        }
        super().__init__({"centred": False, "chosen": None, "selected": []})

    def _points(self, rows: list[tuple], members: Mapping[str, Sequence[str]]) -> list[dict]:
        """The images, then the texts of rows (class, or None; text), with their group."""
        place = {name: g for g, names in enumerate(members.values()) for name in names}
        group = lambda name: -1 if name is None else place.get(name, -1)
        images = [
            {
                "what": "picture",
                "text": _caption(self.images, i),
                "group": group(self.images.truth(i)),
                "picture": i,
            }
            for i in self.images.strip
        ]
        return images + [
            {"what": "sentence", "text": text, "group": group(name), "picture": None}
            for name, text in rows
        ]

    # -- actions -----------------------------------------------------------------------------------

    def choose(self, point: int) -> None:
        """Show what lies next to a point."""
        self.document["chosen"] = index(point, len(self.points), "point")

    def centre(self, on: bool) -> None:
        """Put both clouds on their own mean, or back."""
        self.document["centred"] = on is True

    def select(self, points: list[int]) -> None:
        """These points and no others."""
        if not isinstance(points, list):
            raise ValueError(f"A selection is a list of points, not {points!r}.")
        self.document["selected"] = sorted(
            {index(point, len(self.points), "point") for point in points}
        )

    def toggle(self, point: int) -> None:
        """Take a point into the selection, or out of it."""
        point, selected = index(point, len(self.points), "point"), self.document["selected"]
        self.document["selected"] = sorted(set(selected) ^ {point})

    # -- numbers -----------------------------------------------------------------------------------

    def _means(self) -> np.ndarray:
        """Of the images and of the texts, (2, dim)."""
        return np.stack(
            [self.embeddings[: self.split].mean(0), self.embeddings[self.split :].mean(0)]
        )

    def neighbours(self) -> list[list[tuple[int, float]]]:
        """For every image the texts nearest to it, for every text the images: (point,
        cosine), nearest first; unmoved embeddings."""
        cosines = self.embeddings[: self.split] @ self.embeddings[self.split :].T
        return [*(_best(row, self.split) for row in cosines), *(_best(row, 0) for row in cosines.T)]

    def gap(self) -> dict:
        """The modality gap (Liang et al. 2022): how far apart the two means are, and mean cosines
        within and across.

        Returns
        -------
        dict
            ``distance`` and ``angle`` (whole degrees) of the two means; ``images``, ``texts``
            (mean cosine of two different ones, NaN of a single one), ``across``; ``axis``: how far
            the map's first axis points along the gap, as an absolute cosine.
        """
        means = self._means()
        clouds = self.embeddings[: self.split], self.embeddings[self.split :]
        within = [
            (
                (float(np.square(cloud.sum(0)).sum()) - len(cloud))
                / (len(cloud) * (len(cloud) - 1))
                if len(cloud) > 1
                else np.nan
            )
            for cloud in clouds
        ]
        direction = means[0] - means[1]
        distance = float(np.linalg.norm(direction))
        first = axes(self.embeddings)[0]
        along = abs(float(first @ direction)) / distance if distance else 0.0
        across = float(means[0] @ means[1])
        cosine = across / max(float(np.prod(np.linalg.norm(means, axis=1))), 1e-12)
        angle = round(math.degrees(math.acos(min(max(cosine, -1.0), 1.0))))
        return {
            "distance": distance,
            "angle": angle,
            "images": within[0],
            "texts": within[1],
            "across": across,
            "axis": along,
        }

    def selection(self) -> list[dict]:
        """The points of the selection."""
        return [self.points[p] for p in self.document["selected"]]


def axes(embeddings: np.ndarray) -> np.ndarray:
    """The two directions of largest variance, (2, dim), of fixed sign; fewer dimensions are filled
    up with zeros."""
    directions = np.linalg.svd(embeddings - embeddings.mean(0), full_matrices=False)[2][:2]
    directions = np.concatenate([directions, np.zeros((2 - len(directions), embeddings.shape[1]))])
    largest = directions[np.arange(2), np.abs(directions).argmax(1)]
    return directions * np.where(largest < 0, -1, 1)[:, None]


def plane(embeddings: np.ndarray) -> np.ndarray:
    """Principal components (Pearson 1901) of the rows, on one scale, so that they fill -1 … 1 by
    -TALL … TALL; (n, 2)."""
    places = (embeddings - embeddings.mean(0)) @ axes(embeddings).T
    return places / max((np.abs(places) / [1, TALL]).max(), 1e-12)


def _best(cosines: np.ndarray, start: int) -> list[tuple[int, float]]:
    order = np.argsort(-cosines, kind="stable")[:MOST_NEIGHBOURS]
    return [(int(start + k), float(cosines[k])) for k in order]


def _as_table(
    texts: Sequence[str] | Mapping[str, Sequence[str]],
) -> list[tuple[str | None, list[str]]]:
    if isinstance(texts, str):
        raise ValueError(
            "The texts are one text; give a list of texts, or a mapping class → texts."
        )
    if isinstance(texts, Mapping):
        return [(name, listed(row, f"The texts of '{name}'")) for name, row in texts.items()]
    return [(None, list(texts))]


def _caption(images: ImageStore, i: int) -> str:
    truth = images.truth(i)
    return f"{truth} ({images.name(i)})" if truth else images.name(i)


def default_groups(data: ImageDataset, names: list[str]) -> dict[str, list[str]]:
    """Kinds of the field guide where there are several, otherwise classes; what is more than can be
    told apart becomes one group."""
    names = list(
        dict.fromkeys(
            [*(data.class_names[c] for c in np.unique(data.labels[data.labels >= 0])), *names]
        )
    )
    kinds = {species.name: species.kind for species in all_species()}
    if all(name in kinds for name in names) and len({kinds[name] for name in names}) > 1:
        groups: dict[str, list[str]] = {}
        for name in names:
            groups.setdefault(kinds[name], []).append(name)
        return groups
    if len(names) <= MOST_GROUPS:
        return {name: [name] for name in names}
    return {**{name: [name] for name in names[: MOST_GROUPS - 1]}, REST: names[MOST_GROUPS - 1 :]}
