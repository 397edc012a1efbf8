"""The size of the symmetry test of logistic scores, by simulation; that of squared ones is in tests/paper."""

import numpy as np
import pytest

from synththeory.arrays import Array
from tests.selection.tables import logistic_cubes
from tests.statistical import assert_agrees

LEVEL, SETS = 0.05, 1000
MIDDLE, HALF = 0.0525, 0.0125  # the target interval [.04, .065] of the small-sample size


def share(p_values: Array) -> float:
    """Rejection rate; every data set must have a test."""
    assert not np.isnan(p_values).any()
    return float((p_values < LEVEL).mean())


@pytest.mark.parametrize("ratio", [5, 20])
def test_size_for_logistic_scores(ratio: int) -> None:
    """Null: the small-sample calibration rejects in 4 to 6.5 % of data sets, where χ² rejects twice as often."""
    found = logistic_cubes((50 * ratio, 50), SETS)
    error = np.sqrt(MIDDLE * (1.0 - MIDDLE) / SETS)
    assert_agrees(share(found.p_value), MIDDLE, error, "small-sample size of logistic scores", HALF, cases=2)
    assert share(found.chi2_p_value) > 0.09
