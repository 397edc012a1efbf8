"""Mean scores of a pilot's rows at any θ: passes over the rows, or for squared loss their moments, summed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.lazy import lazy
from synththeory.losses import Loss, SquaredLoss

_TILE = 2048  # rows whose weighted copy stays in the cache
_LARGEST = 21  # q: beyond, the fourth moments take longer than the passes that a curve makes
_TURNED = 16  # q: beyond, a set's second moments are more numbers than there are sets


class Scores(Protocol):
    """Scores ∂ℓ/∂f z of rows z, (sets, n, q), that carry one label."""

    @property
    def mean(self) -> Vector:
        """E of the score, (q,)."""

    @property
    def deviations(self) -> Array:
        """(k, q), whose products, summed over k, are the covariances over sets of a set's mean score."""

    @property
    def places(self) -> Array:
        """The same of a set's mean of z."""

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

    @lazy
    def places(self) -> Array:
        """Deviations of the sets' means of z, (sets, q)."""
        return _spread(self.values.mean(axis=1))

    @lazy
    def variance(self) -> float:
        """Mean over sets of the total variance of x within a set."""
        return float(self.values[..., :-1].var(axis=1, ddof=1).mean(axis=0).sum())

    @lazy
    def second(self) -> Matrix:
        """E zzᵀ, (q, q)."""
        rows = self.values.reshape(-1, self.values.shape[2])
        return np.asarray(rows.T @ rows / rows.shape[0])

    def weighted_second(self, theta: Vector) -> Matrix:
        """E (zᵀθ)² zzᵀ, (q, q)."""
        size = theta.shape[0]
        if size <= _LARGEST:
            return np.asarray(self.fourth @ np.outer(theta, theta).ravel()).reshape(size, size)
        rows = self.values.reshape(-1, size)
        return _mean_square(rows, rows @ theta)

    @lazy
    def fourth(self) -> Matrix:
        """E vec(zzᵀ) vec(zzᵀ)ᵀ, (q², q²)."""
        size = self.values.shape[2]
        rows, (left, right) = self.values.reshape(-1, size), np.triu_indices(size)
        total: Matrix = np.zeros((left.size, left.size))
        products = np.empty((left.size, _TILE))
        for first in range(0, rows.shape[0], _TILE):
            tile = np.ascontiguousarray(rows[first : first + _TILE].T)
            pairs, end = products[:, : tile.shape[1]], 0
            for k in range(size):
                start, end = end, end + size - k
                np.multiply(tile[k], tile[k:], out=pairs[start:end])
            total += pairs @ pairs.T
        place = np.zeros((size, size), dtype=np.int64)
        place[left, right] = place[right, left] = np.arange(left.size)
        return np.asarray(total[np.ix_(place.ravel(), place.ravel())] / rows.shape[0])


@dataclass(frozen=True, eq=False)
class _SquaredScores:
    """Scores 2(zᵀa)z of rows z = (x, 1), a = θ − y e_q: everything is a moment of z.

    ``seconds``, (k, q, q), are to the mean of zzᵀ what ``deviations`` are to that of the scores.
    """

    rows: PilotRows
    seconds: Array
    residual: Vector

    @property
    def mean(self) -> Vector:
        return np.asarray(2.0 * self.rows.second @ self.residual)

    @lazy
    def deviations(self) -> Array:
        return np.asarray(2.0 * (self.seconds @ self.residual))

    @property
    def places(self) -> Array:
        return self.seconds[..., -1]

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
        return _inside(4.0 * self.rows.weighted_second(self.residual), self, self.rows.values.shape)


@dataclass(frozen=True, eq=False)
class RowScores:
    """Scores of any loss, by passes over the rows.

    Attributes
    ----------
    source : PilotRows
        (sets, n, q).
    loss, label, theta
        Whose, for which response, where, (q,).
    """

    source: PilotRows
    loss: Loss
    label: float
    theta: Vector

    @property
    def rows(self) -> Array:
        """z, (sets, n, q)."""
        return self.source.values

    @lazy
    def _linear(self) -> Array:
        return np.asarray(self.rows @ self.theta)

    @lazy
    def slopes(self) -> Array:
        """∂ℓ/∂f of every row, (sets, n)."""
        return self.loss.slope(self._linear, self.label)

    @lazy
    def _bends(self) -> Array:
        return self.loss.curvature(self._linear, self.label)

    @lazy
    def _means(self) -> Array:
        """Of every set's scores, (sets, q), a few sets at a time: what is made of them stays in the cache."""
        sets, count, size = self.rows.shape
        found, some = np.empty((sets, size)), -(-_TILE // count)
        for first in range(0, sets, some):
            rows = self.rows[first : first + some]
            slopes = self.loss.slope(rows @ self.theta, self.label)
            found[first : first + some] = (slopes[:, None, :] @ rows)[:, 0]
        return np.asarray(found / count)

    @property
    def mean(self) -> Vector:
        """E of the score, (q,)."""
        return np.asarray(self._means.mean(axis=0))

    @lazy
    def deviations(self) -> Array:
        """As of `Scores`, one a set."""
        return _spread(self._means)

    @property
    def places(self) -> Array:
        """As of `Scores`, one a set."""
        return self.source.places

    @property
    def mean_slope(self) -> float:
        """E ∂ℓ/∂f."""
        return float(self.slopes.mean())

    @property
    def mean_bend(self) -> Vector:
        """E ∂²ℓ/∂f² z, (q,)."""
        return np.asarray(self._bends.ravel() @ self._flat / self._bends.size)

    @property
    def hessian(self) -> Matrix:
        """E ∂²ℓ/∂f² zzᵀ, (q, q)."""
        return _mean_square(self._flat, np.sqrt(self._bends))

    @property
    def within(self) -> Matrix:
        """Mean covariance of the scores within a set, (q, q)."""
        return _inside(_mean_square(self._flat, self.slopes), self, self.rows.shape)

    @property
    def _flat(self) -> Array:
        return self.rows.reshape(-1, self.rows.shape[2])


def paired(
    seeds: PilotRows, synthetic: PilotRows, turned: Callable[[], tuple[Array, Array]], loss: Loss, label: float,
    theta: Vector,
) -> tuple[Scores, Scores]:  # fmt: skip
    """Scores of the synthetic rows and of the seeds with a label at θ, (q,); ``turned`` gives `seconds` of both."""
    if isinstance(loss, SquaredLoss):
        place, (own, made) = theta - label * np.eye(theta.shape[0])[-1], turned()
        return _SquaredScores(synthetic, made, place), _SquaredScores(seeds, own, place)
    return RowScores(synthetic, loss, label, theta), RowScores(seeds, loss, label, theta)


def seconds(seeds: PilotRows, synthetic: PilotRows) -> tuple[Array, Array]:
    """(k, q, q) of seeds and synthetic rows, whose joint products, summed over k, are covariances of means of zzᵀ.

    One a set; in few dimensions as many as there are entries, which have the same products.
    """
    both, size = (seeds.values, synthetic.values), seeds.values.shape[2]
    means = np.stack([np.swapaxes(rows, 1, 2) @ rows / rows.shape[1] for rows in both], axis=1)
    found = _spread(means)
    if size <= _TURNED:
        left, right = np.triu_indices(size)
        turned = np.linalg.qr(found[:, :, left, right].reshape(len(found), -1))[1]
        found = np.empty((len(turned), 2, size, size))
        found[:, :, left, right] = found[:, :, right, left] = turned.reshape(-1, 2, left.size)
    return np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])


def _spread(means: Array) -> Array:
    """Deviations of n independent means, (n, ...), whose products, summed, are the sample covariances."""
    return np.asarray((means - means.mean(axis=0)) / np.sqrt(means.shape[0] - 1.0))


def _mean_square(rows: Array, factors: Array) -> Matrix:
    """Mean of (cz)(cz)ᵀ, (q, q), of rows (n, q) and as many factors."""
    total: Matrix = np.zeros((rows.shape[1], rows.shape[1]))
    column, weighted = factors.reshape(-1, 1), np.empty((_TILE, rows.shape[1]))  # fresh pages take as long as products
    for first in range(0, rows.shape[0], _TILE):
        part = rows[first : first + _TILE]
        tile = np.multiply(column[first : first + _TILE], part, out=weighted[: part.shape[0]])
        total += tile.T @ tile
    return np.asarray(total / rows.shape[0])


def _inside(square: Matrix, scores: Scores, shape: tuple[int, ...]) -> Matrix:
    """The mean covariance within sets, from the mean square and the sets' means."""
    sets, rows, _ = shape
    between = np.outer(scores.mean, scores.mean) + (1.0 - 1.0 / sets) * scores.deviations.T @ scores.deviations
    return np.asarray((square - between) * (rows / (rows - 1)))
