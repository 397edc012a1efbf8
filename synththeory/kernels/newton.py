"""Weighted, soft-labelled logistic regression along nested synthetic sizes, by damped Newton.

Equations: `docs/devdocs/nested-logistic-path.md`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import NOT_FINITE, OK, factorise, substitute
from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.dots import SIDE
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.logistic_loss import Room, Rows, differentiate, padded, room_for, turn

SEPARATED, NORM_BOUND, NOT_CONVERGED = 4, 5, 6
_GOING_ON = -1
_STEPS = 100
_SHORT = 1e-7  # a step with a new Hessian this small, relative to the coefficients, leaves an error of about its square
_EXACT = 1e-11  # or: the step that would follow, foretold from the last two, is this small
_LONG = 1e-3  # a step longer than this, relative to the coefficients, asks for a new Hessian


@inlined
def _separates(rows: Rows, theta: NDArray[np.float64]) -> bool:
    """Whether every row of non-zero weight is hard-labelled and strictly on its own side."""
    for i in range(rows.used):
        if rows.weights[i] != 0.0:
            score = 0.0
            for j in range(theta.shape[0]):
                score += theta[j] * rows.columns[j, i]
            label = rows.labels[i]
            if not (2.0 * label - 1.0) * score > 0.0 or (label != 0.0 and label != 1.0):
                return False
    return True


@inlined
def _guess(
    sizes: NDArray[np.int64], s: int, status: NDArray[np.uint8], coefficients: NDArray[np.float64],
    theta: NDArray[np.float64],
) -> None:  # fmt: skip
    """Where the last two sizes have solutions, set θ on the line through them; it stays at the last one otherwise."""
    if s >= 2 and sizes[s - 1] > sizes[s - 2] and status[s - 1] == OK and status[s - 2] == OK:
        ahead = (sizes[s] - sizes[s - 1]) / (sizes[s - 1] - sizes[s - 2])
        for j in range(theta.shape[0]):
            last = coefficients[s - 1, j]
            theta[j] = last + min(ahead, 1.0) * (last - coefficients[s - 2, j])


@inlined
def _factorised(room: Room) -> int:
    """Factorise the Hessian. Returns a status code."""
    for a in range(room.matrix.shape[0]):
        for b in range(a + 1):
            room.matrix[b, a] = room.hessian[a, b]
    return factorise(room.matrix)


@inlined
def _slope(room: Room) -> float:
    """The objective's derivative along the step, at θ."""
    total = 0.0
    for j in range(room.step.shape[0]):
        total += room.gradient[j] * room.step[j]
    return total


@inlined
def _full_step(room: Room) -> tuple[float, float, float]:
    """Make Newton's step; its descent, its longest entry and the largest coefficient after it."""
    theta, step, descent, longest, farthest = room.theta, room.step, 0.0, 0.0, 0.0
    for j in range(theta.shape[0]):
        step[j] = -room.gradient[j]
    substitute(room.matrix, step)
    for j in range(theta.shape[0]):
        descent -= room.gradient[j] * step[j]
        room.start[j] = theta[j]
        theta[j] += step[j]
        longest = max(longest, abs(step[j]))
        farthest = max(farthest, abs(theta[j]))
    return descent, longest, farthest


@inlined
def _verdict(descent: float, longest: float, following: float, farthest: float, fresh: bool, bound: float) -> int:
    """What a full step says: a status code, or ``_GOING_ON``."""
    if not np.isfinite(descent + longest):  # max() passes over NaN, the sum does not
        return NOT_FINITE
    if (fresh and longest <= _SHORT * (1.0 + farthest)) or following <= _EXACT * (1.0 + farthest):
        return OK
    return NORM_BOUND if farthest > bound else _GOING_ON


@inlined
def _minimise(
    real: Rows, synthetic: Rows, penalty: float, slopes: int, bound: float, room: Room, factorised: bool
) -> tuple[int, bool]:
    """Newton from θ, at first with the Hessian at hand, if any. Returns a status code and whether one is at hand.

    A step is shortened by regula falsi on the directional derivative, which is monotone for a convex objective.
    """
    length, descent, previous = 1.0, 0.0, 0.0
    fresh, age = not factorised, 1.0  # a Hessian of other rows foretells nothing
    for iteration in range(_STEPS):
        differentiate(real, synthetic, penalty, slopes, room, fresh)
        ahead = _slope(room) if iteration > 0 else 0.0  # at the end of the step just made
        if iteration > 0 and ahead > 0.5 * descent:
            length *= descent / (descent + ahead)
            for j in range(room.theta.shape[0]):
                room.theta[j] = room.start[j] + length * room.step[j]
            continue
        if fresh:
            outcome = _factorised(room)
            if outcome != OK:
                return outcome, False
        descent, longest, farthest = _full_step(room)
        shrink = longest / previous if 10.0 * longest < previous else 1.0
        age = longest if fresh else age + longest  # way made since the Hessian, which bounds its error
        following = longest * max(shrink * shrink if fresh else shrink, age / (1.0 + farthest))
        previous, length = longest if length == 1.0 else 0.0, 1.0
        code = _verdict(descent, longest, following, farthest, fresh, bound)
        if code != _GOING_ON:
            return code, True
        fresh = longest > _LONG * (1.0 + farthest) or age >= 1.0
    return NOT_CONVERGED, True


@kernel
def logistic_path(
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
    """Minimise Σ w[log(1 + e^f) − yf] + ½ penalty ‖slopes‖² at every synthetic size, each fit starting from the last.

    A step is shortened by regula falsi on the directional derivative, which is monotone for a convex objective; no
    objective value is needed. The first guess at a size continues the line through the last two solutions, and its
    first step uses the Hessian of the size before; after a long step the Hessian is made anew.

    Parameters
    ----------
    real_rows, real_labels, real_weights : arrays
        (B, n, d), (B, n), (B, n).
    rows, labels, weights : arrays
        Synthetic rows, (B, m, d), (B, m), (B, m).
    sizes : array of int64
        (B, S), not decreasing along S, each at most m.
    penalties : array
        (B, S), weight of ½‖slopes‖² on the summed loss.
    intercept : bool
        Whether z = (x, 1).
    bound : float
        A coefficient beyond it ends the iteration.
    coefficients : array
        (B, S, p), filled; NaN where there is no minimiser.
    status : array of uint8
        (B, S), filled with status codes; a separated sample with a penalty keeps its coefficients if they converged.
    """
    count, extra, size = real_rows.shape[1], rows.shape[1], coefficients.shape[2]
    width, room = padded(size, SIDE), room_for(size)
    real_columns, columns = np.empty((width, padded(count, LANES))), np.empty((width, padded(extra, LANES)))
    for r in range(real_rows.shape[0]):
        turn(real_rows[r], count, intercept, real_columns)
        turn(rows[r], extra, intercept, columns)
        real = Rows(real_columns, real_labels[r], real_weights[r], count)
        room.theta[:] = 0.0
        factorised = False
        for s in range(sizes.shape[1]):
            synthetic, penalty = Rows(columns, labels[r], weights[r], sizes[r, s]), penalties[r, s]
            _guess(sizes[r], s, status[r], coefficients[r], room.theta)
            code, factorised = _minimise(real, synthetic, penalty, rows.shape[2], bound, room, factorised)
            kept = code == OK
            if code != NOT_FINITE and _separates(real, room.theta) and _separates(synthetic, room.theta):
                code, kept = SEPARATED, kept and penalty > 0.0
            status[r, s] = code
            for j in range(size):
                coefficients[r, s, j] = room.theta[j] if kept else np.nan
            if not kept:
                room.theta[:] = 0.0
                factorised = False
