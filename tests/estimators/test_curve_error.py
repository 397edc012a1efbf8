"""The curve is an unbiased estimate of the balanced log loss, and its standard error is the right one."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin

from synththeory.arrays import Array
from synththeory.estimators import VTSSClassifier
from synththeory.generators import Bootstrap
from tests.statistical import assert_mean, must_reject

REPLICATIONS = 1500


class Fixed(ClassifierMixin, BaseEstimator):
    """P(1 | x) = σ(x), whatever it is fitted to."""

    def fit(self, X: Any, y: Any) -> "Fixed":
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: Any) -> Array:
        return np.stack([expit(-X[:, 0]), expit(X[:, 0])], axis=1)


@pytest.fixture(scope="module")
def curves() -> Array:
    """Loss and squared standard error, (R, 2); 20 majority rows N(−.5, 1) and 3 minority rows N(.5, 1) held out."""
    rng = np.random.default_rng(61)
    y = np.repeat([0, 1], [40, 6])
    model = VTSSClassifier(
        Fixed(), Bootstrap(), multipliers=(0.0,), validation="hold-out", fraction=0.5, random_state=0
    )
    found = []
    for _ in range(REPLICATIONS):
        curve = model.fit((rng.standard_normal(46) + y - 0.5)[:, None], y).curve_
        found.append([curve.loss[0], curve.standard_error[0] ** 2])
    return np.array(found)


def true_loss() -> float:
    """E log(1 + e^−(Z + ½)), the same for both classes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    return float(weights / weights.sum() @ np.logaddexp(0.0, -(nodes + 0.5)))


def deviations(curves: Array, factor: float = 1.0) -> Array:
    """Loss minus truth, and its square minus the squared standard error: both have mean zero."""
    away = curves[:, 0] - true_loss()
    return np.stack([away, away**2 - factor * curves[:, 1]], axis=1)


def test_the_loss_is_unbiased_and_its_variance_too(curves: Array) -> None:
    """Null: E loss is the balanced log loss and E se² its variance."""
    assert_mean(deviations(curves), np.zeros(2), "validation loss and its squared standard error are unbiased")


def test_a_variance_with_divisor_n_is_found_out(curves: Array) -> None:
    """Planted: n in place of n − 1 for the three minority rows, two thirds of nearly all of se²."""
    with must_reject():
        assert_mean(deviations(curves, factor=2.0 / 3.0), np.zeros(2), "planted")
