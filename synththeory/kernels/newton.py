"""Weighted, soft-labelled logistic regression along nested synthetic sizes, by damped Newton."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import NOT_FINITE, OK, factorise, substitute
from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.dots import SIDE, add_dots
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.sigmoid import exp_negative_abs

SEPARATED, NORM_BOUND, NOT_CONVERGED = 4, 5, 6
PANEL = 1024  # rows looked at together: few enough for the second-level cache, enough to make folding the sums cheap
_STEPS = 100
_SHORT = 1e-7  # a step with a new Hessian this small, relative to the coefficients, leaves an error of about its square
_EXACT = 1e-11  # or: the step that would follow, foretold from the last two, is this small
_LONG = 1e-3  # a step longer than this, relative to the coefficients, asks for a new Hessian


@inlined
def turn(rows: NDArray[np.float64], count: int, intercept: bool, out: NDArray[np.float64]) -> None:
    """Columns z = x or (x, 1) of the first rows, (p padded, n padded), zero elsewhere."""
    dimension = rows.shape[1]
    out[:] = 0.0
    for start in range(0, count, 64):
        for j in range(dimension):
            for i in range(start, min(start + 64, count)):
                out[j, i] = rows[i, j]
    if intercept:
        out[dimension, :count] = 1.0


@inlined
def accumulate(
    columns: NDArray[np.float64],
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    count: int,
    theta: NDArray[np.float64],
    work: NDArray[np.float64],
    gradient: NDArray[np.float64],
    hessian: NDArray[np.float64],
    curved: bool,
) -> None:
    """Add Σ w(p − y)z to ``gradient`` (SIDE, padded; first row).

    Where ``curved``, also add Σ w p(1 − p)zzᵀ to ``hessian`` (lower tiles), which costs more than all the rest.
    """
    size, width = theta.shape[0], hessian.shape[0]
    score, decay, spare, curve = work[0], work[1], work[2], work[3]
    residual, weighted = work[4 : 4 + SIDE], work[4 + SIDE :]
    beyond = columns[:, count : -(-count // LANES) * LANES]  # rows of larger sizes that share the last lanes
    kept = beyond.copy()
    beyond[:] = 0.0
    for start in range(0, count, PANEL):
        here = min(PANEL, count - start)
        padded = -(-here // LANES) * LANES
        for i in range(padded):
            score[i] = 0.0
        for j in range(size):  # slices, because a sum as an index stops the compiler from vectorising
            slope, column = theta[j], columns[j, start : start + padded]
            for i in range(padded):
                score[i] += slope * column[i]
        exp_negative_abs(score, padded, spare, decay)
        label, weight, pull = labels[start : start + here], weights[start : start + here], residual[0]
        for i in range(here):
            share = 1.0 / (1.0 + decay[i])
            chance = share if score[i] >= 0.0 else decay[i] * share
            pull[i] = weight[i] * (chance - label[i])
            curve[i] = weight[i] * decay[i] * share * share
        for i in range(here, padded):
            pull[i] = 0.0
            curve[i] = 0.0
        for j in range(size if curved else 0):
            column, scaled = columns[j, start : start + padded], weighted[j]
            for i in range(padded):
                scaled[i] = curve[i] * column[i]
        flat, turned = columns.reshape(-1), weighted.reshape(-1)
        stride, steps = columns.shape[1], padded // LANES
        for a in range(0, width, SIDE):
            add_dots(
                residual.reshape(-1), 0, PANEL,
                flat, a * stride + start, stride,
                steps,
                gradient.reshape(-1), a, width,
            )  # fmt: skip
            for b in range(0, a + 1 if curved else 0, SIDE):
                add_dots(
                    turned, a * PANEL, PANEL,
                    flat, b * stride + start, stride,
                    steps,
                    hessian.reshape(-1), a * width + b, width,
                )  # fmt: skip
    beyond[:] = kept


@inlined
def _separates(
    columns: NDArray[np.float64],
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    count: int,
    theta: NDArray[np.float64],
) -> bool:
    """Whether every row of non-zero weight is hard-labelled and strictly on its own side."""
    for i in range(count):
        if weights[i] != 0.0:
            score = 0.0
            for j in range(theta.shape[0]):
                score += theta[j] * columns[j, i]
            if not (2.0 * labels[i] - 1.0) * score > 0.0 or (labels[i] != 0.0 and labels[i] != 1.0):
                return False
    return True


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
    count, extra, dimension, size = real_rows.shape[1], rows.shape[1], rows.shape[2], coefficients.shape[2]
    width = -(-size // SIDE) * SIDE
    real_columns = np.empty((width, -(-count // LANES) * LANES))
    columns = np.empty((width, -(-extra // LANES) * LANES))
    work = np.zeros((4 + SIDE + width, PANEL))
    gradient, hessian = np.empty((SIDE, width)), np.empty((width, width))
    matrix, step = np.empty((size, size)), np.empty(size)
    theta, start = np.empty(size), np.empty(size)
    for r in range(real_rows.shape[0]):
        turn(real_rows[r], count, intercept, real_columns)
        turn(rows[r], extra, intercept, columns)
        theta[:] = 0.0
        factorised = False
        for s in range(sizes.shape[1]):
            used, penalty = sizes[r, s], penalties[r, s]
            if s >= 2 and sizes[r, s - 1] > sizes[r, s - 2] and status[r, s - 1] == OK and status[r, s - 2] == OK:
                ahead = (sizes[r, s] - sizes[r, s - 1]) / (sizes[r, s - 1] - sizes[r, s - 2])
                for j in range(size):
                    last = coefficients[r, s - 1, j]
                    theta[j] = last + min(ahead, 1.0) * (last - coefficients[r, s - 2, j])
            code, length, descent, previous = NOT_CONVERGED, 1.0, 0.0, 0.0
            fresh, age = not factorised, 1.0  # a Hessian of other rows foretells nothing
            for iteration in range(_STEPS):
                gradient[:] = 0.0
                hessian[:] = 0.0
                accumulate(real_columns, real_labels[r], real_weights[r], count, theta, work, gradient, hessian, fresh)
                accumulate(columns, labels[r], weights[r], used, theta, work, gradient, hessian, fresh)
                for j in range(min(dimension, size)):
                    gradient[0, j] += penalty * theta[j]
                    hessian[j, j] += penalty
                if iteration > 0:
                    ahead = 0.0  # directional derivative at the end of the step just made
                    for j in range(size):
                        ahead += gradient[0, j] * step[j]
                    if ahead > 0.5 * descent:
                        length *= descent / (descent + ahead)
                        for j in range(size):
                            theta[j] = start[j] + length * step[j]
                        continue
                for a in range(size):
                    step[a] = -gradient[0, a]
                if fresh:
                    for a in range(size):
                        for b in range(a + 1):
                            matrix[b, a] = hessian[a, b]
                    outcome = factorise(matrix)
                    factorised = outcome == OK
                    if not factorised:
                        code = outcome
                        break
                substitute(matrix, step)
                descent, longest, farthest = 0.0, 0.0, 0.0
                for j in range(size):
                    descent -= gradient[0, j] * step[j]
                    start[j] = theta[j]
                    theta[j] += step[j]
                    longest = max(longest, abs(step[j]))
                    farthest = max(farthest, abs(theta[j]))
                shrink = longest / previous if 10.0 * longest < previous else 1.0
                age = longest if fresh else age + longest  # way made since the Hessian, which bounds its error
                following = longest * max(shrink * shrink if fresh else shrink, age / (1.0 + farthest))
                previous, length = longest if length == 1.0 else 0.0, 1.0
                if not np.isfinite(descent + longest):  # max() passes over NaN, the sum does not
                    code = NOT_FINITE
                    break
                if (fresh and longest <= _SHORT * (1.0 + farthest)) or following <= _EXACT * (1.0 + farthest):
                    code = OK
                    break
                if farthest > bound:
                    code = NORM_BOUND
                    break
                fresh = longest > _LONG * (1.0 + farthest) or age >= 1.0
            converged = code == OK
            if (
                code != NOT_FINITE
                and _separates(real_columns, real_labels[r], real_weights[r], count, theta)
                and _separates(columns, labels[r], weights[r], used, theta)
            ):
                code = SEPARATED
            kept = converged and (code == OK or penalty > 0.0)
            status[r, s] = code
            for j in range(size):
                coefficients[r, s, j] = theta[j] if kept else np.nan
            if not kept:
                theta[:] = 0.0
                factorised = False
