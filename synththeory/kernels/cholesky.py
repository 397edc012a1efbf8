"""Small symmetric positive definite systems, one a replication and size."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.systems import eliminate
from synththeory.kernels.llvm.writer import LANES

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


@inlined
def _factorise_lanes(systems: NDArray[np.float64], size: int, codes: NDArray[np.uint8]) -> None:
    """Overwrite eight systems by their upper factors, pivots inverted, and their right sides b by L⁻¹b.

    Row j of ``systems``, flat entries of eight lanes, holds entries (j, 0), …, (j, size − 1) and b_j; after the last
    row comes an entry of ones. A lane whose pivot fails gets its code and zeros.
    """
    width, one = size + 1, size * (size + 1)
    before = np.empty(LANES)
    for j in range(size):
        diagonal = systems[(j * width + j) * LANES : (j * width + j + 1) * LANES]
        for lane in range(LANES):
            before[lane] = diagonal[lane]
        eliminate(systems, j * width + j, j, width, j, width, j, one)
        for lane in range(LANES):
            pivot = diagonal[lane]
            if codes[lane] == OK and not pivot > before[lane] * _TINY:
                codes[lane] = SINGULAR if np.isfinite(pivot) else NOT_FINITE
            diagonal[lane] = 1.0 / sqrt(pivot) if codes[lane] == OK else 0.0
        for i in range(j + 1, width):
            eliminate(systems, j * width + i, j, width, i, width, j, j * width + j)


@inlined
def _substitute_lanes(systems: NDArray[np.float64], size: int) -> None:
    """Overwrite the right sides of eight factorised systems by their solutions."""
    width = size + 1
    for j in range(size - 1, -1, -1):
        row, right = j * width, j * width + size
        eliminate(systems, right, row + j + 1, 1, right + width, width, size - 1 - j, row + j)


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
    points, size, slopes = steps.shape[1], coefficients.shape[2], base.shape[2] - 2
    systems, codes = np.ones((size * (size + 1) + 1) * LANES), np.empty(LANES, dtype=np.uint8)
    entries = systems[:-LANES].reshape(size, size + 1, LANES)
    total = base.shape[0] * points
    for start in range(0, total, LANES):
        for lane in range(LANES):
            r, s = divmod(min(start + lane, total - 1), points)  # the last group is filled up with its last system
            real, synthetic = base[r, 0], steps[r, s]
            for a in range(size):
                for b in range(a, size):
                    entries[a, b, lane] = real[a, b] + synthetic[a, b]
                entries[a, a, lane] += ridge if a < slopes else 0.0
                entries[a, size, lane] = real[a, slopes + 1] + synthetic[a, slopes + 1]
        codes[:] = OK
        _factorise_lanes(systems, size, codes)
        _substitute_lanes(systems, size)
        for lane in range(min(LANES, total - start)):
            r, s = divmod(start + lane, points)
            finite = True
            for a in range(size):
                finite &= np.isfinite(entries[a, size, lane])
            if codes[lane] == OK and not finite:
                codes[lane] = NOT_FINITE
            status[r, s] = codes[lane]
            for a in range(size):
                coefficients[r, s, a] = entries[a, size, lane] if codes[lane] == OK else np.nan
