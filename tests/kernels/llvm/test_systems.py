"""The compiled elimination step against its interpreted twin, and the independence of its lanes."""

from typing import Any

import numba
import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.kernels.llvm.systems import eliminate
from synththeory.kernels.llvm.writer import LANES


def call(
    data: Array, target: int, left: int, left_step: int, right: int, right_step: int, steps: int, factor: int
) -> None:
    """The step as kernels call it."""
    eliminate(data, target, left, left_step, right, right_step, steps, factor)


compiled: Any = numba.njit(call)


@pytest.mark.parametrize("place", [(9, 0, 1, 4, 1, 4, 12), (9, 0, 2, 1, 3, 3, 3), (2, 5, 1, 7, 1, 0, 2)])
def test_compiled_elimination_is_its_interpreted_twin(place: tuple[int, int, int, int, int, int, int]) -> None:
    base = np.random.default_rng(1).standard_normal(20 * LANES)
    got, twin = base.copy(), base.copy()
    compiled(got, *place)
    call(twin, *place)
    np.testing.assert_allclose(got, twin, rtol=1e-13, atol=1e-14)
    untouched = np.delete(np.arange(20 * LANES), np.arange(place[0] * LANES, (place[0] + 1) * LANES))
    np.testing.assert_array_equal(got[untouched], base[untouched])


def test_a_system_has_the_same_bits_in_every_lane() -> None:
    entries = np.random.default_rng(2).standard_normal(20)
    data = np.repeat(entries, LANES)
    data.reshape(20, LANES)[:, 3] = np.nan
    compiled(data, 9, 0, 1, 4, 1, 4, 12)
    result = np.delete(data.reshape(20, LANES)[9], 3)
    assert (result == result[0]).all()
