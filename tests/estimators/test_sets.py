"""Several synthetic sets in the classifiers: the mean probability, and the forecast from two fits."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from synththeory.estimators import TGVTSSClassifier, VTSSClassifier
from synththeory.generators import Smote
from tests.estimators.data import shifted

X, Y = shifted(6)
TREE = DecisionTreeClassifier(min_samples_leaf=4, random_state=0)


def fitted(sets: int, **settings: Any) -> VTSSClassifier:
    return VTSSClassifier(TREE, Smote(), multipliers=(1.0,), folds=4, sets=sets, random_state=3, **settings).fit(X, Y)


def test_probabilities_are_the_mean_over_the_sets_and_the_first_is_a_single_one() -> None:
    one, three = fitted(1), fitted(3)
    assert one.sets_ is None
    models = three._fitted.models
    assert len(models) == 3
    np.testing.assert_array_equal(models[0].predict_proba(X), one.estimator_.predict_proba(X))
    clipped = [np.clip(model.predict_proba(X)[:, 1], 1e-300, 1.0) for model in models]
    np.testing.assert_allclose(three.predict_proba(X)[:, 1], np.mean(clipped, axis=0), atol=1e-12)
    np.testing.assert_array_equal(three.predict_proba(X), fitted(3).predict_proba(X))
    seen = fitted(3, probability="prevalence")  # averaged where they are reported, so no mean of shifted log-odds
    shift = seen.log_odds_shift_
    odds = [chance / np.maximum(1.0 - chance, 1e-300) * np.exp(shift) for chance in clipped]
    np.testing.assert_allclose(seen.predict_proba(X)[:, 1], np.mean([o / (1.0 + o) for o in odds], axis=0), atol=1e-9)


def test_two_fits_foretell_what_trees_gain_and_that_logistic_regression_does_not() -> None:
    forecast = fitted(2).sets_
    assert forecast is not None
    assert forecast.gain == pytest.approx(forecast.one - forecast.two)
    np.testing.assert_allclose(forecast.at([1, 2]), [forecast.one, forecast.two])
    assert forecast.at(8) < forecast.two < forecast.one
    linear = TGVTSSClassifier(LogisticRegression(), Smote(), sets=2, folds=4, random_state=3).fit(X, Y).sets_
    assert linear is not None
    assert 0.0 <= linear.gain < 0.1 * forecast.gain
    assert "16  " in str(forecast)


@pytest.mark.parametrize("sets", [0, 1.5, True, "two"])
def test_a_number_of_sets_that_is_none_is_refused_in_words(sets: Any) -> None:
    with pytest.raises(ValueError, match="sets: expected a whole number of at least 1, got"):
        fitted(sets)
