"""Tables of separated values: the separator and the decimal sign are detected, rows must have the header's length."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from synththeory.advise.reading.contents import MISSING, Contents, Decimal, Format
from synththeory.advise.reading.numerals import DECIMAL_COMMA, is_number, votes_for_comma
from synththeory.errors import DesignError

if TYPE_CHECKING:
    from pandas import DataFrame

_SPACES = r"\s+"
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", _SPACES: "spaces"}
_LOOKED_AT = 200
_COMMENT = "#"


def read_delimited(text: str, path: Path, label: str | None, wanted: Format) -> Contents:
    """Columns of a text file, its names in the first line.

    Raises
    ------
    DesignError
        No separator, no names, two columns of one name, rows of another length.
    """
    text, comments = _without_comments(text)
    separator = wanted.separator or _separator(text, path)
    names, spare = _header(text, separator, path, label)
    frame = _read(text, separator, names, label, as_text=wanted.decimal == ",")
    decimal: Decimal = wanted.decimal or (DECIMAL_COMMA if votes_for_comma(frame, label) else ".")
    if decimal == "," and wanted.decimal is None:
        frame = _read(text, separator, names, label, as_text=True)
    notes = []
    if separator != ",":
        notes.append(f"separated by {_SEPARATORS.get(separator, repr(separator))}")
    if decimal == ",":
        notes.append("decimal commas")
    if comments:
        notes.append(f"{comments} comment line{'s' if comments > 1 else ''} skipped")
    if spare:
        notes.append("an empty last field of every row skipped")
        frame = frame.iloc[:, :-1]
    return Contents(frame, tuple(notes))


def _without_comments(text: str) -> tuple[str, int]:
    lines = text.splitlines(keepends=True)
    marked = sum(line.startswith(_COMMENT) for line in lines)
    if not marked or 2 * marked > len(lines):
        return text, 0
    return "".join(line for line in lines if not line.startswith(_COMMENT)), marked


def _fields(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the line and fields of every row that is not blank."""
    if separator == _SPACES:
        yield from ((place, line.split()) for place, line in enumerate(io.StringIO(text), 1) if line.strip())
        return
    rows = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    yield from ((rows.line_num, row) for row in rows if row)


def _separator(text: str, path: Path) -> str:
    """The one that cuts the first lines into equally many fields, more than one; the header counts."""
    found = []
    for place, separator in enumerate(_SEPARATORS):
        counts = [len(row) for _, row in islice(_fields(text, separator), _LOOKED_AT)]
        if not counts:
            raise DesignError(f"'{path}' has no rows")
        usual, times = Counter(counts).most_common(1)[0]
        if usual > 1 and counts[0] in (usual, usual - 1):
            found.append((times / len(counts), -place, separator))
    if not found:
        raise DesignError(
            f"'{path}' is not a table: neither commas, semicolons, tabs, bars nor spaces cut its rows into as many "
            "fields as its first line; say the separator (--sep)"
        )
    return max(found)[2]


def _header(text: str, separator: str, path: Path, label: str | None) -> tuple[list[str], bool]:
    """Names of the columns, and whether each row ends in an empty field that has no name."""
    rows = _fields(text, separator)
    names = [name.strip() for name in next(rows)[1]]
    if label not in names and 2 * sum(map(is_number, names)) >= len(names):
        raise DesignError(
            f"the first row of '{path}' looks like data, not names ({', '.join(names[:3])}, …); put a line of names "
            "first"
        )
    longer, empty, count = 0, 0, 0
    for line, row in rows:
        count += 1
        if len(row) == len(names) + 1:
            longer += 1
            empty += not row[-1].strip()
        if not len(names) <= len(row) <= len(names) + 1 or longer not in (0, count):
            raise DesignError(
                f"line {line} of '{path}' has {len(row)} fields where the first line has {len(names)} names; mend that "
                "line, quote fields that hold the separator, or say the separator (--sep)"
            )
    if not count:
        raise DesignError(f"'{path}' has a line of names and no rows below it")
    if longer and empty == count:
        return _distinct([*names, ""], path), True
    return _distinct(["", *names] if longer else names, path), False


def _distinct(names: list[str], path: Path) -> list[str]:
    given = [name or f"unnamed {place}" for place, name in enumerate(names, 1)]
    for name, times in Counter(given).items():
        if times > 1:
            raise DesignError(
                f"{'two' if times == 2 else times} columns of '{path}' are named {name}; rename or drop one"
            )
    return given


def _read(text: str, separator: str, names: list[str], label: str | None, as_text: bool) -> DataFrame:
    import pandas as pd

    frame = pd.read_csv(
        io.StringIO(text), sep=separator, header=None, names=names, skiprows=1, index_col=False, skipinitialspace=True,
        dtype=str if as_text else {label: str} if label in names else None, keep_default_na=False,
        na_values={name: [""] if name == label else list(MISSING) for name in names}, low_memory=False,
    )  # fmt: skip
    if label in names:
        frame[label] = frame[label].str.strip()
    return frame
