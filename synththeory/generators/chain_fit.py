"""A chain over columns fitted by counting: each column given the few before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Integers
from synththeory.components import Integers as Columns
from synththeory.components import Positive
from synththeory.generators.base import Generator
from synththeory.generators.imitator import Imitator
from synththeory.generators.learned.tokens import UNSEEN, Codes
from synththeory.sample import Block
from synththeory.streams import Streams

_MOST = 4


class ChainFit(Generator):
    """Every column drawn given the ``order`` columns before it, by counts of the seeds plus a smoothing.

    Categories are levels as they are, numbers fall into quantile bins and are uniform within them. Order 0 is
    independent columns; the population `markov-rows` is a chain of order 2, so that order 2 is there the fit of the
    true structure, the least that any learner could be expected to reach.

    Attributes
    ----------
    order : int
        Columns looked back at, 0 to 4.
    smoothing : float
        Added to every count; ½ is Krichevsky and Trofimov's.
    bins : int
        Most bins of a column of numbers.
    categories : tuple of int
        Numbers of the columns, from 0, whose values are names.
    """

    kind: Literal["chain-fit"] = "chain-fit"
    has_law: ClassVar[bool] = True
    order: Annotated[int, Field(ge=0, le=_MOST)] = 1
    smoothing: Positive = 0.5
    bins: Annotated[int, Field(ge=2, le=16)] = 4
    categories: Columns = ()

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> ChainRows:
        """Count."""
        return ChainRows(streams, tuple(self._counted(rows) for rows in seeds.rows))

    def _counted(self, rows: Array) -> Chain:
        codes = Codes.of(rows, self.categories, self.bins)
        tokens, tables = codes.encoded(rows) - codes.offsets, []
        for column, levels in enumerate(codes.levels):
            before = codes.levels[max(0, column - self.order) : column]
            counts = np.full((int(np.prod(before, dtype=np.int64)), levels), self.smoothing)
            np.add.at(counts, (_given(tokens, codes.levels, column, self.order), tokens[:, column]), 1.0)
            tables.append(counts / counts.sum(axis=1, keepdims=True))
        return Chain(codes, self.order, tuple(tables))


def _given(tokens: Integers, levels: tuple[int, ...], column: int, order: int) -> Integers:
    """Number of what stands in the columns before, (n,)."""
    found = np.zeros(len(tokens), dtype=np.int64)
    for earlier in range(max(0, column - order), column):
        found = levels[earlier] * found + tokens[:, earlier]
    return found


@dataclass(frozen=True, eq=False)
class Chain:
    """What was counted in one replication.

    Attributes
    ----------
    codes : Codes
        From rows to levels and back.
    order : int
        Columns looked back at.
    tables : tuple of Array
        Probabilities of a column's levels given what stands before, (contexts, levels) each.
    """

    codes: Codes
    order: int
    tables: tuple[Array, ...]

    def drawn(self, chances: Array, within: Array) -> Array:
        """Rows (m, d) by chances a cell."""
        tokens = np.zeros(chances.shape, dtype=np.int64)
        for column, table in enumerate(self.tables):
            edges = np.cumsum(table, axis=1)[_given(tokens, self.codes.levels, column, self.order)]
            found = (edges <= chances[:, column, None]).sum(axis=1)
            tokens[:, column] = np.minimum(found, table.shape[1] - 1)
        return self.codes.decoded(tokens + self.codes.offsets, within)

    def log_law(self, rows: Array) -> Array:
        """Log-probability of the levels of rows, (m,)."""
        tokens = self.codes.encoded(rows)
        seen = (tokens != UNSEEN).all(axis=1)
        own, found = tokens[seen] - self.codes.offsets, np.full(len(rows), -np.inf)
        found[seen] = sum(
            np.log(table[_given(own, self.codes.levels, column, self.order), own[:, column]])
            for column, table in enumerate(self.tables)
        )
        return found


@dataclass(frozen=True, eq=False)
class ChainRows(Imitator):
    """Rows of a chain.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    chains : tuple of Chain
        One a replication.
    """

    streams: Streams
    chains: tuple[Chain, ...]

    def rows(self, size: int) -> Array:
        """Column after column."""
        columns = len(self.chains[0].tables)
        chances, within = (self.streams.uniforms(name, size, columns) for name in ("cells", "within"))
        made = [chain.drawn(chance, inside) for chain, chance, inside in zip(self.chains, chances, within, strict=True)]
        return np.ascontiguousarray(made)

    def log_law(self, rows: Array) -> Array:
        """By the counts."""
        return np.stack([chain.log_law(rows) for chain in self.chains])
