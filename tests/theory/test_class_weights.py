"""Class weights in theory: against the weighted problem solved otherwise, their limits, and simulation."""

from functools import cache

import numpy as np
import pytest
from scipy.optimize import minimize

from synththeory.arrays import Array, Vector
from synththeory.corrections import CostWeighted, Raw, Reweighted
from synththeory.errors import DesignError
from synththeory.learners import Learner, LeastSquares, Logistic, RandomFourier
from synththeory.populations import GaussianMixture, GaussianShift, MeanShift, Population, exact_risk
from synththeory.sample import Sample
from synththeory.streams import Streams
from synththeory.theory import Prediction, predict_baseline
from tests.statistical import assert_mean, must_reject

SHIFT = GaussianShift(mean=(1.0, 0.5))
MIXED = GaussianMixture.model_validate(
    {
        "majority": [{"mean": [0.0, 0.0]}],
        "minority": [{"weight": 0.5, "mean": [1.5, 2.0]}, {"weight": 0.5, "mean": [1.5, -2.0], "scale": 0.6}],
    }
)
POPULATIONS: tuple[Population, ...] = (SHIFT, MIXED)
COUNTS = (8000, 1000)
LEARNERS: tuple[Learner, ...] = (Logistic(ridge=0.01), LeastSquares(intercept=True, ridge=100.0))
RATIOS = (0.3, 3.0, 30.0)


def predicted(population: Population, baseline: CostWeighted | Raw | Reweighted, learner: Learner) -> Prediction:
    found = predict_baseline(population, baseline, learner, *COUNTS)
    assert found is not None
    return found


@cache
def solved(population: Population, learner: Learner, ratio: float) -> Vector:
    """θ_w by a method that knows nothing of gradients and Hessians, on the exact risks of the classes."""
    exact = exact_risk(population, learner.loss)
    weights = np.multiply(COUNTS, (1.0, ratio))
    pull = learner.penalty(2, float(weights.sum()))

    def objective(theta: Vector) -> float:
        return float((weights @ exact.risks(theta) + 0.5 * pull @ theta**2) / weights.sum())

    best = minimize(objective, exact.optimum, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14}).x
    return np.asarray(best)


@pytest.mark.parametrize("population", POPULATIONS, ids=lambda population: population.kind)
@pytest.mark.parametrize("learner", LEARNERS, ids=lambda learner: learner.kind)
@pytest.mark.parametrize("ratio", RATIOS)
def test_the_bias_is_that_of_the_weighted_problem(population: Population, learner: Learner, ratio: float) -> None:
    bias = predicted(population, CostWeighted(ratio=ratio), learner).bias[0]
    excess = float(exact_risk(population, learner.loss).excess_risk(solved(population, learner, ratio)))
    assert bias == pytest.approx(excess, rel=1e-4, abs=1e-10)


@pytest.mark.parametrize("population", POPULATIONS, ids=lambda population: population.kind)
def test_the_limits_are_the_raw_fit_and_balanced_reweighting(population: Population) -> None:
    """The ridge is on the mean loss, which does not know the total weight."""
    learner = Logistic(ridge=0.01)
    pairs = ((CostWeighted(ratio=1.0), Raw()), (CostWeighted(ratio=COUNTS[0] / COUNTS[1]), Reweighted()))
    for weighted, other in pairs:
        one, two = predicted(population, weighted, learner), predicted(population, other, learner)
        for name in ("bias", "variance", "parameter_error"):
            np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-6, err_msg=name)


def test_least_squares_has_the_same_limits() -> None:
    """The raw curve is expanded at θ*, class weights at θ_w: the same place in a locally symmetric population."""
    symmetric, learner = MeanShift(dimension=3, shift=1.3), LeastSquares()
    one, two = predicted(symmetric, CostWeighted(ratio=1.0), learner), predicted(symmetric, Raw(), learner)
    np.testing.assert_allclose(one.total, two.total, rtol=1e-10)
    intercept = LeastSquares(intercept=True)
    one, two = predicted(SHIFT, CostWeighted(ratio=1.0), intercept), predicted(SHIFT, Raw(), intercept)
    np.testing.assert_allclose(one.bias, two.bias, rtol=1e-10)
    one, two = (predicted(SHIFT, fix, intercept) for fix in (CostWeighted(ratio=8.0), Reweighted()))
    np.testing.assert_allclose(one.total, two.total, rtol=1e-10)


@cache
def simulated() -> Array:
    """Excess risk, its variance part and parameter error by population, learner and ratio, (R, 2 · 2 · 3 · 3)."""
    drawn = []
    for first in range(0, 600, 20):
        columns = []
        for population in POPULATIONS:
            sample = Sample.of(*population.sample(Streams.named(5, "class weights", first, 20), COUNTS))
            for learner in LEARNERS:
                exact = exact_risk(population, learner.loss)
                for ratio in RATIOS:
                    fit = CostWeighted(ratio=ratio).fit(learner, sample, COUNTS)
                    assert not fit.status.any()
                    theta, limit = fit.coefficients[:, 0], solved(population, learner, ratio)
                    pairs = zip(population.strata, population.laws, strict=True)
                    hessian = sum(0.5 * exact.at(stratum, law, limit).hessian for stratum, law in pairs)
                    spread = 0.5 * np.einsum("bi,ij,bj->b", theta - limit, hessian, theta - limit)
                    columns += [exact.excess_risk(theta), spread, np.linalg.norm(theta - exact.optimum, axis=1)]
        drawn.append(np.column_stack(columns))
    return np.concatenate(drawn)


def everything(wrong: float = 0.0) -> Vector:
    """The predictions in the order of `simulated`, the variance part times w_1 to some power."""
    values = []
    for population in POPULATIONS:
        for learner in LEARNERS:
            for ratio in RATIOS:
                found = predicted(population, CostWeighted(ratio=ratio), learner)
                variance = found.variance[0] * ratio**wrong
                values += [found.bias[0] + variance, variance, found.parameter_error[0]]
    return np.array(values)


def test_simulation_follows_the_prediction() -> None:
    """Null: mean excess risk, its variance part and parameter error are as predicted, but for terms of order 1/n1."""
    assert_mean(simulated(), everything(), "class weights follow theory", slack=0.02 * everything())


@pytest.mark.parametrize("wrong", [-1.0, -0.25, 0.25])
def test_a_planted_error_is_found(wrong: float) -> None:
    """Null: as above; it falls when the weights enter V in another power."""
    with must_reject():
        assert_mean(simulated(), everything(wrong), "planted", slack=0.02 * everything(wrong))


def test_a_score_that_is_not_linear_is_refused() -> None:
    with pytest.raises(DesignError, match="linear in the rows"):
        predict_baseline(SHIFT, Reweighted(), RandomFourier(), *COUNTS)
