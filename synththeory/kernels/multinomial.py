"""Weighted, soft-labelled multinomial regression along nested synthetic sizes, by damped Newton."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import NOT_FINITE, OK, factorise, substitute
from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.llvm.dots import SIDE, add_dots
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.logistic_loss import PANEL, put_back, set_aside, turn
from synththeory.kernels.newton import NORM_BOUND, NOT_CONVERGED, SEPARATED
from synththeory.kernels.sigmoid import exp_negative_abs

_STEPS = 100
_SHORT = 1e-7  # a Newton step this small, relative to the coefficients, leaves an error of about its square


@inlined
def _chances(columns: NDArray[np.float64], start: int, padded: int, theta: NDArray[np.float64],
             chances: NDArray[np.float64], work: NDArray[np.float64]) -> None:  # fmt: skip
    """Fill ``chances`` (K, PANEL) with e^{f_k} / Σ_c e^{f_c} of the panel's rows, f_k = zᵀθ_k."""
    top, spare, total = work[0], work[1], work[2]
    top[:] = -np.inf
    total[:] = 0.0
    for k in range(theta.shape[0]):
        score = chances[k]
        score[:] = 0.0
        for j in range(theta.shape[1]):
            slope, column = theta[k, j], columns[j, start : start + padded]
            for i in range(padded):
                score[i] += slope * column[i]
        for i in range(padded):
            top[i] = max(top[i], score[i])
    for k in range(theta.shape[0]):
        score = chances[k]
        for i in range(padded):
            score[i] -= top[i]
        exp_negative_abs(score, padded, spare, score)
        for i in range(padded):
            total[i] += score[i]
    for k in range(theta.shape[0]):
        for i in range(padded):
            chances[k, i] /= total[i]


@inlined
def _add_curvature(columns: NDArray[np.float64], start: int, weights: NDArray[np.float64],
                   chances: NDArray[np.float64], curve: NDArray[np.float64], weighted: NDArray[np.float64], size: int,
                   hessian: NDArray[np.float64]) -> None:  # fmt: skip
    """Add Σ w p_k(δ_kc − p_c)zzᵀ over a panel's rows to the lower tiles of ``hessian``, pairs k ≤ c in turn."""
    classes, here, width, stride = chances.shape[0], weights.shape[0], weighted.shape[0], columns.shape[1]
    padded, pair = -(-here // LANES) * LANES, 0
    curve[here:padded] = 0.0
    for k in range(classes):
        for c in range(k, classes):
            own = 1.0 if k == c else 0.0
            for i in range(here):
                curve[i] = weights[i] * chances[k, i] * (own - chances[c, i])
            for j in range(size):
                scaled, column = weighted[j], columns[j, start : start + padded]
                for i in range(padded):
                    scaled[i] = curve[i] * column[i]
            for a in range(0, width, SIDE):
                for b in range(0, a + 1, SIDE):
                    add_dots(weighted.reshape(-1), a * PANEL, PANEL, columns.reshape(-1), b * stride + start, stride,
                             padded // LANES, hessian.reshape(-1), (pair * width + a) * width + b, width)  # fmt: skip
            pair += 1


@inlined
def _accumulate(columns: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64], count: int,
                theta: NDArray[np.float64], work: NDArray[np.float64], gradient: NDArray[np.float64],
                hessian: NDArray[np.float64]) -> None:  # fmt: skip
    """Add Σ w(p_k − y_k)z to row k of ``gradient`` (K padded, p padded), and the curvature to ``hessian``."""
    classes, rounded, width, stride = theta.shape[0], gradient.shape[0], gradient.shape[1], columns.shape[1]
    chances, residual, weighted = work[4 : 4 + classes], work[4 + classes : 4 + classes + rounded], work[-width:]
    kept = set_aside(columns, count, -(-count // LANES) * LANES)
    for start in range(0, count, PANEL):
        here = min(PANEL, count - start)
        padded = -(-here // LANES) * LANES
        _chances(columns, start, padded, theta, chances, work)
        for k in range(classes):
            for i in range(here):
                residual[k, i] = weights[start + i] * (chances[k, i] - labels[start + i, k])
            residual[k, here:padded] = 0.0
        for k in range(0, rounded, SIDE):
            for a in range(0, width, SIDE):
                add_dots(residual.reshape(-1), k * PANEL, PANEL, columns.reshape(-1), a * stride + start, stride,
                         padded // LANES, gradient.reshape(-1), k * width + a, width)  # fmt: skip
        _add_curvature(columns, start, weights[start : start + here], chances, work[3], weighted, theta.shape[1],
                       hessian)  # fmt: skip
    put_back(columns, count, kept)


@inlined
def _assemble(hessian: NDArray[np.float64], penalty: float, slopes: int, matrix: NDArray[np.float64],
              classes: int) -> None:  # fmt: skip
    """Fill the upper triangle of the Hessian, class by class, made definite where the loss is flat.

    Adding one vector to the coefficients of every class changes no probability. The gradient has no part along such
    a move, so curvature added to it leaves every step as it is, with Σ_k θ_k = 0.
    """
    size, pair = matrix.shape[0] // classes, 0
    for k in range(classes):
        for c in range(k, classes):
            for a in range(size):
                for b in range(a if k == c else 0, size):
                    matrix[k * size + a, c * size + b] = hessian[pair, max(a, b), min(a, b)]
            pair += 1
    for j in range(size):
        level = 0.0
        for k in range(classes):
            matrix[k * size + j, k * size + j] += penalty if j < slopes else 0.0
            level += matrix[k * size + j, k * size + j] / classes
        for k in range(classes):
            for c in range(k, classes):
                matrix[k * size + j, c * size + j] += level / classes


@inlined
def _separates(columns: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64], count: int,
               theta: NDArray[np.float64]) -> bool:  # fmt: skip
    """Whether every row of non-zero weight is hard-labelled and scores strictly highest at its own class."""
    classes = theta.shape[0]
    scores = np.empty(classes)
    for i in range(count):
        if weights[i] != 0.0:
            own = -1
            for k in range(classes):
                scores[k] = 0.0
                for j in range(theta.shape[1]):
                    scores[k] += theta[k, j] * columns[j, i]
                if labels[i, k] == 1.0:
                    own = k
                elif labels[i, k] != 0.0:
                    return False
            if own < 0:
                return False
            for k in range(classes):
                if k != own and not scores[own] > scores[k]:
                    return False
    return True


@inlined
def _move(start: NDArray[np.float64], length: float, step: NDArray[np.float64], theta: NDArray[np.float64]) -> None:
    """Set θ to start + length · step."""
    for k in range(theta.shape[0]):
        for j in range(theta.shape[1]):
            theta[k, j] = start[k, j] + length * step[k * theta.shape[1] + j]


@inlined
def _full_step(
    gradient: NDArray[np.float64], matrix: NDArray[np.float64], step: NDArray[np.float64], start: NDArray[np.float64],
    theta: NDArray[np.float64],
) -> tuple[float, float, float, float]:  # fmt: skip
    """Make Newton's step; descent, sum and longest of its entries, and the largest coefficient after it."""
    classes, size = theta.shape
    rise, way, longest, farthest = 0.0, 0.0, 0.0, 0.0
    for k in range(classes):
        for j in range(size):
            step[k * size + j] = -gradient[k, j]
    substitute(matrix, step)
    for k in range(classes):
        for j in range(size):
            move = step[k * size + j]
            start[k, j] = theta[k, j]
            theta[k, j] += move
            rise += gradient[k, j] * move
            way += move
            longest, farthest = max(longest, abs(move)), max(farthest, abs(theta[k, j]))
    return -rise, way, longest, farthest


@inlined
def _newton(real_columns: NDArray[np.float64], real_labels: NDArray[np.float64], real_weights: NDArray[np.float64],
            columns: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64], used: int,
            slopes: int, penalty: float, bound: float, theta: NDArray[np.float64], work: NDArray[np.float64],
            gradient: NDArray[np.float64], hessian: NDArray[np.float64],
            matrix: NDArray[np.float64]) -> int:  # fmt: skip
    """Move ``theta`` (K, p) to the minimiser of one objective. Returns a status code."""
    classes, size = theta.shape
    step, start = np.zeros(classes * size), np.empty((classes, size))
    length, descent = 1.0, 0.0
    for _ in range(_STEPS):
        gradient[:] = 0.0
        hessian[:] = 0.0
        _accumulate(real_columns, real_labels, real_weights, real_weights.shape[0], theta, work, gradient, hessian)
        _accumulate(columns, labels, weights, used, theta, work, gradient, hessian)
        ahead = 0.0  # directional derivative at the end of the step just made
        for k in range(classes):
            for j in range(size):
                gradient[k, j] += penalty * theta[k, j] if j < slopes else 0.0
                ahead += gradient[k, j] * step[k * size + j]
        if ahead > 0.5 * descent:
            length *= descent / (descent + ahead)
            _move(start, length, step, theta)
            continue
        _assemble(hessian, penalty, slopes, matrix, classes)
        outcome = factorise(matrix)
        if outcome != OK:
            return outcome
        length = 1.0
        descent, way, longest, farthest = _full_step(gradient, matrix, step, start, theta)
        if not np.isfinite(descent + way):  # a maximum passes over NaN, a sum does not
            return NOT_FINITE
        if longest <= _SHORT * (1.0 + farthest):
            return OK
        if farthest > bound:
            return NORM_BOUND
    return NOT_CONVERGED


@kernel
def multinomial_path(
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
    """Minimise Σ w[log Σ_k e^{f_k} − Σ_k y_k f_k] + ½ penalty Σ_k ‖slopes_k‖² at every synthetic size, Σ_k θ_k = 0.

    A step is shortened by regula falsi on the directional derivative, as in `synththeory.kernels.newton`; each fit
    starts from the last.

    Parameters
    ----------
    real_rows, real_labels, real_weights : arrays
        (B, n, d), (B, n, K) that sum to one over K, (B, n) ≥ 0.
    rows, labels, weights : arrays
        Synthetic rows, (B, m, d), (B, m, K), (B, m).
    sizes : array of int64
        (B, S), not decreasing along S, each at most m.
    penalties : array
        (B, S), weight of ½‖slopes‖² on the summed loss.
    intercept : bool
        Whether z = (x, 1).
    bound : float
        A coefficient beyond it ends the iteration.
    coefficients : array
        (B, S, K, p), filled; NaN where there is no minimiser.
    status : array of uint8
        (B, S), filled with status codes; a separated sample with a penalty keeps its coefficients if they converged.
    """
    count, extra, dimension = real_rows.shape[1], rows.shape[1], rows.shape[2]
    classes, size = coefficients.shape[2], coefficients.shape[3]
    width, rounded = -(-size // SIDE) * SIDE, -(-classes // SIDE) * SIDE
    real_columns = np.empty((width, -(-count // LANES) * LANES))
    columns = np.empty((width, -(-extra // LANES) * LANES))
    work = np.zeros((4 + classes + rounded + width, PANEL))
    gradient, hessian = np.empty((rounded, width)), np.empty((classes * (classes + 1) // 2, width, width))
    matrix, theta = np.empty((classes * size, classes * size)), np.empty((classes, size))
    for r in range(real_rows.shape[0]):
        turn(real_rows[r], count, intercept, real_columns)
        turn(rows[r], extra, intercept, columns)
        theta[:] = 0.0
        for s in range(sizes.shape[1]):
            used, penalty = sizes[r, s], penalties[r, s]
            code = _newton(real_columns, real_labels[r], real_weights[r], columns, labels[r], weights[r], used,
                           dimension, penalty, bound, theta, work, gradient, hessian, matrix)  # fmt: skip
            converged = code == OK
            if (
                code != NOT_FINITE
                and _separates(real_columns, real_labels[r], real_weights[r], count, theta)
                and _separates(columns, labels[r], weights[r], used, theta)
            ):
                code = SEPARATED
            status[r, s] = code
            kept = converged and (code == OK or penalty > 0.0)
            for k in range(classes):
                for j in range(size):
                    coefficients[r, s, k, j] = theta[k, j] if kept else np.nan
            if not kept:
                theta[:] = 0.0
