"""Eight small systems side by side, one a lane: the inner product of their factorisation and substitution.

Written in LLVM's vector types for the reason given in `synththeory.kernels.tile`; one fused multiply–add a step and
lane, in the order of the steps, so that a system has the same bits in every lane and beside any others.
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

Flat = NDArray[np.float64]


def eliminate(data: Flat, target: int, left: int, left_step: int, right: int, right_step: int, steps: int,
              factor: int) -> None:  # fmt: skip
    """Entry ``target`` becomes (it − Σ_k x_k · y_k) · entry ``factor``; x_k is entry ``left + k·left_step``, y_k too.

    An entry is eight numbers of the flat ``data``, one a lane. This is the interpreted twin of the compiled loop.
    """
    entries = data.reshape(-1, LANES)
    for k in range(steps):
        entries[target] -= entries[left + k * left_step] * entries[right + k * right_step]
    entries[target] *= entries[factor]


@intrinsic  # type: ignore[untyped-decorator]
def _vector_eliminate(_context: Any, data: Any, target: Any, left: Any, left_step: Any, right: Any, right_step: Any,
                      steps: Any, factor: Any) -> Any:  # fmt: skip
    signature = types.void(data, target, left, left_step, right, right_step, steps, factor)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = ir.VectorType(ir.DoubleType(), LANES)
        fma = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(vector, [vector] * 3), f"llvm.fma.v{LANES}f64"
        )
        base = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        _, target, left, left_step, right, right_step, steps, factor = arguments

        def entry(place: Any) -> Any:
            offset = builder.mul(place, ir.Constant(place.type, LANES))
            return builder.bitcast(builder.gep(base, [offset]), vector.as_pointer())

        slot = cgutils.alloca_once(builder, vector)
        builder.store(builder.load(entry(target), align=8), slot)
        with cgutils.for_range(builder, steps) as loop:
            x = builder.load(entry(builder.add(left, builder.mul(loop.index, left_step))), align=8)
            y = builder.load(entry(builder.add(right, builder.mul(loop.index, right_step))), align=8)
            builder.store(builder.call(fma, [builder.fneg(x), y, builder.load(slot)]), slot)
        value = builder.fmul(builder.load(slot), builder.load(entry(factor), align=8))
        builder.store(value, entry(target), align=8)
        return context.get_dummy_value()

    return signature, generate


@overload(eliminate, strict=False)  # type: ignore[untyped-decorator]
def _compiled_eliminate(data: Any, target: Any, left: Any, left_step: Any, right: Any, right_step: Any,
                        steps: Any, factor: Any) -> Any:  # fmt: skip
    def compiled(data, target, left, left_step, right, right_step, steps, factor):  # type: ignore[no-untyped-def]
        _vector_eliminate(data, np.int64(target), np.int64(left), np.int64(left_step), np.int64(right),
                          np.int64(right_step), np.int64(steps), np.int64(factor))  # fmt: skip

    return compiled
