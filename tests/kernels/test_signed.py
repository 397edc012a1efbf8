"""Logistic regression with negative weights: a local minimiser in the box, and a status that says what it took."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from synththeory.arrays import Array, Vector
from synththeory.kernels.signed import signed_logistic_path
from synththeory.status import Status
from tests.kernels import newton_cases

SEED = st.integers(0, 2**32)
Rows = tuple[Array, Array, Array]


def path(
    real: Rows, synthetic: Rows, sizes: NDArray[np.int64], penalty: float = 0.0, bound: float = 1e6
) -> newton_cases.Answer:
    coefficients = np.full((*sizes.shape, real[0].shape[2] + 1), 7.0)
    status = np.full(sizes.shape, 99, dtype=np.uint8)
    signed_logistic_path(*real, *synthetic, sizes, np.full(sizes.shape, penalty), True, bound, coefficients, status)
    return coefficients, status


def alone(problem: Rows, **settings: float) -> tuple[Vector, int]:
    nothing = tuple(part[:, :0] for part in problem)
    coefficients, status = path(problem, nothing, np.zeros((1, 1), dtype=np.int64), **settings)  # type: ignore[arg-type]
    return coefficients[0, 0], int(status[0, 0])


def signed(seed: int, size: int = 200, dimension: int = 3, share: float = 0.3) -> Rows:
    """A problem in which a share of the rows counts negatively."""
    rows, labels, weights = newton_cases.problem(seed, 1, size, dimension)
    weights[:, : int(share * size)] *= -1.0
    return rows, labels, weights


def objective(theta: Vector, problem: Rows, penalty: float) -> tuple[float, Vector]:
    rows, labels, weights = (part[0] for part in problem)
    design = np.column_stack([rows, np.ones(len(rows))])
    score, pull = design @ theta, penalty * np.append(theta[:-1], 0.0)
    value = weights @ (np.logaddexp(0.0, score) - labels * score) + 0.5 * pull @ theta
    return float(value), design.T @ (weights * (expit(score) - labels)) + pull


@given(seed=SEED)
def test_positive_weights_give_the_convex_fit(seed: int) -> None:
    real, synthetic = newton_cases.problem(seed, 2, 60, 3), newton_cases.problem(seed + 1, 2, 50, 3)
    sizes = np.array([[0, 7, 50], [3, 3, 20]])
    expected, _ = newton_cases.path(real, synthetic, sizes, 0.5)
    coefficients, status = path(real, synthetic, sizes, 0.5)
    assert not status.any()
    np.testing.assert_allclose(coefficients, expected, rtol=1e-9, atol=1e-10)


@settings(max_examples=30)
@given(seed=SEED, dimension=st.integers(1, 6))
def test_signed_weights_give_a_local_minimiser(seed: int, dimension: int) -> None:
    problem = signed(seed, dimension=dimension)
    theta, status = alone(problem, penalty=5.0, bound=30.0)
    assert status in {Status.OK, Status.DAMPED, Status.NORM_BOUND}
    value, gradient = objective(theta, problem, 5.0)
    inside = np.abs(theta) < 30.0
    assert np.abs(gradient[inside]).max(initial=0.0) <= 1e-7 * np.abs(problem[2]).sum()
    assert (gradient[~inside] * theta[~inside] <= 0.0).all()  # the edge is pushed outwards
    assert value <= objective(np.zeros_like(theta), problem, 5.0)[0] + 1e-9
    found = minimize(objective, theta, args=(problem, 5.0), jac=True, bounds=[(-30.0, 30.0)] * theta.size)
    assert found.fun >= value - 1e-7 * (1.0 + abs(value))


def test_an_indefinite_hessian_is_reported_and_overcome() -> None:
    """Two far rows of negative weight: they bend the objective down at zero, but grow more slowly than the others."""
    rows = np.concatenate([[-10.0, 10.0], np.linspace(-1.5, 1.5, 60)])[None, :, None]
    labels = np.where(rows[..., 0] > 0.0, 0.6, 0.4)
    weights = np.where(np.arange(62) < 2, -1.0, 1.0)[None]
    theta, status = alone((rows, labels, weights), bound=500.0)
    assert status == Status.DAMPED
    assert np.abs(objective(theta, (rows, labels, weights), 0.0)[1]).max() < 1e-6


def test_an_objective_without_a_minimum_stays_on_the_bound() -> None:
    rows, labels, weights = signed(3)
    theta, status = alone((rows, labels, -np.abs(weights)), bound=12.0)
    assert status == Status.NORM_BOUND
    assert np.abs(theta).max() == 12.0


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("place", [0, 1, 2], ids=["row", "label", "weight"])
def test_input_that_is_not_finite_has_no_fit(value: float, place: int) -> None:
    problem = signed(9)
    problem[place][0, 150] = value
    theta, status = alone(problem, penalty=1.0, bound=30.0)
    assert status == Status.NOT_FINITE
    assert np.isnan(theta).all()


def test_no_fit_depends_on_its_neighbours_bitwise() -> None:
    parts = [signed(seed, 1300) for seed in (1, 2)]
    both: Rows = tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))  # type: ignore[assignment]
    synthetic = newton_cases.problem(4, 2, 30, 3)
    sizes = np.array([[0, 30], [0, 30]])
    together, _ = path(both, synthetic, sizes, 3.0, 30.0)
    for r in range(2):
        single: Rows = tuple(part[r : r + 1].copy() for part in synthetic)  # type: ignore[assignment]
        np.testing.assert_array_equal(path(parts[r], single, sizes[:1], 3.0, 30.0)[0][0], together[r])
