"""NeuralClassifier: scikit-learn's manners, the learner's numbers, and a place in advise."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import (
    check_classifier_not_supporting_multiclass,
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
)

from synththeory.advise.models import model_of
from synththeory.estimators import NeuralClassifier, VTSSClassifier
from synththeory.generators import Smote
from synththeory.learners import MLP
from synththeory.sample import GivenSample
from synththeory.streams import Streams

SMALL = NeuralClassifier(hidden=(4, 3), epochs=5)


def table() -> tuple[np.ndarray, np.ndarray]:
    drawn = np.random.default_rng(0)
    places = np.repeat([0, 1], (90, 30))
    return drawn.normal(size=(120, 3)) + 2.5 * places[:, None], np.array(["no", "yes"])[places]


def test_it_is_the_learner() -> None:
    X, y = table()
    found = clone(SMALL).fit(X, y)
    real = GivenSample(X[None], (y == "yes").astype(float)[None], np.ones((1, 120)))
    nothing = GivenSample(np.empty((1, 0, 3)), np.empty((1, 0)), np.empty((1, 0)))
    streams = Streams.named(0, "neural-classifier", 0, 1)
    learner = MLP(hidden=(4, 3), epochs=5).path(real, nothing, np.zeros((1, 1), dtype=np.int64), streams)
    np.testing.assert_array_equal(found.decision_function(X), learner.scores(X)[0, 0])
    np.testing.assert_allclose(found.predict_proba(X).sum(axis=1), 1.0, rtol=1e-12)
    assert found.classes_.tolist() == ["no", "yes"]
    other = SMALL.set_params(random_state=0).fit(X, y).decision_function(X)
    np.testing.assert_array_equal(other, found.decision_function(X))


def test_it_learns_and_weights_act() -> None:
    X, y = table()
    model = NeuralClassifier(hidden=(4, 3), epochs=150, rate=0.02)
    assert cross_val_score(model, X, y, cv=3).mean() > 0.9
    heavy = clone(SMALL).fit(X, y, sample_weight=np.where(y == "yes", 20.0, 1.0)).decision_function(X)
    assert heavy.mean() > clone(SMALL).fit(X, y).decision_function(X).mean()


def test_scikit_learns_manners() -> None:
    check_parameters_default_constructible("NeuralClassifier", NeuralClassifier())
    check_no_attributes_set_in_init("NeuralClassifier", NeuralClassifier())
    check_classifier_not_supporting_multiclass("NeuralClassifier", clone(SMALL))
    with pytest.raises(NotFittedError):
        clone(SMALL).predict(table()[0])
    with pytest.raises(ValueError, match="got 1 class, expected 2"):
        clone(SMALL).fit(table()[0], np.zeros(120))
    with pytest.raises(ValueError, match="one unit or more"):
        NeuralClassifier(hidden=(0,)).fit(*table())


def test_sizes_can_be_chosen_for_it_and_advise_can_be_asked_about_it() -> None:
    X, y = table()
    chosen = VTSSClassifier(SMALL, Smote(neighbors=3), multipliers=(0.0, 1.0), folds=2).fit(X, y)
    assert chosen.predict(X).shape == (120,)
    assert "NeuralClassifier" in model_of(NeuralClassifier(), {"epochs": [20, 60]}).name
