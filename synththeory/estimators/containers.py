"""Synthetic rows appended to a table of the user's: its real rows, its columns' types and its container are kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array


def appended(given: Any, made: Array) -> Any:
    """A table with synthetic rows at its end.

    Real rows are the given ones, untouched. A synthetic entry takes the type of its column: whole numbers and flags
    are rounded, since no row of the table lies between them; a category is the nearest one.

    Parameters
    ----------
    given : DataFrame, array or list
        (n, d) numbers.
    made : Array
        (m, d).
    """
    if hasattr(given, "iloc"):
        import pandas as pd

        columns = [_column(given.iloc[:, place], made[:, place]) for place in range(made.shape[1])]
        rows = pd.concat(columns, axis=1) if columns else given.iloc[:0]
        rows.columns = given.columns
        return pd.concat([given, rows], ignore_index=True).astype(given.dtypes.to_dict())
    if isinstance(given, list):
        return [*given, *made.tolist()]
    table = np.asarray(given)
    return np.concatenate([table, _typed(made, table.dtype)])


def appended_labels(given: Any, made: NDArray[Any]) -> Any:
    """Labels with those of synthetic rows at their end, in the container that was given."""
    if hasattr(given, "iloc"):
        import pandas as pd

        values = given.iloc[:, 0] if given.ndim == 2 else given
        joined = pd.concat([values, pd.Series(made).astype(values.dtype)], ignore_index=True)
        return joined.to_frame(given.columns[0]) if given.ndim == 2 else joined.rename(given.name)
    if isinstance(given, list):
        return [*given, *made.tolist()]
    table = np.asarray(given)
    return np.concatenate([table.ravel(), made.astype(table.dtype)])


def _column(given: Any, made: Array) -> Any:
    import pandas as pd

    kind = given.dtype
    if isinstance(kind, pd.CategoricalDtype):
        levels = kind.categories.to_numpy(dtype=np.float64)
        nearest = np.abs(made[:, None] - levels[None]).argmin(axis=1)
        return pd.Series(kind.categories[nearest]).astype(kind)
    if pd.api.types.is_bool_dtype(kind):
        return pd.Series(made > 0.5).astype(kind)
    if pd.api.types.is_integer_dtype(kind):
        return pd.Series(np.rint(made)).astype("int64").astype(kind)
    return pd.Series(made).astype(kind if pd.api.types.is_float_dtype(kind) else np.float64)


def _typed(made: Array, kind: np.dtype[Any]) -> NDArray[Any]:
    if kind.kind == "b":
        return np.asarray(made > 0.5)
    if kind.kind in "iu":
        return np.asarray(np.rint(made).astype(kind))
    return made.astype(kind) if kind.kind == "f" else made
