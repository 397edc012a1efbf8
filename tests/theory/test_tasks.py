"""What least squares loses on a scarce task, alone or with others aligned: the closed form against draws."""

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.corrections import Raw, aligned, with_responses
from synththeory.learners import LeastSquares
from synththeory.losses import SquaredLoss
from synththeory.populations import LinearTasks, risk_on
from synththeory.streams import Streams
from synththeory.theory import predict_aligned
from synththeory.theory.tasks import TaskPrediction
from tests.statistical import STANDARD_ERRORS, assert_mean, standard_error

COUNTS = (12, 9, 30)
POPULATION = LinearTasks(slopes=(1.0, -1.0), tasks=3, spread=0.8, noise=0.7)


def predicted(population: LinearTasks, counts: tuple[int, ...]) -> TaskPrediction:
    found = predict_aligned(population, counts)
    assert found is not None
    return found


def simulated(replications: int) -> Array:
    """Excess risk of the scarce task alone and of all tasks aligned, (R, 2)."""
    streams = Streams.named(5, "tasks in theory", 0, replications)
    scarce, *rich = POPULATION.sample(streams, COUNTS)
    risk = risk_on(POPULATION.own_risk(SquaredLoss(intercept=True)), (scarce,))
    fits = (
        Raw().fit(LeastSquares(intercept=True), with_responses(rows), rows.shape[1:2])
        for rows in (scarce.rows, aligned(scarce, rich))
    )
    return np.concatenate([risk.measures(("excess_risk",), fit)[0] for fit in fits], axis=1)


def test_alone_and_aligned_at_a_distance() -> None:
    """Null: the closed form. Planted: the intercept's degree of freedom forgotten; the slopes' distance forgotten."""
    excess = simulated(20_000)
    alone, together = predicted(POPULATION, COUNTS[:1]), predicted(POPULATION, COUNTS)
    exact = np.array([alone.bias + alone.variance, together.bias + together.variance])
    assert_mean(excess, exact, "least squares on the scarce task alone, and with the others aligned")
    forgotten = np.array([0.49 * (1.0 / 12 + (1.0 + 1.0 / 12) * 2 / (12 - 2 - 1)), together.variance])
    assert (np.abs(excess.mean(axis=0) - forgotten) > STANDARD_ERRORS * standard_error(excess)).all()


def test_known_limits() -> None:
    alone = predicted(POPULATION, (30,))
    assert alone.bias == pytest.approx(0.0, abs=1e-15)
    assert alone.variance == pytest.approx(0.49 * (1 / 30 + (1 + 1 / 30) * 2 / (30 - 2 - 2)))
    many = predicted(POPULATION, (30, 10**7))
    assert many.bias == pytest.approx(2.0 * 0.64 * (1 + 1 / 30), rel=1e-5)  # ‖u_1 − u_0‖² is 2 on average
    own = predicted(POPULATION, (10**7, 2))
    assert own.bias == pytest.approx(0.0, abs=1e-6)
    assert predict_aligned(POPULATION, (4,)) is None
    assert predicted(POPULATION, (5,)).curve("parameter_error") is None


def test_one_covariate_is_the_beta_distribution() -> None:
    """d = 1: the shares of the scatter are Dirichlet, and (1 − w_0)² + Σ w_k² has elementary moments."""
    population = LinearTasks(slopes=(1.0,), tasks=3, spread=1.0)
    parts = np.array(COUNTS) - 1.0
    total = parts.sum()
    squares = parts * (parts + 2.0) / (total * (total + 2.0))
    rest = (total - parts[0]) * (total - parts[0] + 2.0) / (total * (total + 2.0))
    assert predicted(population, COUNTS).bias == pytest.approx((1 + 1 / 12) * (rest + squares[1:].sum()))
