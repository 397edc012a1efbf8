"""Shapes that turn uniforms and normals into the rows of a law."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.tile import WIDTH, add_tile, start_tile


@kernel
def centre_uniforms(rows: NDArray[np.float64]) -> None:
    """Map uniforms on [0, 1) to mean zero and variance one, in place, (B, m)."""
    for r in range(rows.shape[0]):
        row = rows[r]
        for i in range(row.shape[0]):
            row[i] = (row[i] - 0.5) * 3.4641016151377544  # √12


@kernel
def sign_uniforms(rows: NDArray[np.float64]) -> None:
    """Map uniforms on [0, 1) to signs ±1, in place, (B, m)."""
    for r in range(rows.shape[0]):
        row = rows[r]
        for i in range(row.shape[0]):
            row[i] = 1.0 if row[i] < 0.5 else -1.0


@kernel
def project_to_sphere(rows: NDArray[np.float64]) -> None:
    """Scale each row to length √d, in place, (B, n, d)."""
    dimension = rows.shape[2]
    for r in range(rows.shape[0]):
        for i in range(rows.shape[1]):
            square = 0.0
            for j in range(dimension):
                square += rows[r, i, j] * rows[r, i, j]
            factor = sqrt(dimension / square)
            for j in range(dimension):
                rows[r, i, j] *= factor


@kernel
def add_to_rows(rows: NDArray[np.float64], mean: NDArray[np.float64]) -> None:
    """Add a vector to every row, in place; rows (B, n, d), mean (B, d)."""
    for r in range(rows.shape[0]):
        for i in range(rows.shape[1]):
            for j in range(rows.shape[2]):
                rows[r, i, j] += mean[r, j]


@kernel
def affine_rows(
    noise: NDArray[np.float64], mean: NDArray[np.float64], factor: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Fill ``out`` with mean + factor · noise, row by row.

    Parameters
    ----------
    noise, out : arrays
        (B, n, d).
    mean : array
        (B, d).
    factor : array
        (B, d, d).
    """
    count, dimension = noise.shape[1], noise.shape[2]
    stride = -(-dimension // WIDTH) * WIDTH
    turned, centre = np.zeros(dimension * stride), np.zeros(stride)
    steps = np.zeros(stride, dtype=np.int64)
    last = np.zeros(WIDTH * dimension)
    block = np.empty(WIDTH * dimension + WIDTH)
    for r in range(noise.shape[0]):
        steps[:] = 0
        for a in range(dimension):
            centre[a] = mean[r, a]
            for b in range(dimension):
                turned[b * stride + a] = factor[r, a, b]
                if factor[r, a, b] != 0.0:  # a triangular factor needs half the work
                    steps[a // WIDTH] = max(steps[a // WIDTH], b + 1)
        source, target = noise[r].reshape(-1), out[r].reshape(-1)
        for start in range(0, count * dimension, WIDTH * dimension):
            here = min(WIDTH * dimension, count * dimension - start)
            whole = here == WIDTH * dimension
            if not whole:
                for i in range(here):
                    last[i] = source[start + i]
            for c in range(stride - WIDTH, -1, -WIDTH):  # from the right: a tile may spill into the next row's first
                start_tile(centre, c, block, c, dimension)
                add_tile(source if whole else last, start if whole else 0, 1, dimension,
                         turned, c, stride, steps[c // WIDTH], block, c, dimension)  # fmt: skip
            piece = target[start : start + here]
            for i in range(here):
                piece[i] = block[i]


@kernel
def pick_rows(rows: NDArray[np.float64], places: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Fill ``out`` (B, m, d) with rows chosen with replacement from ``rows`` (B, n, d) by uniforms (B, m)."""
    count = rows.shape[1]
    for r in range(rows.shape[0]):
        for i in range(out.shape[1]):
            place = int(places[r, i] * count)
            for j in range(rows.shape[2]):
                out[r, i, j] = rows[r, place, j]


@inlined
def segments(
    rows: NDArray[np.float64], near: NDArray[np.int64], uniforms: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """SMOTE rows of one replication: seeds (n, d), neighbours (n, k), uniforms (m, 3), out (m, d)."""
    count, neighbours = near.shape
    for i in range(out.shape[0]):
        seed = int(uniforms[i, 0] * count)
        other = near[seed, int(uniforms[i, 1] * neighbours)]
        weight = uniforms[i, 2]
        for j in range(out.shape[1]):
            out[i, j] = rows[seed, j] + weight * (rows[other, j] - rows[seed, j])


@kernel
def take_rows(rows: NDArray[np.float64], places: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    """Fill ``out`` (B, m, d) with the rows of ``rows`` (B, n, d) at ``places`` (B, m)."""
    for r in range(rows.shape[0]):
        for i in range(out.shape[1]):
            for j in range(rows.shape[2]):
                out[r, i, j] = rows[r, places[r, i], j]


@kernel
def split_places(
    order: NDArray[np.int64], first: int, stop: int, outside: NDArray[np.int64], inside: NDArray[np.int64]
) -> None:
    """Sort the numbers 0, …, n − 1 into those at ``order[:, first:stop]`` and the others, each increasing.

    Parameters
    ----------
    order : array of int64
        (B, n), a permutation each.
    first, stop : int
        0 ≤ first ≤ stop ≤ n.
    outside, inside : arrays of int64
        (B, n − m) and (B, m), m = stop − first, filled.
    """
    chosen = np.empty(order.shape[1], dtype=np.bool_)
    for r in range(order.shape[0]):
        chosen[:] = False
        for i in range(first, stop):
            chosen[order[r, i]] = True
        left, right = 0, 0
        for i in range(chosen.shape[0]):
            if chosen[i]:
                inside[r, right] = i
                right += 1
            else:
                outside[r, left] = i
                left += 1


@kernel
def interpolate_rows(
    rows: NDArray[np.float64], near: NDArray[np.int64], uniforms: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """SMOTE rows x_i + λ(x_j − x_i): i uniform over the seeds, j uniform over i's neighbours, λ ~ U(0, 1).

    Parameters
    ----------
    rows : array
        (B, n, d) seeds.
    near : array of int64
        (B, n, k) neighbours of each seed.
    uniforms : array
        (B, m, 3): choice of i, of j, and λ.
    out : array
        (B, m, d), filled.
    """
    for r in range(rows.shape[0]):
        segments(rows[r], near[r], uniforms[r], out[r])


@inlined
def _all_diagonal(factors: NDArray[np.float64]) -> bool:
    """Whether every factor (K, d, d) is diagonal."""
    diagonal = True
    for k in range(factors.shape[0]):
        for a in range(factors.shape[1]):
            for b in range(factors.shape[1]):
                diagonal &= a == b or factors[k, a, b] == 0.0
    return diagonal


@inlined
def _map_row(mean: NDArray[np.float64], factor: NDArray[np.float64], row: NDArray[np.float64],
             room: NDArray[np.float64]) -> None:  # fmt: skip
    """Overwrite a row of noise by mean + factor · noise."""
    for j in range(row.shape[0]):
        room[j] = mean[j]
    for m in range(row.shape[0]):
        for j in range(row.shape[0]):
            room[j] += factor[j, m] * row[m]
    for j in range(row.shape[0]):
        row[j] = room[j]


@kernel
def mixture_rows(
    rows: NDArray[np.float64],
    choice: NDArray[np.float64],
    edges: NDArray[np.float64],
    means: NDArray[np.float64],
    factors: NDArray[np.float64],
) -> None:
    """Turn noise into rows of a mixture, in place: mean_k + factor_k · noise with k by the uniform ``choice``.

    Parameters
    ----------
    rows : array
        (B, n, d) noise, overwritten.
    choice : array
        (B, n) uniforms.
    edges : array
        (K,) running sums of the weights.
    means, factors : arrays
        (K, d) and (K, d, d); diagonal factors, the common case, are applied as such.
    """
    components, dimension = means.shape
    room, diagonal = np.empty(dimension), _all_diagonal(factors)
    for r in range(rows.shape[0]):
        for i in range(rows.shape[1]):
            k = 0
            while k < components - 1 and choice[r, i] >= edges[k]:  # the last edge may round below one
                k += 1
            if diagonal:
                for j in range(dimension):
                    rows[r, i, j] = means[k, j] + factors[k, j, j] * rows[r, i, j]
            else:
                _map_row(means[k], factors[k], rows[r, i], room)
