"""Rows as sentences "column is value, column is value", and the beginnings that ask for new ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Integers
from synththeory.text.columns import Column
from synththeory.text.escapes import MISSING
from synththeory.text.orders import Order


@dataclass(frozen=True)
class Writer:
    """Writes the rows of one table.

    Attributes
    ----------
    columns : tuple of Column
        The table's d columns.
    label : Column
        The label, a column of categories.
    order : Order
        Where the label stands, and what else is arranged.
    """

    columns: tuple[Column, ...]
    label: Column
    order: Order

    def item(self, place: int, value: float) -> str:
        """A cell as ``column is value``."""
        column = self.columns[place]
        if np.isnan(value):
            return f"{column.item} is {MISSING}"
        words = column.write(value)
        return f"{column.item} is {' '.join(words) if self.order.spaced and column.numeric else words}"

    def said(self, label: int) -> str:
        """A label as an item."""
        return f"{self.label.item} is {self.label.write(label)}"

    def texts(
        self, rows: Array, labels: Integers, rng: np.random.Generator, passes: int, places: Sequence[int] | None = None
    ) -> list[str]:
        """Every row's sentence, written so often.

        Parameters
        ----------
        rows : Array
            (n, d) numbers and codes; NaN where a value is missing.
        labels : Integers
            (n,) codes.
        rng : numpy Generator
            Shuffles the items.
        passes : int
            How often each row is written, in orders of its own.
        places : sequence of int, optional
            The columns written; all where not given.
        """
        kept = range(len(self.columns)) if places is None else places
        return [
            self._sentence(row, int(label), kept, rng if shuffled else None)
            for row, label in zip(rows, labels, strict=True)
            for shuffled in self._passes(passes)
        ]

    def _passes(self, passes: int) -> Iterator[bool]:
        for _ in range(passes):
            yield self.order.permute
            if self.order.fixed_too and self.order.permute:
                yield False

    def _sentence(self, row: Array, label: int, places: Sequence[int], rng: np.random.Generator | None) -> str:
        items = [self.item(place, float(row[place])) for place in places]
        if self.order.label == "shuffled":
            items.append(self.said(label))
        if rng is not None:
            items = [items[place] for place in rng.permutation(len(items))]
        first = [self.said(label)] if self.order.label == "first" else []
        last = [self.said(label)] if self.order.label == "last" else []
        return ", ".join([*first, *items, *last])

    def prompt(self, label: int, place: int, value: float) -> str:
        """The beginning of a new sentence: label, a feature, both or nothing, as the order has it."""
        items = [self.said(label)] * self.order.prompt_label
        items += [self.item(place, value)] * self.order.prompt_feature
        return begun(items)


def begun(items: Sequence[str]) -> str:
    """Items as a sentence that is to go on."""
    return "".join(f"{item}," if not place else f" {item}," for place, item in enumerate(items))
