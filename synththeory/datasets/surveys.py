"""Tables of numbers and names that `statsmodels` carries: nothing is installed or downloaded for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from synththeory.datasets.table import Entry, Table

if TYPE_CHECKING:
    from pandas import DataFrame, Series


@dataclass(frozen=True)
class Survey:
    """A table, and which of its rows are the minority.

    Attributes
    ----------
    module : str
        Of ``statsmodels.datasets``.
    minority : callable
        From the table to a flag a row.
    left_out : tuple of str
        Columns that say who is of the minority, or say again what another says.
    categories : tuple of str
        Columns whose numbers are codes of names.
    source : str
        Who asked.
    """

    module: str
    minority: Callable[[DataFrame], Series]
    left_out: tuple[str, ...]
    categories: tuple[str, ...]
    source: str


SURVEYS = {
    "fair-affairs": Survey(
        "fair", lambda table: table["affairs"] >= 3.0, ("affairs",), ("occupation", "occupation_husb"),
        "Fair, R. (1978). A theory of extramarital affairs. Journal of Political Economy 86: 45-61; three a year or "
        "more, package statsmodels",
    ),
    "anes96-independent": Survey(
        "anes96", lambda table: table["PID"] == 3.0, ("PID", "logpopul"), ("vote",),
        "American National Election Studies 1996; of neither party, package statsmodels",
    ),
}  # fmt: skip


def survey_table(name: str) -> Table:
    """One table, its minority the rows that its `Survey` says."""
    chosen = SURVEYS[name]
    table = import_module(f"statsmodels.datasets.{chosen.module}").load_pandas().data.astype("float64")
    X = table.drop(columns=list(chosen.left_out))
    for column in chosen.categories:
        X[column] = X[column].map("code {:g}".format).astype(object)
    return Table(name, X, chosen.minority(table).to_numpy(dtype="int64"), chosen.source)


def survey_entry(name: str) -> Entry:
    """Its line of the listing."""
    return survey_table(name).entry
