"""The least squares path against numpy's solver, and on input that has no solution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from synththeory.arrays import Array
from synththeory.kernels.cholesky import least_squares_path
from synththeory.status import Status


def path(base: Array, steps: Array, ridge: float, parameters: int) -> tuple[Array, NDArray[np.uint8]]:
    coefficients = np.full((*steps.shape[:2], parameters), 7.0)
    status = np.full(steps.shape[:2], 9, dtype=np.uint8)
    least_squares_path(base, steps, ridge, coefficients, status)
    return coefficients, status


def gram_of(rng: np.random.Generator, count: int, sizes: int, rows: int, dimension: int) -> Array:
    data = rng.standard_normal((count, sizes, rows, dimension))
    extended = np.concatenate([data, np.ones((count, sizes, rows, 1)), data[..., :1] + 0.3], axis=3)
    return np.ascontiguousarray(extended.swapaxes(2, 3) @ extended)


@pytest.mark.parametrize("dimension", [1, 2, 3, 8, 21])
@pytest.mark.parametrize("intercept", [0, 1])
@pytest.mark.parametrize("ridge", [0.0, 1e-8, 2.5])
def test_path_solves_the_normal_equations(dimension: int, intercept: int, ridge: float) -> None:
    rng = np.random.default_rng(dimension)
    base, steps = gram_of(rng, 4, 1, 60, dimension), gram_of(rng, 4, 3, 10, dimension)
    parameters = dimension + intercept
    coefficients, status = path(base, steps, ridge, parameters)
    total = base + steps
    matrix, vector = total[..., :parameters, :parameters].copy(), total[..., :parameters, -1:]
    matrix[..., np.arange(dimension), np.arange(dimension)] += ridge
    assert not status.any()
    np.testing.assert_allclose(coefficients, np.linalg.solve(matrix, vector)[..., 0], rtol=1e-10, atol=1e-12)


def test_singular_system_is_marked_and_its_neighbours_are_solved() -> None:
    rng = np.random.default_rng(3)
    base = gram_of(rng, 3, 1, 20, 4)
    steps = np.zeros((3, 2, 6, 6))
    base[1] = gram_of(rng, 1, 1, 2, 4)[0]
    steps[1, 1] = gram_of(rng, 1, 1, 30, 4)[0, 0]
    coefficients, status = path(base, steps, 0.0, 4)
    assert status.tolist() == [[0, 0], [Status.SINGULAR, 0], [0, 0]]
    assert np.isnan(coefficients[1, 0]).all()
    assert np.isfinite(np.delete(coefficients.reshape(6, 4), 2, axis=0)).all()


def test_a_duplicated_column_is_singular_and_a_ridge_mends_it() -> None:
    rows = np.random.default_rng(4).standard_normal((30, 3))
    extended = np.column_stack([rows, rows[:, :1], np.ones(30), rows[:, 1]])
    base, steps = (extended.T @ extended)[None, None], np.zeros((1, 1, 6, 6))
    assert path(base, steps, 0.0, 4)[1].tolist() == [[Status.SINGULAR]]
    assert path(base, steps, 1e-3, 4)[1].tolist() == [[Status.OK]]


def test_negative_definite_system_is_singular_not_solved() -> None:
    base = -gram_of(np.random.default_rng(5), 1, 1, 30, 3)
    coefficients, status = path(base, np.zeros_like(base), 0.0, 3)
    assert status.tolist() == [[Status.SINGULAR]]
    assert np.isnan(coefficients).all()


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("place", [(0, 0), (0, 2), (1, 1), (2, 2), (0, 4), (2, 4)])
def test_input_that_is_not_finite_is_marked(value: float, place: tuple[int, int]) -> None:
    base = gram_of(np.random.default_rng(6), 1, 1, 30, 3)
    base[0, 0, place[0], place[1]] = base[0, 0, place[1], place[0]] = value
    coefficients, status = path(base, np.zeros_like(base), 0.0, 3)
    assert status.tolist() == [[Status.NOT_FINITE]]
    assert np.isnan(coefficients).all()


@settings(max_examples=300)
@given(
    base=arrays.arrays(np.float64, (1, 1, 5, 5), elements=st.floats(allow_nan=True, allow_infinity=True, width=64)),
    ridge=st.sampled_from([0.0, 1e-8, 1e300]),
)
def test_hostile_input_ends_in_a_status_and_never_in_a_wrong_number(base: Array, ridge: float) -> None:
    coefficients, status = path(base, np.zeros_like(base), ridge, 3)
    assert status[0, 0] in (Status.OK, Status.SINGULAR, Status.NOT_FINITE)
    assert np.isfinite(coefficients).all() == (status[0, 0] == Status.OK)
    assert np.isnan(coefficients).all() == (status[0, 0] != Status.OK)


@pytest.mark.parametrize("scale", [1e-150, 1e-8, 1e8, 1e150])
def test_solution_does_not_depend_on_the_scale_of_the_weights(scale: float) -> None:
    base = gram_of(np.random.default_rng(7), 2, 1, 30, 3)
    steps = np.zeros_like(base)
    np.testing.assert_allclose(path(base * scale, steps, 0.0, 3)[0], path(base, steps, 0.0, 3)[0], rtol=1e-12)
