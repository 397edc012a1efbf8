"""Tiles of dot products of columns: the heart of weighted gradients and Hessians in column layout.

Each dot product keeps eight partial sums, one a lane, folded pairwise at the end: the same order on every machine and
in whatever tile it is summed.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.llvm.registers import TILES
from synththeory.kernels.llvm.twins import compiled
from synththeory.kernels.llvm.writer import LANES, Writer

SIDE = TILES.side

Flat = NDArray[np.float64]


def add_dots(
    left: Flat, left_start: int, left_stride: int,
    right: Flat, right_start: int, right_stride: int,
    steps: int,
    out: Flat, out_start: int, out_stride: int,
) -> None:  # fmt: skip
    """Add Σ_i left[r, i] · right[c, i], i < 8 · steps, to a ``SIDE`` × ``SIDE`` tile of ``out``, all arrays flat.

    left[r, i] lies at ``left_start + r·left_stride + i``, right[c, i] likewise, out[r, c] at
    ``out_start + r·out_stride + c``. This is the interpreted twin of the compiled tile.
    """
    count = steps * LANES
    for r in range(SIDE):
        for c in range(SIDE):
            a = left_start + r * left_stride
            b = right_start + c * right_stride
            out[out_start + r * out_stride + c] += left[a : a + count] @ right[b : b + count]


def add_row_of_dots(
    left: Flat, left_start: int, right: Flat, right_start: int, right_stride: int, steps: int, out: Flat, out_start: int
) -> None:
    """Add Σ_i left[i] · right[c, i], i < 8 · steps, to ``SIDE`` numbers of ``out``: one row of a tile of `add_dots`."""
    count = steps * LANES
    for c in range(SIDE):
        b = right_start + c * right_stride
        out[out_start + c] += left[left_start : left_start + count] @ right[b : b + count]


@compiled(add_row_of_dots)
def _write_row(write: Writer, left: Any, left_start: Any, right: Any, right_start: Any, right_stride: Any, steps: Any,
               out: Any, out_start: Any) -> None:  # fmt: skip
    dots = [write.slot(write.every(0.0)) for _ in range(SIDE)]
    with write.loop(steps) as loop:
        shift = write.times(loop.index, LANES)
        a = write.load(left, write.builder.add(left_start, shift))
        for c in range(SIDE):
            place = write.builder.add(write.offset(right_start, right_stride, c), shift)
            write.add_product(dots[c], a, write.load(right, place))
    for c in range(SIDE):
        pointer = write.builder.gep(out, [write.shifted(out_start, c)])
        total = write.folded(write.builder.load(dots[c]))
        write.builder.store(write.builder.fadd(write.builder.load(pointer), total), pointer)


@compiled(add_dots)
def _write_dots(write: Writer, left: Any, left_start: Any, left_stride: Any, right: Any, right_start: Any,
                right_stride: Any, steps: Any, out: Any, out_start: Any, out_stride: Any) -> None:  # fmt: skip
    places = tuple(product(range(SIDE), range(SIDE)))
    dots = {place: write.slot(write.every(0.0)) for place in places}
    with write.loop(steps) as loop:
        shift = write.times(loop.index, LANES)
        rows = [write.builder.add(write.offset(left_start, left_stride, r), shift) for r in range(SIDE)]
        columns = [write.builder.add(write.offset(right_start, right_stride, c), shift) for c in range(SIDE)]
        a, b = [write.load(left, row) for row in rows], [write.load(right, column) for column in columns]
        for r, c in places:
            write.add_product(dots[r, c], a[r], b[c])
    for r, c in places:
        pointer = write.builder.gep(out, [write.shifted(write.offset(out_start, out_stride, r), c)])
        total = write.folded(write.builder.load(dots[r, c]))
        write.builder.store(write.builder.fadd(write.builder.load(pointer), total), pointer)
