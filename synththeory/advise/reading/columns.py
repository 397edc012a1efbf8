"""What each column holds: numbers, dates, names, or nothing a model can use; decided by a stated rule, and reported.

A column is numeric when all but a few of its cells are numbers (at most one in twenty of those that are not missing),
a date when all but a few are dates, left out when it is empty, constant, a row number or text that hardly repeats, and
a category otherwise. Cells that do not fit a numeric or date column count as missing, and are counted and named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from synththeory.advise.reading.contents import MISSING, Decimal
from synththeory.advise.reading.numerals import read_dates, read_numbers
from synththeory.errors import DesignError, nearest

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Kind = Literal["numeric", "date", "category", "left out"]
KINDS: tuple[Kind, ...] = get_args(Kind)
RARE = 10
"""A level with fewer rows shares a column with the other rare ones."""
_FEW, _TWO_YEARS = 0.05, 730.0
_NO_VALUE = {*(token.lower() for token in MISSING), "-", "--", ".", "unknown", "missing"}
_IDENTIFIER = re.compile(r"(^|[_\s.-])(id|key|uuid|index|row|nr|no)$|^(id|unnamed)|Id$|ID$")


@dataclass(frozen=True)
class Column:
    """How a column was read.

    Attributes
    ----------
    name : str
    kind : {"numeric", "date", "category", "left out"}
    missing : int
        Rows without a value.
    levels : int
        Distinct values.
    merged : int
        Rows in levels of a category that have fewer than ten rows and share one column.
    note : str
        What else there is to say; why it is left out.
    loses : bool
        Whether reading it so costs information.
    features : tuple of str
        Columns of the typed frame that it became.
    """

    name: str
    kind: Kind
    missing: int
    levels: int
    merged: int = 0
    note: str = ""
    loses: bool = False
    features: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Typed:
    """Columns as features and the report of each.

    Attributes
    ----------
    frame : DataFrame
        (n, d): float columns hold numbers, object columns hold names; NaN where a number is missing, "missing" where a
        name is.
    columns : tuple of Column
        One for each column that came.
    """

    frame: DataFrame
    columns: tuple[Column, ...]


@dataclass(frozen=True, eq=False)
class _Read:
    column: Column
    parts: dict[str, Any]


def typed(
    frame: DataFrame, wanted: Mapping[str, str], keep: Collection[str] = (), decimal: Decimal | None = None
) -> Typed:
    """Type every column.

    Parameters
    ----------
    frame : DataFrame
        (n, d), names distinct.
    wanted : mapping of str to str
        Kinds that are not to be decided; "left out" leaves a column out.
    keep : collection of str
        Columns that are not left out as identifiers.
    decimal : {".", ","} or None
        The decimal sign of numbers in text columns; None: each column's own.

    Raises
    ------
    DesignError
        A kind for a column that is not there, an unknown kind, two columns of one name.
    """
    import pandas as pd

    names = [str(name) for name in frame.columns]
    for name, kind in wanted.items():
        if name not in names:
            raise DesignError(f"a type is given for column '{name}', which is not there{nearest(name, names)}")
        if kind not in KINDS:
            raise DesignError(f"unknown type '{kind}' of column '{name}'{nearest(kind, KINDS)}")
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise DesignError(f"two columns are named {twice}; rename or drop one")
    found = [
        _read(name, frame[given], wanted.get(name), name in keep, decimal)
        for name, given in zip(names, frame, strict=True)
    ]
    parts = {name: part for each in found for name, part in each.parts.items()}
    columns = tuple(replace(each.column, features=tuple(each.parts)) for each in found)
    return Typed(pd.DataFrame(parts, index=range(len(frame))), columns)


def _read(name: str, cells: Series, wanted: str | None, kept: bool, decimal: Decimal | None) -> _Read:
    import pandas as pd
    from pandas.api import types

    if wanted == "left out":
        return _out(name, cells, "as asked for", loses=False)
    if cells.isna().all():
        return _out(name, cells, "empty", loses=False)
    if types.is_datetime64_any_dtype(cells):
        return _date(name, cells, cells, "")
    if types.is_timedelta64_dtype(cells):
        return _number(name, cells, cells.dt.total_seconds() / 86400.0, "in days")
    if wanted == "category":
        return _category(name, as_texts(cells))
    if types.is_numeric_dtype(cells) and not types.is_complex_dtype(cells):
        return _numeric(name, cells, wanted, kept)
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return _category(name, as_texts(cells))
    return _text(name, as_texts(cells), wanted, kept, decimal)


def as_texts(cells: Series) -> Series:
    """Cells as texts without spaces at the ends; None where there is no value."""
    texts = cells.astype(object).where(cells.notna(), None)
    found = texts.map(lambda cell: None if cell is None else str(cell).strip())
    return found.where(~found.isin(MISSING), None)


def _numeric(name: str, cells: Series, wanted: str | None, kept: bool) -> _Read:
    import pandas as pd

    values = cells.astype("float64")
    if wanted == "date":
        return _date(name, cells, pd.to_datetime(cells, unit="D", errors="coerce"), "days since 1970-01-01")
    whole = values.dropna()
    distinct = whole.nunique()
    if wanted is None and not kept and distinct == len(values) > 20 and bool((whole % 1 == 0).all()):
        if whole.max() - whole.min() + 1 == len(values):
            return _out(name, cells, "a row number", loses=False)
        if _IDENTIFIER.search(name):
            return _out(name, cells, "an identifier: a different whole number in every row", loses=False)
    return _number(name, cells, values, "")


def _number(name: str, cells: Series, values: Series, note: str) -> _Read:
    found = values.to_numpy(dtype="float64", na_value=np.nan).copy()
    infinite = np.isinf(found)
    found[infinite] = np.nan
    told = [note] if note else []
    if infinite.any():
        told.append(f"{infinite.sum()} infinite cells count as missing")
    levels = int(np.unique(found[np.isfinite(found)]).size)
    if not levels:
        return _out(name, cells, "no finite number in it", loses=True)
    if levels == 1 and np.isfinite(found).all():
        return _out(name, cells, "constant", loses=False)
    missing = int(np.isnan(found).sum())
    column = Column(name, "numeric", missing, levels, note="; ".join(told), loses=bool(infinite.any()))
    return _Read(column, {name: found})


def _text(name: str, texts: Series, wanted: str | None, kept: bool, decimal: Decimal | None) -> _Read:
    present = texts.dropna()
    present = present[~present.str.lower().isin(_NO_VALUE)]
    if wanted in (None, "numeric") and len(present):
        numbers = read_numbers(present, decimal)
        lost = ~np.isfinite(numbers.values)
        if lost.mean() <= _FEW or (wanted == "numeric" and not lost.all()):
            values = texts.map(lambda cell: np.nan).astype("float64")
            values[present.index] = numbers.values
            return _unfit(_number(name, texts, values, numbers.how), texts, values.isna(), "number")
    if wanted in (None, "date") and len(present):
        dates = read_dates(present)
        if dates.values.isna().mean() <= _FEW or wanted == "date":
            values = dates.values.reindex(texts.index)
            return _unfit(_date(name, texts, values, dates.how), texts, values.isna(), "date")
    if wanted in ("numeric", "date"):
        raise DesignError(
            f"no cell of column '{name}' is a {'number' if wanted == 'numeric' else 'date'}; give it another type"
        )
    levels = texts.nunique()
    if wanted is None and not kept and levels > 20 and 2 * levels >= texts.notna().sum():
        return _out(
            name, texts, f"text that hardly repeats ({levels} different in {texts.notna().sum()} rows)", loses=True
        )
    return _category(name, texts)


def _unfit(read: _Read, texts: Series, unread: Series, what: str) -> _Read:
    """The same column, with the cells named that were no number or date although they hold something."""
    odd = texts[unread & texts.notna()]
    if not len(odd):
        return read
    column = read.column
    examples = ", ".join(f"'{cell}'" for cell in odd.unique()[:3])
    cells = "cells are" if len(odd) > 1 else "cell is"
    told = f"{len(odd)} {cells} no {what} ({examples}), taken as missing"
    notes = f"{column.note}; {told}" if column.note else told
    return _Read(replace(column, note=notes, loses=True), read.parts)


def _date(name: str, cells: Series, dates: Series, note: str) -> _Read:
    """Days since 1970 as a number; the hour and the month beside it where they vary enough to matter."""
    every, told = day_parts(name, dates), ["used as a number of days"]
    parts = {name: every[name]}
    days, hours = every[name], every[f"{name} (hour)"]
    if np.unique(hours[np.isfinite(hours)]).size > 1:
        parts[f"{name} (hour)"] = hours
        told.append("and the hour")
    if np.nanmax(days) - np.nanmin(days) > _TWO_YEARS:
        parts[f"{name} (month)"] = every[f"{name} (month)"]
        told.append("and the month")
    if note:
        told.append(f"({note})")
    column = Column(name, "date", int(dates.isna().sum()), int(dates.nunique()), note=" ".join(told))
    return _Read(column, parts) if column.levels > 1 else _out(name, cells, "constant", loses=False)


def day_parts(name: str, dates: Series) -> dict[str, Any]:
    """Days since 1970, the hour and the name of the month, each (n,)."""
    when = dates.dt.tz_localize(None) if getattr(dates.dt, "tz", None) is not None else dates
    days = (when - np.datetime64("1970-01-01")) / np.timedelta64(1, "D")
    return {
        name: days.to_numpy(dtype="float64"),
        f"{name} (hour)": when.dt.hour.to_numpy(dtype="float64"),
        f"{name} (month)": named(when.dt.month_name()),
    }


def _category(name: str, texts: Series) -> _Read:
    counts = texts.value_counts()
    missing = int(texts.isna().sum())
    if len(counts) + (missing > 0) < 2:
        return _out(name, texts, "constant", loses=False)
    rare = counts[counts < RARE]
    merged = int(rare.sum()) if len(rare) > 1 else 0
    note = ""
    if merged:
        share = merged / max(len(texts) - missing, 1)
        note = (
            f"{len(rare)} of {len(counts)} levels have fewer than {RARE} rows and are merged, {share:.0%} of the rows"
        )
    column = Column(name, "category", missing, len(counts), merged, note, loses=2 * merged > len(texts))
    return _Read(column, {name: named(texts)})


def named(texts: Series) -> Any:
    """Texts as an object array, "missing" where there is none, (n,)."""
    return texts.astype(object).where(texts.notna(), "missing").map(str).to_numpy(dtype=object)


def _out(name: str, cells: Series, why: str, loses: bool) -> _Read:
    return _Read(Column(name, "left out", int(cells.isna().sum()), int(cells.nunique()), note=why, loses=loses), {})
