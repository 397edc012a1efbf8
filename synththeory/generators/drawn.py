"""Synthetic rows that are drawn when a learner asks for them: least squares asks only for their sums."""

from __future__ import annotations

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.errors import ComponentError
from synththeory.generators.imitator import Imitator
from synththeory.kernels.sums import labelled_sums
from synththeory.lazy import lazy
from synththeory.sample import Sample, Stratum


class Drawn(Sample):
    """Rows of unit weight that an imitator makes.

    Parameters
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

    def __init__(self, imitator: Imitator, stratum: Stratum, shape: tuple[int, int, int], maker: str) -> None:
        named = {"_imitator": imitator, "_stratum": stratum, "_shape": shape, "_maker": maker}
        for name, value in named.items():
            object.__setattr__(self, name, value)

    _imitator: Imitator
    _stratum: Stratum
    _shape: tuple[int, int, int]
    _maker: str

    @lazy
    def rows(self) -> Array:
        """(B, m, d).

        Raises
        ------
        ComponentError
            If the imitator returns another number of rows.
        """
        rows = self._imitator.rows(self._shape[1])
        if np.shape(rows) != self._shape:
            raise ComponentError(
                f"{self._maker} returned rows of shape {np.shape(rows)}, expected {self._shape}: "
                "replications, synthetic rows, coordinates"
            )
        return rows

    @lazy
    def labels(self) -> Array:
        """(B, m), or (B, m, K) for classes coded by vectors."""
        known, coding = self._imitator.labels(self._shape[1]), np.array(self._stratum.coding)
        return np.full((*self._shape[:2], *coding.shape), coding) if known is None else known

    @lazy
    def weights(self) -> Array:
        """(B, m) ones."""
        return np.ones(self._shape[:2])

    def nested_gram(self, sizes: Integers) -> Array:
        """As for any sample; from the sums where they are known."""
        sums = self._imitator.sums(sizes)
        if sums is None:
            return super().nested_gram(sizes)
        out = np.empty((*sizes.shape, sums.shape[2] + 1, sums.shape[2] + 1))
        labelled_sums(sums, self._stratum.response, out)
        return out
