"""An 8 × 8 tile of a matrix product, the shared heart of Gram matrices and affine maps of rows.

Every sum runs in the order of the step index with one rounding a step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.llvm.registers import TILES
from synththeory.kernels.llvm.twins import compiled
from synththeory.kernels.llvm.writer import LANES, Writer

WIDTH = LANES
HALF = 4

Flat = NDArray[np.float64]


def add_tile(
    left: Flat, left_start: int, left_step: int, left_stride: int,
    right: Flat, right_start: int, right_step: int,
    steps: int,
    out: Flat, out_start: int, out_stride: int,
) -> None:  # fmt: skip
    """Add Σ_k left[k, r] · right[k, c] to an 8 × 8 tile of ``out``, all arrays flat.

    left[k, r] lies at ``left_start + k·left_step + r·left_stride``, right[k, c] at ``right_start + k·right_step + c``,
    out[r, c] at ``out_start + r·out_stride + c``. This is the interpreted twin of the compiled tile.
    """
    for r in range(WIDTH):
        for c in range(WIDTH):
            total = out[out_start + r * out_stride + c]
            for k in range(steps):
                total += left[left_start + k * left_step + r * left_stride] * right[right_start + k * right_step + c]
            out[out_start + r * out_stride + c] = total


@compiled(add_tile)
def _write_tile(write: Writer, left: Any, left_start: Any, left_step: Any, left_stride: Any, right: Any,
                right_start: Any, right_step: Any, steps: Any, out: Any, out_start: Any,
                out_stride: Any) -> None:  # fmt: skip
    for first in range(0, WIDTH, TILES.rows):
        rows = range(first, first + TILES.rows)
        places = [write.offset(out_start, out_stride, r) for r in rows]
        totals = [write.slot(write.load(out, place)) for place in places]
        with write.loop(steps) as loop:
            base = write.builder.add(left_start, write.builder.mul(loop.index, left_step))
            columns = write.load(right, write.builder.add(right_start, write.builder.mul(loop.index, right_step)))
            for r, total in zip(rows, totals, strict=True):
                value = write.number(left, write.offset(base, left_stride, r))
                write.add_product(total, write.spread(value), columns)
        for place, total in zip(places, totals, strict=True):
            write.store(write.builder.load(total), out, place)


def start_tile(source: Flat, start: int, out: Flat, out_start: int, out_stride: int) -> None:
    """Set every row of an 8 × 8 tile of ``out`` to source[start : start + 8], all arrays flat: the interpreted twin."""
    for r in range(WIDTH):
        for c in range(WIDTH):
            out[out_start + r * out_stride + c] = source[start + c]


@compiled(start_tile)
def _write_start(write: Writer, source: Any, start: Any, out: Any, out_start: Any, out_stride: Any) -> None:
    value = write.load(source, start)
    for r in range(WIDTH):
        write.store(value, out, write.offset(out_start, out_stride, r))


def add_rows_tile(
    rows: Flat, start: int, step: int, left: int, right: int, steps: int,
    out: Flat, out_start: int, out_stride: int, totals: Flat,
) -> None:  # fmt: skip
    """Add Σ_k rows[k, left + r] · rows[k, right + c] to a 4 × 8 tile, and Σ_k rows[k, right + c] to ``totals``.

    rows[k, j] lies at ``start + k·step + j``; the totals of the tile's eight columns at ``right``. This is the
    interpreted twin of the compiled tile.
    """
    for c in range(WIDTH):
        total = totals[right + c]
        for k in range(steps):
            total += rows[start + k * step + right + c]
        totals[right + c] = total
        for r in range(HALF):
            total = out[out_start + r * out_stride + c]
            for k in range(steps):
                total += rows[start + k * step + left + r] * rows[start + k * step + right + c]
            out[out_start + r * out_stride + c] = total


@compiled(add_rows_tile)
def _write_rows_tile(write: Writer, rows: Any, start: Any, step: Any, left: Any, right: Any, steps: Any, out: Any,
                     out_start: Any, out_stride: Any, totals: Any) -> None:  # fmt: skip
    places = [write.offset(out_start, out_stride, r) for r in range(HALF)]
    products = [write.slot(write.load(out, place)) for place in places]
    total = write.slot(write.load(totals, right))
    with write.loop(steps) as loop:
        base = write.builder.add(start, write.builder.mul(loop.index, step))
        columns = write.load(rows, write.builder.add(base, right))
        for r, product in enumerate(products):
            value = write.number(rows, write.shifted(write.builder.add(base, left), r))
            write.add_product(product, write.spread(value), columns)
        write.builder.store(write.builder.fadd(columns, write.builder.load(total)), total)
    for place, product in zip(places, products, strict=True):
        write.store(write.builder.load(product), out, place)
    write.store(write.builder.load(total), totals, right)
