"""How far it is, in lines: for a pipe, a log, a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter

from synththeory.advise.foretold import foretelling

SOON = 5.0
"""Seconds that are worth a line: all of them before the first fold, or those that are left."""


class Lines:
    """What `advise` takes as ``before`` and ``progress``.

    Parameters
    ----------
    write : callable
        Writes a line; to stderr when not given.
    """

    def __init__(self, write: Callable[[str], object] | None = None) -> None:
        self._write = write or _to_stderr
        self._start = perf_counter()
        self._total: int | None = None

    def before(self, seconds: float) -> None:
        """How long all of it will take, where that is long."""
        if seconds > SOON:
            self._write(foretelling(seconds))

    def progress(self, done: int, total: int) -> None:
        """Folds done, and the time left where that is long; why, where their number has grown."""
        if self._total is not None and total > self._total:
            self._write(f"the answer is open and fits are unstable: {total} outer folds in place of {self._total}")
        self._total = total
        left = (perf_counter() - self._start) / done * (total - done)
        if left > SOON:
            self._write(f"outer fold {done} of {total}, about {left:.0f} s left")


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
