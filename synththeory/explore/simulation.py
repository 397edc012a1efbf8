"""The one simulation of the process: the newest setting's, refined stage by stage until it is stopped or done."""

from __future__ import annotations

import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from synththeory.sim.design.design import Design
from synththeory.sim.results.summary import Summary
from synththeory.sim.session import Session, refined
from synththeory.sim.store.memory import MemoryStore

STAGES = (50, 500, 5000)
"""Replications at which the page is told."""
_REMEMBERED = 4
"""Cells whose results are kept: the one shown, a pinned one, and those just left."""


@dataclass(frozen=True)
class Budget:
    """When a simulation ends by itself.

    Attributes
    ----------
    replications : int
        The last stage.
    seconds : float
        Wall time from the first replications on: what is compiled before them is not counted.
    """

    replications: int = STAGES[-1]
    seconds: float = 60.0

    @property
    def stages(self) -> tuple[int, ...]:
        """Stages up to the budget, the budget the last one."""
        return (*(stage for stage in STAGES if stage < self.replications), self.replications)


class Simulation:
    """One design, refined in its turn.

    Parameters
    ----------
    session : Session
        The design, and what is known of it already.
    budget : Budget
        When it ends by itself.
    turn : Lock
        Held while it computes: one simulation in the process.
    """

    def __init__(self, session: Session, budget: Budget, turn: threading.Lock) -> None:
        self._session, self._budget, self._turn = session, budget, turn
        self._stopped = threading.Event()
        self._deadline: float | None = None

    def stop(self) -> None:
        """End it within a fraction of a second; returns at once."""
        self._stopped.set()

    def summaries(self) -> Iterator[Summary]:
        """A summary at every stage that is reached.

        The turn is held while a stage is computed, never between two: whoever leaves this iterator there, as a request
        that was cancelled does, keeps nobody waiting.
        """
        stages = refined(self._session, self._budget.stages, self._ended)
        while (summary := self._next(stages)) is not None:
            yield summary

    def _next(self, stages: Iterator[Summary]) -> Summary | None:
        with self._turn:
            summary = None if self._stopped.is_set() else next(stages, None)
        return None if self._stopped.is_set() else summary

    def _ended(self) -> bool:
        """Asked after every step; the clock starts at the first."""
        now = time.monotonic()
        if self._deadline is None:
            self._deadline = now + self._budget.seconds
        return self._stopped.is_set() or now >= self._deadline


class Runner:
    """Begins simulations; a newer one ends the one before, and one of the same data goes on where it was."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._asked = itertools.count()
        self._newest_place = -1
        self._newest: Simulation | None = None
        self._stores: OrderedDict[str, MemoryStore] = OrderedDict()

    def place(self) -> int:
        """The next place in the order in which simulations are asked for."""
        return next(self._asked)

    def begin(self, design: Design, budget: Budget, place: int | None = None) -> Simulation:
        """A simulation, which computes once the one before has ended.

        Parameters
        ----------
        design : Design
            Of one cell.
        budget : Budget
        place : int, optional
            When it was asked for, by `place`; now if not given. One asked for before the newest is stopped already: a
            design that takes long to read ends none that was asked for after it.
        """
        begun = Simulation(self.session(design), budget, self._turn)
        place = self.place() if place is None else place
        if place < self._newest_place:
            begun.stop()
        else:
            self.stop()
            self._newest_place, self._newest = place, begun
        return begun

    def session(self, design: Design) -> Session:
        """A session over what is known of a design's one cell, whose summaries do not wait for theory."""
        (cell,) = design.cells
        store = self._stores.setdefault(cell.digest, MemoryStore())
        self._stores.move_to_end(cell.digest)
        while len(self._stores) > _REMEMBERED:
            self._stores.popitem(last=False)
        return Session(design, store, forecasts={})

    def stop(self) -> None:
        """End the newest simulation, if there is one."""
        if self._newest is not None:
            self._newest.stop()
