"""What a reader is told, and what it hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from synththeory.errors import DesignError

if TYPE_CHECKING:
    from pandas import DataFrame

Decimal = Literal[".", ","]
MISSING = ("", "?", "NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "<NA>", "<null>", "#N/A", "None")
"""Cells that mean: no value. Labels are not among those that are read so."""


@dataclass(frozen=True)
class Format:
    """How a file is to be read, where that is not to be detected.

    Attributes
    ----------
    separator, decimal, encoding : str or None
        None: detected.
    """

    separator: str | None = None
    decimal: Decimal | None = None
    encoding: str | None = None


@dataclass(frozen=True, eq=False)
class Contents:
    """A file as it was read.

    Attributes
    ----------
    frame : DataFrame
        (n, d): numbers where every cell of a column is one, text otherwise.
    notes : tuple of str
        What was detected.
    types : mapping of str to str
        Kinds that the file declares for its columns.
    output : str or None
        The column that the file says is to be predicted.
    """

    frame: DataFrame
    notes: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    output: str | None = None


def decimal_sign(given: str | None) -> Decimal | None:
    """The decimal sign that was asked for.

    Raises
    ------
    DesignError
        Anything but a point or a comma.
    """
    if given is None:
        return None
    if given == ".":
        return "."
    if given == ",":
        return ","
    raise DesignError(f"the decimal sign is . or , and was given as '{given}'")
