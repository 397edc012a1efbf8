"""Exact balanced squared risk of a linear score, from the moments of the strata's laws (`theory.md` §5 [D])."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.losses import SquaredLoss
from synththeory.populations.laws import LocationLaw
from synththeory.populations.moments import StratumMoments
from synththeory.sample import Stratum


@dataclass(frozen=True, eq=False)
class Extended:
    """A location law seen through z = x or z = (x, 1): z = mean + spread · ξ, (p,) and (p, d)."""

    law: LocationLaw
    intercept: bool

    @cached_property
    def mean(self) -> Vector:
        """E z, (p,)."""
        return np.append(self.law.mean, 1.0) if self.intercept else self.law.mean

    @cached_property
    def spread(self) -> Matrix:
        """Factor of Cov z, (p, d)."""
        below = np.zeros((int(self.intercept), self.law.dimension))
        return np.vstack([self.law.spread, below])

    @cached_property
    def covariance(self) -> Matrix:
        """Cov z, (p, p)."""
        return np.asarray(self.spread @ self.spread.T)

    @cached_property
    def second(self) -> Matrix:
        """E zzᵀ, (p, p)."""
        return np.outer(self.mean, self.mean) + self.covariance

    def quartic(self, theta: Vector) -> Matrix:
        """E[(εᵀθ)² εεᵀ] for ε = z − mean, (p, p)."""
        inner = self.law.centred().quartic(theta[: self.law.dimension])
        size = self.mean.shape[0]
        full = np.zeros((size, size))
        full[: inner.shape[0], : inner.shape[1]] = inner
        return full

    def weighted_second(self, theta: Vector, response: float) -> Matrix:
        """E[(zᵀθ − y)² zzᵀ], (p, p): odd moments of the symmetric noise vanish."""
        offset = self.mean @ theta - response
        pull = self.covariance @ theta
        cross = np.outer(self.mean, pull)
        return np.asarray(
            offset**2 * self.second
            + 2.0 * offset * (cross + cross.T)
            + (theta @ pull) * np.outer(self.mean, self.mean)
            + self.quartic(theta)
        )


def stratum_moments(law: LocationLaw, response: float, loss: SquaredLoss, theta: Vector) -> StratumMoments:
    """Moments of the squared-loss score 2(zᵀθ − y)z under a law with a fixed response.

    Parameters
    ----------
    law : LocationLaw
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
class SquaredTruth:
    """Balanced squared risk, exact for every θ.

    R(θ) = ½[θᵀM_0θ − 2y_0m_0ᵀθ + y_0²] + ½[…]_1, minimised at θ* = (ΣM_c)⁻¹Σy_cm_c, so that
    R(θ) − R(θ*) = (θ − θ*)ᵀ ½(M_0 + M_1)(θ − θ*): no difference of nearly equal numbers is taken. [D]

    Attributes
    ----------
    strata : sequence of Stratum
        Their labels are the responses.
    laws : sequence of LocationLaw
        One a stratum.
    loss : SquaredLoss
        Whether there is an intercept.
    """

    strata: Sequence[Stratum]
    laws: Sequence[LocationLaw]
    loss: SquaredLoss

    risk_method = "exact"

    @cached_property
    def _curvature(self) -> Matrix:
        origin = np.zeros(self.loss.parameters(self.laws[0].dimension))
        hessians = [stratum_moments(law, 0.0, self.loss, origin).hessian for law in self.laws]
        return np.asarray(sum(hessians) / (2.0 * len(hessians)))

    @cached_property
    def optimum(self) -> Vector:
        """θ*, (p,)."""
        origin = np.zeros(self._curvature.shape[0])
        gradients = [self.at(stratum, law, origin).gradient for stratum, law in zip(self.strata, self.laws, strict=True)]
        return np.asarray(np.linalg.solve(self._curvature, -sum(gradients) / (2.0 * len(gradients))))

    @cached_property
    def minimum(self) -> float:
        """R(θ*)."""
        return float(np.mean([stratum.label**2 for stratum in self.strata]) - self.optimum @ self._curvature @ self.optimum)

    @cached_property
    def moments(self) -> tuple[StratumMoments, ...]:
        """Moments of each stratum's score at θ*."""
        return tuple(
            self.at(stratum, law, self.optimum) for stratum, law in zip(self.strata, self.laws, strict=True)
        )

    def at(self, stratum: Stratum, law: LocationLaw, theta: Vector) -> StratumMoments:
        """Moments at θ of rows of any law that carry a stratum's label."""
        return stratum_moments(law, stratum.label, self.loss, theta)

    def excess_risk(self, coefficients: Array) -> Array:
        """R(θ) − R(θ*), shape (...) for coefficients (..., p)."""
        gap = coefficients - self.optimum
        return np.asarray(np.einsum("...i,...i->...", gap @ self._curvature, gap))

    def risk(self, coefficients: Array) -> Array:
        """R(θ), shape (...) for coefficients (..., p)."""
        return self.minimum + self.excess_risk(coefficients)
