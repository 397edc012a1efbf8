"""A small net as a classifier of scikit-learn's kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from synththeory.arrays import Vector
from synththeory.estimators.log_odds import ByLogOdds
from synththeory.learners import MLP
from synththeory.sample import GivenSample
from synththeory.streams import Streams


class NeuralClassifier(ByLogOdds, BaseEstimator):
    """The learner ``mlp`` on a table of two classes: full-batch AdamW on standardised rows; needs the extra ``neural``.

    Parameters
    ----------
    hidden : tuple of int
        Units of each hidden layer.
    epochs : int
        Steps, each on all rows.
    rate, decay : float
        Learning rate and decoupled weight decay.
    random_state : int
        Names the initial weights; the same state gives the same fit.

    Attributes
    ----------
    classes_ : array
        The two labels, sorted.
    fit_ : NetFit
        The fitted net.

    Examples
    --------
    ``advise(X, y, estimator=NeuralClassifier(), tune={"epochs": [20, 60, 120]})`` asks about it.
    """

    def __init__(
        self,
        hidden: tuple[int, ...] = (64, 32),
        epochs: int = 120,
        rate: float = 2e-3,
        decay: float = 1e-3,
        random_state: int = 0,
    ) -> None:
        self.hidden = hidden
        self.epochs = epochs
        self.rate = rate
        self.decay = decay
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> NeuralClassifier:
        """Fit the net.

        Parameters
        ----------
        X : array-like
            (n, d) numbers.
        y : array-like
            (n,) labels of two classes.
        sample_weight : array-like, optional
            (n,), ≥ 0.

        Raises
        ------
        ValueError
            Rows or labels that it cannot take, or a setting out of its range.
        SynththeoryError
            Without the extra.
        """
        rows, labels = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(labels)
        self.classes_, places = np.unique(labels, return_inverse=True)
        if len(self.classes_) != 2:
            raise ValueError(
                f"Only binary classification is supported. The type of the target is {type_of_target(labels)}: got "
                f"{len(self.classes_)} class{'es' if len(self.classes_) > 1 else ''}, expected 2."
            )
        weights = _check_sample_weight(sample_weight, rows, dtype=np.float64, ensure_non_negative=True)
        learner = MLP(hidden=tuple(self.hidden), epochs=self.epochs, rate=self.rate, decay=self.decay)
        streams = Streams.named(self.random_state, "neural-classifier", 0, 1)
        real = GivenSample(rows[None], places.astype(np.float64)[None], weights[None])
        nothing = GivenSample(np.empty((1, 0, rows.shape[1])), np.empty((1, 0)), np.empty((1, 0)))
        self.fit_ = learner.path(real, nothing, np.zeros((1, 1), dtype=np.int64), streams)
        return self

    def decision_function(self, X: ArrayLike) -> Vector:
        """Log-odds of ``classes_[1]``, (n,)."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray(self.fit_.scores(rows)[0, 0])
