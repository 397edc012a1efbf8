"""E log(1 + e^u) for normal u against adaptive quadrature and its own identities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Array
from synththeory.kernels.softplus import expected_softplus
from tests.normal_integrals import expectation

MEANS = (-80.0, -20.0, -3.0, -0.4, 0.0, 1.0, 7.0, 60.0)
DEVIATIONS = (0.0, 1e-9, 1e-3, 0.3, 1.0, 1.9999, 2.0, 2.0001, 3.7, 10.0, 50.0)


def softplus(means: Array, deviations: Array) -> Array:
    out = np.empty(means.shape)
    expected_softplus(means, deviations, out)
    return out


@pytest.mark.parametrize("deviation", DEVIATIONS)
def test_it_is_adaptive_quadrature(deviation: float) -> None:
    means = np.array(MEANS)
    exact = [expectation(lambda u: np.logaddexp(0.0, u), mean, deviation) for mean in MEANS]
    got = softplus(means, np.full(means.shape, deviation))
    np.testing.assert_allclose(got, exact, rtol=1e-12, atol=1e-12 * max(1.0, deviation))


@given(mean=st.floats(-200.0, 200.0), deviation=st.floats(0.0, 50.0))
def test_reflection(mean: float, deviation: float) -> None:
    """log(1 + e^u) − log(1 + e^{−u}) = u, so the expectations at ±mean differ by the mean."""
    up, down = softplus(np.array([mean, -mean]), np.full(2, deviation))
    assert up - down == pytest.approx(mean, abs=1e-12 * (1.0 + abs(mean) + deviation))
    assert up >= np.logaddexp(0.0, mean) - 1e-12 * (1.0 + abs(mean))  # Jensen


def test_a_very_wide_score_is_half_its_mean_absolute_value() -> None:
    """E softplus(sZ) = s/√(2π) + O(1/s)."""
    for deviation in (1e3, 1e5, 1e8):
        (got,) = softplus(np.zeros(1), np.array([deviation]))
        assert got == pytest.approx(deviation / np.sqrt(2.0 * np.pi), rel=2.0 / deviation**2 + 1e-9)


@pytest.mark.parametrize("pair", [(np.nan, 1.0), (np.inf, 1.0), (0.0, np.inf), (-np.inf, 0.0), (0.0, np.nan)])
def test_what_is_not_finite_gives_nan_alone(pair: tuple[float, float]) -> None:
    got = softplus(np.array([0.0, pair[0], 0.0]), np.array([1.0, pair[1], 1.0]))
    assert np.isnan(got).tolist() == [False, True, False]
