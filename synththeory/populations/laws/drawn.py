"""The rows of a stratum that are drawn when first asked for: least squares asks only for their sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.kernels.sums import labelled_sums
from synththeory.lazy import lazy
from synththeory.populations.laws.location import NOISE_KINDS, LocationLaw
from synththeory.sample import Stratum
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class Drawing:
    """All that a kernel needs to draw a block's rows x = centre + scale · ξ itself.

    Attributes
    ----------
    streams, word
        Name of the draw.
    kind : int
        Of the noise ξ (`synththeory.kernels.sums`).
    centre, scale : Vector
        (d,).
    """

    streams: Streams
    word: np.uint64
    kind: int
    centre: Vector
    scale: Vector


@dataclass(frozen=True, eq=False)
class DrawnBlock:
    """A block whose rows a location law has under a name.

    Attributes
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
    stratum: Stratum
    streams: Streams
    purpose: str
    size: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, n, d)."""
        return self.streams.count, self.size, self.law.dimension

    @lazy
    def rows(self) -> Array:
        """(B, n, d)."""
        return self.law.draw(self.streams, self.purpose, self.size)

    @property
    def drawing(self) -> Drawing | None:
        """How to draw the rows where they are used; None where a law mixes the coordinates of its noise."""
        scale, kind = self.law.scales, NOISE_KINDS[self.law.noise]
        if scale is None:
            return None
        return Drawing(self.streams, self.streams.word(self.purpose), kind, self.law.mean, scale)

    @lazy
    def gram(self) -> Array:
        """As for any block; no row is made."""
        count, size, dimension = self.shape
        sums = self.law.sums(self.streams, self.purpose, np.full((count, 1), size, dtype=np.int64))
        out = np.empty((count, 1, dimension + 2, dimension + 2))
        labelled_sums(sums, self.stratum.response, out)
        return out
