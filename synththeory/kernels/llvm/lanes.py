"""Eight SFC64 generators side by side: one alone waits for its own last step, eight fill a vector register."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from synththeory.kernels.llvm.twins import compiled
from synththeory.kernels.llvm.writer import INDEX, LANES, Writer

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


@compiled(fill_words)
def _write_words(write: Writer, state: Any, words: Any, steps: Any) -> None:
    builder, vector = write.builder, ir.VectorType(INDEX, LANES)

    def spread(value: int) -> Any:
        return ir.Constant(vector, [value] * LANES)

    pointers = [write.eight(state, write.index(LANES * part), vector) for part in range(4)]
    slots = [write.slot(builder.load(pointer, align=8)) for pointer in pointers]
    with write.loop(steps) as loop:
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
        builder.store(word, write.eight(words, write.times(loop.index, LANES), vector), align=8)
    for slot, pointer in zip(slots, pointers, strict=True):
        builder.store(builder.load(slot), pointer, align=8)
