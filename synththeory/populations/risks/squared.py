"""Exact balanced squared risk of a linear score, from the moments of the strata's laws (`theory.md` §5 [D])."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.fits import Fit
from synththeory.losses import SquaredLoss
from synththeory.metrics import EXCESS_RISK, PARAMETER_ERROR
from synththeory.populations.laws.extended import Extended
from synththeory.populations.laws.location import RowLaw
from synththeory.populations.laws.projection import error_rate
from synththeory.populations.risks.measures import coefficients_of, measures
from synththeory.populations.risks.moments import StratumMoments
from synththeory.sample import Stratum


def stratum_moments(law: RowLaw, response: float, loss: SquaredLoss, theta: Vector) -> StratumMoments:
    """Moments of the squared-loss score 2(zᵀθ − y)z under a law with a fixed response.

    Parameters
    ----------
    law : RowLaw
        Law of x, (d,).
    response : float
        y.
    loss : SquaredLoss
        Says whether z has an intercept.
    theta : Vector
        (p,).

    Returns
    -------
    StratumMoments
        g = 2(Mθ − ym), H = 2M, Σ = 4E[(zᵀθ − y)²zzᵀ] − ggᵀ with M = E zzᵀ, m = E z. [D]
    """
    size = theta.shape[0]
    first, second, fourth = np.zeros(size), np.zeros((size, size)), np.zeros((size, size))
    for weight, component in law.components:
        extended = Extended(component, loss.intercept)
        first += weight * extended.mean
        second += weight * extended.second
        fourth += weight * extended.weighted_second(theta, response)
    gradient = 2.0 * (second @ theta - response * first)
    return StratumMoments(gradient, 2.0 * second, 4.0 * fourth - np.outer(gradient, gradient))


@dataclass(frozen=True, eq=False)
class ExactSquaredRisk:
    """Balanced squared risk, exact for every θ.

    R(θ) = ½[θᵀM_0θ − 2y_0m_0ᵀθ + y_0²] + ½[…]_1, minimised at θ* = (ΣM_c)⁻¹Σy_cm_c, so that
    R(θ) − R(θ*) = (θ − θ*)ᵀ ½(M_0 + M_1)(θ − θ*): no difference of nearly equal numbers is taken. [D]

    Attributes
    ----------
    strata : sequence of Stratum
        Their labels are the responses.
    laws : sequence of RowLaw
        One a stratum.
    loss : SquaredLoss
        Whether there is an intercept.
    """

    strata: Sequence[Stratum]
    laws: Sequence[RowLaw]
    loss: SquaredLoss

    risk_method = "exact"
    metrics = (EXCESS_RISK.name, PARAMETER_ERROR.name)

    @cached_property
    def _curvature(self) -> Matrix:
        origin = np.zeros(self.loss.parameters(self.laws[0].dimension))
        hessians = [stratum_moments(law, 0.0, self.loss, origin).hessian for law in self.laws]
        return np.asarray(sum(hessians) / (2.0 * len(hessians)))

    @cached_property
    def optimum(self) -> Vector:
        """θ*, (p,)."""
        origin = np.zeros(self._curvature.shape[0])
        pairs = zip(self.strata, self.laws, strict=True)
        gradient = np.mean([self.at(stratum, law, origin).gradient for stratum, law in pairs], axis=0)
        return np.asarray(np.linalg.solve(self._curvature, -0.5 * gradient))

    @cached_property
    def minimum(self) -> float:
        """R(θ*)."""
        constant = np.mean([stratum.response**2 for stratum in self.strata])
        return float(constant - self.optimum @ self._curvature @ self.optimum)

    def measures(self, metrics: Sequence[str], fit: Fit) -> Array:
        """The metrics of every fit, (M, B, S)."""
        return measures(self, metrics, coefficients_of(fit))

    @cached_property
    def moments(self) -> tuple[StratumMoments, ...]:
        """Moments of each stratum's score at θ*."""
        return tuple(self.at(stratum, law, self.optimum) for stratum, law in zip(self.strata, self.laws, strict=True))

    def at(self, stratum: Stratum, law: RowLaw, theta: Vector) -> StratumMoments:
        """Moments at θ of rows of any law that carry a stratum's label."""
        return stratum_moments(law, stratum.response, self.loss, theta)

    def excess_risk(self, coefficients: Array) -> Array:
        """R(θ) − R(θ*), shape (...) for coefficients (..., p)."""
        gap = coefficients - self.optimum
        return np.asarray(np.einsum("...i,...i->...", gap @ self._curvature, gap))

    def risk(self, coefficients: Array) -> Array:
        """R(θ), shape (...) for coefficients (..., p)."""
        return self.minimum + self.excess_risk(coefficients)

    def risks(self, coefficients: Array) -> Array:
        """R_c(θ) = θᵀM_cθ − 2y_cm_cᵀθ + y_c² of every stratum, shape (strata, ...)."""
        origin = np.zeros(self.optimum.shape[0])
        values = []
        for stratum, law in zip(self.strata, self.laws, strict=True):
            at_zero = self.at(stratum, law, origin)
            curved = 0.5 * np.einsum("...i,...i->...", coefficients @ at_zero.hessian, coefficients)
            values.append(curved + coefficients @ at_zero.gradient + stratum.response**2)
        return np.array(values)

    def error(self, coefficients: Array) -> Array:
        """Balanced 0–1 error of the rule that takes the label nearer to f, shape (...); Gaussian mixtures only."""
        middle = float(np.mean([stratum.response for stratum in self.strata]))
        return error_rate(self.strata, self.laws, self.loss.intercept, coefficients, middle)
