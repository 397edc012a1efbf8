"""Tasks over the threads of this process: the kernels let go of the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from synththeory.errors import DesignError
from synththeory.sim.run.compute import compute
from synththeory.sim.run.cores import available_threads, serial_blas
from synththeory.sim.run.plan import Task
from synththeory.sim.store.base import Store
from synththeory.sim.store.blocks import Results


def _nothing(task: Task) -> None:
    """Nobody asks."""


@dataclass(frozen=True)
class Threads:
    """An executor (see `Executor`) of worker threads, and one more that waits for the disk.

    Attributes
    ----------
    workers : int
        At least 1; by default every core this process may use.
    begun : callable
        Told of a task when it is begun.

    Raises
    ------
    DesignError
        If there is no worker.
    """

    workers: int = field(default_factory=available_threads)
    begun: Callable[[Task], None] = _nothing

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise DesignError(f"got {self.workers} threads, expected at least 1")

    @classmethod
    def asked(cls, workers: int | None) -> Threads:
        """So many threads, or one for every core this process may use."""
        return cls() if workers is None else cls(workers)

    def execute(self, store: Store, tasks: Sequence[Task]) -> Generator[Task, None, None]:
        """Compute tasks tile by tile, each on one thread."""
        with serial_blas(), ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(self.workers) as workers:
            running = [workers.submit(self._keep, store, task, writer) for task in tasks]
            try:
                for computed in as_completed(running):
                    yield computed.result().result()
            finally:
                workers.shutdown(wait=True, cancel_futures=True)

    def _keep(self, store: Store, task: Task, writer: ThreadPoolExecutor) -> Future[Task]:
        """Compute a task and leave the waiting for the disk to the writer."""
        self.begun(task)
        return writer.submit(_write, store, task, compute(task.cell, task.arms, task.replications))


def _write(store: Store, task: Task, results: tuple[Results, ...]) -> Task:
    for arm, kept in zip(task.arms, results, strict=True):
        store.write(task.cell, arm, kept)
    return task
