"""Losses: slopes and curvatures are the derivatives of what their docstrings say."""

from collections.abc import Callable

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.losses import LogisticLoss, Loss, SquaredLoss

Value = Callable[[Array, float], Array]


def squared(scores: Array, label: float) -> Array:
    return np.asarray((label - scores) ** 2)


def logistic(scores: Array, label: float) -> Array:
    return np.asarray(np.logaddexp(0.0, scores) - label * scores)


LOSSES = pytest.mark.parametrize(("kind", "value"), [(SquaredLoss, squared), (LogisticLoss, logistic)])


@LOSSES
@pytest.mark.parametrize("label", [0.0, 0.3, 1.0])
def test_slope_and_curvature_are_derivatives(kind: type[Loss], value: Value, label: float) -> None:
    loss, scores, step = kind(), np.linspace(-6.0, 6.0, 41), 1e-3
    above, here, below = (value(scores + shift, label) for shift in (step, 0.0, -step))
    np.testing.assert_allclose(loss.slope(scores, label), (above - below) / (2 * step), atol=1e-7)
    np.testing.assert_allclose(loss.curvature(scores, label), (above - 2 * here + below) / step**2, atol=1e-7)


@LOSSES
@pytest.mark.parametrize("intercept", [False, True])
def test_row_scores_are_gradients(kind: type[Loss], value: Value, intercept: bool) -> None:
    loss = kind(intercept)
    rng = np.random.default_rng(1)
    rows, labels = rng.standard_normal((2, 7, 3)), rng.random((2, 7))
    theta = rng.standard_normal(loss.parameters(3))
    assert theta.size == 3 + intercept
    got = loss.row_scores(rows, labels, theta)
    assert got.shape == (2, 7, theta.size)
    step = 1e-6
    for j, unit in enumerate(np.eye(theta.size)):
        ends = [
            np.vectorize(lambda score, label: value(score, label))(loss.design(rows) @ (theta + side * unit), labels)
            for side in (step, -step)
        ]
        np.testing.assert_allclose(got[..., j], (ends[0] - ends[1]) / (2 * step), atol=1e-8)


def test_design_appends_the_intercept_last() -> None:
    rows = np.arange(6.0).reshape(1, 3, 2)
    assert SquaredLoss().design(rows) is rows
    np.testing.assert_array_equal(SquaredLoss(intercept=True).design(rows)[..., :2], rows)
    np.testing.assert_array_equal(SquaredLoss(intercept=True).design(rows)[..., 2], 1.0)


def test_losses_are_values() -> None:
    assert SquaredLoss(True) == SquaredLoss(True) != SquaredLoss()
    assert hash(SquaredLoss()) == hash(SquaredLoss())
    different: tuple[Loss, ...] = (SquaredLoss(), LogisticLoss(), SquaredLoss(True))
    assert len(set(different)) == 3
