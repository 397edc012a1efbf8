"""Decisions, not only losses: the threshold that a cost ratio or a recall asks for, judged on rows no fit has seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal

import numpy as np
from scipy.special import expit

from synththeory.advise.comparison import Comparison, Estimate, HeldOut, corrected
from synththeory.advise.methods import Method
from synththeory.arrays import Vector
from synththeory.errors import DesignError

Aim = Literal["cost", "recall"]


@dataclass(frozen=True)
class Decision:
    """A threshold and what it does on held-out rows.

    Attributes
    ----------
    aim : {"cost", "recall"}
    wanted : float
        How often worse it is to miss a minority row than to raise a false alarm, or the recall.
    threshold : float
        Probability at the table's own prevalence from which a row is called the minority.
    interval : tuple of two floats
        Middle 95 % of the thresholds that the outer folds' other rows ask for.
    recall, precision, flagged : Estimate
        Of the minority, of those flagged, and the share of all rows that are flagged.
    cost : Estimate or None
        Per row, in false alarms; None for a recall.
    nothing : float or None
        The same cost of the better of flagging none and all.
    """

    aim: Aim
    wanted: float
    threshold: float
    interval: tuple[float, float]
    recall: Estimate
    precision: Estimate
    flagged: Estimate
    cost: Estimate | None = None
    nothing: float | None = None


def check_aims(cost: float | None, recall: float | None) -> None:
    """Refuse what no threshold can do, before anything is fitted.

    Raises
    ------
    DesignError
        A cost that is not positive, a recall outside (0, 1).
    """
    if cost is not None and not 0.0 < cost < np.inf:
        raise DesignError(f"a cost ratio is a positive number (how many false alarms a miss is worth), got {cost:g}")
    if recall is not None and not 0.0 < recall < 1.0:
        raise DesignError(f"a recall is a share between 0 and 1, got {recall:g}")


def decided(comparison: Comparison, method: Method, cost: float | None, recall: float | None) -> tuple[Decision, ...]:
    """The decisions asked for, with a method's held-out probabilities.

    A cost ratio c needs no data: flag a row where p > 1/(1 + c). The threshold of a recall is the quantile of the other
    outer folds' minority scores, so that it is judged on rows it was not read from.
    """
    place = comparison.methods.index(method)
    scores = [_own_prevalence(fold, method, place) for fold in comparison.held]
    found = []
    if cost is not None:
        found.append(_by_cost(comparison, scores, cost))
    if recall is not None:
        found.append(_by_recall(comparison, scores, recall))
    return tuple(found)


def _own_prevalence(fold: HeldOut, method: Method, place: int) -> Vector:
    """Log-odds at the table's own prevalence."""
    return np.asarray(fold.log_odds[place] + (0.0 if method.family == "as is" else fold.prior))


def _by_cost(comparison: Comparison, scores: list[Vector], cost: float) -> Decision:
    cuts = [-log(cost)] * len(scores)
    recall, precision, flagged, misses, alarms, share = _judged(comparison, scores, cuts)
    spent = cost * misses + alarms
    threshold = 1.0 / (1.0 + cost)
    nothing = float(min(cost * share.mean(), (1.0 - share).mean()))
    found, right, called, total = (corrected(each, comparison.ratio) for each in (recall, precision, flagged, spent))
    return Decision("cost", cost, threshold, (threshold, threshold), found, right, called, total, nothing)


def _by_recall(comparison: Comparison, scores: list[Vector], recall: float) -> Decision:
    """Every fold is judged by the threshold that the others' minority rows ask for."""
    own = [score[fold.y == 1] for score, fold in zip(scores, comparison.held, strict=True)]
    cuts = [
        float(np.quantile(np.concatenate([*own[:place], *own[place + 1 :]]), 1.0 - recall, method="lower"))
        for place in range(len(own))
    ]
    judged = _judged(comparison, scores, [cut - 1e-12 for cut in cuts])
    found, right, called = (corrected(each, comparison.ratio) for each in judged[:3])
    thresholds = expit(np.array(cuts))
    low, high = np.quantile(thresholds, [0.025, 0.975])
    middle = float(np.median(thresholds))
    return Decision("recall", recall, middle, (float(low), float(high)), found, right, called)


def _judged(comparison: Comparison, scores: list[Vector], cuts: list[float]) -> tuple[Vector, ...]:
    """Recall, precision, share flagged, misses and false alarms a row, and the minority's share, in every fold."""
    rows = []
    for score, cut, fold in zip(scores, cuts, comparison.held, strict=True):
        weights = np.where(fold.y == 1, 1.0, np.exp(fold.thinning))
        flagged, rare = score > cut, fold.y == 1
        total = weights.sum()
        hits, called = weights[flagged & rare].sum(), weights[flagged].sum()
        rows.append(
            (
                hits / weights[rare].sum(),
                hits / called if called else 0.0,
                called / total,
                weights[~flagged & rare].sum() / total,
                weights[flagged & ~rare].sum() / total,
                weights[rare].sum() / total,
            )
        )
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def sentence(decision: Decision) -> str:
    """What a threshold does, in words."""
    low, high = decision.interval
    what = (
        f"A miss costs {decision.wanted:g} false alarms: flag a row where its probability (at the table's own "
        f"prevalence) exceeds {decision.threshold:.3f}"
        if decision.aim == "cost"
        else f"For a recall of {decision.wanted:.0%}: flag a row where its probability (at the table's own prevalence) "
        f"reaches {decision.threshold:.3f} (from {low:.3f} to {high:.3f} over the outer folds)"
    )
    does = (
        f"On held-out rows this finds {_percent(decision.recall)} of the minority, {_percent(decision.precision)} of "
        f"those flagged are of it, and {_percent(decision.flagged)} of all rows are flagged"
    )
    if decision.cost is None:
        return f"{what}. {does}."
    return (
        f"{what}. {does}; cost {decision.cost.value:.3f} ± {decision.cost.standard_error:.3f} a row, against "
        f"{decision.nothing:.3f} for the better of flagging none and all. No row need be added for a threshold."
    )


def _percent(estimate: Estimate) -> str:
    return f"{100.0 * estimate.value:.1f} ± {100.0 * estimate.standard_error:.1f} %"
