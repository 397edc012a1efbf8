"""The cube-pair population: its asymmetry's formula, and the location that a signal asks for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from synththeory import DesignError, load_design
from synththeory.losses import SquaredLoss
from synththeory.populations import CubePair, exact_risk
from synththeory.populations.cube_pair import SYMMETRIC_LOCATION, asymmetry


def g_phi(population: CubePair) -> np.ndarray:
    zero, one = exact_risk(population, SquaredLoss()).moments
    return np.asarray(zero.gradient - one.gradient)


@given(location=st.floats(-4.0, 6.0), dimension=st.integers(1, 6))
def test_the_formula_is_the_moments_asymmetry(location: float, dimension: int) -> None:
    population = CubePair(dimension=dimension, location=location)
    expected = np.zeros(dimension)
    expected[0] = asymmetry(location)
    np.testing.assert_allclose(g_phi(population), expected, atol=1e-13)
    optimum = exact_risk(population, SquaredLoss()).optimum
    assert optimum[0] == pytest.approx((1.0 + location) / (2.0 * (6.0 + location**2)), abs=1e-14)
    np.testing.assert_allclose(optimum[1:], 0.0, atol=1e-15)


def test_the_default_is_locally_symmetric() -> None:
    assert pytest.approx((5.0 - np.sqrt(21.0)) / 2.0) == SYMMETRIC_LOCATION
    np.testing.assert_allclose(g_phi(CubePair(dimension=5)), 0.0, atol=1e-15)


@given(signal=st.floats(-4.0, 4.0), minority=st.integers(50, 500), ratio=st.integers(5, 20))
def test_the_signal_is_solved_for_the_location_nearest_the_symmetric_one(
    signal: float, minority: int, ratio: int
) -> None:
    counts = (ratio * minority, minority)
    population = CubePair(dimension=5, signal=signal).given(counts)
    assert population.location is not None
    assert population.signal is None
    wanted = signal / np.sqrt(counts[0] * counts[1] / sum(counts))
    assert asymmetry(population.location) == pytest.approx(wanted, abs=1e-12)
    assert (population.location - SYMMETRIC_LOCATION) * signal >= -1e-12
    assert -1.0 - np.sqrt(7.0) <= population.location <= -1.0 + np.sqrt(7.0)  # where the formula increases
    steps = np.linspace(SYMMETRIC_LOCATION, population.location, 50)
    assert np.all(np.diff(np.array([asymmetry(step) for step in steps])) * signal >= -1e-13)


@pytest.mark.parametrize("signal", [-400.0, 60.0])
def test_too_strong_a_signal_is_one_clear_line(signal: float) -> None:
    with pytest.raises(ValueError, match=r"asks for g_phi = .*, outside .*; use a weaker signal or more rows"):
        CubePair(dimension=5, signal=signal).given((250, 50))
    table = {
        "study": "cube",
        "population": {"kind": "cube-pair", "dimension": 5, "signal": signal},
        "sample": {"majority": 250, "minority": 50},
        "augmentation": {"sizes": [0], "generators": [{"kind": "oracle"}]},
        "learner": {"kind": "least-squares"},
    }
    with pytest.raises(DesignError, match=r"population: signal .* use a weaker signal") as caught:
        load_design(table)
    assert len(str(caught.value).splitlines()) == 1


def test_a_design_resolves_the_signal_for_its_own_counts() -> None:
    table = {
        "study": "cube",
        "population": {"kind": "cube-pair", "dimension": 5, "signal": 2.0},
        "sample": {"minority": 50, "ratio": 5.0},
        "augmentation": {"sizes": [0], "generators": [{"kind": "oracle"}]},
        "learner": {"kind": "least-squares"},
        "sweep": {"sample.minority": [50, 500]},
    }
    few, many = (cell.population for cell in load_design(table).cells)
    assert isinstance(few, CubePair)
    assert isinstance(many, CubePair)
    assert asymmetry(few.location or 0.0) == pytest.approx(np.sqrt(10.0) * asymmetry(many.location or 0.0), rel=1e-10)


def test_the_laws_need_a_location() -> None:
    with pytest.raises(ValueError, match="follows from the signal once class counts are given"):
        _ = CubePair(dimension=2, signal=1.0).laws
    plain = CubePair(dimension=2, location=0.3)
    assert plain.given((10, 5)) is plain


@pytest.mark.parametrize("settings", [{"location": 0.2, "signal": 1.0}, {"dimension": 0}, {"location": float("nan")}])
def test_impossible_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CubePair.model_validate({"dimension": 3, **settings})
