"""What the classifiers share: probabilities at a stated prevalence from one augmented fit."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike
from scipy.special import logit
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from synththeory.arrays import Array, Vector
from synththeory.estimators.log_odds import ByLogOdds
from synththeory.estimators.pipelines import transformed
from synththeory.estimators.prior import Fitted, Probability, prior_shift, stated_prevalence
from synththeory.estimators.recalibration import Mended
from synththeory.estimators.tables import Table, numbers, read_rows, read_table


def _gives_probabilities(self: Any) -> bool:
    return hasattr(self.estimator, "predict_proba")


class PriorAware(ByLogOdds, MetaEstimatorMixin, BaseEstimator):
    """A two-class classifier whose log-odds are those of a fitted final step, moved to a stated prevalence.

    Subclasses have the parameters ``estimator``, ``probability`` and ``prevalence``; their ``fit`` begins with
    `_read` and ends with `_keep`.
    """

    estimator: Any
    probability: Probability
    prevalence: float | None

    def _read(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None, raw: bool, fewest: int,
        groups: ArrayLike | None,
    ) -> Table:  # fmt: skip
        table, self.classes_ = read_table(self, X, y, sample_weight, raw, fewest, groups)
        self.prevalence_ = stated_prevalence(self.probability, self.prevalence, table)
        return table

    def _keep(self, parts: tuple[Any, ...], fitted: Fitted, mended: Mended | None = None) -> None:
        self.minority_class_ = fitted.minority
        self.log_odds_shift_ = prior_shift(fitted, self.prevalence_)
        self.preprocessing_ = parts
        self.estimator_ = fitted.model
        self._fitted = fitted
        self.mended_ = mended

    def decision_function(self, X: ArrayLike) -> Vector:
        """Log-odds of ``classes_[1]`` at the stated prevalence.

        Parameters
        ----------
        X : array-like
            (n, d).

        Returns
        -------
        Vector
            (n,). Where a classifier says 0 or 1 they are finite, beyond ±700. A final step without ``predict_proba``
            has its decision function here in their place.
        """
        check_is_fitted(self)
        rows = read_rows(self, X, raw=bool(self.preprocessing_))
        log_odds = self._fitted.log_odds(numbers(transformed(self.preprocessing_, rows)))
        if self.mended_ is None:
            log_odds = log_odds + self.log_odds_shift_
        else:
            log_odds = self.mended_(log_odds - self._fitted.prior) + logit(self.prevalence_)
        return log_odds if self.minority_class_ == self.classes_[1] else -log_odds

    @available_if(_gives_probabilities)  # type: ignore[untyped-decorator]
    def predict_proba(self, X: ArrayLike) -> Array:
        """P(classes_ | x) at the stated prevalence, (n, 2): logit p' = logit p + log(π/(1 − π)) − log(N1/N0) [D]."""
        return super().predict_proba(X)

    def __sklearn_tags__(self) -> Any:
        """Two classes only; sparse tables and missing values where the pipeline takes them."""
        tags = super().__sklearn_tags__()
        if isinstance(self.estimator, Pipeline):
            own = get_tags(self.estimator).input_tags
            tags.input_tags.sparse, tags.input_tags.allow_nan = own.sparse, own.allow_nan
        return tags
