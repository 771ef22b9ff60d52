"""scikit-learn's conventions for a classifier, without scikit-learn: its ``clone``,
``cross_val_score``, ``GridSearchCV`` and ``Pipeline`` ask for no more than this."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..support.arguments import one_of
from ..support.arrays import array_of, of_one_kind
from ..support.text import brief

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .classifier import Images


class Estimator:
    """A classifier whose constructor keeps its arguments under their own names."""

    _estimator_type = "classifier"
    classes_: np.ndarray

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The arguments it was made with."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Change arguments; call ``fit`` again afterwards."""
        for name, value in params.items():
            one_of("The parameter", name, self.get_params())
            setattr(self, name, value)
        return self

    def predict(self, images: Images) -> np.ndarray:
        """(n,) labels."""
        raise NotImplementedError

    def score(self, images: Images, labels: ArrayLike) -> float:
        """The accuracy on images with these labels, which are of the kind of ``classes_``.

        Raises
        ------
        ValueError
            If there is not one label for each image, there is no image, or no label is among
            ``classes_``: numbers in place of names would give 0.
        """
        said, given = self.predict(images), of_one_kind("labels", array_of(labels))
        if given.shape != said.shape or not len(said):
            raise ValueError(
                f"There are {given.size} labels for {len(said)} images; give one each."
            )
        known = self.classes_.tolist()
        if not any(one in known for one in dict.fromkeys(given.tolist())):
            raise ValueError(
                f"No label is among the classes that were learned; '{brief(given[0])}' is given,"
                f" and '{brief(known[0])}' is one of classes_."
            )
        return float((said == given).mean())

    def __sklearn_clone__(self) -> Self:
        return type(self)(**self.get_params())  # with the same model, not a copy of it

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import (  # pyright: ignore[reportMissingImports]
            ClassifierTags,
            InputTags,
            Tags,
            TargetTags,
        )

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(),
        )
