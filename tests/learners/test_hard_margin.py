"""The maximum-margin learner: certified, unchanged by rows that keep the margin, and where its theory says."""

import numpy as np
import pytest
from scipy.optimize import nnls
from scipy.stats import norm

from synththeory.errors import DesignError
from synththeory.fits import LinearFit
from synththeory.generators import Bootstrap, Generator, Jitter, Oracle, Smote
from synththeory.learners import HardMargin
from synththeory.learners.hard_margin import maximum_margin
from synththeory.populations import GaussianComponent, GaussianMixture
from synththeory.sample import Block, GivenSample, Sample
from synththeory.status import Status
from synththeory.streams import Streams
from synththeory.theory.margins import margin_limit

DIMENSION, HALF = 40, 1.75
POPULATION = GaussianMixture(
    majority=(GaussianComponent(mean=(-HALF,) + (0.0,) * (DIMENSION - 1)),),
    minority=(GaussianComponent(mean=(HALF,) + (0.0,) * (DIMENSION - 1)),),
)


def drawn(count: int = 4) -> tuple[Streams, Block, Block]:
    streams = Streams.named(1, "margins", 0, count)
    majority, minority = POPULATION.sample(streams, (85, 15))
    return streams, majority, minority


def path(generator: Generator, learner: HardMargin | None = None) -> LinearFit:
    streams, majority, minority = drawn()
    made = generator.draw(streams, minority, majority, 70)
    sizes = np.tile(np.array([0, 30, 70]), (streams.count, 1))
    return (learner or HardMargin()).path(Sample.of(majority, minority), made, sizes)


def test_it_is_the_least_distance_solution_of_non_negative_least_squares() -> None:
    _, majority, minority = drawn(2)
    for zero, one in zip(majority.rows, minority.rows, strict=True):
        rows, signs = np.concatenate([zero, one]), np.repeat([-1.0, 1.0], (85, 15))
        system = np.vstack([(signs[:, None] * np.c_[rows, np.full(100, 1e3)]).T, np.ones(100)])
        multipliers, _ = nnls(system, np.append(np.zeros(DIMENSION + 1), 1.0))
        slopes = (multipliers * signs) @ rows
        found = maximum_margin(rows, signs)
        assert found is not None
        assert found.certificate < 1e-10
        np.testing.assert_allclose(
            found.slopes / np.linalg.norm(found.slopes), slopes / np.linalg.norm(slopes), atol=1e-5
        )


@pytest.mark.parametrize("generator", [Bootstrap(), Smote()], ids=repr)
def test_rows_that_keep_the_margin_change_exactly_nothing(generator: Generator) -> None:
    fit = path(generator)
    assert not fit.status.any()
    np.testing.assert_array_equal(fit.coefficients[:, 1:], fit.coefficients[:, [0, 0]])


def test_solved_afresh_they_change_nothing_beyond_the_certificate() -> None:
    streams, majority, minority = drawn(2)
    made = Smote().draw(streams, minority, majority, 70).rows
    for zero, one, synthetic in zip(majority.rows, minority.rows, made, strict=True):
        few = maximum_margin(np.concatenate([zero, one]), np.repeat([-1.0, 1.0], (85, 15)))
        many = maximum_margin(np.concatenate([zero, one, synthetic]), np.repeat([-1.0, 1.0], (85, 85)))
        assert few is not None
        assert many is not None
        np.testing.assert_allclose(many.at(1.0), few.at(1.0), atol=1e-10)


@pytest.mark.parametrize("generator", [Jitter(scale=0.5), Oracle()], ids=repr)
def test_rows_beyond_the_margin_do_change_it(generator: Generator) -> None:
    fit = path(generator)
    assert np.abs(fit.coefficients[:, 2] - fit.coefficients[:, 0]).max() > 0.05


def test_a_margin_ratio_moves_the_boundary_alone() -> None:
    plain, uneven = path(Bootstrap()), path(Bootstrap(), HardMargin(ratio=3.0))
    np.testing.assert_array_equal(uneven.coefficients[..., :-1], plain.coefficients[..., :-1])
    _, majority, minority = drawn()
    near = [fit.scores(majority.rows)[:, 0].max(axis=1) for fit in (plain, uneven)]
    far = [fit.scores(minority.rows)[:, 0].min(axis=1) for fit in (plain, uneven)]
    np.testing.assert_allclose(far[0], -near[0])
    np.testing.assert_allclose(far[1], -3.0 * near[1])


def test_classes_that_overlap_have_no_margin() -> None:
    rows = np.array([[[0.0], [2.0], [1.0], [3.0]]])
    sample = GivenSample(rows, np.array([[0.0, 0.0, 1.0, 1.0]]), np.ones((1, 4)))
    nothing = GivenSample(np.empty((1, 0, 1)), np.empty((1, 0)), np.empty((1, 0)))
    fit = HardMargin().path(sample, nothing, np.zeros((1, 1), dtype=np.int64))
    assert fit.status.item() == Status.NOT_CONVERGED
    assert np.isnan(fit.coefficients).all()
    with pytest.raises(DesignError, match="weight ≥ 0"):
        HardMargin().path(GivenSample(rows, sample.labels, -sample.weights), nothing, np.zeros((1, 1), dtype=np.int64))


def test_errors_are_near_the_limits() -> None:
    streams = Streams.named(2, "limit", 0, 60)
    majority, minority = POPULATION.sample(streams, (85, 15))
    nothing = GivenSample(np.empty((60, 0, DIMENSION)), np.empty((60, 0)), np.empty((60, 0)))
    fit = HardMargin().path(Sample.of(majority, minority), nothing, np.zeros((60, 1), dtype=np.int64))
    along, moved = HALF * fit.coefficients[:, 0, 0], fit.coefficients[:, 0, -1]
    limit = margin_limit(0.15, HALF, 2.5)
    assert float(norm.cdf(-along - moved).mean()) == pytest.approx(limit.minority_error, abs=0.04)
    assert float(norm.cdf(-along + moved).mean()) == pytest.approx(limit.majority_error, abs=0.02)
