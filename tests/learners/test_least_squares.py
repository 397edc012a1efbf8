"""Least squares against statsmodels and numpy."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from synththeory.arrays import Array, Integers
from synththeory.learners import LeastSquares
from synththeory.losses import SquaredLoss
from synththeory.sample import GivenSample, Sample
from synththeory.status import Status


def sample(seed: int, count: int, size: int, dimension: int, signed: bool = False) -> Sample:
    rng = np.random.default_rng(seed)
    rows, labels = rng.standard_normal((count, size, dimension)), rng.standard_normal((count, size))
    return GivenSample(rows, labels, rng.standard_normal((count, size)) if signed else 0.2 + rng.random((count, size)))


def stacked(real: Sample, synthetic: Sample, r: int, size: int, intercept: bool) -> tuple[Array, Array, Array]:
    """Design, response and weights of one replication's training set."""
    rows = SquaredLoss(intercept).design(np.concatenate([real.rows[r], synthetic.rows[r, :size]]))
    labels = np.concatenate([real.labels[r], synthetic.labels[r, :size]])
    return rows, labels, np.concatenate([real.weights[r], synthetic.weights[r, :size]])


def grid(count: int, *sizes: int) -> Integers:
    return np.tile(np.array(sizes, dtype=np.int64), (count, 1))


@pytest.mark.parametrize("dimension", [1, 2, 3, 4, 6, 20])
@pytest.mark.parametrize("intercept", [False, True])
def test_path_is_statsmodels_weighted_least_squares(dimension: int, intercept: bool) -> None:
    real, synthetic, sizes = sample(1, 3, 40, dimension), sample(2, 3, 25, dimension), (0, 0, 9, 25)
    fit = LeastSquares(intercept=intercept).path(real, synthetic, grid(3, *sizes))
    assert not fit.status.any()
    assert fit.coefficients.shape == (3, 4, dimension + intercept)
    for r in range(3):
        for s, size in enumerate(sizes):
            rows, labels, weights = stacked(real, synthetic, r, size, intercept)
            expected = sm.WLS(labels, rows, weights=weights).fit().params
            np.testing.assert_allclose(fit.coefficients[r, s], expected, rtol=1e-9, atol=1e-11)


@given(
    seed=st.integers(0, 2**32),
    dimension=st.integers(1, 8),
    ridge=st.floats(0.0, 100.0),
    intercept=st.booleans(),
)
def test_ridge_is_rows_of_zero_response(seed: int, dimension: int, ridge: float, intercept: bool) -> None:
    real, synthetic = sample(seed, 1, 30, dimension), sample(seed + 1, 1, 10, dimension)
    fit = LeastSquares(ridge=ridge, intercept=intercept).path(real, synthetic, grid(1, 10))
    rows, labels, weights = stacked(real, synthetic, 0, 10, intercept)
    root, added = np.sqrt(weights), np.sqrt(ridge) * np.eye(dimension, dimension + intercept)
    expected = np.linalg.lstsq(
        np.concatenate([rows * root[:, None], added]), np.concatenate([labels * root, np.zeros(dimension)])
    )[0]
    np.testing.assert_allclose(fit.coefficients[0, 0], expected, rtol=1e-7, atol=1e-9)


def test_penalty_is_the_hessian_of_the_ridge_without_the_intercept() -> None:
    np.testing.assert_array_equal(LeastSquares(ridge=1.5).penalty(2, 10.0), [3.0, 3.0])
    np.testing.assert_array_equal(LeastSquares(ridge=1.5, intercept=True).penalty(2, 10.0), [3.0, 3.0, 0.0])


def test_signed_weights_solve_the_signed_normal_equations() -> None:
    real, synthetic = sample(3, 2, 200, 4), sample(4, 2, 30, 4, signed=True)
    fit = LeastSquares().path(real, synthetic, grid(2, 30))
    for r in range(2):
        rows, labels, weights = stacked(real, synthetic, r, 30, False)
        expected = np.linalg.solve((rows.T * weights) @ rows, rows.T @ (weights * labels))
        np.testing.assert_allclose(fit.coefficients[r, 0], expected, rtol=1e-9)


def test_a_singular_replication_is_marked_alone() -> None:
    real, synthetic = sample(5, 3, 4, 6), sample(6, 3, 30, 6)
    fit = LeastSquares().path(real, synthetic, grid(3, 0, 1, 30))
    assert fit.status.tolist() == [[Status.SINGULAR, Status.SINGULAR, Status.OK]] * 3
    assert np.isnan(fit.coefficients[:, :2]).all()
    assert np.isfinite(fit.coefficients[:, 2]).all()


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_a_row_that_is_not_finite_spoils_its_replication_from_there_on(value: float) -> None:
    real, synthetic = sample(7, 2, 30, 3), sample(8, 2, 10, 3)
    synthetic.rows[1, 5, 0] = value
    fit = LeastSquares().path(real, synthetic, grid(2, 0, 5, 6, 10))
    assert fit.status.tolist() == [[0, 0, 0, 0], [0, 0, Status.NOT_FINITE, Status.NOT_FINITE]]


@pytest.mark.parametrize("settings", [{"ridge": -1.0}, {"ridge": float("inf")}, {"intercept": 1}, {"lasso": 1.0}])
def test_impossible_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LeastSquares.model_validate(settings)
