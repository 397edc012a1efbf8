"""The second choice of view (b): theory over the minority's spread and size, synthetic rows beside every free fix."""

from __future__ import annotations

import numpy as np

from synththeory.arrays import Matrix
from synththeory.caches import bounded
from synththeory.explore.starting import LEARNERS, table_of
from synththeory.explore.surfaces import Axis, Change, Map, Surface
from synththeory.learners import LeastSquares, Logistic
from synththeory.populations import GaussianComponent, GaussianMixture, GaussianShift, Population
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.tables import Table
from synththeory.theory.gain_map import gain_at

NAME = "gain of synthetic rows"
_SPREADS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.35, 1.6, 2.0)
_ROWS = (25, 50, 100, 200, 400, 800)
_WORDS = (
    "Theory of logistic regression, to first order, over the minority’s spread and size: below 1, balancing with rows "
    "made from the majority beats reweighting, re-priored logistic regression and LDA. Click, or use the arrow keys on "
    "the ring, to move."
)
_MAKES = " A move makes logistic regression the learner."


def has_gains(cell: Cell) -> bool:
    """Whether a cell is two Gaussian classes, the minority N(μ, s²I), under a linear learner."""
    linear = isinstance(cell.learner, LeastSquares | Logistic) and cell.theorised
    return (
        linear and len(cell.counts) == 2 and cell.counts[0] > cell.counts[1] and _classes(cell.population) is not None
    )


def gain_map(cell: Cell, table: Table) -> Map:
    """The best of synthetic rows over the best free fix, at the cell's distance and ratio.

    Parameters
    ----------
    cell : Cell
        One that has them.
    table : Table
        Its design as written: a move rewrites population, learner or counts where they cannot hold the place.
    """
    population = _classes(cell.population)
    assert population is not None
    majority, minority = cell.counts
    ratio, spread = majority / minority, population.minority[0].scale or 1.0
    gain = Surface(
        "best synthetic over best free fix",
        _gains(spread_to(population, 1.0), ratio),
        gain_at(population, ratio, minority).ratio,
        (0.3, 0.5, 1.0, 2.0, 3.0),
    )
    logistic = isinstance(cell.learner, Logistic) and cell.learner.intercept
    spreads = [Change("population.minority.0.scale", None)]
    if not isinstance(cell.population, GaussianMixture):
        spreads.insert(0, Change("population", population.model_dump(mode="json", exclude_none=True)))
    if not logistic:
        spreads.insert(0, Change("learner", table_of("logistic", LEARNERS)))
    sizes = [Change("sample.minority", None)]
    if "ratio" not in table["sample"]:
        sizes.insert(0, Change("sample", {"ratio": ratio, "minority": minority}))
    return Map(
        Axis("standard deviation of the minority, s", np.array(_SPREADS), (0.5, 1.0, 1.5, 2.0), tuple(spreads)),
        Axis("minority rows, n₁", np.array(_ROWS), tuple(map(float, _ROWS)), tuple(sizes), "log"),
        (gain,),
        (spread, float(minority)),
        _WORDS if logistic else f"{_WORDS}{_MAKES}",
        NAME,
    )


def _classes(population: Population) -> GaussianMixture | None:
    """Two Gaussian classes, the minority of one spread in every direction; None where they are not."""
    if isinstance(population, GaussianShift):
        still = (0.0,) * population.dimension
        minority = GaussianComponent(mean=population.mean, scale=1.0)
        return GaussianMixture(majority=(GaussianComponent(mean=still),), minority=(minority,))
    if not isinstance(population, GaussianMixture) or len(population.majority) + len(population.minority) > 2:
        return None
    return population if population.minority[0].covariance is None else None


def spread_to(population: GaussianMixture, spread: float) -> GaussianMixture:
    """The same classes, the minority's standard deviation another."""
    minority = population.minority[0].model_copy(update={"scale": spread})
    return population.model_copy(update={"minority": (minority,)})


@bounded(8)
def _gains(population: GaussianMixture, ratio: float) -> Matrix:
    """(rows, spreads)."""
    classes = [spread_to(population, spread) for spread in _SPREADS]
    return np.array([[gain_at(each, ratio, rows).ratio for each in classes] for rows in _ROWS])
