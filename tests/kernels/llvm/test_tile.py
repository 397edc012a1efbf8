"""The compiled 8 × 8 tile against its interpreted twin."""

from typing import Any

import numba
import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.kernels.llvm.tile import WIDTH, add_tile, start_tile


def call(
    left: Array, left_start: int, left_step: int, left_stride: int,
    right: Array, right_start: int, right_step: int, steps: int,
    out: Array, out_start: int, out_stride: int,
) -> None:  # fmt: skip
    """The tile as kernels call it."""
    add_tile(
        left, left_start, left_step, left_stride, right, right_start, right_step, steps, out, out_start, out_stride
    )


compiled: Any = numba.njit(call)


@numba.njit  # type: ignore[untyped-decorator]
def compiled_start(source: Array, start: int, out: Array, out_start: int, out_stride: int) -> None:
    """The start of a tile as kernels call it."""
    start_tile(source, start, out, out_start, out_stride)


LAYOUTS = [(0, 24, 1, 0, 24), (3, 1, 17, 5, 9), (2, 30, 3, 1, 8)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("steps", [0, 1, 2, 7, 16])
def test_compiled_tile_is_its_interpreted_twin(layout: tuple[int, int, int, int, int], steps: int) -> None:
    left_start, left_step, left_stride, right_start, right_step = layout
    rng = np.random.default_rng(steps)
    left, right, base = (rng.standard_normal(700) for _ in range(3))
    got, twin = base.copy(), base.copy()
    where = (left, left_start, left_step, left_stride, right, right_start, right_step, steps)
    compiled(*where, got, 4, 11)
    add_tile(*where, twin, 4, 11)
    # fused multiply-add rounds once a step, the twin twice
    np.testing.assert_allclose(got, twin, rtol=1e-13, atol=1e-13)
    untouched = np.ones(700, dtype=bool)
    untouched[(4 + 11 * np.arange(WIDTH)[:, None] + np.arange(WIDTH)).ravel()] = False
    np.testing.assert_array_equal(got[untouched], base[untouched])


def test_tile_is_a_matrix_product_exact_on_integers() -> None:
    rng = np.random.default_rng(1)
    left, right = rng.integers(-9, 10, (2, 13, WIDTH)).astype(np.float64)
    for tile in (compiled, add_tile):
        out = np.ones((WIDTH, WIDTH))
        tile(left.reshape(-1), 0, WIDTH, 1, right.reshape(-1), 0, WIDTH, 13, out.reshape(-1), 0, WIDTH)
        np.testing.assert_array_equal(out, 1.0 + left.T @ right)


def test_hostile_values_pass_through_alike() -> None:
    left, right = np.ones((2, WIDTH)), np.ones((2, WIDTH))
    left[0, 1], left[1, 2], right[1, 3] = np.inf, np.nan, -np.inf
    outs = []
    for tile in (compiled, add_tile):
        out = np.zeros((WIDTH, WIDTH))
        with np.errstate(invalid="ignore"):
            tile(left.reshape(-1), 0, WIDTH, 1, right.reshape(-1), 0, WIDTH, 2, out.reshape(-1), 0, WIDTH)
        outs.append(out)
    np.testing.assert_array_equal(outs[0], outs[1])


@pytest.mark.parametrize(("start", "out_start", "out_stride"), [(0, 0, 8), (3, 5, 20), (1, 2, 3)])
def test_compiled_start_is_its_interpreted_twin(start: int, out_start: int, out_stride: int) -> None:
    source = np.random.default_rng(start).standard_normal(20)
    got, twin = np.zeros((2, 200))
    compiled_start(source, start, got, out_start, out_stride)
    start_tile(source, start, twin, out_start, out_stride)
    np.testing.assert_array_equal(got, twin)
    last = out_start + (WIDTH - 1) * out_stride
    np.testing.assert_array_equal(got[last : last + WIDTH], source[start : start + WIDTH])
