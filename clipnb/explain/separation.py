"""Which descriptors separate the images of two classes, and which could be added for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..evaluation.hits import check_is_data
from ..evaluation.statistics import feature_auc
from ..model.checks import check_is_model
from ..support.arguments import whole
from ..support.names import listed, two_names
from ..support.text import brief

if TYPE_CHECKING:
    import pandas as pd

    from ..data.images import ImageDataset
    from ..model.clip import Clip

FEWEST = 4  # images of each class: two choose, two are reported on


@dataclass(frozen=True)
class Texts:
    """Descriptors with their embeddings, encoded once for all pairs of classes.

    Attributes
    ----------
    texts : list of str
    owners : list of str
        Whose descriptor each one is.
    embeddings : (texts, dim) tensor
        Unit rows.
    """

    texts: list[str]
    owners: list[str]
    embeddings: torch.Tensor

    @classmethod
    def of(cls, clip: Clip, descriptors: Mapping[str, Sequence[str]]) -> Texts:
        """Of all descriptors, class by class."""
        if not isinstance(descriptors, Mapping):
            kind = type(descriptors).__name__
            raise ValueError(f"The descriptors are {kind}; give class → list of descriptors.")
        rows = {c: listed(row, f"The row of '{brief(c)}'") for c, row in descriptors.items()}
        texts = [text for row in rows.values() for text in row]
        owners = [name for name, row in rows.items() for _ in row]
        return cls(texts, owners, clip.encode_texts(texts))


def auc(positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """The area under the ROC curve, for values of two sides: (n, columns) and (m, columns) →
    (columns,)."""
    values = np.concatenate([positive, negative])
    return feature_auc(values, np.arange(len(values))[:, None] < len(positive))[0]


def separating_descriptors(
    clip: Clip,
    data: ImageDataset,
    pair: tuple[str, str],
    descriptors: Mapping[str, Sequence[str]],
    candidates: Mapping[str, Sequence[str]] | Texts | None = None,
    top_k: int = 2,
) -> pd.DataFrame:
    """The descriptors that separate the images of two classes best, of their own and of others that
    could be added.

    A descriptor separates if its cosine is higher with the images of its class than with those of
    the other. Every second image of a class chooses; the AUC is that of the other half, so it is no
    result of the choice and may be below 0.5. A candidate separates these images, which does not
    make it true of its class: read it first.

    Parameters
    ----------
    clip : Clip
    data : ImageDataset
        With labels; at least four images of each of the two classes.
    pair : (str, str)
        The classes.
    descriptors : mapping class → list of str
        The descriptors in use.
    candidates : mapping class → list of str, or Texts, optional
        What may be added; by default the descriptors of all classes.
    top_k : int
        So many of each sort.

    Returns
    -------
    pandas.DataFrame
        ``class`` (whose images have the higher cosines), ``descriptor``, ``owner`` (whose
        descriptor it is), ``in_use``, ``auc`` (0.5: does not separate); for each class first those
        in use.

    Raises
    ------
    ValueError
        If the classes are not two of the data and the descriptors, or have too few images.
    """
    import pandas as pd

    whole("top_k", top_k, 1)
    check_is_model(clip)
    check_is_data(data)
    pair = first, second = two_names(pair, "pair")
    for name in pair:
        if name not in data.class_names or name not in descriptors:
            raise ValueError(f"There are no images or no descriptors of a class '{name}'.")
    places = [np.flatnonzero(data.labels == data.class_names.index(name)) for name in pair]
    for name, own in zip(pair, places):
        if len(own) < FEWEST:
            raise ValueError(
                f"'{name}' has {len(own)} images; choosing descriptors takes {FEWEST} or more."
            )
    used = Texts.of(clip, {name: descriptors[name] for name in pair})
    if not isinstance(candidates, Texts):
        candidates = Texts.of(clip, descriptors if candidates is None else candidates)
    known, rows = set(used.texts), []
    embeddings = clip.encode_images(data)
    for name, own, other in ((first, *places), (second, *places[::-1])):
        halves = [[embeddings[some[k::2]] for some in (own, other)] for k in (0, 1)]
        for texts, in_use in ((used, True), (candidates, False)):
            areas = [auc(*((x @ texts.embeddings.T).numpy() for x in half)) for half in halves]
            taken: set[str] = set()
            for i in np.argsort(-areas[0], kind="stable"):
                text, owner = texts.texts[i], texts.owners[i]
                # what does not separate the images that choose is no candidate
                fits = owner == name if in_use else text not in known and areas[0][i] > 0.5
                if fits and text not in taken and len(taken) < top_k:
                    taken.add(text)
                    rows.append((name, text, owner, in_use, float(areas[1][i])))
    return pd.DataFrame(rows, columns=["class", "descriptor", "owner", "in_use", "auc"])
