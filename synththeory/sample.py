"""Rows of a block of replications: by stratum (`Block`) and as a training set (`Sample`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from synththeory.arrays import Array, Integers, Matrix, Vector
from synththeory.errors import DesignError
from synththeory.kernels.draw import take_rows
from synththeory.kernels.gram import nested_gram
from synththeory.lazy import lazy
from synththeory.streams import Streams


@dataclass(frozen=True, slots=True)
class Stratum:
    """One part of a population whose risk counts separately. Its class is not its response.

    Attributes
    ----------
    name : str
        ``"majority"``, ``"minority"``, or the name of a class or group.
    index : int
        Its class, 0, …, K − 1; groups of one class share it.
    coding : float or tuple of float
        What a loss is told of the class: one number (±1, ±½, 0 or 1), or K of them, such as the indicator e_c.
    """

    name: str
    index: int
    coding: float | tuple[float, ...]

    @property
    def response(self) -> float:
        """The coding of a loss with one score.

        Raises
        ------
        DesignError
            Where the classes are coded by vectors.
        """
        if isinstance(self.coding, tuple):
            raise DesignError(
                f"{self.name} is one of {len(self.coding)} classes, and this method is for two; "
                "choose a population of two classes, or a method for K"
            )
        return self.coding


class Law(Protocol):
    """The law of one stratum's rows, as much of it as an idealised generator needs."""

    @property
    def mean(self) -> Vector:
        """Mean vector, (d,)."""

    @property
    def covariance(self) -> Matrix:
        """Covariance matrix, (d, d)."""

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, d); the first rows of a longer draw are a shorter one."""

    def centred(self) -> Law:
        """The same law moved to mean zero."""


class Block(Protocol):
    """The rows of one stratum in every replication of a block."""

    @property
    def rows(self) -> Array:
        """(B, n, d)."""

    @property
    def stratum(self) -> Stratum:
        """Whose rows they are."""

    @property
    def law(self) -> Law | None:
        """The law they were drawn from, where it is known (simulations); None for people's own data."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, n, d)."""

    @property
    def gram(self) -> Array:
        """Σ z zᵀ with z = (x, 1, y), (B, 1, d + 2, d + 2), up to rounding that of the rows."""

    @property
    def mean(self) -> Array:
        """Mean row, (B, d)."""

    @property
    def scatter(self) -> Array:
        """Σ (x − x̄)(x − x̄)ᵀ, (B, d, d)."""

    @property
    def deviation(self) -> Array:
        """Standard deviation of every coordinate, divisor n − 1, (B, d)."""


class RowBlock:
    """What a block whose rows can be had is by them."""

    if TYPE_CHECKING:  # at runtime an inherited property would be the default value of a dataclass's field

        @property
        def rows(self) -> Array:
            """(B, n, d)."""

    @property
    def mean(self) -> Array:
        """Mean row, (B, d)."""
        return np.asarray(self.rows.mean(axis=1))

    @property
    def scatter(self) -> Array:
        """Σ (x − x̄)(x − x̄)ᵀ, (B, d, d)."""
        centred = self.rows - self.mean[:, None, :]
        return np.asarray(centred.transpose(0, 2, 1) @ centred)

    @property
    def deviation(self) -> Array:
        """Standard deviation of every coordinate, divisor n − 1, (B, d)."""
        return np.asarray(self.rows.std(axis=1, ddof=1))


@dataclass(frozen=True, eq=False)
class GivenBlock(RowBlock):
    """A block whose rows are there.

    Attributes
    ----------
    rows : Array
        (B, n, d).
    stratum : Stratum
        Whose rows they are.
    law : Law or None
        The law they were drawn from, where it is known.
    """

    rows: Array
    stratum: Stratum
    law: Law | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, n, d)."""
        count, size, dimension = self.rows.shape
        return count, size, dimension

    @lazy
    def gram(self) -> Array:
        """As for any block."""
        return GivenSample(self.rows, np.full(self.shape[:2], self.stratum.response), np.ones(self.shape[:2])).gram


class Sample(Protocol):
    """A weighted, soft-labelled training set in every replication of a block."""

    if TYPE_CHECKING:  # at runtime an inherited property would be the default value of a dataclass's field

        @property
        def rows(self) -> Array:
            """(B, n, d)."""

        @property
        def labels(self) -> Array:
            """(B, n), the response, or the probability of class 1; of K classes (B, n, K), their probabilities."""

        @property
        def weights(self) -> Array:
            """(B, n); may be negative."""

        @property
        def shape(self) -> tuple[int, int, int]:
            """(B, n, d)."""

    @staticmethod
    def of(*blocks: Block) -> Stacked:
        """Blocks as one sample of unit weights, in the order given."""
        return Stacked(blocks, (1.0,) * len(blocks))

    @lazy
    def gram(self) -> Array:
        """Σ w z zᵀ with z = (x, 1, y), (B, 1, d + 2, d + 2); kept, because all arms of a cell share their real rows."""
        count, size, _ = self.shape
        return self.nested_gram(np.full((count, 1), size, dtype=np.int64))

    def nested_gram(self, sizes: Integers) -> Array:
        """Σ w z zᵀ, z = (x, 1, y), over the first rows, (B, S, d + 2, d + 2) for sizes (B, S) that do not decrease."""
        width = self.shape[2] + 2
        out = np.empty((*sizes.shape, width, width))
        nested_gram(self.rows, self.labels, self.weights, sizes, out)
        return out

    @property
    def label_shape(self) -> tuple[int, ...]:
        """Shape of one row's label: () for a number, (K,) for K classes."""
        return self.labels.shape[2:]

    def shared(self, shares: Sequence[float], counts: Sequence[int]) -> Sample:
        """The same rows with weight shares[k] on the k-th stretch of counts[k] rows."""
        weights = np.tile(np.repeat(shares, counts), (self.shape[0], 1))
        return GivenSample(self.rows, self.labels, weights)


@dataclass(frozen=True, eq=False)
class GivenSample(Sample):
    """A sample whose rows are there.

    Attributes
    ----------
    rows : Array
        (B, n, d).
    labels : Array
        (B, n), the response, or the probability of class 1; of K classes (B, n, K), their probabilities.
    weights : Array
        (B, n); may be negative.
    """

    rows: Array
    labels: Array
    weights: Array

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, n, d)."""
        count, size, dimension = self.rows.shape
        return count, size, dimension


@dataclass(frozen=True, eq=False)
class Stacked(Sample):
    """Whole blocks, each with one weight; stacked when a learner asks for rows, summed when it asks for sums.

    Attributes
    ----------
    blocks : tuple of Block
        One after the other.
    shares : tuple of float
        The weight of every row of each.
    """

    blocks: tuple[Block, ...]
    shares: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, n, d)."""
        count, _, dimension = self.blocks[0].shape
        return count, sum(block.shape[1] for block in self.blocks), dimension

    @lazy
    def rows(self) -> Array:
        """(B, n, d)."""
        if len(self.blocks) == 1:
            return self.blocks[0].rows
        return np.concatenate([block.rows for block in self.blocks], axis=1)

    @lazy
    def labels(self) -> Array:
        """(B, n), the response of each block's stratum; (B, n, K) where classes are coded by vectors."""
        return self._each([block.stratum.coding for block in self.blocks])

    @lazy
    def weights(self) -> Array:
        """(B, n), the share of each block."""
        return self._each(list(self.shares))

    @property
    def label_shape(self) -> tuple[int, ...]:
        """As for any sample; no label is made."""
        return np.shape(self.blocks[0].stratum.coding)

    @lazy
    def gram(self) -> Array:
        """As for any sample: the blocks' own, added up."""
        return np.asarray(sum(share * block.gram for share, block in zip(self.shares, self.blocks, strict=True)))

    def shared(self, shares: Sequence[float], counts: Sequence[int]) -> Sample:
        """As for any sample; whole blocks stay blocks."""
        if tuple(counts) == tuple(block.shape[1] for block in self.blocks):
            return Stacked(self.blocks, tuple(shares))
        return super().shared(shares, counts)

    def _each(self, values: Sequence[float | tuple[float, ...]]) -> Array:
        one: Array = np.repeat(np.array(values), [block.shape[1] for block in self.blocks], axis=0)
        return np.tile(one, (self.shape[0],) + (1,) * one.ndim)


def taken(rows: Array, places: Integers) -> Array:
    """Rows (B, n, d) at places (B, m) of their own replication, (B, m, d)."""
    out = np.empty((*places.shape, rows.shape[2]))
    take_rows(rows, places, out)
    return out
