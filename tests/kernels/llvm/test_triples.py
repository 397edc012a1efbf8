"""Tiles of products of columns against numpy, in every size, compiled and interpreted."""

from itertools import product

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.kernels.compile import kernel
from synththeory.kernels.llvm.triples import HEIGHT, WIDTH, add_pairs, add_triples
from synththeory.kernels.llvm.writer import LANES

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
