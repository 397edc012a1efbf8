"""GK-SMOTE's groups: which seeds are noise, how dense the others lie, and who may be joined to whom."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from synththeory.kernels.compile import inlined, kernel

_TILE = 512
"""Rows whose columns stay in the nearest cache while every point looks at them."""

NOISE, BORDER, SAFE = 0, 1, 2


@inlined
def _insert(square: float, place: int, best: NDArray[np.float64], found: NDArray[np.int64]) -> None:
    """Keep a row among the nearest, sorted; ties stay with the lower number."""
    spot = best.shape[0] - 1
    while spot > 0 and square < best[spot - 1]:
        best[spot] = best[spot - 1]
        found[spot] = found[spot - 1]
        spot -= 1
    best[spot] = square
    found[spot] = place


@inlined
def nearest_among(
    points: NDArray[np.float64], rows: NDArray[np.float64], others_only: bool, squares: NDArray[np.float64],
    places: NDArray[np.int64],
) -> None:  # fmt: skip
    """The k nearest rows of every point, nearest first.

    Parameters
    ----------
    points, rows : arrays
        (n, d) and (m, d).
    others_only : bool
        Whether points are the rows and a point is no neighbour of its own.
    squares, places : arrays
        (n, k): squared distances, infinite where there are too few rows, and row numbers; filled.
    """
    count, dimension, last = rows.shape[0], rows.shape[1], squares.shape[1] - 1
    columns, room = np.empty((dimension, _TILE)), np.empty(_TILE)
    squares[:] = np.inf
    places[:] = 0
    for first in range(0, count, _TILE):
        here = min(_TILE, count - first)
        for i in range(here):
            for j in range(dimension):
                columns[j, i] = rows[first + i, j]
        for p in range(points.shape[0]):
            best, found = squares[p], places[p]
            room[:] = 0.0
            for j in range(dimension):  # column by column: the inner loop runs over rows and vectorises
                centre, column = points[p, j], columns[j]
                for i in range(here):
                    gap = column[i] - centre
                    room[i] += gap * gap
            if others_only and first <= p < first + here:
                room[p - first] = np.inf
            for i in range(here):
                if room[i] < best[last]:
                    _insert(room[i], first + i, best, found)


@inlined
def spread_density(squares: NDArray[np.float64]) -> float:
    """Mean of exp(−D²/(2h²)), h the standard deviation of the distances D themselves, at least 1e-12."""
    count = squares.shape[0]
    mean = 0.0
    for i in range(count):
        mean += sqrt(squares[i]) / count
    variance = 0.0
    for i in range(count):
        variance += (sqrt(squares[i]) - mean) ** 2 / count
    width = max(sqrt(variance), 1e-12)
    total = 0.0
    for i in range(count):
        total += exp(-squares[i] / (2.0 * width * width))
    return float(total / count)


@kernel
def spread_densities(rows: NDArray[np.float64], neighbors: int, out: NDArray[np.float64]) -> None:
    """Fill ``out`` (B, n) with every row's density among the rows (B, n, d), itself and the nearest k − 1 others."""
    count = rows.shape[1]
    width = min(neighbors, count)
    squares, places = np.empty((count, width)), np.empty((count, width), dtype=np.int64)
    for r in range(rows.shape[0]):
        nearest_among(rows[r], rows[r], False, squares, places)
        for i in range(count):
            out[r, i] = spread_density(squares[i])


@inlined
def _log_mean(squares: NDArray[np.float64], scale: float) -> float:
    """Logarithm of the mean of exp(−scale · D²)."""
    total = 0.0
    for i in range(squares.shape[0]):
        total += exp(-scale * (squares[i] - squares[0]))
    return float(log(total / squares.shape[0]) - scale * squares[0])


@inlined
def _ordered(values: NDArray[np.float64], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """The values of the rows that are not noise, sorted."""
    kept, count = np.empty(groups.shape[0]), 0
    for i in range(groups.shape[0]):
        if groups[i] != NOISE:
            kept[count] = values[i]
            count += 1
    return np.sort(kept[:count])


@inlined
def _bandwidth(squares: NDArray[np.float64], groups: NDArray[np.int64]) -> float:
    """Median of the distances of what is not noise; the smallest that is not 0 where it is 0; 1 where all are."""
    ordered = _ordered(squares, groups)
    count, half = ordered.shape[0], ordered.shape[0] // 2
    if count == 0:
        return 1.0
    high, low = sqrt(ordered[half]), sqrt(ordered[half - 1])
    middle = high if count % 2 == 1 else (low + high) / 2.0
    if middle > 0.0:
        return middle
    for square in ordered:
        if 0.0 < square < np.inf:
            return sqrt(square)
    return 1.0


@inlined
def _is_noise(own: NDArray[np.float64], other: NDArray[np.float64], neighbors: int) -> bool:
    """Whether the k nearest rows of both classes are all of the other one."""
    return bool(other.shape[0] >= neighbors and other[neighbors - 1] < own[0])


@inlined
def _is_noise_as_published(own: NDArray[np.float64], other: NDArray[np.float64], neighbors: int) -> bool:
    """The same among the nearest k + 1 rows, the row itself among them, from which every twin is dropped."""
    a, b, rank, kept, mine = 0, 0, 0, 0, 0
    total = own.shape[0] + other.shape[0]
    while rank < neighbors + 1 and rank < total:
        first = b >= other.shape[0] or (a < own.shape[0] and own[a] <= other[b])
        square = own[a] if first else other[b]
        a, b, rank = a + int(first), b + int(not first), rank + 1
        if square > 0.0 and square < np.inf and kept < neighbors:
            kept += 1
            mine += int(first)
    return mine == 0


@inlined
def _split(values: NDArray[np.float64], groups: NDArray[np.int64]) -> None:
    """Two clusters of numbers with the least sum of squares within; the higher is SAFE, all are where all are alike."""
    ordered, centre, total = _ordered(values, groups), 0.0, 0.0
    count = ordered.shape[0]
    if count == 0:
        return
    for value in ordered:
        centre += value
    centre /= count  # sums of squares about it lose fewer digits
    for value in ordered:
        total += value - centre
    left, best, threshold = 0.0, 0.0, -np.inf
    for i in range(1, count):
        left += ordered[i - 1] - centre
        if ordered[i] > ordered[i - 1]:
            between = left * left / i + (total - left) ** 2 / (count - i)
            if between > best:
                best, threshold = between, ordered[i]
    for i in range(groups.shape[0]):
        if groups[i] != NOISE:
            groups[i] = SAFE if values[i] >= threshold else BORDER


@kernel
def density_groups(
    minority: NDArray[np.float64], majority: NDArray[np.float64], neighbors: int, faithful: bool,
    values: NDArray[np.float64], groups: NDArray[np.int64],
) -> None:  # fmt: skip
    """Sort the seeds of every replication into noise, border and safe by how dense they lie.

    Parameters
    ----------
    minority, majority : arrays
        (B, n1, d) and (B, n0, d).
    neighbors : int
        k.
    faithful : bool
        The published filter and density among the minority's own rows; otherwise the share f1/(f1 + f0) of both
        classes' kernel means over their k nearest rows, with one bandwidth.
    values : array
        (B, n1), filled.
    groups : array of int64
        (B, n1), filled with NOISE, BORDER or SAFE.
    """
    count, extra = minority.shape[1], int(faithful)
    own_width, other_width = min(neighbors + extra, count - 1 + extra), min(neighbors + extra, majority.shape[1])
    own, other = np.empty((count, own_width)), np.empty((count, other_width))
    mine, theirs = np.empty(own.shape, dtype=np.int64), np.empty(other.shape, dtype=np.int64)
    for r in range(minority.shape[0]):
        nearest_among(minority[r], minority[r], not faithful, own, mine)
        nearest_among(minority[r], majority[r], False, other, theirs)
        for i in range(count):
            if faithful:
                lost = _is_noise_as_published(own[i], other[i], neighbors)
            else:
                lost = _is_noise(own[i], other[i], neighbors)
            groups[r, i] = NOISE if lost else SAFE
        if faithful:
            for i in range(count):
                values[r, i] = spread_density(own[i, : min(neighbors, count)])
        else:
            width = _bandwidth(own[:, own_width - 1], groups[r])
            for i in range(count):
                scale = 0.5 / (width * width)
                values[r, i] = 1.0 / (1.0 + exp(_log_mean(other[i], scale) - _log_mean(own[i], scale)))
        _split(values[r], groups[r])


@inlined
def _find_members(groups: NDArray[np.int64], wanted: int, own: NDArray[np.int64]) -> int:
    """Fill ``own`` with the seeds of a group, as `group_partners` forms it. Returns how many it has, none for one."""
    safe, border, size = 0, 0, 0
    for i in range(groups.shape[0]):
        safe += int(groups[i] == SAFE)
        border += int(groups[i] == BORDER)
    for i in range(groups.shape[0]):
        joined = safe + border < 2 or (safe < 2 and border < 2 and groups[i] != NOISE)
        if (SAFE if joined else groups[i]) == wanted:
            own[size] = i
            size += 1
    return size if size >= 2 else 0


@kernel
def group_partners(
    minority: NDArray[np.float64], groups: NDArray[np.int64], members: NDArray[np.int64], counts: NDArray[np.int64],
    near: NDArray[np.int64],
) -> None:  # fmt: skip
    """The seeds of each group, and their nearest neighbours within it.

    A group of one has nobody to be joined to: it makes no rows, and the other group makes them; two groups of one are
    one of two. Where fewer than two seeds are left every row is a seed again.

    Parameters
    ----------
    minority : array
        (B, n1, d).
    groups : array of int64
        (B, n1), NOISE, BORDER or SAFE.
    members : array of int64
        (B, n1), filled with the safe seeds' numbers, then the border's.
    counts : array of int64
        (B, 2), filled with how many there are of each.
    near : array of int64
        (B, n1, k), filled for every seed with its nearest min(k, group − 1) partners.
    """
    count, dimension = minority.shape[1], minority.shape[2]
    own, rows = np.empty(count, dtype=np.int64), np.empty((count, dimension))
    for r in range(minority.shape[0]):
        filled = 0
        for which in range(2):
            size = _find_members(groups[r], SAFE - which, own)
            counts[r, which] = size
            if size == 0:
                continue
            for i in range(size):
                for j in range(dimension):
                    rows[i, j] = minority[r, own[i], j]
            width = min(near.shape[2], size - 1)
            squares, places = np.empty((size, width)), np.empty((size, width), dtype=np.int64)
            nearest_among(rows[:size], rows[:size], True, squares, places)
            for i in range(size):
                members[r, filled + i] = own[i]
                for j in range(width):
                    near[r, own[i], j] = own[places[i, j]]
            filled += size


@kernel
def group_segments(
    rows: NDArray[np.float64], members: NDArray[np.int64], counts: NDArray[np.int64], near: NDArray[np.int64],
    uniforms: NDArray[np.float64], out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Random points on segments within a group; of the first m rows each group makes its share, rounded half to even.

    Parameters
    ----------
    rows : array
        (B, n, d) seeds.
    members, counts, near : arrays of int64
        As `group_partners` fills them.
    uniforms : array
        (B, m, 3): choice of the seed, of its partner, and λ.
    out : array
        (B, m, d), filled with x_i + λ(x_j − x_i).
    """
    for r in range(rows.shape[0]):
        safe, border = counts[r, 0], counts[r, 1]
        share = safe / (safe + border)
        for i in range(out.shape[1]):
            is_safe = np.rint((i + 1) * share) > np.rint(i * share)
            first, size = (0, safe) if is_safe else (safe, border)
            seed = members[r, first + int(uniforms[r, i, 0] * size)]
            partner = near[r, seed, int(uniforms[r, i, 1] * min(near.shape[2], size - 1))]
            weight = uniforms[r, i, 2]
            for j in range(out.shape[2]):
                out[r, i, j] = rows[r, seed, j] + weight * (rows[r, partner, j] - rows[r, seed, j])
