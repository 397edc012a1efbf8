"""A Gaussian mixture with full covariances fitted to a few rows, by expectation–maximisation."""

from __future__ import annotations

from math import exp, log

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import OK, factorise
from synththeory.kernels.compile import inlined, kernel

_LOG_TWO_PI = 1.8378770664093453


@inlined
def _square_distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """|x − y|²."""
    square = 0.0
    for j in range(one.shape[0]):
        gap = one[j] - other[j]
        square += gap * gap
    return square


@inlined
def _seeds(rows: NDArray[np.float64], picks: NDArray[np.float64], chances: NDArray[np.float64]) -> None:
    """Responsibilities (n, K) of 0 and 1: every row to the nearest of K rows chosen as k-means++ does."""
    count, components = chances.shape
    nearest, owner = np.full(count, np.inf), np.zeros(count, dtype=np.int64)
    chosen = min(int(picks[0] * count), count - 1)
    for k in range(components):
        for i in range(count):
            distance = _square_distance(rows[i], rows[chosen])
            if distance < nearest[i]:
                nearest[i] = distance
                owner[i] = k
        if k + 1 < components:
            target, running, chosen = 0.0, 0.0, 0
            for i in range(count):
                target += nearest[i]
            target *= picks[k + 1]
            for i in range(count):
                running += nearest[i]
                if nearest[i] > 0.0:
                    chosen = i
                if running > target:
                    break
    chances[:] = 0.0
    for i in range(count):
        chances[i, owner[i]] = 1.0


@inlined
def _add_covariance(
    rows: NDArray[np.float64], shares: NDArray[np.float64], mass: float, mean: NDArray[np.float64],
    gap: NDArray[np.float64], covariance: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add Σ (shares/mass)(x − mean)(x − mean)ᵀ, its upper triangle."""
    for i in range(rows.shape[0]):
        share = shares[i] / mass
        if share > 0.0:
            for a in range(gap.shape[0]):
                gap[a] = rows[i, a] - mean[a]
            for a in range(gap.shape[0]):
                scaled = share * gap[a]
                for b in range(a, gap.shape[0]):
                    covariance[a, b] += scaled * gap[b]


@inlined
def _maximise(
    rows: NDArray[np.float64],
    chances: NDArray[np.float64],
    jitter: float,
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    covariances: NDArray[np.float64],
) -> None:
    """Weights, means and upper triangles of covariances from responsibilities."""
    count, dimension = rows.shape
    gap = np.empty(dimension)
    means[:] = 0.0
    covariances[:] = 0.0
    for k in range(weights.shape[0]):
        mass = 2.220446049250313e-15
        for i in range(count):
            mass += chances[i, k]
            for j in range(dimension):
                means[k, j] += chances[i, k] * rows[i, j]
        weights[k] = mass / count
        for j in range(dimension):
            means[k, j] /= mass
        _add_covariance(rows, chances[:, k], mass, means[k], gap, covariances[k])
        for a in range(dimension):
            covariances[k, a, a] += jitter
    total = 0.0
    for k in range(weights.shape[0]):
        total += weights[k]
    for k in range(weights.shape[0]):
        weights[k] /= total


@inlined
def _expect(
    rows: NDArray[np.float64],
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    factors: NDArray[np.float64],
    chances: NDArray[np.float64],
) -> float:
    """Responsibilities from weights, means and factorised covariances; returns the mean log-likelihood."""
    count, dimension = rows.shape
    constants, gap, total = np.empty(weights.shape[0]), np.empty(dimension), 0.0
    for k in range(weights.shape[0]):
        constants[k] = log(weights[k]) - 0.5 * dimension * _LOG_TWO_PI
        for j in range(dimension):
            constants[k] += log(factors[k, j, j])  # the pivots are inverted
    for i in range(count):
        largest = -np.inf
        for k in range(weights.shape[0]):
            square = 0.0
            for j in range(dimension):
                gap[j] = rows[i, j] - means[k, j]
            for j in range(dimension):
                value = gap[j] * factors[k, j, j]
                square += value * value
                for b in range(j + 1, dimension):
                    gap[b] -= factors[k, j, b] * value
            chances[i, k] = constants[k] - 0.5 * square
            largest = max(largest, chances[i, k])
        mass = 0.0
        for k in range(weights.shape[0]):
            chances[i, k] = exp(chances[i, k] - largest)
            mass += chances[i, k]
        for k in range(weights.shape[0]):
            chances[i, k] /= mass
        total += largest + log(mass)
    return float(total / count)


@kernel
def fit_mixtures(
    rows: NDArray[np.float64],
    picks: NDArray[np.float64],
    jitter: float,
    tolerance: float,
    steps: int,
    weights: NDArray[np.float64],
    means: NDArray[np.float64],
    factors: NDArray[np.float64],
) -> None:
    """Fit Σ_k weight_k N(mean_k, covariance_k) to the rows of every replication.

    Parameters
    ----------
    rows : array
        (B, n, d).
    picks : array
        (B, K) uniforms that choose the first centres.
    jitter : float
        Added to the diagonal of every covariance.
    tolerance : float
        The iteration ends when the mean log-likelihood changes by less.
    steps : int
        Most iterations.
    weights, means, factors : arrays
        (B, K), (B, K, d), (B, K, d, d): filled; a factor is lower triangular with factor · factorᵀ the covariance, NaN
        where that is not positive definite.
    """
    count, dimension, components = rows.shape[1], rows.shape[2], weights.shape[1]
    chances, matrices = np.empty((count, components)), np.empty((components, dimension, dimension))
    for r in range(rows.shape[0]):
        _seeds(rows[r], picks[r], chances)
        before, healthy, done = -np.inf, True, False
        for step in range(steps + 1):
            _maximise(rows[r], chances, jitter, weights[r], means[r], matrices)
            for k in range(components):
                healthy &= factorise(matrices[k]) == OK
            if not healthy or done or step == steps:
                break
            value = _expect(rows[r], weights[r], means[r], matrices, chances)
            done = abs(value - before) < tolerance
            before = value
        for k in range(components):
            for a in range(dimension):
                for b in range(dimension):
                    factors[r, k, b, a] = matrices[k, a, b] if b > a else 0.0
                factors[r, k, a, a] = 1.0 / matrices[k, a, a] if healthy else np.nan
