"""Eight SFC64 generators side by side: one alone waits for its own last step, eight fill a vector register.

Written in LLVM's vector types for the reason given in `synththeory.kernels.tile`; integers, so the same everywhere.
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

Words = NDArray[np.uint64]


def fill_words(state: Words, words: Words, steps: int) -> None:
    """Take ``steps`` steps of every generator: word ``lane`` of each eight words comes from generator ``lane``.

    ``state`` is flat: a, b, c and the counter of the generators, eight words each. This is the interpreted twin of
    the compiled loop.
    """
    a, b, c, count = state.reshape(4, LANES)
    for step in range(steps):
        word = words[step * LANES : (step + 1) * LANES]
        word[:] = a + b + count
        a[:] = b ^ (b >> np.uint64(11))
        b[:] = c + (c << np.uint64(3))
        c[:] = ((c << np.uint64(24)) | (c >> np.uint64(40))) + word
        count += np.uint64(1)


@intrinsic  # type: ignore[untyped-decorator]
def _vector_words(_context: Any, state: Any, words: Any, steps: Any) -> Any:
    signature = types.void(state, words, steps)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        index, vector = ir.IntType(64), ir.VectorType(ir.IntType(64), LANES)

        def spread(value: int) -> Any:
            return ir.Constant(vector, [value] * LANES)

        def at(place: int, offset: Any) -> Any:
            data = context.make_array(signature.args[place])(context, builder, arguments[place]).data
            return builder.bitcast(builder.gep(data, [offset]), vector.as_pointer())

        pointers = [at(0, ir.Constant(index, LANES * part)) for part in range(4)]
        slots = [cgutils.alloca_once(builder, vector) for _ in pointers]
        for slot, pointer in zip(slots, pointers, strict=True):
            builder.store(builder.load(pointer, align=8), slot)
        with cgutils.for_range(builder, arguments[2]) as loop:
            a, b, c, count = (builder.load(slot) for slot in slots)
            word = builder.add(builder.add(a, b), count)
            turned = builder.or_(builder.shl(c, spread(24)), builder.lshr(c, spread(40)))
            after = (
                builder.xor(b, builder.lshr(b, spread(11))),
                builder.add(c, builder.shl(c, spread(3))),
                builder.add(turned, word),
                builder.add(count, spread(1)),
            )
            for slot, value in zip(slots, after, strict=True):
                builder.store(value, slot)
            builder.store(word, at(1, builder.mul(loop.index, ir.Constant(index, LANES))), align=8)
        for slot, pointer in zip(slots, pointers, strict=True):
            builder.store(builder.load(slot), pointer, align=8)
        return context.get_dummy_value()

    return signature, generate


@overload(fill_words, strict=False)  # type: ignore[untyped-decorator]
def _compiled_words(state: Any, words: Any, steps: Any) -> Any:
    def fill(state, words, steps):  # type: ignore[no-untyped-def]
        _vector_words(state, words, np.int64(steps))

    return fill
