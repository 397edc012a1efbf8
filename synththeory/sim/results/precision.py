"""How precise a study is, how many replications a precision needs, and when it is reached.

A mean over n replications has the squared MCSE s²/n. A proportion near 0 or 1 shows s² = 0 long before it is known, so
its variance is smoothed by two successes and two failures (Agresti & Coull 1998):

    p̃ = (k + 2)/(n + 4),    MCSE² = p̃ (1 − p̃)/(n + 4).

A run that stops by what it has seen looks at n_1 = `FEWEST` replications, then at

    n_{k+1} = max(⌈1.1 n_k⌉, min(what the variance seen asks for, 2 n_k)),

all 0, …, n − 1 of them every time: a function of the replications alone, never of who was faster.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Vector
from synththeory.errors import DesignError, nearest
from synththeory.metrics import metric_of
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.questions.arms import Arm
from synththeory.sim.results.tally import ArmTally, CellTally
from synththeory.sim.store.base import Store

FEWEST = 400
"""Replications before the first look: with 200, Wilson's interval itself covers .995 in 92 of a hundred runs."""
GROWTH = 1.1
PSEUDO = 2.0
"""Successes, and as many failures, added to those of a proportion."""


@dataclass(frozen=True)
class Target:
    """A Monte Carlo standard error to be reached by every mean of a metric: all cells, arms and sizes.

    Attributes
    ----------
    metric : str
        Its name.
    mcse : float
        Above 0.

    Raises
    ------
    DesignError
        If it is not above 0.
    """

    metric: str
    mcse: float

    def __post_init__(self) -> None:
        if not 0.0 < self.mcse < math.inf:
            raise DesignError(f"got a Monte Carlo standard error of {self.mcse:g} for {self.metric}, expected above 0")

    @classmethod
    def named(cls, text: str) -> Target:
        """The target in a text such as ``excess_risk=1e-4``."""
        metric, _, value = text.partition("=")
        try:
            return cls(metric, float(value))
        except ValueError as error:
            if isinstance(error, DesignError):
                raise
            raise DesignError(f"got '{text}', expected metric=value such as excess_risk=1e-4") from None

    def check(self, design: Design) -> None:
        """Refuse a metric that no arm of a design has."""
        known = {metric for cell in design.cells for arm in cell.arms for metric in arm.metrics}
        if self.metric not in known:
            raise DesignError(f"no metric '{self.metric}'{nearest(self.metric, known)}")


@dataclass(frozen=True)
class Precision:
    """The worst mean of a metric after some replications.

    Attributes
    ----------
    target : Target
        What is wanted.
    replications : int
        How many of every cell.
    mcse : float
        Its Monte Carlo standard error, smoothed if it is a proportion; infinite with fewer than two values.
    needed : int or None
        Replications that its variance asks for; None where the MCSE is infinite.
    cell : Cell
        Where it is.
    arm : Arm
        Of which arm.
    point : int
        At which of the arm's points.
    """

    target: Target
    replications: int
    mcse: float
    needed: int | None
    cell: Cell
    arm: Arm
    point: int

    @property
    def reached(self) -> bool:
        """Whether the target is."""
        return self.mcse <= self.target.mcse

    @property
    def where(self) -> str:
        """The worst mean in words."""
        multiplier = self.arm.points[self.point][0]
        words = (self.arm.label, self.cell.label, "" if multiplier is None else f"multiplier {multiplier:.4g}")
        return ", ".join(filter(None, words))

    def next_look(self, most: int) -> int:
        """How many replications to look at next, at most so many."""
        wanted = 2 * self.replications if self.needed is None else min(self.needed, 2 * self.replications)
        return min(most, max(math.ceil(GROWTH * self.replications), wanted))


def precision(design: Design, store: Store, target: Target) -> Precision:
    """The worst mean of a metric over the replications 0, …, R − 1 of a design.

    Parameters
    ----------
    design : Design
        What was run; R is its number of replications.
    store : Store
        Its results.
    target : Target
        Which metric, and what is wanted.

    Raises
    ------
    DesignError
        If no arm has the metric.
    StoreError
        If a block is damaged.
    """
    target.check(design)
    replications = design.monte_carlo.replications
    means = [mean for cell in design.cells for mean in _means(cell, store, replications, target)]
    return max(means, key=lambda mean: mean.mcse)


def _means(cell: Cell, store: Store, replications: int, target: Target) -> Iterator[Precision]:
    for arm, tally in zip(cell.arms, CellTally.of(store, cell, replications).arms, strict=True):
        if target.metric in arm.metrics:
            variance, counts = _variances(target.metric, tally, arm.metrics.index(target.metric))
            squares = variance / counts
            point = int(squares.argmax())
            needed = math.ceil(replications * squares[point] / target.mcse**2) if squares[point] < math.inf else None
            yield Precision(target, replications, math.sqrt(squares[point]), needed, cell, arm, point)


def _variances(metric: str, tally: ArmTally, place: int) -> tuple[Vector, Vector]:
    """Variance of one value, and the count it is divided by, (S,) each."""
    count = tally.moments.count[place].astype(float)
    if metric_of(metric).proportion:
        share = (tally.moments.mean[place, :, 0] * count + PSEUDO) / (count + 2.0 * PSEUDO)
        return np.where(count > 0, share * (1.0 - share), np.inf), count + 2.0 * PSEUDO
    spread = np.maximum(tally.moments.comoment[place, :, 0, 0], 0.0)
    return np.where(count > 1, spread / np.maximum(count - 1.0, 1.0), np.inf), np.maximum(count, 1.0)
