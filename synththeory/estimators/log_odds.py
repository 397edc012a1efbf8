"""Two classes by their log-odds: what every classifier here makes of its decision function."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.base import ClassifierMixin

from synththeory.arrays import Array, Vector


class ByLogOdds(ClassifierMixin):
    """A classifier of two classes whose decision function is the log-odds of ``classes_[1]``."""

    classes_: NDArray[Any]

    @abstractmethod
    def decision_function(self, X: ArrayLike) -> Vector:
        """Log-odds of ``classes_[1]``, (n,), for rows (n, d)."""

    def predict_proba(self, X: ArrayLike) -> Array:
        """P(class | x), (n, 2), in the order of ``classes_``, at the prevalence of the log-odds."""
        log_odds = self.decision_function(X)
        return np.stack([expit(-log_odds), expit(log_odds)], axis=1)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The likelier class at the prevalence of the log-odds; at ½ both classes count alike, however rare."""
        places = (self.decision_function(X) > 0.0).astype(np.int64)
        return np.asarray(self.classes_[places])

    def __sklearn_tags__(self) -> Any:
        """Two classes only."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
