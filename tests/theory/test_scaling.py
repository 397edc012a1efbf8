"""The scaling law against brute force, limits and plain formulas."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar

from synththeory.generators import Oracle, PerturbedOracle
from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import GaussianShift, exact_risk
from synththeory.theory import ScalingLaw, scaling_law

GAPS = st.lists(st.floats(-1.0, 1.0), min_size=6, max_size=6)
COUNTS = st.lists(st.integers(2, 60), min_size=3, max_size=3)
HESSIAN = np.array([[2.0, 0.3], [0.3, 1.0]])
NOISE = np.array([[1.0, -0.2], [-0.2, 3.0]])


def made(gaps: list[float], counts: list[int]) -> ScalingLaw:
    return ScalingLaw(HESSIAN, NOISE, np.array(gaps).reshape(3, 2), tuple(counts))


def plain(law: ScalingLaw, weight: float, rows: float) -> float:
    """½bᵀH⁻¹b + ½tr(H⁻¹Σ)v(α), written out group by group."""
    largest, groups = max(law.counts), len(law.counts)
    b = sum(
        ((1.0 - weight) * (largest - n) / largest + weight) / groups * gap
        for n, gap in zip(law.counts, law.gaps, strict=True)
    )
    v = (1.0 - weight) ** 2 / (groups * largest) + (weight**2 / (rows * groups) if weight else 0.0)
    inverse = np.linalg.inv(law.hessian)
    return float(0.5 * b @ inverse @ b + 0.5 * np.trace(inverse @ law.covariance) * v)


@given(GAPS, COUNTS, st.floats(0.0, 1.0), st.floats(1.0, 1e4))
def test_the_excess_is_the_papers_formula(gaps: list[float], counts: list[int], weight: float, rows: float) -> None:
    law = made(gaps, counts)
    np.testing.assert_allclose(law.excess(weight, rows), plain(law, weight, rows), rtol=1e-10)


@given(GAPS, COUNTS, st.floats(1.0, 1e4))
def test_the_optimal_weight_beats_every_other(gaps: list[float], counts: list[int], rows: float) -> None:
    law = made(gaps, counts)
    best = law.excess(law.optimal_weight(rows), rows)
    assert all(best <= plain(law, weight, rows) * (1.0 + 1e-12) for weight in np.linspace(0.0, 1.0, 101))


@settings(max_examples=15)
@given(GAPS, COUNTS, st.floats(1e-7, 1e-2))
def test_the_optimal_rows_are_the_brute_force_minimum(gaps: list[float], counts: list[int], price: float) -> None:
    law = made(gaps, counts)
    found = law.optimal_rows(price)
    groups = len(law.counts)

    def total(log_rows: float) -> float:
        rows = float(np.exp(log_rows))
        inner = minimize_scalar(lambda a: plain(law, a, rows), bounds=(0.0, 1.0), options={"xatol": 1e-10})
        return float(inner.fun) + price * rows * groups

    grid = np.linspace(-8.0, 12.0, 41)
    start = grid[int(np.argmin([total(place) for place in grid]))]
    searched = minimize(lambda x: total(float(x[0])), [start], method="Nelder-Mead", options={"xatol": 1e-6}).fun
    brute = min(searched, plain(law, 0.0, 0.0))
    np.testing.assert_allclose(found.excess + found.cost, brute, rtol=1e-5)
    if found.rows > 0.0:
        assert found.weight == law.optimal_weight(found.rows)
        np.testing.assert_allclose(found.cost, price * found.rows * groups)


def test_an_ideal_generator_wants_pooling_and_as_many_rows_as_can_be_had() -> None:
    law = scaling_law(GaussianShift(mean=(1.0, 0.5)), Oracle(), SquaredLoss(), (90, 10))
    np.testing.assert_allclose(law.gaps, 0.0, atol=1e-14)
    np.testing.assert_allclose(law.optimal_weight(50), law.pooled(50))
    np.testing.assert_allclose(law.variance_factor(law.pooled(50), 50), 1.0 / 280.0)
    assert law.optimal_rows(0.0).rows == inf
    assert law.optimal_rows(0.0).excess == 0.0
    assert law.optimal_rows(1e3).rows == 0.0


def test_free_rows_of_a_biased_generator_get_a_weight_below_one() -> None:
    law = scaling_law(GaussianShift(mean=(1.0, 0.5)), PerturbedOracle(shift=0.5), SquaredLoss(), (100, 100))
    free = law.optimal_rows(0.0)
    assert free.rows == inf
    assert 0.0 < free.weight < 1.0
    assert free.excess < min(law.excess(0.0, 0.0), law.bias(1.0))


@pytest.mark.parametrize("loss", [SquaredLoss(), SquaredLoss(True), LogisticLoss(True)])
def test_ingredients_are_the_populations_own(loss: SquaredLoss | LogisticLoss) -> None:
    population, generator = GaussianShift(mean=(1.0, 0.5)), PerturbedOracle(shift=0.4, scale=1.1)
    law = scaling_law(population, generator, loss, (30, 12))
    exact = exact_risk(population, loss)
    for group, (stratum, true) in enumerate(zip(population.strata, population.laws, strict=True)):
        moved = exact.at(stratum, generator.law(true), exact.optimum).gradient
        np.testing.assert_allclose(law.gaps[group], moved - exact.moments[group].gradient)
    np.testing.assert_allclose(law.synthetic_weights(0.0), [0.0, 0.5 * 18 / 30])
    np.testing.assert_allclose(law.synthetic_weights(1.0), 0.5)


def test_the_floor_is_quadratic_in_a_small_error() -> None:
    population = GaussianShift(mean=(1.0, 0.5))
    floors = [
        scaling_law(population, PerturbedOracle(shift=shift), LogisticLoss(True), (50, 50)).bias(1.0)
        for shift in (0.01, 0.02)
    ]
    np.testing.assert_allclose(floors[1] / floors[0], 4.0, rtol=0.05)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="2 groups, got counts"):
        scaling_law(GaussianShift(mean=(1.0,)), Oracle(), SquaredLoss(), (5, 5, 5))
    with pytest.raises(ValueError, match="must be ≥ 0"):
        made([0.0] * 6, [2, 2, 2]).optimal_rows(-1.0)
