"""A sentence read back: what it says of every column; nothing it may hold raises."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from synththeory.text.escapes import MISSING, unescaped
from synththeory.text.sentences import Writer

_COMMA = re.compile(r"(?:[^,\\]|\\.|\\$)+", re.DOTALL)
_IS = re.compile(r" +is(?: +|$)")
_BLANKS = " \n\r\t"


class Gap(Enum):
    """A cell without a value."""

    ABSENT = "absent"
    MISSING = "missing"


Cell = str | Gap


@dataclass(frozen=True)
class Said:
    """What a sentence says.

    Attributes
    ----------
    cells : tuple of str or Gap
        One a column: its words, ABSENT where the sentence does not name the column, MISSING where it says that the
        value is missing.
    label : str or Gap
        The same of the label.
    """

    cells: tuple[Cell, ...]
    label: Cell

    @property
    def empty(self) -> bool:
        """Whether no column of the table is named."""
        return all(cell is Gap.ABSENT for cell in self.cells)


def read(text: str, writer: Writer) -> Said:
    """Columns and their words: items end at commas, names at the first "is"; the first value of a column wins.

    Parameters
    ----------
    text : str
        Anything.
    writer : Writer
        Who knows the columns; names of others are passed over.
    """
    found: dict[str, Cell] = {}
    for piece in _COMMA.findall(text):
        parts = _IS.split(piece.strip(_BLANKS), maxsplit=1)
        words = parts[-1].strip(_BLANKS) if len(parts) == 2 else ""
        if words:
            name = unescaped(parts[0])
            found.setdefault(name, Gap.MISSING if words == MISSING else unescaped(words))
    cells = tuple(found.get(column.name, Gap.ABSENT) for column in writer.columns)
    return Said(cells, found.get(writer.label.name, Gap.ABSENT))
