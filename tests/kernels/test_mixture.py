"""Expectation–maximisation against scikit-learn's, from the same start."""

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from synththeory.kernels.mixture import fit_mixtures

Mixture: Any = GaussianMixture


def fitted(rows: np.ndarray, components: int, steps: int, picks: np.ndarray) -> tuple[np.ndarray, ...]:
    count, _, dimension = rows.shape
    weights, means = np.empty((count, components)), np.empty((count, components, dimension))
    factors = np.empty((count, components, dimension, dimension))
    fit_mixtures(rows, picks, 1e-6, 1e-3, steps, weights, means, factors)
    return weights, means, factors @ factors.transpose(0, 1, 3, 2)


@pytest.mark.parametrize(("size", "dimension", "components"), [(60, 1, 2), (100, 4, 3), (40, 3, 1), (300, 6, 4)])
def test_it_is_scikit_learns_from_the_same_start(size: int, dimension: int, components: int) -> None:
    rng = np.random.default_rng(size)
    rows = rng.standard_normal((3, size, dimension)) + 2.0 * rng.integers(0, 2, (3, size, 1))
    picks = rng.random((3, components))
    start, end = fitted(rows, components, 0, picks), fitted(rows, components, 100, picks)
    for r in range(3):
        weights, means, covariances = (part[r] for part in start)
        model = Mixture(
            components, tol=1e-3, reg_covar=1e-6, weights_init=weights, means_init=means,
            precisions_init=np.linalg.inv(covariances),
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(rows[r])
        for got, expected in zip(end, (model.weights_, model.means_, model.covariances_), strict=True):
            np.testing.assert_allclose(got[r], expected, rtol=1e-8, atol=1e-10)


def test_the_start_gives_every_row_to_the_nearest_of_distinct_centres() -> None:
    rows = np.array([[[0.0], [0.1], [5.0], [5.2], [9.0], [9.1]]])
    for picks in np.random.default_rng(1).random((30, 1, 3)):
        weights, means, _ = fitted(rows, 3, 0, picks)
        assert (weights > 0.1).all()
        assert len(np.unique(means)) == 3


def test_a_replication_does_not_depend_on_its_neighbours_and_hostile_rows_are_marked() -> None:
    rng = np.random.default_rng(2)
    rows, picks = rng.standard_normal((2, 30, 2)), rng.random((2, 2))
    together = fitted(rows, 2, 50, picks)
    alone = fitted(rows[1:].copy(), 2, 50, picks[1:].copy())
    np.testing.assert_array_equal(together[2][1], alone[2][0])
    rows[0, 3, 1] = np.nan
    spoilt = fitted(rows, 2, 50, picks)
    assert np.isnan(spoilt[2][0]).any()
    np.testing.assert_array_equal(spoilt[2][1], alone[2][0])
