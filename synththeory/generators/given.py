"""What generators ask of rows that are given to them: finite tables, enough seeds for their neighbours."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Array
from synththeory.errors import DesignError, SynththeoryError


def finite(rows: ArrayLike, who: str, name: str) -> Array:
    """Rows as a finite table, (n, d), n and d at least 1.

    Parameters
    ----------
    rows : array-like
        (n, d).
    who, name : str
        Who asks, and what the rows are called, for messages.

    Raises
    ------
    SynththeoryError
        When they are none.
    """
    found = np.ascontiguousarray(rows, dtype=np.float64)
    if found.ndim != 2 or not found.size:
        raise SynththeoryError(f"{who}: expected {name} rows (n, d), got shape {found.shape}")
    broken = int((~np.isfinite(found)).any(axis=1).sum())
    if broken:
        raise SynththeoryError(f"{who}: {broken} of {len(found)} {name} rows have NaN or infinite entries; impute them")
    return found


def enough_seeds(kind: str, neighbors: int, minority: int) -> None:
    """Refuse a seed that has fewer other minority rows than neighbours are asked for.

    Raises
    ------
    DesignError
        With the most neighbours there are.
    """
    if neighbors >= minority:
        raise DesignError(
            f"{kind}: neighbors must be fewer than the minority rows, got neighbors = {neighbors} with minority = "
            f"{minority}; use neighbors ≤ {minority - 1}"
        )
