"""Rows as tokens: categories as they are, numbers by the quantile bin that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers, Vector

_ROWS_A_BIN = 4
UNSEEN = -1
"""Token of a category that the table has not seen."""


@dataclass(frozen=True, eq=False)
class Category:
    """A column whose values are names.

    Attributes
    ----------
    values : Vector
        The values seen, increasing, (K,).
    """

    values: Vector

    @classmethod
    def of(cls, column: Vector) -> Category:
        """Of the values seen."""
        return cls(np.unique(column))

    @property
    def levels(self) -> int:
        """K."""
        return int(self.values.size)

    def tokens(self, column: Vector) -> Integers:
        """Places of values (n,) among those seen; `UNSEEN` for others."""
        places = np.minimum(np.searchsorted(self.values, column), self.levels - 1)
        return np.where(self.values[places] == column, places, UNSEEN).astype(np.int64)

    def read(self, tokens: Integers, chances: Vector) -> Vector:
        """The values of tokens (n,)."""
        return self.values[tokens]


@dataclass(frozen=True, eq=False)
class Bins:
    """A column of numbers in bins between its quantiles.

    Attributes
    ----------
    edges : Vector
        Increasing, (K + 1,); two equal ones where the column is constant.
    """

    edges: Vector

    @classmethod
    def of(cls, column: Vector, bins: int) -> Bins:
        """At most so many bins of nearly equal counts, of four rows at least; fewer where values repeat."""
        count = max(1, min(bins, len(column) // _ROWS_A_BIN))
        edges = np.unique(np.quantile(column, np.linspace(0.0, 1.0, count + 1)))
        return cls(edges if edges.size > 1 else np.repeat(edges, 2))

    @property
    def levels(self) -> int:
        """K."""
        return int(self.edges.size) - 1

    def tokens(self, column: Vector) -> Integers:
        """Bins of numbers (n,); what lies outside belongs to the first or last."""
        return np.searchsorted(self.edges[1:-1], column, side="right").astype(np.int64)

    def read(self, tokens: Integers, chances: Vector) -> Vector:
        """Numbers of tokens (n,), uniform within their bins by chances on [0, 1)."""
        low, high = self.edges[tokens], self.edges[tokens + 1]
        return np.asarray(low + chances * (high - low))


@dataclass(frozen=True, eq=False)
class Codes:
    """How the columns of a table become tokens, whose levels are numbered through from column to column.

    Attributes
    ----------
    columns : tuple of Category or Bins
        One a column.
    """

    columns: tuple[Category | Bins, ...]

    @classmethod
    def of(cls, rows: Array, categories: Sequence[int], bins: int) -> Codes:
        """Of rows (n, d), some of whose columns are categories."""
        named = set(categories)
        return cls(tuple(
            Category.of(column) if place in named else Bins.of(column, bins) for place, column in enumerate(rows.T)
        ))  # fmt: skip

    @property
    def levels(self) -> tuple[int, ...]:
        """Levels of each column."""
        return tuple(column.levels for column in self.columns)

    @property
    def offsets(self) -> Integers:
        """Number of the first level of each column, (d,)."""
        return np.concatenate([[0], np.cumsum(self.levels)[:-1]]).astype(np.int64)

    def encoded(self, rows: Array) -> Integers:
        """Tokens (n, d) of rows (n, d); `UNSEEN` for a category not seen."""
        parts = [column.tokens(values) for column, values in zip(self.columns, rows.T, strict=True)]
        own = np.stack(parts, axis=1)
        return np.where(own == UNSEEN, UNSEEN, own + self.offsets)

    def decoded(self, tokens: Integers, chances: Array) -> Array:
        """Rows (n, d) of tokens (n, d), numbers by chances (n, d) on [0, 1)."""
        own = tokens - self.offsets
        return np.stack(
            [column.read(own[:, place], chances[:, place]) for place, column in enumerate(self.columns)], axis=1
        )

    def shares(self, tokens: Integers, missing: NDArray[np.bool_]) -> Vector:
        """Share of each level among the cells of its column that are there, over all columns, (V,)."""
        counts = np.bincount(tokens[~missing], minlength=sum(self.levels)).astype(np.float64)
        bounds = np.concatenate([self.offsets, [counts.size]])
        return np.concatenate([counts[first:last] / counts[first:last].sum() for first, last in pairwise(bounds)])
