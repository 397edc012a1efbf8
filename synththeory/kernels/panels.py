"""Rows as columns, a panel of rows at a time, and sums of products of columns over all panels of a class.

A panel holds the columns z_1, …, z_p, ones, and one more for what is worked out a row. Sums keep eight lanes until the
last panel is added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined
from synththeory.kernels.llvm.columns import add_lengths, fused, map_columns, take_column
from synththeory.kernels.llvm.triples import HEIGHT, WIDTH, add_pairs, add_triples
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.sums import next_rows

PANEL = 256  # rows, a multiple of eight: more leave the first-level cache, fewer are all loading of sums
STRIDE = PANEL + LANES  # columns a power of two apart would share their places in the cache

Array = NDArray[np.float64]


@inlined
def aligned(length: int) -> Array:
    """Zeros that begin at a cache line: the vectors of the tiles then never lie across two."""
    room = np.zeros(length + LANES)
    skipped = -(room.ctypes.data // 8) % LANES
    return room[skipped : skipped + length]


@inlined
def units(count: int) -> int:
    """Eights of rows."""
    return -(-count // LANES)


@inlined
def share(left: int, side: int) -> int:
    """How many of so many columns the next tile takes: no more than its side, and all tiles nearly as many."""
    tiles = -(-left // side)
    return -(-left // tiles)


@inlined
def lay_out(rows: Array, start: int, centre: Array, scale: Array, count: int, size: int, panel: Array) -> None:
    """Columns centre + scale · x of rows x, flat from ``start`` on, an intercept where p is d + 1, and ones.

    To the bit the rows of `affine_rows`. What fills the last eight rows is zero.
    """
    dimension, whole = centre.shape[0], count // LANES
    for j in range(size + 1):
        column = panel[j * STRIDE : (j + 1) * STRIDE]
        if j < dimension:
            take_column(rows, start + j, dimension, centre[j], scale[j], whole, column)
            for i in range(whole * LANES, count):
                column[i] = fused(scale[j], rows[start + i * dimension + j], centre[j])
        else:
            column[:count] = 1.0
        column[count : units(count) * LANES] = 0.0


@inlined
def draw(
    kind: int, state: NDArray[np.uint64], words: NDArray[np.uint64], noise: Array, centre: Array, scale: Array,
    count: int, size: int, panel: Array,
) -> None:  # fmt: skip
    """Columns as of `lay_out` of the next rows of standard noise."""
    dimension = centre.shape[0]
    next_rows(kind, dimension, state, words, noise[: count * dimension])
    lay_out(noise, 0, centre, scale, count, size, panel)


@inlined
def total(lanes: Array, place: int) -> float:
    """The eight lanes of a sum, folded."""
    a = lanes[place * LANES : (place + 1) * LANES]
    return float(((a[0] + a[1]) + (a[2] + a[3])) + ((a[4] + a[5]) + (a[6] + a[7])))


@inlined
def add_products(panel: Array, size: int, steps: int, lanes: Array) -> None:
    """Add z (z, 1)ᵀ of a panel, on and above the diagonal, sum (j, k) at j (p + 1) + k."""
    r = 0
    while r < size:
        rows, c = share(size - r, HEIGHT), r
        while c <= size:
            columns = share(size + 1 - c, WIDTH)
            add_pairs(panel, STRIDE, r, c, rows, columns, steps, lanes, r * (size + 1) + c, size + 1)
            c += columns
        r += rows


@inlined
def add_cumulants(panel: Array, size: int, steps: int, lanes: Array) -> None:
    """Add z_j z_k (z_l, 1, last), j ≤ k ≤ l, in the order of k, j and l, and then z_j, of a panel."""
    place = 0
    for k in range(size):
        width, r = size + 2 - k, 0
        while r <= k:
            rows, c = share(k + 1 - r, HEIGHT), 0
            while c < width:
                columns = share(width - c, WIDTH)
                add_triples(panel, STRIDE, k, r, k + c, rows, columns, steps, lanes, place + r * width + c, width)
                c += columns
            r += rows
        place += (k + 1) * width
    r = 0
    while r < size:
        rows = share(size - r, HEIGHT)
        add_pairs(panel, STRIDE, r, size, rows, 1, steps, lanes, place + r, 1)
        r += rows


@inlined
def cumulants(size: int) -> int:
    """Number of sums of `add_cumulants`."""
    return size * (size + 1) * (size + 8) // 6 + size


@inlined
def map_panel(panel: Array, turn: Array, steps: int, lengths: Array) -> None:
    """Overwrite z by T (z, 1), T upper triangular but for its last column; squared lengths into ``lengths``."""
    size, width = turn.shape
    matrix = turn.reshape(-1)
    lengths[: steps * LANES] = 0.0
    j = 0
    while j < size:  # from the first on: what a column needs is not before it
        rows = share(size - j, HEIGHT)
        map_columns(matrix, j * (width + 1), width, panel, j * STRIDE, j * STRIDE, STRIDE, rows, width - j, steps,
                    lengths)  # fmt: skip
        j += rows


@inlined
def panel_lengths(panel: Array, turn: Array, steps: int, lengths: Array) -> None:
    """The squared lengths that `map_panel` would give, the panel as it is."""
    size, width = turn.shape
    matrix = turn.reshape(-1)
    lengths[: steps * LANES] = 0.0
    j = 0
    while j < size:
        rows = share(size - j, HEIGHT)
        add_lengths(matrix, j * (width + 1), width, panel, j * STRIDE, STRIDE, rows, width - j, steps, lengths)
        j += rows
