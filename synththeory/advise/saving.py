"""What a Gaussian model of the minority could save here: R²_T from the table's own rows (`theory.md` §7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from synththeory.advise.ground import Ground
from synththeory.corrections import Reweighted
from synththeory.estimators.diagnosis import coordinates
from synththeory.fits import LinearFit
from synththeory.learners import Logistic
from synththeory.sample import GivenBlock, Sample, Stratum
from synththeory.theory.gain import Explained, Family, projected, tangents

_FAMILIES: tuple[Family, ...] = ("mean", "covariance")
_ROWS_EACH = 3
"""Minority rows for each direction that is projected on."""
_RIDGE = 1e-3


@dataclass(frozen=True)
class Saving:
    """One family of Gaussian laws.

    Attributes
    ----------
    family : {"mean", "covariance"}
        What it leaves free: the mean, or every covariance too.
    r_squared : float
        R²_T, the share of the minority's score that it explains; rows of such a law save 1 − R²_T of what reweighting
        loses to having few minority rows, if the law is right.
    """

    family: Family
    r_squared: float


def savings(ground: Ground) -> tuple[Saving, ...]:
    """Of the families that the minority has rows for, at the balanced fit; none but for a logistic regression."""
    if not ground.model.linear:
        return ()
    turned = coordinates(ground.features.rows, intercept=True)
    rows = ground.features.rows if turned is None else turned.of(ground.features.rows)
    zero, one = rows[~ground.table.minority], rows[ground.table.minority]
    fit = Reweighted().fit(
        Logistic(ridge=_RIDGE),
        Sample.of(
            GivenBlock(zero[None], Stratum("majority", 0, 0.0)), GivenBlock(one[None], Stratum("minority", 1, 1.0))
        ),
        [len(zero), len(one)],
    )
    if not isinstance(fit, LinearFit) or not np.isfinite(fit.coefficients).all():
        return ()
    theta = fit.coefficients[0, 0]
    curvatures, scores = [], np.empty(0)
    for part, label in ((zero, 0.0), (one, 1.0)):
        extended = np.column_stack([part, np.ones(len(part))])
        chances = expit(extended @ theta)
        curvatures.append((extended.T * (chances * (1.0 - chances))) @ extended / len(part))
        scores = (chances - label)[:, None] * extended
    hessian = np.mean(curvatures, axis=0) + _RIDGE * np.diag([*np.ones(rows.shape[1]), 0.0])
    found = []
    for family in _FAMILIES:
        directions = tangents(one, family)
        if len(one) >= _ROWS_EACH * directions.shape[1]:
            known = Explained(hessian, np.cov(scores, rowvar=False), projected(scores, directions))
            found.append(Saving(family, float(np.clip(known.r_squared, 0.0, 1.0))))
    return tuple(found)
