"""Exact balanced logistic risk of a linear score when the classes are Gaussian mixtures (`theory.md` §5.3 [D])."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import DesignError
from synththeory.fits import Fit
from synththeory.kernels.softplus import expected_softplus
from synththeory.losses import LogisticLoss
from synththeory.metrics import BALANCED_ERROR, BALANCED_LOSS, EXCESS_RISK, PARAMETER_ERROR
from synththeory.populations.laws.finite import FiniteLaw
from synththeory.populations.laws.location import RowLaw
from synththeory.populations.laws.projection import error_rate, gaussian_components, project, score_moments
from synththeory.populations.risks.measures import coefficients_of, measures
from synththeory.populations.risks.moments import StratumMoments
from synththeory.sample import Stratum

_CHUNK = 64
"""Fits whose scores of finitely many rows are held at once."""


@dataclass(frozen=True, eq=False)
class ExactLogisticRisk:
    """Balanced logistic risk R(θ) = mean_c E_c[log(1 + e^f) − y_c f], exact to 1e-12 for every θ.

    Attributes
    ----------
    strata : sequence of Stratum
        Their labels are 0 or 1 (a positive label counts as 1).
    laws : sequence of RowLaw
        Gaussian mixtures, or laws on finitely many rows.
    loss : LogisticLoss
        Whether there is an intercept.
    """

    strata: Sequence[Stratum]
    laws: Sequence[RowLaw]
    loss: LogisticLoss

    risk_method = "exact"
    metrics = (EXCESS_RISK.name, PARAMETER_ERROR.name, BALANCED_LOSS.name, BALANCED_ERROR.name)

    @cached_property
    def optimum(self) -> Vector:
        """θ*, (p,), by damped Newton on the exact risk until the gradient is below 1e-14."""
        theta = np.zeros(self.loss.parameters(self.laws[0].dimension))
        value = float(self.risk(theta))
        for _ in range(200):
            parts = [self.at(stratum, law, theta) for stratum, law in zip(self.strata, self.laws, strict=True)]
            gradient: Vector = np.mean([part.gradient for part in parts], axis=0)
            hessian: Matrix = np.mean([part.hessian for part in parts], axis=0)
            step = -np.linalg.lstsq(hessian, gradient, rcond=1e-14)[0]
            scale = 1.0
            while (ahead := float(self.risk(theta + scale * step))) > value + 1e-14 and scale > 1e-6:
                scale *= 0.5
            theta, value = theta + scale * step, ahead
            if value <= 1e-14:  # within its own error of zero: there is nothing left to minimise
                break
            if np.abs(step).max() <= 1e-13 * (1.0 + np.abs(theta).max()):
                return theta
        raise DesignError("the balanced logistic risk of this population has no minimiser: the classes are separated")

    @cached_property
    def minimum(self) -> float:
        """R(θ*)."""
        return float(self.risk(self.optimum))

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit, (M, B, S)."""
        return measures(self, metrics, coefficients_of(fit))

    @cached_property
    def moments(self) -> tuple[StratumMoments, ...]:
        """Moments of each stratum's score at θ*."""
        return tuple(self.at(stratum, law, self.optimum) for stratum, law in zip(self.strata, self.laws, strict=True))

    def at(self, stratum: Stratum, law: RowLaw, theta: Vector) -> StratumMoments:
        """Moments at θ of rows of any Gaussian mixture, or of finitely many rows, that carry a stratum's label."""
        label = float(stratum.response > 0.0)
        size = theta.shape[0]
        gradient, hessian, square = np.zeros(size), np.zeros((size, size)), np.zeros((size, size))
        if isinstance(law, FiniteLaw):
            return _summed(law, self._design(law), theta, label)
        for weight, part in gaussian_components(law, self.loss.intercept):
            mean, covariance = part.mean, part.covariance
            gradient += weight * project(mean, covariance, theta, lambda u: expit(u) - label).first
            hessian += weight * project(mean, covariance, theta, lambda u: expit(u) * expit(-u)).second
            square += weight * project(mean, covariance, theta, lambda u: (expit(u) - label) ** 2).second
        return StratumMoments(gradient, hessian, square - np.outer(gradient, gradient))

    def risk(self, coefficients: Array) -> Array:
        """R(θ), shape (...) for coefficients (..., p)."""
        total = np.zeros(coefficients.shape[:-1])
        for place in range(len(self.strata)):
            self._add_risk(place, coefficients, total)
        return total / len(self.strata)

    def risks(self, coefficients: Array) -> Array:
        """R_c(θ) of every stratum, shape (strata, ...)."""
        totals = np.zeros((len(self.strata), *coefficients.shape[:-1]))
        for place in range(len(self.strata)):
            self._add_risk(place, coefficients, totals[place, ...])
        return totals

    def excess_risk(self, coefficients: Array) -> Array:
        """R(θ) − R(θ*), shape (...); the difference carries an error of about 1e-14."""
        return self.risk(coefficients) - self.minimum

    def error(self, coefficients: Array) -> Array:
        """Balanced 0–1 error of the rule f > 0, shape (...)."""
        return error_rate(self.strata, self.laws, self.loss.intercept, coefficients, 0.0)

    def _design(self, law: FiniteLaw) -> Matrix:
        """All rows as the score sees them, (M, p)."""
        return np.asarray(self.loss.design(law.support))

    def _add_risk(self, place: int, coefficients: Array, total: Array) -> None:
        side, law = -1.0 if self.strata[place].response > 0.0 else 1.0, self.laws[place]
        if isinstance(law, FiniteLaw):
            flat, out = coefficients.reshape(-1, coefficients.shape[-1]), total.reshape(-1)
            for first in range(0, len(flat), _CHUNK):
                scores = side * (flat[first : first + _CHUNK] @ self._design(law).T)
                out[first : first + _CHUNK] += np.logaddexp(0.0, scores) @ law.probabilities
            return
        for weight, part in gaussian_components(law, self.loss.intercept):
            mean, deviation = score_moments(part, coefficients)
            values = np.empty(mean.size)
            expected_softplus(np.ascontiguousarray(side * mean).ravel(), deviation.ravel(), values)
            total += weight * values.reshape(total.shape)


def _summed(law: FiniteLaw, design: Matrix, theta: Vector, label: float) -> StratumMoments:
    """Moments of finitely many rows: sums."""
    scores, weights = design @ theta, law.probabilities
    wrong = expit(scores) - label
    gradient = design.T @ (weights * wrong)
    hessian = design.T @ ((weights * expit(scores) * expit(-scores))[:, None] * design)
    square = design.T @ ((weights * wrong**2)[:, None] * design)
    return StratumMoments(gradient, hessian, square - np.outer(gradient, gradient))
