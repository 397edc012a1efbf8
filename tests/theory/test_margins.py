"""The one-root theory of the maximum margin: the note's constants, its equations, and its limits."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from synththeory.errors import DesignError
from synththeory.theory.margins import augmented_limit, margin_limit

SETTING = (0.15, 1.75, 2.5)


def test_constants_of_the_note_to_four_digits() -> None:
    found = margin_limit(*SETTING)
    assert found.overlap == pytest.approx(0.7235, abs=5e-5)
    assert found.intercept == pytest.approx(-0.5960, abs=5e-5)
    assert found.margin == pytest.approx(0.9447, abs=5e-5)
    assert found.minority_error == pytest.approx(0.2514, abs=5e-5)
    assert found.majority_error == pytest.approx(0.0313, abs=5e-5)
    assert found.balancing_ratio == pytest.approx(4.419, abs=5e-4)


def positive_part(t: float, power: int) -> float:
    """E(Z + t)_+^power by adaptive quadrature."""
    return float(quad(lambda z: (z + t) ** power * norm.pdf(z), -t, 40.0, epsabs=1e-13)[0])


@pytest.mark.parametrize("ratio", [0.5, 1.0, 3.0])
def test_a_solution_meets_all_three_equations(ratio: float) -> None:
    share, distance, aspect = SETTING
    found = margin_limit(*SETTING, ratio)
    reach = found.overlap * distance
    places = ratio * found.margin - reach - found.intercept, found.margin - reach + found.intercept
    spent = 0.0
    for place, each in zip(places, (share, 1.0 - share), strict=True):
        assert positive_part(place, 1) == pytest.approx(found.overlap / (2.0 * each * distance * aspect), abs=1e-9)
        spent += each * aspect * positive_part(place, 2)
    assert spent == pytest.approx(1.0 - found.overlap**2, abs=1e-8)


def test_the_balancing_ratio_balances_and_keeps_the_overlap() -> None:
    plain = margin_limit(*SETTING)
    even = margin_limit(*SETTING, plain.balancing_ratio)
    assert even.overlap == plain.overlap
    assert even.minority_error == pytest.approx(even.majority_error, abs=1e-12)
    assert even.minority_error == pytest.approx(float(norm.cdf(-plain.overlap * 1.75)), abs=1e-12)
    assert margin_limit(*SETTING, 3.0).balancing_ratio == pytest.approx(plain.balancing_ratio)


def test_fresh_rows_to_balance_are_better_than_moving_the_boundary() -> None:
    fresh = augmented_limit(*SETTING, 0.7)
    assert fresh.minority_error == pytest.approx(fresh.majority_error)
    assert fresh.minority_error < margin_limit(*SETTING, margin_limit(*SETTING).balancing_ratio).minority_error


def test_classes_that_overlap_and_impossible_settings_are_refused() -> None:
    with pytest.raises(DesignError, match="not separable in the limit"):
        margin_limit(0.5, 0.2, 50.0)
    with pytest.raises(DesignError, match="a share in"):
        margin_limit(1.0, 1.0, 1.0)
    assert np.isfinite(margin_limit(0.01, 1.0, 0.5).overlap)
