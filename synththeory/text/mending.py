"""Cells that a sentence leaves open or gets wrong, filled from the minority's rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Vector
from synththeory.text.columns import Column
from synththeory.text.reading import Cell, Gap, Said

_DECIMALS = 2
"""Least decimals to which a mean is rounded, as published."""


@dataclass(frozen=True, eq=False)
class Mender:
    """What the minority's rows say of every column.

    Attributes
    ----------
    columns : tuple of Column
        (d).
    usual : Vector
        (d,): mean of numbers to two decimals (more where the column has more), most frequent category.
    least, most : Vector
        (d,): numbers beyond are not taken for the column's; infinite for categories.
    gaps : array of bool
        (d,): whether the minority itself misses values there.
    """

    columns: tuple[Column, ...]
    usual: Vector
    least: Vector
    most: Vector
    gaps: NDArray[np.bool_]

    @classmethod
    def of(cls, columns: tuple[Column, ...], rows: Array, reach: float) -> Mender:
        """From minority rows.

        Parameters
        ----------
        columns : tuple of Column
            (d).
        rows : Array
            (n, d), NaN where a value is missing.
        reach : float
            How far beyond the rows' range a number may lie, in ranges.
        """
        usual, least, most = np.zeros(len(columns)), np.full(len(columns), -np.inf), np.full(len(columns), np.inf)
        for place, column in enumerate(columns):
            known = rows[np.isfinite(rows[:, place]), place]
            if not len(known):
                usual[place] = np.nan if column.numeric else 0.0
            elif column.numeric:
                usual[place] = round(float(known.mean()), max(_DECIMALS, column.decimals))
                width = reach * float(known.max() - known.min())
                least[place], most[place] = known.min() - width, known.max() + width
            else:
                values, counts = np.unique(known, return_counts=True)
                usual[place] = values[counts.argmax()]
        return cls(columns, usual, least, most, np.asarray(np.isnan(rows).any(axis=0)))

    def mended(self, said: Said) -> Vector | None:
        """The row (d,) that a sentence says; None where it says none.

        A number that is left open or is infinite is the mean, a category that is left open or unknown the most
        frequent one; a value said to be missing stays missing where the minority misses values. Words in a column of
        numbers, or a number far from the minority's, cost the row, as does a sentence without any column.
        """
        if said.empty:
            return None
        row = np.empty(len(self.columns))
        for place, cell in enumerate(said.cells):
            try:
                row[place] = self._value(place, cell)
            except ValueError:
                return None
        return row

    def _value(self, place: int, cell: Cell) -> float:
        if isinstance(cell, Gap):
            return float("nan") if cell is Gap.MISSING and self.gaps[place] else float(self.usual[place])
        value = self.columns[place].read(cell)
        if not np.isfinite(value):
            return float(self.usual[place])
        if not self.least[place] <= value <= self.most[place]:
            raise ValueError("a number far from the minority's")
        return value
