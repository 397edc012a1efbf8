"""The rows of a stratum that are drawn when first asked for: least squares asks only for their sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.errors import ComponentError
from synththeory.kernels.sums import labelled_sums
from synththeory.lazy import lazy
from synththeory.populations.laws.location import NOISE_KINDS, LocationLaw
from synththeory.sample import RowBlock, Stratum
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
class DrawnBlock(RowBlock):
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


@dataclass(frozen=True, eq=False)
class SummedBlock:
    """A block of which nobody has the rows: their sums are drawn themselves (`synththeory.wishart`).

    Attributes
    ----------
    drawn : DrawnBlock
        The same block by its rows, under streams that draw sums.
    """

    drawn: DrawnBlock

    @property
    def law(self) -> LocationLaw:
        """Of the rows."""
        return self.drawn.law

    @property
    def stratum(self) -> Stratum:
        """Whose rows they are."""
        return self.drawn.stratum

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, n, d)."""
        return self.drawn.shape

    @property
    def rows(self) -> Array:
        """There are none.

        Raises
        ------
        ComponentError
            Always.
        """
        raise ComponentError("the learner draws sums of rows (sufficient = true), and something asks for the rows")

    @property
    def gram(self) -> Array:
        """As for any block."""
        return self.drawn.gram

    @lazy
    def mean(self) -> Array:
        """Mean row, (B, d)."""
        dimension = self.shape[2]
        return np.asarray(self.gram[:, 0, :dimension, dimension] / self.shape[1])

    @lazy
    def scatter(self) -> Array:
        """Σ (x − x̄)(x − x̄)ᵀ, (B, d, d)."""
        _, size, dimension = self.shape
        second = self.gram[:, 0, :dimension, :dimension]
        return np.asarray(second - size * self.mean[:, :, None] * self.mean[:, None, :])

    @property
    def deviation(self) -> Array:
        """Standard deviation of every coordinate, divisor n − 1, (B, d)."""
        variances = np.diagonal(self.scatter, axis1=1, axis2=2) / (self.shape[1] - 1)
        return np.asarray(np.sqrt(variances))
