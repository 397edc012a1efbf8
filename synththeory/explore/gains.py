"""The second choice of view (b): theory over the minority's spread and size, synthetic rows beside every free fix."""

from __future__ import annotations

import numpy as np

from synththeory.arrays import Matrix
from synththeory.caches import bounded
from synththeory.explore.surfaces import Axis, Change, Map, Surface
from synththeory.learners import Logistic
from synththeory.populations import GaussianMixture
from synththeory.sim.design.cells import Cell
from synththeory.theory.gain_map import gain_at

_SPREADS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.35, 1.6, 2.0)
_ROWS = (25, 50, 100, 200, 400, 800)
_WORDS = (
    "Theory, to first order, over the minority’s spread and size: below 1, balancing with rows made from the majority "
    "beats reweighting, re-priored logistic regression and LDA. Click, or use the arrow keys on the ring, to move."
)


def has_gains(cell: Cell) -> bool:
    """Whether a cell is two Gaussian classes, the minority N(μ, s²I), under logistic regression with an intercept."""
    population = cell.population
    if not isinstance(population, GaussianMixture) or not isinstance(cell.learner, Logistic) or len(cell.counts) != 2:
        return False
    single = len(population.majority) == len(population.minority) == 1
    return single and cell.learner.intercept and population.minority[0].covariance is None


def gain_map(cell: Cell) -> Map:
    """The best of synthetic rows over the best free fix, at the cell's distance and ratio."""
    population = cell.population
    assert isinstance(population, GaussianMixture)
    majority, minority = cell.counts
    ratio, spread = majority / minority, population.minority[0].scale or 1.0
    gain = Surface(
        "best synthetic over best free fix",
        _gains(spread_to(population, 1.0), ratio),
        gain_at(population, ratio, minority).ratio,
        (0.3, 0.5, 1.0, 2.0, 3.0),
    )
    return Map(
        Axis(
            "standard deviation of the minority, s",
            np.array(_SPREADS),
            (0.5, 1.0, 1.5, 2.0),
            (Change("population.minority.0.scale", None),),
        ),
        Axis("minority rows, n₁", np.array(_ROWS), tuple(map(float, _ROWS)), (Change("sample.minority", None),), "log"),
        (gain,),
        (spread, float(minority)),
        _WORDS,
    )


def spread_to(population: GaussianMixture, spread: float) -> GaussianMixture:
    """The same classes, the minority's standard deviation another."""
    minority = population.minority[0].model_copy(update={"scale": spread})
    return population.model_copy(update={"minority": (minority,)})


@bounded(8)
def _gains(population: GaussianMixture, ratio: float) -> Matrix:
    """(rows, spreads)."""
    classes = [spread_to(population, spread) for spread in _SPREADS]
    return np.array([[gain_at(each, ratio, rows).ratio for each in classes] for rows in _ROWS])
