"""Spurious cues: descriptors that count at home and not elsewhere, and directions of the embedding
space that tell home from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import normalize

from ..classify.classifier import embedded
from ..evaluation.hits import check_data, check_zero_shot
from ..evaluation.statistics import holm
from ..model.checks import check_is_model
from ..model.rows import tensor_of, unit_rows
from ..support.arguments import whole

if TYPE_CHECKING:
    import pandas as pd

    from ..classify.classifier import Images
    from ..classify.zeroshot import ZeroShotClassifier
    from ..data.images import ImageDataset
    from ..model.clip import Clip


def spurious_cues(
    classifier: ZeroShotClassifier, home: ImageDataset, away: ImageDataset
) -> pd.DataFrame:
    """Descriptors whose contribution to their own class is larger at home than elsewhere.

    A contribution is centred: what the cosine with an image of the class exceeds the mean over all
    images of the same place by. What the class looks like is the same in both places, so a
    difference points at the surroundings; it does not prove it.

    Parameters
    ----------
    classifier : ZeroShotClassifier
        Pooling by "mean".
    home, away : ImageDataset
        With labels: images as they usually are, and images of the same classes in other
        surroundings. Other images than those on which an edit is tested.

    Returns
    -------
    pandas.DataFrame
        A row per descriptor of a class that has two images or more in both places, largest drop
        first: ``class``, ``descriptor``, ``home`` and ``away`` (mean centred contribution),
        ``drop`` (their difference), ``low`` and ``high`` (its 95 % interval), ``p`` (Welch's t-test
        with Holm's correction for all rows).

    Raises
    ------
    ValueError
        If the pooling is not "mean", or no class has images in both places.
    """
    import pandas as pd
    from scipy.stats import ttest_ind

    check_zero_shot(classifier)
    if classifier.pooling != "mean":
        raise ValueError(f"The pooling is '{classifier.pooling}'; contributions need 'mean'.")
    texts, places = classifier.text_embeddings, {}
    for where, data in (("home", home), ("away", away)):
        check_data(data, "look for cues in")
        cosines = (classifier.clip.encode_images(data) @ texts.T).numpy()
        names = np.array([*data.class_names, None], dtype=object)[data.labels]  # -1: the last
        places[where] = (cosines - cosines.mean(0), names)
    rows, column = [], 0
    for name, prompts in classifier.table.items():
        (one, at_home), (other, elsewhere) = places["home"], places["away"]
        own = [one[at_home == name], other[elsewhere == name]]
        if min(map(len, own)) >= 2:
            for k, prompt in enumerate(prompts):
                values = [part[:, column + k] / len(prompts) for part in own]
                test = ttest_ind(*values, equal_var=False)
                low, high = test.confidence_interval()
                means = [float(part.mean()) for part in values]
                drop = means[0] - means[1]
                rows.append((name, prompt, *means, drop, low, high, test.pvalue))
        column += len(prompts)
    if not rows:
        raise ValueError("No class has two images or more in both places.")
    columns = ["class", "descriptor", "home", "away", "drop", "low", "high", "p"]
    table = pd.DataFrame(rows, columns=columns)
    table["p"] = holm(table["p"])
    return table.sort_values("drop", ascending=False, kind="stable", ignore_index=True)


def shift_directions(clip: Clip, home: ImageDataset, away: ImageDataset, rank: int) -> torch.Tensor:
    """The directions in which the mean embeddings of classes differ most between two places.

    Parameters
    ----------
    clip : Clip
    home, away : ImageDataset
        With labels; classes are matched by name.
    rank : int
        How many directions, at most as many as classes with images in both places.

    Returns
    -------
    (rank, dim) tensor
        Orthonormal rows: the first right singular vectors of the differences, class by class.

    Raises
    ------
    ValueError
        If fewer classes than ``rank`` have images in both places.
    """
    check_is_model(clip)
    whole("rank", rank, 1)
    means: list[dict[str, torch.Tensor]] = []
    for data in (home, away):
        check_data(data, "take the mean of")
        x, labels = clip.encode_images(data), torch.as_tensor(data.labels)
        present = sorted(set(data.labels.tolist()) - {-1})
        means.append({data.class_names[c]: x[labels == c].mean(0) for c in present})
    both = [name for name in means[0] if name in means[1]]
    if len(both) < rank:
        raise ValueError(
            f"rank is {rank}, but only {len(both)} classes have images in both places."
        )
    differences = torch.stack([means[0][name] - means[1][name] for name in both])
    return torch.linalg.svd(differences, full_matrices=False).Vh[:rank]


class ProjectedClassifier:
    """A classifier that does not see some directions: they are removed from the embeddings of
    images and prompts, which are brought to unit length again.

    Parameters
    ----------
    classifier : ZeroShotClassifier
        Pooling by "mean".
    directions : (k, dim) tensor
        Orthonormal rows, as :func:`shift_directions` gives them.

    Raises
    ------
    ValueError
        If the pooling is not "mean", or the directions are not orthonormal rows of that width.
    """

    def __init__(self, classifier: ZeroShotClassifier, directions: torch.Tensor):
        check_zero_shot(classifier)
        if classifier.pooling != "mean":
            raise ValueError(
                f"The pooling is '{classifier.pooling}'; only 'mean' can be projected."
            )
        width, directions = classifier.text_embeddings.shape[1], tensor_of(directions).float()
        if directions.ndim != 2 or directions.shape[1] != width:
            raise ValueError(f"The directions are {tuple(directions.shape)}; give (k, {width}).")
        if not torch.allclose(directions @ directions.T, torch.eye(len(directions)), atol=1e-3):
            raise ValueError("The directions are not orthonormal; use a QR decomposition.")
        self.classifier, self.directions = classifier, directions
        groups = torch.as_tensor(classifier.table.groups)
        texts = self.without(classifier.text_embeddings)
        sums = torch.zeros(len(classifier.class_names), width).index_add_(0, groups, texts)
        self._classes = sums / torch.bincount(groups)[:, None]

    @property
    def class_names(self) -> list[str]:
        return self.classifier.class_names

    @property
    def clip(self) -> Clip:
        return self.classifier.clip

    def without(self, embeddings: torch.Tensor) -> torch.Tensor:
        """Unit rows without the directions."""
        return self._without(unit_rows(tensor_of(embeddings)))

    def _without(self, rows: torch.Tensor) -> torch.Tensor:
        return normalize(rows - rows @ self.directions.T @ self.directions, dim=1)

    def class_scores(self, images: Images) -> torch.Tensor:
        """(n, classes): the mean cosine with the prompts of each class, after the projection."""
        width = self._classes.shape[1]
        return self._without(embedded(images, self.clip, width)) @ self._classes.T
