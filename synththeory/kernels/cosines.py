"""Random Fourier features: cosines of many angles, written so that the compiler vectorises them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined, kernel

_ROUND = 6755399441055744.0  # 1.5 · 2⁵²: adding and subtracting it rounds to an integer
_PER_PI = 0.3183098861837907
_HIGH, _MIDDLE, _LOW = 3.141592651605606, 1.9841871583270443e-09, 1.034036596358821e-18  # π in parts of 30 bits


@inlined
def cosines(angles: NDArray[np.float64]) -> None:
    """Replace angles by their cosines, to 3e-16 for angles below 10⁶.

    cos x = (−1)^k cos r with k = round(x/π) and |r| ≤ π/2, where eleven terms of the series are exact to rounding.
    """
    for j in range(angles.shape[0]):
        k = (angles[j] * _PER_PI + _ROUND) - _ROUND
        r = ((angles[j] - k * _HIGH) - k * _MIDDLE) - k * _LOW
        sign = 1.0 - 2.0 * abs(k - 2.0 * ((0.5 * k + _ROUND) - _ROUND))
        s = r * r
        p = 1.0 / 2432902008176640000.0
        p = p * s - 1.0 / 6402373705728000.0
        p = p * s + 1.0 / 20922789888000.0
        p = p * s - 1.0 / 87178291200.0
        p = p * s + 1.0 / 479001600.0
        p = p * s - 1.0 / 3628800.0
        p = p * s + 1.0 / 40320.0
        p = p * s - 1.0 / 720.0
        p = p * s + 1.0 / 24.0
        p = p * s - 0.5
        angles[j] = sign * (p * s + 1.0)


@kernel
def fourier_features(
    rows: NDArray[np.float64],
    frequencies: NDArray[np.float64],
    phases: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Fill ``out`` (n, D) with √(2/D) cos(xᵀω + b), row by row.

    Parameters
    ----------
    rows : array
        (n, d).
    frequencies : array
        (d, D), one column ω a feature.
    phases : array
        (D,), b.
    out : array
        (n, D).
    """
    size = phases.shape[0]
    scale = np.sqrt(2.0 / size)
    for i in range(rows.shape[0]):
        angles = out[i]
        for j in range(size):
            angles[j] = phases[j]
        for a in range(rows.shape[1]):
            x, column = rows[i, a], frequencies[a]
            for j in range(size):
                angles[j] += x * column[j]
        cosines(angles)
        for j in range(size):
            angles[j] *= scale
