"""Closed-form generator moments against an independent derivation and against finite sums over the law."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

from synththeory.arrays import Matrix, Vector
from synththeory.generators import (
    Bootstrap,
    ConsistentGaussian,
    Gaussian,
    GaussianFit,
    Generator,
    GeneratorMoments,
    Jitter,
    Oracle,
    SemiOracle,
    moments_of,
)
from synththeory.losses import SquaredLoss
from synththeory.populations import GaussianShift, LocationLaw, MeanShift, Population, exact_risk
from synththeory.populations.laws.location import Noise
from synththeory.sample import Stratum
from tests.quadrature import covariance, law_nodes, score_moments
from tests.reference import least_squares, theory

MEAN = (0.7, -0.2, 0.4)
COUNT = 57
CASES: tuple[tuple[Population, least_squares.Population], ...] = (
    *(
        (MeanShift(dimension=4, shift=1.3, noise=noise), least_squares.mean_shift(4, 1.3, noise))
        for noise in ("cube", "rademacher", "sphere", "gaussian")
    ),
    (GaussianShift(mean=MEAN), least_squares.gaussian_shift(np.array(MEAN))),
)
assert_close = partial(np.testing.assert_allclose, rtol=1e-8, atol=1e-9)
Reference = Callable[[least_squares.Population], theory.GeneratorLaw]
FIXED = np.array([0.4, 0.8, -0.1, 0.3])
ARMS: tuple[tuple[Callable[[int], Generator], Reference], ...] = (
    (lambda d: Oracle(), theory.oracle),
    (lambda d: Gaussian(mean=tuple(FIXED[:d])), lambda other: theory.gaussian(FIXED[: other.optimum.size])),
    (lambda d: ConsistentGaussian(), lambda other: theory.consistent_gaussian(other.means[1], COUNT)),
    (lambda d: SemiOracle(), lambda other: theory.semi_oracle(other, COUNT)),
    (lambda d: GaussianFit(), lambda other: theory.gaussian_fit(other, COUNT)),
    (lambda d: GaussianFit(shrinkage=0.6, jitter=0.2), lambda other: theory.gaussian_fit(other, COUNT, 0.6, 0.2)),
    (lambda d: Bootstrap(), theory.bootstrap),
    (lambda d: Jitter(scale=0.7), lambda other: theory.jitter(other, 0.7)),
)


@pytest.mark.parametrize("arm", ARMS, ids=lambda arm: repr(arm[0](2)))
@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case[0]))
def test_closed_forms_are_the_independent_references(
    arm: tuple[Callable[[int], Generator], Reference], case: tuple[Population, least_squares.Population]
) -> None:
    population, other = case
    got = moments_of(arm[0](population.dimension), population, SquaredLoss(), 1, COUNT)
    expected, theta, label = arm[1](other), other.optimum, other.labels[1]
    score, own = theory.score(expected.law.mean, theta, label), theory.class_law(other, 1)
    own_score = theory.score(own.mean, theta, label)
    assert got.source == "closed form"
    assert_close(got.gradient, theory.gradient(expected.law, theta, label))
    assert_close(got.hessian, theory.hessian(expected.law))
    assert_close(got.covariance, theory.covariance_of(score, score, expected.law))
    assert_close(got.shift, expected.mean_shift)
    influence = expected.influence
    assert_close(got.fluctuation, theory.covariance_of(influence, influence, own))
    assert_close(got.coupling, theory.covariance_of(own_score, influence, own))


@dataclass(frozen=True, eq=False)
class Skewed:
    """A population of laws with full covariances, which no shipped population of location laws has yet."""

    noise: Noise
    dimension: int = 3
    strata: tuple[Stratum, ...] = (Stratum("majority", 0, 0.2), Stratum("minority", 1, 1.1))

    @property
    def laws(self) -> tuple[LocationLaw, ...]:
        """Unequal means and covariances."""
        factor = np.array([[1.0, 0.4, 0.0], [-0.3, 0.8, 0.2], [0.5, 0.0, 1.5]])
        return (
            LocationLaw(np.array([0.0, 0.5, -0.5]), factor.T, self.noise),
            LocationLaw(np.array([0.8, -0.4, 0.3]), factor, self.noise),
        )


Plug = Callable[[Vector, Matrix], tuple[Vector, Matrix]]


def mean_score(mean: Vector, spread: Matrix, loss: SquaredLoss, theta: Vector, label: float) -> Vector:
    """2(E[zzᵀ]θ − y E z) for x with the given mean and covariance."""
    size = theta.size
    extended = loss.design(mean)
    second = np.outer(extended, extended)
    second[: mean.size, : mean.size] += spread
    assert second.shape == (size, size)
    return np.asarray(2.0 * (second @ theta - label * extended))


def influence(law: LocationLaw, plug: Plug, loss: SquaredLoss, theta: Vector, label: float) -> Matrix:
    """Derivative of the plug-in mean score at every node, in the direction of that node.

    The score is quadratic in the contamination, so that the central difference is exact.
    """
    rows, _ = law_nodes(law)

    def contaminated(row: Vector, share: float) -> Vector:
        gap = row - law.mean
        spread = (1.0 - share) * (law.covariance + share * np.outer(gap, gap))
        return mean_score(*plug(law.mean + share * gap, spread), loss, theta, label)

    return np.array([(contaminated(row, 0.01) - contaminated(row, -0.01)) / 0.02 for row in rows])


@pytest.mark.parametrize("noise", ["cube", "rademacher", "sphere", "gaussian"])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("place", [None, (0.5, -1.2, 0.3, 0.8)], ids=["at the optimum", "elsewhere"])
def test_closed_forms_hold_for_full_covariances_an_intercept_and_any_parameter(
    noise: Noise, intercept: bool, place: tuple[float, ...] | None
) -> None:
    population: Any = Skewed(noise)
    loss, law, label = SquaredLoss(intercept), population.laws[1], 1.1
    theta = exact_risk(population, loss).optimum if place is None else np.array(place)[: 3 + intercept]
    rows, weights = law_nodes(law)
    own = loss.row_scores(rows, label, theta)

    def shrunk(spread: Matrix) -> Matrix:
        return np.asarray(0.7 * spread + (0.3 * np.trace(spread) / 3.0 + 0.05) * np.eye(3))

    fitted = LocationLaw(law.mean, np.asarray(np.linalg.cholesky(shrunk(law.covariance)), dtype=np.float64))
    plugs: tuple[tuple[Generator, Plug, LocationLaw], ...] = (
        (SemiOracle(), lambda mean, spread: (mean, law.covariance), law),
        (GaussianFit(shrinkage=0.3, jitter=0.05), lambda mean, spread: (mean, shrunk(spread)), fitted),
        (Bootstrap(), lambda mean, spread: (mean, spread), law),
    )
    for generator, plug, limit in plugs:
        got = moments_of(generator, population, loss, 1, COUNT, None if place is None else theta)
        slopes = influence(law, plug, loss, theta, label)
        expected = score_moments(limit, label, loss, theta)
        assert_close(got.gradient, expected.gradient)
        assert_close(got.hessian, expected.hessian)
        assert_close(got.covariance, expected.covariance)
        assert_close(got.fluctuation, covariance(slopes, slopes, weights))
        assert_close(got.coupling, covariance(own, slopes, weights))


@pytest.mark.parametrize("noise", ["cube", "sphere"])
@pytest.mark.parametrize("intercept", [False, True])
def test_jitter_moments_are_finite_sums_over_both_noises(noise: Noise, intercept: bool) -> None:
    population: Any = Skewed(noise)
    loss, law = SquaredLoss(intercept), population.laws[1]
    theta = exact_risk(population, loss).optimum
    got: GeneratorMoments = moments_of(Jitter(scale=0.7), population, loss, 1, COUNT)
    rows, weights = law_nodes(law)
    added, shares = law_nodes(LocationLaw(np.zeros(3), 0.7 * np.eye(3)))
    both = (rows[:, None] + added[None]).reshape(-1, 3)
    mass = np.outer(weights, shares).ravel()
    scores, design = loss.row_scores(both, 1.1, theta), loss.design(both)
    np.testing.assert_allclose(got.gradient, mass @ scores, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(got.hessian, 2.0 * (design.T * mass) @ design, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(got.covariance, covariance(scores, scores, mass), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("stratum", [0, 1])
def test_moments_follow_the_stratum_that_is_imitated(stratum: int) -> None:
    population, loss = GaussianShift(mean=MEAN), SquaredLoss()
    own = exact_risk(population, loss).moments[stratum]
    for generator in (Oracle(), Bootstrap(), SemiOracle(), Jitter(scale=0.0), GaussianFit(shrinkage=0.0, jitter=0.0)):
        got = moments_of(generator, population, loss, stratum, COUNT)
        np.testing.assert_allclose(got.gradient, own.gradient, atol=1e-12)
        np.testing.assert_allclose(got.covariance, own.covariance, atol=1e-12)
