"""A column of a table: what its cells are called in a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Vector
from synththeory.text.escapes import escaped

_MOST = 12
"""Most decimals a number is written with."""
_DIGITS = 4
"""Significant digits of a column's spread that are written."""


@dataclass(frozen=True)
class Column:
    """A column of numbers, or of codes of categories.

    Attributes
    ----------
    name : str
        As the table calls it.
    levels : tuple of str
        The categories, by code; empty for numbers.
    decimals : int
        With which numbers are written.
    """

    name: str
    levels: tuple[str, ...] = ()
    decimals: int = 0

    @property
    def numeric(self) -> bool:
        """Whether its cells are numbers."""
        return not self.levels

    @cached_property
    def item(self) -> str:
        """Its name in a sentence."""
        return escaped(self.name)

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {level: code for code, level in enumerate(self.levels)}

    def write(self, value: float) -> str:
        """A cell that is there, in words."""
        return escaped(self.levels[int(value)] if self.levels else f"{value:.{self.decimals}f}")

    def read(self, text: str) -> float:
        """A cell of its words; NaN for an unknown category.

        Raises
        ------
        ValueError
            Words in a column of numbers.
        """
        if self.levels:
            return float(self._codes.get(text, math.nan))
        return float(text.replace(" ", ""))


def decimals_of(values: Vector) -> int:
    """Decimals that tell a column's numbers apart: as many as they have, at most four digits of their spread.

    Parameters
    ----------
    values : Vector
        (n,); NaN where a value is missing.
    """
    known = values[np.isfinite(values)]
    for decimals in range(_MOST):
        if np.array_equal(np.round(known, decimals), known):
            break
    spread = float(known.max() - known.min()) if len(known) else 0.0
    needed = _DIGITS - 1 - math.floor(math.log10(spread)) if spread > 0.0 else decimals
    return int(min(decimals, max(needed, 0), _MOST))
