"""What a generator has learnt: synthetic rows of any number from one set of seeds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from synththeory.arrays import Array, Integers


class Imitator(ABC):
    """A generator after it has seen its seeds: kept, and shared by all that draw from it."""

    @abstractmethod
    def rows(self, size: int) -> Array:
        """Synthetic rows (B, size, d); the first rows of a longer draw are a shorter one."""

    def sums(self, sizes: Integers) -> Array | None:
        """Σ (x, 1)(x, 1)ᵀ over the first rows, (B, S, d + 1, d + 1), where it is known without keeping a row.

        Parameters
        ----------
        sizes : Integers
            (B, S), not decreasing along S.
        """
        return None

    def labels(self, size: int) -> Array | None:
        """Responses of the rows, (B, size); None where all have their seeds' response."""
        return None

    def log_law(self, rows: Array) -> Array | None:
        """Log-probability with which each of these rows (M, d) is made, (B, M); None where it cannot be summed up.

        Of numbers in bins it is the probability of the bins.
        """
        return None


@dataclass(frozen=True, eq=False)
class Unlearned(Imitator):
    """Of a generator that learns nothing: its rows follow from the seeds at each draw.

    Attributes
    ----------
    draw : callable
        From a size to rows (B, size, d).
    add_up : callable
        From sizes (B, S) to sums, or None.
    """

    draw: Callable[[int], Array]
    add_up: Callable[[Integers], Array | None]

    def rows(self, size: int) -> Array:
        """The generator's ``rows``."""
        return self.draw(size)

    def sums(self, sizes: Integers) -> Array | None:
        """The generator's ``sums``."""
        return self.add_up(sizes)
