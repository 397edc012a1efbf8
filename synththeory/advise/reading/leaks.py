"""Columns that give the label away, and rows that came twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from synththeory.advise.reading.columns import Typed
from synththeory.arrays import Integers, Vector

if TYPE_CHECKING:
    from pandas import DataFrame, Series

PERFECT = 0.999
"""A column that alone ranks the classes with a larger AUROC is taken for the label in another form."""
_LEVELS = 20


@dataclass(frozen=True, eq=False)
class Copies:
    """Rows that repeat an earlier one in every column and the label.

    Attributes
    ----------
    places : Integers
        Their row numbers.
    minority : int
        How many of them are of the minority.
    expected : float
        How many there would be by chance: pairs of rows of a class that agree everywhere, were columns independent.
    """

    places: Integers
    minority: int
    expected: float


def without_leaks(found: Typed, y: Integers, kept: Collection[str]) -> Typed:
    """Leave out the columns that give the label away.

    Parameters
    ----------
    found : Typed
        Features (n, d).
    y : Integers
        (n,): 1 for the minority.
    kept : collection of str
        Columns that stay whatever they do.
    """
    columns, frame = [], found.frame
    for column in found.columns:
        why = next(filter(None, (_gives_away(frame[name], y) for name in column.features)), "")
        if not why:
            columns.append(column)
        elif column.name in kept:
            columns.append(replace(column, note=f"{why}; kept, as asked for", loses=True))
        else:
            columns.append(replace(column, kind="left out", note=why, loses=True, features=()))
            frame = frame.drop(columns=list(column.features))
    return Typed(frame, tuple(columns))


def copies(frame: DataFrame, y: Integers) -> Copies:
    """The rows that repeat an earlier one."""
    again = frame.assign(**{"label of the row": y}).duplicated().to_numpy()
    expected = sum(_chance(frame[(y == label) & ~again], int((y == label).sum())) for label in (0, 1))
    return Copies(np.flatnonzero(again), int(y[again].sum()), expected)


def _chance(distinct: DataFrame, count: int) -> float:
    """Pairs among so many rows that agree in every column; how often cells agree is seen in the distinct rows."""
    pairs = max(len(distinct) * (len(distinct) - 1), 1)
    counts = [distinct[name].value_counts(dropna=False) for name in distinct]
    return 0.5 * count * (count - 1) * float(np.prod([(each * (each - 1)).sum() / pairs for each in counts]))


def _gives_away(cells: Series, y: Integers) -> str:
    """Why a column is the label in another form; empty where it is not."""
    scores = _scores(cells, y)
    if scores is None:
        return ""
    gone = cells.isna().to_numpy() if cells.dtype == np.float64 else (cells == "missing").to_numpy()
    if 0 < gone.sum() < len(gone) and _ranks(gone.astype("float64"), y) > PERFECT:
        return "it is missing in one class and present in the other"
    if _ranks(scores, y) <= PERFECT:
        return ""
    if cells.nunique() == 2:
        return "it is the label again, under other names"
    return "it alone tells the classes apart, as a copy of the label would"


def _scores(cells: Series, y: Integers) -> Vector | None:
    """A number for each row by which to rank the classes; None for a category of many levels, which fits anything."""
    if cells.dtype == np.float64:
        return np.asarray(cells.fillna(cells.median()), dtype=np.float64)
    if cells.nunique() > min(_LEVELS, len(cells) // 10):
        return None
    import pandas as pd

    shares = pd.Series(y, index=cells.index).groupby(cells).transform("mean")
    return np.asarray(shares, dtype=np.float64)


def _ranks(scores: Vector, y: Integers) -> float:
    """AUROC of the better direction."""
    from sklearn.metrics import roc_auc_score

    found = float(roc_auc_score(y, scores))
    return max(found, 1.0 - found)
