"""Bias-corrected classifier and propensity: the definition on a user's table, diagnostics, and what is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from scipy.special import logit
from sklearn.utils.estimator_checks import parametrize_with_checks

from synththeory.estimators import BiasCorrectedClassifier, BiasCorrectedPropensity
from synththeory.generators import Bootstrap, Offset, Smote
from tests.estimators.data import copied, repeated, shifted
from tests.reference import bias as plain

TWO = [BiasCorrectedClassifier(Bootstrap(), blocks=1), BiasCorrectedPropensity(Bootstrap(), blocks=1)]


@parametrize_with_checks(TWO)
def test_scikit_learn_finds_a_classifier(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


def fitted(generator: Any = None, **settings: Any) -> BiasCorrectedClassifier:
    return BiasCorrectedClassifier(generator or Smote(), random_state=0, **settings).fit(*shifted())


def test_the_fit_minimises_the_definition() -> None:
    """With imitations that are known rows moved by a constant, the corrected loss can be written down by hand."""
    X, y = shifted()
    rows = (X - X.mean(axis=0)) / X.std(axis=0)
    minority, majority = rows[y == 1], rows[y == 0]
    move = 0.1 * np.arange(3) / X.std(axis=0)
    size = len(majority) - len(minority)
    # `repeated` gives row i mod n and the adapter a random order; at ñ = 4 n1 every minority row appears four times
    made = np.tile(minority, (size // len(minority), 1)) + move
    blocks = tuple(np.split(majority + move, len(majority) // len(minority)))
    data = plain.DataSet(majority, minority, made, blocks)
    ridge = np.append(np.full(3, 1e-3 * 2 * len(majority)), 0.0)
    expected = plain.fit(data, plain.logistic, "block", "mean-shift", ridge)
    found = BiasCorrectedClassifier(repeated, random_state=1).fit(X, y)
    np.testing.assert_allclose(found.coef_[0] * X.std(axis=0), expected[:3], rtol=1e-6)
    np.testing.assert_allclose(found.decision_function(X), rows @ expected[:3] + expected[3], atol=1e-6)
    assert found.status_ == "fitted"
    assert found.synthetic_size_ == size


def test_units_and_labels_do_not_matter() -> None:
    X, y = shifted()
    here = fitted(Bootstrap())
    scaled = BiasCorrectedClassifier(Bootstrap(), random_state=0).fit(1e3 * X + 5.0, np.where(y == 1, "a", "b"))
    np.testing.assert_allclose(scaled.decision_function(1e3 * X + 5.0), -here.decision_function(X), rtol=1e-6)
    assert scaled.minority_class_ == "a"


def test_prevalence_moves_the_intercept_alone() -> None:
    X, _ = shifted()
    balanced, table = fitted(), fitted(probability="prevalence")
    stated = fitted(probability="prevalence", prevalence=0.2)
    for other, share in ((table, 32 / 192), (stated, 0.2)):
        gap = other.decision_function(X) - balanced.decision_function(X)
        np.testing.assert_allclose(gap, logit(share), rtol=1e-10)


def test_a_propensity_is_the_classifier_at_the_treated_share() -> None:
    X, y = shifted()
    found = BiasCorrectedPropensity(Smote(), random_state=0).fit(X, y)
    same = fitted(probability="prevalence")
    np.testing.assert_allclose(found.propensity(X), same.predict_proba(X)[:, 1], rtol=1e-12)
    assert abs(found.propensity(X).mean() - y.mean()) < 0.05
    most = BiasCorrectedPropensity(Smote(), random_state=0).fit(X, 1 - y)
    np.testing.assert_allclose(most.propensity(X), 1.0 - found.propensity(X), rtol=1e-9)


def test_without_synthetic_rows_it_is_a_ridge_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    X, y = shifted()
    rows = StandardScaler().fit_transform(X)
    expected = LogisticRegression(C=1.0 / (1e-3 * len(y)), tol=1e-10, max_iter=1000).fit(rows, y)
    found = fitted(multiplier=0.0)
    np.testing.assert_allclose(found.coef_[0] * X.std(axis=0), expected.coef_[0], rtol=1e-5)
    assert found.bias_norm_ == 0.0
    assert np.isnan(found.bias_noise_)


def test_bias_is_told_from_noise() -> None:
    offset, bootstrap = fitted(Offset(offset=0.8)), fitted(Bootstrap())
    assert offset.bias_norm_ > 3.0 * offset.bias_noise_
    assert bootstrap.bias_norm_ < 3.0 * bootstrap.bias_noise_
    assert not offset.bound_acted_


def test_a_strength_of_zero_corrects_nothing_and_one_everything() -> None:
    from sklearn.linear_model import LogisticRegression

    X, y = shifted()
    none, half, full = (
        BiasCorrectedClassifier(repeated, strength=strength, random_state=1).fit(X, y) for strength in (0.0, 0.5, 1.0)
    )
    made = np.tile(X[y == 1], (4, 1)) + 0.1 * np.arange(3)  # `repeated` at ñ = 4 n1
    rows, labels = np.concatenate([X, made]) / X.std(axis=0), np.append(y, np.ones(len(made)))
    naive = LogisticRegression(C=1.0 / (1e-3 * len(labels)), tol=1e-10, max_iter=1000).fit(rows, labels)
    np.testing.assert_allclose(none.coef_ * X.std(axis=0), naive.coef_, rtol=1e-4)
    np.testing.assert_array_equal(full.coef_, BiasCorrectedClassifier(repeated, random_state=1).fit(X, y).coef_)
    between = (half.coef_ - none.coef_) / (full.coef_ - none.coef_)
    assert ((between > 0.3) & (between < 0.7)).all()
    assert (none.strength_, half.strength_, full.strength_) == (0.0, 0.5, 1.0)


def test_the_tuned_strength_corrects_a_bias_and_leaves_what_has_none() -> None:
    displaced, copies = (fitted(generator, strength="tuned") for generator in (Offset(offset=0.8), Bootstrap()))
    assert displaced.strength_ >= 0.75
    assert copies.strength_ == 0.0
    assert list(displaced.strength_losses_) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert min(displaced.strength_losses_, key=displaced.strength_losses_.__getitem__) == displaced.strength_
    again = fitted(Offset(offset=0.8), strength=displaced.strength_)
    np.testing.assert_array_equal(again.coef_, displaced.coef_)
    assert fitted(multiplier=0.0, strength="tuned").strength_ == 0.0


def test_tuning_sees_training_rows_only() -> None:
    seen: list[frozenset[bytes]] = []

    def noted(rows: np.ndarray, size: int, random_state: int) -> np.ndarray:
        seen.append(frozenset(row.tobytes() for row in rows))
        return copied(rows, size, random_state)

    X, y = shifted(majority=80, minority=40)
    BiasCorrectedClassifier(noted, strength="tuned", random_state=0).fit(X, y)
    minority = {row.tobytes() for row in X[y == 1]}
    assert sorted(len(rows & minority) for rows in seen if rows & minority) == [32] * 5 + [40]


def test_classes_that_lean_the_other_way_are_told() -> None:
    rng = np.random.default_rng(4)
    zero, one = rng.exponential(size=(300, 2)), 2.0 - rng.exponential(size=(100, 2))
    X, y = np.concatenate([zero, one]), np.repeat([0, 1], [300, 100])
    found = BiasCorrectedClassifier(Bootstrap(), random_state=0).fit(X, y)
    assert found.transfer_.p_value > 0.01
    assert found.skew_.p_value < 0.01
    assert found.skew_.effect_size > 1.0


def test_the_bound_is_seen_to_act() -> None:
    found = fitted(Offset(offset=0.8), bound=0.05)
    assert found.bound_acted_
    assert "bound" in found.status_


@pytest.mark.parametrize("generator", [RandomOverSampler(), copied, Bootstrap()], ids=["sampler", "function", "own"])
def test_every_generator_repeats_itself_with_a_seed(generator: Any) -> None:
    X, y = shifted()
    one, two = (BiasCorrectedClassifier(generator, random_state=3).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(one.coef_, two.coef_)
    other = BiasCorrectedClassifier(generator, random_state=4).fit(X, y)
    assert not np.array_equal(one.coef_, other.coef_)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"multiplier": -1.0}, "multiplier must be a number ≥ 0"),
        ({"comparator": "rest"}, "comparator: expected 'block' or 'held-out', got 'rest'"),
        ({"strength": 1.5}, "the strength must be a number from 0 to 1 or 'tuned', got 1.5"),
        ({"strength": "auto"}, "from 0 to 1 or 'tuned', got 'auto'"),
        ({"blocks": 99}, "needs 99 block"),
        ({"ridge": -1.0}, "ridge: expected greater than or equal to 0"),
        ({"probability": "odd"}, "unknown probability 'odd'"),
        ({"generator": 3}, "the generator must be one of"),
    ],
)
def test_wrong_settings_are_refused_in_words(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BiasCorrectedClassifier(**{"generator": Bootstrap(), **settings}).fit(*shifted())


def test_too_few_rows_leave_transfer_untold() -> None:
    X, y = shifted(minority=3)
    assert BiasCorrectedClassifier(Bootstrap(), blocks=1, random_state=0).fit(X, y).transfer_ is None
    assert fitted().transfer_.p_value > 0.01
