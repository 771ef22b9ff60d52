"""Softmax regression, of linear probes on few examples and on the layers of a network."""

from __future__ import annotations

import numpy as np


def softmax_regression(
    x: np.ndarray,
    y: np.ndarray,
    classes: int,
    penalty: float,
    steps: int = 300,
    offset: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Multinomial logistic regression with a squared penalty: minimises the mean loss plus
    :math:`\frac{\lambda}{2} \lVert W \rVert^2`, by L-BFGS.

    scikit-learn's ``LogisticRegression(C=1 / (n * penalty))`` minimises the same, but takes no
    offset.

    Parameters
    ----------
    x : (n, width) float array
    y : (n,) int array
        Class numbers from 0.
    classes : int
    penalty : float
    steps : int
        At most.
    offset : (n, classes) float array, optional
        Logits to which those of ``x`` are added; with it there is no intercept.

    Returns
    -------
    weights : (classes, width) float array
    intercept : (classes,) float array
        0 with an offset.
    """
    from scipy.optimize import minimize
    from scipy.special import log_softmax

    x, one_hot = np.asarray(x, np.float64), np.eye(classes)[y]
    n, width = x.shape
    fixed, free = (0.0, 1.0) if offset is None else (offset, 0.0)

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, intercept = flat[:-classes].reshape(classes, width), flat[-classes:]
        log_p = log_softmax(x @ weights.T + intercept + fixed, axis=1)
        residual = (np.exp(log_p) - one_hot) / n
        value = penalty / 2 * np.square(weights).sum() - (log_p * one_hot).sum() / n
        gradient = penalty * weights + residual.T @ x
        return value, np.concatenate([gradient.ravel(), free * residual.sum(0)])

    found = minimize(
        objective,
        np.zeros(classes * (width + 1)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": steps, "gtol": 1e-8, "ftol": 1e-14},
    )
    flat = np.asarray(found.x)
    return flat[:-classes].reshape(classes, width), flat[-classes:]
