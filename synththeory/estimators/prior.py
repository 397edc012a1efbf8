"""Log-odds of a fitted classifier, the closed-form change of its class prior, and the balanced loss."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log1p
from typing import Any, Literal, get_args

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import SGDClassifier
from sklearn.utils.validation import has_fit_parameter

from synththeory.arrays import Array, Vector
from synththeory.errors import nearest
from synththeory.estimators.tables import Flags, Table

Probability = Literal["balanced", "prevalence"]
PROBABILITIES: tuple[Probability, ...] = get_args(Probability)
_SMALLEST = float(np.finfo(np.float64).tiny)
_FARTHEST = log(2.0**52 - 1.0)


@dataclass(frozen=True, eq=False)
class Fitted:
    """A final step fitted to real and synthetic rows.

    Attributes
    ----------
    model : classifier
        Fitted.
    minority : object
        Label of the minority.
    prior : float
        log(N1/N0), N_c the total weight of class c that the fit saw: real, synthetic, and by ``class_weight``.
    """

    model: Any
    minority: Any
    prior: float

    def log_odds(self, features: Array) -> Vector:
        """log P(minority | x)/P(majority | x) as fitted, (n,); finite also where a tree says 0 or 1."""
        place = int(np.flatnonzero(self.model.classes_ == self.minority)[0])
        if not hasattr(self.model, "predict_proba"):
            return np.asarray((2 * place - 1) * self.model.decision_function(features), dtype=np.float64)
        chances = np.log(np.maximum(self.model.predict_proba(features), _SMALLEST))
        return np.asarray(chances[:, place] - chances[:, 1 - place], dtype=np.float64)


def fit_augmented(final: Any, table: Table, synthetic: Array) -> Fitted:
    """Fit a fresh copy of the final step to features and synthetic minority rows of mean minority weight.

    The total weight of the fit is that of the real rows, however many are added: a penalty on the summed loss, such as
    scikit-learn's C, would otherwise weaken with every synthetic row, and rows would seem to help where only a smaller
    penalty does [D].

    Raises
    ------
    ValueError
        Weights for a classifier that takes none.
    """
    rare = table.labels[table.minority][:1]
    rows = np.concatenate([table.rows, synthetic])
    labels = np.concatenate([table.labels, np.repeat(rare, len(synthetic))])
    model, majority, minority = clone(final), *table.totals
    weights = _weights(final, table, len(synthetic))
    if weights is None:
        model.fit(rows, labels)
    else:
        model.fit(rows, labels, sample_weight=weights)
    minority *= 1.0 + len(synthetic) / table.counts[1]
    common = table.labels[~table.minority][0]
    return Fitted(model, rare[0], _log_ratio(final, {common: majority, rare[0]: minority}, common, rare[0]))


def _weights(final: Any, table: Table, size: int) -> Vector | None:
    """Of real and synthetic rows; None where all are 1."""
    takes = has_fit_parameter(final, "sample_weight")
    if table.weights is not None and not takes:
        raise ValueError(
            f"{type(final).__name__}.fit takes no sample_weight; leave the weights out, or use a classifier that takes "
            "them, for example LogisticRegression()"
        )
    if table.weights is None and (not size or not takes):
        return None
    real = np.ones(len(table.rows)) if table.weights is None else table.weights
    majority, minority = table.totals
    weights = np.concatenate([real, np.full(size, minority / table.counts[1])])
    if isinstance(final, SGDClassifier):  # its penalty is on the mean loss already
        return weights
    return np.asarray(weights * ((majority + minority) / weights.sum()))


def _log_ratio(final: Any, totals: dict[Any, float], common: Any, rare: Any) -> float:
    """log(N1/N0) after the final step's own ``class_weight``."""
    weight = getattr(final, "class_weight", None)
    if isinstance(weight, str):
        return 0.0
    own = weight or {}
    return log(totals[rare] * own.get(rare, 1.0)) - log(totals[common] * own.get(common, 1.0))


def prior_shift(fitted: Fitted, prevalence: float) -> float:
    """What to add to the log-odds so that they hold at another prevalence π: log(π/(1 − π)) − log(N1/N0) [D].

    Given the class, x has the same law in both populations; by Bayes' rule only the prior odds differ. So the result is
    calibrated at prevalence π whenever the classifier is at the ratio it was fitted to.
    """
    return log(prevalence) - log1p(-prevalence) - fitted.prior


def stated_prevalence(probability: Probability, prevalence: float | None, table: Table) -> float:
    """The minority's share that probabilities are to hold at: ½, the number given, or the training share.

    Raises
    ------
    ValueError
        An unknown ``probability``, or a prevalence outside (0, 1) or beside "balanced".
    """
    if probability not in PROBABILITIES:
        raise ValueError(f"unknown probability {probability!r}{nearest(str(probability), PROBABILITIES)}")
    if probability == "balanced":
        if prevalence is not None:
            raise ValueError("a prevalence belongs to probability='prevalence'; 'balanced' means 1/2")
        return 0.5
    if prevalence is None:
        majority, minority = table.totals
        return minority / (majority + minority)
    if not 0.0 < prevalence < 1.0:
        raise ValueError(f"the prevalence of the minority must be between 0 and 1, got {prevalence!r}")
    return float(prevalence)


def row_losses(log_odds: Array, minority: Flags) -> Array:
    """Log loss of each row, log-odds of the minority (..., n); probabilities are kept 2⁻⁵² from 0 and 1."""
    clipped = np.clip(log_odds, -_FARTHEST, _FARTHEST)
    return np.asarray(np.logaddexp(0.0, np.where(minority, -clipped, clipped)))
