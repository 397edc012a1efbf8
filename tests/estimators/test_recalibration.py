"""Calibration on held-out rows: Platt's step and the best rising map, against scikit-learn's and exact values."""

import numpy as np
import pytest
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from synththeory.estimators import PriorShiftClassifier, VTSSClassifier
from synththeory.estimators.recalibration import RECALIBRATIONS, mended
from synththeory.generators import GaussianFit
from tests.advise.laws import repeated

RNG = np.random.default_rng(2)
MINORITY = np.arange(400) >= 340
SCORES = RNG.normal(1.5 * MINORITY, 1.0)


def law(count: int, minority: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw, rng = repeated(1.2, 6), np.random.default_rng(seed)
    rows = np.concatenate([draw(rng, count - minority, False), draw(rng, minority, True)])
    return rows, np.repeat([0, 1], [count - minority, minority])


def test_the_sigmoid_is_platts_moved_to_equal_classes() -> None:
    own = mended("sigmoid", SCORES, MINORITY)
    reference = _SigmoidCalibration().fit(SCORES, MINORITY.astype(int))
    assert own.slope == pytest.approx(-reference.a_, rel=1e-4)
    assert own.intercept == pytest.approx(-reference.b_ - np.log(60 / 340), abs=1e-3)


@pytest.mark.parametrize("ties", [False, True])
def test_the_rising_map_is_scikit_learns(ties: bool) -> None:
    scores, weights = SCORES.round(1 if ties else 6), RNG.uniform(0.5, 2.0, 400)
    fit = IsotonicRegression(out_of_bounds="clip").fit(scores, MINORITY.astype(float), sample_weight=weights)
    own, grid = mended("isotonic", scores, MINORITY, weights), np.linspace(-4.0, 4.0, 301).round(6)
    np.testing.assert_array_equal(own.knots, fit.X_thresholds_)
    shares = weights / weights.mean()
    one, zero = shares[MINORITY].sum(), shares[~MINORITY].sum()
    chances = np.clip(fit.y_thresholds_, 1.0 / (zero + 2.0), 1.0 - 1.0 / (one + 2.0))
    reference = np.interp(grid, fit.X_thresholds_, np.log(chances / (1.0 - chances)) - np.log(one / zero))
    np.testing.assert_allclose(own(grid), reference, atol=1e-12)


def test_rows_that_differ_by_rounding_alone_are_mended_alike() -> None:
    """Equal features score alike to ten digits: a step between two of them would be an accident of the arithmetic."""
    scores = SCORES.round(1)
    rounded = scores + 3e-10 * np.random.default_rng(7).normal(size=400)
    own, other = (mended("isotonic", each, MINORITY) for each in (scores, rounded))
    np.testing.assert_allclose(other(scores), own(scores), atol=1e-9)
    np.testing.assert_allclose(own(rounded), own(scores), atol=1e-9)


@pytest.mark.parametrize("kind", RECALIBRATIONS)
def test_only_the_ratios_of_weights_matter_and_heavy_rows_pull(kind: str) -> None:
    plain, heavy = (mended(kind, SCORES, MINORITY, np.full(400, weight))(SCORES) for weight in (1.0, 7.0))
    np.testing.assert_allclose(heavy, plain, atol=1e-8)
    np.testing.assert_allclose(mended(kind, SCORES, MINORITY)(SCORES), plain, atol=1e-8)
    high = MINORITY & (SCORES > 1.5)
    pulled = mended(kind, SCORES, MINORITY, np.where(high, 5.0, 1.0))
    assert np.ptp(pulled(SCORES)) > np.ptp(plain)


@pytest.mark.parametrize("kind", RECALIBRATIONS)
def test_maps_rise_and_stay_finite_whatever_the_scores(kind: str) -> None:
    certain = np.where(MINORITY, 708.0, -708.0)
    for scores in (SCORES, -SCORES, certain, np.zeros(400), np.where(RNG.random(400) < 0.5, SCORES, certain)):
        found = mended(kind, scores, MINORITY)(np.linspace(-800.0, 800.0, 4001))
        assert np.isfinite(found).all()
        assert (np.diff(found) >= -1e-12).all()


def test_scores_that_rank_the_wrong_way_say_nothing_and_no_opposite() -> None:
    assert np.ptp(mended("sigmoid", -SCORES, MINORITY)(SCORES)) == 0.0
    assert mended("sigmoid", -SCORES, MINORITY)(0.0) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("kind", RECALIBRATIONS)
@pytest.mark.parametrize("made", [False, True])
def test_a_calibrated_classifier_means_what_it_says(kind: str, made: bool) -> None:
    X, y = law(1500, 200, 1)
    T, t = law(4000, 2000, 2)
    build = (
        (lambda **more: VTSSClassifier(GaussianNB(), GaussianFit(), multipliers=(1.0,), random_state=0, **more))
        if made
        else (lambda **more: PriorShiftClassifier(GaussianNB(), random_state=0, **more))
    )
    plain, own = build().fit(X, y), build(recalibration=kind).fit(X, y)
    assert log_loss(t, own.predict_proba(T)) < 0.5 * log_loss(t, plain.predict_proba(T))
    assert own.predict_proba(T)[t == 1, 1].mean() + own.predict_proba(T)[t == 0, 1].mean() == pytest.approx(
        1.0, abs=0.1
    )
    low = build(recalibration=kind, probability="prevalence", prevalence=0.1).fit(X, y)
    np.testing.assert_allclose(low.decision_function(T), own.decision_function(T) + np.log(0.1 / 0.9), atol=1e-9)


def test_a_full_tree_has_two_values_and_both_are_right() -> None:
    X, y = law(800, 200, 3)
    tree = PriorShiftClassifier(DecisionTreeClassifier(random_state=0), recalibration="sigmoid", random_state=0)
    chances = np.unique(tree.fit(X, y).predict_proba(law(400, 200, 4)[0])[:, 1].round(6))
    assert chances.size == 2
    assert 0.1 < chances[0] < 0.5 < chances[1] < 0.9


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="unknown recalibration 'sigmoidal'; did you mean 'sigmoid'"):
        PriorShiftClassifier(LogisticRegression(), recalibration="sigmoidal").fit(*law(100, 30, 0))
