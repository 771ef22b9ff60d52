"""Classification with a few labelled images per class, with or without text, and the reasons: which
of the images decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np
import torch

from ..data.images import ImageDataset
from ..model.checks import check_is_model
from ..support.arguments import image_index, one_of, real, whole
from ..support.names import two_names
from ..support.text import brief
from .classifier import embedded
from .estimator import Estimator
from .fewshot_methods import METHODS, Head
from .pooling import ranking
from .shots import Shots, class_of_each, held_out, one_thread, prompts_of
from .zeroshot import ZeroShotClassifier

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from ..model.clip import Clip
    from .classifier import Images
    from .prompts import PromptTable

LOGIT_SCALE = 100.0  # without a model: CLIP's upper limit, where OpenAI's models ended up


class FewShotClassifier(Estimator):
    """A classifier by examples, with scikit-learn's interface.

    ====================  ==========================================================================
    method                a class is
    ====================  ==========================================================================
    "prototypes"          the mean of its shots (Snell et al. 2017)
    "knn"                 the votes of the nearest shots, weighted by similarity (Wu et al. 2018)
    "linear_probe"        a weight vector (Radford et al. 2021, section 3.2)
    "tip_adapter"         its text, plus a cache of its shots (Zhang et al. 2022)
    "tip_adapter_f"       the same, with trained keys
    "text_probe"          a weight vector that is pulled towards its text (compare CLAP,
                          Silva-Rodríguez et al. 2024: one strength per class, no validation)
    "prototypes + text"   the mean of its shots and its text, each with a weight
    ====================  ==========================================================================

    ``clipnb.classify.fewshot_methods`` has the formulas. Settings that are not given are chosen
    on the shots: each shot is classified by the others, one shot of every class left out at a time.
    With one shot a class that is impossible, and fixed values are used.

    Parameters
    ----------
    clip : Clip, optional
        Needed for images and for text, not for embeddings alone.
    method : str
    text : PromptTable, mapping, or list of class names, optional
        What the last four methods use as well; of class names, "a photo of a …". For the others it
        only says which classes there must be.
    pooling : str
        How the prompts of a class are pooled, see :class:`ZeroShotClassifier`.
    k : int, optional
        Neighbours.
    C : float, optional
        Of the probes: the larger, the weaker the penalty.
    alpha, beta : float, optional
        Of the cache: its weight against the text, and how fast a shot's weight falls with its
        distance.
    text_weight : float, optional
        Of "prototypes + text": 0 for the shots alone, 1 for the text alone.

    Attributes
    ----------
    classes_ : (classes,) array
        Sorted labels. Text and images are matched with them by name, never by position.
    settings_ : dict
        What was given or chosen.
    n_features_in_ : int
        Width of the embeddings.
    model_ : dict, optional
        Without ``clip``: the model that made the shots' embeddings, where they say it.
    shot_keys_ : set of str
        What identifies the shots' content, where they were an ImageDataset; :func:`compare` and
        :func:`evaluate` warn of a test on them.

    Examples
    --------
    >>> shots = clipnb.sample_shots(data, 4, seed=0)  # doctest: +SKIP
    >>> clf = clipnb.FewShotClassifier(clip, "tip_adapter", data.class_names)  # doctest: +SKIP
    >>> clf.fit(data.select(shots)).predict(images)  # doctest: +SKIP
    """

    def __init__(
        self,
        clip: Clip | None = None,
        method: str = "tip_adapter",
        text: PromptTable | Mapping[str, Iterable[str]] | Iterable[str] | None = None,
        pooling: str = "mean",
        k: int | None = None,
        C: float | None = None,
        alpha: float | None = None,
        beta: float | None = None,
        text_weight: float | None = None,
    ):
        text = list(text) if isinstance(text, Iterator) else text  # fit may be called again
        self.clip, self.method, self.text, self.pooling = clip, method, text, pooling
        self.k, self.C, self.alpha, self.beta, self.text_weight = k, C, alpha, beta, text_weight

    def __repr__(self) -> str:
        fitted = f", {len(self._shots)} shots" if hasattr(self, "_shots") else ", not fitted"
        return f"FewShotClassifier({self.method!r}{fitted})"

    def fit(self, images: Images, labels: ArrayLike | None = None) -> Self:
        """Take images and their classes as examples.

        Parameters
        ----------
        images : ImageDataset, PIL images, or (n, dim) tensor or array of unit image embeddings
        labels : (n,) array-like of str or int, optional
            The class of each; an ImageDataset has its own, and its numbers are taken as names.

        Returns
        -------
        FewShotClassifier
            Itself.

        Raises
        ------
        ValueError
            If a class has no shot, shots are of a class that the text lacks, there are fewer shots
            than k, a setting is not a number, or the embeddings are not.
        """
        self._check_settings()
        check_is_model(self.clip, optional=True)
        embeddings = embedded(images, self.clip, self.clip.dim if self.clip else None)
        self.model_ = getattr(images, "model", None) if self.clip is None else None
        given = class_of_each(images, labels, len(embeddings))
        classes, numbers = np.unique(given, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(f"All shots are of the class '{brief(classes[0])}'; give two or more.")
        if self.k is not None and self.k > len(embeddings):
            raise ValueError(f"k is {self.k}, but there are only {len(embeddings)} shots.")
        self._text = self._zero_shot(list(map(str, classes)))
        self.classes_, self.n_features_in_ = classes, embeddings.shape[1]
        named = isinstance(images, ImageDataset)
        self._names = images.sources if named else [f"shot {i}" for i in range(len(embeddings))]
        self.shot_keys_ = set(images.keys) if named else set()
        scale = self.clip.logit_scale if self.clip else LOGIT_SCALE
        text_logits = self._text_logits(embeddings)
        self._shots = Shots(embeddings, torch.as_tensor(numbers), text_logits, scale)
        method = METHODS[self.method]
        with one_thread():
            chosen = {name: getattr(self, name) for name in method.settings}
            self.settings_ = method.choose(self._shots, **chosen)
            self._head = method.fit(self._shots, **self.settings_)
        return self

    def predict(self, images: Images) -> np.ndarray:
        """(n,) labels, as in ``classes_``."""
        best = ranking(self.class_scores(images))[:, 0].numpy()
        return self.classes_[best]

    def predict_proba(self, images: Images) -> np.ndarray:
        """(n, classes) probabilities, in the order of ``classes_``: the softmax of the scores, for
        "knn" the share of the votes."""
        return self._probabilities(self.class_scores(images)).numpy()

    @property
    def class_names(self) -> list[str]:
        """``classes_`` as text."""
        self._fitted()
        return list(map(str, self.classes_))

    def class_scores(self, images: Images) -> torch.Tensor:
        """(n, classes) logits of images or their unit embeddings, in the order of ``classes_``; for
        "knn" the votes."""
        head = self._fitted()
        embeddings = self._embedded(images)
        return head.logits(embeddings, self._text_logits(embeddings))

    # -- reasons -----------------------------------------------------------------------------------

    def explain(
        self, images: Images, index: int = 0, classes: tuple[str, str] | None = None
    ) -> pd.DataFrame:
        """Which shots, and which prompts, made one class win over another.

        Parameters
        ----------
        images : as for :meth:`predict`
        index : int
            Which of them.
        classes : (label, label), optional
            This class rather than that one; by default the two best.

        Returns
        -------
        pandas.DataFrame
            One row per shot and per prompt that adds something to either class, largest
            contribution first: ``kind`` ("shot", "prompt" or "intercept"), ``class`` (of the shot
            or prompt), ``item`` (the shot's source, the prompt), ``shot`` (its number in
            :meth:`fit`), ``cosine`` (with the image), ``to_first`` and ``to_second`` (what it adds
            to the two logits; they add up to them), ``contribution`` (their difference; they add up
            to the margin). ``attrs`` has ``classes``, ``scores`` and ``margin``.

            With "tip_adapter_f" the cosine is with the shot, the contribution with its trained key.

        Raises
        ------
        IndexError
            If there is no such image.
        ValueError
            If the classes are not two different ones of the classifier.
        """
        from .fewshot_reasons import reasons

        head = self._fitted()
        embeddings = self._embedded(images)
        image_index(index, len(embeddings))
        scores = self.class_scores(embeddings)[index]
        pair = ranking(scores)[:2].tolist() if classes is None else self._two(classes)
        image = (embeddings[index], scores)
        return reasons(head, self._shots, self._text, *image, pair, self.class_names, self._names)

    def probable_label_errors(self) -> pd.DataFrame:
        """The shots, those first whose label the other shots contradict most.

        Each shot is classified by a classifier that was not given it, with the same settings, one
        shot of every class left out at a time; for what is trained, a fifth of the shots. The idea
        is confident learning's (Northcutt et al. 2021) without its thresholds: the list is for
        looking, not for removing.

        Returns
        -------
        pandas.DataFrame
            ``shot`` (its number in :meth:`fit`), ``item`` (its source), ``label``, ``suggestion``
            (the best other class), ``p_label`` and ``p_suggestion`` (probabilities), and
            ``disagreement``, their difference. A shot that is alone in its class comes last, with
            NaN.

        Raises
        ------
        ValueError
            If every class has one shot: nothing is left to judge by.
        """
        from .fewshot_reasons import disagreements

        self._fitted()
        if self._shots.alone.all():
            raise ValueError("Every class has one shot, so none can be judged; give two or more.")
        method = METHODS[self.method]
        with one_thread():
            logits = held_out(partial(method.fit, **self.settings_), self._shots, method.folds)
        probabilities = self._probabilities(logits)
        return disagreements(probabilities, self._shots, self.class_names, self._names)

    # -- checks ------------------------------------------------------------------------------------

    def _check_settings(self) -> None:
        one_of("method", self.method, METHODS)
        if METHODS[self.method].text and self.text is None:
            raise ValueError(
                f"The method '{self.method}' needs text; give a PromptTable or class names."
            )
        if self.k is not None:
            whole("k", self.k, 1)
        limits = {"C": (1e-9, 1e9), "alpha": (0, 1e6), "beta": (0, 1e6), "text_weight": (0, 1)}
        for name, (least, most) in limits.items():
            if getattr(self, name) is not None:
                real(name, getattr(self, name), least, most)

    def _zero_shot(self, classes: list[str]) -> ZeroShotClassifier | None:
        """The text as a classifier among the classes of the shots, in their order."""
        if self.text is None:
            return None
        table = prompts_of(self.text, classes)
        if not METHODS[self.method].text:
            return None
        if self.clip is None:
            raise ValueError(f"The method '{self.method}' encodes text; give the model: clip.")
        return ZeroShotClassifier(self.clip, table, self.pooling)

    def _embedded(self, images: Images) -> torch.Tensor:
        return embedded(images, self.clip, self.n_features_in_, self.model_)

    def _text_logits(self, embeddings: torch.Tensor) -> torch.Tensor:
        if self._text is None or self.clip is None:
            return torch.zeros(len(embeddings), len(self.classes_))
        return self.clip.logit_scale * self._text.score(embeddings)

    def _probabilities(self, logits: torch.Tensor) -> torch.Tensor:
        return logits / logits.sum(1, True) if self.method == "knn" else logits.softmax(1)

    def _two(self, classes: tuple[str, str]) -> list[int]:
        known = self.classes_.tolist()
        pair = two_names(classes)
        if strangers := [name for name in pair if name not in known]:
            raise ValueError(f"The classifier has no class '{brief(strangers[0])}'; see classes_.")
        return [known.index(name) for name in pair]

    def _fitted(self) -> Head:
        if not hasattr(self, "_head"):
            raise ValueError("The classifier has no shots yet; call fit(images, labels) first.")
        return self._head
