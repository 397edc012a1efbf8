"""Rows that were made elsewhere: in the columns of the table, before any preprocessing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synththeory.advise.reading.reread import ReadColumns
from synththeory.advise.reading.table import Labelled
from synththeory.arrays import Array
from synththeory.errors import DesignError
from synththeory.estimators.pipelines import transformed
from synththeory.estimators.tables import numbers
from synththeory.generators.pool import suspicious

if TYPE_CHECKING:
    from pandas import DataFrame

_LOOKED_AT = 2000


@dataclass(frozen=True, eq=False)
class ReadyRows:
    """A pool of ready-made minority rows.

    Attributes
    ----------
    frame : DataFrame
        (N, d), read as the table's columns were.
    """

    frame: DataFrame

    def featured(self, parts: tuple[Any, ...]) -> Callable[[Array, int, int], Array]:
        """A generator that hands the pool out, in the features that fitted preprocessing makes."""
        rows = numbers(transformed(parts, self.frame))

        def ready_rows(minority: Array, size: int, seed: int) -> Array:
            if size > len(rows):
                raise ValueError(f"the pool has {len(rows)} rows and {size} are asked for; make more")
            return rows

        return ready_rows


def pool_of(rows: Any, table: Labelled) -> tuple[ReadyRows, tuple[str, ...]]:
    """A pool in the columns of a table, and what is to be said of it.

    Raises
    ------
    DesignError
        A pool without rows or without a column of the table.
    """
    try:
        frame = ReadColumns(table.columns).transform(rows)
    except DesignError as error:
        raise DesignError(f"the pool cannot be used: {error}") from error
    if not len(frame):
        raise DesignError("the pool has no rows")
    notes = [
        f"The pool has {len(frame)} rows. If they were made from the whole table, held-out rows were seen when they "
        "were made, and every loss with them is flattered: make them from a part and judge them on the rest."
    ]
    read = [column for column in table.columns if column.kind == "numeric" and column.features]
    broken = [name for column in read for name in column.features if frame[name].isna().all()]
    if broken:
        raise DesignError(f"column '{broken[0]}' of the pool has no number, and the table's has; mend the pool")
    gaps = int(frame[[name for column in read for name in column.features]].isna().any(axis=1).sum())
    if gaps:
        notes.append(f"{gaps} rows of the pool have cells that are no numbers; they are filled in as in the table.")
    return ReadyRows(frame), tuple(notes)


def copied(pool: ReadyRows, parts: tuple[Any, ...], real: Array) -> tuple[str, ...]:
    """A warning where rows of the pool nearly copy real rows."""
    made = numbers(transformed(parts, pool.frame))[:_LOOKED_AT]
    count = suspicious(made, real) if len(np.unique(real, axis=0)) > 1 else 0
    if not count:
        return ()
    return (
        f"{count} of the {'first ' if len(made) == _LOOKED_AT else ''}{len(made)} rows of the pool nearly copy rows of "
        "the table: methods with the pool are judged on rows that they have nearly seen.",
    )
