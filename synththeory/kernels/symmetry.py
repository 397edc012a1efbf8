"""The symmetry test of squared loss, one data set at a time: everything its two calibrations need, in three passes.

Rows are laid out as columns, so that every sum over rows is a dot product of columns (`synththeory.kernels.dots`) and
everything else runs along them. Column p, after the p coordinates, is one for every row: its dot products are sums.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.cholesky import OK, SINGULAR, factorise, substitute
from synththeory.kernels.compile import inlined, kernel
from synththeory.kernels.dots import LANES, SIDE, add_dots
from synththeory.kernels.tile import WIDTH, add_tile

_PANEL = 512  # rows at a time: shorter columns are all folding of lanes, longer ones leave the caches
_NEARLY_DEPENDENT = 1e-11

Array = NDArray[np.float64]


@inlined
def _lay_out(rows: Array, size: int, columns: Array) -> None:
    """Columns of z = x, or (x, 1) where size is d + 1, and then a column of ones; what pads them stays zero."""
    count, dimension = rows.shape
    for i in range(count):
        for j in range(dimension):
            columns[j, i] = rows[i, j]
    for j in range(dimension, size + 1):
        columns[j, :count] = 1.0


@inlined
def _add_products(columns: Array, first: int, count: int, out: Array) -> None:
    """Add Σ_i columns[a, i] columns[b, i], first ≤ i < first + count, to the lower tiles of ``out``."""
    stride, width, steps = columns.shape[1], columns.shape[0], -(-count // LANES)
    flat, sums = columns.reshape(-1), out.reshape(-1)
    for a in range(0, width, SIDE):
        for b in range(0, a + 1, SIDE):
            add_dots(flat, a * stride + first, stride, flat, b * stride + first, stride, steps, sums, a * width + b,
                     width)  # fmt: skip


@inlined
def _factorised(matrix: Array) -> int:
    """Cholesky's upper factor in place; singular, in whatever units, where a pivot is a tiny share of its diagonal."""
    size = matrix.shape[0]
    diagonal = np.empty(size)
    for j in range(size):
        diagonal[j] = matrix[j, j]
    code = factorise(matrix)
    for j in range(size):
        if code == OK and not matrix[j, j] * matrix[j, j] * diagonal[j] * _NEARLY_DEPENDENT < 1.0:
            code = SINGULAR
    return code


@inlined
def _forward(factor: Array, vectors: Array) -> None:
    """Overwrite the columns of ``vectors`` by U⁻ᵀ times them, U the upper factor with inverted pivots."""
    for j in range(vectors.shape[0]):
        for c in range(vectors.shape[1]):
            vectors[j, c] *= factor[j, j]
        for i in range(j + 1, vectors.shape[0]):
            for c in range(vectors.shape[1]):
                vectors[i, c] -= factor[j, i] * vectors[j, c]


@inlined
def _product(left: Array, right: Array, out: Array) -> None:
    out[:] = 0.0
    for a in range(left.shape[0]):
        for k in range(left.shape[1]):
            for b in range(right.shape[1]):
                out[a, b] += left[a, k] * right[k, b]


@inlined
def _score_panel(columns: Array, first: int, count: int, size: int, theta: Array, label: float, metric: Array,
                 scores: Array) -> None:  # fmt: skip
    """Scores 2(zᵀθ − y)z into ``scores``; in ``columns`` they replace z, divided by √(1 − zᵀ metric z)."""
    residual, leverage, inner = np.zeros(_PANEL), np.zeros(_PANEL), np.empty(_PANEL)
    for j in range(size):
        column = columns[j, first : first + count]
        for i in range(count):
            residual[i] += theta[j] * column[i]
            inner[i] = metric[j, j] * column[i]
        for k in range(j):
            other, twice = columns[k, first : first + count], 2.0 * metric[j, k]
            for i in range(count):
                inner[i] += twice * other[i]
        for i in range(count):
            leverage[i] += inner[i] * column[i]
    for i in range(count):
        residual[i] = 2.0 * (residual[i] - label)
        leverage[i] = 1.0 / sqrt(max(1.0 - leverage[i], 1e-8))
    for j in range(size):
        column, score = columns[j, first : first + count], scores[j]
        for i in range(count):
            score[i] = residual[i] * column[i]
            column[i] = score[i] * leverage[i]
    for i in range(count):
        scores[size, i] = columns[size, first + i]


@inlined
def _centred(products: Array, size: int, count: int, out: Array) -> None:
    """Σ (s − s̄)(s − s̄)ᵀ from lower products whose row p holds the sums."""
    for a in range(size):
        for b in range(a + 1):
            out[a, b] = products[a, b] - products[size, a] * products[size, b] / count
            out[b, a] = out[a, b]


@inlined
def _whiten_panel(columns: Array, first: int, count: int, turn: Array, shift: Array, whitened: Array) -> None:
    """u = turn s − shift of some rows as columns, and |u|² in the column after them."""
    size, stride, steps = shift.shape[0], whitened.shape[1], columns.shape[1]
    padded = -(-count // LANES) * LANES
    whitened[:, :padded] = 0.0
    for j in range(size):
        whitened[j, :count] = -shift[j]
    source, matrix, target = columns.reshape(-1), turn.reshape(-1), whitened.reshape(-1)
    for j in range(0, size, WIDTH):
        for i in range(0, padded, WIDTH):
            add_tile(matrix, j * size, 1, size, source, first + i, steps, size, target, j * stride + i, stride)
    lengths = whitened[size]
    lengths[:padded] = 0.0
    for j in range(size):
        column = whitened[j]
        for i in range(padded):
            lengths[i] += column[i] * column[i]


@inlined
def _add_cumulants(whitened: Array, count: int, size: int, pairs: Array, third: Array) -> None:
    """Add Σ|u|²(u, |u|²) to row 0 of ``third`` and Σ u_j u_k u_l, j ≤ k ≤ l, to a row for every pair (j, k)."""
    stride, padded, width = pairs.shape[1], -(-count // LANES) * LANES, third.shape[1]
    pairs[0, :padded] = whitened[size, :padded]
    place = 1
    for k in range(size):
        for j in range(k + 1):
            for i in range(padded):
                pairs[place, i] = whitened[j, i] * whitened[k, i]
            place += 1
    left, right, sums = pairs.reshape(-1), whitened.reshape(-1), third.reshape(-1)
    last = 0
    for tile in range(0, pairs.shape[0], SIDE):
        while (last + 1) * (last + 2) // 2 + 1 <= tile:
            last += 1  # the k of the tile's first pair: columns l < k are not needed
        for block in range(last // SIDE * SIDE, width, SIDE):
            add_dots(left, tile * stride, stride, right, block * stride, stride, padded // LANES, sums,
                     tile * width + block, width)  # fmt: skip


@inlined
def _skewness(third: Array, size: int) -> float:
    """|Σ u⊗u⊗u|² + |Σ|u|²u|²."""
    total = 0.0
    for j in range(size):
        total += third[0, j] * third[0, j]
    place = 1
    for k in range(size):
        for j in range(k + 1):
            for m in range(k, size):
                same = int(j == k) + int(k == m)
                orders = 1.0 if same == 2 else (3.0 if same == 1 else 6.0)
                total += orders * third[place, m] * third[place, m]
            place += 1
    return total


@inlined
def _pilot(products: Array, counts: NDArray[np.int64], labels: Array, theta: Array, hessians: Array,
           inverse: Array) -> int:  # fmt: skip
    """Balanced least squares and its Hessians H_c = 2 Σ zzᵀ/n_c, H = ½(H_0 + H_1), from the classes' products."""
    size = theta.shape[0]
    whole = np.empty((size, size))
    theta[:] = 0.0
    for c in range(2):
        for a in range(size):
            theta[a] += labels[c] * products[c, size, a] / counts[c]
            for b in range(a + 1):
                hessians[c, a, b] = 2.0 * products[c, a, b] / counts[c]
                hessians[c, b, a] = hessians[c, a, b]
    whole[:] = 0.5 * (hessians[0] + hessians[1])
    code = _factorised(whole)
    if code == OK:
        substitute(whole, theta)
        inverse[:] = np.eye(size)
        for a in range(size):
            substitute(whole, inverse[a])
    return code


@inlined
def _add_covariance(products: Array, count: int, transfer: Array, out: Array) -> None:
    """Add A Σ̂ Aᵀ/n of one class, Σ̂ the sample covariance of its scores."""
    size = transfer.shape[0]
    inner, half, full = np.empty((size, size)), np.empty((size, size)), np.empty((size, size))
    _centred(products, size, count, inner)
    _product(transfer, inner, half)
    _product(half, transfer.T.copy(), full)
    out += full / (count * (count - 1.0))


@inlined
def _quadratic(factor: Array, vector: Array) -> float:
    """vᵀM⁻¹v from the factor of M."""
    solved = vector.reshape(-1, 1).copy()
    _forward(factor, solved)
    return float((solved * solved).sum())


@inlined
def _class_cumulants(columns: Array, products: Array, count: int, transfer: Array, factor: Array, whitened: Array,
                     pairs: Array, third: Array, spreads: Array) -> None:  # fmt: skip
    """Whiten one class's contributions u; add to e, to Σ_c tr V_c²/(n_c − 1), and to their third and fourth sums."""
    size = transfer.shape[0]
    turn, centred = transfer / sqrt(count * (count - 1.0)), np.empty((size, size))
    _forward(factor, turn)
    half, own, shift = np.empty((size, size)), np.empty((size, size)), np.zeros(size)
    _centred(products, size, count, centred)
    _product(turn, centred, half)
    _product(half, turn.T.copy(), own)
    trace, square = 0.0, 0.0
    for a in range(size):
        trace += own[a, a]
        for b in range(size):
            square += own[a, b] * own[a, b]
            shift[a] += turn[a, b] * products[size, b] / count
    spreads[0] += (trace * trace + square) / (count - 1.0)
    spreads[1] += square / (count - 1.0)
    padded = np.zeros((-(-size // WIDTH) * WIDTH, size))
    padded[:size] = turn
    for first in range(0, count, _PANEL):
        rows = min(_PANEL, count - first)
        _whiten_panel(columns, first, rows, padded, shift, whitened)
        _add_cumulants(whitened, rows, size, pairs, third)


@inlined
def _class_scores(columns: Array, count: int, theta: Array, label: float, inverse: Array, scores: Array, plain: Array,
                  corrected: Array) -> None:  # fmt: skip
    """Products of one class's scores, as they are and divided by √(1 − leverage); the latter replace the columns."""
    metric = inverse / count
    for first in range(0, count, _PANEL):
        rows = min(_PANEL, count - first)
        scores[:, rows : -(-rows // LANES) * LANES] = 0.0
        _score_panel(columns, first, rows, theta.shape[0], theta, label, metric, scores)
        _add_products(scores, 0, rows, plain)
        _add_products(columns, first, rows, corrected)


@inlined
def _one_set(zero: Array, one: Array, counts: NDArray[np.int64], labels: Array, panel: Array, pairs: Array,
             g_phi: Array, sums: Array) -> int:  # fmt: skip
    """One data set from its columns, which are used up, as are ``panel`` and ``pairs``."""
    size, width = g_phi.shape[0], zero.shape[0]
    products, plain, corrected = np.zeros((2, width, width)), np.zeros((2, width, width)), np.zeros((2, width, width))
    theta, hessians, inverse = np.empty(size), np.empty((2, size, size)), np.empty((size, size))
    transfer, wald, small = np.empty((2, size, size)), np.zeros((size, size)), np.zeros((size, size))
    for c, columns in enumerate((zero, one)):
        for first in range(0, counts[c], _PANEL):
            _add_products(columns, first, min(_PANEL, counts[c] - first), products[c])
    code = _pilot(products, counts, labels, theta, hessians, inverse)
    if code != OK:
        return code
    _product(hessians[1], inverse, transfer[0])
    _product(-hessians[0], inverse, transfer[1])
    for c, columns in enumerate((zero, one)):
        _class_scores(columns, counts[c], theta, labels[c], inverse, panel[:width], plain[c], corrected[c])
        _add_covariance(plain[c], counts[c], transfer[c], wald)
        _add_covariance(corrected[c], counts[c], transfer[c], small)
    for a in range(size):
        g_phi[a] = plain[0, size, a] / counts[0] - plain[1, size, a] / counts[1]
    code = max(_factorised(wald), _factorised(small))
    if code != OK:
        return code
    sums[0], sums[1] = _quadratic(wald, g_phi), _quadratic(small, g_phi)
    third = np.zeros((pairs.shape[0], width))
    for c, columns in enumerate((zero, one)):
        _class_cumulants(columns, corrected[c], counts[c], transfer[c], small, panel, pairs, third, sums[2:4])
    sums[4], sums[5] = third[0, size], _skewness(third, size)
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
    counts = np.array([majority.shape[1], minority.shape[1]])
    width = -(-(size + 1) // SIDE) * SIDE
    zero = np.zeros((width, -(-counts[0] // LANES) * LANES))
    one = np.zeros((width, -(-counts[1] // LANES) * LANES))
    panel = np.zeros((max(width, -(-size // WIDTH) * WIDTH), _PANEL))
    pairs = np.zeros((-(-(1 + size * (size + 1) // 2) // SIDE) * SIDE, _PANEL))
    for r in range(majority.shape[0]):
        _lay_out(majority[r], size, zero)
        _lay_out(minority[r], size, one)
        sums[r] = 0.0
        status[r] = _one_set(zero, one, counts, labels, panel, pairs, g_phi[r], sums[r])
