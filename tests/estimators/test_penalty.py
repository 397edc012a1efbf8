"""One penalty per unit of total weight, whatever is added; and parameters that each arm chooses for itself."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from synththeory.estimators import PriorShiftClassifier, VTSSClassifier
from synththeory.estimators.paths import fitted_log_odds, tuned_log_odds
from synththeory.estimators.prior import fit_augmented
from synththeory.estimators.tables import Table
from synththeory.generators import Smote
from tests.estimators.data import copied, shifted

X, Y = shifted(4)
TABLE = Table(X, Y, Y == 1)
MADE = np.random.default_rng(2).normal(0.8, 1.0, (128, 3))
ROWS = np.concatenate([X, MADE])
LABELS = np.append(Y, np.ones(128, dtype=int))


def test_the_augmented_fit_has_the_penalty_of_a_raw_fit_per_unit_of_weight() -> None:
    fit = fit_augmented(LogisticRegression(C=0.02, tol=1e-12), TABLE, MADE)
    same = LogisticRegression(C=0.02 * len(Y) / len(LABELS), tol=1e-12).fit(ROWS, LABELS)
    weaker = LogisticRegression(C=0.02, tol=1e-12).fit(ROWS, LABELS)  # C on the summed loss: the planted error
    np.testing.assert_allclose(fit.model.coef_, same.coef_, rtol=1e-6)
    assert np.abs(fit.model.coef_ / weaker.coef_ - 1.0).max() > 0.05


def test_ridge_classifiers_too_and_penalties_on_the_mean_stay() -> None:
    fit = fit_augmented(RidgeClassifier(alpha=50.0), TABLE, MADE)
    same = RidgeClassifier(alpha=50.0 * len(LABELS) / len(Y)).fit(ROWS, LABELS)
    np.testing.assert_allclose(fit.model.coef_, same.coef_, rtol=1e-8)
    stochastic = SGDClassifier(loss="log_loss", random_state=0)
    plain = fit_augmented(stochastic, TABLE, MADE).model
    np.testing.assert_array_equal(plain.coef_, SGDClassifier(loss="log_loss", random_state=0).fit(ROWS, LABELS).coef_)


@pytest.mark.parametrize("weights", [None, np.where(Y == 1, 2.0, 0.5)], ids=["plain", "weighted"])
def test_the_newton_path_is_scikit_learns_fit(weights: Any) -> None:
    table = Table(X, Y, Y == 1, weights)
    sizes = np.array([0, 40, 128])
    model = LogisticRegression(C=0.5, tol=1e-12, max_iter=1000)
    found = fitted_log_odds(model, table, MADE, sizes, X)
    for place, size in enumerate(sizes):
        fit = fit_augmented(model, table, MADE[:size])
        np.testing.assert_allclose(found.log_odds[place], fit.log_odds(X), rtol=1e-5, atol=1e-6)
        assert found.priors[place] == pytest.approx(fit.prior)


@pytest.mark.parametrize("weights", [None, np.where(Y == 1, 2.0, 0.5)], ids=["plain", "weighted"])
def test_a_path_over_penalties_is_a_fit_each(weights: Any) -> None:
    table = Table(X, Y, Y == 1, weights)
    finals = [LogisticRegression(C=value, tol=1e-12, max_iter=1000) for value in (0.5, 0.01, 100.0)]
    found, last = tuned_log_odds(finals, table, MADE, X), np.array([len(MADE)])
    for place, final in enumerate(finals):
        alone = fitted_log_odds(final, table, MADE, last, X)
        np.testing.assert_allclose(found.log_odds[place], alone.log_odds[0], rtol=1e-8, atol=1e-9)
        assert found.priors[place] == alone.priors[0]


def test_other_models_are_fitted_one_by_one() -> None:
    other = tuned_log_odds([KNeighborsClassifier(3), KNeighborsClassifier(9)], TABLE, MADE, X)
    np.testing.assert_array_equal(other.log_odds[1], fit_augmented(KNeighborsClassifier(9), TABLE, MADE).log_odds(X))


def test_a_model_without_weights_is_fitted_without_them() -> None:
    fit = fit_augmented(KNeighborsClassifier(), TABLE, MADE)
    np.testing.assert_array_equal(fit.log_odds(X), fit_augmented(KNeighborsClassifier(), TABLE, MADE).log_odds(X))


@pytest.mark.parametrize("reweighted", [False, True])
def test_parameters_are_chosen_by_balanced_loss(reweighted: bool) -> None:
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    settings: dict[str, Any] = {"reweighted": reweighted, "random_state": 1, "folds": 4}
    model = PriorShiftClassifier(pipeline, tune={"C": [1e-5, 0.3]}, **settings).fit(X, Y)
    assert model.settings_ == {"C": 0.3}
    fixed = PriorShiftClassifier(make_pipeline(StandardScaler(), LogisticRegression(C=0.3)), **settings).fit(X, Y)
    np.testing.assert_array_equal(model.predict_proba(X), fixed.predict_proba(X))


def test_a_size_rule_chooses_them_at_full_balance() -> None:
    model = VTSSClassifier(
        LogisticRegression(), copied, multipliers=(0.0, 0.5), tune={"C": [1e-5, 0.3]}, judged="re-priored", folds=3,
        random_state=1,
    )  # fmt: skip
    model.fit(X, Y)
    assert model.settings_ == {"C": 0.3}
    assert model.estimator_.C == 0.3
    alone = VTSSClassifier(
        LogisticRegression(C=0.3), Smote(), multipliers=(0.0, 1.0), judged="re-priored", folds=3, random_state=1
    )
    again = VTSSClassifier(
        LogisticRegression(), Smote(), multipliers=(0.0, 1.0), tune={"C": [0.3]}, judged="re-priored", folds=3,
        random_state=1,
    )  # fmt: skip
    np.testing.assert_array_equal(alone.fit(X, Y).curve_.loss, again.fit(X, Y).curve_.loss)
