"""Laws on finitely many rows, each with its probability: whatever is asked of them is a sum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.populations.laws.location import LocationLaw
from synththeory.streams import Streams


@runtime_checkable
class Enumerable(Protocol):
    """A population whose strata have laws on the same finitely many rows, known or learnt from rows."""

    @property
    def support(self) -> Array:
        """All possible rows, (M, d)."""

    def best_guess(self, stratum: int, rows: Array) -> Array:
        """Probabilities of the next row by who knows all but what only rows can tell, (B, M), given rows (B, n, d)."""


@dataclass(frozen=True, eq=False)
class FiniteLaw:
    """Rows of a table, each with a probability.

    Attributes
    ----------
    support : Array
        (M, d), each once.
    probabilities : Vector
        (M,), summing to one.
    """

    support: Array
    probabilities: Vector

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""
        return int(self.support.shape[1])

    @cached_property
    def components(self) -> tuple[tuple[float, LocationLaw], ...]:
        """Every possible row as a law without noise."""
        still = np.zeros((self.dimension, self.dimension))
        return tuple(
            (float(weight), LocationLaw(row, still))
            for weight, row in zip(self.probabilities, self.support, strict=True)
        )

    @property
    def mean(self) -> Vector:
        """Mean vector, (d,)."""
        return np.asarray(self.probabilities @ self.support)

    @property
    def covariance(self) -> Matrix:
        """Covariance matrix, (d, d)."""
        apart = self.support - self.mean
        return np.asarray((self.probabilities[:, None] * apart).T @ apart)

    def centred(self) -> FiniteLaw:
        """The same law moved to mean zero."""
        return FiniteLaw(self.support - self.mean, self.probabilities)

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, d), by one uniform each."""
        return np.asarray(self.support[places(np.cumsum(self.probabilities), streams.uniforms(purpose, size))])


def places(edges: Vector, chances: Array) -> Array:
    """Places among the running sums of probabilities, (M,), of chances on [0, 1), in their shape."""
    return np.minimum(np.searchsorted(edges, chances, side="right"), edges.size - 1)
