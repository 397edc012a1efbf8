"""Nested Gram matrices against numpy, and their independence of the grid of sizes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Array, Integers
from synththeory.kernels.gram import nested_gram
from synththeory.kernels.llvm.tile import WIDTH


def gram(rows: Array, labels: Array, weights: Array, sizes: Integers) -> Array:
    out = np.empty((*sizes.shape, rows.shape[2] + 2, rows.shape[2] + 2))
    nested_gram(rows, labels, weights, sizes, out)
    return out


def oracle(rows: Array, labels: Array, weights: Array, sizes: Integers) -> tuple[Array, Array]:
    """numpy's Σ w z zᵀ of the first rows, and the same of absolute values, which bounds its rounding."""
    extended = np.concatenate([rows, np.ones((*rows.shape[:2], 1)), labels[:, :, None]], axis=2)
    value, scale = [np.empty((*sizes.shape, extended.shape[2], extended.shape[2])) for _ in range(2)]
    for r, s in np.ndindex(*sizes.shape):
        first, weight = extended[r, : sizes[r, s]], weights[r, : sizes[r, s], None]
        value[r, s] = first.T @ (weight * first)
        scale[r, s] = np.abs(first).T @ (np.abs(weight) * np.abs(first))
    return value, scale


def example(seed: int, count: int, size: int, dimension: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    rows, labels = rng.standard_normal((count, size, dimension)), rng.standard_normal((count, size))
    return rows, labels, rng.standard_normal((count, size))


@given(
    seed=st.integers(0, 2**32),
    count=st.integers(1, 3),
    size=st.integers(0, 300),
    dimension=st.integers(1, 2 * WIDTH + 2),
    unit=st.booleans(),
    shares=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5),
)
def test_gram_is_numpys(seed: int, count: int, size: int, dimension: int, unit: bool, shares: list[float]) -> None:
    rows, labels, weights = example(seed, count, size, dimension)
    weights = np.ones_like(weights) if unit else weights
    sizes = np.tile(np.sort(np.round(np.array(shares) * size)).astype(np.int64), (count, 1))
    value, scale = oracle(rows, labels, weights, sizes)
    assert np.all(np.abs(gram(rows, labels, weights, sizes) - value) <= 1e-13 * scale + 1e-300)


@pytest.mark.parametrize("dimension", [1, 2, 3, 4, 5, 6, 7, 13, 14, 15])
def test_widths_around_the_tile(dimension: int) -> None:
    rows, labels, weights = example(dimension, 2, 260, dimension)
    sizes = np.array([[0, 0, 1, 128, 129, 129, 260], [0, 7, 8, 9, 127, 256, 260]])
    value, scale = oracle(rows, labels, weights, sizes)
    assert np.all(np.abs(gram(rows, labels, weights, sizes) - value) <= 1e-13 * scale)


@pytest.mark.parametrize("dimension", [2, 5, 6, 20])
@pytest.mark.parametrize("unit", [True, False])
def test_a_size_has_the_same_bits_whatever_sizes_come_before(dimension: int, unit: bool) -> None:
    rows, labels, weights = example(9, 2, 400, dimension)
    weights = np.ones_like(weights) if unit else weights
    fine = np.tile(np.arange(0, 401, 5), (2, 1))
    coarse = np.full((2, 1), 400)
    np.testing.assert_array_equal(gram(rows, labels, weights, fine)[:, -1], gram(rows, labels, weights, coarse)[:, 0])


def test_gram_is_exactly_symmetric_and_starts_at_zero() -> None:
    rows, labels, weights = example(4, 3, 50, 9)
    got = gram(rows, labels, weights, np.tile(np.array([0, 20, 50]), (3, 1)))
    np.testing.assert_array_equal(got, got.swapaxes(2, 3))
    assert not got[:, 0].any()


def test_each_replication_has_its_own_sizes() -> None:
    rows, labels, weights = example(5, 2, 30, 3)
    together = gram(rows, labels, weights, np.array([[3, 30], [11, 12]]))
    for r, sizes in enumerate(([3, 30], [11, 12])):
        alone = gram(rows[r : r + 1], labels[r : r + 1], weights[r : r + 1], np.array([sizes]))
        np.testing.assert_array_equal(together[r], alone[0])


def test_opposite_weights_cancel() -> None:
    rows, labels, weights = example(6, 1, 40, 7)
    doubled = [np.concatenate([part, part], axis=1) for part in (rows, labels)]
    signed = np.concatenate([weights, -weights], axis=1)
    got = gram(doubled[0], doubled[1], signed, np.array([[40, 80]]))
    assert np.abs(got[0, 1]).max() <= 1e-13 * np.abs(got[0, 0]).max()
