"""A 4 × 4 tile of dot products of columns: the heart of weighted Hessians in column layout.

Written in LLVM's vector types for the reason given in `synththeory.kernels.tile`. Each dot product keeps eight partial
sums, one a lane, folded pairwise at the end: the same order on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

LANES = 8
SIDE = 4

Flat = NDArray[np.float64]


def add_dots(
    left: Flat, left_start: int, left_stride: int,
    right: Flat, right_start: int, right_stride: int,
    steps: int,
    out: Flat, out_start: int, out_stride: int,
) -> None:  # fmt: skip
    """Add Σ_i left[r, i] · right[c, i], i < 8 · steps, to a 4 × 4 tile of ``out``, all arrays flat.

    left[r, i] lies at ``left_start + r·left_stride + i``, right[c, i] likewise, out[r, c] at
    ``out_start + r·out_stride + c``. This is the interpreted twin of the compiled tile.
    """
    count = steps * LANES
    for r in range(SIDE):
        for c in range(SIDE):
            a = left_start + r * left_stride
            b = right_start + c * right_stride
            out[out_start + r * out_stride + c] += left[a : a + count] @ right[b : b + count]


@intrinsic  # type: ignore[untyped-decorator]
def _vector_dots(_context: Any, left: Any, l0: Any, lr: Any, right: Any, r0: Any, rr: Any, steps: Any, out: Any,
                 o0: Any, o_r: Any) -> Any:  # fmt: skip
    signature = types.void(left, l0, lr, right, r0, rr, steps, out, o0, o_r)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector, index = ir.VectorType(ir.DoubleType(), LANES), ir.IntType(64)
        fma = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{LANES}f64"
        )

        def data(place: int) -> Any:
            return context.make_array(signature.args[place])(context, builder, arguments[place]).data

        def column(base: Any, start: Any, stride: Any, place: int, offset: Any) -> Any:
            position = builder.add(builder.add(start, builder.mul(stride, ir.Constant(index, place))), offset)
            return builder.load(builder.bitcast(builder.gep(base, [position]), vector.as_pointer()), align=8)

        left_data, right_data, out_data = data(0), data(3), data(7)
        slots = [[cgutils.alloca_once(builder, vector) for _ in range(SIDE)] for _ in range(SIDE)]
        for row in slots:
            for slot in row:
                builder.store(ir.Constant(vector, [0.0] * LANES), slot)
        with cgutils.for_range(builder, arguments[6]) as loop:
            offset = builder.mul(loop.index, ir.Constant(index, LANES))
            lefts = [column(left_data, arguments[1], arguments[2], r, offset) for r in range(SIDE)]
            rights = [column(right_data, arguments[4], arguments[5], c, offset) for c in range(SIDE)]
            for r in range(SIDE):
                for c in range(SIDE):
                    builder.store(builder.call(fma, [lefts[r], rights[c], builder.load(slots[r][c])]), slots[r][c])
        for r in range(SIDE):
            for c in range(SIDE):
                lanes = [
                    builder.extract_element(builder.load(slots[r][c]), ir.Constant(ir.IntType(32), lane))
                    for lane in range(LANES)
                ]
                while len(lanes) > 1:
                    lanes = [builder.fadd(lanes[k], lanes[k + 1]) for k in range(0, len(lanes), 2)]
                place = builder.add(
                    builder.add(arguments[8], builder.mul(arguments[9], ir.Constant(index, r))), ir.Constant(index, c)
                )
                pointer = builder.gep(out_data, [place])
                builder.store(builder.fadd(builder.load(pointer), lanes[0]), pointer)
        return context.get_dummy_value()

    return signature, generate


@overload(add_dots, strict=False)  # type: ignore[untyped-decorator]
def _compiled_dots(left: Any, left_start: Any, left_stride: Any, right: Any, right_start: Any, right_stride: Any,
                   steps: Any, out: Any, out_start: Any, out_stride: Any) -> Any:  # fmt: skip
    def dots(left, left_start, left_stride, right, right_start, right_stride, steps, out, out_start,  # type: ignore[no-untyped-def]
             out_stride):  # fmt: skip
        _vector_dots(left, np.int64(left_start), np.int64(left_stride), right, np.int64(right_start),
                     np.int64(right_stride), np.int64(steps), out, np.int64(out_start),
                     np.int64(out_stride))  # fmt: skip

    return dots
