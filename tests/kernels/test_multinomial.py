"""The multinomial path: other packages' fits, the two-class path, and a status for every outcome."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from synththeory.arrays import Array
from synththeory.kernels.multinomial import multinomial_path
from synththeory.status import Status
from tests.kernels.newton_cases import path as logistic

Rows = tuple[Array, Array, Array]


def path(
    real: Rows, synthetic: Rows, sizes: NDArray[np.int64], penalty: float = 0.0, intercept: bool = True,
    bound: float = 1e6,
) -> tuple[Array, NDArray[np.uint8]]:  # fmt: skip
    """Coefficients (B, S, K, p) and status (B, S)."""
    coefficients = np.full((*sizes.shape, real[1].shape[2], real[0].shape[2] + intercept), 7.0)
    status = np.full(sizes.shape, 99, dtype=np.uint8)
    multinomial_path(*real, *synthetic, sizes, np.full(sizes.shape, penalty), intercept, bound, coefficients, status)
    return coefficients, status


def problem(seed: int, count: int, size: int, dimension: int, classes: int) -> Rows:
    """Rows of every class in turn, the classes' means a half apart, and positive weights."""
    rng = np.random.default_rng(seed)
    places = np.arange(size) % classes
    rows = rng.standard_normal((count, size, dimension))
    rows[:, np.arange(size), places % dimension] += 0.5 * (1 + places // dimension)
    labels = np.tile(np.eye(classes)[places], (count, 1, 1))
    return rows, labels, 0.2 + rng.random((count, size))


def single(rows: Array, labels: Array, penalty: float = 0.0, bound: float = 1e6) -> tuple[Array, Status]:
    """One fit of rows (n, d) with unit weights, no synthetic row."""
    real = (rows[None].copy(), labels[None].copy(), np.ones((1, len(rows))))
    nothing = (np.empty((1, 0, rows.shape[1])), np.empty((1, 0, labels.shape[1])), np.empty((1, 0)))
    coefficients, status = path(real, nothing, grid(1, 0), penalty, bound=bound)
    return coefficients[0, 0], Status(int(status[0, 0]))


def grid(count: int, *sizes: int) -> NDArray[np.int64]:
    return np.tile(np.array(sizes, dtype=np.int64), (count, 1))


def joined(real: Rows, synthetic: Rows, used: int) -> Rows:
    """One replication's training set (n + used, …)."""
    one, two, three = (np.concatenate([a[0], b[0, :used]]) for a, b in zip(real, synthetic, strict=True))
    return one, two, three


@pytest.mark.parametrize("classes", [3, 10])
@pytest.mark.parametrize("intercept", [True, False])
def test_scikit_learn_finds_the_same_minimiser(classes: int, intercept: bool) -> None:
    real, synthetic = problem(1, 1, 400, 5, classes), problem(2, 1, 100, 5, classes)
    coefficients, status = path(real, synthetic, grid(1, 0, 30, 100), 2.0, intercept)
    assert not status.any()
    for place, used in enumerate((0, 30, 100)):
        rows, labels, weights = joined(real, synthetic, used)
        peer = LogisticRegression(C=0.5, solver="newton-cholesky", tol=1e-14, max_iter=1000, fit_intercept=intercept)
        peer.fit(rows, labels.argmax(axis=1), sample_weight=weights)
        np.testing.assert_allclose(coefficients[0, place, :, :5], peer.coef_, rtol=0.0, atol=1e-8)
        if intercept:
            np.testing.assert_allclose(coefficients[0, place, :, 5], peer.intercept_, rtol=0.0, atol=1e-8)


def test_statsmodels_finds_the_same_differences_from_the_first_class() -> None:
    rows, labels, _ = problem(3, 1, 500, 4, 3)
    theta, status = single(rows[0], labels[0])
    assert status == Status.OK
    peer = sm.MNLogit(labels[0].argmax(axis=1), sm.add_constant(rows[0], prepend=False)).fit(
        method="newton", tol=1e-14, disp=0
    )
    np.testing.assert_allclose((theta[1:] - theta[0]).T, peer.params, rtol=0.0, atol=1e-8)
    np.testing.assert_allclose(theta.sum(axis=0), 0.0, atol=1e-12)


@pytest.mark.parametrize("penalty", [0.0, 3.0])
def test_two_classes_are_the_logistic_path(penalty: float) -> None:
    """With f = f_1 − f_0 and Σ_k θ_k = 0, ½λ Σ_k ‖θ_k‖² is ½(λ/2)‖θ_1 − θ_0‖²."""
    real, synthetic = problem(4, 2, 60, 3, 2), problem(5, 2, 40, 3, 2)
    rng = np.random.default_rng(6)
    for part in (real, synthetic):
        share = rng.random(part[1].shape[:2])
        part[1][:, ::3] = np.stack([1.0 - share, share], axis=2)[:, ::3]
    theta, status = path(real, synthetic, grid(2, 0, 7, 40), penalty)
    halves = [(rows, np.ascontiguousarray(labels[..., 1]), weights) for rows, labels, weights in (real, synthetic)]
    expected, _ = logistic(halves[0], halves[1], grid(2, 0, 7, 40), 0.5 * penalty)
    assert not status.any()
    np.testing.assert_allclose(theta[:, :, 1] - theta[:, :, 0], expected, rtol=1e-9, atol=1e-10)


def test_blocks_may_be_grouped_in_any_way_bitwise_and_rows_beyond_the_size_are_never_read() -> None:
    real, synthetic = problem(7, 3, 1500, 6, 4), problem(8, 3, 300, 6, 4)
    together, status = path(real, synthetic, grid(3, 0, 100, 299))
    assert not status.any()
    for array in synthetic:
        array[:, 299:] = np.nan
    for r in range(3):
        one, two = ((a[r : r + 1], b[r : r + 1], c[r : r + 1]) for a, b, c in (real, synthetic))
        np.testing.assert_array_equal(path(one, two, grid(1, 0, 100, 299))[0][0], together[r])


def test_the_order_of_the_classes_does_not_matter() -> None:
    rows, labels, weights = problem(9, 1, 90, 3, 4)
    order, nothing = [2, 0, 3, 1], problem(9, 1, 0, 3, 4)
    plain, _ = path((rows, labels, weights), nothing, grid(1, 0), 1.0)
    turned, _ = path((rows, np.ascontiguousarray(labels[..., order]), weights), nothing, grid(1, 0), 1.0)
    np.testing.assert_allclose(turned, plain[:, :, order], rtol=1e-9, atol=1e-11)


def test_every_outcome_has_its_status_and_only_a_minimiser_is_a_number() -> None:
    rows, labels, _ = (part[0] for part in problem(10, 1, 60, 3, 3))
    apart = rows + 50.0 * labels
    spoilt = rows.copy()
    spoilt[5, 1] = np.inf
    cases = {
        Status.SEPARATED: single(apart, labels),
        Status.SINGULAR: single(np.column_stack([rows, rows[:, 1]]), labels),
        Status.NOT_FINITE: single(spoilt, labels),
        Status.NORM_BOUND: single(1e-3 * rows, labels, bound=10.0),
    }
    for expected, (theta, status) in cases.items():
        assert status == expected
        assert np.isnan(theta).all()
    theta, status = single(apart, labels, penalty=1e-3)
    assert status == Status.SEPARATED
    assert np.isfinite(theta).all()


def test_a_path_goes_on_after_a_size_that_has_no_fit() -> None:
    rows, labels, weights = problem(11, 1, 60, 3, 3)
    synthetic = problem(12, 1, 60, 3, 3)
    theta, status = path((rows + 50.0 * labels, labels, weights), synthetic, grid(1, 0, 60))
    assert status[0].tolist() == [Status.SEPARATED, Status.OK]
    cold, _ = path((rows + 50.0 * labels, labels, weights), synthetic, grid(1, 60))
    np.testing.assert_allclose(theta[0, 1], cold[0, 0], rtol=1e-8, atol=1e-9)


def test_the_kernel_is_compiled_once() -> None:
    path(problem(13, 1, 20, 2, 3), problem(14, 1, 0, 2, 3), grid(1, 0), penalty=1.0, bound=30.0)
    assert len(multinomial_path.signatures) == 1  # type: ignore[attr-defined]
