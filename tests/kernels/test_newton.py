"""The logistic path: every outcome has its status, and no number depends on what surrounds a fit."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from synththeory.arrays import Array
from synththeory.kernels.newton import logistic_path
from synththeory.losses import LogisticLoss
from synththeory.status import Status
from tests.kernels.newton_cases import EXPECTED, outcomes, path, problem, single

SEED = st.integers(0, 2**32)
Rows = tuple[Array, Array, Array]


def part(block: Rows, replication: int) -> Rows:
    return tuple(array[replication : replication + 1].copy() for array in block)  # type: ignore[return-value]


def grid(count: int, *sizes: int) -> np.ndarray:
    return np.tile(np.array(sizes, dtype=np.int64), (count, 1))


@pytest.mark.parametrize("name", EXPECTED)
def test_every_outcome_has_its_status_and_only_a_minimiser_is_a_number(name: str) -> None:
    coefficients, status = outcomes()[name]
    assert status == EXPECTED[name]
    exists = status == Status.OK or name == "separated, ridge"
    assert np.isfinite(coefficients).all() if exists else np.isnan(coefficients).all()


def test_the_interpreted_twin_agrees_on_every_outcome(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.kernels.newton_cases", str(tmp_path / "twin.npz")]
    ran = subprocess.run(
        command, cwd=Path(__file__).parents[2], env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    with np.load(tmp_path / "twin.npz") as twin:
        for name, (coefficients, status) in outcomes().items():
            np.testing.assert_allclose(np.append(coefficients, status), twin[name], rtol=1e-9, atol=1e-11, err_msg=name)


@settings(max_examples=60)
@given(
    seed=SEED, size=st.integers(12, 2500), dimension=st.integers(1, 9), intercept=st.booleans(),
    penalty=st.sampled_from([0.0, 1e-6, 1.0, 50.0]),
)  # fmt: skip
def test_the_gradient_vanishes_at_the_fit(
    seed: int, size: int, dimension: int, intercept: bool, penalty: float
) -> None:
    rows, labels, weights = problem(seed, 1, size, dimension)
    half = size // 2
    real, synthetic = ((rows[:, cut].copy(), labels[:, cut].copy(), weights[:, cut].copy())
                       for cut in (slice(half), slice(half, None)))  # fmt: skip
    coefficients, status = path(real, synthetic, grid(1, size - half), penalty, intercept)
    if status[0, 0] != Status.OK:  # few rows in many dimensions may be separated
        assert size < 10 * dimension + 20
        return
    theta, design = coefficients[0, 0], LogisticLoss(intercept).design(rows[0])
    pull = np.where(np.arange(theta.size) < dimension, penalty * theta, 0.0)
    chance = expit(design @ theta)
    gradient = design.T @ (weights[0] * (chance - labels[0])) + pull
    curvature = (design.T * (weights[0] * chance * (1.0 - chance))) @ design
    curvature[np.arange(dimension), np.arange(dimension)] += penalty
    error = np.linalg.solve(curvature, gradient)
    assert np.abs(error).max() <= 1e-9 * (1.0 + np.abs(theta).max())


@given(seed=SEED, penalty=st.sampled_from([0.0, 2.0]))
def test_the_warm_path_is_the_cold_fits(seed: int, penalty: float) -> None:
    real, synthetic = problem(seed, 2, 40, 3), problem(seed + 1, 2, 60, 3)
    sizes = np.array([[0, 0, 1, 7, 7, 30, 60], [0, 2, 2, 2, 58, 59, 60]])
    coefficients, status = path(real, synthetic, sizes, penalty)
    assert not status.any()
    for r, s in np.ndindex(*sizes.shape):
        cold, _ = path(part(real, r), part(synthetic, r), sizes[r : r + 1, s : s + 1].copy(), penalty)
        np.testing.assert_allclose(coefficients[r, s], cold[0, 0], rtol=1e-9, atol=1e-9)


def test_a_path_goes_on_after_sizes_that_have_no_fit() -> None:
    """Separated without synthetic rows, regular with them, and regular rows spoiled by one that is not finite."""
    rows, _, weights = problem(3, 1, 40, 2)
    sides = (rows[..., 0] > 0.0).astype(np.float64)
    synthetic = problem(4, 1, 40, 2)
    synthetic[0][0, 35] = np.inf
    coefficients, status = path((rows, sides, weights), synthetic, grid(1, 0, 0, 20, 35, 36, 40))
    assert status[0].tolist() == [Status.SEPARATED] * 2 + [Status.OK] * 2 + [Status.NOT_FINITE] * 2
    assert np.isnan(coefficients[0]).all(axis=1).tolist() == [True, True, False, False, True, True]
    cold, _ = path((rows, sides, weights), synthetic, grid(1, 35))
    np.testing.assert_allclose(coefficients[0, 3], cold[0, 0], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("size", [40, 1500])
def test_blocks_may_be_grouped_in_any_way_bitwise(size: int) -> None:
    real, synthetic, sizes = problem(5, 3, size, 6), problem(6, 3, size, 6), grid(3, 0, size // 3, size)
    together, status = path(real, synthetic, sizes)
    assert not status.any()
    for r in range(3):
        alone, _ = path(part(real, r), part(synthetic, r), sizes[:1])
        np.testing.assert_array_equal(together[r], alone[0])


@given(seed=SEED)
def test_rows_may_be_permuted(seed: int) -> None:
    real, synthetic, rng = problem(seed, 1, 1100, 4), problem(seed + 1, 1, 30, 4), np.random.default_rng(seed)
    order = rng.permutation(1100)
    turned: Rows = tuple(np.ascontiguousarray(array[:, order]) for array in real)  # type: ignore[assignment]
    plain, _ = path(real, synthetic, grid(1, 0, 30))
    np.testing.assert_allclose(path(turned, synthetic, grid(1, 0, 30))[0], plain, rtol=1e-11, atol=1e-12)


def test_rows_beyond_the_size_are_never_read() -> None:
    real, synthetic = problem(7, 1, 40, 3), problem(8, 1, 30, 3)
    before, _ = path(real, synthetic, grid(1, 0, 11))
    for array in synthetic:
        array[:, 11:] = np.nan
    np.testing.assert_array_equal(path(real, synthetic, grid(1, 0, 11))[0], before)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("place", [0, 1, 2], ids=["row", "label", "weight"])
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_input_that_is_not_finite_is_marked_alone(value: float, place: int, penalty: float) -> None:
    real, synthetic = problem(9, 3, 40, 3), problem(10, 3, 5, 3)
    healthy, _ = path(real, synthetic, grid(3, 0, 5), penalty)
    real[place][1, 4] = value
    coefficients, status = path(real, synthetic, grid(3, 0, 5), penalty)
    assert status.tolist() == [[Status.OK] * 2, [Status.NOT_FINITE] * 2, [Status.OK] * 2]
    assert np.isnan(coefficients[1]).all()
    np.testing.assert_array_equal(coefficients[::2], healthy[::2])


@settings(max_examples=150)
@given(
    values=st.lists(st.floats(allow_nan=True, allow_infinity=True, width=64), min_size=12, max_size=12),
    labels=st.lists(st.sampled_from([0.0, 1.0, 0.3]), min_size=6, max_size=6),
    penalty=st.sampled_from([0.0, 1e-8, 1.0]),
)
def test_hostile_rows_end_in_a_status_and_never_in_half_a_number(
    values: list[float], labels: list[float], penalty: float
) -> None:
    coefficients, status = single(np.array(values).reshape(6, 2), np.array(labels), penalty=penalty)
    assert np.isfinite(coefficients).all() or np.isnan(coefficients).all()
    if status == Status.OK:
        assert np.isfinite(coefficients).all()
    elif status != Status.SEPARATED or penalty == 0.0:
        assert np.isnan(coefficients).all()


@pytest.mark.parametrize("scale", [1e-150, 1e-9, 1e9, 1e150])
def test_the_scale_of_the_weights_does_not_matter(scale: float) -> None:
    rows, labels, weights = problem(11, 1, 50, 3)
    plain, _ = path((rows, labels, weights), problem(12, 1, 9, 3), grid(1, 0))
    scaled, status = path((rows, labels, scale * weights), problem(12, 1, 9, 3), grid(1, 0))
    assert not status.any()
    np.testing.assert_allclose(scaled, plain, rtol=1e-9)


def test_a_separated_fit_that_did_not_converge_is_no_number() -> None:
    """The penalised minimiser exists, but is out of reach: what was reached is not it."""
    rows = problem(13, 1, 40, 3)[0][0]
    sides = (rows[:, 0] > 0.1).astype(np.float64)
    for bound in (10.0, 20.0, 40.0, 1e6):
        coefficients, status = single(rows, sides, penalty=1e-9, bound=bound)
        assert status == Status.SEPARATED
        assert np.isfinite(coefficients).all() == (bound == 1e6)


def test_the_kernel_is_compiled_once() -> None:
    path(problem(14, 1, 20, 2), problem(15, 1, 0, 2), grid(1, 0), penalty=1.0, bound=30.0)
    path(problem(14, 2, 20, 2), problem(15, 2, 5, 2), grid(2, 0, 5), intercept=False)
    assert len(logistic_path.signatures) == 1  # type: ignore[attr-defined]
