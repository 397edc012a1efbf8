"""The scaling law of a study with groups: the slope before the floor, and the floor, as simulated and as predicted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.errors import NoTheoryError
from synththeory.generators.moments import Source
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.oversampled import Oversampled
from synththeory.sim.results.rates import Rate, nested_rate
from synththeory.sim.results.summary import Summary
from synththeory.theory import scaling_law

SHARE = 0.05
"""The law's slope is fitted where the predicted bias is at most this share of the predicted excess risk."""
FEWEST = 3


@dataclass(frozen=True)
class ScalingFit:
    """One arm's law.

    Attributes
    ----------
    arm : str
        Name.
    effective : tuple of float
        1/v(α) at every N, (S,): the rows that count.
    region : tuple of int
        Places of the points where the slope is fitted, chosen by `SHARE` from the prediction alone.
    rate, predicted : Rate or None, float or None
        Slope of the simulated excess risk on 1/v(α) in the region, and of the predicted one; None with fewer than three
        points.
    floor : float
        R(θ_α) − R(θ*) at the last N [D].
    first_order : float
        ½ bᵀH⁻¹b there, the law's own approximation of it [R].
    variance : float
        Predicted variance part at the last N.
    source : {"closed form", "pilot"}
        How theory knows the generator.
    """

    arm: str
    effective: tuple[float, ...]
    region: tuple[int, ...]
    rate: Rate | None
    predicted: float | None
    floor: float
    first_order: float
    variance: float
    source: Source

    @property
    def floored(self) -> bool:
        """Whether bias makes up at least half of the predicted excess risk at the last N."""
        return self.floor >= self.variance


def scaling_fits(summary: Summary, cell: Cell) -> tuple[ScalingFit, ...]:
    """The law of every arm that augments groups, but for those that have no theory: their pilot is costly.

    Parameters
    ----------
    summary : Summary
        Of the study.
    cell : Cell
        One of its cells.
    """
    found = (_fit(summary, cell, arm) for arm in cell.arms if isinstance(arm, Oversampled))
    return tuple(fit for fit in found if fit is not None)


def _fit(summary: Summary, cell: Cell, arm: Oversampled) -> ScalingFit | None:
    try:
        law = scaling_law(cell.population, arm.generator, cell.learner.loss, cell.counts)
    except NoTheoryError:
        return None
    effective = np.array([1.0 / law.variance_factor(mixing.weight, mixing.rows) for mixing in arm.mixings])
    complete = np.array([mixing.fill == 1.0 for mixing in arm.mixings])
    expected = arm.prediction(cell.population, cell.counts).expected.balanced
    region = np.flatnonzero(complete & (expected.bias <= SHARE * expected.total))
    rate = predicted = None
    if region.size >= FEWEST:
        rate = nested_rate(effective[region], summary.values(cell, arm.label)[:, region])
        predicted = float(np.polyfit(np.log(effective[region]), np.log(expected.total[region]), 1)[0])
    return ScalingFit(
        arm.label,
        tuple(effective.tolist()),
        tuple(region.tolist()),
        rate,
        predicted,
        float(expected.bias[-1]),
        law.bias(arm.mixings[-1].weight),
        float(expected.variance[-1]),
        expected.source,
    )
