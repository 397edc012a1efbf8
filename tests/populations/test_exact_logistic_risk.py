"""Exact balanced logistic risk: quadrature, finite differences, drawn rows, and the optima of the papers' studies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from synththeory.arrays import Vector
from synththeory.errors import DesignError
from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import (
    CubePair,
    GaussianMixture,
    GaussianShift,
    JointPopulation,
    MeanShift,
    Population,
    SigmoidLink,
    exact_risk,
)
from synththeory.streams import Streams
from tests.normal_integrals import expectation
from tests.reference import logistic as reference
from tests.statistical import assert_mean

MIXED = GaussianMixture.model_validate(
    {
        "majority": [{"mean": [0.0, 0.0, 0.0], "covariance": [[1.0, 0.5, 0.0], [0.5, 2.0, 0.3], [0.0, 0.3, 0.7]]}],
        "minority": [
            {"weight": 0.3, "mean": [2.0, 1.0, 0.0], "scale": 0.4},
            {"weight": 0.7, "mean": [0.5, -1.0, 1.0], "covariance": [[1, 1, 0], [1, 1, 0], [0, 0, 0]]},
        ],
    }
)
CLASSES = [[2.0, 1.75, 0.0, 0.0, 0.0], [2.0, -1.75, 0.0, 0.0, 0.0]]
F6 = GaussianMixture.model_validate(
    {"majority": [{"mean": [0.0] * 5}], "minority": [{"weight": 0.5, "mean": mean} for mean in CLASSES]}
)
F4 = SigmoidLink(dimension=20)
SMALL = SigmoidLink(dimension=4, negative=3.0, positive=1.5, slope=0.8, spread=0.6, mixture_mean=1.0)
POPULATIONS: tuple[Population, ...] = (
    GaussianShift(mean=(0.7, -0.2, 0.4)), MIXED, SMALL, MeanShift(dimension=3, noise="gaussian"),
)  # fmt: skip
EVERY_POPULATION = pytest.mark.parametrize("population", POPULATIONS, ids=lambda population: population.kind)
INTERCEPT = pytest.mark.parametrize("intercept", [False, True])
FAMILY = 2 * len(POPULATIONS) + 3  # comparisons of this file


def by_quadrature(population: Population, theta: Vector, intercept: bool) -> float:
    """½Σ_c Σ_k π_ck E log(1 + e^{∓u}), each by adaptive quadrature."""
    slopes, constant = theta[: population.dimension], float(theta[-1]) if intercept else 0.0
    total = 0.0
    for stratum, law in zip(population.strata, population.laws, strict=True):
        side = -1.0 if stratum.response > 0.0 else 1.0
        for weight, part in law.components:
            deviation = float(np.sqrt(max(slopes @ part.covariance @ slopes, 0.0)))
            mean = side * float(part.mean @ slopes + constant)
            total += 0.5 * weight * expectation(lambda u: float(np.logaddexp(0.0, u)), mean, deviation)
    return total


@EVERY_POPULATION
@INTERCEPT
@settings(max_examples=3)
@given(seed=st.integers(0, 2**32), size=st.sampled_from([0.0, 0.5, 3.0, 20.0]))
def test_risk_is_adaptive_quadrature(population: Population, intercept: bool, seed: int, size: float) -> None:
    exact = exact_risk(population, LogisticLoss(intercept))
    theta = size * np.random.default_rng(seed).standard_normal(population.dimension + intercept)
    expected = by_quadrature(population, theta, intercept)
    assert float(exact.risk(theta)) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    stacked = exact.risk(np.stack([[theta, theta]] * 3))
    np.testing.assert_allclose(stacked, np.full((3, 2), exact.risk(theta)), rtol=1e-14)
    assert float(exact.excess_risk(theta)) >= -1e-14
    assert exact.risk_method == "exact"


@EVERY_POPULATION
@INTERCEPT
def test_gradients_and_hessians_are_finite_differences_of_the_risk(population: Population, intercept: bool) -> None:
    exact, step = exact_risk(population, LogisticLoss(intercept)), 1e-3
    theta = np.linspace(-0.5, 0.8, population.dimension + intercept)
    pairs = zip(population.strata, population.laws, strict=True)
    moments = [exact.at(stratum, law, theta) for stratum, law in pairs]
    shifts = step * np.eye(theta.size)

    def slope(point: Vector) -> Vector:
        """Fourth-order central differences."""
        near, far = (exact.risk(point + k * shifts) - exact.risk(point - k * shifts) for k in (1.0, 2.0))
        return np.asarray((8.0 * near - far) / (12.0 * step))

    near, far = (np.array([slope(point) for point in theta + k * shifts])
                 - np.array([slope(point) for point in theta - k * shifts]) for k in (1.0, 2.0))  # fmt: skip
    hessian = (8.0 * near - far) / (12.0 * step)
    np.testing.assert_allclose(np.mean([part.gradient for part in moments], axis=0), slope(theta), atol=1e-10)
    np.testing.assert_allclose(np.mean([part.hessian for part in moments], axis=0), hessian, atol=1e-8)


@EVERY_POPULATION
@INTERCEPT
def test_moments_are_those_of_drawn_rows(population: Population, intercept: bool) -> None:
    """Null: mean score, mean Hessian, score covariance and risk of drawn rows are the exact ones, away from θ*."""
    loss = LogisticLoss(intercept)
    exact, size = exact_risk(population, loss), population.dimension + intercept
    theta, upper = np.linspace(0.9, -0.6, size), np.triu_indices(size)
    drawn, expected = [], []
    for block in population.sample(Streams.named(5, "logistic moments", 0, 1), (100_000, 100_000)):
        label = float(block.stratum.response > 0.0)
        moments = exact.at(block.stratum, population.laws[int(label)], theta)
        scores, design = loss.row_scores(block.rows[0], label, theta), loss.design(block.rows[0])
        centred = scores - moments.gradient
        curvature = loss.curvature(design @ theta, label)[:, None, None]
        drawn += [
            scores,
            (curvature * design[:, :, None] * design[:, None, :])[:, *upper],
            (centred[:, :, None] * centred[:, None, :])[:, *upper],
        ]
        expected += [moments.gradient, moments.hessian[upper], moments.covariance[upper]]
    null = f"logistic moments of {population.kind}"
    assert_mean(np.concatenate(drawn, axis=1), np.concatenate(expected), null, cases=FAMILY)


@EVERY_POPULATION
@INTERCEPT
def test_the_optimum_has_no_gradient_and_is_a_quasi_newton_minimum(population: Population, intercept: bool) -> None:
    exact = exact_risk(population, LogisticLoss(intercept))
    zero, one = exact.moments
    np.testing.assert_allclose(zero.gradient + one.gradient, 0.0, atol=1e-13)
    found = minimize(lambda theta: float(exact.risk(theta)), np.zeros(exact.optimum.size), tol=1e-9)
    assert float(exact.excess_risk(found.x)) >= -1e-14
    np.testing.assert_allclose(found.x, exact.optimum, atol=1e-4)
    assert abs(float(exact.excess_risk(exact.optimum))) <= 1e-15


def test_f6_has_its_exact_optimum() -> None:
    """(2, 0, 0, 0, 0 | −2) and risk .3563163602, as log-odds of N(0, 1) against N(2, 1) along e_1."""
    exact = exact_risk(F6, LogisticLoss(True))
    np.testing.assert_allclose(exact.optimum, [2.0, 0.0, 0.0, 0.0, 0.0, -2.0], atol=1e-12)
    assert float(exact.risk(exact.optimum)) == pytest.approx(0.3563163602, abs=5e-11)
    zero, one = exact.moments
    asymmetry = zero.gradient - one.gradient
    assert asymmetry[-1] > 0.1  # a classifier with an intercept is never locally symmetric
    other = reference.gaussian_mixture_problem()
    assert float(other.risk(exact.optimum[None])[0]) == pytest.approx(float(exact.risk(exact.optimum)), abs=1e-12)


def test_f4_has_its_exact_optimum_and_is_locally_symmetric() -> None:
    """θ* = c v = e_1 and risk .3091323140; g_0 = g_1 = 0."""
    exact = exact_risk(F4, LogisticLoss())
    np.testing.assert_allclose(exact.optimum, np.eye(20)[0], atol=1e-12)
    assert float(exact.risk(exact.optimum)) == pytest.approx(0.3091323140, abs=1e-10)
    for part in exact.moments:
        np.testing.assert_allclose(part.gradient, 0.0, atol=1e-13)
    theta = np.random.default_rng(1).standard_normal((4, 20))
    other = reference.SigmoidLink().problem().risk(np.pad(theta, ((0, 0), (0, 1))))
    np.testing.assert_allclose(exact.risk(theta), other, rtol=1e-11)


def test_joint_populations_weigh_strata_equally_whatever_their_shares() -> None:
    assert isinstance(F4, JointPopulation)
    theta = np.full(20, 0.1)
    moments = [exact_risk(F4, LogisticLoss()).at(*pair, theta) for pair in zip(F4.strata, F4.laws, strict=True)]
    shifted = exact_risk(F4, LogisticLoss()).risk(theta + 1e-5 * np.eye(20)) - exact_risk(F4, LogisticLoss()).risk(
        theta - 1e-5 * np.eye(20)
    )
    np.testing.assert_allclose(0.5 * (moments[0].gradient + moments[1].gradient), shifted / 2e-5, atol=1e-9)


@pytest.mark.parametrize("loss", [LogisticLoss(), LogisticLoss(True), SquaredLoss(True)], ids=repr)
def test_error_is_that_of_drawn_rows(loss: LogisticLoss | SquaredLoss) -> None:
    """Null: the balanced 0–1 error of drawn rows is the stated one."""
    exact, wrong = exact_risk(MIXED, loss), []
    thetas = np.stack([exact.optimum, np.linspace(1.0, -0.5, exact.optimum.size)])
    threshold = 0.5 if isinstance(loss, SquaredLoss) else 0.0
    for block in MIXED.sample(Streams.named(6, "error", 0, 1), (150_000, 150_000)):
        above = loss.design(block.rows[0]) @ thetas.T > threshold
        wrong.append(above if block.stratum.response == 0.0 else ~above)
    assert_mean(0.5 * (wrong[0] + 1.0 * wrong[1]), exact.error(thetas), "0–1 error", cases=FAMILY)


@pytest.mark.parametrize("intercept", [False, True])
def test_a_separable_population_has_no_optimum_and_says_so(intercept: bool) -> None:
    flat = [[0.0, 0.0], [0.0, 1.0]]
    separable = GaussianMixture.model_validate(
        {
            "majority": [{"mean": [-1.0, 0.0], "covariance": flat}],
            "minority": [{"mean": [1.0, 0.0], "covariance": flat}],
        }
    )
    with pytest.raises(DesignError, match="no minimiser: the classes are separated"):
        _ = exact_risk(separable, LogisticLoss(intercept)).optimum


def test_rows_that_are_not_gaussian_are_refused() -> None:
    for population in (MeanShift(dimension=3), CubePair(dimension=3)):
        with pytest.raises(DesignError, match="exact only for Gaussian rows"):
            _ = exact_risk(population, LogisticLoss()).risk(np.zeros(3))


def test_no_risk_depends_on_how_replications_are_grouped_bitwise() -> None:
    coefficients = np.random.default_rng(2).standard_normal((9, 5, 6))
    exact = exact_risk(F6, LogisticLoss(True))
    for measure in (exact.risk, exact.excess_risk, exact.error):
        whole = measure(coefficients)
        apart = [measure(coefficients[first:stop]) for first, stop in ((0, 1), (1, 3), (3, 9))]
        np.testing.assert_array_equal(np.concatenate(apart), whole)
