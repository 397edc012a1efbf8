"""The one simulation of the process: the newest setting's, refined stage by stage until it is stopped or done."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from synththeory import refine
from synththeory.sim.design.design import Design
from synththeory.sim.results.summary import Summary

STAGES = (50, 500, 5000)
"""Replications at which the page is told."""


@dataclass(frozen=True)
class Budget:
    """When a simulation ends by itself.

    Attributes
    ----------
    replications : int
        The last stage.
    seconds : float
        Wall time.
    """

    replications: int = STAGES[-1]
    seconds: float = 60.0

    @property
    def stages(self) -> tuple[int, ...]:
        """Stages up to the budget, the budget the last one."""
        return (*(stage for stage in STAGES if stage < self.replications), self.replications)


@dataclass(frozen=True, eq=False)
class Simulation:
    """One design, refined in its turn.

    Attributes
    ----------
    design : Design
        What is simulated.
    budget : Budget
        When it ends by itself.
    turn : Lock
        Held while it computes: one simulation in the process.
    """

    design: Design
    budget: Budget
    turn: threading.Lock
    _stopped: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """End it at the next block of replications; returns at once."""
        self._stopped.set()

    def summaries(self) -> Iterator[Summary]:
        """A summary at every stage that is reached."""
        with self.turn:
            deadline = time.monotonic() + self.budget.seconds
            stages = refine(
                self.design,
                stages=self.budget.stages,
                stop=lambda: self._stopped.is_set() or time.monotonic() > deadline,
            )
            for summary in stages:
                if self._stopped.is_set():
                    return
                yield summary


class Runner:
    """Begins simulations; a newer one ends the one before."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._newest: Simulation | None = None

    def begin(self, design: Design, budget: Budget) -> Simulation:
        """The newest simulation; it computes once the one before has ended."""
        self.stop()
        self._newest = Simulation(design, budget, self._turn)
        return self._newest

    def stop(self) -> None:
        """End the newest simulation, if there is one."""
        if self._newest is not None:
            self._newest.stop()
