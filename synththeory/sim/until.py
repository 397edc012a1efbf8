"""Runs whose number of replications follows from the precision that is wanted."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synththeory.errors import DesignError
from synththeory.sim.design.design import Design
from synththeory.sim.results.measures import NORMAL_QUANTILE
from synththeory.sim.results.precision import FEWEST, Precision, Target, precision
from synththeory.sim.run.executors.base import Executor
from synththeory.sim.session import Progress, Session
from synththeory.sim.store.base import Store
from synththeory.sim.store.memory import MemoryStore

MOST = 100_000
"""Replications at which a run that has not reached its target ends, where nothing else is said."""

Opened = Callable[[Design], Store]
"""Opens the place for the results of a design."""


@dataclass(frozen=True)
class Stopped:
    """A run that has ended by its precision, or at the most replications it was given.

    Attributes
    ----------
    session : Session
        Of the design with as many replications as it took.
    precision : Precision
        What it reached.
    """

    session: Session
    precision: Precision


def run_until(
    design: Design,
    target: Target,
    opened: Opened,
    executor: Executor | None = None,
    block: int | None = None,
    most: int = MOST,
    progress: Progress | None = None,
) -> Stopped:
    """Run a study until every mean of a metric is known to a Monte Carlo standard error.

    The number of replications depends on the design, the target and ``most`` alone: it is the same for any executor,
    and whatever the place for the results holds already.

    Parameters
    ----------
    design : Design
        Its own number of replications plays no part.
    target : Target
        Metric and MCSE.
    opened : callable
        Opens the place for the results.
    executor, block, progress
        As of `Session`.
    most : int
        Replications at which it ends in any case.

    Raises
    ------
    DesignError
        If no arm has the metric, or ``most`` is below 1.
    """
    target.check(design)
    if most < 1:
        raise DesignError(f"got at most {most} replications, expected at least 1")
    replications = _whole_batches(design, FEWEST, most)
    while True:
        staged = design.replicated(replications)
        session = Session(staged, opened(staged), executor, block)
        session.run(progress)
        found = precision(staged, session.store, target)
        if found.reached or replications >= most:
            return Stopped(session, found)
        replications = _whole_batches(design, found.next_look(most), most)


@dataclass(frozen=True)
class Needed:
    """How many replications a precision needs, by a pilot.

    Attributes
    ----------
    pilot : Precision
        What the pilot found.
    replications : int
        The variance of the pilot over the squared MCSE.
    upper : int
        The same at the upper end of the variance's 95 % interval.
    seconds : float
        That many replications at the pilot's pace.
    """

    pilot: Precision
    replications: int
    upper: int
    seconds: float


def needed(design: Design, target: Target, executor: Executor | None = None, pilot: int = FEWEST) -> Needed:
    """How many replications a study needs for a Monte Carlo standard error.

    Parameters
    ----------
    design : Design
        Its own number of replications plays no part.
    target : Target
        Metric and MCSE.
    executor : Executor, optional
        What computes the pilot.
    pilot : int
        Replications of the pilot, at least 2.

    Raises
    ------
    DesignError
        If no arm has the metric, the pilot is too small, or every fit of it failed at some point.
    """
    target.check(design)
    if pilot < 2:
        raise DesignError(f"got a pilot of {pilot} replications, expected at least 2")
    staged = design.replicated(pilot)
    session = Session(staged, MemoryStore(), executor)
    started = time.perf_counter()
    session.run()
    seconds = time.perf_counter() - started
    found = precision(staged, session.store, target)
    if found.needed is None:
        raise DesignError(f"{target.metric} of {found.where}: fewer than two of the {pilot} fits have a value")
    return Needed(
        found, found.needed, math.ceil(found.needed * (1.0 + _spread(session, found))), seconds * found.needed / pilot
    )


def _spread(session: Session, found: Precision) -> float:
    """Half-width of the 95 % interval of the worst mean's variance, relative: 1.96 √((κ − 1)/n), κ its kurtosis."""
    cell, arm, point = found.cell, found.arm, found.point
    place = arm.metrics.index(found.target.metric)
    windows = session.store.windows(cell, arm, found.replications)
    values = np.concatenate([results.values[place, :, point] for results in windows])
    values = values[np.isfinite(values)]
    centred = values - values.mean()
    variance = float((centred**2).mean())
    if not variance > 0.0:
        return 0.0
    kurtosis = float((centred**4).mean()) / variance**2
    return NORMAL_QUANTILE * math.sqrt(max(kurtosis - 1.0, 0.0) / len(values))


def _whole_batches(design: Design, replications: int, most: int) -> int:
    batch = math.lcm(*(cell.learner.batch or 1 for cell in design.cells))
    return min(most, -(-replications // batch) * batch)
