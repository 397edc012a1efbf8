"""Logistic regression on rows whose weights may be negative: a difference of convex functions, minimised in a box.

Newton's step is projected on the box |θ_j| ≤ bound (Bertsekas 1982): a coefficient on the edge that the gradient pushes
outwards stays there. Where the Hessian is not positive definite a multiple of the identity is added to it. Both are
reported: the fit is a local minimiser, and its status says what it took.
"""

from __future__ import annotations

from math import log1p

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import NOT_FINITE, OK, SINGULAR, factorise, substitute
from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.dots import SIDE
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.newton import NORM_BOUND, NOT_CONVERGED, PANEL, accumulate, turn
from synththeory.kernels.sigmoid import exp_negative_abs

DAMPED = 7
_STEPS = 200
_SHORTEST = 1e-12
_SHORT = 1e-7  # a full step this small, relative to the coefficients, leaves an error of about its square
_ARMIJO = 1e-4
_ROUNDING = 1e-13  # of the summed absolute weights: a change of the objective below it says nothing


@inlined
def _objective(
    columns: NDArray[np.float64],
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    count: int,
    theta: NDArray[np.float64],
    work: NDArray[np.float64],
) -> float:
    """Σ w[log(1 + e^f) − yf] over the first rows."""
    score, decay, spare = work[0], work[1], work[2]
    total = 0.0
    for start in range(0, count, PANEL):
        here = min(PANEL, count - start)
        for i in range(here):
            score[i] = 0.0
        for j in range(theta.shape[0]):
            slope, column = theta[j], columns[j, start : start + here]
            for i in range(here):
                score[i] += slope * column[i]
        exp_negative_abs(score, here, spare, decay)
        for i in range(here):
            loss = max(score[i], 0.0) + log1p(decay[i]) - labels[start + i] * score[i]
            total += weights[start + i] * loss
    return total


@inlined
def _factorised(hessian: NDArray[np.float64], fixed: NDArray[np.bool_], matrix: NDArray[np.float64]) -> int:
    """Factorise the free part of the Hessian, the edge's rows replaced by the identity's.

    Returns ``OK``, ``DAMPED`` where a multiple of the identity had to be added, or ``NOT_FINITE``.
    """
    size, largest, added = matrix.shape[0], 0.0, 0.0
    for a in range(size):
        largest = max(largest, abs(hessian[a, a]))
    while True:
        for a in range(size):
            for b in range(a + 1):
                matrix[b, a] = 0.0 if fixed[a] or fixed[b] else hessian[a, b]
            matrix[a, a] = 1.0 if fixed[a] else hessian[a, a] + added
        outcome = factorise(matrix)
        if outcome != SINGULAR or not np.isfinite(added):
            break
        added = 10.0 * added if added > 0.0 else 1e-3 * largest + 1e-300
    if outcome == OK and added > 0.0:
        return DAMPED
    return outcome if outcome == OK else NOT_FINITE


@inlined
def _move(
    start: NDArray[np.float64],
    step: NDArray[np.float64],
    length: float,
    bound: float,
    gradient: NDArray[np.float64],
    theta: NDArray[np.float64],
) -> float:
    """Fill ``theta`` with start + length · step, clipped to the box; the slope times the way made."""
    slope = 0.0
    for j in range(theta.shape[0]):
        theta[j] = min(max(start[j] + length * step[j], -bound), bound)
        slope += gradient[j] * (theta[j] - start[j])
    return slope


@kernel
def signed_logistic_path(
    real_rows: NDArray[np.float64],
    real_labels: NDArray[np.float64],
    real_weights: NDArray[np.float64],
    rows: NDArray[np.float64],
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    sizes: NDArray[np.int64],
    penalties: NDArray[np.float64],
    intercept: bool,
    bound: float,
    coefficients: NDArray[np.float64],
    status: NDArray[np.uint8],
) -> None:
    """Minimise Σ w[log(1 + e^f) − yf] + ½ penalty ‖slopes‖² over |θ_j| ≤ bound, weights of any sign.

    Parameters
    ----------
    real_rows, real_labels, real_weights, rows, labels, weights, sizes, penalties, intercept
        As for `synththeory.kernels.newton.logistic_path`.
    bound : float
        Largest absolute value of a coefficient.
    coefficients : array
        (B, S, p), filled with a local minimiser; NaN where none was found.
    status : array of uint8
        (B, S): ``OK``; ``DAMPED`` where a Hessian on the way was not positive definite; ``NORM_BOUND`` where a
        coefficient lies on the edge; without a fit ``NOT_FINITE`` or ``NOT_CONVERGED``.
    """
    count, extra, dimension, size = real_rows.shape[1], rows.shape[1], rows.shape[2], coefficients.shape[2]
    width = -(-size // SIDE) * SIDE
    real_columns = np.empty((width, -(-count // LANES) * LANES))
    columns = np.empty((width, -(-extra // LANES) * LANES))
    work = np.zeros((4 + SIDE + width, PANEL))
    gradient, hessian = np.empty((SIDE, width)), np.empty((width, width))
    matrix, step, fixed = np.empty((size, size)), np.empty(size), np.zeros(size, dtype=np.bool_)
    theta, start = np.zeros(size), np.zeros(size)
    for r in range(real_rows.shape[0]):
        turn(real_rows[r], count, intercept, real_columns)
        turn(rows[r], extra, intercept, columns)
        theta[:] = 0.0
        for s in range(sizes.shape[1]):
            used, penalty, code, damped = sizes[r, s], penalties[r, s], NOT_CONVERGED, False
            slack = _ROUNDING * (np.abs(real_weights[r]).sum() + np.abs(weights[r, :used]).sum())
            before, slope, length = np.inf, 0.0, 1.0
            for _ in range(_STEPS):
                value = 0.5 * penalty * np.sum(theta[:dimension] ** 2)
                value += _objective(real_columns, real_labels[r], real_weights[r], count, theta, work)
                value += _objective(columns, labels[r], weights[r], used, theta, work)
                if value > before + _ARMIJO * slope + slack and length > _SHORTEST:
                    length *= 0.5
                    slope = _move(start, step, length, bound, gradient[0], theta)
                    continue
                if not np.isfinite(value):
                    code = NOT_FINITE
                    break
                before, gradient[:], hessian[:] = value, 0.0, 0.0
                accumulate(real_columns, real_labels[r], real_weights[r], count, theta, work, gradient, hessian, True)
                accumulate(columns, labels[r], weights[r], used, theta, work, gradient, hessian, True)
                held = False
                for j in range(size):
                    if j < dimension:
                        gradient[0, j] += penalty * theta[j]
                        hessian[j, j] += penalty
                    fixed[j] = abs(theta[j]) >= bound and gradient[0, j] * theta[j] < 0.0
                    held |= fixed[j]
                outcome = _factorised(hessian, fixed, matrix)
                if outcome == NOT_FINITE:
                    code = NOT_FINITE
                    break
                for j in range(size):
                    step[j] = 0.0 if fixed[j] else -gradient[0, j]
                substitute(matrix, step)
                start[:], length = theta, 1.0
                slope = _move(start, step, length, bound, gradient[0], theta)
                longest, farthest = np.abs(theta - start).max(), np.abs(theta).max()
                if longest <= _SHORT * (1.0 + farthest):
                    code = NOT_CONVERGED if outcome == DAMPED else NORM_BOUND if held else DAMPED if damped else OK
                    break
                damped |= outcome == DAMPED
            kept = code != NOT_FINITE and code != NOT_CONVERGED
            status[r, s] = code
            for j in range(size):
                coefficients[r, s, j] = theta[j] if kept else np.nan
            if not kept:
                theta[:] = 0.0
