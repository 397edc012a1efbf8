"""An 8 × 8 tile of a matrix product, the shared heart of Gram matrices and affine maps of rows.

LLVM does not keep sixty-four running sums in registers when they are written as loops, so the tile is written in its
vector types: eight vectors of eight doubles, one fused multiply–add each a step. Every sum runs in the order of the
step index with one rounding a step, whatever the machine's vector width: results are the same to the bit everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

WIDTH = 8
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


def start_tile(source: Flat, start: int, out: Flat, out_start: int, out_stride: int) -> None:
    """Set every row of an 8 × 8 tile of ``out`` to source[start : start + 8], all arrays flat: the interpreted twin."""
    for r in range(WIDTH):
        for c in range(WIDTH):
            out[out_start + r * out_stride + c] = source[start + c]


@intrinsic  # type: ignore[untyped-decorator]
def _vector_start(_context: Any, source: Any, s0: Any, out: Any, o0: Any, o_r: Any) -> Any:
    signature = types.void(source, s0, out, o0, o_r)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = ir.VectorType(ir.DoubleType(), WIDTH)

        def at(place: int, offset: Any) -> Any:
            data = context.make_array(signature.args[place])(context, builder, arguments[place]).data
            return builder.bitcast(builder.gep(data, [offset]), vector.as_pointer())

        value = builder.load(at(0, arguments[1]), align=8)
        for r in range(WIDTH):
            step = builder.mul(arguments[4], ir.Constant(arguments[4].type, r))
            builder.store(value, at(2, builder.add(arguments[3], step)), align=8)
        return context.get_dummy_value()

    return signature, generate


@overload(start_tile, strict=False)  # type: ignore[untyped-decorator]
def _compiled_start(source: Any, start: Any, out: Any, out_start: Any, out_stride: Any) -> Any:
    def tile(source, start, out, out_start, out_stride):  # type: ignore[no-untyped-def]
        _vector_start(source, np.int64(start), out, np.int64(out_start), np.int64(out_stride))

    return tile


def _accumulate(context: Any, builder: Any, kinds: Any, arguments: Any, height: int, totals: Any) -> None:
    """Build the tile's loop; ``totals``, where given, points at eight further sums, those of the right side alone."""
    double, vector, lane = ir.DoubleType(), ir.VectorType(ir.DoubleType(), WIDTH), ir.IntType(32)
    _, l0, lk, lr, _, r0, rk, steps, _, o0, o_r = arguments[:11]

    def data(place: int) -> Any:
        return context.make_array(kinds[place])(context, builder, arguments[place]).data

    def at(base: Any, offset: Any, kind: Any) -> Any:
        return builder.bitcast(builder.gep(base, [offset]), kind.as_pointer())

    def times(value: Any, factor: int) -> Any:
        return builder.mul(value, ir.Constant(value.type, factor))

    left_data, right_data, out_data = data(0), data(4), data(8)
    fma = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{WIDTH}f64")
    pointers = [at(out_data, builder.add(o0, times(o_r, r)), vector) for r in range(height)]
    pointers += [] if totals is None else [totals]
    slots = [cgutils.alloca_once(builder, vector) for _ in pointers]
    for pointer, slot in zip(pointers, slots, strict=True):
        builder.store(builder.load(pointer, align=8), slot)
    with cgutils.for_range(builder, steps) as loop:
        base = builder.add(l0, builder.mul(loop.index, lk))
        columns = builder.load(at(right_data, builder.add(r0, builder.mul(loop.index, rk)), vector), align=8)
        for r, slot in enumerate(slots[:height]):
            value = builder.load(at(left_data, builder.add(base, times(lr, r)), double))
            single = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(lane, 0))
            spread = builder.shuffle_vector(
                single, ir.Constant(vector, ir.Undefined), ir.Constant(ir.VectorType(lane, WIDTH), [0] * WIDTH)
            )
            builder.store(builder.call(fma, [spread, columns, builder.load(slot)]), slot)
        for slot in slots[height:]:
            builder.store(builder.fadd(columns, builder.load(slot)), slot)
    for pointer, slot in zip(pointers, slots, strict=True):
        builder.store(builder.load(slot), pointer, align=8)


@intrinsic  # type: ignore[untyped-decorator]
def _vector_tile(_context: Any, left: Any, l0: Any, lk: Any, lr: Any, right: Any, r0: Any, rk: Any, steps: Any,
                 out: Any, o0: Any, o_r: Any) -> Any:  # fmt: skip
    signature = types.void(left, l0, lk, lr, right, r0, rk, steps, out, o0, o_r)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _accumulate(context, builder, signature.args, arguments, WIDTH, None)
        return context.get_dummy_value()

    return signature, generate


@overload(add_tile, strict=False)  # type: ignore[untyped-decorator]
def _compiled_tile(left: Any, left_start: Any, left_step: Any, left_stride: Any, right: Any, right_start: Any,
                   right_step: Any, steps: Any, out: Any, out_start: Any, out_stride: Any) -> Any:  # fmt: skip
    def tile(left, left_start, left_step, left_stride, right, right_start, right_step, steps, out, out_start,  # type: ignore[no-untyped-def]
             out_stride):  # fmt: skip
        _vector_tile(left, np.int64(left_start), np.int64(left_step), np.int64(left_stride), right,
                     np.int64(right_start), np.int64(right_step), np.int64(steps), out, np.int64(out_start),
                     np.int64(out_stride))  # fmt: skip

    return tile


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


@intrinsic  # type: ignore[untyped-decorator]
def _vector_rows_tile(_context: Any, rows: Any, start: Any, step: Any, left: Any, right: Any, steps: Any,
                      out: Any, o0: Any, o_r: Any, totals: Any) -> Any:  # fmt: skip
    signature = types.void(rows, start, step, left, right, steps, out, o0, o_r, totals)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows, start, step, left, right, steps, out, o0, o_r, totals = arguments
        kind, one = signature.args[0], ir.Constant(ir.IntType(64), 1)
        whole = context.make_array(signature.args[9])(context, builder, totals).data
        pointer = builder.bitcast(builder.gep(whole, [right]), ir.VectorType(ir.DoubleType(), WIDTH).as_pointer())
        _accumulate(
            context, builder, {0: kind, 4: kind, 8: signature.args[6]},
            (rows, builder.add(start, left), step, one, rows, builder.add(start, right), step, steps, out, o0, o_r),
            HALF, pointer,
        )  # fmt: skip
        return context.get_dummy_value()

    return signature, generate


@overload(add_rows_tile, strict=False)  # type: ignore[untyped-decorator]
def _compiled_rows_tile(rows: Any, start: Any, step: Any, left: Any, right: Any, steps: Any, out: Any, out_start: Any,
                        out_stride: Any, totals: Any) -> Any:  # fmt: skip
    def tile(rows, start, step, left, right, steps, out, out_start, out_stride, totals):  # type: ignore[no-untyped-def]
        _vector_rows_tile(rows, np.int64(start), np.int64(step), np.int64(left), np.int64(right), np.int64(steps), out,
                          np.int64(out_start), np.int64(out_stride), totals)  # fmt: skip

    return tile
