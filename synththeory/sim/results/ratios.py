"""Ratios of two arms' means on the same data, with paired Monte Carlo standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.metrics import EXCESS_RISK
from synththeory.sim.design.cells import Cell
from synththeory.sim.results.measures import RATIO, Moments, estimate
from synththeory.sim.results.summary import Summary


@dataclass(frozen=True)
class Ratio:
    """Mean of one arm over the mean of another at one multiplier, on the same data.

    Attributes
    ----------
    cell : Cell
        Where.
    multiplier : float or None
        γ of both.
    estimate, mcse : float
        The ratio, and its standard error by influence function.
    replications : int
        Replications in which both succeeded.
    """

    cell: Cell
    multiplier: float | None
    estimate: float
    mcse: float
    replications: int


def ratios(summary: Summary, arm: str, baseline: str, metric: str = EXCESS_RISK.name) -> tuple[Ratio, ...]:
    """The ratio arm/baseline in every cell, at every multiplier of the arm.

    Parameters
    ----------
    summary : Summary
        A study whose two arms have the same multipliers.
    arm, baseline : str
        Names of the arms.
    metric : str
        What is compared.

    Raises
    ------
    DesignError
        If there is no such arm or metric.
    """
    found = []
    for cell in summary.design.cells:
        above, below = (summary.values(cell, name, metric) for name in (arm, baseline))
        moments = Moments.of(np.stack([above, below], axis=-1))
        estimates = estimate(RATIO, moments)
        points = next(each.points for each in cell.arms if each.label == arm)
        for place, (multiplier, _) in enumerate(points):
            value, error = float(estimates.value[place]), float(estimates.mcse[place])
            found.append(Ratio(cell, multiplier, value, error, int(moments.count[place])))
    return tuple(found)
