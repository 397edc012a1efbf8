"""Exact risk: against independent moments, finite differences, brute force and the closed-form examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Vector
from synththeory.errors import NoTheoryError
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import GaussianShift, LocationLaw, MeanShift, Population, exact_risk
from synththeory.populations.risks.squared import ExactSquaredRisk, stratum_moments
from synththeory.sample import Stratum
from synththeory.streams import Streams
from tests.populations.test_laws import FACTOR, MEAN, NOISES
from tests.quadrature import score_moments
from tests.reference import least_squares, theory
from tests.statistical import assert_mean

SHIFT = (0.7, -0.2, 0.4)
POPULATIONS: tuple[Population, ...] = (
    GaussianShift(mean=SHIFT),
    *(MeanShift(dimension=3, shift=1.3, noise=noise) for noise in NOISES),
)
EVERY_POPULATION = pytest.mark.parametrize("population", POPULATIONS, ids=repr)
INTERCEPT = pytest.mark.parametrize("intercept", [False, True])


def balanced_risk(population: Population, theta: Vector, intercept: bool) -> float:
    """½Σ_c [(m_cᵀθ + b − y_c)² + θᵀS_cθ], written out."""
    slopes, constant = theta[: population.dimension], float(theta[-1]) if intercept else 0.0
    risks = [
        (law.mean @ slopes + constant - stratum.response) ** 2 + slopes @ law.covariance @ slopes
        for law, stratum in zip(population.laws, population.strata, strict=True)
    ]
    return float(np.mean(risks))


@EVERY_POPULATION
@INTERCEPT
@given(seed=st.integers(0, 2**32))
def test_risk_is_the_balanced_mean_of_the_class_risks(population: Population, intercept: bool, seed: int) -> None:
    exact = exact_risk(population, SquaredLoss(intercept))
    thetas = np.random.default_rng(seed).standard_normal((2, 3, 3 + intercept))
    by_hand = np.array([[balanced_risk(population, theta, intercept) for theta in row] for row in thetas])
    np.testing.assert_allclose(exact.risk(thetas), by_hand, rtol=1e-12)
    lowest = balanced_risk(population, exact.optimum, intercept)
    np.testing.assert_allclose(exact.excess_risk(thetas), by_hand - lowest, rtol=1e-11, atol=1e-12)
    assert (exact.excess_risk(thetas) >= 0.0).all()
    assert exact.risk_method == "exact"


@EVERY_POPULATION
@INTERCEPT
def test_gradient_vanishes_at_the_optimum(population: Population, intercept: bool) -> None:
    zero, one = exact_risk(population, SquaredLoss(intercept)).moments
    np.testing.assert_allclose(zero.gradient + one.gradient, 0.0, atol=1e-14)


@EVERY_POPULATION
@INTERCEPT
def test_gradients_and_hessians_are_finite_differences_of_the_risk(population: Population, intercept: bool) -> None:
    loss: Loss = SquaredLoss(intercept)
    exact, step = exact_risk(population, loss), 1e-3
    theta = np.linspace(-0.5, 0.8, 3 + intercept)
    pairs = zip(population.strata, population.laws, strict=True)
    moments = [exact.at(stratum, law, theta) for stratum, law in pairs]
    shifts = step * np.eye(theta.size)

    def risk(point: Vector) -> float:
        return balanced_risk(population, point, intercept)

    def slope(point: Vector) -> Vector:
        return np.array([(risk(point + shift) - risk(point - shift)) / (2 * step) for shift in shifts])

    gradient = slope(theta)
    hessian = [(slope(theta + shift) - slope(theta - shift)) / (2 * step) for shift in shifts]
    np.testing.assert_allclose(0.5 * (moments[0].gradient + moments[1].gradient), gradient, atol=1e-10)
    np.testing.assert_allclose(0.5 * (moments[0].hessian + moments[1].hessian), hessian, atol=1e-8)


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("factor", [None, FACTOR], ids=["identity", "factor"])
@INTERCEPT
def test_score_moments_are_finite_sums(noise: str, factor: Vector | None, intercept: bool) -> None:
    law, loss = LocationLaw(MEAN, factor, noise), SquaredLoss(intercept)  # type: ignore[arg-type]
    theta = np.array([0.4, -0.9, 0.3, 1.2])[: 3 + intercept]
    got, expected = stratum_moments(law, 0.6, loss, theta), score_moments(law, 0.6, loss, theta)
    np.testing.assert_allclose(got.gradient, expected.gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(got.hessian, expected.hessian, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(got.covariance, expected.covariance, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("population", [*POPULATIONS, MeanShift(dimension=20), MeanShift(dimension=1)], ids=repr)
def test_moments_are_the_independent_references(population: Population) -> None:
    if isinstance(population, MeanShift):
        other = least_squares.mean_shift(population.dimension, population.shift, population.noise)
    else:
        other = least_squares.gaussian_shift(np.array(SHIFT))
    exact = exact_risk(population, SquaredLoss())
    np.testing.assert_allclose(exact.optimum, other.optimum, atol=1e-12)
    for stratum, moments in enumerate(exact.moments):
        law, label = theory.class_law(other, stratum), other.labels[stratum]
        score = theory.score(law.mean, other.optimum, label)
        np.testing.assert_allclose(moments.gradient, theory.gradient(law, other.optimum, label), atol=1e-10)
        np.testing.assert_allclose(moments.hessian, theory.hessian(law), atol=1e-10)
        np.testing.assert_allclose(moments.covariance, theory.covariance_of(score, score, law), atol=1e-10)


@pytest.mark.parametrize("population", [POPULATIONS[0], POPULATIONS[2]], ids=repr)
@INTERCEPT
def test_moments_are_those_of_drawn_rows(population: Population, intercept: bool) -> None:
    """Null: mean score, mean Hessian and score covariance of drawn rows are the exact moments."""
    loss = SquaredLoss(intercept)
    exact, upper = exact_risk(population, loss), np.triu_indices(3 + intercept)
    blocks = population.sample(Streams.named(5, "moments", 0, 1), (100_000, 100_000))
    drawn, expected = [], []
    for block, moments in zip(blocks, exact.moments, strict=True):
        scores, design = (
            loss.row_scores(block.rows[0], block.stratum.response, exact.optimum),
            loss.design(block.rows[0]),
        )
        centred = scores - moments.gradient
        hessians = (2.0 * design[:, :, None] * design[:, None, :])[:, *upper]
        covariances = (centred[:, :, None] * centred[:, None, :])[:, *upper]
        drawn += [scores, hessians, covariances]
        expected += [moments.gradient, moments.hessian[upper], moments.covariance[upper]]
    assert_mean(np.concatenate(drawn, axis=1), np.concatenate(expected), f"moments of {population.kind}", cases=4)


@given(shift=st.floats(0.0, 5.0), dimension=st.integers(1, 8), seed=st.integers(0, 2**32))
def test_mean_shift_example(shift: float, dimension: int, seed: int) -> None:
    exact = exact_risk(MeanShift(dimension=dimension, shift=shift), SquaredLoss())
    mu, theta = shift * np.eye(dimension)[0], np.random.default_rng(seed).standard_normal(dimension)
    np.testing.assert_allclose(exact.optimum, mu / (1.0 + shift**2), atol=1e-14)
    assert float(exact.risk(theta)) == pytest.approx((1.0 - theta @ mu) ** 2 + theta @ theta, rel=1e-12)
    gap = theta - exact.optimum
    assert float(exact.excess_risk(theta)) == pytest.approx(gap @ gap + (gap @ mu) ** 2, rel=1e-11)
    zero, one = exact.moments
    np.testing.assert_allclose(zero.gradient - one.gradient, 0.0, atol=1e-13)


@given(mean=st.lists(st.floats(-3.0, 3.0), min_size=1, max_size=6), seed=st.integers(0, 2**32))
def test_gaussian_shift_example(mean: list[float], seed: int) -> None:
    exact = exact_risk(GaussianShift(mean=tuple(mean)), SquaredLoss())
    mu, theta = np.array(mean), np.random.default_rng(seed).standard_normal(len(mean))
    np.testing.assert_allclose(exact.optimum, mu / (mu @ mu + 2.0), atol=1e-14)
    assert float(exact.risk(theta)) == pytest.approx(theta @ theta + 0.5 * (theta @ mu - 1.0) ** 2, rel=1e-12)


def test_the_asymmetry_of_the_papers_example() -> None:
    zero, one = exact_risk(GaussianShift(mean=(1.0, 0.0)), SquaredLoss()).moments
    np.testing.assert_allclose(zero.gradient - one.gradient, [4.0 / 3.0, 0.0], atol=1e-15)


def test_strata_of_unequal_covariance() -> None:
    laws = (LocationLaw(MEAN, FACTOR), LocationLaw(-MEAN, 2.0 * FACTOR, "cube"))
    exact = ExactSquaredRisk((Stratum("majority", 0, 0.0), Stratum("minority", 1, 1.0)), laws, SquaredLoss(True))
    zero, one = exact.moments
    np.testing.assert_allclose(zero.gradient + one.gradient, 0.0, atol=1e-13)
    assert exact.risk(exact.optimum) == pytest.approx(exact.minimum)


def test_truth_is_kept_and_refuses_an_unknown_loss() -> None:
    assert exact_risk(MeanShift(dimension=3), SquaredLoss()) is exact_risk(MeanShift(dimension=3), SquaredLoss())

    class Absolute(Loss):
        """A loss nobody knows the risk of."""

        value = slope = curvature = SquaredLoss.slope

    with pytest.raises(NoTheoryError, match="Absolute"):
        exact_risk(MeanShift(dimension=3), Absolute())
