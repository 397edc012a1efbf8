"""Tasks drawn anew in every replication: rows that nest, a truth that made them, an excess risk that is exact."""

import numpy as np
import pytest

from synththeory.corrections import with_responses
from synththeory.errors import NoTheoryError
from synththeory.fits import LinearFit
from synththeory.learners import LeastSquares
from synththeory.losses import LogisticLoss, SquaredLoss
from synththeory.populations import LinearTasks, risk_on
from synththeory.streams import Streams

SLOPES = (1.0, -1.0)


def tasks(**settings: float) -> LinearTasks:
    return LinearTasks.model_validate({"kind": "linear-tasks", "slopes": SLOPES, "tasks": 3, **settings})


def streams(first: int = 0, count: int = 5) -> Streams:
    return Streams.named(1, "tasks", first, count)


def test_rows_nest_and_do_not_depend_on_grouping() -> None:
    population = tasks(spread=0.5)
    whole = population.sample(streams(), (12, 40, 30))
    for part, block in zip(population.sample(streams(), (5, 40, 11)), whole, strict=True):
        np.testing.assert_array_equal(part.rows, block.rows[:, : part.rows.shape[1]])
        np.testing.assert_array_equal(part.coefficients, block.coefficients)
    for place, block in enumerate(whole):
        alone = [population.sample(streams(first, 1), (12, 40, 30))[place] for first in range(5)]
        np.testing.assert_array_equal(np.concatenate([each.rows for each in alone]), block.rows)
        np.testing.assert_array_equal(np.concatenate([each.place for each in alone]), block.place)
        assert block.rows.shape == (5, block.shape[1], 3)


def test_without_noise_every_task_gives_its_truth_away() -> None:
    population = tasks(spread=0.5, noise=1e-9)
    blocks = population.sample(streams(), (12, 40, 30))
    for block in blocks:
        rows, none = with_responses(block.rows), with_responses(block.rows[:, :0])
        fit = LeastSquares(intercept=True).path(rows, none, np.zeros((5, 1), dtype=np.int64))
        np.testing.assert_allclose(fit.coefficients[:, 0], block.coefficients, atol=1e-7)
        away = block.coefficients[:, :-1] - np.array(SLOPES)
        np.testing.assert_allclose(np.linalg.norm(away, axis=1), 0.5)
    assert len({tuple(block.coefficients[0]) for block in blocks}) == 3
    shared = tasks(place=0.0).sample(streams(), (12, 40, 30))
    np.testing.assert_array_equal(shared[1].coefficients, np.tile([*SLOPES, 0.0], (5, 1)))
    np.testing.assert_array_equal(shared[1].place, 0.0)


def test_the_excess_risk_is_the_scarce_tasks_by_quadrature() -> None:
    population, loss = tasks(spread=0.5), SquaredLoss(intercept=True)
    blocks = population.sample(streams(), (12, 40, 30))
    fits = np.random.default_rng(3).standard_normal((5, 2, 3))
    fits[4, 1] = np.nan
    (found,) = risk_on(population.own_risk(loss), blocks).measures(
        ("excess_risk",), LinearFit(fits, np.zeros((5, 2), np.uint8))
    )
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    points, mass = np.stack(np.meshgrid(nodes, nodes), -1).reshape(-1, 2), np.outer(weights, weights).ravel()
    mass /= mass.sum()
    for replication in range(5):
        design = np.column_stack([points + blocks[0].place[replication], np.ones(25)])
        errors = design @ (fits[replication] - blocks[0].coefficients[replication]).T
        np.testing.assert_allclose(found[replication], mass @ errors**2, rtol=1e-12)
    assert np.isnan(found[4, 1])


def test_only_regressions_with_an_intercept_have_a_truth() -> None:
    for loss in (SquaredLoss(), LogisticLoss(True)):
        with pytest.raises(NoTheoryError, match="least-squares with intercept"):
            tasks().own_risk(loss)
    with pytest.raises(ValueError, match="at least 1 item"):
        LinearTasks(slopes=(), tasks=3)
