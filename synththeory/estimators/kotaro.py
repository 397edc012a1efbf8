"""KOTARO on people's own tables."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from synththeory.arrays import Vector
from synththeory.estimators.settings import built
from synththeory.estimators.tables import read_rows, read_table
from synththeory.learners.kotaro import Kotaro, Threshold


class KotaroClassifier(ClassifierMixin, BaseEstimator):
    """KOTARO: kernels as wide as their neighbourhoods, weighed by ridged or exact interpolation (`generators.md` §2).

    Two classes; no probabilities. Far from all training rows the decision function is that of no class: minus the
    threshold.

    Parameters
    ----------
    neighbors : int
        A kernel reaches to its n-th nearest row.
    ridge : float
        α ≥ 0; 0 interpolates exactly and refuses duplicates.
    power : {1, 2}
        γ = 1/distance^power.
    threshold : {"g-mean", "zero"}
        Where the score is cut: at the best G-mean of leave-one-out values, which cost nothing, or at 0.
    standardised : bool
        Whether columns are scaled to unit variance first.
    centres : int
        Most kernels; beyond, the majority's are k-means centres.

    Attributes
    ----------
    minority_class_ : object
        The rarer label, +1 of the interpolation.
    threshold_ : float
        The cut.
    left_out_ : Vector
        Leave-one-out values of the training rows, (n,), before the cut.
    classes_, n_features_in_, feature_names_in_
        As scikit-learn has them.
    """

    def __init__(
        self,
        *,
        neighbors: int = 5,
        ridge: float = 1.0,
        power: int = 1,
        threshold: Threshold = "g-mean",
        standardised: bool = True,
        centres: int = 5000,
    ) -> None:
        self.neighbors = neighbors
        self.ridge = ridge
        self.power = power
        self.threshold = threshold
        self.standardised = standardised
        self.centres = centres

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit a table of two classes.

        Raises
        ------
        ValueError
            Bad rows, labels or settings: named, with the remedy.
        """
        settings = {**self.get_params(), "ridge": float(self.ridge)}
        learner = built(Kotaro, **settings)
        table, self.classes_ = read_table(self, X, y, None, raw=False, fewest=1)
        self.minority_class_ = table.labels[table.minority].tolist()[0]
        self._cut = learner.fitted(table.rows, np.where(table.minority, 1.0, -1.0))
        self.threshold_, self.left_out_ = self._cut.threshold, self._cut.kernels.left_out
        return self

    def decision_function(self, X: ArrayLike) -> Vector:
        """The score less its threshold, positive for ``classes_[1]``, (n,)."""
        check_is_fitted(self)
        scores = self._cut.scores(read_rows(self, X, raw=False))
        return scores if self.minority_class_ == self.classes_[1] else -scores

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class on whose side of the threshold the score lies."""
        check_is_fitted(self)
        return np.asarray(self.classes_[(self.decision_function(X) > 0.0).astype(np.int64)])

    def __sklearn_tags__(self) -> Any:
        """Two classes only."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
