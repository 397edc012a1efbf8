"""Exact nearest neighbours among the rows of each replication."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import kernel


@kernel
def nearest_neighbours(rows: NDArray[np.float64], out: NDArray[np.int64]) -> None:
    """Fill ``out`` (B, n, k) with the k nearest other rows of each row, nearest first, ties to the lower number.

    Parameters
    ----------
    rows : array
        (B, n, d), n > k.
    out : array of int64
        (B, n, k), filled.
    """
    count, dimension, wanted = rows.shape[1], rows.shape[2], out.shape[2]
    columns = np.empty((dimension, count))
    squares = np.empty(count)
    best = np.empty(wanted)
    for r in range(rows.shape[0]):
        for i in range(count):
            for j in range(dimension):
                columns[j, i] = rows[r, i, j]
        for i in range(count):
            squares[:] = 0.0
            for j in range(dimension):  # column by column: the inner loop runs over rows and vectorises
                centre, column = rows[r, i, j], columns[j]
                for other in range(count):
                    gap = column[other] - centre
                    squares[other] += gap * gap
            squares[i] = np.inf
            found = out[r, i]
            best[:] = np.inf
            found[:] = 0  # kept only where a coordinate is not a number
            for other in range(count):
                square = squares[other]
                if square < best[wanted - 1]:
                    place = wanted - 1
                    while place > 0 and square < best[place - 1]:
                        best[place] = best[place - 1]
                        found[place] = found[place - 1]
                        place -= 1
                    best[place] = square
                    found[place] = other
