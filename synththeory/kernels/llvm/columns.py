"""Columns of rows: taken from rows, mapped linearly in place, and weighed.

A panel is a flat array of columns, ``stride`` apart.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numba import types
from numpy.typing import NDArray

from synththeory.kernels.llvm.registers import TILES
from synththeory.kernels.llvm.triples import HEIGHT
from synththeory.kernels.llvm.twins import compiled
from synththeory.kernels.llvm.writer import LANES, Writer

Flat = NDArray[np.float64]

_TOGETHER = TILES.together  # eights of rows that a map takes at a time


def fused(factor: float, value: float, shift: float) -> float:
    """factor · value + shift with one rounding; the interpreted twin rounds twice."""
    return factor * value + shift


@compiled(fused, types.float64)
def _write_fused(write: Writer, factor: Any, value: Any, shift: Any) -> Any:
    return write.fma(factor, value, shift)


def take_column(rows: Flat, start: int, step: int, shift: float, factor: float, eights: int, column: Flat) -> None:
    """Set column[i] to `fused` factor · rows[start + i·step] + shift, i < 8 · eights: the interpreted twin."""
    column[: eights * LANES] = factor * rows[start : start + eights * LANES * step : step][: eights * LANES] + shift


@compiled(take_column)
def _write_column(write: Writer, rows: Any, start: Any, step: Any, shift: Any, factor: Any, eights: Any,
                  column: Any) -> None:  # fmt: skip
    shifts, factors = write.spread(shift), write.spread(factor)
    with write.loop(eights) as loop:
        first = write.times(loop.index, LANES)
        base = write.builder.add(start, write.builder.mul(first, step))
        value = write.gathered([write.number(rows, write.offset(base, step, lane)) for lane in range(LANES)])
        write.store(write.fma(factors, value, shifts), column, first)


def map_columns(
    matrix: Flat, first: int, matrix_stride: int,
    panel: Flat, source: int, target: int, stride: int,
    height: int, steps: int, eights: int,
    lengths: Flat,
) -> None:  # fmt: skip
    """Overwrite up to ``HEIGHT`` columns by combinations of columns, all arrays flat.

    y_r(i) = Σ_k matrix[first + r·matrix_stride + k] panel[source + k·stride + i], k < steps, i < 8 · eights, is written
    to ``panel[target + r·stride + i]`` for r < height once all that are due at i are known, and Σ_r y_r(i)² is added to
    ``lengths[i]``. This is the interpreted twin of the compiled tile.
    """
    rows = eights * LANES
    columns = np.array([panel[source + k * stride : source + k * stride + rows] for k in range(steps)])
    for r in range(height):
        mapped = matrix[first + r * matrix_stride : first + r * matrix_stride + steps] @ columns
        panel[target + r * stride : target + r * stride + rows] = mapped
        lengths[:rows] += mapped * mapped


@compiled(map_columns)
def _write_map(write: Writer, matrix: Any, first: Any, matrix_stride: Any, panel: Any, source: Any, target: Any,
               stride: Any, height: Any, steps: Any, eights: Any, lengths: Any) -> None:  # fmt: skip
    _write_maps(write, matrix, first, matrix_stride, panel, source, target, stride, height, steps, eights, lengths)


def add_lengths(
    matrix: Flat, first: int, matrix_stride: int,
    panel: Flat, source: int, stride: int,
    height: int, steps: int, eights: int,
    lengths: Flat,
) -> None:  # fmt: skip
    """Add Σ_r y_r(i)² of `map_columns` to ``lengths[i]`` and write no column. The interpreted twin."""
    rows = eights * LANES
    columns = np.array([panel[source + k * stride : source + k * stride + rows] for k in range(steps)])
    for r in range(height):
        lengths[:rows] += (matrix[first + r * matrix_stride : first + r * matrix_stride + steps] @ columns) ** 2


@compiled(add_lengths)
def _write_lengths(write: Writer, matrix: Any, first: Any, matrix_stride: Any, panel: Any, source: Any, stride: Any,
                   height: Any, steps: Any, eights: Any, lengths: Any) -> None:  # fmt: skip
    _write_maps(write, matrix, first, matrix_stride, panel, source, None, stride, height, steps, eights, lengths)


def _write_maps(write: Writer, matrix: Any, first: Any, matrix_stride: Any, panel: Any, source: Any, target: Any,
                stride: Any, height: Any, steps: Any, eights: Any, lengths: Any) -> None:  # fmt: skip
    """Write a map of every height; without a ``target`` the columns are not kept."""
    builder = write.builder

    def tile(rows: int, columns: int, start: Any) -> None:
        slots = [[write.slot(write.every(0.0)) for _ in range(columns)] for _ in range(rows)]
        shifts = [write.shifted(start, LANES * c) for c in range(columns)]
        with write.loop(steps) as loop:
            base = builder.add(source, builder.mul(loop.index, stride))
            values = [write.load(panel, builder.add(base, shift)) for shift in shifts]
            for r, row in enumerate(slots):
                entry = builder.add(write.offset(first, matrix_stride, r), loop.index)
                weight = write.spread(write.number(matrix, entry))
                for slot, value in zip(row, values, strict=True):
                    write.add_product(slot, weight, value)
        for c, shift in enumerate(shifts):
            total = write.load(lengths, shift)
            for r, row in enumerate(slots):
                value = builder.load(row[c])
                total = write.fma(value, value, total)
                if target is not None:
                    write.store(value, panel, builder.add(write.offset(target, stride, r), shift))
            write.store(total, lengths, shift)

    def every(rows: int) -> None:
        whole = builder.udiv(eights, write.index(_TOGETHER))
        with write.loop(whole) as loop:
            tile(rows, _TOGETHER, write.times(loop.index, _TOGETHER * LANES))
        with write.loop(builder.urem(eights, write.index(_TOGETHER))) as loop:
            tile(rows, 1, write.times(builder.add(write.times(whole, _TOGETHER), loop.index), LANES))

    write.cases(height, {rows: partial(every, rows) for rows in range(1, HEIGHT + 1)})


def weigh_columns(
    panel: Flat, stride: int, size: int, residual: int, share: float, least: float, eights: int, lengths: Flat
) -> None:
    """Multiply rows by w = 2r/√s, s = max(1 − share · lengths, least), and overwrite their residuals by s.

    Columns 0, …, size − 1 of the flat panel are multiplied, r is column ``residual``, all for i < 8 · eights. This is
    the interpreted twin of the compiled loop.
    """
    rows = eights * LANES
    columns = panel[: panel.size // stride * stride].reshape(-1, stride)[:, :rows]
    left = np.maximum(1.0 - share * lengths[:rows], least)
    columns[:size] *= 2.0 * columns[residual] / np.sqrt(left)
    columns[residual] = left


@compiled(weigh_columns)
def _write_weights(write: Writer, panel: Any, stride: Any, size: Any, residual: Any, share: Any, least: Any,
                   eights: Any, lengths: Any) -> None:  # fmt: skip
    builder = write.builder
    shares, bound = builder.fneg(write.spread(share)), write.spread(least)
    with write.loop(eights) as loop:
        shift = write.times(loop.index, LANES)
        left = write.fma(shares, write.load(lengths, shift), write.every(1.0))
        left = builder.select(builder.fcmp_ordered(">", left, bound), left, bound)
        place = builder.add(builder.mul(residual, stride), shift)
        weight = builder.fdiv(builder.fmul(write.every(2.0), write.load(panel, place)), write.sqrt(left))
        write.store(left, panel, place)
        with write.loop(size) as columns:
            place = builder.add(builder.mul(columns.index, stride), shift)
            write.store(builder.fmul(weight, write.load(panel, place)), panel, place)
