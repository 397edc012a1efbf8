"""The sums of the symmetry test against the loop over data sets, across panels, dimensions and hostile input."""

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.kernels.cholesky import NOT_FINITE, OK, SINGULAR
from synththeory.kernels.symmetry import symmetry_sums
from tests.selection import plain

LABELS = np.array([-0.5, 0.5])


def run(majority: Array, minority: Array, size: int) -> tuple[Array, Array, Array]:
    """Outputs of the kernel."""
    count = len(majority)
    g_phi, sums, status = np.full((count, size), np.nan), np.full((count, 6), np.nan), np.full(count, 9, dtype=np.uint8)
    symmetry_sums(majority, minority, LABELS, g_phi, sums, status)
    return g_phi, sums, status


def skewed(seed: int, shape: tuple[int, ...]) -> Array:
    """Rows of correlated, skewed coordinates of unlike scale."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal(shape) + rng.exponential(size=(*shape[:2], 1))
    return np.asarray(rows * np.geomspace(0.1, 30.0, shape[2]))


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize(("counts", "dimension"), [((40, 9), 1), ((520, 17), 3), ((1100, 30), 8), ((64, 30), 12)])
def test_sums_are_the_formulas_row_by_row(counts: tuple[int, int], dimension: int, intercept: bool) -> None:
    """Sizes on both sides of a panel of rows, widths on both sides of a tile."""
    majority, minority = skewed(1, (2, counts[0], dimension)), skewed(2, (2, counts[1], dimension))
    size = dimension + int(intercept)
    g_phi, sums, status = run(majority, minority, size)
    assert (status == OK).all()
    for r in range(2):
        rows = [np.column_stack([x, np.ones(len(x))])[:, :size] for x in (majority[r], minority[r])]
        expected = plain.symmetry(rows, (-0.5, 0.5), False, np.zeros(size))
        np.testing.assert_allclose(g_phi[r], expected.g_phi, rtol=1e-8, atol=1e-10 * np.abs(expected.g_phi).max())
        np.testing.assert_allclose(sums[r], expected.sums, rtol=1e-8)


def test_a_data_set_does_not_see_its_neighbours() -> None:
    majority, minority = skewed(3, (4, 100, 3)), skewed(4, (4, 20, 3))
    whole = run(majority, minority, 3)
    for r in range(4):
        alone = run(majority[r : r + 1], minority[r : r + 1], 3)
        assert all(one.tobytes() == block[r : r + 1].tobytes() for one, block in zip(alone, whole, strict=True))


def test_a_hostile_data_set_is_told_and_harms_no_other() -> None:
    majority, minority = skewed(5, (5, 100, 3)), skewed(6, (5, 20, 3))
    alone = run(majority[4:], minority[4:], 3)
    majority[0, :, 2] = majority[0, :, 1] * 2.0
    minority[0, :, 2] = minority[0, :, 1] * 2.0
    majority[1, 7, 0], minority[2, 3, 1] = np.inf, np.nan
    majority[3], minority[3] = 0.0, 0.0
    g_phi, sums, status = run(majority, minority, 3)
    assert status.tolist() == [SINGULAR, NOT_FINITE, NOT_FINITE, SINGULAR, OK]
    assert sums[4:].tobytes() == alone[1].tobytes()
    assert g_phi[4:].tobytes() == alone[0].tobytes()


def test_units_do_not_make_a_set_singular() -> None:
    majority, minority = skewed(7, (1, 100, 3)), skewed(8, (1, 20, 3))
    units = np.array([1e-9, 1.0, 1e9])
    before, after = run(majority, minority, 3), run(majority * units, minority * units, 3)
    assert after[2].tolist() == [OK]
    np.testing.assert_allclose(after[1], before[1], rtol=1e-6)


def test_one_compilation_serves_all() -> None:
    run(skewed(9, (1, 50, 2)), skewed(10, (1, 10, 2)), 2)
    assert len(symmetry_sums.signatures) == 1  # type: ignore[attr-defined]
