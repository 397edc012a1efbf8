"""Probabilities after augmentation: the closed-form change of the prior is Bayes' rule."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from synththeory.estimators import PriorShiftClassifier, TGVTSSClassifier, VTSSClassifier
from synththeory.estimators.prior import Fitted, fit_augmented, prior_shift, row_losses
from synththeory.estimators.prior_shift import balanced
from synththeory.estimators.tables import Table
from synththeory.generators import Bootstrap, Smote
from tests.estimators.data import repeated, shifted

SHARES = st.floats(0.001, 0.999)
FREE = LogisticRegression(C=np.inf, tol=1e-12, max_iter=5000)
NOTHING = np.empty((0, 3))


def cells(counts: Any) -> tuple[np.ndarray, np.ndarray]:
    """One-hot rows of three cells, with the given numbers of both classes in each: a logistic fit is saturated."""
    rows = np.repeat(np.tile(np.eye(3), (2, 1)), np.ravel(counts), axis=0)
    return rows, np.repeat([0, 1], np.sum(counts, axis=1))


class Posterior(ClassifierMixin, BaseEstimator):
    """Knows P(minority | cell) at one class ratio."""

    def __init__(self, chances: Any = None) -> None:
        self.chances = chances

    def fit(self, X: Any, y: Any) -> "Posterior":
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        chance = X @ self.chances
        return np.stack([1.0 - chance, chance], axis=1)


@given(shares=st.tuples(SHARES, SHARES, SHARES), fitted=SHARES, stated=SHARES)
def test_a_true_posterior_at_one_prevalence_becomes_the_true_one_at_another(
    shares: tuple[float, float, float], fitted: float, stated: float
) -> None:
    """P(cell | class) stays, so both posteriors follow from Bayes' rule."""
    minority = np.array(shares) / sum(shares)
    majority = minority[::-1]
    at = lambda share: share * minority / (share * minority + (1.0 - share) * majority)  # noqa: E731
    model = Posterior(at(fitted)).fit(np.eye(3), [0, 0, 1])
    known = Fitted(model, 1, float(logit(fitted)))
    found = expit(known.log_odds(np.eye(3)) + prior_shift(known, stated))
    np.testing.assert_allclose(found, at(stated), rtol=1e-9)


@pytest.mark.parametrize("reweighted", [False, True])
@pytest.mark.parametrize("stated", [0.02, 0.3, None])
def test_a_saturated_model_is_calibrated_at_the_stated_prevalence(stated: float | None, reweighted: bool) -> None:
    """In every cell the probability is the share that the cell has when the minority is that part of all rows."""
    counts = np.array([[60, 30, 10], [2, 4, 14]])
    model = PriorShiftClassifier(FREE, probability="prevalence", prevalence=stated, reweighted=reweighted)
    model.fit(*cells(counts))
    share = 20 / 120 if stated is None else stated
    inflated = counts / counts.sum(axis=1, keepdims=True) * np.array([[1.0 - share], [share]])
    np.testing.assert_allclose(model.predict_proba(np.eye(3))[:, 1], inflated[1] / inflated.sum(axis=0), rtol=1e-5)


def each_again(rows: np.ndarray, size: int, random_state: int) -> np.ndarray:
    return rows[np.arange(size) % len(rows)]


@pytest.mark.parametrize(
    "estimator", [FREE, LogisticRegression(C=np.inf, tol=1e-12, max_iter=5000, class_weight="balanced")]
)
def test_rows_that_repeat_the_minority_leave_a_saturated_model_where_it_was(estimator: Any) -> None:
    """ñ = 4 n1 copies: the fit's odds grow fivefold and the offset takes them back."""
    counts = np.array([[60, 30, 10], [2, 4, 14]])
    model = VTSSClassifier(estimator, each_again, multipliers=(1.0,), folds=2, probability="prevalence")
    model.fit(*cells(counts))
    assert model.synthetic_size_ == 80
    np.testing.assert_allclose(model.predict_proba(np.eye(3))[:, 1], counts[1] / counts.sum(axis=0), rtol=1e-4)


def test_nothing_added_and_the_training_prevalence_is_the_estimator_itself() -> None:
    x, y = shifted(1)
    for estimator in (LogisticRegression(), DecisionTreeClassifier(max_depth=4, random_state=0)):
        model = VTSSClassifier(estimator, Bootstrap(), multipliers=(0.0,), probability="prevalence").fit(x, y)
        plain = estimator.fit(x, y)
        assert model.log_odds_shift_ == pytest.approx(0.0, abs=1e-15)
        np.testing.assert_allclose(model.predict_proba(x), plain.predict_proba(x), atol=1e-12)
        np.testing.assert_array_equal(model.predict(x), plain.predict(x))


@given(low=st.floats(0.01, 0.5), step=st.floats(0.01, 0.4), seed=st.integers(0, 5))
def test_the_offset_is_one_monotone_shift(low: float, step: float, seed: int) -> None:
    """Order of rows never changes; a larger prevalence raises every probability."""
    x, y = shifted(seed)
    first, second = (
        PriorShiftClassifier(LogisticRegression(), probability="prevalence", prevalence=p).fit(x, y)
        for p in (low, low + step)
    )
    moved = second.decision_function(x) - first.decision_function(x)
    np.testing.assert_allclose(moved, logit(low + step) - logit(low), rtol=1e-9)
    assert (second.predict_proba(x)[:, 1] > first.predict_proba(x)[:, 1]).all()


@pytest.mark.parametrize("labels", [(0, 1), (1, 0), ("b", "a"), (False, True)])
def test_the_minority_may_be_either_label(labels: tuple[Any, Any]) -> None:
    x, y = shifted(2)
    named = np.where(y == 1, labels[1], labels[0])
    model = PriorShiftClassifier(LogisticRegression()).fit(x, named)
    plain = PriorShiftClassifier(LogisticRegression()).fit(x, y)
    place = int(np.flatnonzero(model.classes_ == labels[1])[0])
    assert model.minority_class_ == labels[1]
    np.testing.assert_allclose(model.predict_proba(x)[:, place], plain.predict_proba(x)[:, 1], rtol=1e-6)
    np.testing.assert_array_equal(model.predict(x) == labels[1], plain.predict(x) == 1)


def test_weights_and_class_weights_count_in_the_ratio_the_fit_saw() -> None:
    x, y = shifted(4)
    weights = np.where(y == 1, 3.0, 0.5)
    table = Table(x, y, y == 1, weights)
    bare = replace(table, weights=None)
    assert fit_augmented(FREE, bare, NOTHING).prior == pytest.approx(np.log(32 / 160))
    assert fit_augmented(FREE, bare, x[:64]).prior == pytest.approx(np.log(96 / 160))
    assert fit_augmented(FREE, table, NOTHING).prior == pytest.approx(np.log(3 * 32 / (0.5 * 160)))
    assert fit_augmented(FREE, table, x[:64]).prior == pytest.approx(np.log(3 * 96 / (0.5 * 160)))
    assert fit_augmented(FREE, balanced(bare), NOTHING).prior == pytest.approx(0.0, abs=1e-12)
    for own, expected in (("balanced", 0.0), ({0: 2.0}, np.log(32 / 320)), ({0: 1.0, 1: 5.0}, 0.0)):
        assert fit_augmented(LogisticRegression(class_weight=own), bare, NOTHING).prior == pytest.approx(
            expected, abs=1e-12
        )


def test_synthetic_rows_weigh_what_a_minority_row_weighs_on_average() -> None:
    """Weights w are as good as w copies of a row, so the weighted fit equals the fit of a table of copies."""
    x, y = shifted(4, 60, 12)
    weights = 1.0 + np.arange(y.size) % 2
    made = repeated(x[y == 1], 10, 0)
    one = fit_augmented(FREE, Table(x, y, y == 1, weights), made)
    copies = np.repeat(np.arange(y.size), weights.astype(int))
    mean = weights[y == 1].mean()
    all_rows, labels = np.concatenate([x[copies], made]), np.append(y[copies], np.ones(10))
    plain = FREE.fit(all_rows, labels, sample_weight=np.append(np.ones(copies.size), np.full(10, mean)))
    np.testing.assert_allclose(one.model.coef_, plain.coef_, rtol=1e-5)


def test_row_losses_are_scikit_learns() -> None:
    chances = np.array([0.0, 1e-3, 0.3, 0.9, 1.0])
    for label in (False, True):
        known = Fitted(Posterior(chances).fit(np.eye(5), [0, 1, 1, 1, 1]), 1, 0.0)
        ours = row_losses(known.log_odds(np.eye(5)), np.full(5, label))
        theirs = [log_loss([label], [[1.0 - p, p]], labels=[False, True]) for p in chances]
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-15)


def test_a_forest_that_is_certain_stays_certain_and_finite() -> None:
    x, y = shifted(5)
    model = PriorShiftClassifier(DecisionTreeClassifier(random_state=0)).fit(x, y)
    assert np.isfinite(model.decision_function(x)).all()
    np.testing.assert_allclose(model.predict_proba(x)[:, 1], y, atol=1e-12)


def test_an_estimator_without_probabilities_has_a_decision_function_only() -> None:
    x, y = shifted(6)
    model = TGVTSSClassifier(LinearSVC(), Smote(), folds=2, gqs_folds=2, biased=(0.0, 1.0)).fit(x, y)
    assert not hasattr(model, "predict_proba")
    assert hasattr(TGVTSSClassifier(RandomForestClassifier(), Smote()), "predict_proba")
    np.testing.assert_allclose(
        model.decision_function(x), model.estimator_.decision_function(x) + model.log_odds_shift_, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"probability": "prevalance"}, "did you mean 'prevalence'"),
        ({"probability": "prevalence", "prevalence": 1.0}, "between 0 and 1"),
        ({"prevalence": 0.1}, "belongs to probability='prevalence'"),
    ],
)
def test_impossible_prevalences_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PriorShiftClassifier(LogisticRegression(), **settings).fit(*shifted(0))
