"""Pin A, explore B: differences at the same γ, paired where the two are fitted to the same draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.errors import DesignError
from synththeory.explore.simulation import Runner
from synththeory.explore.state import State
from synththeory.explore.tables import looks
from synththeory.sim.results.summary import Summary

REPLICATIONS = 500
"""Of both sides."""


@dataclass(frozen=True)
class Difference:
    """B − A of one arm at the γ of the handle.

    Attributes
    ----------
    arm : str
    multiplier : float or None
        The γ of both that is nearest to the handle.
    estimate, mcse : float
    """

    arm: str
    multiplier: float | None
    estimate: float
    mcse: float


@dataclass(frozen=True)
class Contrast:
    """A comparison of two states.

    Attributes
    ----------
    paired : bool
        Whether both sides are fitted to the same data sets.
    differences : tuple of Difference
    words : str
    """

    paired: bool
    differences: tuple[Difference, ...]
    words: str


def contrast(one: State, other: State, runner: Runner) -> Contrast:
    """B − A for every arm and γ that both have.

    Parameters
    ----------
    one, other : State
        A and B.
    runner : Runner
        Who may know their results already; what is missing is computed.

    Raises
    ------
    DesignError
        If they measure different things.
    """
    (a,), (b,) = one.design.cells, other.design.cells
    metric = a.arms[0].metrics[0]
    if b.arms[0].metrics[0] != metric:
        raise DesignError(f"A is measured by {metric.replace('_', ' ')}, B by {b.arms[0].metrics[0].replace('_', ' ')}")
    paired = (a.point, a.seed) == (b.point, b.seed)
    left, right = (_curves(_summary(state, runner), metric) for state in (one, other))
    shared = [key for key in left if key in right]
    nearest = {
        arm: min((key for key in shared if key[0] == arm), key=lambda key: abs((key[1] or 0.0) - other.handle))
        for arm, _ in shared
    }
    found = tuple(_difference(key, left[key], right[key], paired) for key in nearest.values())
    drawn = looks(b.arms)
    how = "paired: both fitted the same data sets" if paired else "independent: the data sets differ"
    told = "; ".join(f"{drawn[each.arm].name} {each.estimate:+.3g} ± {each.mcse:.2g}{_at(each)}" for each in found)
    return Contrast(paired, found, f"B − A, {how}, n = {REPLICATIONS}: {told or 'no arm and γ that both have'}.")


def _summary(state: State, runner: Runner) -> Summary:
    session = runner.session(state.design)
    for _ in session.steps(REPLICATIONS):
        continue
    return session.summary(REPLICATIONS)


def _curves(summary: Summary, metric: str) -> dict[tuple[str, float | None], Array]:
    """Values of every replication by arm and multiplier, (n,) each."""
    (cell,) = summary.design.cells
    return {
        (arm.label, multiplier): summary.values(cell, arm.label, metric)[:, place]
        for arm in cell.arms
        if metric in arm.metrics
        for place, (multiplier, _) in enumerate(arm.points)
    }


def _difference(key: tuple[str, float | None], left: Array, right: Array, paired: bool) -> Difference:
    if paired:
        gaps = (right - left)[np.isfinite(right - left)]
        return Difference(*key, float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(gaps.size)))
    sides = [side[np.isfinite(side)] for side in (left, right)]
    variance = sum(float(side.var(ddof=1)) / side.size for side in sides)
    return Difference(*key, float(sides[1].mean() - sides[0].mean()), variance**0.5)


def _at(difference: Difference) -> str:
    return "" if difference.multiplier is None else f" at γ = {difference.multiplier:.3g}"
