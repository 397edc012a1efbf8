"""A study that is being computed: at one go, or in steps that can be stopped and summarised on the way."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property

from synththeory.errors import DesignError
from synththeory.sim.design.design import Design
from synththeory.sim.questions.forecasts import Forecast
from synththeory.sim.results.summary import Summary, forecasts_of, summarised
from synththeory.sim.run.cores import available_threads
from synththeory.sim.run.executors.base import Executor
from synththeory.sim.run.executors.threads import Threads
from synththeory.sim.run.plan import Plan, Task
from synththeory.sim.store.base import Store
from synththeory.sim.store.memory import MemoryStore

STEP_SECONDS = 0.2
"""About how long a step takes, once it is known how long a replication does."""
GROWTH = 8
"""A step has at most so many times the replications of the one before."""

Progress = Callable[[int, int], None]
"""Called with the replications done and to be done, over all cells, whenever a block is kept."""


class Interrupted(KeyboardInterrupt):
    """A run stopped by Ctrl-C; the message says what is kept and how to go on."""


@dataclass(frozen=True)
class Reached:
    """How far a session has come.

    Attributes
    ----------
    replications : int
        Every arm of every cell has the replications 0, …, n − 1.
    total : int
        Replications asked for.
    seconds : float
        What the last step took.
    """

    replications: int
    total: int
    seconds: float


class Session:
    """A design, where its results are kept, and what computes them.

    Parameters
    ----------
    design : Design
        What is run.
    store : Store, optional
        Where the results are and go; a new store in memory when not given.
    executor : Executor, optional
        What computes; a thread for every core when not given.
    block : int, optional
        Replications in a block; by default so many that a block takes a fraction of a second.
    forecasts : mapping, optional
        Theory by the labels of cell and arm, as of `forecasts`; an empty one leaves it out of every summary.

    Raises
    ------
    DesignError
        If a block has no replication.
    """

    def __init__(
        self,
        design: Design,
        store: Store | None = None,
        executor: Executor | None = None,
        block: int | None = None,
        forecasts: Mapping[tuple[str, str], Forecast] | None = None,
    ) -> None:
        self.design, self.plan = design, Plan(design, block)
        self._forecasts = forecasts
        self.store: Store = store or MemoryStore()
        self.executor: Executor = executor or Threads()

    @cached_property
    def forecasts(self) -> Mapping[tuple[str, str], Forecast]:
        """Theory by the labels of cell and arm: made once, as a pilot can make it slow, for every summary."""
        if self._forecasts is not None:
            return self._forecasts
        return forecasts_of(self.design, min(self.executor.workers, available_threads()))

    def run(self, progress: Progress | None = None) -> None:
        """Compute and keep everything of the design that is not in the store.

        Raises
        ------
        Interrupted
            On Ctrl-C, after the running blocks are finished and kept.
        StoreError
            If a block cannot be written; finished blocks are kept.
        """
        lacking = self.plan.lacking(self.store.missing, self.design.monte_carlo.replications)
        total, done = sum(len(stretch.replications) for stretch in lacking), 0
        try:
            with closing(self._computed(lacking)) as tasks:
                for task in tasks:
                    done += len(task.replications)
                    if progress is not None:
                        progress(done, total)
        except KeyboardInterrupt:
            self.store.finish(self.design)
            raise Interrupted(f"stopped: {self._kept()}; to go on: {self.store.remedy}") from None
        self.store.finish(self.design)

    def steps(self, replications: int | None = None) -> Generator[Reached, None, None]:
        """Compute what is missing step by step, the first replications of all cells first.

        The first step is a replication a worker; then a step takes about ``STEP_SECONDS``. Between two steps nothing
        runs: the iterator can be closed there or left, and the store summarised.

        Parameters
        ----------
        replications : int, optional
            How many; the design's when not given. More than the design's are welcome.

        Yields
        ------
        Reached
            After every step, and once where nothing is missing.
        """
        total = self.design.monte_carlo.replications if replications is None else replications
        lacking = self.plan.lacking(self.store.missing, total)
        batch = math.lcm(*(cell.learner.batch or 1 for cell in self.design.cells))
        reached, size = _first_missing(lacking, total), self.executor.workers
        if reached == total:
            yield Reached(total, total, 0.0)
        try:
            while reached < total:
                stop = min(-(-(reached + size) // batch) * batch, total)
                seconds = self._computed_between(lacking, reached, stop)
                size, reached = _next_size(stop - reached, seconds), stop
                yield Reached(reached, total, seconds)
        finally:
            self.store.finish(self.design)

    def summary(self, replications: int | None = None) -> Summary:
        """What the store says of the first replications: equal to the bit to a run with just so many.

        Parameters
        ----------
        replications : int, optional
            How many; the design's when not given.
        """
        design = self.design if replications is None else self.design.replicated(replications)
        return summarised(design, self.store, self.forecasts)

    def _computed_between(self, stretches: Sequence[Task], first: int, stop: int) -> float:
        """Compute the replications first, …, stop − 1 of some stretches; how many seconds it took."""
        started = time.perf_counter()
        parts = (stretch.between(first, stop) for stretch in stretches)
        with closing(self._computed([part for part in parts if part.replications])) as tasks:
            for _ in tasks:
                continue
        return time.perf_counter() - started

    def _computed(self, stretches: Sequence[Task]) -> Generator[Task, None, None]:
        return self.executor.execute(self.store, self.plan.dealt(stretches, self.executor.workers))

    def _kept(self) -> str:
        cells, replications = self.design.cells, self.design.monte_carlo.replications
        missing = [gap for cell in cells for gap in self.store.missing(cell, cell.arms[0], replications)]
        every = len(cells) * replications
        return f"{every - sum(map(len, missing))} of {every} replications are kept"


Stop = Callable[[], bool]
"""Asked between two steps whether to stop; the method ``is_set`` of a `threading.Event` is one."""


def refined(session: Session, stages: Sequence[int], stop: Stop) -> Generator[Summary, None, None]:
    """A session's summary at every stage, until it is told to stop."""
    for stage in stages:
        with closing(session.steps(stage)) as steps:
            for _ in steps:
                if stop():
                    return
        yield session.summary(stage)


def checked_stages(stages: Sequence[int]) -> tuple[int, ...]:
    """Increasing numbers of replications.

    Raises
    ------
    DesignError
        If they are not.
    """
    if not stages or stages[0] < 1 or any(later <= earlier for earlier, later in itertools.pairwise(stages)):
        raise DesignError(f"got the stages {tuple(stages)}, expected increasing numbers of replications, from 1 on")
    return tuple(stages)


def _first_missing(stretches: Sequence[Task], total: int) -> int:
    return min((stretch.replications.start for stretch in stretches), default=total)


def _next_size(computed: int, seconds: float) -> int:
    wanted = int(computed * STEP_SECONDS / max(seconds, 1e-6))
    return min(max(1, wanted), GROWTH * computed)
