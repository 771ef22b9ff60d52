"""Which classes a classifier takes for which, and the images and reasons behind a number of the
matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...evaluation.hits import check_labels, check_predicted
from ...explain.reference import reference_of
from ...fieldguide.world import all_species
from ...support.arguments import whole
from ..common.document import Document, index
from ..common.reasons import why

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from ...classify.zeroshot import Prediction
    from ...data.images import ImageDataset

MOST_IMAGES = 24  # behind one cell, shown at once
OTHER = "other classes"


class Confusions(Document):
    """A confusion matrix of the most confused classes of a group, one cell of it, one image of
    that.

    Parameters
    ----------
    prediction : Prediction
        Of these very images, in their order.
    data : ImageDataset with a label for every image
    groups : mapping name → class names, optional
        By default all classes; for the field guide also every kind, the seen and the held-out
        species.
    max_classes : int
        Classes in one matrix.

    Attributes
    ----------
    document : dict
        ``group`` (index), ``cell`` ([row, column] of the matrix, or None; the column after the last
        is all other classes), ``picture`` (index, or None).
    matrices : list of {name, classes, counts, others, right, total}
        One a group. ``counts`` is (classes, classes + 1): rows are what the images show, columns
        what they were taken for; the last column is for classes that are not in the matrix, and is
        not drawn where ``others`` is false, for nothing is in it. ``right`` of ``total`` images
        of the whole group are correct.
    """

    actions = ("choose", "open", "pick")
    edited = ()

    def __init__(
        self,
        prediction: Prediction,
        data: ImageDataset,
        groups: Mapping[str, Sequence[str]] | None = None,
        max_classes: int = 12,
    ):
        from scipy.sparse import coo_array

        check_predicted(prediction, data)
        if not len(data):
            raise ValueError("There is no image to browse.")
        whole("max_classes", max_classes, 2)
        check_labels(prediction.class_names, data)
        self.prediction, self.data = prediction, data
        self.reference = reference_of(prediction)
        place = {name: c for c, name in enumerate(prediction.class_names)}
        # as classes of the prediction
        self.truth = np.array([place[data.class_names[label]] for label in data.labels])
        self.taken = prediction.indices
        count, ones = len(prediction.class_names), np.ones(len(data), int)
        # sparse: of a thousand classes each is mistaken for a few
        pairs = coo_array((ones, (self.truth, self.taken)), shape=(count, count))
        self.counts = pairs.tocsr()  # adds up equal pairs
        self._groups = self._checked(groups if groups is not None else default_groups(data), place)
        self.matrices = [
            self._matrix(name, members, max_classes) for name, members in self._groups.items()
        ]
        super().__init__({"group": 0, "cell": None, "picture": None})
        self._open_the_largest()

    def _checked(self, groups, place) -> dict[str, list[int]]:
        if not isinstance(groups, Mapping):
            raise ValueError(f"groups is {type(groups).__name__}; give a mapping, name → classes.")
        checked = {}
        for group, names in groups.items():
            if unknown := [name for name in names if name not in place]:
                raise ValueError(
                    f"The group '{group}' names the class '{unknown[0]}', which the classifier does"
                    " not have."
                )
            present = set(self.truth.tolist())
            if members := [place[name] for name in dict.fromkeys(names) if place[name] in present]:
                checked[group] = members
        if not checked:
            raise ValueError("No group has an image of any of its classes.")
        return checked

    def _matrix(self, name: str, members: list[int], max_classes: int) -> dict:
        shown = most_confused(self.counts, members, max_classes)
        inside = self.counts[shown][:, shown].toarray()
        totals = self.counts.sum(axis=1)
        other = totals[shown] - inside.sum(1)
        return {
            "name": name,
            "of": shown,
            "classes": [self.prediction.class_names[c] for c in shown],
            "counts": np.column_stack([inside, other]).tolist(),
            "others": bool(other.any()),
            "right": int(self.counts.diagonal()[members].sum()),
            "total": int(totals[members].sum()),
            "members": len(members),
        }

    def _open_the_largest(self) -> None:
        """The cell where most answers are incorrect, and its first image; where none is,
        nothing is open."""
        counts = np.array(self.matrices[self.document["group"]]["counts"])
        np.fill_diagonal(counts, 0)
        if counts.any():
            self.open(*(int(i) for i in np.unravel_index(counts.argmax(), counts.shape)))

    # -- actions -----------------------------------------------------------------------------------

    def choose(self, group: int) -> None:
        """Another group of classes."""
        self.document["group"] = index(group, len(self.matrices), "group")
        self.document["cell"] = self.document["picture"] = None
        self._open_the_largest()

    def open(self, row: int, column: int) -> None:
        """A cell of the matrix, and the first image behind it."""
        size = len(self.matrices[self.document["group"]]["classes"])
        self.document["cell"] = [index(row, size, "row"), index(column, size + 1, "column")]
        behind = self.behind()
        self.document["picture"] = behind[0] if behind else None

    def pick(self, picture: int) -> None:
        """One of the images behind the cell."""
        if picture not in self.behind() or isinstance(picture, bool):
            raise ValueError(f"There is no image {picture!r} behind this cell.")
        self.document["picture"] = picture

    # -- what is behind ----------------------------------------------------------------------------

    def behind(self) -> list[int]:
        """The images of the cell that is open, in the order of the data set."""
        if self.document["cell"] is None:
            return []
        shown, (row, column) = self.matrices[self.document["group"]]["of"], self.document["cell"]
        taken = ~np.isin(self.taken, shown) if column == len(shown) else self.taken == shown[column]
        return np.flatnonzero((self.truth == shown[row]) & taken).tolist()

    def reasons(self) -> dict | None:
        """Why the chosen image was taken for what it was, rather than for what it shows; if it
        was correct, rather than for the runner-up."""
        image = self.document["picture"]
        if image is None:
            return None
        taken, truth = int(self.taken[image]), int(self.truth[image])
        order = self.prediction.ranking(image)
        rival = truth if taken != truth else next((c for c in order if c != taken), taken)
        return why(
            self.prediction.classifier,
            self.prediction.image_embeddings[image].numpy(),
            taken,
            rival,
            reference=self.reference,
        )

    def entry(self, image: int) -> dict:
        """What is known of an image: {index, name, truth, taken, probability}."""
        names, taken = self.prediction.class_names, int(self.taken[image])
        known = {
            "name": self.data.sources[image],
            "truth": names[self.truth[image]],
            "taken": names[taken],
        }
        return {
            "index": image,
            **known,
            "probability": float(self.prediction.probabilities[image, taken]),
        }


def most_confused(
    counts: np.ndarray | csr_array, members: list[int], max_classes: int
) -> list[int]:
    """At most so many of these classes: pair by pair, those with most confusions first, so that
    confused classes stand side by side.

    Parameters
    ----------
    counts : (classes, classes) int array, sparse or not; rows are truths
    members : list of int
        Classes to choose from; where there are too few confusions, the first of them fill up.
    """
    from scipy.sparse import coo_array

    wrong = coo_array(counts + counts.T)
    place = {c: i for i, c in enumerate(members)}
    found = zip(wrong.data.tolist(), *(place_of.tolist() for place_of in wrong.coords))
    among = [(-n, place[a], place[b]) for n, a, b in found if a in place and b in place]
    pairs = [(n, i, j) for n, i, j in among if i > j]
    if len(members) <= max_classes and not pairs:
        return list(members)
    chosen: list[int] = []
    for _, i, j in sorted(pairs):
        for c in (members[j], members[i]):
            if c not in chosen and len(chosen) < max_classes:
                chosen.append(c)
    return (chosen + [c for c in members if c not in chosen])[:max_classes]


def default_groups(data: ImageDataset) -> dict[str, list[str]]:
    """All classes; of the field guide also its kinds, and the seen and held-out species."""
    names = list(data.class_names)
    groups = {"all classes": names}
    kinds: dict[str, list[str]] = {}
    known = {species.name: species.kind for species in all_species()} if data.scenes else {}
    for name in names:
        if name in known:
            kinds.setdefault(known[name], []).append(name)
    if len(kinds) > 1:
        groups |= kinds
    if not data.seen.all() and data.seen.any():
        groups["seen in training"] = [name for name, seen in zip(names, data.seen) if seen]
        groups["held out"] = [name for name, seen in zip(names, data.seen) if not seen]
    return groups
