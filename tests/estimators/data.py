"""Tables and generators of the estimators' tests."""

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array


def shifted(
    seed: int = 0, majority: int = 160, minority: int = 32, dimension: int = 3
) -> tuple[Array, NDArray[np.int64]]:
    """N(0, I) against N(.8, I), the classes mixed up; 1 is the minority."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1], [majority, minority])
    rows = rng.standard_normal((majority + minority, dimension)) + 0.8 * labels[:, None]
    order = rng.permutation(labels.size)
    return rows[order], labels[order]


def repeated(rows: Array, size: int, random_state: int) -> Array:
    """Every minority row again and again, moved by the columns' numbers."""
    return rows[np.arange(size) % len(rows)] + 0.1 * np.arange(rows.shape[1])


def copied(rows: Array, size: int, random_state: int) -> Array:
    """Minority rows drawn with replacement."""
    return rows[np.random.default_rng(random_state).integers(len(rows), size=size)]
