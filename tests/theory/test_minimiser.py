"""The logistic curve: its limit is the population minimiser, and its variance is what simulation shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest

from synththeory.arrays import Array, Vector
from synththeory.generators import Gaussian, Generator, Oracle
from synththeory.learners import Logistic
from synththeory.losses import LogisticLoss
from synththeory.populations import GaussianMixture, GaussianShift, LocationLaw, Population, SigmoidLink, exact_risk
from synththeory.sample import Sample
from synththeory.streams import Streams
from synththeory.theory import Expansion, expand, minimiser, predict
from tests.normal_integrals import expectation
from tests.rooms import replicate
from tests.statistical import assert_agrees, assert_mean, assert_within, must_reject, standard_error

FAMILY = 4  # comparisons of this file

SHIFT = GaussianShift(mean=(1.0, 0.5))
MIXED = GaussianMixture.model_validate(
    {
        "majority": [{"mean": [0.0, 0.0]}],
        "minority": [{"weight": 0.5, "mean": [1.5, 1.0]}, {"weight": 0.5, "mean": [1.5, -1.0], "scale": 0.6}],
    }
)
FIXED = Gaussian(mean=(0.6, -0.3))
COUNTS = (2000, 200)
SIZES = (0, 400, 1800, 3600)
CASES = [(SHIFT, FIXED), (MIXED, FIXED), (MIXED, Oracle())]
EVERY_CASE = pytest.mark.parametrize(("population", "generator"), CASES, ids=lambda part: part.kind)
LEARNERS = pytest.mark.parametrize("learner", [Logistic(C=1e6), Logistic(intercept=False, ridge=0.05)], ids=repr)


def augmented(population: Population, law: object, learner: Logistic, size: int, theta: Vector) -> float:
    """(n0 R_0 + n1 R_1 + ñ R_syn + penalty)/N, by adaptive quadrature over every component."""
    slopes, constant = theta[:2], float(theta[2]) if learner.intercept else 0.0
    parts = [(COUNTS[0], 1.0, population.laws[0]), (COUNTS[1], -1.0, population.laws[1]), (size, -1.0, law)]
    total = sum(COUNTS) + size
    value = 0.5 * float(learner.penalty(2, total) @ theta**2)
    for rows, side, each in parts:
        for weight, part in each.components:  # type: ignore[attr-defined]
            mean = side * float(part.mean @ slopes + constant)
            deviation = float(np.sqrt(slopes @ part.covariance @ slopes))
            value += rows * weight * expectation(lambda u: float(np.logaddexp(0.0, u)), mean, deviation)
    return value / total


def at_minimum(population: Population, generator: Generator, learner: Logistic, size: int) -> Expansion:
    start = exact_risk(population, learner.loss).optimum
    return minimiser(population, generator, learner, *COUNTS, size, start)


@EVERY_CASE
@LEARNERS
def test_the_minimiser_solves_the_population_problem(
    population: Population, generator: Generator, learner: Logistic
) -> None:
    """The gradient of the augmented risk, by finite differences of adaptive quadrature, is zero there."""
    law = LocationLaw(np.array(FIXED.mean)) if isinstance(generator, Gaussian) else population.laws[1]
    for size in SIZES[::2]:
        here = at_minimum(population, generator, learner, size)
        gradient = [
            (augmented(population, law, learner, size, here.theta + move)
             - augmented(population, law, learner, size, here.theta - move)) / 2e-4
            for move in 1e-4 * np.eye(here.theta.size)
        ]  # fmt: skip
        np.testing.assert_allclose(gradient, 0.0, atol=2e-8)  # the differences' own error is 1e-8
        np.testing.assert_allclose(here.gradient_at(size), 0.0, atol=1e-8)


@EVERY_CASE
def test_the_bias_part_is_the_exact_excess_risk_of_the_minimiser(population: Population, generator: Generator) -> None:
    learner = Logistic(C=1e6)
    predicted, exact = predict(population, generator, learner, *COUNTS, SIZES), exact_risk(population, learner.loss)
    for place, size in enumerate(SIZES):
        here = at_minimum(population, generator, learner, size)
        assert predicted.bias[place] == pytest.approx(float(exact.excess_risk(here.theta)), rel=1e-7, abs=1e-12)
        inverse = np.linalg.inv(here.hessian_at(size))
        spread = inverse @ here.covariance_at(size) @ inverse
        assert predicted.variance[place] == pytest.approx(0.5 * np.trace(here.hessian @ spread), rel=1e-6)
    np.testing.assert_array_equal(predicted.total, predicted.bias + predicted.variance + predicted.refinement)
    assert predicted.source == "closed form"


def test_more_rows_of_the_same_proportions_have_the_same_limit() -> None:
    learner = Logistic()
    few = predict(SHIFT, FIXED, learner, 2000, 200, [0, 1800])
    many = predict(SHIFT, FIXED, learner, 200_000, 20_000, [0, 180_000])
    np.testing.assert_allclose(many.bias, few.bias, rtol=1e-6)
    np.testing.assert_allclose(many.variance, few.variance / 100.0, rtol=1e-6)


def test_an_ideal_generator_at_balance_has_no_bias() -> None:
    predicted = predict(MIXED, Oracle(), Logistic(), 2000, 200, [1800])
    assert predicted.bias[0] == pytest.approx(0.0, abs=1e-13)
    raw = minimiser(SHIFT, Oracle(), Logistic(), 2000, 200, 0, np.zeros(3))
    balanced = minimiser(SHIFT, Oracle(), Logistic(), 2000, 200, 1800, np.zeros(3))
    np.testing.assert_allclose(balanced.theta - raw.theta, [0.0, 0.0, np.log(10.0)], atol=1e-7)


@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0])
def test_the_limit_is_where_a_huge_sample_lands(gamma: float) -> None:
    """Null: the fit to 1.1 million real rows is the limit, up to the predicted standard errors."""
    counts = (1_000_000, 100_000)
    size = round(gamma * (counts[0] - counts[1]))
    streams = Streams.named(8, "limit", 0, 1)
    majority, minority = SHIFT.sample(streams, counts)
    synthetic = FIXED.draw(streams, minority, majority, max(size, 1))
    fit = Logistic().path(Sample.of(majority, minority), synthetic, np.array([[size]]))
    here = minimiser(SHIFT, FIXED, Logistic(), *counts, size, np.zeros(3))
    error = np.sqrt(np.diag(here.error_at(size)[1]))
    assert error.max() < 0.02
    assert_agrees(fit.coefficients[0, 0], here.theta, error, f"limit at γ = {gamma:g}", cases=FAMILY)


@dataclass(frozen=True)
class Drawn:
    """Excess risk and its first-order part Q, both (R, S)."""

    excess: Array
    first: Array


@cache
def drawn(population: Population, counts: tuple[int, int], sizes: Sequence[int], replications: int) -> Drawn:
    """Replications with the oracle; E Q is the predicted variance part, and excess − Q varies far less than excess."""
    learner = Logistic(intercept=False, C=1e6)
    exact = exact_risk(population, learner.loss)
    excess, first = [], []
    for part in replicate(population, Oracle(), learner, counts, sizes, replications, 3, 4):
        excess.append(exact.excess_risk(part.coefficients))
        columns = []
        for size in sizes:
            here = expand(population, Oracle(), learner, *counts)
            real = sum(scores(block.rows, label) for block, label in ((part.majority, 0.0), (part.minority, 1.0)))
            total = real + scores(part.synthetic.rows[:, :size], 1.0)
            step = np.linalg.solve(here.hessian_at(size), (total / (sum(counts) + size)).T)
            columns.append(0.5 * np.einsum("ar,ab,br->r", step, here.hessian, step))
        first.append(np.stack(columns, axis=1))
    return Drawn(np.concatenate(excess), np.concatenate(first))


def scores(rows: Array, label: float) -> Array:
    """Summed scores at θ* = e_1, (B, d)."""
    optimum = np.eye(rows.shape[2])[0]
    return np.asarray(LogisticLoss().row_scores(rows, label, optimum).sum(axis=1))


F4 = SigmoidLink(dimension=20)
F4_COUNTS, F4_SIZES = (4443, 557), (0, 777, 1943, 3886)


def test_f4s_oracle_is_within_ten_percent_of_theory_up_to_balance() -> None:
    """Null of the first half: the first-order part has the predicted mean."""
    predicted = predict(F4, Oracle(), Logistic(intercept=False, C=1e6), *F4_COUNTS, F4_SIZES).total
    both = drawn(F4, F4_COUNTS, F4_SIZES, 440)
    assert_mean(both.first, predicted, "first-order part of F4's oracle", cases=FAMILY)
    gap = (both.excess - both.first) / predicted
    assert_within(gap.mean(axis=0), standard_error(gap), 0.10, "oracle up to balance")


@pytest.mark.parametrize("plant", ["H_0 too small", "V without S_syn", "classes exchanged"])
def test_a_planted_error_is_found(plant: str) -> None:
    """Null: the first-order part has the planted mean; it must fall."""
    right = expand(F4, Oracle(), Logistic(intercept=False, C=1e6), *F4_COUNTS)
    zero, one = right.strata
    wrong = {
        "H_0 too small": replace(right, strata=(replace(zero, hessian=0.8 * zero.hessian), one)),
        "V without S_syn": replace(
            right, generator=replace(right.generator, covariance=np.zeros_like(right.generator.covariance))
        ),
        "classes exchanged": replace(
            right, strata=(replace(zero, covariance=one.covariance), replace(one, covariance=zero.covariance))
        ),
    }[plant]
    with must_reject():
        assert_mean(
            drawn(F4, F4_COUNTS, F4_SIZES, 440).first,
            wrong.at(F4_SIZES).variance,
            plant,
            cases=FAMILY,
        )
