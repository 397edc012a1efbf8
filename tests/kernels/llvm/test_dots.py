"""The tile of dot products against numpy, compiled and interpreted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Array
from synththeory.kernels.compile import kernel
from synththeory.kernels.llvm.dots import SIDE, add_dots, add_row_of_dots
from synththeory.kernels.llvm.writer import LANES


@kernel
def tile(left: Array, right: Array, start: int, steps: int, out: Array, corner: int) -> None:
    """Add the tile of rows of ``left`` and ``right`` from column ``start`` on at ``corner`` of the flat ``out``."""
    add_dots(
        left.reshape(-1), start, left.shape[1], right.reshape(-1), start, right.shape[1], steps,
        out.reshape(-1), corner, out.shape[1],
    )  # fmt: skip


@kernel
def row(left: Array, right: Array, start: int, steps: int, out: Array, corner: int) -> None:
    """Add the products of one row, ``left``, alone."""
    add_row_of_dots(left, start, right.reshape(-1), start, right.shape[1], steps, out, corner)


def example(seed: int, steps: int) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    left, right = rng.standard_normal((2, SIDE, LANES * steps + 3))
    return left, right, rng.standard_normal((SIDE + 2, SIDE + 3))


@given(seed=st.integers(0, 2**32), steps=st.integers(0, 40))
def test_tile_is_numpys_and_touches_nothing_else(seed: int, steps: int) -> None:
    left, right, out = example(seed, steps)
    before, corner = out.copy(), out.shape[1] + 2
    tile(left, right, 1, steps, out, corner)
    part = slice(1, 1 + LANES * steps)
    expected = before.copy()
    expected[1 : 1 + SIDE, 2 : 2 + SIDE] += left[:, part] @ right[:, part].T
    scale = np.abs(before).max() + (np.abs(left[:, part]) @ np.abs(right[:, part]).T).max(initial=0.0)
    np.testing.assert_allclose(out, expected, rtol=0.0, atol=1e-14 * scale)
    outside = np.ones(out.shape, dtype=bool)
    outside[1 : 1 + SIDE, 2 : 2 + SIDE] = False
    np.testing.assert_array_equal(out[outside], before[outside])


@pytest.mark.parametrize("steps", [0, 1, 7, 128])
def test_the_interpreted_twin_agrees(steps: int) -> None:
    left, right, out = example(3, steps)
    twin = out.copy()
    tile(left, right, 2, steps, out, 0)
    add_dots(
        left.reshape(-1), 2, left.shape[1], right.reshape(-1), 2, right.shape[1], steps, twin.reshape(-1), 0,
        twin.shape[1],
    )  # fmt: skip
    np.testing.assert_allclose(out, twin, rtol=1e-12, atol=1e-12)


def test_each_dot_product_keeps_one_order_of_sums() -> None:
    """Bitwise: a product does not depend on which row of the tile it is in."""
    left, right, _ = example(4, 30)
    turned, straight = np.zeros((SIDE, SIDE)), np.zeros((SIDE, SIDE))
    order = np.array([2, 0, 3, 1])
    tile(left, right, 0, 30, straight, 0)
    tile(left[order].copy(), right, 0, 30, turned, 0)
    np.testing.assert_array_equal(turned, straight[order])


@pytest.mark.parametrize("steps", [0, 1, 7, 128])
def test_a_row_alone_has_the_bits_it_has_in_a_tile(steps: int) -> None:
    left, right, out = example(5, steps)
    alone, before, corner = out.copy(), out.copy(), out.shape[1] + 2
    tile(left, right, 1, steps, out, corner)
    row(left[0].copy(), right, 1, steps, alone.reshape(-1), corner)
    np.testing.assert_array_equal(alone[1, 2 : 2 + SIDE], out[1, 2 : 2 + SIDE])
    alone[1, 2 : 2 + SIDE] = before[1, 2 : 2 + SIDE]
    np.testing.assert_array_equal(alone, before)
    twin = before.copy()
    add_row_of_dots(left[0], 1, right.reshape(-1), 1, right.shape[1], steps, twin.reshape(-1), corner)
    np.testing.assert_allclose(twin[1, 2 : 2 + SIDE], out[1, 2 : 2 + SIDE], rtol=1e-12, atol=1e-12)
