"""Generators with the majority's shape: their rows, and their moments against simulation."""

import numpy as np
import pytest

from synththeory.corrections import RePriored, Reweighted
from synththeory.generators import Generator, MovedMajority, PooledGaussian, ScaledMajority, pooled_covariance
from synththeory.learners import Learner, LeastSquares, Logistic
from synththeory.losses import LogisticLoss
from synththeory.populations import GaussianComponent, GaussianMixture, GaussianShift, MeanShift
from synththeory.streams import Streams
from synththeory.theory import predict, predict_baseline
from synththeory.theory.gain import explained
from tests.rooms import simulate
from tests.statistical import assert_mean, must_reject

ROUND = GaussianShift(mean=(2.0, 1.0))
UNLIKE = GaussianMixture(
    majority=(GaussianComponent(mean=(0.0, 0.0), covariance=((1.0, 0.3), (0.3, 0.6))),),
    minority=(GaussianComponent(mean=(2.0, 1.0), covariance=((1.5, -0.3), (-0.3, 0.8))),),
)
BORROWING: tuple[Generator, ...] = (MovedMajority(), ScaledMajority(), PooledGaussian())
LEARNERS: tuple[Learner, ...] = (Logistic(), LeastSquares(intercept=True))


def drawn(generator: Generator, size: int, counts: tuple[int, int] = (60, 20)) -> tuple[np.ndarray, ...]:
    streams = Streams.named(3, "borrowed", 0, 4)
    majority, minority = UNLIKE.sample(streams, counts)
    return generator.draw(streams, minority, majority, size).rows, majority.rows, minority.rows


def test_moved_rows_are_the_majoritys_about_the_minoritys_mean() -> None:
    made, majority, minority = drawn(MovedMajority(), 60)
    there = majority - majority.mean(axis=1, keepdims=True) + minority.mean(axis=1, keepdims=True)
    for rows, expected in zip(made, there, strict=True):
        np.testing.assert_allclose(np.sort(rows, axis=0), np.sort(expected, axis=0))
    twice = drawn(MovedMajority(), 90)[0]
    np.testing.assert_array_equal(twice[:, 60:], made[:, :30])


def test_scaled_rows_have_the_minoritys_mean_and_total_variance() -> None:
    made, _, minority = drawn(ScaledMajority(), 60)
    np.testing.assert_allclose(made.mean(axis=1), minority.mean(axis=1))
    np.testing.assert_allclose(made.var(axis=1, ddof=1).sum(axis=1), minority.var(axis=1, ddof=1).sum(axis=1))


def test_pooled_covariance_is_within_classes() -> None:
    _, majority, minority = drawn(MovedMajority(), 1)
    expected = (59 * np.cov(majority[0], rowvar=False) + 19 * np.cov(minority[0], rowvar=False)) / 78
    np.testing.assert_allclose(pooled_covariance(majority, minority)[0], expected)


def test_a_scale_of_equal_rows_is_finite() -> None:
    streams = Streams.named(3, "equal", 0, 1)
    majority, minority = MeanShift(dimension=2).sample(streams, (5, 3))
    majority.rows[:] = 1.0
    assert np.isfinite(ScaledMajority().draw(streams, minority, majority, 4).rows).all()


def test_the_notes_predicted_ratios() -> None:
    """Excess over reweighting's at distances 3 and 4, d = 10, n1 = 200; as r → ∞ the ratio is R²_T of the mean."""
    for distance, ratio, moved, repriored in ((3.0, 20, 0.302, 0.587), (4.0, 20, 0.175, 0.546), (3.0, 5, 0.521, 0.820)):
        population, learner = GaussianShift(mean=(distance,) + (0.0,) * 9), Logistic()
        counts = (200 * ratio, 200)
        reweighted = predict_baseline(population, Reweighted(), learner, *counts)
        free = predict_baseline(population, RePriored(), learner, *counts)
        made = predict(population, MovedMajority(), learner, *counts, [counts[0] - counts[1]])
        assert reweighted is not None
        assert free is not None
        assert made.total[0] / reweighted.total[0] == pytest.approx(moved, abs=2e-3)
        assert free.total[0] / reweighted.total[0] == pytest.approx(repriored, abs=2e-3)
    many = (200 * 10**5, 200)
    limit = predict_baseline(population, Reweighted(), learner, *many)
    assert limit is not None
    made = predict(population, MovedMajority(), learner, *many, [many[0] - many[1]])
    share = explained(population, LogisticLoss(True), "mean").r_squared
    assert made.total[0] / limit.total[0] == pytest.approx(share, rel=1e-3)


def test_simulated_curves_follow_the_prediction() -> None:
    """Null: the mean of every simulated curve is the predicted one. Planted: without the majority's own fluctuation
    (the limit of many majority rows) the same comparison fails."""
    counts, sizes = (2400, 1200), (600, 1200)
    excess, right, limit = [], [], []
    for population in (ROUND, UNLIKE):
        for learner in LEARNERS:
            for generator in BORROWING:
                excess.append(simulate(population, generator, counts, sizes, 400, 5, learner, block=50).excess)
                right.append(predict(population, generator, learner, *counts, sizes).total)
                limit.append(predict(population, Alone(generator), learner, *counts, sizes).total)
    assert_mean(np.concatenate(excess, axis=1), np.concatenate(right), "borrowed rows follow theory")
    with must_reject():
        assert_mean(np.concatenate(excess, axis=1), np.concatenate(limit), "a planted error")


class Alone:
    """A generator that does not know how many majority rows there are."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.mismatch = generator.mismatch

    def given(self, majority: int) -> "Alone":
        return self
