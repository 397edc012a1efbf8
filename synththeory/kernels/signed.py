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
from synththeory.kernels.logistic_loss import PANEL, Room, Rows, add_scores, differentiate, padded, room_for, turn
from synththeory.kernels.newton import NORM_BOUND, NOT_CONVERGED
from synththeory.kernels.sigmoid import exp_negative_abs

DAMPED = 7
_STEPS = 200
_SHORTEST = 1e-12
_SHORT = 1e-7  # a full step this small, relative to the coefficients, leaves an error of about its square
_ARMIJO = 1e-4
_ROUNDING = 1e-13  # of the summed absolute weights: a change of the objective below it says nothing


@inlined
def _loss(rows: Rows, theta: NDArray[np.float64], work: NDArray[np.float64]) -> float:
    """Σ w[log(1 + e^f) − yf] over the rows in use."""
    score, decay, spare = work[0], work[1], work[2]
    total = 0.0
    for start in range(0, rows.used, PANEL):
        here = min(PANEL, rows.used - start)
        add_scores(rows.columns, start, here, theta, score)
        exp_negative_abs(score, here, spare, decay)
        for i in range(here):
            loss = max(score[i], 0.0) + log1p(decay[i]) - rows.labels[start + i] * score[i]
            total += rows.weights[start + i] * loss
    return total


@inlined
def _objective(real: Rows, synthetic: Rows, penalty: float, slopes: int, room: Room) -> float:
    """Both samples' loss and ½ penalty ‖slopes‖²."""
    square = 0.0
    for j in range(min(slopes, room.theta.shape[0])):
        square += room.theta[j] * room.theta[j]
    value = 0.5 * penalty * square + _loss(real, room.theta, room.work)
    return float(value + _loss(synthetic, room.theta, room.work))


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
def _move(room: Room, length: float, bound: float) -> float:
    """Set θ to start + length · step, clipped to the box; the slope times the way made."""
    slope = 0.0
    for j in range(room.theta.shape[0]):
        room.theta[j] = min(max(room.start[j] + length * room.step[j], -bound), bound)
        slope += room.gradient[j] * (room.theta[j] - room.start[j])
    return slope


@inlined
def _projected_step(room: Room, bound: float, fixed: NDArray[np.bool_]) -> tuple[int, bool]:
    """Newton's step of the free coefficients; the code of `_factorised`, and whether one is held on the edge."""
    held = False
    for j in range(fixed.shape[0]):
        fixed[j] = abs(room.theta[j]) >= bound and room.gradient[j] * room.theta[j] < 0.0
        held |= fixed[j]
    outcome = _factorised(room.hessian, fixed, room.matrix)
    if outcome != NOT_FINITE:
        for j in range(fixed.shape[0]):
            room.step[j] = 0.0 if fixed[j] else -room.gradient[j]
        substitute(room.matrix, room.step)
        for j in range(fixed.shape[0]):
            room.start[j] = room.theta[j]
    return outcome, held


@inlined
def _mass(rows: Rows) -> float:
    """Sum of the absolute weights in use."""
    mass = 0.0
    for i in range(rows.used):
        mass += abs(rows.weights[i])
    return mass


@inlined
def _has_settled(room: Room) -> bool:
    """Whether the way from the start is short; never where it is not a number."""
    farthest, settled = 0.0, True
    for j in range(room.theta.shape[0]):
        farthest = max(farthest, abs(room.theta[j]))
    for j in range(room.theta.shape[0]):
        settled &= abs(room.theta[j] - room.start[j]) <= _SHORT * (1.0 + farthest)
    return settled


@inlined
def _minimise(
    real: Rows, synthetic: Rows, penalty: float, slopes: int, bound: float, room: Room, fixed: NDArray[np.bool_]
) -> int:
    """Projected Newton from θ, steps halved until the objective falls. Returns a status code."""
    slack = _ROUNDING * (_mass(real) + _mass(synthetic))
    before, slope, length, damped = np.inf, 0.0, 1.0, False
    for _ in range(_STEPS):
        value = _objective(real, synthetic, penalty, slopes, room)
        if value > before + _ARMIJO * slope + slack and length > _SHORTEST:
            length *= 0.5
            slope = _move(room, length, bound)
            continue
        if not np.isfinite(value):
            return NOT_FINITE
        differentiate(real, synthetic, penalty, slopes, room, True)
        outcome, held = _projected_step(room, bound, fixed)
        if outcome == NOT_FINITE:
            return NOT_FINITE
        before, length = value, 1.0
        slope = _move(room, length, bound)
        if _has_settled(room):
            return NOT_CONVERGED if outcome == DAMPED else NORM_BOUND if held else DAMPED if damped else OK
        damped |= outcome == DAMPED
    return NOT_CONVERGED


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
    count, extra, size = real_rows.shape[1], rows.shape[1], coefficients.shape[2]
    width, room, fixed = padded(size, SIDE), room_for(size), np.zeros(size, dtype=np.bool_)
    real_columns, columns = np.empty((width, padded(count, LANES))), np.empty((width, padded(extra, LANES)))
    for r in range(real_rows.shape[0]):
        turn(real_rows[r], count, intercept, real_columns)
        turn(rows[r], extra, intercept, columns)
        real = Rows(real_columns, real_labels[r], real_weights[r], count)
        room.theta[:] = 0.0
        for s in range(sizes.shape[1]):
            synthetic = Rows(columns, labels[r], weights[r], sizes[r, s])
            code = _minimise(real, synthetic, penalties[r, s], rows.shape[2], bound, room, fixed)
            kept = code != NOT_FINITE and code != NOT_CONVERGED
            status[r, s] = code
            for j in range(size):
                coefficients[r, s, j] = room.theta[j] if kept else np.nan
            if not kept:
                room.theta[:] = 0.0
