"""The symmetry test of squared loss, one data set at a time: everything its two calibrations need, in three passes.

Rows lie in panels, as columns z_1, …, z_p, ones and slack. A first pass adds up zzᵀ, which gives the pilot and
coordinates ẑ = Gz in which its Hessian is the identity: there a row's leverage is |ẑ|²/n, and features that nearly
depend on each other are apart. A second overwrites z by leverage-corrected scores t in these coordinates and adds up
their products of two and of three; what is centred and whitened afterwards are the sums, not the rows. A third is left
for the fourth powers |u|⁴ of the whitened rows. Equations: `docs/devdocs/symmetry-sums.md`.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import OK
from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.dense import add_congruent, factorised, forward, quadratic, root, scale_matrix
from synththeory.kernels.llvm.columns import map_columns, weigh_columns
from synththeory.kernels.llvm.triples import HEIGHT, add_pairs
from synththeory.kernels.llvm.writer import LANES
from synththeory.kernels.panels import (
    PANEL,
    STRIDE,
    add_cumulants,
    add_products,
    aligned,
    cumulants,
    draw,
    lay_out,
    map_panel,
    panel_lengths,
    share,
    total,
    units,
)
from synththeory.kernels.random import HELD, STATE, seed_stream

Array = NDArray[np.float64]


class _Room(NamedTuple):
    """What one data set after the other is worked out in; p parameters, classes first.

    Attributes
    ----------
    panels : array
        (panels, (p + 2) stride): columns z, ones, slack; a class begins a panel.
    lanes : array
        Running sums of eight lanes, flat.
    lengths : array
        Squared lengths of a panel's rows, and then their weights.
    aims, map : arrays
        (p + 1,), (θ̂, −y), and (p, p + 1): what takes z and ones to other columns.
    products : array
        (2, p, p + 1), Σ z (z, 1)ᵀ.
    hessians, transfers : arrays
        (2, p, p), H_c, and A_c in the coordinates ẑ.
    coordinates, covariances : arrays
        (p, p), G, and (2, p, p), V̂ of the plain and of the leverage-corrected scores.
    sums, plain, pairs : arrays
        (2, p) Σt, (2, p, p) Σssᵀ of the plain scores and Σttᵀ, of centred scores.
    cubes : array
        (3, p, ≥ p²), Σ t⊗t⊗t of centred scores, and room for its maps.
    turns : array
        (p, 2p), what whitens either class.
    work : array
        (2, p, p).
    vectors : array
        (2, p), ĝ_φ in the coordinates ẑ, and room for another.
    """

    panels: Array
    lanes: Array
    lengths: Array
    aims: Array
    map: Array
    products: Array
    hessians: Array
    transfers: Array
    coordinates: Array
    covariances: Array
    sums: Array
    plain: Array
    pairs: Array
    cubes: Array
    turns: Array
    work: Array
    vectors: Array


@inlined
def _room(size: int, counts: NDArray[np.int64]) -> _Room:
    panels = -(-counts[0] // PANEL) - (-counts[1] // PANEL)
    square = -(-size * size // LANES) * LANES
    return _Room(
        aligned(panels * (size + 2) * STRIDE).reshape(panels, -1), aligned(cumulants(size) * LANES),
        aligned(max(STRIDE, square)),
        np.empty(size + 1), np.empty((size, size + 1)), np.empty((2, size, size + 1)), np.empty((2, size, size)),
        np.empty((2, size, size)), np.empty((size, size)), np.empty((2, size, size)), np.empty((2, size)),
        np.empty((2, size, size)), np.empty((2, size, size)), np.zeros((3, size, square)), np.empty((size, 2 * size)),
        np.empty((2, size, size)), np.empty((2, size)),
    )  # fmt: skip


@inlined
def _fold_products(lanes: Array, count: int, products: Array, hessian: Array) -> None:
    """The sums of `add_products`, and the Hessian 2 Σzzᵀ/n."""
    size = hessian.shape[0]
    for a in range(size):
        for b in range(a, size + 1):
            products[a, b] = total(lanes, a * (size + 1) + b)
        for b in range(a, size):
            hessian[a, b] = hessian[b, a] = 2.0 * products[a, b] / count


@inlined
def _fold_cumulants(lanes: Array, count: int, mean: Array, sums: Array, plain: Array, pairs: Array,
                    cube: Array) -> None:  # fmt: skip
    """The sums of `add_cumulants`, of centred scores; ``mean`` is that of the plain ones."""
    size = sums.shape[0]
    place = lanes.shape[0] // LANES - size
    for k in range(size - 1, -1, -1):
        sums[k] = total(lanes, place + k)
    for k in range(size - 1, -1, -1):
        width = size + 2 - k
        place -= (k + 1) * width
        for j in range(k + 1):
            end = place + (j + 1) * width
            pairs[j, k] = pairs[k, j] = total(lanes, end - 2) - sums[j] * sums[k] / count
            plain[j, k] = plain[k, j] = total(lanes, end - 1) - mean[j] * mean[k] * count
    for k in range(size):
        for j in range(k + 1):
            for m in range(k, size):
                value = total(lanes, place) - sums[j] * sums[k] * sums[m] / count / count
                value -= (sums[j] * pairs[k, m] + sums[k] * pairs[j, m] + sums[m] * pairs[j, k]) / count
                cube[j, k * size + m] = cube[j, m * size + k] = value
                cube[k, j * size + m] = cube[k, m * size + j] = value
                cube[m, j * size + k] = cube[m, k * size + j] = value
                place += 1
            place += 2


@inlined
def _coordinates(room: _Room) -> int:
    """G with GHGᵀ = I, H the balanced Hessian. Returns a status code."""
    size = room.coordinates.shape[0]
    factor, unit, turn = room.work[0], room.work[1], room.coordinates
    last = size - 1
    for a in range(size):  # in the reverse order: G is to be upper triangular
        for b in range(size):
            factor[a, b] = 0.5 * (room.hessians[0, last - a, last - b] + room.hessians[1, last - a, last - b])
            unit[a, b] = 1.0 if a == b else 0.0
    code = factorised(factor, room.vectors[1])
    if code != OK:
        return code
    forward(factor, unit)
    for a in range(size):
        for b in range(size):
            turn[a, b] = unit[last - a, last - b]
    return code


@inlined
def _fit_pilot(room: _Room, counts: NDArray[np.int64], labels: Array) -> None:
    """θ̂ of the balanced least squares, from G."""
    size, turn, theta = room.coordinates.shape[0], room.coordinates, room.aims
    theta[:] = 0.0
    for a in range(size):
        inner = 0.0
        for b in range(a, size):
            for c in range(2):
                inner += turn[a, b] * labels[c] * room.products[c, b, size] / counts[c]
        for b in range(a, size):
            theta[b] += turn[a, b] * inner


@inlined
def _pilot(room: _Room, counts: NDArray[np.int64], labels: Array, g_phi: Array) -> int:
    """θ̂ of the balanced least squares, ĝ_φ, G with GHGᵀ = I, and there A_0 = H_1 and A_1 = −H_0."""
    code = _coordinates(room)
    if code != OK:
        return code
    _fit_pilot(room, counts, labels)
    size, turn, theta = g_phi.shape[0], room.coordinates, room.aims
    room.vectors[0] = 0.0
    for b in range(size):
        g_phi[b] = 0.0
        for c, side in enumerate((1.0, -1.0)):
            for a in range(size):
                g_phi[b] += side * room.hessians[c, b, a] * theta[a]
            g_phi[b] -= side * 2.0 * labels[c] * room.products[c, b, size] / counts[c]
        for a in range(b + 1):
            room.vectors[0, a] += turn[a, b] * g_phi[b]
    room.transfers[:] = 0.0
    add_congruent(turn, room.hessians[1], 1.0, room.work[0], room.transfers[0])
    add_congruent(turn, room.hessians[0], -1.0, room.work[0], room.transfers[1])
    return code


@inlined
def _score_panel(panel: Array, size: int, steps: int, count: int, aims: Array, turn: Array, lengths: Array) -> None:
    """Overwrite z by t = 2(zᵀθ − y) ẑ/√(1 − h), h = |ẑ|²/n, and the last column by 1 − h; ``aims`` is (θ, −y)."""
    map_columns(aims, 0, 0, panel, 0, (size + 1) * STRIDE, STRIDE, 1, size + 1, steps, lengths)
    map_panel(panel, turn, steps, lengths)
    weigh_columns(panel, STRIDE, size, size + 1, 1.0 / count, 1e-8, steps, lengths)


@inlined
def _add_scores(room: _Room, c: int, first: int, count: int, label: float) -> None:
    """Sums of products of one class's centred scores in the coordinates ẑ, and what they add to the covariances."""
    size = room.sums.shape[1]
    room.aims[size] = -label
    for a in range(size):
        for b in range(size + 1):
            room.map[a, b] = room.coordinates[a, b] if b < size else 0.0
    room.lanes[:] = 0.0
    for start in range(0, count, PANEL):
        steps, panel = units(min(PANEL, count - start)), room.panels[first + start // PANEL]
        _score_panel(panel, size, steps, count, room.aims, room.map, room.lengths)
        add_cumulants(panel, size, steps, room.lanes)
    for a in range(size):
        room.vectors[1, a] = (0.5 - c) * room.vectors[0, a]  # at the pilot the classes' mean scores add up to zero
    _fold_cumulants(room.lanes, count, room.vectors[1], room.sums[c], room.plain[c], room.pairs[c], room.cubes[c])
    scale = 1.0 / (count * (count - 1.0))
    add_congruent(room.transfers[c], room.plain[c], scale, room.work[0], room.covariances[0])
    add_congruent(room.transfers[c], room.pairs[c], scale, room.work[0], room.covariances[1])


@inlined
def _add_fourth(room: _Room, c: int, first: int, count: int, spreads: Array) -> None:
    """Whiten one class, u = B(t − t̄); add to e, to Σ_c tr V_c²/(n_c − 1), and to Σ|u|⁴."""
    size = room.sums.shape[1]
    turn, own, metric = room.transfers[c], room.work[1], room.work[0]
    scale_matrix(turn, 1.0 / sqrt(count * (count - 1.0)))
    forward(room.covariances[1], turn)
    own[:] = 0.0
    add_congruent(turn, room.pairs[c], 1.0, metric, own)
    trace, square = 0.0, 0.0
    for a in range(size):
        trace += own[a, a]
        for b in range(size):
            square += own[a, b] * own[a, b]
            room.turns[a, c * size + b] = turn[a, b]
    metric[:] = 0.0
    for k in range(size):
        for a in range(size):
            for b in range(a, size):
                metric[a, b] += turn[k, a] * turn[k, b]
    root(metric)
    for a in range(size):
        room.map[a, size] = 0.0
        for b in range(a, size):
            room.map[a, b] = metric[a, b]
            room.map[a, size] -= metric[a, b] * room.sums[c, b] / count
    room.lanes[:LANES] = 0.0
    for start in range(0, count, PANEL):
        steps = units(min(PANEL, count - start))
        panel_lengths(room.panels[first + start // PANEL], room.map, steps, room.lengths)
        add_pairs(room.lengths, STRIDE, 0, 0, 1, 1, steps, room.lanes, 0, 1)
    spreads[0] += (trace * trace + square) / (count - 1.0)
    spreads[1] += square / (count - 1.0)
    spreads[2] += total(room.lanes, 0)


@inlined
def _map_cubes(turns: Array, first: int, cubes: Array, source: int, steps: int, lengths: Array) -> None:
    """Set the last cube to Σ_k B_·k (cubes from ``source`` on)_k, the first index alone being mapped."""
    size, square = cubes.shape[1:]
    r, target, panel = 0, 2 * size, cubes.reshape(-1)
    while r < size:
        rows = share(size - r, HEIGHT)
        map_columns(turns.reshape(-1), 2 * r * size + first, 2 * size, panel, source * size * square,
                    (target + r) * square, square, rows, steps, square // LANES, lengths)  # fmt: skip
        r += rows


@inlined
def _skewness(cubes: Array, turns: Array, lengths: Array) -> float:
    """|Σ u⊗u⊗u|² + |Σ|u|²u|² from Σ t⊗t⊗t of both classes: index after index goes through B, and to the end."""
    size, square = cubes.shape[1:]
    for c in range(2):
        for _ in range(2):
            _map_cubes(turns, c * size, cubes, c, size, lengths)
            for j in range(size):
                target = cubes[c, j]
                for a in range(size):
                    source = cubes[2, a, j * size : (j + 1) * size]
                    for k in range(size):
                        target[k * size + a] = source[k]
    lengths[:square] = 0.0
    _map_cubes(turns, 0, cubes, 0, 2 * size, lengths)
    total = 0.0
    for i in range(square):
        total += lengths[i]
    for a in range(size):
        pull = 0.0
        for j in range(size):
            pull += cubes[2, a, j * (size + 1)]
        total += pull * pull
    return total


@inlined
def _one_set(room: _Room, counts: NDArray[np.int64], labels: Array, g_phi: Array, sums: Array) -> int:
    """One data set from its panels, which are used up, and the products of its rows."""
    firsts = (0, -(-counts[0] // PANEL))
    code = _pilot(room, counts, labels, g_phi)
    if code != OK:
        return code
    room.covariances[:] = 0.0
    for c in range(2):
        _add_scores(room, c, firsts[c], counts[c], labels[c])
    code = max(factorised(room.covariances[0], room.vectors[1]), factorised(room.covariances[1], room.vectors[1]))
    if code != OK:
        return code
    sums[:] = 0.0
    for k in range(2):
        sums[k] = quadratic(room.covariances[k], room.vectors[0], room.work[0])
    for c in range(2):
        _add_fourth(room, c, firsts[c], counts[c], sums[2:5])
    sums[5] = _skewness(room.cubes, room.turns, room.lengths)
    return OK


@kernel
def symmetry_sums(majority: Array, minority: Array, labels: Array, g_phi: Array, sums: Array,
                  status: NDArray[np.uint8]) -> None:  # fmt: skip
    """Everything the symmetry test of squared loss needs of each data set, whatever its calibration.

    Parameters
    ----------
    majority, minority : array
        Rows x, (B, n0, d) and (B, n1, d).
    labels : array
        (2,), the classes' responses.
    g_phi : array
        (B, p), p = d or d + 1 (intercept last): filled with ĝ_φ.
    sums : array
        (B, 6), filled with T_sym; the same with leverage-corrected scores; e; Σ_c tr V_c²/(n_c − 1); Σ|u|⁴; s
        (`synththeory.selection.calibration`).
    status : array of uint8
        (B,), filled with status codes; where it is not 0 the other outputs mean nothing.
    """
    size = g_phi.shape[1]
    counts = np.empty(2, dtype=np.int64)
    counts[0], counts[1] = majority.shape[1], minority.shape[1]
    room, dimension = _room(size, counts), majority.shape[2]
    centre, scale = np.zeros(dimension), np.ones(dimension)
    for r in range(majority.shape[0]):
        place = 0
        for c, rows in enumerate((majority, minority)):
            room.lanes[: size * (size + 1) * LANES] = 0.0
            for start in range(0, counts[c], PANEL):
                count, panel = min(PANEL, counts[c] - start), room.panels[place]
                lay_out(rows[r].reshape(-1), start * dimension, centre, scale, count, size, panel)
                add_products(panel, size, units(count), room.lanes)
                place += 1
            _fold_products(room.lanes, counts[c], room.products[c], room.hessians[c])
        status[r] = _one_set(room, counts, labels, g_phi[r], sums[r])


@kernel
def drawn_symmetry_sums(
    k0: np.uint64, k1: np.uint64, replications: NDArray[np.uint64], purposes: NDArray[np.uint64],
    kinds: NDArray[np.int64], centres: Array, scales: Array, counts: NDArray[np.int64], labels: Array, g_phi: Array,
    sums: Array, status: NDArray[np.uint8],
) -> None:  # fmt: skip
    """`symmetry_sums` of rows that are never kept whole, x = centre + scale · ξ of each class.

    Parameters
    ----------
    k0, k1, replications
        Name of the streams.
    purposes, kinds : arrays
        (2,), the classes' draws and kinds of standard noise (`synththeory.kernels.sums`).
    centres, scales : arrays
        (2, d).
    counts : array of int64
        (2,), rows of each class.
    labels, g_phi, sums, status
        As for `symmetry_sums`, B replications.
    """
    size, dimension = g_phi.shape[1], centres.shape[1]
    room, noise = _room(size, counts), np.empty(PANEL * dimension)
    state, words = np.empty(STATE, dtype=np.uint64), np.empty(HELD, dtype=np.uint64)
    for r in range(replications.shape[0]):
        place = 0
        for c in range(2):
            seed_stream(k0, k1, replications[r], purposes[c], state)
            room.lanes[: size * (size + 1) * LANES] = 0.0
            for start in range(0, counts[c], PANEL):
                count, panel = min(PANEL, counts[c] - start), room.panels[place]
                draw(kinds[c], state, words, noise, centres[c], scales[c], count, size, panel)
                add_products(panel, size, units(count), room.lanes)
                place += 1
            _fold_products(room.lanes, counts[c], room.products[c], room.hessians[c])
        status[r] = _one_set(room, counts, labels, g_phi[r], sums[r])
