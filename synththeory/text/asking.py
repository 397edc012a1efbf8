"""New rows from a model that continues sentences: prompts out, sentences in, read, judged, mended, counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Vector
from synththeory.errors import SynththeoryError
from synththeory.text.escapes import MISSING, escaped
from synththeory.text.mending import Mender
from synththeory.text.protocol import TextModel
from synththeory.text.reading import Gap, Said, read
from synththeory.text.sentences import Writer

Flags = NDArray[np.bool_]
Duplicates = Literal["keep", "drop"]
_ROUND = 50
"""Least prompts a round: the last few rows wanted must not be given up because so few are asked for."""
_PATIENCE = 13
"""Rounds without a usable row after which the model is given up, as published."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Where a prompt's feature values come from: the minority's rows, and the interpolated ones for numbers.

    Attributes
    ----------
    values : tuple of Vector
        One a column.
    """

    values: tuple[Vector, ...]

    def drawn(self, place: int, rng: np.random.Generator) -> float:
        """One value of a column; NaN, a missing one, where the column has none."""
        known = self.values[place]
        return float(known[rng.integers(len(known))]) if len(known) else float("nan")


@dataclass(frozen=True, eq=False)
class Asker:
    """Asks a model for rows of one label.

    A sentence that leaves a column open is asked for it once, with all it has said before it, and so for the label
    where sentences tell it. What is left open then is mended.

    Attributes
    ----------
    writer : Writer
        Writes prompts, and knows what sentences mean.
    model : TextModel
        Continues them.
    mender : Mender
        Fills what they leave open.
    label : int
        Code of the label wanted.
    pool : Pool
        Of the prompts' feature values.
    longest : int
        Characters of the longest sentence learnt.
    keeps : callable or None
        From mended rows (m, d) to which of them are the minority's; None believes sentence and prompt.
    duplicates : {"keep", "drop"}
        What becomes of copies of real rows and of one another.
    """

    writer: Writer
    model: TextModel
    mender: Mender
    label: int
    pool: Pool
    longest: int
    keeps: Callable[[Array], Flags] | None
    duplicates: Duplicates

    def rows(self, size: int, real: Array, rng: np.random.Generator) -> Made:
        """Exactly so many rows.

        Parameters
        ----------
        size : int
            Rows wanted.
        real : Array
            (n, d) minority rows, of which copies are counted.
        rng : numpy Generator
            Of prompts and model.

        Raises
        ------
        SynththeoryError
            Where thirteen rounds in a row bring no usable one.
        """
        seen = set(map(self._key, real))
        copies: list[Vector] = []
        made: list[Vector] = []
        asked = idle = 0
        while len(made) < size and idle < _PATIENCE:
            prompts = self._prompts(max(size - len(made), _ROUND), asked, rng)
            asked += len(prompts)
            before = len(made)
            for row in self._usable(prompts, rng):
                key = self._key(row)
                (copies if self.duplicates == "drop" and key in seen else made).append(row)
                seen.add(key)
            idle = 0 if len(made) > before else idle + 1
        missing = size - len(made)
        if missing > len(copies):
            raise SynththeoryError(
                f"the text model wrote {len(made) + len(copies)} usable rows of {size}, and none in the last "
                f"{_PATIENCE} rounds: train it longer, on more rows, or at a lower temperature"
            )
        filled = [*made[:size], *copies[: max(missing, 0)]]
        return Made(np.array(filled).reshape(size, real.shape[1]), asked, max(missing, 0))

    def _key(self, row: Vector) -> tuple[str, ...]:
        return tuple(self.writer.item(place, float(value)) for place, value in enumerate(row))

    def _prompts(self, count: int, asked: int, rng: np.random.Generator) -> list[str]:
        """One a row wanted; features take turns."""
        places = [(asked + place) % len(self.writer.columns) for place in range(count)]
        return [self.writer.prompt(self.label, place, self.pool.drawn(place, rng)) for place in places]

    def _usable(self, prompts: Sequence[str], rng: np.random.Generator) -> list[Vector]:
        """The minority rows among what the model makes of the prompts."""
        said = [read(text, self.writer) for text in self.model.complete(prompts, self.longest, rng)]
        said = [each for each in said if not each.empty]
        for place in range(len(self.writer.columns) + (self.writer.order.judge == "text")):
            said = self._asked_again(said, place, rng)
        wanted = self.writer.label.levels[self.label]
        ours = [each for each in said if isinstance(each.label, Gap) or each.label == wanted]
        rows = [row for row in map(self.mender.mended, ours) if row is not None]
        if self.keeps is None or not rows:
            return rows
        return [row for row, kept in zip(rows, self.keeps(np.array(rows)), strict=True) if kept]

    def _asked_again(self, said: list[Said], place: int, rng: np.random.Generator) -> list[Said]:
        """The sentences that leave a column open, asked for it; what an answer says beyond counts too."""
        waiting = [number for number, each in enumerate(said) if (*each.cells, each.label)[place] is Gap.ABSENT]
        if not waiting:
            return said
        answers = self.model.complete([self._again(said[number], place) for number in waiting], self.longest, rng)
        found = list(said)
        for number, answer in zip(waiting, answers, strict=True):
            found[number] = _completed(said[number], read(answer, self.writer))
        return found

    def _again(self, said: Said, place: int) -> str:
        """What a sentence has said, its label first, and the name of a column that it has not."""
        columns = (self.writer.label, *self.writer.columns)
        cells = (said.label, *said.cells)
        items = [
            f"{column.item} is {MISSING if cell is Gap.MISSING else escaped(str(cell))}"
            for column, cell in zip(columns, cells, strict=True)
            if cell is not Gap.ABSENT
        ]
        wanted = (*self.writer.columns, self.writer.label)[place]
        return ", ".join([*items, f"{wanted.item} is"])


@dataclass(frozen=True, eq=False)
class Made:
    """Rows that were asked for.

    Attributes
    ----------
    rows : Array
        (m, d).
    asked : int
        Prompts in all.
    copies : int
        Copies among the rows where copies were to be dropped: as many as no other row could be had.
    """

    rows: Array
    asked: int
    copies: int


def _completed(said: Said, answer: Said) -> Said:
    """What was said, and what the answer adds."""
    cells = tuple(new if old is Gap.ABSENT else old for old, new in zip(said.cells, answer.cells, strict=True))
    return Said(cells, answer.label if said.label is Gap.ABSENT else said.label)
