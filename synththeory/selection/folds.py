"""Hold-out splits and folds of one class, as indices; the randomness is handed in."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.errors import DesignError
from synththeory.kernels.draw import split_places


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of one class on the two sides of a split; a stratified split is one of every class.

    Attributes
    ----------
    training, held_out : Integers
        Row numbers, (..., n − m) and (..., m), increasing along the last axis.
    """

    training: Integers
    held_out: Integers


def folds(keys: Array, count: int) -> tuple[Split, ...]:
    """K folds of equal size, up to one row: each row is held out once.

    Parameters
    ----------
    keys : Array
        (..., n), one independent uniform number a row; their order decides. The axes before the last are data sets.
    count : int
        K, at least 2.

    Returns
    -------
    tuple of Split
        K of them; the first n mod K hold out one row more.

    Raises
    ------
    DesignError
        When a fold would be empty.
    """
    rows = keys.shape[-1]
    if not 2 <= count <= rows:
        raise DesignError(f"cannot cut {rows} rows of a class into {count} folds; use between 2 and {rows} folds")
    order = np.argsort(keys, axis=-1)
    edges = np.cumsum([0] + [rows // count + (place < rows % count) for place in range(count)])
    return tuple(_split(order, int(first), int(stop)) for first, stop in itertools.pairwise(edges))


def hold_out(keys: Array, fraction: float) -> tuple[Split, ...]:
    """One split that holds out round(fraction · n) rows, at least one, and leaves at least one.

    Parameters
    ----------
    keys : Array
        (..., n), one independent uniform number a row.
    fraction : float
        In (0, 1).

    Returns
    -------
    tuple of Split
        Exactly one.

    Raises
    ------
    DesignError
        With fewer than two rows, or a fraction outside (0, 1).
    """
    rows = keys.shape[-1]
    if rows < 2 or not 0.0 < fraction < 1.0:
        raise DesignError(
            f"cannot hold out a share {fraction} of {rows} rows of a class; use a share in (0, 1) of two or more"
        )
    order = np.argsort(keys, axis=-1)
    return (_split(order, 0, min(max(round(fraction * rows), 1), rows - 1)),)


def _split(order: Integers, first: int, stop: int) -> Split:
    lead, rows = order.shape[:-1], order.shape[-1]
    flat = np.ascontiguousarray(order, dtype=np.int64).reshape(-1, rows)
    training = np.empty((len(flat), rows - stop + first), dtype=np.int64)
    held_out = np.empty((len(flat), stop - first), dtype=np.int64)
    split_places(flat, first, stop, training, held_out)
    return Split(training.reshape(*lead, -1), held_out.reshape(*lead, -1))
