"""Names, sizes and tables."""

from __future__ import annotations

from difflib import get_close_matches

from synththeory.datasets.digits import PAIRS, digits_entry, digits_table
from synththeory.datasets.keel import keel_names, keel_table
from synththeory.datasets.surveys import SURVEYS, survey_entry, survey_table
from synththeory.datasets.table import Entry, Table
from synththeory.errors import SynththeoryError


def names() -> tuple[str, ...]:
    """Every name that `load` takes: KEEL's imbalanced tables, pairs of digits, then surveys.

    Raises
    ------
    SynththeoryError
        When the extra ``data`` is not installed.
    """
    return (*keel_names(), *PAIRS, *SURVEYS)


def load(name: str) -> Table:
    """One table.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    Table

    Raises
    ------
    SynththeoryError
        An unknown name, or the extra ``data`` is not installed.
    """
    if name in PAIRS:
        return digits_table(name)
    if name in SURVEYS:
        return survey_table(name)
    if name not in keel_names():
        close = get_close_matches(name, names(), n=1)
        question = f"; did you mean '{close[0]}'?" if close else ";"
        raise SynththeoryError(f"unknown table '{name}'{question} python -m synththeory.datasets lists all")
    return keel_table(name)


def listing() -> tuple[Entry, ...]:
    """Name, n, d and ratio of every table, in the order of `names`."""
    return (*(keel_table(name).entry for name in keel_names()), *map(digits_entry, PAIRS), *map(survey_entry, SURVEYS))
