"""Weighted, soft-labelled logistic loss of rows kept as columns: scores, gradient and Hessian, a panel at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined
from synththeory.kernels.llvm.dots import SIDE, add_dots, add_row_of_dots
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.sigmoid import exp_negative_abs

PANEL = 1024  # rows looked at together: few enough for the second-level cache, enough to make folding the sums cheap

Array = NDArray[np.float64]


class Rows(NamedTuple):
    """Rows of one sample, the first ``used`` of which a fit uses.

    Attributes
    ----------
    columns : array
        (p padded, n padded), of `turn`.
    labels, weights : array
        (n,).
    used : int
        At most n.
    """

    columns: Array
    labels: Array
    weights: Array
    used: int


class Room(NamedTuple):
    """What a fit is worked out in.

    Attributes
    ----------
    work : array
        (5 + p padded, PANEL).
    gradient, hessian : array
        (p padded,) and (p padded, p padded), its lower triangle alone.
    matrix : array
        (p, p), the factorised Hessian.
    step, theta, start : array
        (p,): θ is start + length · step.
    """

    work: Array
    gradient: Array
    hessian: Array
    matrix: Array
    step: Array
    theta: Array
    start: Array


@inlined
def padded(size: int, unit: int) -> int:
    """The next multiple of a unit."""
    return -(-size // unit) * unit


@inlined
def room_for(size: int) -> Room:
    """Room for p coefficients."""
    width = padded(size, SIDE)
    return Room(
        np.zeros((5 + width, PANEL)), np.empty(width), np.empty((width, width)), np.empty((size, size)),
        np.empty(size), np.zeros(size), np.zeros(size),
    )  # fmt: skip


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
def add_scores(columns: Array, start: int, count: int, theta: Array, score: Array) -> None:
    """Fill ``score`` with zᵀθ of rows start, …, start + count − 1."""
    for i in range(count):
        score[i] = 0.0
    whole, stop = theta.shape[0] // 4 * 4, start + count
    for j in range(0, whole, 4):  # slices, because a sum as an index stops the compiler from vectorising
        one, two, three, four = theta[j], theta[j + 1], theta[j + 2], theta[j + 3]
        first, second = columns[j, start:stop], columns[j + 1, start:stop]
        third, fourth = columns[j + 2, start:stop], columns[j + 3, start:stop]
        for i in range(count):
            score[i] = (((score[i] + one * first[i]) + two * second[i]) + three * third[i]) + four * fourth[i]
    for j in range(whole, theta.shape[0]):
        slope, column = theta[j], columns[j, start:stop]
        for i in range(count):
            score[i] += slope * column[i]


@inlined
def _pulls(rows: Rows, start: int, here: int, work: Array) -> None:
    """From the scores in ``work[0]``: w p(1 − p) in ``work[3]`` and w(p − y) in ``work[4]``, zero beyond ``here``."""
    score, decay, spare, curve, pull = work[0], work[1], work[2], work[3], work[4]
    whole = padded(here, LANES)
    exp_negative_abs(score, whole, spare, decay)
    label, weight = rows.labels[start : start + here], rows.weights[start : start + here]
    for i in range(here):
        share = 1.0 / (1.0 + decay[i])
        chance = share if score[i] >= 0.0 else decay[i] * share
        pull[i] = weight[i] * (chance - label[i])
        curve[i] = weight[i] * decay[i] * share * share
    for i in range(here, whole):
        pull[i] = 0.0
        curve[i] = 0.0


@inlined
def _add_hessian(columns: Array, start: int, here: int, size: int, work: Array, hessian: Array) -> None:
    """Add Σ w p(1 − p)zzᵀ of a panel to the lower tiles, which costs more than all the rest."""
    curve, weighted, whole = work[3], work[5:], padded(here, LANES)
    for j in range(size):
        column, scaled = columns[j, start : start + whole], weighted[j]
        for i in range(whole):
            scaled[i] = curve[i] * column[i]
    width = hessian.shape[0]
    for a in range(0, width, SIDE):
        for b in range(0, a + 1, SIDE):
            add_dots(
                weighted.reshape(-1), a * PANEL, PANEL,
                columns.reshape(-1), b * columns.shape[1] + start, columns.shape[1],
                whole // LANES,
                hessian.reshape(-1), a * width + b, width,
            )  # fmt: skip


@inlined
def set_aside(columns: Array, start: int, stop: int) -> Array:
    """Columns of rows start, …, stop − 1, of larger sizes that share a fit's last lanes; they are zero from now on."""
    kept = np.empty((columns.shape[0], stop - start))
    for j in range(columns.shape[0]):
        for i in range(start, stop):
            kept[j, i - start] = columns[j, i]
            columns[j, i] = 0.0
    return kept


@inlined
def put_back(columns: Array, start: int, kept: Array) -> None:
    """Undo `set_aside`."""
    for j in range(columns.shape[0]):
        for i in range(kept.shape[1]):
            columns[j, start + i] = kept[j, i]


@inlined
def _accumulate(rows: Rows, room: Room, curved: bool) -> None:
    """Add Σ w(p − y)z to the gradient and, where ``curved``, Σ w p(1 − p)zzᵀ to the Hessian."""
    columns, count, work, theta, width = rows.columns, rows.used, room.work, room.theta, room.hessian.shape[0]
    kept = set_aside(columns, count, padded(count, LANES))
    for start in range(0, count, PANEL):
        here = min(PANEL, count - start)
        add_scores(columns, start, padded(here, LANES), theta, work[0])
        _pulls(rows, start, here, work)
        for a in range(0, width, SIDE):
            add_row_of_dots(
                work[4], 0, columns.reshape(-1), a * columns.shape[1] + start, columns.shape[1],
                padded(here, LANES) // LANES, room.gradient, a,
            )  # fmt: skip
        if curved:
            _add_hessian(columns, start, here, theta.shape[0], work, room.hessian)
    put_back(columns, count, kept)


@inlined
def differentiate(real: Rows, synthetic: Rows, penalty: float, slopes: int, room: Room, curved: bool) -> None:
    """Set gradient and, where ``curved``, Hessian at θ of both samples' loss and ½ penalty ‖slopes‖²."""
    room.gradient[:] = 0.0
    room.hessian[:] = 0.0
    _accumulate(real, room, curved)
    _accumulate(synthetic, room, curved)
    for j in range(min(slopes, room.theta.shape[0])):
        room.gradient[j] += penalty * room.theta[j]
        room.hessian[j, j] += penalty
