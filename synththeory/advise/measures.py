"""How well rows that no fit has seen are told apart."""

from __future__ import annotations

from math import log

import numpy as np
from scipy.special import expit

from synththeory.arrays import Integers, Vector

MEASURES = ("balanced log loss", "AUROC", "AUPRC", "G-mean", "Brier score")
LOWER_IS_BETTER = frozenset({"balanced log loss", "Brier score"})
_FARTHEST = log(2.0**52 - 1.0)


def measured(log_odds: Vector, y: Integers, shift: float, thinning: float = 0.0) -> Vector:
    """The measures of one set of log-odds, in the order of `MEASURES`, (5,).

    Balanced log loss is ½(mean −log P(0|x) over class 0 + mean −log P(1|x) over class 1), probabilities kept 2⁻⁵² from
    0 and 1. G-mean is √(sensitivity · specificity) at log-odds 0. The Brier score is that of the log-odds plus
    ``shift``, which takes them back to the table's own prevalence: log(n1/n0) for a method that balances, 0 otherwise.

    Parameters
    ----------
    log_odds : Vector
        Of the minority, (n,).
    y : Integers
        (n,): 1 for the minority.
    shift : float
        From the method's prevalence to the table's.
    thinning : float
        A majority row stands for exp(thinning) of them in AUPRC and the Brier score.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    rare = y == 1
    weights = np.where(rare, 1.0, np.exp(thinning))
    bounded = np.clip(log_odds, -_FARTHEST, _FARTHEST)
    losses = np.logaddexp(0.0, np.where(rare, -bounded, bounded))
    sensitivity, specificity = (log_odds[rare] > 0.0).mean(), (log_odds[~rare] <= 0.0).mean()
    return np.array(
        [
            0.5 * (losses[rare].mean() + losses[~rare].mean()),
            roc_auc_score(y, log_odds),
            average_precision_score(y, log_odds, sample_weight=weights),
            np.sqrt(sensitivity * specificity),
            np.average((expit(log_odds + shift) - y) ** 2, weights=weights),
        ]
    )
