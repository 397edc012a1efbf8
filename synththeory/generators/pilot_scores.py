"""Mean scores of a pilot's rows at any θ: passes over the rows, or for squared loss their moments, summed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.lazy import lazy
from synththeory.losses import Loss, SquaredLoss

_TILE = 2048  # rows whose weighted copy stays in the cache
_LARGEST = 21  # q: beyond, the fourth moments take longer than the passes that a curve makes


class Scores(Protocol):
    """Scores ∂ℓ/∂f z of rows z, (sets, n, q), that carry one label."""

    @property
    def means(self) -> Array:
        """Mean score of every set, (sets, q)."""

    @property
    def mean_slope(self) -> float:
        """E ∂ℓ/∂f."""

    @property
    def mean_bend(self) -> Vector:
        """E ∂²ℓ/∂f² z, (q,)."""

    @property
    def hessian(self) -> Matrix:
        """E ∂²ℓ/∂f² zzᵀ, (q, q)."""

    @property
    def within(self) -> Matrix:
        """Mean covariance of the scores within a set, (q, q)."""


@dataclass(frozen=True, eq=False)
class PilotRows:
    """Rows z = (x, 1) of every set, and what is summed over them once.

    Attributes
    ----------
    values : Array
        (sets, n, q), q = d + 1.
    """

    values: Array

    def scores(self, loss: Loss, label: float, theta: Vector) -> Scores:
        """Of these rows with a label at θ, (q,)."""
        if isinstance(loss, SquaredLoss) and self.values.shape[2] <= _LARGEST:
            return _SquaredScores(self, theta - label * np.eye(theta.shape[0])[-1])
        return _RowScores(self.values, loss, label, theta)

    @lazy
    def means(self) -> Array:
        """Mean of x in every set, (sets, d)."""
        return np.asarray(self.values[..., :-1].mean(axis=1))

    @lazy
    def variance(self) -> float:
        """Mean over sets of the total variance of x within a set."""
        return float(self.values[..., :-1].var(axis=1, ddof=1).mean(axis=0).sum())

    @lazy
    def seconds(self) -> Array:
        """Mean of zzᵀ in every set, (sets, q, q)."""
        return np.asarray(np.swapaxes(self.values, 1, 2) @ self.values / self.values.shape[1])

    @lazy
    def second(self) -> Matrix:
        """E zzᵀ, (q, q)."""
        return np.asarray(self.seconds.mean(axis=0))

    @lazy
    def fourth(self) -> Matrix:
        """E vec(zzᵀ) vec(zzᵀ)ᵀ, (q², q²)."""
        size = self.values.shape[2]
        rows, (left, right) = self.values.reshape(-1, size), np.triu_indices(size)
        total: Matrix = np.zeros((left.size, left.size))
        for first in range(0, rows.shape[0], _TILE):
            tile = rows[first : first + _TILE]
            pairs = tile[:, left] * tile[:, right]
            total += pairs.T @ pairs
        place = np.zeros((size, size), dtype=np.int64)
        place[left, right] = place[right, left] = np.arange(left.size)
        return np.asarray(total[np.ix_(place.ravel(), place.ravel())] / rows.shape[0])


@dataclass(frozen=True, eq=False)
class _SquaredScores:
    """Scores 2(zᵀa)z of rows z = (x, 1), a = θ − y e_q: everything is a moment of z."""

    rows: PilotRows
    residual: Vector

    @property
    def means(self) -> Array:
        return np.asarray(2.0 * (self.rows.seconds @ self.residual))

    @property
    def mean_slope(self) -> float:
        return float(2.0 * self.rows.second[-1] @ self.residual)

    @property
    def mean_bend(self) -> Vector:
        return np.asarray(2.0 * self.rows.second[-1])

    @property
    def hessian(self) -> Matrix:
        return 2.0 * self.rows.second

    @property
    def within(self) -> Matrix:
        _, rows, size = self.rows.values.shape
        square = 4.0 * (self.rows.fourth @ np.outer(self.residual, self.residual).ravel()).reshape(size, size)
        return _inside(square, self.means, rows)


@dataclass(frozen=True, eq=False)
class _RowScores:
    """Scores of any loss, by passes over the rows."""

    rows: Array
    loss: Loss
    label: float
    theta: Vector

    @lazy
    def _linear(self) -> Array:
        return np.asarray(self.rows @ self.theta)

    @lazy
    def _slopes(self) -> Array:
        return self.loss.slope(self._linear, self.label)

    @lazy
    def _bends(self) -> Array:
        return self.loss.curvature(self._linear, self.label)

    @lazy
    def means(self) -> Array:
        return np.asarray((self._slopes[:, None, :] @ self.rows)[:, 0] / self.rows.shape[1])

    @property
    def mean_slope(self) -> float:
        return float(self._slopes.mean())

    @property
    def mean_bend(self) -> Vector:
        return np.asarray(self._bends.ravel() @ self._flat / self._bends.size)

    @property
    def hessian(self) -> Matrix:
        return self._mean_square(np.sqrt(self._bends))

    @property
    def within(self) -> Matrix:
        return _inside(self._mean_square(self._slopes), self.means, self.rows.shape[1])

    @property
    def _flat(self) -> Array:
        return self.rows.reshape(-1, self.rows.shape[2])

    def _mean_square(self, factors: Array) -> Matrix:
        """Mean of (cz)(cz)ᵀ, (q, q)."""
        rows, column = self._flat, factors.reshape(-1, 1)
        total: Matrix = np.zeros((rows.shape[1], rows.shape[1]))
        for first in range(0, rows.shape[0], _TILE):
            tile = column[first : first + _TILE] * rows[first : first + _TILE]
            total += tile.T @ tile
        return np.asarray(total / rows.shape[0])


def _inside(square: Matrix, means: Array, rows: int) -> Matrix:
    """The mean covariance within sets of n rows, from their mean square and the sets' means."""
    return np.asarray((square - means.T @ means / means.shape[0]) * (rows / (rows - 1)))
