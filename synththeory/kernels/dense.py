"""Small dense matrices of one data set, worked on in place."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import OK, SINGULAR, factorise
from synththeory.kernels.compile import inlined

_NEARLY_DEPENDENT = 1e-11
_NOTHING = 1e-14

Array = NDArray[np.float64]


@inlined
def factorised(matrix: Array, diagonal: Array) -> int:
    """Cholesky's upper factor in place; singular, in whatever units, where a pivot is a tiny share of its diagonal."""
    size = matrix.shape[0]
    for j in range(size):
        diagonal[j] = matrix[j, j]
    code = factorise(matrix)
    for j in range(size):
        if code == OK and not matrix[j, j] * matrix[j, j] * diagonal[j] * _NEARLY_DEPENDENT < 1.0:
            code = SINGULAR
    return code


@inlined
def forward(factor: Array, vectors: Array) -> None:
    """Overwrite the columns of ``vectors`` by U⁻ᵀ times them, U the upper factor with inverted pivots."""
    for j in range(vectors.shape[0]):
        for c in range(vectors.shape[1]):
            vectors[j, c] *= factor[j, j]
        for i in range(j + 1, vectors.shape[0]):
            for c in range(vectors.shape[1]):
                vectors[i, c] -= factor[j, i] * vectors[j, c]


@inlined
def root(matrix: Array) -> None:
    """Overwrite the upper triangle of a positive semidefinite matrix by its factor; a row without a pivot is zero."""
    size = matrix.shape[0]
    for j in range(size):
        whole = matrix[j, j]
        for k in range(j):
            whole += matrix[k, j] * matrix[k, j]
        pivot = 1.0 / sqrt(matrix[j, j]) if matrix[j, j] > _NOTHING * whole else 0.0
        for i in range(j, size):
            matrix[j, i] *= pivot
        for k in range(j + 1, size):
            for i in range(k, size):
                matrix[k, i] -= matrix[j, k] * matrix[j, i]


@inlined
def add_congruent(turn: Array, matrix: Array, scale: float, half: Array, out: Array) -> None:
    """Add T M Tᵀ · scale, M symmetric."""
    size = turn.shape[0]
    for a in range(size):
        half[a] = 0.0
        for k in range(size):
            for b in range(size):
                half[a, b] += turn[a, k] * matrix[k, b]
    for a in range(size):
        for b in range(a + 1):
            total = 0.0
            for k in range(size):
                total += half[a, k] * turn[b, k]
            out[a, b] += scale * total
            out[b, a] = out[a, b]


@inlined
def scale_matrix(matrix: Array, factor: float) -> None:
    """Multiply every entry, in place."""
    for a in range(matrix.shape[0]):
        for b in range(matrix.shape[1]):
            matrix[a, b] *= factor


@inlined
def quadratic(factor: Array, vector: Array, solved: Array) -> float:
    """vᵀM⁻¹v from the factor of M."""
    column, total = solved[0], 0.0
    for j in range(vector.shape[0]):
        column[j] = vector[j]
    for j in range(vector.shape[0]):
        column[j] *= factor[j, j]
        total += column[j] * column[j]
        for i in range(j + 1, vector.shape[0]):
            column[i] -= factor[j, i] * column[j]
    return total
