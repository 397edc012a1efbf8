"""Panels on held-out probabilities: are they right, whom do they tell apart, what is a decision by them worth?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from scipy.special import expit

from synththeory.advise.comparison import Comparison
from synththeory.advise.methods import AS_IS, Method
from synththeory.arrays import Array, Vector
from synththeory.figures.parts.style import INK, QUIET, RULE

_BINS = 8
_DASHES = ("-", (0, (4, 2)))
_GREYS = ("0.25", "0.6")


@dataclass(frozen=True, eq=False)
class Pooled:
    """Held-out rows of all outer folds.

    Attributes
    ----------
    chances : Vector
        Probability of the minority at the table's own prevalence, (N,).
    y : Array
        (N,): 1 for the minority.
    weights : Vector
        What a row stands for, (N,).
    repeats : int
        How often every row of the table is here.
    """

    chances: Vector
    y: Array
    weights: Vector
    repeats: int = 1


def pooled(comparison: Comparison, method: Method) -> Pooled:
    """A method's held-out probabilities."""
    place = comparison.methods.index(method)
    scores = [fold.log_odds[place] + (0.0 if method == AS_IS else fold.prior) for fold in comparison.held]
    labels = np.concatenate([fold.y for fold in comparison.held])
    weights = np.concatenate([np.where(fold.y == 1, 1.0, np.exp(fold.thinning)) for fold in comparison.held])
    return Pooled(expit(np.concatenate(scores)), labels, weights, comparison.repeats)


@dataclass(frozen=True)
class Reliability:
    """A bin of the calibration plot.

    Attributes
    ----------
    chance : float
        Mean predicted probability.
    share, error : float
        Of the minority among the rows, and its standard error: π(1 − π)√(1/n1 + 1/n0), by the rows of both classes as
        they are in the table, which is √(π(1 − π)/n) where none was thinned out [D].
    """

    chance: float
    share: float
    error: float


def reliability(found: Pooled) -> tuple[Reliability, ...]:
    """Bins of equally many minority rows, in increasing order of probability."""
    cuts = np.unique(np.quantile(found.chances[found.y == 1], np.linspace(0.0, 1.0, _BINS + 1)[1:-1]))
    bins, told = np.searchsorted(cuts, found.chances, side="right"), []
    for place in np.unique(bins):
        own = bins == place
        weights, labels = found.weights[own], found.y[own]
        share = float(np.average(labels, weights=weights))
        rows = np.array([(labels == label).sum() for label in (0, 1)]) / found.repeats
        error = share * (1.0 - share) * float(np.sqrt((1.0 / rows).sum())) if rows.all() else 0.0
        told.append(Reliability(float(np.average(found.chances[own], weights=weights)), share, error))
    return tuple(told)


def calibration(axes: Axes, found: Pooled) -> None:
    """Share of the minority against its probability; bars ± 2 s.e."""
    axes.plot([0.0, 1.0], [0.0, 1.0], color=RULE, linewidth=0.7)
    for each in reliability(found):
        low, high = max(each.share - 2.0 * each.error, 0.0), min(each.share + 2.0 * each.error, 1.0)
        axes.plot([each.chance, each.chance], [low, high], color=INK, linewidth=0.9)
        axes.plot(each.chance, each.share, marker="o", markersize=4.0, color=INK)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("predicted probability", labelpad=1.0)
    axes.set_ylabel("share of the minority", labelpad=2.0)


def histogram(axes: Axes, found: Pooled, labels: tuple[str, str]) -> None:
    """Probabilities of both classes, each summing to one."""
    edges = np.linspace(0.0, 1.0, 21)
    for label, dashes, grey in zip((0, 1), _DASHES, _GREYS, strict=True):
        own = found.y == label
        shares = np.histogram(found.chances[own], edges)[0] / max(own.sum(), 1)
        axes.stairs(shares, edges, color=grey, linestyle=dashes, linewidth=1.2, label=labels[label])
    axes.legend(frameon=False, fontsize=7.5)
    axes.set_xlabel("predicted probability", labelpad=1.0)
    axes.set_ylabel("share of the class", labelpad=2.0)


def decision_curve(axes: Axes, found: Pooled) -> None:
    """Net benefit TP − FP·t/(1 − t) a row against the threshold t, beside flagging all and none (Vickers and Elkin)."""
    thresholds = np.linspace(0.01, 0.99, 99)
    rare, total = found.weights * (found.y == 1), found.weights.sum()
    common = found.weights - rare
    odds = thresholds / (1.0 - thresholds)
    flagged = found.chances[None] > thresholds[:, None]
    benefit = (flagged @ rare - odds * (flagged @ common)) / total
    everyone = (rare.sum() - odds * common.sum()) / total
    axes.plot(thresholds, benefit, color=INK, label="by the model")
    axes.plot(thresholds, everyone, color=QUIET, linestyle=_DASHES[1], label="flag all")
    axes.axhline(0.0, color=RULE, linewidth=0.7)
    top = float(rare.sum() / total)
    axes.set_ylim(-0.15 * top, 1.05 * top)
    axes.legend(frameon=False, fontsize=7.5)
    axes.set_xlabel("threshold", labelpad=1.0)
    axes.set_ylabel("net benefit a row", labelpad=2.0)
