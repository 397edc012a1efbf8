"""Synthetic rows that are drawn when a learner asks for them: least squares asks only for their sums."""

from __future__ import annotations

import numpy as np

from synththeory.arrays import Array, Integers
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
    shape : (int, int)
        B replications of m rows.
    """

    def __init__(self, imitator: Imitator, stratum: Stratum, shape: tuple[int, int]) -> None:
        for name, value in {"_imitator": imitator, "_stratum": stratum, "_shape": shape}.items():
            object.__setattr__(self, name, value)

    _imitator: Imitator
    _stratum: Stratum
    _shape: tuple[int, int]

    @lazy
    def rows(self) -> Array:
        """(B, m, d)."""
        return self._imitator.rows(self._shape[1])

    @lazy
    def labels(self) -> Array:
        """(B, m), or (B, m, K) for classes coded by vectors."""
        known, coding = self._imitator.labels(self._shape[1]), np.array(self._stratum.coding)
        return np.full((*self._shape, *coding.shape), coding) if known is None else known

    @lazy
    def weights(self) -> Array:
        """(B, m) ones."""
        return np.ones(self._shape)

    def nested_gram(self, sizes: Integers) -> Array:
        """As for any sample; from the sums where they are known."""
        sums = self._imitator.sums(sizes)
        if sums is None:
            return super().nested_gram(sizes)
        out = np.empty((*sizes.shape, sums.shape[2] + 1, sums.shape[2] + 1))
        labelled_sums(sums, self._stratum.response, out)
        return out
