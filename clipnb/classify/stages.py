"""A classifier in two stages: one finds the group, another decides within it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch

from ..support.names import class_list, listed
from ..support.text import brief
from .classifier import Classifier, check_same_model, embedded, model_of

if TYPE_CHECKING:
    from ..model.clip import Clip
    from .classifier import Images


class StagedClassifier:
    """The first classifier answers. Where its answer is in a group, the second one decides among
    the classes of the group.

    For many classes, differential descriptors are written for groups of confused classes only
    (compare Ren et al. 2023); the second classifier then needs to know these classes only.

    Parameters
    ----------
    first : Classifier
        Of all classes.
    second : Classifier
        Of the same model, with all classes of the groups.
    groups : iterable of iterables of str
        No class twice.

    Raises
    ------
    ValueError
        If a class of a group is missing in a classifier, or is in two groups, or a group is empty,
        with the name of the class; if the classifiers are of different models.
    """

    def __init__(self, first: Classifier, second: Classifier, groups: Iterable[Iterable[str]]):
        models = model_of(first), model_of(second)
        check_same_model(*models, "The first classifier is", "the second is")
        self.first, self.second = first, second
        self.groups = [class_list(group, "groups") for group in listed(groups, "groups")]
        seen: set[str] = set()
        for group in self.groups:
            for name in group:
                if name in seen:
                    raise ValueError(f"The class '{brief(name)}' is in two groups.")
                seen.add(name)
                for which, one in (("first", first), ("second", second)):
                    if name not in one.class_names:
                        raise ValueError(
                            f"The {which} classifier has no class '{brief(name)}', which is in a"
                            " group."
                        )

    @property
    def class_names(self) -> list[str]:
        return list(self.first.class_names)

    @property
    def clip(self) -> Clip | None:
        return self.first.clip

    @property
    def model_(self) -> dict[str, str] | None:
        return model_of(self.first)

    def class_scores(self, images: Images) -> torch.Tensor:
        """(n, classes): the scores of the first classifier. Where its best class is in a group, the
        classes of the group get the score of that class, less what they are behind the best of the
        group by the second classifier."""
        embeddings = embedded(images, self.clip, None, self.model_)
        scores, within = self.first.class_scores(embeddings).clone(), None
        best = scores.max(1)
        for group in self.groups:
            places = torch.tensor([self.class_names.index(name) for name in group])
            rows = torch.isin(best.indices, places).nonzero()[:, 0]
            if not len(rows):
                continue
            within = self.second.class_scores(embeddings) if within is None else within
            columns = [list(self.second.class_names).index(name) for name in group]
            second = within[rows][:, columns]
            behind = second - second.max(1, keepdim=True).values
            scores[rows[:, None], places] = best.values[rows, None] + behind
        return scores

    def __repr__(self) -> str:
        return f"StagedClassifier({len(self.class_names)} classes, {len(self.groups)} groups)"
