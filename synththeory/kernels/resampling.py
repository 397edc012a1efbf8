"""The symmetry test in resampled data sets: rows drawn with replacement in each class, whose mean score is made zero.

A row of coordinates z has a score s = slope · z and curvature bend · zzᵀ at θ̃, the minimiser of the pooled risk. In a
resample every sum has the row's number of copies as its weight. With H_c and m_c the mean curvature and score of class
c, W = (½(H_0 + H_1) + P)⁻¹ and Q = (Σ n_c H_c/N + P)⁻¹, one Newton step d = −Q Σ n_c m_c/N leads to the resample's own
θ̃, whose scores s + bend (zᵀd) z, divided by √(1 − bend zᵀQz/N), give its V̂; ĝ_φ = A_0 m_0 + A_1 m_1 with
A_0 = (H_1 + P)W and A_1 = −(H_0 + P)W. Equations: `synththeory.selection.resampled`.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import OK
from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.dense import add_congruent, factorised, forward, quadratic, scale_matrix
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.random import HELD, STATE, next_uniforms, seed_stream

Array = NDArray[np.float64]


class _Room(NamedTuple):
    """What one resample after the other is worked out in; p parameters, N rows, the majority's first.

    Attributes
    ----------
    copies, scores : arrays
        (N,) how often each row was drawn, and (N, p).
    shifts, means : arrays
        (2, p), what is added to the scores of a class, and its mean score.
    hessians, transfers : arrays
        (2, p, p), H_c and A_c.
    whole, pooled, covariance : arrays
        (p, p), W, Q, and V̂ or its factor.
    asymmetry, step, centre : arrays
        (p,), ĝ_φ, d, and the mean of a class's corrected scores.
    cube, pull : arrays
        (p, p, p) Σ u⊗u⊗u for non-increasing indices, and (p,) Σ|u|²u.
    work : array
        (3, p, p).
    """

    copies: Array
    scores: Array
    shifts: Array
    means: Array
    hessians: Array
    transfers: Array
    whole: Array
    pooled: Array
    covariance: Array
    asymmetry: Array
    step: Array
    centre: Array
    cube: Array
    pull: Array
    work: Array


@inlined
def _room(rows: int, size: int) -> _Room:
    return _Room(
        np.empty(rows), np.empty((rows, size)), np.empty((2, size)), np.empty((2, size)), np.empty((2, size, size)),
        np.empty((2, size, size)), np.empty((size, size)), np.empty((size, size)), np.empty((size, size)),
        np.empty(size), np.empty(size), np.empty(size), np.empty((size, size, size)), np.empty(size),
        np.empty((3, size, size)),
    )  # fmt: skip


@inlined
def _add_rows(rows: Array, slopes: Array, bends: Array, counts: NDArray[np.int64], room: _Room) -> None:
    """H_c and m_c of the rows' copies."""
    size, first = rows.shape[1], 0
    room.hessians[:] = 0.0
    for c in range(2):
        for a in range(size):
            room.means[c, a] = room.shifts[c, a]
        share = 1.0 / counts[c]
        for i in range(first, first + counts[c]):
            copies = room.copies[i] * share
            if copies == 0.0:
                continue
            for a in range(size):
                room.means[c, a] += copies * slopes[i] * rows[i, a]
                factor = copies * bends[i] * rows[i, a]
                for b in range(a + 1):
                    room.hessians[c, a, b] += factor * rows[i, b]
        first += counts[c]
        for a in range(size):
            for b in range(a):
                room.hessians[c, b, a] = room.hessians[c, a, b]


@inlined
def _invert(matrix: Array, out: Array, room: _Room) -> int:
    """The inverse of a symmetric matrix, which is used up. Returns a status code."""
    size = matrix.shape[0]
    code = factorised(matrix, room.pull)
    if code != OK:
        return code
    unit = room.work[2]
    unit[:] = 0.0
    for a in range(size):
        unit[a, a] = 1.0
    forward(matrix, unit)
    for a in range(size):
        for b in range(a + 1):
            total = 0.0
            for k in range(a, size):
                total += unit[k, a] * unit[k, b]
            out[a, b] = out[b, a] = total
    return code


@inlined
def _solve(penalty: Array, counts: NDArray[np.int64], room: _Room) -> int:
    """W, Q, A_c, ĝ_φ and d. Returns a status code."""
    size, total = penalty.shape[0], counts[0] + counts[1]
    balanced, joint = room.work[0], room.work[1]
    for a in range(size):
        for b in range(size):
            first, second = room.hessians[0, a, b], room.hessians[1, a, b]
            balanced[a, b] = 0.5 * (first + second) + penalty[a, b]
            joint[a, b] = (counts[0] * first + counts[1] * second) / total + penalty[a, b]
    code = max(_invert(balanced, room.whole, room), _invert(joint, room.pooled, room))
    if code != OK:
        return code
    for a in range(size):
        room.asymmetry[a] = room.step[a] = 0.0
        for b in range(size):
            mean = (counts[0] * room.means[0, b] + counts[1] * room.means[1, b]) / total
            room.step[a] -= room.pooled[a, b] * mean
            for c in range(2):
                moved = 0.0
                for k in range(size):
                    moved += (room.hessians[1 - c, a, k] + penalty[a, k]) * room.whole[k, b]
                room.transfers[c, a, b] = moved if c == 0 else -moved
                room.asymmetry[a] += room.transfers[c, a, b] * room.means[c, b]
    return code


@inlined
def _correct(rows: Array, slopes: Array, bends: Array, c: int, first: int, count: int, room: _Room) -> None:
    """Scores of a class's copies at the resample's own θ̃, corrected for leverage, and their mean."""
    size = rows.shape[1]
    room.centre[:] = 0.0
    for i in range(first, first + count):
        copies, pull, lever = room.copies[i], 0.0, 0.0
        if copies == 0.0:
            continue
        for a in range(size):
            pull += rows[i, a] * room.step[a]
            for b in range(size):
                lever += rows[i, a] * room.pooled[a, b] * rows[i, b]
        longer = 1.0 / sqrt(max(1.0 - lever * bends[i] / rows.shape[0], 1e-8))
        for a in range(size):
            score = slopes[i] * rows[i, a] + room.shifts[c, a] + bends[i] * pull * rows[i, a]
            room.scores[i, a] = longer * score
            room.centre[a] += copies / count * room.scores[i, a]


@inlined
def _add_covariance(c: int, first: int, count: int, room: _Room) -> None:
    """Centre a class's corrected scores, and add what they are to V̂."""
    size, own = room.step.shape[0], room.work[0]
    own[:] = 0.0
    for i in range(first, first + count):
        if room.copies[i] == 0.0:
            continue
        for a in range(size):
            room.scores[i, a] -= room.centre[a]
            for b in range(a + 1):
                own[a, b] += room.copies[i] * room.scores[i, a] * room.scores[i, b]
    for a in range(size):
        for b in range(a):
            own[b, a] = own[a, b]
    add_congruent(room.transfers[c], own, 1.0 / (count * (count - 1.0)), room.work[1], room.covariance)


@inlined
def _add_row(copies: float, scores: Array, turn: Array, room: _Room) -> float:
    """Whiten a row, u = turn · score, and add it to uuᵀ, the cube and the pull. Returns |u|²."""
    size, own, u, length = scores.shape[0], room.work[0], room.centre, 0.0
    for a in range(size):
        u[a] = 0.0
        for b in range(size):
            u[a] += turn[a, b] * scores[b]
        length += u[a] * u[a]
    for a in range(size):
        room.pull[a] += copies * length * u[a]
        for b in range(a + 1):
            product = copies * u[a] * u[b]
            own[a, b] += product
            for k in range(b + 1):
                room.cube[a, b, k] += product * u[k]
    return length


@inlined
def _add_cumulants(c: int, first: int, count: int, room: _Room, sums: Array) -> None:
    """Add a class to e, to Σ_c tr V_c²/(n_c − 1), to Σ|u|⁴, to the cube and to the pull."""
    size, turn, own = room.step.shape[0], room.transfers[c], room.work[0]
    scale_matrix(turn, 1.0 / sqrt(count * (count - 1.0)))
    forward(room.covariance, turn)
    own[:] = 0.0
    for i in range(first, first + count):
        if room.copies[i] > 0.0:
            length = _add_row(room.copies[i], room.scores[i], turn, room)
            sums[3] += room.copies[i] * length * length
    trace, square = 0.0, 0.0
    for a in range(size):
        trace += own[a, a]
        for b in range(a + 1):
            square += own[a, b] * own[a, b] * (1.0 if a == b else 2.0)
    sums[1] += (trace * trace + square) / (count - 1.0)
    sums[2] += square / (count - 1.0)


@inlined
def _skewness(room: _Room) -> float:
    """|Σ u⊗u⊗u|² + |Σ|u|²u|²."""
    size, total = room.pull.shape[0], 0.0
    for a in range(size):
        total += room.pull[a] * room.pull[a]
        for b in range(a + 1):
            for k in range(b + 1):
                orders = 6.0 if a != b and b != k else (1.0 if a == k else 3.0)
                total += orders * room.cube[a, b, k] * room.cube[a, b, k]
    return total


@inlined
def _one_resample(rows: Array, slopes: Array, bends: Array, counts: NDArray[np.int64], penalty: Array, room: _Room,
                  sums: Array) -> int:  # fmt: skip
    """T_sym and the cumulants of the copies. Returns a status code."""
    sums[:] = 0.0
    _add_rows(rows, slopes, bends, counts, room)
    code = _solve(penalty, counts, room)
    if code != OK:
        return code
    room.covariance[:] = 0.0
    for c in range(2):
        _correct(rows, slopes, bends, c, c * counts[0], counts[c], room)
        _add_covariance(c, c * counts[0], counts[c], room)
    code = factorised(room.covariance, room.pull)
    if code != OK:
        return code
    sums[0] = quadratic(room.covariance, room.asymmetry, room.work[0])
    room.cube[:], room.pull[:] = 0.0, 0.0
    for c in range(2):
        _add_cumulants(c, c * counts[0], counts[c], room, sums)
    sums[4] = _skewness(room)
    return code


@kernel
def resampled_sums(
    k0: np.uint64, k1: np.uint64, replications: NDArray[np.uint64], purpose: np.uint64, rows: Array, slopes: Array,
    bends: Array, counts: NDArray[np.int64], penalty: Array, sums: Array, status: NDArray[np.uint8],
) -> None:  # fmt: skip
    """What the symmetry test is made of in R resamples of every data set, where the hypothesis holds.

    Parameters
    ----------
    k0, k1, replications, purpose
        Name of the streams: which rows are drawn, the majority's first in every resample.
    rows : array
        z, (B, N, p), the majority's first; coordinates in which no feature nearly depends on the others.
    slopes, bends : arrays
        (B, N), first and second derivatives of the rows' losses in zᵀθ.
    counts : array of int64
        (2,), rows of each class.
    penalty : array
        P in the coordinates of ``rows``, (B, p, p).
    sums : array
        (B, R, 5), filled with T_sym; e; Σ_c tr V_c²/(n_c − 1); Σ|u|⁴; s (`synththeory.selection.calibration`).
    status : array of uint8
        (B, R), filled with status codes; where it is not 0 the sums mean nothing.
    """
    total, size = rows.shape[1], rows.shape[2]
    room, picks = _room(total, size), np.empty(-(-total // LANES) * LANES)
    state, words = np.empty(STATE, dtype=np.uint64), np.empty(HELD, dtype=np.uint64)
    for r in range(rows.shape[0]):
        room.shifts[:] = 0.0
        for c in range(2):
            for i in range(c * counts[0], c * counts[0] + counts[c]):
                for a in range(size):
                    room.shifts[c, a] -= slopes[r, i] * rows[r, i, a] / counts[c]
        seed_stream(k0, k1, replications[r], purpose, state)
        for k in range(sums.shape[1]):
            next_uniforms(state, words, picks)
            room.copies[:] = 0.0
            for i in range(total):
                c = 0 if i < counts[0] else 1
                room.copies[c * counts[0] + np.int64(picks[i] * counts[c])] += 1.0
            status[r, k] = _one_resample(rows[r], slopes[r], bends[r], counts, penalty[r], room, sums[r, k])
