"""What an executor is."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol

from synththeory.sim.run.plan import Task
from synththeory.sim.store.base import Store


class Executor(Protocol):
    """Computes tasks and keeps their results."""

    @property
    def workers(self) -> int:
        """How many tasks it computes at once."""

    def execute(self, store: Store, tasks: Sequence[Task]) -> Generator[Task, None, None]:
        """Compute tasks, begun in the given order; yield each when its results are kept.

        An iterator that is closed before its end begins no further task; those that are running are finished and kept,
        and nothing of it is left running.

        Raises
        ------
        StoreError
            If a result cannot be kept; what was kept before stays.
        """
