"""Numbers between neighbouring minority rows, from which a model learns values that no row has."""

from __future__ import annotations

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.text.columns import Column

_FEWEST = 6
"""Rows below which rows are repeated instead, as published."""
_BLOCK = 512


def interpolated(
    rows: Array, columns: tuple[Column, ...], size: int, neighbors: int, rng: np.random.Generator
) -> Array:
    """SMOTE-NC's numbers: seeds drawn uniformly, one of their k nearest minority rows, a uniform place between.

    Distances are of standardised numbers; a category that differs counts as the median of the numbers' standard
    deviations, which is then one [Chawla et al. 2002, P, with scales of one]. Missing numbers are the column's mean.

    Parameters
    ----------
    rows : Array
        (n, d) minority rows, numbers and codes.
    columns : tuple of Column
        (d).
    size : int
        Rows made.
    neighbors : int
        k ≥ 1.
    rng : numpy Generator
        Of seeds, partners and places.

    Returns
    -------
    Array
        (size, d); categories are the seed's. With five rows or fewer they are repeated.
    """
    seeds = rng.integers(len(rows), size=size)
    if len(rows) < _FEWEST:
        return rows[seeds]
    numeric = np.array([column.numeric for column in columns])
    numbers = rows[:, numeric]
    known = np.isfinite(numbers)
    means = np.where(known, numbers, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    numbers = np.where(known, numbers, means)
    spread = numbers.std(axis=0)
    scaled = numbers / np.where(spread > 0.0, spread, 1.0)
    used, inverse = np.unique(seeds, return_inverse=True)
    count = min(neighbors, len(rows) - 1)
    blocks = (used[start : start + _BLOCK] for start in range(0, len(used), _BLOCK))
    nearest = np.concatenate([_nearest(scaled, rows[:, ~numeric], block, count) for block in blocks])
    partners = nearest[inverse, rng.integers(count, size=size)]
    made = rows[seeds].copy()
    made[:, numeric] = numbers[seeds] + rng.random((size, 1)) * (numbers[partners] - numbers[seeds])
    return made


def _nearest(scaled: Array, codes: Array, places: Integers, count: int) -> Integers:
    squares = np.square(scaled[places][:, None] - scaled[None]).sum(axis=2)
    squares += (codes[places][:, None] != codes[None]).sum(axis=2)
    squares[np.arange(len(places)), places] = np.inf
    return np.argpartition(squares, count - 1, axis=1)[:, :count]
