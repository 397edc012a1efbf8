"""What to do, in the words of who reads it: options on the command line, parameters in Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Remedies:
    """How each remedy is written; {} stands for a column.

    Attributes
    ----------
    keep, group : str
        Let a column in that was left out; keep rows of one value of a column together.
    copies, rows, positive, folds : str
        Keep rows that repeat others; use more rows; name the minority; ask for fewer folds.
    """

    keep: str
    group: str
    copies: str
    rows: str
    positive: str
    folds: str


COMMAND_LINE = Remedies("--keep {}", "--group {}", "--keep-copies", "--rows N", "--positive VALUE", "--folds N")
PYTHON = Remedies(
    "keep=['{}']", "groups=X['{}']", "keep_copies=True", "largest=N", "positive=VALUE", "folds=N, inner=N"
)  # fmt: skip
_READER: ContextVar[Remedies] = ContextVar("reader", default=PYTHON)


def remedies() -> Remedies:
    """Those of the present reader; of Python unless somebody else was announced."""
    return _READER.get()


@contextmanager
def on_the_command_line() -> Iterator[None]:
    """What is said within is read on the command line, or on the explorer's page, which has its options."""
    token = _READER.set(COMMAND_LINE)
    try:
        yield
    finally:
        _READER.reset(token)
