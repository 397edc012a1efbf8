"""The one-root theory of the maximum margin: the note's constants, its equations, and its limits."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from synththeory.errors import DesignError
from synththeory.generators import Bootstrap, Jitter, Oracle, Smote
from synththeory.learners import HardMargin
from synththeory.populations import GaussianComponent, GaussianMixture, GaussianShift, MeanShift
from synththeory.theory.margins import augmented_limit, margin_limit, margin_prediction

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


def test_an_arm_of_a_study_has_the_limit_at_its_own_sizes() -> None:
    population, counts = GaussianShift(mean=(3.5, *[0.0] * 159)), (340, 60)
    plain, fresh = margin_limit(*SETTING), augmented_limit(*SETTING, 0.7)
    for kept in (Bootstrap(), Smote(), None):
        found = margin_prediction(population, HardMargin(), counts, kept, (0, 280))
        assert found is not None
        np.testing.assert_allclose(found.curve("recall"), 1.0 - plain.minority_error, rtol=1e-12)
        np.testing.assert_allclose(found.curve("specificity"), 1.0 - plain.majority_error, rtol=1e-12)
        assert found.curve("excess_risk") is None
    found = margin_prediction(population, HardMargin(), counts, Oracle(), (0, 280))
    assert found is not None
    np.testing.assert_allclose(found.minority_error, [plain.minority_error, fresh.minority_error], rtol=1e-12)
    uneven = margin_prediction(population, HardMargin(ratio=plain.balancing_ratio), counts, None, (0,))
    assert uneven is not None
    np.testing.assert_allclose(uneven.minority_error, uneven.majority_error)


def test_units_do_not_matter_and_other_classes_have_no_limit() -> None:
    def mixture(scale: float, other: float) -> GaussianMixture:
        zero, one = ((GaussianComponent(mean=(x, *[0.0] * 39), scale=s),) for x, s in ((0.0, scale), (7.0, other)))
        return GaussianMixture(majority=zero, minority=one)

    shift = GaussianShift(mean=(3.5, *[0.0] * 39))
    arms = [margin_prediction(each, HardMargin(), (85, 15), None, (0,)) for each in (shift, mixture(2.0, 2.0))]
    assert arms[0] is not None
    assert arms[1] is not None
    np.testing.assert_allclose(arms[1].minority_error, arms[0].minority_error)
    assert margin_prediction(mixture(1.0, 2.0), HardMargin(), (85, 15), None, (0,)) is None
    assert margin_prediction(shift, HardMargin(), (85, 15), Jitter(scale=0.5), (0,)) is None
    cube = MeanShift(dimension=40, shift=3.0, noise="cube")
    assert margin_prediction(cube, HardMargin(), (85, 15), None, (0,)) is None


def test_the_drawn_lines_go_through_the_drawn_points() -> None:
    """Every committed mean of `hard_margin` is within 4 standard errors of the limit, and not of a planted one."""
    drawn = pd.read_csv(Path(__file__).parents[2] / "paper_figures" / "output" / "hard_margin.csv")
    lines, points = drawn[drawn.layer == "theory"], drawn[(drawn.layer == "simulation") & (drawn.arm != "jitter")]
    both = points.merge(lines, on=["metric", "arm", "multiplier"], suffixes=("", "_theory"))
    assert len(both) == len(points) == len(lines) == 34
    assert (np.abs(both.y - both.y_theory) / both.mcse).max() < 4.0
    fresh = points[(points.arm == "oracle") & (points.metric == "recall") & (points.multiplier == 1.0)]
    planted = 1.0 - margin_limit(0.15, 1.75, 2.5 * 1.7).minority_error  # more rows a dimension, the share forgotten
    assert (np.abs(fresh.y - planted) / fresh.mcse).max() > 4.0
