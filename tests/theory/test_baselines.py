"""What theory says of the free fixes, against its own formula written out and against simulation."""

from functools import cache

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.corrections import Baseline, RePriored, Reweighted
from synththeory.generators import Oracle
from synththeory.learners import Learner, LeastSquares, Logistic
from synththeory.losses import LogisticLoss
from synththeory.populations import GaussianMixture, GaussianShift, Population, exact_risk
from synththeory.sample import Sample
from synththeory.streams import Streams
from synththeory.theory import minimiser, predict, predict_baseline
from tests.statistical import assert_mean, must_reject

FAMILY = 5  # comparisons of this file

SHIFT = GaussianShift(mean=(1.0, 0.5))
MIXED = GaussianMixture.model_validate(
    {
        "majority": [{"mean": [0.0, 0.0]}],
        "minority": [{"weight": 0.5, "mean": [1.5, 2.0]}, {"weight": 0.5, "mean": [1.5, -2.0], "scale": 0.6}],
    }
)
COUNTS = (8000, 1000)
FIXES: tuple[Baseline, ...] = (Reweighted(), RePriored())
EVERY_FIX = pytest.mark.parametrize("baseline", FIXES, ids=lambda baseline: baseline.kind)
EVERY_POPULATION = pytest.mark.parametrize("population", [SHIFT, MIXED], ids=lambda population: population.kind)


@cache
def simulated(population: Population, baseline: Baseline, learner: Learner, replications: int = 4000) -> Array:
    """Excess risk and parameter error, (R, 2)."""
    exact, columns = exact_risk(population, learner.loss), []
    for first in range(0, replications, 20):
        sample = Sample.of(*population.sample(Streams.named(9, "free fixes", first, 20), COUNTS))
        fit = baseline.fit(learner, sample, COUNTS)
        assert not fit.status.any()
        distance = np.linalg.norm(fit.coefficients[:, 0] - exact.optimum, axis=1)
        columns.append(np.column_stack([exact.excess_risk(fit.coefficients[:, 0]), distance]))
    return np.concatenate(columns)


@EVERY_POPULATION
@EVERY_FIX
def test_simulation_follows_the_prediction(population: Population, baseline: Baseline) -> None:
    """Null: mean excess risk and parameter error are the predicted ones, up to second-order terms of 2 %."""
    predicted = predict_baseline(population, baseline, Logistic(), *COUNTS)
    assert predicted is not None
    both = np.array([predicted.total[0], predicted.parameter_error[0]])
    drawn = simulated(population, baseline, Logistic())
    assert_mean(drawn, both, f"{baseline.kind} follows theory", slack=0.02 * both, cases=FAMILY)


def test_simulation_follows_the_prediction_for_least_squares() -> None:
    """Null: as above."""
    predicted = predict_baseline(SHIFT, Reweighted(), LeastSquares(intercept=True), *COUNTS)
    assert predicted is not None
    both = np.array([predicted.total[0], predicted.parameter_error[0]])
    drawn = simulated(SHIFT, Reweighted(), LeastSquares(intercept=True))
    assert_mean(drawn, both, "reweighted least squares follows theory", slack=0.02 * both, cases=FAMILY)


def test_planted_errors_are_found() -> None:
    """Null: re-prioring without its bias, and reweighting without the majority's variance; both must fall."""
    predicted = predict_baseline(MIXED, RePriored(), Logistic(), *COUNTS)
    assert predicted is not None
    assert predicted.bias[0] > 0.1 * predicted.variance[0]
    zero, one = exact_risk(MIXED, LogisticLoss(True)).moments
    inverse = np.linalg.inv(0.5 * (zero.hessian + one.hessian))
    minority_only = 0.125 * float(np.sum(inverse * one.covariance)) / COUNTS[1]
    planted = ((RePriored(), float(predicted.variance[0])), (Reweighted(), minority_only))
    for baseline, wrong in planted:
        with must_reject():
            assert_mean(
                simulated(MIXED, baseline, Logistic())[:, 0], wrong, "planted", slack=0.02 * wrong, cases=FAMILY
            )


@EVERY_POPULATION
def test_reweighting_has_the_stated_formula(population: Population) -> None:
    """½ tr(H⁻¹(Σ_0/n0 + Σ_1/n1)/4), no bias."""
    zero, one = exact_risk(population, LogisticLoss(True)).moments
    inverse = np.linalg.inv(0.5 * (zero.hessian + one.hessian))
    expected = 0.125 * np.sum(inverse * (zero.covariance / COUNTS[0] + one.covariance / COUNTS[1]))
    predicted = predict_baseline(population, Reweighted(), Logistic(), *COUNTS)
    assert predicted is not None
    assert predicted.bias[0] == 0.0
    assert predicted.total[0] == pytest.approx(expected, rel=1e-10)


def test_reprioring_has_no_bias_where_the_model_is_right_and_beats_reweighting() -> None:
    """Two Gaussians of one covariance: the log-odds are linear, so the raw fit is efficient."""
    predicted = predict_baseline(SHIFT, RePriored(), Logistic(), *COUNTS)
    other = predict_baseline(SHIFT, Reweighted(), Logistic(), *COUNTS)
    assert predicted is not None
    assert other is not None
    assert predicted.bias[0] == pytest.approx(0.0, abs=1e-13)
    assert predicted.total[0] < other.total[0]
    raw = minimiser(SHIFT, Oracle(), Logistic(), *COUNTS, 0.0, np.zeros(3))
    moved = raw.theta + np.array([0.0, 0.0, np.log(8.0)])
    np.testing.assert_allclose(moved, exact_risk(SHIFT, LogisticLoss(True)).optimum, atol=1e-7)


def test_an_endless_ideal_generator_is_no_worse_than_a_free_fix() -> None:
    predicted = predict(SHIFT, Oracle(), Logistic(), *COUNTS, [COUNTS[0] - COUNTS[1]])
    free = predict_baseline(SHIFT, Reweighted(), Logistic(), *COUNTS)
    assert free is not None
    assert predicted.total[0] < free.total[0]


def test_reprioring_has_no_formula_for_squared_loss() -> None:
    assert predict_baseline(SHIFT, RePriored(), LeastSquares(intercept=True), *COUNTS) is None
