"""Sums of squares of standard normal rows, drawn themselves: exact in law, at a cost that does not grow with the rows.

For independent rows ξ_1, …, ξ_m ~ N(0, I_d) with mean ξ̄ the scatter W = Σ (ξ_i − ξ̄)(ξ_i − ξ̄)ᵀ is independent of
ξ̄ ~ N(0, I/m) and Wishart with m − 1 degrees of freedom. Bartlett (1933): W = LLᵀ with L lower triangular and
independent entries, L_jk ~ N(0, 1) for j > k and L_jj² ~ χ² with m − j degrees of freedom, j = 1, …, d. Then

    Σ (ξ_i, 1)(ξ_i, 1)ᵀ = [W + m ξ̄ξ̄ᵀ, m ξ̄; m ξ̄ᵀ, m].

Fewer than 2d rows are drawn one by one. Sums along growing sizes add independent sums of the rows between.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.special import chdtri

from synththeory.arrays import Array, Integers


class Draws(Protocol):
    """Named uniforms and normals of a block of replications."""

    def uniforms(self, purpose: str, *shape: int) -> Array:
        """Uniforms on [0, 1), (B, *shape)."""

    def normals(self, purpose: str, *shape: int) -> Array:
        """Standard normals, (B, *shape)."""


def normal_sums(draws: Draws, purpose: str, dimension: int, sizes: Integers) -> Array:
    """Σ (ξ, 1)(ξ, 1)ᵀ over growing numbers of standard normal rows, of which no more than a few are drawn.

    Parameters
    ----------
    draws : Draws
        Named draws.
    purpose : str
        Begins the names.
    dimension : int
        d ≥ 1.
    sizes : Integers
        (B, S), not decreasing along S, the same in every replication.

    Returns
    -------
    Array
        (B, S, d + 1, d + 1).
    """
    steps = np.diff(sizes[0], prepend=0)
    parts = [_sum(draws, f"{purpose}/{place}", dimension, int(step)) for place, step in enumerate(steps)]
    return np.cumsum(np.stack([np.broadcast_to(part, (len(sizes), *part.shape[1:])) for part in parts], axis=1), axis=1)


def _sum(draws: Draws, purpose: str, dimension: int, count: int) -> Array:
    """The sum over one stretch of rows, (B, d + 1, d + 1)."""
    if count == 0:
        return np.zeros((1, dimension + 1, dimension + 1))
    if count < 2 * dimension:
        rows = draws.normals(purpose, count, dimension)
        rows = np.concatenate([rows, np.ones((*rows.shape[:2], 1))], axis=2)
        return np.asarray(np.swapaxes(rows, 1, 2) @ rows)
    factor = np.tril(draws.normals(f"{purpose}/below", dimension, dimension), -1)
    tails = 1.0 - draws.uniforms(f"{purpose}/diagonal", dimension)
    places = np.arange(dimension)
    factor[:, places, places] = np.sqrt(chdtri(count - 1.0 - places, tails))
    mean = draws.normals(f"{purpose}/mean", dimension) / np.sqrt(count)
    out = np.empty((len(mean), dimension + 1, dimension + 1))
    out[:, :-1, :-1] = factor @ np.swapaxes(factor, 1, 2) + count * mean[:, :, None] * mean[:, None, :]
    out[:, :-1, -1] = out[:, -1, :-1] = count * mean
    out[:, -1, -1] = count
    return out
