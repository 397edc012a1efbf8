"""Population, generator and learner triples of the theory's tests, beside their independent references."""

from collections.abc import Callable

import numpy as np

from synththeory.generators import (
    Bootstrap,
    ConsistentGaussian,
    Gaussian,
    GaussianFit,
    Generator,
    Jitter,
    Oracle,
    SemiOracle,
)
from synththeory.populations import GaussianShift, MeanShift, Population
from tests.reference import least_squares, theory

ALIGNED = GaussianShift(mean=(1.0, 0.0))
SYMMETRIC = MeanShift(dimension=20)
HALF = Gaussian(mean=(0.5, 0.0))
COUNTS = (2000, 100)

Law = Callable[[least_squares.Population, int], theory.GeneratorLaw]
Arm = tuple[Callable[[int], Generator], Law]
ROTATED = (0.7, -0.2, 0.4)

POPULATIONS: tuple[tuple[Population, least_squares.Population], ...] = (
    (SYMMETRIC, least_squares.mean_shift(20)),
    (MeanShift(dimension=4, shift=1.4, noise="sphere"), least_squares.mean_shift(4, 1.4, "sphere")),
    (MeanShift(dimension=3, shift=0.3, noise="rademacher"), least_squares.mean_shift(3, 0.3, "rademacher")),
    (ALIGNED, least_squares.gaussian_shift(np.array([1.0, 0.0]))),
    (GaussianShift(mean=ROTATED), least_squares.gaussian_shift(np.array(ROTATED))),
)


def fixed_mean(dimension: int) -> np.ndarray:
    """A mean that no population has."""
    return np.linspace(0.6, -0.3, dimension)


ARMS: dict[str, Arm] = {
    "oracle": (lambda d: Oracle(), lambda other, count: theory.oracle(other)),
    "semi-oracle": (lambda d: SemiOracle(), theory.semi_oracle),
    "gaussian": (
        lambda d: Gaussian(mean=tuple(fixed_mean(d))),
        lambda other, count: theory.gaussian(fixed_mean(other.optimum.size)),
    ),
    "consistent-gaussian": (
        lambda d: ConsistentGaussian(),
        lambda other, count: theory.consistent_gaussian(other.means[1], count),
    ),
    "gaussian-fit": (lambda d: GaussianFit(), theory.gaussian_fit),
    "bootstrap": (lambda d: Bootstrap(), lambda other, count: theory.bootstrap(other)),
    "jitter": (lambda d: Jitter(scale=0.5), lambda other, count: theory.jitter(other, 0.5)),
}
