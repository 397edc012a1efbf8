"""Nested sums Σ (x, 1)(x, 1)ᵀ of rows that are never kept: a panel is drawn, summed in the nearest cache, drawn over.

This is all that least squares asks of synthetic rows. A sum runs over the rows in their order, whatever the sizes and
panels, so a size has the same bits whatever sizes come before it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.draw import centre_uniforms, project_to_sphere, segments, sign_uniforms
from synththeory.kernels.llvm.tile import HALF, WIDTH, add_rows_tile, add_tile
from synththeory.kernels.random import HELD, STATE, next_normals, next_uniforms, seed_stream

CUBE, RADEMACHER, GAUSSIAN, SPHERE = 0, 1, 2, 3
_PANEL = 64  # rows at a time: a multiple of eight, so that the lanes of the generator stay in step


@inlined
def _room(dimension: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """A panel, the running sums (whole tiles, and a row of totals), and room for totals not asked for."""
    height, stride = -(-dimension // HALF) * HALF, -(-dimension // WIDTH) * WIDTH
    return np.zeros(_PANEL * dimension + WIDTH), np.empty((height + 1, stride)), np.zeros(stride)


@inlined
def _add_rows(
    panel: NDArray[np.float64], first: int, last: int, dimension: int, sums: NDArray[np.float64],
    spare: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add rows first, …, last − 1 of a panel to the lower triangle and the totals.

    A tile may read on into the next row; what it makes of that lies outside the triangle.
    """
    stride, flat, totals = sums.shape[1], sums.reshape(-1), sums[-1]
    start, count = first * dimension, last - first
    final = (dimension - 1) // HALF * HALF
    for c in range(0, dimension, WIDTH):
        a = c
        while final - a >= WIDTH:
            add_tile(panel, start + a, dimension, 1, panel, start + c, dimension, count, flat, a * stride + c, stride)
            a += WIDTH
        if a < final:
            add_rows_tile(panel, start, dimension, a, c, count, flat, a * stride + c, stride, spare)
        add_rows_tile(panel, start, dimension, final, c, count, flat, final * stride + c, stride, totals)


@inlined
def _write(sums: NDArray[np.float64], count: int, out: NDArray[np.float64]) -> None:
    dimension = out.shape[0] - 1
    for a in range(dimension):
        for b in range(a + 1):
            out[a, b] = out[b, a] = sums[a, b]
        out[a, dimension] = out[dimension, a] = sums[-1, a]
    out[dimension, dimension] = count


@inlined
def next_rows(
    kind: int, dimension: int, state: NDArray[np.uint64], words: NDArray[np.uint64], rows: NDArray[np.float64]
) -> None:
    """Fill ``rows``, flat, with the next rows of a stream."""
    if kind in (GAUSSIAN, SPHERE):
        next_normals(state, words, rows)
        if kind == SPHERE:
            project_to_sphere(rows.reshape(1, -1, dimension))
        return
    next_uniforms(state, words, rows)
    if kind == CUBE:
        centre_uniforms(rows.reshape(1, -1))
    else:
        sign_uniforms(rows.reshape(1, -1))


@kernel
def noise_sums(
    kind: int,
    k0: np.uint64,
    k1: np.uint64,
    replications: NDArray[np.uint64],
    purpose: np.uint64,
    sizes: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Sums of standard noise of a kind, the rows that `fill_uniform` or `fill_normal` and their shape would give.

    Parameters
    ----------
    kind : int
        ``CUBE``, ``RADEMACHER``, ``GAUSSIAN`` or ``SPHERE``.
    k0, k1, replications, purpose
        Name of the stream.
    sizes : array of int64
        (B, S), not decreasing along S.
    out : array
        (B, S, d + 1, d + 1), filled.
    """
    dimension = out.shape[2] - 1
    panel, sums, spare = _room(dimension)
    state, words = np.empty(STATE, dtype=np.uint64), np.empty(HELD, dtype=np.uint64)
    for r in range(replications.shape[0]):
        seed_stream(k0, k1, replications[r], purpose, state)
        sums[:] = 0.0
        drawn, added = 0, 0
        for s in range(sizes.shape[1]):
            while added < sizes[r, s]:
                if added == drawn:
                    next_rows(kind, dimension, state, words, panel[: _PANEL * dimension])
                    drawn += _PANEL
                last = min(drawn, sizes[r, s])
                _add_rows(panel, added % _PANEL, last - drawn + _PANEL, dimension, sums, spare)
                added = last
            _write(sums, added, out[r, s])


@kernel
def segment_sums(
    rows: NDArray[np.float64],
    near: NDArray[np.int64],
    uniforms: NDArray[np.float64],
    sizes: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Sums of the rows that `interpolate_rows` would give.

    Parameters
    ----------
    rows, near, uniforms : arrays
        As for `interpolate_rows`: (B, n, d), (B, n, k), (B, m, 3).
    sizes : array of int64
        (B, S), not decreasing along S, each at most m.
    out : array
        (B, S, d + 1, d + 1), filled.
    """
    dimension = rows.shape[2]
    panel, sums, spare = _room(dimension)
    for r in range(rows.shape[0]):
        sums[:] = 0.0
        added = 0
        for s in range(sizes.shape[1]):
            while added < sizes[r, s]:
                count = min(_PANEL, sizes[r, s] - added)
                piece = panel[: count * dimension].reshape(count, dimension)
                segments(rows[r], near[r], uniforms[r, added : added + count], piece)
                _add_rows(panel, 0, count, dimension, sums, spare)
                added += count
            _write(sums, added, out[r, s])


@kernel
def shifted_sums(sums: NDArray[np.float64], centre: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Sums of x = centre + ξ from those of ξ, both (B, S, d + 1, d + 1), centre (B, d); rank-two updates."""
    dimension = centre.shape[1]
    for r in range(sums.shape[0]):
        for s in range(sums.shape[1]):
            noise, total, target = sums[r, s], sums[r, s, dimension], out[r, s]
            count = total[dimension]
            for a in range(dimension):
                shift, both = centre[r, a], total[a] + count * centre[r, a]
                for b in range(a + 1):
                    target[a, b] = target[b, a] = noise[a, b] + (shift * total[b] + both * centre[r, b])
                target[a, dimension] = target[dimension, a] = both
            target[dimension, dimension] = count


@kernel
def labelled_sums(sums: NDArray[np.float64], label: float, out: NDArray[np.float64]) -> None:
    """Fill ``out`` (B, S, d + 2, d + 2) with Σ (x, 1, y)(x, 1, y)ᵀ from sums (B, S, d + 1, d + 1) and one label y."""
    size = sums.shape[2]
    for r in range(sums.shape[0]):
        for s in range(sums.shape[1]):
            source, target = sums[r, s], out[r, s]
            for a in range(size):
                for b in range(size):
                    target[a, b] = source[a, b]
                target[a, size] = target[size, a] = label * source[a, size - 1]
            target[size, size] = label * label * source[size - 1, size - 1]


@inlined
def _congruence(
    turned: NDArray[np.float64], noise: NDArray[np.float64], half: NDArray[np.float64], whole: NDArray[np.float64],
    size: int, stride: int,
) -> None:  # fmt: skip
    """Set the lower tiles of ``whole`` to F S Fᵀ, all flat, ``turned`` being Fᵀ."""
    half[:], whole[:] = 0.0, 0.0
    for a in range(0, stride, WIDTH):
        for c in range(0, stride, WIDTH):
            add_tile(turned, a, stride, 1, noise, c, stride, size, half, a * stride + c, stride)
    for a in range(0, stride, WIDTH):
        for c in range(0, a + 1, WIDTH):
            add_tile(half, a * stride, 1, stride, turned, c, stride, size, whole, a * stride + c, stride)


@kernel
def mapped_sums(sums: NDArray[np.float64], factor: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Sums of x = factor · ξ from those of ξ: F S Fᵀ, all as in `shifted_sums`, with (x, 1) = F (ξ, 1).

    ``factor`` is (B, d, d).
    """
    dimension, size = factor.shape[1], sums.shape[2]
    stride = -(-size // WIDTH) * WIDTH
    noise, turned, half, whole = np.zeros((4, stride * stride))
    for r in range(sums.shape[0]):
        turned[dimension * stride + dimension] = 1.0
        for a in range(dimension):
            for b in range(dimension):
                turned[b * stride + a] = factor[r, a, b]
        for s in range(sums.shape[1]):
            for a in range(size):
                for b in range(size):
                    noise[a * stride + b] = sums[r, s, a, b]
            _congruence(turned, noise, half, whole, size, stride)
            for a in range(size):
                for b in range(a + 1):
                    out[r, s, a, b] = out[r, s, b, a] = whole[a * stride + b]
