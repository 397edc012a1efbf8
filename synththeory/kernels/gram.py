"""Nested weighted Gram matrices of extended rows (x, 1, y): all that least squares needs of a sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.tile import WIDTH, add_tile

_PANEL = 128  # rows packed at a time: panel and weighted panel stay in the first-level cache


@inlined
def _add_rows(
    rows: NDArray[np.float64],
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    first: int,
    last: int,
    padded: NDArray[np.float64],
    plain: NDArray[np.float64],
    weighted: NDArray[np.float64],
) -> None:
    dimension, stride = rows.shape[1], padded.shape[1]
    flat_plain, flat_weighted = plain.reshape(-1), weighted.reshape(-1)  # here: a reshape costs as much as a tile
    flat_sums = padded.reshape(-1)
    for start in range(first, last, _PANEL):
        count = min(_PANEL, last - start)
        unit = True
        for i in range(count):
            source, target = rows[start + i], plain[i]
            for j in range(dimension):
                target[j] = source[j]
            target[dimension] = 1.0
            target[dimension + 1] = labels[start + i]
            unit &= weights[start + i] == 1.0
        if not unit:
            for i in range(count):
                weight = weights[start + i]
                for j in range(dimension + 2):
                    weighted[i, j] = weight * plain[i, j]
        left = flat_plain if unit else flat_weighted
        for a in range(0, stride, WIDTH):
            for b in range(0, a + 1, WIDTH):
                add_tile(left, a, stride, 1, flat_plain, b, stride, count, flat_sums, a * stride + b, stride)


@kernel
def nested_gram(
    rows: NDArray[np.float64],
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    sizes: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Gram matrices of the first sizes[·, s] rows, cumulated along s.

    Parameters
    ----------
    rows, labels, weights : arrays
        (B, n, d), (B, n), (B, n).
    sizes : array of int64
        (B, S), not decreasing along S, each at most n.
    out : array
        (B, S, d + 2, d + 2), filled with Σ w z zᵀ, z = (x, 1, y), over the first sizes[·, s] rows.
    """
    width = rows.shape[2] + 2
    stride = -(-width // WIDTH) * WIDTH
    padded = np.zeros((stride, stride))
    plain, weighted = np.zeros((_PANEL, stride)), np.zeros((_PANEL, stride))
    for r in range(rows.shape[0]):
        padded[:] = 0.0
        first = 0
        for s in range(sizes.shape[1]):
            last = sizes[r, s]
            _add_rows(rows[r], labels[r], weights[r], first, last, padded, plain, weighted)
            first = last
            for a in range(width):
                for b in range(a + 1):
                    out[r, s, a, b] = padded[a, b]
                    out[r, s, b, a] = padded[a, b]
