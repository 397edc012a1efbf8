"""The free fixes on people's own data: re-prioring and class weights, without one synthetic row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from synththeory.estimators.base import PriorAware
from synththeory.estimators.pipelines import Steps
from synththeory.estimators.prior import Probability, fit_augmented
from synththeory.estimators.tables import Table


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

    Attributes
    ----------
    classes_, minority_class_, prevalence_, log_odds_shift_, estimator_, preprocessing_, n_features_in_, \
feature_names_in_
        As in `VTSSClassifier`.
    """

    def __init__(
        self,
        estimator: Any,
        *,
        probability: Probability = "balanced",
        prevalence: float | None = None,
        reweighted: bool = False,
    ) -> None:
        self.estimator = estimator
        self.probability = probability
        self.prevalence = prevalence
        self.reweighted = reweighted

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the estimator to the real rows.

        Parameters
        ----------
        X, y, sample_weight
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
        table = self._read(X, y, sample_weight, raw=bool(steps.preprocessing), fewest=1)
        features, parts = steps.fitted(table)
        weighted = balanced(features) if self.reweighted else features
        nothing = np.empty((0, features.rows.shape[1]))
        self._keep(parts, fit_augmented(steps.final, weighted, nothing))
        return self


def balanced(table: Table) -> Table:
    """The same rows, each class with half of the number of rows as its weight."""
    weights = np.ones(table.minority.size) if table.weights is None else table.weights
    scale = 0.5 * weights.size / np.where(table.minority, table.totals[1], table.totals[0])
    return replace(table, weights=weights * scale)
