"""A user's table, checked once: which rows are the minority, what its columns hold, what was left out and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synththeory.advise.reading.columns import Column, typed
from synththeory.advise.reading.contents import Decimal
from synththeory.advise.reading.leaks import copies, without_leaks
from synththeory.advise.remedies import remedies
from synththeory.arrays import Integers
from synththeory.errors import DesignError, nearest

if TYPE_CHECKING:
    from pandas import DataFrame


_BY_CHANCE = 10.0
"""Rows that repeat are copies when there are more than this many times those expected by chance."""


@dataclass(frozen=True)
class Wishes:
    """What is not left to the reading.

    Attributes
    ----------
    types : mapping of str to str
        Kinds of columns.
    keep : collection of str
        Columns that stay although they give the label away or look like identifiers.
    keep_copies : bool
        Whether rows that repeat an earlier one stay.
    decimal : {".", ","} or None
        Of numbers in text columns.
    as_given : bool
        Whether the model reads the columns as they are given, so that nothing is left out of them here.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    keep: Collection[str] = ()
    keep_copies: bool = False
    decimal: Decimal | None = None
    as_given: bool = False


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
    columns : tuple of Column
        How each column was read.
    rows : Integers
        (n,): the user's rows that are kept.
    notes : tuple of str
        What the reading cost: a line each.
    """

    X: DataFrame
    y: Integers
    labels: tuple[str, str]
    columns: tuple[Column, ...]
    rows: Integers
    notes: tuple[str, ...]

    @property
    def counts(self) -> tuple[int, int]:
        """Rows of the majority and of the minority."""
        minority = int(self.y.sum())
        return len(self.y) - minority, minority


def labelled(X: ArrayLike | DataFrame, y: ArrayLike, positive: object = None, wishes: Wishes | None = None) -> Labelled:
    """Check a table, type its columns, leave out what gives the label away, and say which rows are its minority.

    Parameters
    ----------
    X : array-like
        (n, d): numbers, names, dates, missing values.
    y : array-like
        (n,) labels.
    positive : object
        The minority's label, or its text; None for the rarer of two.
    wishes : Wishes, optional
        What is not left to the reading.

    Raises
    ------
    DesignError
        With what was wanted, what came and how to mend it.
    """
    wishes = wishes or Wishes()
    labels = _labels(y)
    minority, name, others = _minority(labels, positive)
    flags = minority.astype(np.int64)
    frame = _frame(X, len(labels))
    unknown = next((column for column in wishes.keep if column not in map(str, frame.columns)), None)
    if unknown is not None:
        raise DesignError(f"no column '{unknown}' to keep{nearest(unknown, map(str, frame.columns))}")
    found = typed(frame, wishes.types, wishes.keep, wishes.decimal)
    _check_counts(flags, name)
    found = without_leaks(found, flags, wishes.keep)
    if not found.frame.shape[1]:
        told = "; ".join(f"{column.name}: {column.note}" for column in found.columns[:5])
        raise DesignError(f"no column is left to predict from ({told})")
    table = Labelled(
        found.frame, flags, (others, name), found.columns, np.arange(len(flags)), _losses(found.columns, wishes)
    )
    return table if wishes.keep_copies else _without_copies(table)


def _losses(columns: tuple[Column, ...], wishes: Wishes) -> tuple[str, ...]:
    said = _as_given if wishes.as_given else _loss
    return tuple(map(said, (column for column in columns if column.loses)))


def _loss(column: Column) -> str:
    if column.kind == "left out":
        remedy = remedies().keep.format(column.name)
        return f"Column '{column.name}' is left out: {column.note}. To let it in: {remedy}."
    return f"Column '{column.name}' is read as {column.kind}: {column.note}.{_together(column)}"


def _as_given(column: Column) -> str:
    """What a pipeline of the user's own reads all the same."""
    return f"Column '{column.name}', which your pipeline reads as it is: {column.note}.{_together(column)}"


def _together(column: Column) -> str:
    remedy = remedies().group.format(column.name)
    return f" If rows of one {column.name} belong together: {remedy}." if column.merged else ""


def _without_copies(table: Labelled) -> Labelled:
    found = copies(table.X, table.y)
    count = len(found.places)
    if not count:
        return table
    told = f"{count} rows ({found.minority} of '{table.labels[1]}') repeat an earlier row"
    if count <= _BY_CHANCE * max(found.expected, 1.0):
        note = f"{told}, as they may by chance where columns take few values; they stay."
        return replace(table, notes=(*table.notes, note))
    rest = np.setdiff1d(np.arange(len(table.y)), found.places)
    note = (
        f"{told} in every column and are left out: a model would be judged on rows that it was fitted to "
        f"(was the table oversampled before?). To keep them: {remedies().copies}."
    )
    y = table.y[rest]
    _check_counts(y, table.labels[1])
    frame = table.X.iloc[rest].reset_index(drop=True)
    return replace(table, X=frame, y=y, rows=table.rows[rest], notes=(*table.notes, note))


def _check_counts(y: Integers, name: str) -> None:
    n1 = int(y.sum())
    if n1 < 2:
        raise DesignError(f"class {name!r} has {n1} row, and nothing can be measured on one; collect more rows of it")
    if 2 * n1 > len(y):
        raise DesignError(f"class {name!r} has {n1} of {len(y)} rows: it is no minority; name the rarer class")
    if 2 * n1 == len(y):
        raise DesignError("both classes have the same number of rows: there is nothing to balance")


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
        raise DesignError(
            f"the labels have {len(counts)} classes: {told}; say which one is the minority ({remedies().positive})"
        )
    chosen = min(counts, key=lambda label: counts[label])
    if positive is not None:
        found = [label for label in counts if label == positive or str(label) == str(positive)]
        if not found:
            raise DesignError(f"no row has the label {positive!r}; the labels are {told}")
        chosen = found[0]
    others = [str(label) for label in counts if label != chosen]
    return labels == chosen, str(chosen), others[0] if len(others) == 1 else "all others"


def _frame(X: ArrayLike | DataFrame, rows: int) -> DataFrame:
    import pandas as pd

    if not isinstance(X, pd.DataFrame):
        table = np.asarray(X)
        if table.ndim != 2:
            raise DesignError(f"expected a table of rows and columns, got shape {table.shape}")
        X = pd.DataFrame(table, columns=[f"x{place}" for place in range(1, table.shape[1] + 1)]).infer_objects()
    if len(X) != rows or not X.shape[1]:
        raise DesignError(f"expected {rows} rows, one a label, and a column or more, got a table of shape {X.shape}")
    return X.reset_index(drop=True)
