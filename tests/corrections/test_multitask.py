"""The correction across tasks: the definition, exact transfer, what it forgets, and what is refused."""

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.corrections import (
    corrected_path,
    estimated_bias,
    estimated_bias_gradient,
    imitations,
    task_correction,
    with_responses,
)
from synththeory.generators import DiagonalGaussianFit, Smote
from synththeory.learners import LeastSquares
from synththeory.losses import SquaredLoss
from synththeory.sample import Block, GivenBlock, Stratum
from synththeory.streams import Streams
from tests.reference import multitask as plain
from tests.statistical import assert_mean

TASK = Stratum("task", 0, 0.0)


def tasks(count: int, sizes: tuple[int, ...] = (12, 41, 30), first: int = 0) -> tuple[Streams, tuple[Block, ...]]:
    """Linear tasks with the same slopes in two covariates at different places."""
    streams, blocks = Streams.named(4, "tasks", first, count), []
    for place, size in enumerate(sizes):
        noise = streams.normals(f"task/{place}", size, 3)
        rows = noise[..., :2] + place
        responses = rows @ [1.0, -0.5] + 2.0 * place + noise[..., 2]
        blocks.append(GivenBlock(np.concatenate([rows, responses[..., None]], axis=2), TASK))
    return streams, tuple(blocks)


def test_the_correction_and_its_fit_are_the_definitions() -> None:
    streams, (scarce, *rich) = tasks(1)
    generator, learner = Smote(neighbors=3), LeastSquares(ridge=1.0)
    signed = task_correction(streams, generator, scarce, rich)
    made = generator.draw(streams, scarce, None, 20).rows
    imitated = [
        imitations(streams.within(f"task {place}"), generator, task, scarce, task.rows.shape[1] // 12)[0]
        for place, task in enumerate(rich)
    ]
    rows: list[Array] = [task.rows[0] for task in rich]
    theta = np.array([0.7, 0.3])
    expected = plain.discrepancy(scarce.rows[0], rows, imitated, theta)
    assert estimated_bias(signed, learner.loss, theta)[0] == pytest.approx(expected)
    np.testing.assert_allclose(signed.weights.sum(), 0.0, atol=1e-14)
    real, synthetic = with_responses(scarce.rows), with_responses(made)
    fit = corrected_path(learner, real, synthetic, np.full((1, 1), 20), signed)
    found = plain.fit(scarce.rows[0], rows, made[0], imitated, 1.0)
    np.testing.assert_allclose(fit.coefficients[0, 0], found, rtol=1e-9)


def test_where_tasks_lie_is_forgotten() -> None:
    streams, (scarce, *rich) = tasks(2)
    moved = [GivenBlock(task.rows + 7.0, TASK) for task in rich]
    here, there = (task_correction(streams, Smote(neighbors=3), scarce, each) for each in (rich, moved))
    np.testing.assert_allclose(here.rows, there.rows, atol=1e-11)
    np.testing.assert_allclose(here.labels, there.labels, atol=1e-11)


def test_with_equal_slopes_transfer_is_exact() -> None:
    """A fit of independent Gaussians forgets the slopes; to correct nothing is the planted error."""
    streams, (scarce, *rich) = tasks(400, (40, 400, 400))
    generator, loss, theta = DiagonalGaussianFit(scale=1.0), SquaredLoss(intercept=True), np.array([0.8, -0.2, 0.5])
    made = with_responses(generator.draw(streams, scarce, None, 400).rows)
    real = with_responses(scarce.rows)
    own = [loss.row_scores(part.rows, part.labels, theta).mean(axis=1) for part in (made, real)]
    estimated = estimated_bias_gradient(task_correction(streams, generator, scarce, rich), loss, theta)
    bias = own[0] - own[1]
    assert_mean(estimated - bias, np.zeros(3), "the rich tasks' discrepancy is the scarce task's bias")
    assert (np.abs(bias.mean(axis=0))[:2] > 4.5 * bias.std(axis=0)[:2] / 20.0).all()


def test_too_little_is_refused_in_words() -> None:
    streams, (scarce, *rich) = tasks(1)
    with pytest.raises(ValueError, match="at least one rich task"):
        task_correction(streams, Smote(), scarce, [])
    with pytest.raises(ValueError, match="got 12 majority and 30 minority rows"):
        task_correction(streams, Smote(), rich[1], [scarce])
