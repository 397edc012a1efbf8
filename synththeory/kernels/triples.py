"""Tiles over columns of rows: sums of products of two and of three columns, and linear maps of columns.

A panel is a flat array of columns, ``stride`` apart. The tiles are written in LLVM's vector types for the reason given
in `synththeory.kernels.tile`, every size a straight loop of its own, so that no size pays for another's padding. Sums
keep eight partial sums, one a lane: the same order on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

LANES = 8
HEIGHT, WIDTH = 4, 6

Flat = NDArray[np.float64]

_TOGETHER = 4  # eights of rows that a map takes at a time
_INDEX = ir.IntType(64)
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)


def add_pairs(
    panel: Flat, stride: int, left: int, right: int, height: int, width: int, steps: int,
    sums: Flat, out: int, out_stride: int,
) -> None:  # fmt: skip
    """Add products of two columns to a tile of sums, lane by lane, all arrays flat.

    Lane m of sum ``out + r·out_stride + c``, r < height ≤ 4, c < width ≤ 6, gets Σ_s a_r(8s + m) b_c(8s + m),
    s < steps, of columns ``left + r`` and ``right + c``. This is the interpreted twin of the compiled tile.
    """
    lanes = panel[: panel.size // stride * stride].reshape(-1, stride // LANES, LANES)[:, :steps]
    for r in range(height):
        for c in range(width):
            place = (out + r * out_stride + c) * LANES
            sums[place : place + LANES] += (lanes[left + r] * lanes[right + c]).sum(axis=0)


def add_triples(
    panel: Flat, stride: int, factor: int, left: int, right: int, height: int, width: int, steps: int,
    sums: Flat, out: int, out_stride: int,
) -> None:  # fmt: skip
    """Add products of three columns: as `add_pairs`, times column ``factor``. The interpreted twin."""
    lanes = panel[: panel.size // stride * stride].reshape(-1, stride // LANES, LANES)[:, :steps]
    for r in range(height):
        for c in range(width):
            place = (out + r * out_stride + c) * LANES
            sums[place : place + LANES] += (lanes[factor] * lanes[left + r] * lanes[right + c]).sum(axis=0)


def fused(factor: float, value: float, shift: float) -> float:
    """factor · value + shift with one rounding; the interpreted twin rounds twice."""
    return factor * value + shift


def take_column(rows: Flat, start: int, step: int, shift: float, factor: float, eights: int, column: Flat) -> None:
    """Set column[i] to `fused` factor · rows[start + i·step] + shift, i < 8 · eights: the interpreted twin."""
    column[: eights * LANES] = factor * rows[start : start + eights * LANES * step : step][: eights * LANES] + shift


def map_columns(
    matrix: Flat, first: int, matrix_stride: int,
    panel: Flat, source: int, target: int, stride: int,
    height: int, steps: int, eights: int,
    lengths: Flat,
) -> None:  # fmt: skip
    """Overwrite up to four columns by combinations of columns, all arrays flat.

    y_r(i) = Σ_k matrix[first + r·matrix_stride + k] panel[source + k·stride + i], k < steps, i < 8 · eights, is written
    to ``panel[target + r·stride + i]`` for r < height ≤ 4 once all that are due at i are known, and Σ_r y_r(i)² is
    added to ``lengths[i]``. This is the interpreted twin of the compiled tile.
    """
    rows = eights * LANES
    columns = np.array([panel[source + k * stride : source + k * stride + rows] for k in range(steps)])
    for r in range(height):
        mapped = matrix[first + r * matrix_stride : first + r * matrix_stride + steps] @ columns
        panel[target + r * stride : target + r * stride + rows] = mapped
        lengths[:rows] += mapped * mapped


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


def _cases(builder: Any, key: Any, builds: Mapping[int, Callable[[], None]]) -> None:
    """Build the code of every case and branch to the one that is asked for."""
    done = builder.append_basic_block("done")
    choice = builder.switch(key, done)
    for value, build in builds.items():
        block = builder.append_basic_block(f"case{value}")
        choice.add_case(ir.Constant(_INDEX, value), block)
        with builder.goto_block(block):
            build()
            builder.branch(done)
    builder.position_at_end(done)


class _Writer:
    """What both tiles say to LLVM: places of flat arrays, vectors there, and fused multiply–add."""

    def __init__(self, context: Any, builder: Any, kinds: Any, arguments: Any) -> None:
        self.context, self.builder, self.kinds, self.arguments = context, builder, kinds, arguments
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        self._fma = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f64")

    def data(self, place: int) -> Any:
        """Pointer to the numbers of an argument."""
        return self.context.make_array(self.kinds[place])(self.context, self.builder, self.arguments[place]).data

    def offset(self, start: Any, stride: Any, place: int) -> Any:
        """start + place · stride."""
        return self.builder.add(start, self.builder.mul(stride, ir.Constant(_INDEX, place)))

    def times(self, value: Any, factor: int) -> Any:
        """value · factor, of indices."""
        return self.builder.mul(value, ir.Constant(_INDEX, factor))

    def number(self, base: Any, offset: Any) -> Any:
        """One number."""
        return self.builder.load(self.builder.gep(base, [offset]))

    def vector(self, base: Any, offset: Any) -> Any:
        """Pointer to eight numbers."""
        return self.builder.bitcast(self.builder.gep(base, [offset]), _VECTOR.as_pointer())

    def load(self, base: Any, offset: Any) -> Any:
        """Eight numbers."""
        return self.builder.load(self.vector(base, offset), align=8)

    def spread(self, value: Any) -> Any:
        """One number in every lane."""
        lane, nothing = ir.IntType(32), ir.Constant(_VECTOR, ir.Undefined)
        single = self.builder.insert_element(nothing, value, ir.Constant(lane, 0))
        return self.builder.shuffle_vector(single, nothing, ir.Constant(ir.VectorType(lane, LANES), [0] * LANES))

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a · b + c."""
        return self.builder.call(self._fma, [a, b, c])

    def slots(self, rows: int, columns: int) -> list[list[Any]]:
        """Running sums, which LLVM keeps in registers."""
        return [[cgutils.alloca_once(self.builder, _VECTOR) for _ in range(columns)] for _ in range(rows)]


def _sum_products(context: Any, builder: Any, kinds: Any, arguments: Any, common: bool) -> None:
    """Build a tile of sums; with ``common`` every product has a further factor, argument 2."""
    write = _Writer(context, builder, kinds, arguments)
    stride = arguments[1]
    left, right, height, width, steps, _, out, out_stride = arguments[2 + common :]
    panel, sums = write.data(0), write.data(7 + common)
    factor, left, right = (builder.mul(stride, place) for place in (arguments[2], left, right))

    def build(rows: int, columns: int) -> None:
        slots = write.slots(rows, columns)
        for r, row in enumerate(slots):
            for c, slot in enumerate(row):
                place = builder.add(write.offset(out, out_stride, r), ir.Constant(_INDEX, c))
                builder.store(write.load(sums, write.times(place, LANES)), slot)
        with cgutils.for_range(builder, steps) as loop:
            shift = write.times(loop.index, LANES)
            shared = write.load(panel, builder.add(factor, shift)) if common else None
            ends = [write.load(panel, write.offset(builder.add(right, shift), stride, c)) for c in range(columns)]
            for r, row in enumerate(slots):
                value = write.load(panel, write.offset(builder.add(left, shift), stride, r))
                value = value if shared is None else builder.fmul(shared, value)
                for slot, end in zip(row, ends, strict=True):
                    builder.store(write.fma(value, end, builder.load(slot)), slot)
        for r, row in enumerate(slots):
            for c, slot in enumerate(row):
                place = builder.add(write.offset(out, out_stride, r), ir.Constant(_INDEX, c))
                builder.store(builder.load(slot), write.vector(sums, write.times(place, LANES)), align=8)

    sizes = product(range(1, HEIGHT + 1), range(1, WIDTH + 1))
    key = builder.add(write.times(height, WIDTH + 1), width)
    _cases(builder, key, {rows * (WIDTH + 1) + columns: partial(build, rows, columns) for rows, columns in sizes})


@intrinsic  # type: ignore[untyped-decorator]
def _vector_pairs(_context: Any, panel: Any, stride: Any, left: Any, right: Any, height: Any, width: Any, steps: Any,
                  sums: Any, out: Any, out_stride: Any) -> Any:  # fmt: skip
    signature = types.void(panel, stride, left, right, height, width, steps, sums, out, out_stride)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _sum_products(context, builder, signature.args, arguments, common=False)
        return context.get_dummy_value()

    return signature, generate


@intrinsic  # type: ignore[untyped-decorator]
def _vector_triples(_context: Any, panel: Any, stride: Any, factor: Any, left: Any, right: Any, height: Any, width: Any,
                    steps: Any, sums: Any, out: Any, out_stride: Any) -> Any:  # fmt: skip
    signature = types.void(panel, stride, factor, left, right, height, width, steps, sums, out, out_stride)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _sum_products(context, builder, signature.args, arguments, common=True)
        return context.get_dummy_value()

    return signature, generate


@overload(add_pairs, strict=False)  # type: ignore[untyped-decorator]
def _compiled_pairs(panel: Any, stride: Any, left: Any, right: Any, height: Any, width: Any, steps: Any, sums: Any,
                    out: Any, out_stride: Any) -> Any:  # fmt: skip
    def tile(panel, stride, left, right, height, width, steps, sums, out, out_stride):  # type: ignore[no-untyped-def]
        _vector_pairs(panel, np.int64(stride), np.int64(left), np.int64(right), np.int64(height), np.int64(width),
                      np.int64(steps), sums, np.int64(out), np.int64(out_stride))  # fmt: skip

    return tile


@overload(add_triples, strict=False)  # type: ignore[untyped-decorator]
def _compiled_triples(panel: Any, stride: Any, factor: Any, left: Any, right: Any, height: Any, width: Any, steps: Any,
                      sums: Any, out: Any, out_stride: Any) -> Any:  # fmt: skip
    def tile(panel, stride, factor, left, right, height, width, steps, sums, out, out_stride):  # type: ignore[no-untyped-def]
        _vector_triples(panel, np.int64(stride), np.int64(factor), np.int64(left), np.int64(right), np.int64(height),
                        np.int64(width), np.int64(steps), sums, np.int64(out), np.int64(out_stride))  # fmt: skip

    return tile


@intrinsic  # type: ignore[untyped-decorator]
def _vector_column(_context: Any, rows: Any, start: Any, step: Any, shift: Any, factor: Any, eights: Any,
                   column: Any) -> Any:  # fmt: skip
    signature = types.void(rows, start, step, shift, factor, eights, column)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        write = _Writer(context, builder, signature.args, arguments)
        _, start, step, shift, factor, eights, _ = arguments
        rows, column = write.data(0), write.data(6)
        shifts, factors = write.spread(shift), write.spread(factor)
        with cgutils.for_range(builder, eights) as loop:
            base = builder.add(start, builder.mul(write.times(loop.index, LANES), step))
            value = ir.Constant(_VECTOR, ir.Undefined)
            for lane in range(LANES):
                number = write.number(rows, write.offset(base, step, lane))
                value = builder.insert_element(value, number, ir.Constant(ir.IntType(32), lane))
            place = write.vector(column, write.times(loop.index, LANES))
            builder.store(write.fma(factors, value, shifts), place, align=8)
        return context.get_dummy_value()

    return signature, generate


@overload(take_column, strict=False)  # type: ignore[untyped-decorator]
def _compiled_column(rows: Any, start: Any, step: Any, shift: Any, factor: Any, eights: Any, column: Any) -> Any:
    def tile(rows, start, step, shift, factor, eights, column):  # type: ignore[no-untyped-def]
        _vector_column(rows, np.int64(start), np.int64(step), shift, factor, np.int64(eights), column)

    return tile


@intrinsic  # type: ignore[untyped-decorator]
def _fused(_context: Any, factor: Any, value: Any, shift: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.DoubleType(), [ir.DoubleType()] * 3)
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.fma.f64"), arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@overload(fused, strict=False)  # type: ignore[untyped-decorator]
def _compiled_fused(factor: Any, value: Any, shift: Any) -> Any:
    return lambda factor, value, shift: _fused(factor, value, shift)  # type: ignore[no-untyped-call]


def _map(context: Any, builder: Any, kinds: Any, arguments: Any, keep: bool) -> None:
    """Build the tile of `map_columns`, or without ``keep`` that of `add_lengths`, which lacks argument 5."""
    write = _Writer(context, builder, kinds, arguments)
    _, first, matrix_stride, _, source, target = arguments[:6]
    stride, height, steps, eights, _ = arguments[5 + keep :]
    matrix, panel, lengths = write.data(0), write.data(3), write.data(9 + keep)

    def tile(rows: int, columns: int, start: Any) -> None:
        slots = write.slots(rows, columns)
        for row in slots:
            for slot in row:
                builder.store(ir.Constant(_VECTOR, [0.0] * LANES), slot)
        shifts = [builder.add(start, ir.Constant(_INDEX, LANES * c)) for c in range(columns)]
        with cgutils.for_range(builder, steps) as loop:
            base = builder.add(source, builder.mul(loop.index, stride))
            values = [write.load(panel, builder.add(base, shift)) for shift in shifts]
            for r, row in enumerate(slots):
                entry = builder.add(write.offset(first, matrix_stride, r), loop.index)
                weight = write.spread(write.number(matrix, entry))
                for slot, value in zip(row, values, strict=True):
                    builder.store(write.fma(weight, value, builder.load(slot)), slot)
        for c, shift in enumerate(shifts):
            total = write.load(lengths, shift)
            for r, row in enumerate(slots):
                value = builder.load(row[c])
                total = write.fma(value, value, total)
                if keep:
                    place = builder.add(write.offset(target, stride, r), shift)
                    builder.store(value, write.vector(panel, place), align=8)
            builder.store(total, write.vector(lengths, shift), align=8)

    def build(rows: int) -> None:
        whole = builder.udiv(eights, ir.Constant(_INDEX, _TOGETHER))
        with cgutils.for_range(builder, whole) as loop:
            tile(rows, _TOGETHER, write.times(loop.index, _TOGETHER * LANES))
        with cgutils.for_range(builder, builder.urem(eights, ir.Constant(_INDEX, _TOGETHER))) as loop:
            tile(rows, 1, write.times(builder.add(write.times(whole, _TOGETHER), loop.index), LANES))

    _cases(builder, height, {rows: partial(build, rows) for rows in range(1, HEIGHT + 1)})


@intrinsic  # type: ignore[untyped-decorator]
def _vector_map(_context: Any, matrix: Any, first: Any, matrix_stride: Any, panel: Any, source: Any, target: Any,
                stride: Any, height: Any, steps: Any, eights: Any, lengths: Any) -> Any:  # fmt: skip
    signature = types.void(matrix, first, matrix_stride, panel, source, target, stride, height, steps, eights, lengths)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _map(context, builder, signature.args, arguments, keep=True)
        return context.get_dummy_value()

    return signature, generate


@intrinsic  # type: ignore[untyped-decorator]
def _vector_lengths(_context: Any, matrix: Any, first: Any, matrix_stride: Any, panel: Any, source: Any, stride: Any,
                    height: Any, steps: Any, eights: Any, lengths: Any) -> Any:  # fmt: skip
    signature = types.void(matrix, first, matrix_stride, panel, source, stride, height, steps, eights, lengths)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _map(context, builder, signature.args, arguments, keep=False)
        return context.get_dummy_value()

    return signature, generate


@overload(map_columns, strict=False)  # type: ignore[untyped-decorator]
def _compiled_map(matrix: Any, first: Any, matrix_stride: Any, panel: Any, source: Any, target: Any, stride: Any,
                  height: Any, steps: Any, eights: Any, lengths: Any) -> Any:  # fmt: skip
    def tile(matrix, first, matrix_stride, panel, source, target, stride, height, steps, eights, lengths):  # type: ignore[no-untyped-def]
        _vector_map(
            matrix,
            np.int64(first),
            np.int64(matrix_stride),
            panel,
            np.int64(source),
            np.int64(target),
            np.int64(stride),
            np.int64(height),
            np.int64(steps),
            np.int64(eights),
            lengths,
        )

    return tile


@overload(add_lengths, strict=False)  # type: ignore[untyped-decorator]
def _compiled_lengths(matrix: Any, first: Any, matrix_stride: Any, panel: Any, source: Any, stride: Any, height: Any,
                      steps: Any, eights: Any, lengths: Any) -> Any:  # fmt: skip
    def tile(matrix, first, matrix_stride, panel, source, stride, height, steps, eights, lengths):  # type: ignore[no-untyped-def]
        _vector_lengths(
            matrix,
            np.int64(first),
            np.int64(matrix_stride),
            panel,
            np.int64(source),
            np.int64(stride),
            np.int64(height),
            np.int64(steps),
            np.int64(eights),
            lengths,
        )

    return tile


@intrinsic  # type: ignore[untyped-decorator]
def _vector_weights(_context: Any, panel: Any, stride: Any, size: Any, residual: Any, share: Any, least: Any,
                    eights: Any, lengths: Any) -> Any:  # fmt: skip
    signature = types.void(panel, stride, size, residual, share, least, eights, lengths)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        write = _Writer(context, builder, signature.args, arguments)
        _, stride, size, residual, share, least, eights, _ = arguments
        panel, lengths = write.data(0), write.data(7)
        one = ir.FunctionType(_VECTOR, [_VECTOR])
        root = cgutils.get_or_insert_function(builder.module, one, f"llvm.sqrt.v{LANES}f64")
        unit, two = (ir.Constant(_VECTOR, [value] * LANES) for value in (1.0, 2.0))
        shares, bound = builder.fneg(write.spread(share)), write.spread(least)
        with cgutils.for_range(builder, eights) as loop:
            shift = write.times(loop.index, LANES)
            left = write.fma(shares, write.load(lengths, shift), unit)
            left = builder.select(builder.fcmp_ordered(">", left, bound), left, bound)
            place = builder.add(builder.mul(residual, stride), shift)
            weight = builder.fdiv(builder.fmul(two, write.load(panel, place)), builder.call(root, [left]))
            builder.store(left, write.vector(panel, place), align=8)
            with cgutils.for_range(builder, size) as columns:
                place = builder.add(builder.mul(columns.index, stride), shift)
                value = builder.fmul(weight, write.load(panel, place))
                builder.store(value, write.vector(panel, place), align=8)
        return context.get_dummy_value()

    return signature, generate


@overload(weigh_columns, strict=False)  # type: ignore[untyped-decorator]
def _compiled_weights(panel: Any, stride: Any, size: Any, residual: Any, share: Any, least: Any, eights: Any,
                      lengths: Any) -> Any:  # fmt: skip
    def weights(panel, stride, size, residual, share, least, eights, lengths):  # type: ignore[no-untyped-def]
        _vector_weights(panel, np.int64(stride), np.int64(size), np.int64(residual), share, least, np.int64(eights),
                        lengths)  # fmt: skip

    return weights
