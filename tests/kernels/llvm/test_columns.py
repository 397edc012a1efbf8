"""Maps and weights of columns against numpy, compiled and interpreted."""

from itertools import product

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.kernels.compile import kernel
from synththeory.kernels.llvm.columns import add_lengths, fused, map_columns, take_column, weigh_columns
from synththeory.kernels.llvm.triples import HEIGHT
from synththeory.kernels.llvm.writer import LANES

COLUMNS, STEPS = 13, 9
STRIDE = (STEPS + 2) * LANES


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


def example(seed: int) -> Array:
    return np.random.default_rng(seed).standard_normal(COLUMNS * STRIDE)


@pytest.mark.parametrize("eights", [1, 4, STEPS])
def test_maps_are_numpys_in_place(eights: int) -> None:
    rng = np.random.default_rng(eights)
    matrix, rows = rng.standard_normal(40), eights * LANES
    for height, steps in product(range(1, HEIGHT + 1), (HEIGHT, 6)):
        panel = example(height)
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
    panel = example(3)
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
