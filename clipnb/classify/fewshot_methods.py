r"""Seven ways to classify with a few examples, in one form.

Each gives a :class:`Head`: keys :math:`k_i` (the shots' embeddings), a table :math:`A` of shots ×
classes, a kernel :math:`f`, and a weight for the text. The logit of class :math:`c` is

.. math:: \sum_i f(x \cdot k_i) \, A_{ic} \; + \; t \, \ell_c(x) \; + \; b_c

with :math:`\ell_c(x)`, the logit that the text alone gives, its weight :math:`t`, and an intercept
:math:`b_c`. So every logit is a sum with a term for each shot, and that is its explanation.

=================  =============================  ===============================================
method             f(cosine)                      A
=================  =============================  ===============================================
prototypes         cosine                         1 / (K · length of the class mean)
knn                exp((cosine - 1) / 0.07) for   1 for the shot's class
                   the k nearest, else 0
linear_probe       cosine                         C · (1 for the shot's class - probability)
tip_adapter        exp(-β (1 - cosine))           α for the shot's class
tip_adapter_f      the same, with trained keys    α for the shot's class
text_probe         cosine                         as linear_probe, with t = 1
prototypes + text  cosine                         as prototypes, times 1 - t
=================  =============================  ===============================================

**What is not given is chosen on the shots**, by the log-likelihood of shots that were left out
(:func:`clipnb.classify.shots.held_out`), never on the images that will be tested. Choosing on the
shots themselves would say nothing. A shot that is looked up in a cache that holds it has the
cosine 1 with itself, so its class gets the whole α however large β is, all others less: the larger
α and β, the better it looks, up to 100 % for labels drawn at random. A probe without a penalty
fits the shots as well. With one shot a class nothing can be left out, and fixed values are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from .regression import softmax_regression
from .shots import Shots, held_out

ALPHAS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
BETAS = (1.0, 2.0, 4.0, 5.5, 8.0, 16.0, 32.0)
CS = (1.0, 10.0, 100.0, 1000.0)
KS = (1, 2, 3, 5, 8, 16)
TEXT_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TEMPERATURE = 0.07  # of the votes of neighbours (Wu et al. 2018)
FOLDS = 5  # for what is trained
# where nothing can be left out; α and β are the best of the paper's ablation on ImageNet
DEFAULTS = {"alpha": 1.0, "beta": 5.5, "C": 1.0, "k": 1, "text_weight": 0.5}


@dataclass(frozen=True)
class Head:
    """A fitted method: see the module.

    Attributes
    ----------
    keys : (n, dim) tensor
    table : (n, classes) tensor
    kernel : callable
        (images, n) cosines → weights of the same shape.
    text_weight : float
    intercept : (classes,) tensor
    """

    keys: torch.Tensor
    table: torch.Tensor
    kernel: Callable[[torch.Tensor], torch.Tensor]
    text_weight: float
    intercept: torch.Tensor

    def logits(self, embeddings: torch.Tensor, text_logits: torch.Tensor) -> torch.Tensor:
        """(n, classes) logits of image embeddings."""
        weights = self.kernel(embeddings @ self.keys.T)
        return weights @ self.table + self.text_weight * text_logits + self.intercept

    def parts(self, embedding: torch.Tensor) -> torch.Tensor:
        """(shots, classes): what each shot adds to each logit of one image, (dim,)."""
        return self.kernel(embedding[None] @ self.keys.T).T * self.table


def cosine_itself(cosines: torch.Tensor) -> torch.Tensor:
    return cosines


def affinity(cosines: torch.Tensor, beta: float) -> torch.Tensor:
    return torch.exp(-beta * (1 - cosines))


def nearest(cosines: torch.Tensor, k: int) -> torch.Tensor:
    """Weights of the k nearest shots; of equally near ones, the first."""
    chosen = cosines.argsort(dim=-1, descending=True, stable=True)[..., : min(k, cosines.shape[-1])]
    kept = torch.zeros_like(cosines).scatter_(-1, chosen, 1.0)
    return kept * affinity(cosines, 1 / TEMPERATURE)


# --- the methods, with given settings -------------------------------------------------------------


def prototypes(shots: Shots, text_weight: float = 0.0) -> Head:
    """Nearest class mean (Snell et al. 2017), as a linear classifier of unit embeddings; with a
    weight, mixed with the text."""
    sums = shots.one_hot.T @ shots.embeddings
    lengths = sums.norm(dim=1).clamp_min(1e-12)
    table = (1 - text_weight) * shots.scale * shots.one_hot / lengths
    return Head(shots.embeddings, table, cosine_itself, text_weight, torch.zeros(len(lengths)))


def neighbours(shots: Shots, k: int) -> Head:
    """k-nearest neighbours with votes weighted by similarity (Wu et al. 2018, section 3.4)."""
    zeros = torch.zeros(shots.one_hot.shape[1])
    return Head(shots.embeddings, shots.one_hot, partial(nearest, k=k), 0.0, zeros)


def cache(shots: Shots, alpha: float, beta: float) -> Head:
    """Tip-Adapter (Zhang et al. 2022, equations 3 to 5)."""
    table = alpha * shots.one_hot
    kernel = partial(affinity, beta=beta)
    return Head(shots.embeddings, table, kernel, 1.0, torch.zeros(table.shape[1]))


def trained_cache(shots: Shots, alpha: float, beta: float, epochs: int = 20) -> Head:
    """Tip-Adapter-F (Zhang et al. 2022, section 3.2): the keys are trained, by AdamW with the
    settings of the reference code.

    The reference code trains on new random crops of the shots. Stored embeddings have none, and a
    shot that finds itself in the cache has little to learn, so here its own key is left out of its
    loss and the others of its class are scaled up; where it is the only one, it stays. The
    reference keeps the epoch that is best on the test set; here it is the last one.
    """
    keys = shots.embeddings.clone().requires_grad_()
    optimizer = torch.optim.AdamW([keys], lr=0.001, eps=1e-4)
    order = torch.randperm(len(shots), generator=torch.Generator().manual_seed(0))
    batches = order.split(256)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * len(batches))
    own = torch.diag((~shots.alone).float())
    counts = shots.counts[shots.labels]
    table = alpha * shots.one_hot
    scaled = torch.where(counts > 1, counts / (counts - 1).clamp_min(1), 1.0)
    factors = 1 + shots.one_hot * (scaled - 1)[:, None]
    for _ in range(epochs):
        for batch in batches:
            weights = affinity(shots.embeddings[batch] @ keys.T, beta) * (1 - own[batch])
            logits = shots.text_logits[batch] + weights @ table * factors[batch]
            optimizer.zero_grad()
            cross_entropy(logits, shots.labels[batch]).backward()
            optimizer.step()
            schedule.step()
    kernel = partial(affinity, beta=beta)
    return Head(keys.detach(), table, kernel, 1.0, torch.zeros(table.shape[1]))


def probe(shots: Shots, C: float, text_weight: float = 0.0, rough: bool = False) -> Head:
    r"""Multinomial logistic regression with the objective of scikit-learn's LogisticRegression,
    :math:`\frac{1}{2} \lVert W \rVert^2 + C \sum_i \text{loss}_i`, on top of the text's logits.

    With text, :math:`W` is what is added to the text weights, so that the penalty pulls towards
    them, and there is no intercept (compare arXiv 2312.12730, where each class has a pull of its
    own, by how well its text does on the shots). At the optimum
    :math:`W_c = C \sum_i (y_{ic} - p_{ic}) x_i` (the representer theorem; Yeh et al. 2018), which
    gives the table of shots. ``rough`` stops early, for choosing C.
    """
    from scipy.special import softmax

    x, y, fixed = (
        part.double().numpy()
        for part in (shots.embeddings, shots.one_hot, text_weight * shots.text_logits)
    )
    offset = fixed if text_weight else None
    penalty, steps = 1 / (C * len(x)), 50 if rough else 1000
    weights, intercept = softmax_regression(x, y.argmax(1), y.shape[1], penalty, steps, offset)
    table = C * (y - softmax(x @ weights.T + intercept + fixed, axis=1))
    table, b = (torch.tensor(part, dtype=torch.float32) for part in (table, intercept))
    return Head(shots.embeddings, table, cosine_itself, text_weight, b)


# --- what is not given is chosen on the shots -----------------------------------------------------


def loss(logits: torch.Tensor, shots: Shots) -> float:
    """Mean negative log-likelihood of the shots that were left out; NaN if none was."""
    judged = ~shots.alone
    return float(cross_entropy(logits[judged], shots.labels[judged]))


def candidates(given: Any, grid: tuple, default: Any, shots: Shots) -> tuple:
    """The given value, or the grid; the default where nothing can be left out."""
    if given is not None:
        return (given,)
    return (default,) if shots.alone.all() else grid


def choose_cache(shots: Shots, alpha: float | None, beta: float | None) -> dict[str, Any]:
    """α and β; the logit is linear in α, so each β is fitted once."""
    alphas = candidates(alpha, ALPHAS, DEFAULTS["alpha"], shots)
    betas = candidates(beta, BETAS, DEFAULTS["beta"], shots)
    losses = {}
    for b in betas:
        added = held_out(partial(cache, alpha=1.0, beta=b), shots) - shots.text_logits
        losses |= {(a, b): loss(shots.text_logits + a * added, shots) for a in alphas}
    return dict(zip(("alpha", "beta"), best(losses)))


def choose_text_weight(shots: Shots, text_weight: float | None) -> dict[str, Any]:
    weights = candidates(text_weight, TEXT_WEIGHTS, DEFAULTS["text_weight"], shots)
    images, text = held_out(prototypes, shots), shots.text_logits
    losses = {w: loss((1 - w) * images + w * text, shots) for w in weights}
    return {"text_weight": best(losses)}


def choose_c(shots: Shots, C: float | None, text_weight: float = 0.0) -> dict[str, Any]:
    cs = candidates(C, CS, DEFAULTS["C"], shots)
    if len(cs) == 1:  # nothing to train
        return {"C": cs[0]}
    fit = partial(probe, text_weight=text_weight, rough=True)
    return {"C": best({c: loss(held_out(partial(fit, C=c), shots, FOLDS), shots) for c in cs})}


def choose_k(shots: Shots, k: int | None) -> dict[str, Any]:
    """k by the number of errors, since a class without a neighbour has the probability 0."""
    ks = candidates(k, tuple(k for k in KS if k <= len(shots)), DEFAULTS["k"], shots)
    errors = {}
    for one in ks:
        answers = held_out(partial(neighbours, k=one), shots).argmax(1)
        errors[one] = int((answers != shots.labels)[~shots.alone].sum())
    return {"k": best(errors)}


def best(losses: dict[Any, float]) -> Any:
    """The settings of the lowest loss; of equally good ones, the first."""
    return min(losses, key=losses.__getitem__)


# --- all of them ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Method:
    """How to choose a method's settings on the shots, and how to fit it with them.

    Attributes
    ----------
    settings : tuple of str
        What can be given in place of being chosen.
    choose : callable
        Shots, and each setting or None → settings.
    fit : callable
        Shots, and settings → :class:`Head`.
    text : bool
        Whether it needs text.
    folds : int, optional
        How many groups of shots are left out in turns; by default one shot of every class.
    """

    settings: tuple[str, ...]
    choose: Callable[..., dict[str, Any]]
    fit: Callable[..., Head]
    text: bool = False
    folds: int | None = None


METHODS = {
    "prototypes": Method((), lambda shots: {}, prototypes),
    "knn": Method(("k",), choose_k, neighbours),
    "linear_probe": Method(("C",), choose_c, probe, folds=FOLDS),
    "tip_adapter": Method(("alpha", "beta"), choose_cache, cache, text=True),
    "tip_adapter_f": Method(("alpha", "beta"), choose_cache, trained_cache, True, FOLDS),
    "text_probe": Method(
        ("C",), partial(choose_c, text_weight=1.0), partial(probe, text_weight=1.0), True, FOLDS
    ),
    "prototypes + text": Method(("text_weight",), choose_text_weight, prototypes, text=True),
}
