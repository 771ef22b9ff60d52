"""The optimisation behind concepts: a non-negative Lasso, and sparse softmax regression. Both are
convex, so the result does not depend on a start."""

from __future__ import annotations

from collections.abc import Callable

import torch


def nonnegative_lasso(
    targets: torch.Tensor, dictionary: torch.Tensor, penalty: float, steps: int = 1000
) -> torch.Tensor:
    r"""Sparse non-negative weights, for all targets at once.

    Minimises :math:`\frac{1}{2} \lVert x - w D \rVert^2 + \lambda \sum_j w_j` over :math:`w \ge 0`
    for each row :math:`x`, by accelerated proximal gradient steps (FISTA, Beck & Teboulle 2009).
    scikit-learn's ``Lasso(alpha=penalty / dim, positive=True, fit_intercept=False)`` minimises the
    same.

    Parameters
    ----------
    targets : (n, dim) float tensor
    dictionary : (m, dim) float tensor
    penalty : float
    steps : int
        At most; it ends earlier when no weight changes by more than 1e-6.

    Returns
    -------
    (n, m) float tensor
    """
    gram, along = dictionary @ dictionary.T, targets @ dictionary.T
    rate = 1 / torch.linalg.eigvalsh(gram)[-1].clamp_min(1e-12)

    def step(weights: torch.Tensor) -> torch.Tensor:
        return (weights - rate * (weights @ gram - along + penalty)).clamp_min(0)

    return _accelerated(step, torch.zeros_like(along), steps, 1e-6)


def sparse_softmax_regression(
    x: torch.Tensor, y: torch.Tensor, classes: int, penalty: float, steps: int = 500
) -> tuple[torch.Tensor, torch.Tensor]:
    r"""Multinomial logistic regression with few weights: minimises the mean loss plus
    :math:`\lambda \sum |W|`, by accelerated proximal gradient steps. The intercept has no penalty.

    Parameters
    ----------
    x : (n, width) float tensor
        Columns of about equal scale; the penalty treats them alike.
    y : (n,) int tensor
    classes : int
    penalty : float
    steps : int
        At most; it ends earlier when no weight changes by more than 1e-4.

    Returns
    -------
    weights : (classes, width) float tensor
        Most are exactly 0.
    intercept : (classes,) float tensor
    """
    n = len(x)
    one_hot = torch.eye(classes)[y]
    table = torch.cat([x, torch.ones(n, 1)], 1)
    # the loss is at most half as curved as the squares of its inputs
    rate = 2 * n / torch.linalg.matrix_norm(table, 2).square().clamp_min(1e-12)
    threshold = torch.full((classes, table.shape[1]), float(rate * penalty))
    threshold[:, -1] = 0

    def step(weights: torch.Tensor) -> torch.Tensor:
        residual = (table @ weights.T).softmax(1) - one_hot
        moved = weights - rate / n * residual.T @ table
        return moved.sign() * (moved.abs() - threshold).clamp_min(0)

    weights = _accelerated(step, torch.zeros(classes, table.shape[1]), steps, 1e-4)
    return weights[:, :-1], weights[:, -1]


def _accelerated(
    step: Callable[[torch.Tensor], torch.Tensor], start: torch.Tensor, most: int, least: float
) -> torch.Tensor:
    """Proximal gradient steps, each from a point ahead of the last (FISTA, Beck & Teboulle 2009):
    ``most`` at most, until no weight changes by ``least``."""
    weights = ahead = start
    momentum = 1.0
    for _ in range(most):
        new = step(ahead)
        following = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = new + (momentum - 1) / following * (new - weights)
        change, weights, momentum = (new - weights).abs().max(), new, following
        if change < least:
            break
    return weights
