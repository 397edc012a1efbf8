"""The rows of a stratum that are drawn when first asked for: least squares asks only for their sums."""

from __future__ import annotations

import numpy as np

from synththeory.arrays import Array
from synththeory.kernels.sums import labelled_sums
from synththeory.lazy import lazy
from synththeory.populations.laws import LocationLaw
from synththeory.sample import Block, Stratum
from synththeory.streams import Streams


class DrawnBlock(Block):
    """Rows of a location law under a name.

    Parameters
    ----------
    law : LocationLaw
        Of the rows.
    stratum : Stratum
        Whose rows they are.
    streams, purpose
        Name of the draw.
    size : int
        Rows n a replication.
    """

    law: LocationLaw

    def __init__(self, law: LocationLaw, stratum: Stratum, streams: Streams, purpose: str, size: int) -> None:
        named = {"law": law, "stratum": stratum, "_streams": streams, "_purpose": purpose, "_size": size}
        for name, value in named.items():
            object.__setattr__(self, name, value)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, n, d)."""
        return self._streams.count, self._size, self.law.dimension

    @lazy
    def rows(self) -> Array:
        """(B, n, d)."""
        return self.law.draw(self._streams, self._purpose, self._size)

    @lazy
    def gram(self) -> Array:
        """Σ z zᵀ with z = (x, 1, y), (B, 1, d + 2, d + 2), up to rounding that of the rows."""
        count, size, dimension = self.shape
        sums = self.law.sums(self._streams, self._purpose, np.full((count, 1), size, dtype=np.int64))
        out = np.empty((count, 1, dimension + 2, dimension + 2))
        labelled_sums(sums, self.stratum.label, out)
        return out

    _streams: Streams
    _purpose: str
    _size: int
