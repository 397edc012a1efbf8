"""Minority rows from a language model, whatever the method: what it learns, what it is asked, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers
from synththeory.streams import Streams
from synththeory.text.asking import Asker, Duplicates, Made, Pool
from synththeory.text.between import interpolated
from synththeory.text.mending import Mender
from synththeory.text.protocol import TextGenerator
from synththeory.text.sentences import Writer


@dataclass(frozen=True, eq=False)
class Labelled:
    """A table of numbers and codes.

    Attributes
    ----------
    rows : Array
        (n, d); NaN where a value is missing.
    labels : Integers
        (n,) codes of the writer's label.
    wanted : int
        Code of the minority.
    """

    rows: Array
    labels: Integers
    wanted: int

    @property
    def minority(self) -> Array:
        """Its minority rows."""
        return np.asarray(self.rows[self.labels == self.wanted])

    @property
    def gap(self) -> int:
        """Rows of the other label beyond the minority's."""
        return max(len(self.rows) - 2 * len(self.minority), 0)


@dataclass(frozen=True)
class Recipe:
    """How rows are asked for, beyond the order of the items.

    Attributes
    ----------
    passes : int
        How often each row is written, its items shuffled anew, ≥ 1.
    neighbors : int
        k of the interpolation, ≥ 1.
    reach : float
        How far beyond the minority's range a number may lie, in ranges.
    duplicates : {"keep", "drop"}
        What becomes of copies.
    """

    passes: int = 5
    neighbors: int = 5
    reach: float = 0.5
    duplicates: Duplicates = "keep"


def made_rows(
    generator: TextGenerator, writer: Writer, table: Labelled, size: int, recipe: Recipe,
    keeps: Callable[[Array], NDArray[np.bool_]] | None, streams: Streams,
) -> Made:  # fmt: skip
    """Minority rows that a model writes.

    Parameters
    ----------
    generator : TextGenerator
        What learns.
    writer : Writer
        Columns, label and order.
    table : Labelled
        Training rows.
    size : int
        Rows wanted.
    recipe : Recipe
        Settings.
    keeps : callable or None
        As in `Asker`.
    streams : Streams
        One replication; names every draw.
    """
    minority, order = table.minority, writer.order
    learning, asking = streams.numpy("text/learning")[0], streams.numpy("text/asking")[0]
    numeric = [place for place, column in enumerate(writer.columns) if column.numeric]
    between = minority[:0]
    if order.interpolate and numeric:
        between = interpolated(minority, writer.columns, table.gap, recipe.neighbors, streams.numpy("text/between")[0])
    rows, labels = (table.rows, table.labels) if order.everyone else (minority, np.full(len(minority), table.wanted))
    texts = writer.texts(rows, labels, learning, recipe.passes)
    longest = max(map(len, texts))
    texts += writer.texts(between, np.full(len(between), table.wanted), learning, 1, numeric)
    pool = Pool(tuple(_known(minority, between if column.numeric else minority[:0], place)
                      for place, column in enumerate(writer.columns)))  # fmt: skip
    mender = Mender.of(writer.columns, minority, recipe.reach)
    model = generator.fit(texts, learning)
    asker = Asker(
        writer, model, mender, table.wanted, pool, longest, keeps, recipe.duplicates
    )  # fmt: skip
    return asker.rows(size, minority, asking)


def _known(minority: Array, between: Array, place: int) -> Array:
    values = np.concatenate([minority[:, place], between[:, place]])
    return np.asarray(values[np.isfinite(values)])
