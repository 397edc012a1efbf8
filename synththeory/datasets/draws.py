"""Open tables as populations: every replication draws its training rows from the pool and is scored on others."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from synththeory.arrays import Array
from synththeory.caches import Cache
from synththeory.datasets.catalogue import load
from synththeory.datasets.digits import PIXELS, ROWS
from synththeory.errors import SynththeoryError
from synththeory.losses import Loss
from synththeory.populations import HeldOutBlock, HeldOutRisk, Population
from synththeory.sample import Stratum
from synththeory.streams import Streams

_pools: Cache[tuple[Array, ...]] = Cache(2)
_FEWEST = 174
"""Rows of the rarest of scikit-learn's digits."""

Parts = tuple[list[Array], list[Array]]
"""Training rows and held-out rows of every class."""


class Pooled(Population):
    """Rows of two classes, or more, drawn without replacement from a finite pool; there is no law, and no theory.

    Every replication shuffles each class's rows; the first are its training rows, others its held-out rows, on which
    alone its fits are scored.
    """

    exact: ClassVar[bool] = False

    @property
    def laws(self) -> tuple[()]:
        """None is known."""
        return ()

    def prepare(self) -> None:
        """Read the pool once for all threads."""
        self.pools()

    def own_risk(self, loss: Loss) -> HeldOutRisk:
        """On the held-out rows."""
        return HeldOutRisk(loss)

    def sample(self, streams: Streams, counts: Sequence[int]) -> tuple[HeldOutBlock, ...]:
        """Training and held-out rows of both classes.

        The columns are made from all training rows, and so every row depends on them: rows do not nest.
        """
        pools = self.pools()
        orders = [
            np.argsort(streams.uniforms(f"population/{stratum.name}", len(pool)), axis=1)
            for stratum, pool in zip(self.strata, pools, strict=True)
        ]
        parts = [
            self.drawn([pool[order[place]] for pool, order in zip(pools, orders, strict=True)], counts)
            for place in range(streams.count)
        ]
        training, held_out = ([np.stack(rows) for rows in zip(*each, strict=True)] for each in zip(*parts, strict=True))
        return tuple(
            HeldOutBlock(rows, stratum, held_out=rest)
            for rows, stratum, rest in zip(training, self.strata, held_out, strict=True)
        )

    @abstractmethod
    def pools(self) -> tuple[Array, ...]:
        """All rows of each class, (n, columns)."""

    @abstractmethod
    def drawn(self, pools: Sequence[Array], counts: Sequence[int]) -> Parts:
        """One replication's rows, in the columns that its learner sees.

        Parameters
        ----------
        pools : sequence of Array
            The shuffled rows of each class.
        counts : sequence of int
            Training rows of each class.
        """


class Digits(Pooled):
    """Rows of two digits, in whitened principal components of the training rows (B7).

    Grey levels are scaled to [0, 1], and components are fitted to the training rows of both digits. Needs the extra
    ``data``.

    Attributes
    ----------
    pair : {"digits-3-8", "digits-4-9"}
        The second digit is the minority.
    components : int
        d, at least 1.
    held_out : int
        Test rows of each digit, at least 2: the last ones.
    """

    kind: Literal["digits"] = "digits"
    pair: Literal["digits-3-8", "digits-4-9"]
    components: Annotated[int, Field(ge=1)] = 20
    held_out: Annotated[int, Field(ge=2)] = 100

    @property
    def dimension(self) -> int:
        """Number of components d."""
        return self.components

    def given(self, counts: Sequence[int]) -> Self:
        """Itself, where the pool holds that many rows.

        Raises
        ------
        ValueError
            With what is wanted and what came.
        """
        if max(counts) + self.held_out > ROWS:
            raise ValueError(f"a digit has {ROWS} rows; {max(counts)} and {self.held_out} held out are too many")
        if self.components > min(sum(counts) - 1, PIXELS):
            raise ValueError(f"{sum(counts)} rows of {PIXELS} pixels cannot give {self.components} components")
        return self

    def pools(self) -> tuple[Array, ...]:
        """The rows of each digit, (500, 784), grey levels from 0 to 1."""
        return _pools.get(self.pair, partial(_read_digits, self.pair))

    def drawn(self, pools: Sequence[Array], counts: Sequence[int]) -> Parts:
        """In components."""
        from sklearn.decomposition import PCA

        training = [pool[:count] for pool, count in zip(pools, counts, strict=True)]
        model = PCA(self.components, whiten=True, svd_solver="covariance_eigh").fit(np.concatenate(training))
        return [model.transform(rows) for rows in training], [model.transform(rows[-self.held_out :]) for rows in pools]


class TenDigits(Pooled):
    """Rows of all ten digits, 8 × 8 grey levels scaled to [0, 1], of the 1797 that scikit-learn carries.

    A class is coded by its indicator. The last rows of a replication's shuffled digits are held out.

    Attributes
    ----------
    held_out : int
        Test rows of each digit, at least 2.
    """

    kind: Literal["ten-digits"] = "ten-digits"
    held_out: Annotated[int, Field(ge=2)] = 50

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The digits, 0 first."""
        codings = np.eye(10).tolist()
        return tuple(Stratum(f"digit {digit}", digit, tuple(coding)) for digit, coding in enumerate(codings))

    @property
    def dimension(self) -> int:
        """64 pixels."""
        return 64

    def given(self, counts: Sequence[int]) -> Self:
        """Itself, where every digit has that many rows.

        Raises
        ------
        ValueError
            With what is wanted and what came.
        """
        if max(counts) + self.held_out > _FEWEST:
            raise ValueError(
                f"the rarest digit has {_FEWEST} rows; {max(counts)} and {self.held_out} held out are too many"
            )
        return self

    def pools(self) -> tuple[Array, ...]:
        """The rows of each digit, (174 to 183, 64)."""
        return _pools.get(self.kind, _read_ten_digits)

    def drawn(self, pools: Sequence[Array], counts: Sequence[int]) -> Parts:
        """As they are."""
        training = [pool[:count] for pool, count in zip(pools, counts, strict=True)]
        return training, [pool[-self.held_out :] for pool in pools]


class OpenTable(Pooled):
    """Rows of an open table without names or missing values, in columns standardised on the training rows.

    All rows that a replication does not train on are held out. Needs the extra ``data``.

    Attributes
    ----------
    table : str
        As ``python -m synththeory.datasets`` lists it.
    columns : int
        d, the table's number of columns: a design is read without the table.
    """

    kind: Literal["open-table"] = "open-table"
    table: str
    columns: Annotated[int, Field(ge=1)]

    @property
    def dimension(self) -> int:
        """Number of columns d."""
        return self.columns

    def pools(self) -> tuple[Array, ...]:
        """The rows of each class, (n, d)."""
        return _pools.get((self.table, self.columns), partial(_read_table, self.table, self.columns))

    def drawn(self, pools: Sequence[Array], counts: Sequence[int]) -> Parts:
        """In standard deviations from the mean of the training rows of both classes.

        Raises
        ------
        SynththeoryError
            Where fewer than two rows of a class are left to be held out.
        """
        if any(len(pool) < count + 2 for pool, count in zip(pools, counts, strict=True)):
            there = " and ".join(str(len(pool)) for pool in pools)
            raise SynththeoryError(
                f"population: {self.table} has {there} rows; {counts[0]} and {counts[1]} leave fewer than two to score"
            )
        training = np.concatenate([pool[:count] for pool, count in zip(pools, counts, strict=True)])
        centre, spread = training.mean(axis=0), training.std(axis=0)
        spread[spread == 0.0] = 1.0
        standard = [(pool - centre) / spread for pool in pools]
        return (
            [rows[:count] for rows, count in zip(standard, counts, strict=True)],
            [rows[count:] for rows, count in zip(standard, counts, strict=True)],
        )


def _read_digits(pair: str) -> tuple[Array, ...]:
    table = load(pair)
    pixels = table.X.to_numpy() / 255.0
    return pixels[table.y == 0], pixels[table.y == 1]


def _read_ten_digits() -> tuple[Array, ...]:
    from sklearn.datasets import load_digits

    pixels, digits = load_digits(return_X_y=True)
    return tuple(pixels[digits == digit] / 16.0 for digit in range(10))


def _read_table(name: str, columns: int) -> tuple[Array, ...]:
    table = load(name)
    if table.d != columns:
        raise SynththeoryError(f"population.columns: {name} has {table.d} columns, got {columns}")
    if "category" in table.kinds or table.X.isna().to_numpy().any():
        raise SynththeoryError(f"population.table: {name} has names or missing values; take a table of numbers")
    rows = table.X.to_numpy(dtype=np.float64)
    return rows[table.y == 0], rows[table.y == 1]
