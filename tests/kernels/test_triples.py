"""Tiles over columns of rows against numpy, in every size, compiled and interpreted."""

from itertools import product

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.kernels.compile import kernel
from synththeory.kernels.triples import (
    HEIGHT,
    LANES,
    WIDTH,
    add_lengths,
    add_pairs,
    add_triples,
    fused,
    map_columns,
    take_column,
    weigh_columns,
)

COLUMNS, STEPS = 13, 9
STRIDE = (STEPS + 2) * LANES
SIZES = tuple(product(range(1, HEIGHT + 1), range(1, WIDTH + 1)))


@kernel
def pairs(panel: Array, left: int, right: int, height: int, width: int, steps: int, sums: Array) -> None:
    """The tile of products of two columns at sum 3, rows of sums eight apart."""
    add_pairs(panel, STRIDE, left, right, height, width, steps, sums, 3, 8)


@kernel
def triples(panel: Array, factor: int, left: int, right: int, height: int, width: int, steps: int, sums: Array) -> None:
    """The tile of products of three columns, likewise."""
    add_triples(panel, STRIDE, factor, left, right, height, width, steps, sums, 3, 8)


@kernel
def maps(matrix: Array, panel: Array, height: int, steps: int, eights: int, lengths: Array) -> None:
    """Overwrite the columns from the second on by combinations of the columns from the second on."""
    map_columns(matrix, 2, 7, panel, STRIDE, STRIDE, STRIDE, height, steps, eights, lengths)


@kernel
def measures(matrix: Array, panel: Array, height: int, steps: int, eights: int, lengths: Array) -> None:
    """The lengths of the same combinations."""
    add_lengths(matrix, 2, 7, panel, STRIDE, STRIDE, height, steps, eights, lengths)


@kernel
def weighs(panel: Array, size: int, residual: int, share: float, least: float, eights: int, lengths: Array) -> None:
    """Weights of rows."""
    weigh_columns(panel, STRIDE, size, residual, share, least, eights, lengths)


@kernel
def takes(rows: Array, start: int, step: int, shift: float, factor: float, eights: int, column: Array) -> None:
    """The tile, and one number more by itself."""
    take_column(rows, start, step, shift, factor, eights, column)
    column[-1] = fused(factor, rows[start], shift)


def example(seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(COLUMNS * STRIDE), rng.standard_normal(40 * LANES)


def folded(sums: Array) -> Array:
    return np.asarray(sums.reshape(-1, LANES).sum(axis=1))


@pytest.mark.parametrize("steps", [0, 1, STEPS])
def test_sums_of_products_are_numpys_and_touch_nothing_else(steps: int) -> None:
    for height, width in SIZES:
        panel, start = example(height * 10 + width)
        columns = panel.reshape(COLUMNS, STRIDE)[:, : steps * LANES]
        for factor in (None, 0, 5):
            sums, twin, expected = start.copy(), start.copy(), folded(start)
            common = np.ones(steps * LANES) if factor is None else columns[factor]
            for r, c in product(range(height), range(width)):
                expected[3 + 8 * r + c] += common @ (columns[2 + r] * columns[4 + c])
            if factor is None:
                pairs(panel, 2, 4, height, width, steps, sums)
                add_pairs(panel, STRIDE, 2, 4, height, width, steps, twin, 3, 8)
            else:
                triples(panel, factor, 2, 4, height, width, steps, sums)
                add_triples(panel, STRIDE, factor, 2, 4, height, width, steps, twin, 3, 8)
            np.testing.assert_allclose(folded(sums), expected, rtol=0.0, atol=1e-12)
            np.testing.assert_allclose(sums, twin, rtol=0.0, atol=1e-12)


def test_a_sum_has_the_same_bits_in_every_tile() -> None:
    panel, _ = example(7)
    whole, single = np.zeros(40 * LANES), np.zeros(40 * LANES)
    triples(panel, 1, 2, 4, HEIGHT, WIDTH, STEPS, whole)
    triples(panel, 1, 3, 6, 1, 1, STEPS, single)
    np.testing.assert_array_equal(whole[(3 + 8 + 2) * LANES : (3 + 8 + 3) * LANES], single[3 * LANES : 4 * LANES])


@pytest.mark.parametrize("eights", [1, 4, STEPS])
def test_maps_are_numpys_in_place(eights: int) -> None:
    rng = np.random.default_rng(eights)
    matrix, rows = rng.standard_normal(40), eights * LANES
    for height, steps in product(range(1, HEIGHT + 1), (HEIGHT, 6)):
        panel, _ = example(height)
        before, twin = panel.copy().reshape(COLUMNS, STRIDE), panel.copy()
        lengths, other, alone, third = np.ones((4, rows))
        measures(matrix, panel, height, steps, eights, alone)
        add_lengths(matrix, 2, 7, panel, STRIDE, STRIDE, height, steps, eights, third)
        maps(matrix, panel, height, steps, eights, lengths)
        map_columns(matrix, 2, 7, twin, STRIDE, STRIDE, STRIDE, height, steps, eights, other)
        expected = before.copy()
        turn = np.array([matrix[2 + 7 * r : 2 + 7 * r + steps] for r in range(height)])
        expected[1 : 1 + height, :rows] = turn @ before[1 : 1 + steps, :rows]
        np.testing.assert_allclose(panel.reshape(COLUMNS, STRIDE), expected, rtol=0.0, atol=1e-13)
        np.testing.assert_allclose(lengths, 1.0 + (expected[1 : 1 + height, :rows] ** 2).sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(panel, twin, rtol=0.0, atol=1e-13)
        np.testing.assert_allclose([lengths, third], [other, other], rtol=1e-12)
        np.testing.assert_array_equal(lengths, alone)


@pytest.mark.parametrize("eights", [1, STEPS])
def test_weights_are_numpys(eights: int) -> None:
    panel, _ = example(3)
    lengths, rows, twin = np.random.default_rng(4).random(eights * LANES) * 3.0, eights * LANES, panel.copy()
    before = panel.copy().reshape(COLUMNS, STRIDE)
    weighs(panel, 5, 7, 0.5, 1e-2, eights, lengths)
    weigh_columns(twin, STRIDE, 5, 7, 0.5, 1e-2, eights, lengths)
    left = np.maximum(1.0 - 0.5 * lengths, 1e-2)
    assert (left == 1e-2).any()
    before[:5, :rows] *= 2.0 * before[7, :rows] / np.sqrt(left)
    before[7, :rows] = left
    np.testing.assert_allclose(panel.reshape(COLUMNS, STRIDE), before, rtol=1e-13)
    np.testing.assert_allclose(panel, twin, rtol=1e-13)


def test_a_column_is_taken_with_one_rounding() -> None:
    rows = np.random.default_rng(1).standard_normal(300)
    column, twin = np.empty(17), np.empty(16)
    takes(rows, 2, 5, 0.1, 1.0 / 3.0, 2, column)
    take_column(rows, 2, 5, 0.1, 1.0 / 3.0, 2, twin)
    np.testing.assert_allclose(column[:16], twin, rtol=0.0, atol=1e-16)
    exact = np.longdouble(1.0 / 3.0) * rows[2:82:5].astype(np.longdouble) + np.longdouble(0.1)
    np.testing.assert_array_equal(column[:16], exact.astype(np.float64))
    assert column[16] == column[0]
    assert fused(2.0, 3.0, 1.0) == 7.0
