"""Exact nearest neighbours against scikit-learn and brute force."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from synththeory.arrays import Array, Integers
from synththeory.kernels.neighbours import nearest_neighbours


def neighbours(rows: Array, wanted: int) -> Integers:
    out = np.full((*rows.shape[:2], wanted), -1, dtype=np.int64)
    nearest_neighbours(rows, out)
    return out


@pytest.mark.parametrize(("count", "dimension", "wanted"), [(2, 1, 1), (6, 2, 5), (100, 20, 5), (333, 3, 12)])
def test_neighbours_are_scikit_learns(count: int, dimension: int, wanted: int) -> None:
    rows = np.random.default_rng(count).standard_normal((3, count, dimension))
    got = neighbours(rows, wanted)
    for r in range(3):
        search = NearestNeighbors(n_neighbors=wanted, algorithm="brute").fit(rows[r])
        np.testing.assert_array_equal(got[r], search.kneighbors(return_distance=False))


@given(seed=st.integers(0, 2**32), count=st.integers(2, 40), dimension=st.integers(1, 4), wanted=st.integers(1, 39))
def test_ties_go_to_the_lower_number(seed: int, count: int, dimension: int, wanted: int) -> None:
    wanted = min(wanted, count - 1)
    rows = np.random.default_rng(seed).integers(0, 3, (1, count, dimension)).astype(np.float64)
    squares = ((rows[0, :, None] - rows[0, None]) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    expected = np.argsort(squares, axis=1, kind="stable")[:, :wanted]
    np.testing.assert_array_equal(neighbours(rows, wanted)[0], expected)


def test_coincident_rows_are_neighbours_but_no_row_is_its_own() -> None:
    rows = np.array([[[0.0], [0.0], [5.0], [0.0]]])
    assert neighbours(rows, 2)[0].tolist() == [[1, 3], [0, 3], [0, 1], [0, 1]]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_hostile_rows_still_name_existing_rows(value: float) -> None:
    rows = np.random.default_rng(1).standard_normal((2, 10, 3))
    rows[0, 4, 1] = value
    got = neighbours(rows, 3)
    assert got.min() >= 0
    assert got.max() < 10
    np.testing.assert_array_equal(got[1], neighbours(rows[1:], 3)[0])
