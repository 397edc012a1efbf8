"""Calibration: log-odds mended on rows that no fit has seen, so that they mean what they say at prevalence ½."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Literal, get_args

import numpy as np

from synththeory.arrays import Vector
from synththeory.errors import nearest
from synththeory.estimators.tables import Flags
from synththeory.selection.platt import line

Recalibration = Literal["sigmoid", "isotonic"]
RECALIBRATIONS: tuple[Recalibration, ...] = get_args(Recalibration)
_CERTAIN = 600.0
"""Log-odds beyond are those of a probability of 0 or 1."""
_SMALL = 1e-13
"""Ridge of the sigmoid's slope, for scores that are all alike."""
_ALIKE = 7
"""Decimals of log-odds that a step is placed by: rows of equal features differ in the tenth, by rounding alone."""


@dataclass(frozen=True, eq=False)
class Mended:
    """A rising map of log-odds to log-odds at prevalence ½.

    Attributes
    ----------
    farthest : float
        Log-odds beyond ± this are taken for it: of a forest's or tree's 0 and 1 a logarithm says nothing.
    slope, intercept : float
        Of the sigmoid; 1 and 0 for isotonic.
    knots, values : Vector
        Of the isotonic map, straight between knots; empty for the sigmoid.
    """

    farthest: float
    slope: float
    intercept: float
    knots: Vector
    values: Vector

    def __call__(self, log_odds: Vector) -> Vector:
        """Mended log-odds, of any shape."""
        bounded = np.clip(log_odds, -self.farthest, self.farthest)
        if self.knots.size:
            return np.asarray(np.interp(np.round(bounded, _ALIKE), self.knots, self.values))
        return np.asarray(self.slope * bounded + self.intercept)


def known(kind: Recalibration | None) -> Recalibration | None:
    """The same, if it is one.

    Raises
    ------
    ValueError
        An unknown kind.
    """
    if kind is not None and kind not in RECALIBRATIONS:
        raise ValueError(f"unknown recalibration {kind!r}{nearest(str(kind), RECALIBRATIONS)}")
    return kind


def mended(kind: Recalibration, log_odds: Vector, minority: Flags, weights: Vector | None = None) -> Mended:
    """Learn the map from held-out rows.

    ``"sigmoid"`` is Platt's: logistic regression of the class on the log-odds, with his targets (n1 + 1)/(n1 + 2) and
    1/(n0 + 2), all rows alike, and log(n1/n0) taken off afterwards [D]: where the sigmoid is right this is the
    efficient way to prevalence ½. A falling map is replaced by the constant. ``"isotonic"`` is the best rising map,
    probabilities kept 1/(n_c + 2) from 0 and 1, c being the class in question. A probability of 0 or 1 counts as
    twice the odds of the farthest one between [D].

    Parameters
    ----------
    kind : {"sigmoid", "isotonic"}
    log_odds : Vector
        Of held-out rows, (n,); at any one prevalence.
    minority : array of bool
        Which of them are of the minority, (n,); both classes are there.
    weights : Vector or None
        Of the rows, (n,).
    """
    within = np.abs(log_odds[np.abs(log_odds) < _CERTAIN])
    farthest = (float(within.max()) if within.size else 0.0) + log(2.0)
    bounded = np.clip(log_odds, -farthest, farthest)
    shares = np.ones(minority.size) if weights is None else weights / weights.mean()
    one, zero = float(shares[minority].sum()), float(shares[~minority].sum())
    prior, nothing = log(one / zero), np.empty(0)
    if kind == "sigmoid":
        targets = np.where(minority, (one + 1.0) / (one + 2.0), 1.0 / (zero + 2.0))
        slope, intercept = _platt(bounded, targets, shares)
        return Mended(farthest, slope, intercept - prior, nothing, nothing)
    knots, rising = _isotonic(bounded, minority, shares)
    chances = np.clip(rising, 1.0 / (zero + 2.0), 1.0 - 1.0 / (one + 2.0))
    return Mended(farthest, 1.0, 0.0, knots, np.log(chances) - np.log1p(-chances) - prior)


def _isotonic(scores: Vector, minority: Flags, weights: Vector) -> tuple[Vector, Vector]:
    """Knots and values of scikit-learn's IsotonicRegression, the ends of its level parts, without its checks.

    These took a quarter of the time of `synththeory.advise` on small tables.
    """
    from scipy.optimize import isotonic_regression

    knots, places = np.unique(np.round(scores, _ALIKE), return_inverse=True)
    mass = np.bincount(places, weights)
    values = isotonic_regression(np.bincount(places, weights * minority) / mass, weights=mass).x
    ends = np.ones(knots.size, dtype=bool)
    ends[1:-1] = (values[1:-1] != values[:-2]) | (values[1:-1] != values[2:])
    return knots[ends], values[ends]


def _platt(scores: Vector, targets: Vector, weights: Vector) -> tuple[float, float]:
    """Slope ≥ 0 and intercept of a logistic regression on one column; targets inside (0, 1)."""
    scale = float(np.abs(scores).max()) or 1.0
    slope, intercept = line(scores[None] / scale, targets, weights, _SMALL).coefficients[0, 0]
    if slope >= 0.0:
        return float(slope) / scale, float(intercept)
    share = float(np.average(targets, weights=weights))  # also where there is no fit
    return 0.0, log(share / (1.0 - share))
