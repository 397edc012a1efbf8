"""First and second moments of the scores of rows that share a label, and their summed Hessian, in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.dots import SIDE, add_dots
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.logistic_loss import add_scores
from synththeory.kernels.sigmoid import exp_negative_abs

_PANEL = 512  # rows looked at together: their columns, scores and curved columns stay in the caches


@inlined
def _slopes(work: NDArray[np.float64], count: int, padded: int, label: float, logistic: bool) -> None:
    """From linear scores in ``work[0]``: ∂ℓ/∂f in ``work[1]`` and ∂²ℓ/∂f² in ``work[2]``, zero beyond ``count``."""
    score, slope, curve, decay, spare = work[0], work[1], work[2], work[3], work[4]
    if logistic:
        exp_negative_abs(score, padded, spare, decay)
        for i in range(count):
            share = 1.0 / (1.0 + decay[i])
            slope[i] = (share if score[i] >= 0.0 else decay[i] * share) - label
            curve[i] = decay[i] * share * share
    else:
        for i in range(count):
            slope[i] = 2.0 * (score[i] - label)
            curve[i] = 2.0
    for i in range(count, padded):
        slope[i], curve[i] = 0.0, 0.0


@inlined
def _lay_out(rows: NDArray[np.float64], start: int, size: int, here: int, columns: NDArray[np.float64]) -> None:
    """Columns z of the rows of a panel, zero where they fill its last eight."""
    dimension = rows.shape[1]
    for i in range(here):
        for j in range(dimension):
            columns[j, i] = rows[start + i, j]
    columns[dimension:size, :here] = 1.0
    columns[:, here : -(-here // LANES) * LANES] = 0.0


@inlined
def _weigh(
    columns: NDArray[np.float64], work: NDArray[np.float64], size: int, padded: int, scores: NDArray[np.float64],
    curved: NDArray[np.float64],
) -> None:  # fmt: skip
    """Columns times ∂ℓ/∂f and times ∂²ℓ/∂f²."""
    for j in range(size):
        column, slope, curve, first, second = columns[j], work[1], work[2], scores[j], curved[j]
        for i in range(padded):
            first[i] = slope[i] * column[i]
            second[i] = curve[i] * column[i]


@kernel
def score_moments(
    rows: NDArray[np.float64],
    theta: NDArray[np.float64],
    label: float,
    logistic: bool,
    total: NDArray[np.float64],
    products: NDArray[np.float64],
    curvature: NDArray[np.float64],
) -> None:
    """Sums over the rows of scores s, of ssᵀ and of Hessians, for squared or logistic loss.

    Parameters
    ----------
    rows : array
        (B, n, d).
    theta : array
        (B, p): z = x where p = d, z = (x, 1) where p = d + 1.
    label : float
        Of every row.
    logistic : bool
        Logistic loss in place of squared loss.
    total, products, curvature : arrays
        (B, p), (B, p, p), (B, p, p), filled with Σ s, Σ ssᵀ and Σ ∂²ℓ/∂f² zzᵀ.
    """
    count, size = rows.shape[1], theta.shape[1]
    width = -(-size // SIDE) * SIDE
    columns, scores, curved = np.zeros((width, _PANEL)), np.zeros((width, _PANEL)), np.zeros((width, _PANEL))
    work, ones = np.zeros((5, _PANEL)), np.ones((SIDE, _PANEL))
    sums, squares, hessian = np.empty((SIDE, width)), np.empty((width, width)), np.empty((width, width))
    plain, scored, bent = columns.reshape(-1), scores.reshape(-1), curved.reshape(-1)
    for r in range(rows.shape[0]):
        sums[:], squares[:], hessian[:] = 0.0, 0.0, 0.0
        for start in range(0, count, _PANEL):
            here = min(_PANEL, count - start)
            padded = -(-here // LANES) * LANES
            _lay_out(rows[r], start, size, here, columns)
            add_scores(columns, 0, padded, theta[r], work[0])
            _slopes(work, here, padded, label, logistic)
            _weigh(columns, work, size, padded, scores, curved)
            steps = padded // LANES
            for a in range(0, width, SIDE):
                add_dots(ones.reshape(-1), 0, _PANEL, scored, a * _PANEL, _PANEL, steps, sums.reshape(-1), a, width)
                for b in range(0, a + 1, SIDE):
                    place = a * width + b
                    add_dots(scored, a * _PANEL, _PANEL, scored, b * _PANEL, _PANEL, steps, squares.reshape(-1), place,
                             width)  # fmt: skip
                    add_dots(bent, a * _PANEL, _PANEL, plain, b * _PANEL, _PANEL, steps, hessian.reshape(-1), place,
                             width)  # fmt: skip
        for a in range(size):
            total[r, a] = sums[0, a]
            for b in range(a + 1):
                products[r, a, b] = squares[a, b]
                products[r, b, a] = squares[a, b]
                curvature[r, a, b] = hessian[a, b]
                curvature[r, b, a] = hessian[a, b]
