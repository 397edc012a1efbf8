"""Averages over several synthetic sets, and what random copies of the seeds cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Array


def averaged_error(one: ArrayLike, two: ArrayLike, sets: ArrayLike) -> Array:
    """Mean square error of the mean of m exchangeable predictions, from those of one and of two.

    MSE_m = MSE_1 − 2(1 − 1/m)(MSE_1 − MSE_2) [P: Räisä & Honkela, 2402.03985]. It is exact: with A = E(p_1 − y)² and
    C = E(p_1 − y)(p_2 − y), MSE_m = A/m + (1 − 1/m)C, and m = 2 gives C = 2 MSE_2 − A. [D]

    Parameters
    ----------
    one, two : array
        MSE_1 and MSE_2.
    sets : array
        m ≥ 1.

    Returns
    -------
    Array
        MSE_m, of the arrays' common shape.

    Examples
    --------
    >>> averaged_error(2.0, 1.5, [1, 2, 4]).tolist()
    [2.0, 1.5, 1.25]
    """
    first, second = np.asarray(one, dtype=np.float64), np.asarray(two, dtype=np.float64)
    return np.asarray(first - 2.0 * (1.0 - 1.0 / np.asarray(sets, dtype=np.float64)) * (first - second))


def replication_inflation(rate: ArrayLike, sets: ArrayLike = 1) -> Array:
    """Variance of the minority's mean score when rows are copied at random, over that with equal weights.

    Row i counts 1 + N_i with N_i ~ Poisson(λ), λ = ñ/n1: Var Σ(1 + N_i)s_i/(n1(1 + λ)) = Σ_1/n1 · (1 + λ/(1 + λ)²), at
    most 5/4, at λ = 1; the mean of m fits has 1 + λ/(m(1 + λ)²). [D]

    Parameters
    ----------
    rate : array
        λ = ñ/n1 ≥ 0, copies a row.
    sets : array
        m ≥ 1.

    Examples
    --------
    >>> float(replication_inflation(1.0)), float(replication_inflation(1.0, sets=4))
    (1.25, 1.0625)
    """
    copies = np.asarray(rate, dtype=np.float64)
    return np.asarray(1.0 + copies / (np.asarray(sets, dtype=np.float64) * (1.0 + copies) ** 2))
