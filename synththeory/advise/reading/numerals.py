"""Numbers and dates as people write them: currency signs, thousands separators, decimal commas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synththeory.advise.reading.contents import Decimal
from synththeory.arrays import Vector

if TYPE_CHECKING:
    from pandas import DataFrame, Series

DECIMAL_COMMA: Decimal = ","
_SIGNS = r"[\s$€£¥₹%'’_]"
_POWER = r"(?:[eE][+-]?\d+)?"
_PLAIN = rf"[+-]?(?:\d+\.?\d*|\.\d+){_POWER}"
_COMMA = rf"[+-]?(?:\d+,?\d*|,\d+){_POWER}"
_THOUSANDS = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?"
_COMMA_THOUSANDS = r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d*)?"
_SAMPLE = 2000
_DATES = (
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y",
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y",
)  # fmt: skip
_DATELIKE = r"\d{1,4}[-/. ]\w{1,9}[-/. ]|[A-Za-z]{3,9} \d"
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")


@dataclass(frozen=True, eq=False)
class Numerals:
    """Cells read as numbers.

    Attributes
    ----------
    values : Vector
        (n,); NaN where a cell is no number.
    how : str
        What was taken off or swapped; empty for plain numbers.
    """

    values: Vector
    how: str


@dataclass(frozen=True, eq=False)
class Dates:
    """Cells read as dates.

    Attributes
    ----------
    values : Series
        Of datetimes without a zone; NaT where a cell is no date.
    how : str
        The order of day and month where it had to be guessed.
    """

    values: Series
    how: str


def is_number(cell: str) -> bool:
    """Whether a cell is a number, however it is written."""
    bare = re.sub(_SIGNS, "", cell)
    return any(re.fullmatch(pattern, bare) for pattern in (_PLAIN, _COMMA, _THOUSANDS, _COMMA_THOUSANDS))


def read_numbers(cells: Series, decimal: Decimal | None) -> Numerals:
    """Texts as numbers, in the reading that takes the most of them.

    Parameters
    ----------
    cells : Series of str
        Without missing ones, spaces at the ends taken off.
    decimal : {".", ","} or None
        None: a comma is a decimal comma only where the cells cannot be read with thousands separators as well.
    """
    bare = cells.str.replace(r"^\((.*)\)$", r"-\1", regex=True).str.replace(_SIGNS, "", regex=True)
    readings = {
        ".": (rf"(?:{_PLAIN})|(?:{_THOUSANDS})", ",", "thousands separators"),
        ",": (rf"(?:{_COMMA})|(?:{_COMMA_THOUSANDS})", ".", "decimal commas"),
    }
    tried = [decimal] if decimal else [".", ","]
    fits = {sign: bare.str.fullmatch(readings[sign][0]) for sign in tried}
    sign = max(tried, key=lambda each: (int(fits[each].sum()), each == "."))
    taken, swapped = bare.where(fits[sign]), readings[sign][1]
    plain = taken.str.replace(swapped, "", regex=False).str.replace(",", ".", regex=False)
    told = [readings[sign][2]] if taken.str.contains(",", regex=False).any() else []
    if bool((bare != cells)[fits[sign]].any()):
        told.append("signs such as $, % or spaces taken off")
    return Numerals(plain.astype("float64").to_numpy(), ", ".join(told))


def votes_for_comma(frame: DataFrame, label: str | None) -> bool:
    """Whether some column can be read as numbers with decimal commas only."""
    from pandas.api.types import is_numeric_dtype

    for name in frame.columns:
        if name == label or is_numeric_dtype(frame[name]):
            continue
        cells = frame[name].dropna().astype(str).str.strip().head(_SAMPLE)
        comma, point = (np.isfinite(read_numbers(cells, sign).values).mean() for sign in (DECIMAL_COMMA, "."))
        if comma > 0.9 and comma > point:
            return True
    return False


def read_dates(cells: Series) -> Dates:
    """Texts as dates, in the format that takes the most of them; ISO 8601 first.

    Parameters
    ----------
    cells : Series of str
        Without missing ones.
    """
    import pandas as pd

    found, sample = _parsed(cells, "ISO8601"), cells.head(_SAMPLE)
    if found.notna().mean() >= 0.9 or sample.str.match(_DATELIKE).mean() < 0.5:
        return Dates(found, "")
    tried = [(date + time, _parsed(sample, date + time).notna().mean()) for date in _DATES for time in _TIMES]
    best, share = max(tried, key=lambda each: each[1])
    if share < 0.5:
        return Dates(pd.Series(pd.NaT, index=cells.index), "")
    found = _parsed(cells, best)
    turned = best.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m")
    either = "%m" in best and not best.startswith("%Y") and _parsed(cells, turned).notna().sum() == found.notna().sum()
    return Dates(found, "day before month assumed" if either else "")


def _parsed(cells: Series, pattern: str) -> Series:
    import pandas as pd

    found: Series = pd.to_datetime(cells, errors="coerce", format=pattern, utc=True).dt.tz_localize(None)
    return found
