"""Tables and null populations of the symmetry test's tests."""

from functools import cache
from math import sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from synththeory.arrays import Array
from synththeory.losses import LogisticLoss
from synththeory.populations import CubePair
from synththeory.selection import SymmetryStatistics, symmetry_statistics
from synththeory.streams import Streams

SEED = 411


def table(seed: int, majority: int = 120, minority: int = 24, dimension: int = 3) -> tuple[Array, Array, Array]:
    """Majority rows, minority rows (overlapping, of unequal spread), and the 0/1 labels of the two stacked."""
    rng = np.random.default_rng(seed)
    zero = rng.standard_normal((majority, dimension)) * np.linspace(1.0, 2.0, dimension) - 0.4
    one = rng.exponential(size=(minority, dimension)) + rng.normal(size=(minority, dimension)) - 0.3
    return zero, one, np.repeat([0.0, 1.0], [majority, minority])


@cache
def logistic_centre(minority: float) -> float:
    """Centre −a of a cube stretched by 2 along e_1 that is locally symmetric, under logistic loss, to one at b e_1."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    nodes, weights = nodes * sqrt(3.0), weights / 2.0
    slope = brentq(lambda t: weights @ ((expit(t * (minority + nodes)) - 1.0) * (minority + nodes)), 1e-3, 50.0)
    centre = brentq(lambda a: weights @ (expit(slope * (2.0 * nodes - a)) * (2.0 * nodes - a)), 0.0, 20.0)
    return -float(centre)


def logistic_cubes(counts: tuple[int, int], sets: int, minority: float = 0.3) -> SymmetryStatistics:
    """The logistic test on many pairs of cubes under the null, d = 5."""
    population, loss = CubePair(dimension=5, location=minority), LogisticLoss()
    zero, one = population.sample(Streams.named(SEED, f"logistic{counts}{minority}", 0, sets), counts)
    rows = zero.rows.copy()
    rows[..., 0] += 1.0 + logistic_centre(minority)
    return symmetry_statistics(rows, one.rows, loss, (0.0, 1.0))
