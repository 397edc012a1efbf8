"""Synthetic rows that are drawn when a learner asks for them: least squares asks only for their sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.errors import ComponentError
from synththeory.generators.imitator import Imitator
from synththeory.kernels.sums import labelled_sums
from synththeory.lazy import lazy
from synththeory.sample import Sample, Stratum


@dataclass(frozen=True, eq=False)
class Drawn(Sample):
    """Rows of unit weight that an imitator makes.

    Attributes
    ----------
    imitator : Imitator
        Who draws them.
    stratum : Stratum
        Whose coding every row has, unless the imitator knows better.
    shape : (int, int, int)
        B replications of m rows of d coordinates.
    maker : str
        Whose imitator it is, for a message.
    """

    imitator: Imitator
    stratum: Stratum
    shape: tuple[int, int, int]
    maker: str

    @lazy
    def rows(self) -> Array:
        """(B, m, d).

        Raises
        ------
        ComponentError
            If the imitator returns another number of rows.
        """
        rows = self.imitator.rows(self.shape[1])
        if np.shape(rows) != self.shape:
            raise ComponentError(
                f"{self.maker} returned rows of shape {np.shape(rows)}, expected {self.shape}: "
                "replications, synthetic rows, coordinates"
            )
        return rows

    @lazy
    def labels(self) -> Array:
        """(B, m), or (B, m, K) for classes coded by vectors."""
        known, coding = self.imitator.labels(self.shape[1]), np.array(self.stratum.coding)
        return np.full((*self.shape[:2], *coding.shape), coding) if known is None else known

    @lazy
    def weights(self) -> Array:
        """(B, m) ones."""
        return np.ones(self.shape[:2])

    def nested_gram(self, sizes: Integers) -> Array:
        """As for any sample; from the sums where they are known."""
        sums = self.imitator.sums(sizes)
        if sums is None:
            return super().nested_gram(sizes)
        out = np.empty((*sizes.shape, sums.shape[2] + 1, sums.shape[2] + 1))
        labelled_sums(sums, self.stratum.response, out)
        return out
