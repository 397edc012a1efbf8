"""A user's table, checked once: which rows are the minority, and how its columns become features."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synththeory.arrays import Integers
from synththeory.errors import DesignError, nearest

if TYPE_CHECKING:
    from pandas import DataFrame, Series

_RARE = 10
"""A level with fewer rows shares a column with the other rare ones."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """A checked table.

    Attributes
    ----------
    X : DataFrame
        (n, d): float columns, and object columns of names.
    y : Integers
        (n,): 1 for the minority, 0 for the majority.
    labels : tuple of two str
        How the user calls the majority and the minority.
    """

    X: DataFrame
    y: Integers
    labels: tuple[str, str]

    @property
    def counts(self) -> tuple[int, int]:
        """Rows of the majority and of the minority."""
        minority = int(self.y.sum())
        return len(self.y) - minority, minority


def read_csv(path: Path, label: str) -> tuple[DataFrame, Series]:
    """Columns and labels of a CSV file.

    Raises
    ------
    DesignError
        No such file, no table in it, no such column.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(path)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise DesignError(f"no file '{path}'") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DesignError(f"'{path}' is not a table of comma-separated values: {str(error).strip()}") from error
    if label not in frame.columns:
        raise DesignError(f"'{path}' has no column '{label}'{nearest(label, map(str, frame.columns))}")
    return frame.drop(columns=label), frame[label]


def labelled(X: ArrayLike | DataFrame, y: ArrayLike, positive: object, fewest: int) -> Labelled:
    """Check a table and say which rows are its minority.

    Parameters
    ----------
    X : array-like
        (n, d): numbers, names, missing values.
    y : array-like
        (n,) labels.
    positive : object
        The minority's label, or its text; None for the rarer of two.
    fewest : int
        Minority rows that are needed.

    Raises
    ------
    DesignError
        With what was wanted, what came and how to mend it.
    """
    labels = _labels(y)
    minority, name, others = _minority(labels, positive)
    n1 = int(minority.sum())
    if n1 < fewest:
        raise DesignError(
            f"class {name!r} has {n1} rows, and the nested folds need at least {fewest}; collect more rows of it or "
            "ask for fewer folds"
        )
    if 2 * n1 > len(labels):
        raise DesignError(f"class {name!r} has {n1} of {len(labels)} rows: it is no minority; name the rarer class")
    if 2 * n1 == len(labels):
        raise DesignError("both classes have the same number of rows: there is nothing to balance")
    frame = _features(X, len(labels))
    return Labelled(frame, minority.astype(np.int64), (others, name))


def _labels(y: ArrayLike) -> NDArray[Any]:
    labels = np.asarray(y, dtype=object)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or not labels.size:
        raise DesignError(f"expected one label a row, got labels of shape {labels.shape}")
    import pandas as pd

    missing = int(pd.isna(labels).sum())
    if missing:
        raise DesignError(f"{missing} of {labels.size} labels are missing; drop those rows")
    return labels


def _minority(labels: NDArray[Any], positive: object) -> tuple[NDArray[np.bool_], str, str]:
    """Which rows are the minority's, its name, and that of the other class or classes."""
    counts: dict[Any, int] = {}
    for label in labels.tolist():
        counts[label] = counts.get(label, 0) + 1
    told = ", ".join(f"{label!r} ({count})" for label, count in sorted(counts.items(), key=lambda each: -each[1])[:8])
    told += ", …" if len(counts) > 8 else ""
    if len(counts) == 1:
        raise DesignError(f"the labels have one class only: {told}; two are needed")
    if positive is None and len(counts) > 2:
        raise DesignError(f"the labels have {len(counts)} classes: {told}; say which one is the minority (positive)")
    chosen = min(counts, key=lambda label: counts[label])
    if positive is not None:
        found = [label for label in counts if label == positive or str(label) == str(positive)]
        if not found:
            raise DesignError(f"no row has the label {positive!r}; the labels are {told}")
        chosen = found[0]
    others = [str(label) for label in counts if label != chosen]
    return labels == chosen, str(chosen), others[0] if len(others) == 1 else "all others"


def _features(X: ArrayLike | DataFrame, rows: int) -> DataFrame:
    import pandas as pd

    if not isinstance(X, pd.DataFrame):
        table = np.asarray(X)
        if table.ndim != 2:
            raise DesignError(f"expected a table of rows and columns, got shape {table.shape}")
        X = pd.DataFrame(table, columns=[f"x{place}" for place in range(1, table.shape[1] + 1)]).infer_objects()
    if len(X) != rows or not X.shape[1]:
        raise DesignError(f"expected {rows} rows, one a label, and a column or more, got a table of shape {X.shape}")
    columns = {}
    for name, column in X.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            raise DesignError(f"column '{name}' holds dates; turn it into numbers first, for example into days")
        if pd.api.types.is_numeric_dtype(column):
            columns[str(name)] = column.to_numpy(dtype="float64", na_value=np.nan)
        else:
            columns[str(name)] = column.astype(object).where(column.notna(), "missing").map(str).to_numpy(dtype=object)
    frame = pd.DataFrame(columns)
    infinite = [name for name in frame if frame[name].dtype == np.float64 and np.isinf(frame[name]).any()]
    if infinite:
        raise DesignError(f"column '{infinite[0]}' has infinite entries; make them missing or drop those rows")
    return frame


def preprocessing(X: DataFrame) -> Any:
    """Unfitted steps from a table to features: medians for missing numbers, a column for each level of a name.

    Fitted in folds only. Numbers are standardised; levels with fewer than ten rows share a column, where a level that a
    fold has not seen is counted too; a missing name is a level of its own; a column that is constant in a fold is
    dropped there.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [name for name in X if X[name].dtype == np.float64]
    names = [name for name in X if X[name].dtype != np.float64]
    scaled = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    levels = OneHotEncoder(min_frequency=_RARE, handle_unknown="infrequent_if_exist", sparse_output=False)
    return make_pipeline(
        ColumnTransformer([("numbers", scaled, numbers), ("names", levels, names)]), VarianceThreshold()
    )
