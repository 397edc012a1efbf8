"""Rows of discrete columns whose law, or the best guess at it, is known by enumeration."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator
from scipy.special import gammaincinv

from synththeory.arrays import Array, Integers, Vector
from synththeory.caches import bounded
from synththeory.components import Positive
from synththeory.populations.base import Population
from synththeory.populations.laws.finite import FiniteLaw, places
from synththeory.sample import Block, GivenBlock, Stratum
from synththeory.streams import Streams

_MOST_ROWS = 2**16
_LEVEL = 0.05
"""Share of every conditional that is uniform, so that every level is seen."""


class MarkovRows(Population):
    """Discrete columns, each drawn given the two before it; both classes have tables of their own.

    Column 1 is uniform, column 2 is drawn given column 1, column t given columns t − 1 and t − 2. Every conditional is
    .05 of the uniform law and .95 of a draw from a symmetric Dirichlet law, made once from ``tables``. Levels are the
    numbers −(L − 1)/2, …, (L − 1)/2. All Lᵈ rows have known probabilities.

    Attributes
    ----------
    columns : int
        d.
    levels : int
        L of every column; Lᵈ is at most 65536.
    concentration : float
        Of the Dirichlet law; small ones make columns that determine each other.
    tables : int
        Seed of the conditionals.
    """

    kind: Literal["markov-rows"] = "markov-rows"
    columns: Annotated[int, Field(ge=2)] = 6
    levels: Annotated[int, Field(ge=2)] = 4
    concentration: Positive = 0.4
    tables: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _can_be_enumerated(self) -> MarkovRows:
        if self.levels**self.columns > _MOST_ROWS:
            raise ValueError(f"expected at most {_MOST_ROWS} rows, got {self.levels}^{self.columns}; take fewer")
        return self

    @property
    def dimension(self) -> int:
        """d."""
        return self.columns

    @property
    def laws(self) -> tuple[FiniteLaw, ...]:
        """The law of each class on all Lᵈ rows."""
        return tuple(
            _chain(self.columns, self.levels, self.concentration, self.tables, stratum.name) for stratum in self.strata
        )

    @property
    def support(self) -> Array:
        """All rows, (Lᵈ, d), the last column changing fastest."""
        return self.laws[0].support

    def best_guess(self, stratum: int, rows: Array) -> Array:
        """The law itself: nothing is unknown."""
        law = self.laws[stratum].probabilities
        return np.tile(law, (len(rows), 1))


@bounded(16)
def _chain(columns: int, levels: int, concentration: float, tables: int, stratum: str) -> FiniteLaw:
    streams = Streams.named(tables, "markov-rows", 0, 1).within(stratum)
    codes = np.array(list(product(range(levels), repeat=columns)), dtype=np.int64)
    law: Vector = np.full(len(codes), 1.0 / levels)
    for column in range(1, columns):
        before = min(column, 2)
        chances = streams.uniforms(f"column {column}", levels**before, levels)[0]
        given = np.zeros(len(codes), dtype=np.int64)
        for earlier in range(column - before, column):
            given = levels * given + codes[:, earlier]
        law = law * (_LEVEL / levels + (1.0 - _LEVEL) * _dirichlet(concentration, chances))[given, codes[:, column]]
    support = np.asarray(codes - 0.5 * (levels - 1), dtype=np.float64)
    return FiniteLaw(support, law / law.sum())


def _dirichlet(concentration: float, chances: Array) -> Array:
    """Draws of a symmetric Dirichlet law along the last axis, by gamma quantiles of uniforms."""
    gammas = gammaincinv(concentration, np.maximum(chances, 1e-12))
    return np.asarray(gammas / gammas.sum(axis=-1, keepdims=True))


class DirichletRows(Population):
    """Flags whose law is itself drawn anew in every replication and class: p ~ Dirichlet(c, …, c) on all 2ᵈ rows.

    Who knows this and has seen n rows, k of them x, says (k + c)/(n + 2ᵈ c) of the next one: no predictor is better on
    average.

    Attributes
    ----------
    columns : int
        d flags.
    concentration : float
        c.
    """

    exact: ClassVar[bool] = False

    kind: Literal["dirichlet-rows"] = "dirichlet-rows"
    columns: Annotated[int, Field(ge=1, le=10)] = 4
    concentration: Positive = 0.3

    @property
    def dimension(self) -> int:
        """d."""
        return self.columns

    @property
    def laws(self) -> tuple[()]:
        """None is the same in two replications."""
        return ()

    @property
    def support(self) -> Array:
        """All rows of 0 and 1, (2ᵈ, d), the last column changing fastest."""
        return flag_rows(self.columns)

    def drawn_laws(self, streams: Streams, stratum: Stratum) -> Array:
        """The law of a class in every replication, (B, 2ᵈ)."""
        return _dirichlet(self.concentration, streams.uniforms(f"population/{stratum.name}/law", 2**self.columns))

    def sample(self, streams: Streams, counts: Sequence[int]) -> tuple[Block, ...]:
        """Rows of both classes; the first rows of a longer draw are a shorter one."""
        blocks = []
        for stratum, count in zip(self.strata, counts, strict=True):
            chances = streams.uniforms(f"population/{stratum.name}", count)
            laws = self.drawn_laws(streams, stratum)
            found = [places(np.cumsum(law), chance) for law, chance in zip(laws, chances, strict=True)]
            blocks.append(GivenBlock(self.support[np.array(found, dtype=np.int64)], stratum))
        return tuple(blocks)

    def best_guess(self, stratum: int, rows: Array) -> Array:
        """(k + c)/(n + 2ᵈ c) of each row, k the number of times it was seen."""
        return np.stack([self.posterior(row_types(own)) for own in rows])

    def posterior(self, types: Integers) -> Vector:
        """The same of numbers of rows, (n,), one predictor."""
        counts = np.bincount(types, minlength=2**self.columns) + self.concentration
        return np.asarray(counts / counts.sum())


def flag_rows(columns: int) -> Array:
    """All rows of 0 and 1, (2ᵈ, d), the last column changing fastest."""
    return np.array(list(product((0.0, 1.0), repeat=columns)))


def row_types(rows: Array) -> Integers:
    """Places of rows of 0 and 1, (n, d), among all of them in their order, (n,)."""
    return (rows @ 2.0 ** np.arange(rows.shape[1])[::-1]).astype(np.int64)
