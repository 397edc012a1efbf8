"""The sequence model against the definition of its risk, and its slope against the exponent and its neighbours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synththeory.arrays import Vector
from synththeory.theory.sequence import SequenceModel, fitted_slope, law_region, sequence_curve

ROWS = tuple(int(100 * 2 ** (step / 2)) for step in range(50))


def worst_risk(model: SequenceModel, level: float, width: float, kept: float = 1.0) -> float:
    """Variance plus largest squared bias over the Sobolev ball of the filter kept · (1 − (|k|/width)^β)_+."""
    frequencies = np.arange(0, int(8 * width) + 2)
    filtered = kept * np.maximum(1.0 - (frequencies / width) ** model.smoothness, 0.0)
    copies = np.where(frequencies == 0, 1, 2)
    bias = np.max((1.0 - filtered[1:]) ** 2 / frequencies[1:] ** (2.0 * model.smoothness)) * model.radius
    return float(level * (copies @ filtered**2) + bias)


@given(st.integers(1, 3), st.floats(0.2, 5.0), st.floats(1e-6, 1e-2))
def test_the_minimax_risk_is_the_worst_risk_of_its_filter_and_no_other_width_does_better(
    smoothness: int, radius: float, level: float
) -> None:
    model = SequenceModel(smoothness, radius)
    width, risk = model.bandwidth(level), model.minimax(level)
    np.testing.assert_allclose(risk, worst_risk(model, level, width), rtol=1e-9)
    assert all(risk <= worst_risk(model, level, width * factor) * (1.0 + 1e-12) for factor in np.geomspace(0.5, 2, 41))


def test_the_generators_error_is_filtered_frequency_by_frequency() -> None:
    model, error = SequenceModel(2), np.array([0.3, 0.2, 0.1])
    width = model.bandwidth(1e-4)
    plain = sum((1.0 - (k / width) ** 2) ** 2 * square for k, square in enumerate(error))
    np.testing.assert_allclose(model.floor_part(1e-4, error), plain)
    (point,) = sequence_curve(model, 100, (300,), error)
    np.testing.assert_allclose(point.bias, 0.75**2 * model.floor_part(1.0 / 400.0, error))
    np.testing.assert_allclose(point.excess, model.minimax(1.0 / 400.0) + point.bias)


@pytest.mark.parametrize("smoothness", [1, 2])
@pytest.mark.parametrize("divergence", [0.0, 1e-9])
def test_the_slope_is_the_exponent_and_no_neighbour(smoothness: int, divergence: float) -> None:
    points = sequence_curve(SequenceModel(smoothness), 100, ROWS, np.array([2.0 * divergence]))
    rate = fitted_slope(law_region(points))
    assert rate.points >= 8
    assert rate.agrees(-2.0 * smoothness / (2.0 * smoothness + 1.0))
    for neighbour in (smoothness - 1, smoothness + 1):
        assert not rate.agrees(-2.0 * neighbour / (2.0 * neighbour + 1.0))


def test_the_floor_is_twice_the_divergence() -> None:
    error: Vector = np.array([2e-3])
    last = sequence_curve(SequenceModel(2), 100, (10**9,), error)[-1]
    np.testing.assert_allclose(last.excess, 2e-3, rtol=1e-3)


def test_a_curve_on_its_floor_has_no_region() -> None:
    points = sequence_curve(SequenceModel(1), 100, ROWS, np.array([1.0]))
    assert law_region(points) == ()
    with pytest.raises(ValueError, match="at least 4 points"):
        fitted_slope(law_region(points))


def test_a_bent_curve_agrees_with_no_exponent() -> None:
    points = sequence_curve(SequenceModel(1), 100, ROWS, np.array([1e-3]))
    bent = fitted_slope(tuple(points))
    assert bent.curvature > 0.05
    assert not bent.agrees(bent.slope)
