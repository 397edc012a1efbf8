"""The free fixes on people's own data: re-prioring and class weights, without one synthetic row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from synththeory.estimators.base import PriorAware
from synththeory.estimators.choice import held_out_mended, named_streams, tuned
from synththeory.estimators.curve import Prepared
from synththeory.estimators.pipelines import Steps
from synththeory.estimators.prior import Probability, fit_augmented
from synththeory.estimators.recalibration import Recalibration, known
from synththeory.estimators.settings import rule_of
from synththeory.estimators.splits import folds_of
from synththeory.estimators.tables import Table
from synththeory.selection.rules import VTSS


class PriorShiftClassifier(PriorAware):
    """One fit to the real rows, its probabilities moved to a stated prevalence.

    At prevalence ½ this is re-prioring, log-odds + log(n0/n1); with ``reweighted``, the balanced risk on the real
    rows. Both cost nothing, and synthetic rows have to beat the better of them (`theory.md` §2).

    Parameters
    ----------
    estimator : classifier
        With ``predict_proba`` or ``decision_function``, or a Pipeline ending in one.
    probability : {"balanced", "prevalence"}
        Prevalence at which `predict_proba` holds: ½, or the one stated next.
    prevalence : float, optional
        Of the minority, in (0, 1), for "prevalence"; the training share (by weight) when not given.
    reweighted : bool
        Whether the fit gives each class half of the total weight; the estimator must then take sample weights.
    tune : mapping, optional
        Parameters of the final step and values to choose from, ``{"C": [0.1, 1, 10]}``, by balanced log loss at
        prevalence ½ in stratified folds.
    recalibration : {"sigmoid", "isotonic"}, optional
        Calibrate the fit on rows that fits in these folds have not seen, by Platt's logistic step or the best rising
        map; no calibration when not given.
    folds : int
        For ``tune`` and ``recalibration``, at least 2, and never more than there are minority rows.
    random_state : int, RandomState or None
        Of these folds.

    Attributes
    ----------
    settings_ : dict
        Parameters of the final step that were chosen from ``tune``.
    mended_ : Mended or None
        What calibration does to log-odds at prevalence ½.
    classes_, minority_class_, prevalence_, log_odds_shift_, estimator_, preprocessing_, n_features_in_, \
feature_names_in_
        As in `VTSSClassifier`.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> X, y = make_classification(n_samples=500, weights=[0.9], random_state=0)
    >>> raw, free = LogisticRegression().fit(X, y), PriorShiftClassifier(LogisticRegression()).fit(X, y)
    >>> bool(free.predict(X).sum() > raw.predict(X).sum())  # the minority is predicted more often
    True
    """

    def __init__(
        self,
        estimator: Any,
        *,
        probability: Probability = "balanced",
        prevalence: float | None = None,
        reweighted: bool = False,
        tune: Mapping[str, Sequence[Any]] | None = None,
        recalibration: Recalibration | None = None,
        folds: int = 5,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.probability = probability
        self.prevalence = prevalence
        self.reweighted = reweighted
        self.tune = tune
        self.recalibration = recalibration
        self.folds = folds
        self.random_state = random_state

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Self:
        """Fit the estimator to the real rows.

        Parameters
        ----------
        X, y, sample_weight, groups
            As in `VTSSClassifier`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Bad input, settings or estimator: named, with the remedy.
        """
        steps = Steps.of(self.estimator)
        table = self._read(X, y, sample_weight, raw=bool(steps.preprocessing), fewest=1, groups=groups)
        features, parts = steps.fitted(table)
        weighted = balanced(features) if self.reweighted else features
        nothing = np.empty((0, features.rows.shape[1]))
        folds = self._folds(steps, table)
        self.settings_ = tuned(steps.final, self.tune, folds, 0.0, re_priored=True)
        final, kind = clone(steps.final).set_params(**self.settings_), known(self.recalibration)
        mend = None if kind is None else held_out_mended(kind, final, folds, 0.0)
        self._keep(parts, fit_augmented(final, weighted, nothing), mend)
        return self

    def _folds(self, steps: Steps, table: Table) -> list[Prepared]:
        """Where parameters are chosen and the fit is calibrated; none where neither is asked for."""
        if not self.tune and self.recalibration is None:
            return []
        rule = rule_of(VTSS, table.counts[1], multipliers=(0.0,), validation="cross-validation", folds=self.folds)
        named = named_streams(self.random_state).within("validation")
        folds = [Prepared.of(steps, table, fold) for fold in folds_of(table, rule.splits, named)]
        if self.reweighted:
            folds = [replace(fold, training=balanced(fold.training)) for fold in folds]
        return folds


def balanced(table: Table) -> Table:
    """The same rows, each class with half of the number of rows as its weight."""
    weights = np.ones(table.minority.size) if table.weights is None else table.weights
    scale = 0.5 * weights.size / np.where(table.minority, table.totals[1], table.totals[0])
    return replace(table, weights=weights * scale)
