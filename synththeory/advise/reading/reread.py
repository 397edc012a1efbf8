"""Other rows of a table that was read before: its columns are taken as they were taken then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from synththeory.advise.reading.columns import Column, as_texts, day_parts, named
from synththeory.advise.reading.contents import Decimal
from synththeory.advise.reading.numerals import read_dates, read_numbers
from synththeory.errors import DesignError

if TYPE_CHECKING:
    from pandas import DataFrame, Series


class ReadColumns(TransformerMixin, BaseEstimator):
    """The first step of a pipeline to take home: a frame as it came becomes the columns that were compared.

    Parameters
    ----------
    columns : tuple of Column
        How each column was read.
    decimal : {".", ","} or None
        Of numbers in text columns.
    """

    def __init__(self, columns: tuple[Column, ...], decimal: Decimal | None = None) -> None:
        self.columns = columns
        self.decimal = decimal

    def fit(self, X: Any, y: Any = None) -> ReadColumns:
        """Nothing is learnt: what a column holds is known."""
        self.n_features_in_ = len(self.columns)
        return self

    def transform(self, X: Any) -> DataFrame:
        """Features by name, (n, d); cells that do not fit are missing.

        Raises
        ------
        DesignError
            Columns that are not there.
        """
        import pandas as pd

        wanted = [column for column in self.columns if column.features]
        frame = X if hasattr(X, "iloc") else pd.DataFrame(np.asarray(X), columns=[each.name for each in self.columns])
        given = {str(name): name for name in frame.columns}
        lacking = [column.name for column in wanted if column.name not in given]
        if lacking:
            raise DesignError(f"no column '{lacking[0]}', which the table had when it was read first")
        parts = {}
        for column in wanted:
            parts.update(_parts(column, frame[given[column.name]], self.decimal))
        return pd.DataFrame(parts)

    def __sklearn_is_fitted__(self) -> bool:
        """It needs no fit."""
        return True


def _parts(column: Column, cells: Series, decimal: Decimal | None) -> dict[str, Any]:
    if column.kind == "category":
        return {column.name: named(as_texts(cells))}
    if column.kind == "date":
        every = day_parts(column.name, _dates(cells))
        return {name: every[name] for name in column.features}
    values = _numbers(cells, decimal).to_numpy(dtype="float64", na_value=np.nan).copy()
    values[np.isinf(values)] = np.nan
    return {column.name: values}


def _numbers(cells: Series, decimal: Decimal | None) -> Series:
    from pandas.api import types

    if types.is_timedelta64_dtype(cells):
        days: Series = cells.dt.total_seconds() / 86400.0
        return days
    if types.is_numeric_dtype(cells):
        return cells.astype("float64")
    present = as_texts(cells).dropna()
    values = cells.map(lambda cell: np.nan).astype("float64")
    if len(present):
        values[present.index] = read_numbers(present, decimal).values
    return values


def _dates(cells: Series) -> Series:
    import pandas as pd
    from pandas.api import types

    if types.is_datetime64_any_dtype(cells):
        return cells
    if types.is_numeric_dtype(cells):
        return pd.to_datetime(cells, unit="D", errors="coerce")
    present = as_texts(cells).dropna()
    return read_dates(present).values.reindex(cells.index)
