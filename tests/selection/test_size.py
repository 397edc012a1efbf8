"""Size and power of both calibrations, by simulation with fixed seeds."""

import numpy as np
import pytest

from synththeory.arrays import Array
from synththeory.losses import SquaredLoss
from synththeory.populations import CubePair
from synththeory.selection import symmetry_power
from tests.selection.tables import cube_pair, logistic_cubes
from tests.statistical import assert_agrees

LEVEL, SETS, PAPER_SETS = 0.05, 2000, 5000
MIDDLE, HALF = 0.0525, 0.0125  # the target interval [.04, .065] of the small-sample size


def share(p_values: Array) -> float:
    """Rejection rate; every data set must have a test."""
    assert not np.isnan(p_values).any()
    return float((p_values < LEVEL).mean())


def deviation(rate: float, sets: int) -> float:
    """Standard error of a rejection rate."""
    return float(np.sqrt(rate * (1.0 - rate) / sets))


@pytest.mark.parametrize(("ratio", "paper"), [(5, 0.129), (20, 0.152)])
def test_size_of_both_calibrations_with_fifty_minority_rows(ratio: int, paper: float) -> None:
    found = cube_pair((50 * ratio, 50), SETS)
    spread = np.hypot(deviation(paper, SETS), deviation(paper, PAPER_SETS))
    null = f"χ² rejects as often as known at κ={ratio}"
    assert_agrees(share(found.chi2_p_value), paper, spread, null, slack=5e-4, cases=2)
    error = deviation(MIDDLE, SETS)
    assert_agrees(
        share(found.p_value), MIDDLE, error, f"the small-sample size is in [.04, .065] at κ={ratio}", slack=HALF
    )


@pytest.mark.parametrize("ratio", [5, 20])
def test_size_for_logistic_scores(ratio: int) -> None:
    sets = 1000
    found = logistic_cubes((50 * ratio, 50), sets)
    error = deviation(MIDDLE, sets)
    assert_agrees(share(found.p_value), MIDDLE, error, "the small-sample size of logistic scores holds", slack=HALF)
    assert share(found.chi2_p_value) > 0.09


def test_both_calibrations_agree_with_five_hundred_minority_rows() -> None:
    sets = 1000
    found = cube_pair((2500, 500), sets)
    assert np.abs(found.p_value - found.chi2_p_value).mean() < 0.02
    assert np.mean((found.p_value < LEVEL) != (found.chi2_p_value < LEVEL)) < 0.02
    error = deviation(LEVEL, sets)
    assert_agrees(share(found.chi2_p_value), LEVEL, error, "χ² has its size at n1=500", slack=0.01)
    assert_agrees(share(found.p_value), LEVEL, error, "the small-sample test has its size at n1=500", slack=0.005)


def test_power_at_a_local_alternative_is_the_noncentral_one() -> None:
    sets, counts = 1000, (2500, 500)
    expected = symmetry_power(CubePair(dimension=5, signal=-3.0), SquaredLoss(), counts, LEVEL)
    found = cube_pair(counts, sets, signal=-3.0)
    error = deviation(expected, sets)
    for p_values in (found.p_value, found.chi2_p_value):
        assert_agrees(share(p_values), expected, error, "power is noncentral χ²", slack=0.02)
    assert 0.2 < expected < 0.98  # at the ends every formula would pass
