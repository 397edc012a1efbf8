"""The logistic function on short arrays, written so that the compiler vectorises it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined

_ROUND = 6755399441055744.0  # 1.5 · 2⁵²: adding it rounds to an integer that sits in the lowest bits
_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
_FARTHEST = 700.0


@inlined
def exp_negative_abs(
    scores: NDArray[np.float64], count: int, work: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Fill ``out[:count]`` with e^{−|f|} to one unit in the last place (|f| cut at 700).

    e^x = 2^k e^r with k = round(x log₂ e) and |r| ≤ ½ ln 2, where thirteen terms of the series are exact to rounding.
    """
    bits = work.view(np.int64)
    for i in range(count):
        work[i] = max(-abs(scores[i]), -_FARTHEST) * _LOG2E + _ROUND
    for i in range(count):
        k = work[i] - _ROUND
        r = (max(-abs(scores[i]), -_FARTHEST) - k * _LN2_HIGH) - k * _LN2_LOW
        p = 1.0 / 6227020800.0
        p = p * r + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        out[i] = (p * r + 1.0) * r + 1.0
    for i in range(count):
        bits[i] = (bits[i] + 1023) << 52  # the exponent field of 2^k
    for i in range(count):
        out[i] *= work[i]
