"""Tables of numbers and categories as numbers and codes, and synthetic rows back in the table's own types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Vector
from synththeory.text.columns import Column, decimals_of


@dataclass(frozen=True, eq=False)
class Coded:
    """A table, coded.

    Attributes
    ----------
    columns : tuple of Column
        (d).
    levels : tuple of array
        One a column: its categories themselves, by code; empty for numbers.
    rows : Array
        (n, d): numbers, and codes of categories; NaN where a value is missing.
    """

    columns: tuple[Column, ...]
    levels: tuple[NDArray[Any], ...]
    rows: Array

    @property
    def categorical(self) -> NDArray[np.bool_]:
        """Which columns hold categories, (d,)."""
        return np.array([not column.numeric for column in self.columns], dtype=bool)

    def frame(self, made: Array, given: Any) -> Any:
        """Synthetic rows as a DataFrame with the columns and types of the given one.

        Whole numbers are rounded, flags cut at one half.
        """
        import pandas as pd

        columns = [self._column(place, made[:, place], given.dtypes.iloc[place]) for place in range(made.shape[1])]
        found = pd.concat(columns, axis=1)
        found.columns = given.columns
        return found

    def _column(self, place: int, values: Vector, kind: Any) -> Any:
        import pandas as pd

        if self.columns[place].numeric:
            whole = pd.api.types.is_integer_dtype(kind)
            return pd.Series(np.rint(values) if whole else values).astype(kind)
        there = np.isfinite(values)
        cells = np.empty(len(values), dtype=object)
        cells[there] = self.levels[place][values[there].astype(np.int64)]
        cells[~there] = None
        return pd.Series(cells, dtype=object).astype(kind)


def as_frame(X: Any) -> Any:
    """A table as a DataFrame; columns of an array of objects that hold numbers are numbers."""
    import pandas as pd

    if hasattr(X, "iloc"):
        return X
    array = np.asarray(X)
    frame = pd.DataFrame(array, columns=[f"x{place}" for place in range(array.shape[1])])
    return frame.infer_objects() if array.dtype == object else frame


def has_words(frame: Any) -> bool:
    """Whether a column of a DataFrame holds text, or categories that are no numbers."""
    return any(_is_words(frame.iloc[:, place]) for place in range(frame.shape[1]))


def _is_words(series: Any) -> bool:
    import pandas as pd

    levels = series.dtype.categories if isinstance(series.dtype, pd.CategoricalDtype) else series.infer_objects()
    return pd.api.types.is_object_dtype(levels.dtype) or pd.api.types.is_string_dtype(levels.dtype)


def extended(given: Any, frame: Any, known: Coded, made: Array) -> Any:
    """A table with synthetic rows at its end, in the container that was given.

    Parameters
    ----------
    given : DataFrame, array or list
        (n, d).
    frame : DataFrame
        The same.
    known : Coded
        The same.
    made : Array
        (m, d): numbers, and codes of categories.
    """
    import pandas as pd

    rows = known.frame(made, frame)
    if hasattr(given, "iloc"):
        return pd.concat([given, rows], ignore_index=True).astype(given.dtypes.to_dict())
    if isinstance(given, list):
        return [*given, *rows.to_numpy().tolist()]
    array = np.asarray(given)
    return np.concatenate([array, rows.to_numpy().astype(array.dtype)])


def coded(frame: Any, named: Sequence[Any] | None) -> Coded:
    """Numbers and codes of a DataFrame.

    Parameters
    ----------
    frame : DataFrame
        (n, d).
    named : sequence of str or int, optional
        Names or places of columns of numbers that are categories; columns of anything but numbers are in any case.

    Raises
    ------
    ValueError
        A name that is no column's, or infinite numbers.
    """
    chosen = _places(frame, named)
    parts = [_coded(str(name), frame.iloc[:, place], place in chosen) for place, name in enumerate(frame.columns)]
    columns, levels, values = zip(*parts, strict=True)
    return Coded(columns, levels, np.column_stack(values))


def _places(frame: Any, named: Sequence[Any] | None) -> set[int]:
    names, found = list(frame.columns), set()
    for each in named or ():
        if each in names:
            found.add(names.index(each))
        elif isinstance(each, int | np.integer) and 0 <= each < len(names):
            found.add(int(each))
        else:
            raise ValueError(f"categorical: {each!r} is no column; there are {', '.join(map(str, names))}")
    return found


def _coded(name: str, series: Any, categorical: bool) -> tuple[Column, NDArray[Any], Vector]:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series) and not categorical:
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isinf(values).any():
            raise ValueError(f"Input X contains infinity in the column {name}; mend or drop those rows")
        return Column(name, decimals=decimals_of(values)), np.array([]), values
    codes, levels = pd.factorize(series, sort=False)
    cells = np.empty(len(levels), dtype=object)
    cells[:] = list(levels)
    return Column(name, levels=_distinct(cells)), cells, np.where(codes < 0, np.nan, codes).astype(np.float64)


def _distinct(levels: NDArray[Any]) -> tuple[str, ...]:
    """Words of the categories; where two have the same (1 and "1"), their types too."""
    words = [str(level) for level in levels] or ["missing"]
    if len(set(words)) == len(words):
        return tuple(words)
    return tuple(f"{word} ({type(level).__name__})" for word, level in zip(words, levels, strict=True))
