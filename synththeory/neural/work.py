"""How much training has been done in this process: what a study of nets tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Work:
    """Fits, and the steps of all of them.

    Attributes
    ----------
    fits : int
        Nets trained.
    steps : int
        Epochs of full-batch fits and steps of mini-batch ones.
    """

    fits: int = 0
    steps: int = 0

    def since(self, start: Work) -> Work:
        """What came after ``start``."""
        return Work(self.fits - start.fits, self.steps - start.steps)


class Meter:
    """Counts the work of all threads."""

    def __init__(self) -> None:
        self._lock, self._work = Lock(), Work()

    def add(self, steps: int) -> None:
        """One more fit, of so many steps."""
        with self._lock:
            self._work = Work(self._work.fits + 1, self._work.steps + steps)

    @property
    def work(self) -> Work:
        """So far."""
        return self._work


meter = Meter()
"""The process's own."""
