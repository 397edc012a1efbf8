"""Eight small systems side by side, one a lane: the inner product of their factorisation and substitution.

One fused multiply–add a step and lane, in the order of the steps, so that a system has the same bits in every lane and
beside any others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.llvm.twins import compiled
from synththeory.kernels.llvm.writer import LANES, Writer

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


@compiled(eliminate)
def _write_elimination(write: Writer, data: Any, target: Any, left: Any, left_step: Any, right: Any, right_step: Any,
                       steps: Any, factor: Any) -> None:  # fmt: skip
    builder = write.builder

    def entry(place: Any) -> Any:
        return write.load(data, write.times(place, LANES))

    rest = write.slot(entry(target))
    with write.loop(steps) as loop:
        x = entry(builder.add(left, builder.mul(loop.index, left_step)))
        y = entry(builder.add(right, builder.mul(loop.index, right_step)))
        write.add_product(rest, builder.fneg(x), y)
    write.store(builder.fmul(builder.load(rest), entry(factor)), data, write.times(target, LANES))
