"""Categories as codes: what a model that splits on levels sees, and the columns that everything else needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synththeory.arrays import Array, Integers, Vector

_PARAMETER = "categorical_features"


def coded_features(final: Any) -> tuple[int, ...]:
    """Places of the features that a classifier, or one that it wraps, takes for codes of categories.

    They are what its ``categorical_features`` says by places or flags, as scikit-learn's histogram gradient boosting
    has it.

    Parameters
    ----------
    final : classifier
        Unfitted.
    """
    for name, value in final.get_params(deep=True).items() if hasattr(final, "get_params") else ():
        if name.rpartition("__")[2] == _PARAMETER and value is not None and not isinstance(value, str):
            named = np.asarray(value)
            if named.dtype == bool:
                return tuple(np.flatnonzero(named).tolist())
            if np.issubdtype(named.dtype, np.integer):
                return tuple(sorted(named.tolist()))
    return ()


@dataclass(frozen=True, eq=False)
class Spread:
    """Rows with a column for each level in place of a code; the numbers come first.

    Attributes
    ----------
    numbers, places : Integers
        Which features are numbers, and which are codes.
    levels : tuple of Vector
        The codes of each of the latter, in increasing order.
    """

    numbers: Integers
    places: tuple[int, ...]
    levels: tuple[Vector, ...]

    @classmethod
    def of(cls, places: tuple[int, ...], rows: Array) -> Spread:
        """For rows (n, d) whose levels are all there are."""
        numbers = np.setdiff1d(np.arange(rows.shape[1]), places)
        return cls(numbers, places, tuple(np.unique(rows[:, place]) for place in places))

    def out(self, rows: Array) -> Array:
        """Codes (n, d) as columns of 0 and 1, (n, p); a code that is no level has none."""
        if not self.places:
            return rows
        flags = (rows[:, [place]] == known for place, known in zip(self.places, self.levels, strict=True))
        return np.column_stack([rows[:, self.numbers], *flags])

    def back(self, rows: Array) -> Array:
        """The nearest rows that have exactly one level in each category, (n, d): that of the largest column."""
        found = np.empty((len(rows), len(self.numbers) + len(self.places)))
        found[:, self.numbers] = rows[:, : len(self.numbers)]
        ends = len(self.numbers) + np.cumsum([0, *(known.size for known in self.levels)])
        for place, known, first, last in zip(self.places, self.levels, ends[:-1], ends[1:], strict=True):
            found[:, place] = known[rows[:, first:last].argmax(axis=1)]
        return found
