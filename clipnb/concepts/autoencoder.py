"""A sparse autoencoder of embeddings that keeps the k largest features (Makhzani & Frey 2014; Gao
et al. 2024, section 2.3)."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import normalize

from ..model.rows import tensor_of, unit_rows
from ..support.arguments import whole
from ..support.arrays import whole_numbers

SAME = 1e-10  # a variance that is rounding only


class SparseAutoencoder:
    """Embeddings as sums of few learned directions.

    An embedding less the mean, x, has the features ``topk(relu(x E + b))`` and is rebuilt as
    features · D. The directions D have unit length.

    Parameters
    ----------
    features : int
        How many directions.
    active : int
        How many features of one image are not 0, at most.
    seed : int

    Attributes
    ----------
    mean : (dim,) float32 tensor
    encoder : (dim, features) float32 tensor
    bias : (features,) float32 tensor
    decoder : (features, dim) float32 tensor
        Unit rows.
    losses : list of float
        The share of the variance that is not explained, once an epoch.
    """

    def __init__(self, features: int = 320, active: int = 8, seed: int = 0):
        whole("features", features, 1)
        whole("active", active, 1)
        if active > features:
            raise ValueError(f"active is {active}, but there are {features} features.")
        whole("seed", seed, 0)
        self.features, self.active, self.seed = features, active, seed

    def __repr__(self) -> str:
        return f"SparseAutoencoder({self.features} features, {self.active} active)"

    def fit(self, embeddings: torch.Tensor | np.ndarray, epochs: int = 60) -> SparseAutoencoder:
        """Train with Adam. Features that were silent for a whole epoch are pointed at the images
        that are explained worst.

        Parameters
        ----------
        embeddings : (n, dim) float tensor or array
            Unit rows.
        epochs : int

        Returns
        -------
        SparseAutoencoder
            Itself.

        Raises
        ------
        ValueError
            If there are fewer than two embeddings, all are the same, or they hold NaN or are no
            unit rows.
        """
        whole("epochs", epochs, 1)
        x = self._checked(embeddings)
        if len(x) < 2:
            raise ValueError(f"There are {len(x)} embeddings; an autoencoder needs at least two.")
        chance = torch.Generator().manual_seed(self.seed)
        self.mean = x.mean(0)
        x = x - self.mean
        variance = x.square().sum(1).mean()
        if variance < SAME:
            raise ValueError("All embeddings are the same, so there is nothing to learn.")
        start = normalize(torch.randn(self.features, x.shape[1], generator=chance), dim=1)
        encoder, decoder = start.T.clone().requires_grad_(), start.clone().requires_grad_()
        bias = torch.zeros(self.features, requires_grad=True)
        optimizer = torch.optim.Adam([encoder, decoder, bias], lr=0.003)
        self.losses = []
        for epoch in range(epochs):
            used, total = torch.zeros(self.features, dtype=torch.bool), 0.0
            for batch in torch.randperm(len(x), generator=chance).split(128):
                code = _largest(x[batch] @ encoder + bias, self.active)
                loss = (code @ decoder - x[batch]).square().sum(1).mean() / variance
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                with torch.no_grad():
                    decoder.copy_(normalize(decoder, dim=1))
                used |= (code > 0).any(0)
                total += loss.item() * len(batch)
            self.losses.append(total / len(x))
            if epoch < epochs * 2 // 3 and not used.all():
                with torch.no_grad():
                    error = x - _largest(x @ encoder + bias, self.active) @ decoder
                    silent = (~used).nonzero()[:, 0][: len(x)]
                    worst = error.square().sum(1).topk(len(silent)).indices
                    decoder[silent] = normalize(error[worst], dim=1)
                    encoder[:, silent] = decoder[silent].T
                    bias[silent] = 0
        self.encoder, self.decoder, self.bias = encoder.detach(), decoder.detach(), bias.detach()
        return self

    def encode(self, embeddings: torch.Tensor | np.ndarray) -> torch.Tensor:
        """(n, features): the features of unit embeddings; at most ``active`` of a row are not 0."""
        self._fitted()
        rows = self._checked(embeddings)
        if rows.shape[1] != len(self.mean):
            raise ValueError(
                f"Embeddings are (n, {len(self.mean)}), as those that were learned from, but these"
                f" are {tuple(rows.shape)}; they are of another model."
            )
        return _largest((rows - self.mean) @ self.encoder + self.bias, self.active)

    def decode(self, code: torch.Tensor | np.ndarray) -> torch.Tensor:
        """(n, dim): the mean plus the sum of directions; not normalised."""
        self._fitted()
        rows = tensor_of(code)
        if rows.ndim != 2 or rows.shape[1] != self.features:
            raise ValueError(f"code is {tuple(rows.shape)}; it must be (n, {self.features}).")
        return self.mean + rows.float() @ self.decoder

    def without(self, embeddings: torch.Tensor | np.ndarray, features: list[int]) -> torch.Tensor:
        """Unit embeddings less what these features add; the rest of the embedding, its
        reconstruction error included, stays as it is. A feature that is named twice is removed
        once."""
        code = self.encode(embeddings)
        features = np.unique(whole_numbers("features", features)).tolist()
        if outside := [one for one in features if not 0 <= one < self.features]:
            raise ValueError(f"There is no feature {outside[0]}; there are {self.features}.")
        kept = self._checked(embeddings)
        return normalize(kept - code[:, features] @ self.decoder[features], dim=1)

    def _checked(self, embeddings: torch.Tensor | np.ndarray) -> torch.Tensor:
        rows = tensor_of(embeddings)
        if rows.ndim != 2 or not rows.is_floating_point():
            raise ValueError(f"Embeddings are (n, dim) floats, but these are {tuple(rows.shape)}.")
        return unit_rows(rows)

    def _fitted(self) -> None:
        if not hasattr(self, "encoder"):
            raise ValueError("The autoencoder is not trained yet; call fit first.")


def _largest(values: torch.Tensor, count: int) -> torch.Tensor:
    """The ``count`` largest positive values of each row; the others become 0."""
    kept = values.relu().topk(count, dim=1)
    return torch.zeros_like(values).scatter(1, kept.indices, kept.values)
