"""A labelled table, and which of its columns hold numbers and which hold names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from synththeory.arrays import Integers

if TYPE_CHECKING:
    from pandas import DataFrame

Kind = Literal["numeric", "category"]


@dataclass(frozen=True)
class Entry:
    """A line of the listing.

    Attributes
    ----------
    name : str
        What `load` takes.
    n, d : int
        Rows, and columns without the label.
    minority : int
        Rows of the minority.
    """

    name: str
    n: int
    d: int
    minority: int

    @property
    def ratio(self) -> float:
        """n0/n1, majority rows a minority row."""
        return (self.n - self.minority) / self.minority


@dataclass(frozen=True, eq=False)
class Table:
    """A table of two classes.

    Attributes
    ----------
    name : str
        What `load` takes.
    X : DataFrame
        (n, d); float columns hold numbers, object columns hold names; NaN where a value is missing.
    y : Integers
        (n,): 1 for the minority, 0 for the majority.
    source : str
        Where it comes from.
    """

    name: str
    X: DataFrame
    y: Integers
    source: str

    @property
    def entry(self) -> Entry:
        """Its line of the listing: name, n, d, minority rows, ratio."""
        return Entry(self.name, self.n, self.d, int(self.y.sum()))

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.y)

    @property
    def d(self) -> int:
        """Columns without the label."""
        return int(self.X.shape[1])

    @property
    def ratio(self) -> float:
        """n0/n1, majority rows a minority row."""
        return self.entry.ratio

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Of every column of X."""
        return tuple("numeric" if dtype == np.float64 else "category" for dtype in self.X.dtypes)
