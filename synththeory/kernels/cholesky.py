"""Small symmetric positive definite systems, one a replication and size."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined, kernel

OK, SINGULAR, NOT_FINITE = 0, 1, 2
_TINY = 2.220446049250313e-16 * 8.0  # a pivot below this share of its diagonal entry has no correct digit


@inlined
def factorise(matrix: NDArray[np.float64]) -> int:
    """Overwrite the upper triangle by its Cholesky factor, pivots inverted. Returns a status code."""
    size = matrix.shape[0]
    for j in range(size):
        diagonal = matrix[j, j]
        for k in range(j):
            diagonal -= matrix[k, j] * matrix[k, j]
        if not diagonal > matrix[j, j] * _TINY:
            return SINGULAR if np.isfinite(diagonal) else NOT_FINITE
        pivot = 1.0 / sqrt(diagonal)
        for k in range(j):
            factor = matrix[k, j]
            for i in range(j + 1, size):
                matrix[j, i] -= factor * matrix[k, i]
        matrix[j, j] = pivot
        for i in range(j + 1, size):
            matrix[j, i] *= pivot
    return OK


@inlined
def substitute(matrix: NDArray[np.float64], vector: NDArray[np.float64]) -> None:
    """Overwrite ``vector`` by the solution of the factorised system."""
    size = vector.shape[0]
    for j in range(size):
        vector[j] *= matrix[j, j]
        for i in range(j + 1, size):
            vector[i] -= matrix[j, i] * vector[j]
    for j in range(size - 1, -1, -1):
        for i in range(j + 1, size):
            vector[j] -= matrix[j, i] * vector[i]
        vector[j] *= matrix[j, j]


@kernel
def least_squares_path(
    base: NDArray[np.float64],
    steps: NDArray[np.float64],
    ridge: float,
    coefficients: NDArray[np.float64],
    status: NDArray[np.uint8],
) -> None:
    """Least squares at every synthetic size from Gram matrices of rows (x, 1, y).

    Parameters
    ----------
    base : array
        (B, 1, d + 2, d + 2), the real rows.
    steps : array
        (B, S, d + 2, d + 2), the first synthetic rows at each size.
    ridge : float
        Added to the diagonal of ZᵀWZ (not for the intercept).
    coefficients : array
        (B, S, p), p = d or d + 1 (intercept last): filled with the solution, NaN where there is none.
    status : array of uint8
        (B, S): filled with status codes.
    """
    size, slopes = coefficients.shape[2], base.shape[2] - 2
    matrix, vector = np.empty((size, size)), np.empty(size)
    for r in range(base.shape[0]):
        for s in range(steps.shape[1]):
            for a in range(size):
                vector[a] = base[r, 0, a, slopes + 1] + steps[r, s, a, slopes + 1]
                for b in range(a, size):
                    matrix[a, b] = base[r, 0, a, b] + steps[r, s, a, b]
                if a < slopes:
                    matrix[a, a] += ridge
            code = factorise(matrix)
            if code == OK:
                substitute(matrix, vector)
            finite = True
            for a in range(size):
                finite &= np.isfinite(vector[a])
            if code == OK and not finite:
                code = NOT_FINITE
            status[r, s] = code
            for a in range(size):
                coefficients[r, s, a] = vector[a] if code == OK else np.nan
