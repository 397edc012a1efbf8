"""Moments of rows that have the majority's shape at the minority's mean, between two Gaussian classes [D].

A synthetic score s̃ is that of x̃ = μ̂_1 + Ŝ_p-shaped noise. Its mean m̂ follows the minority's rows by Aε_1 (and what it
learns of the shape), A = E ∂s̃/∂μ, and the majority's by r. With K = Cov(s_0, s̃) of one majority row and the row made of
it (zero for fresh noise), the summed scores have the covariance

    n0Σ_0 + n1Σ_1 + ñΣ_syn + ñ²/n1 Var φ_1 + ñ²/n0 [Var r + Cov(s̃, r) + ᵀ] + ñ[Cov(s_1, φ_1) + K + Cov(s_0, r) + ᵀ],

so that V_m = Var φ_1 + (n1/n0)[…] and C = Cov(s_1, φ_1) + K + Cov(s_0, r); as n0/n1 → ∞ only φ_1 counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.generators.moments import GeneratorMoments
from synththeory.losses import LogisticLoss, Loss
from synththeory.populations import LocationLaw, Population, exact_risk
from synththeory.populations.laws.extended import Extended
from synththeory.populations.laws.hermite import Quadratic, hermite
from synththeory.populations.laws.projection import project
from synththeory.sample import Stratum

Shape = Literal["moved", "scaled", "pooled"]
"""The majority's own rows; the same with one estimated scale; normal rows of the pooled covariance."""


@dataclass(frozen=True, eq=False)
class _Classes:
    """Both classes and the law of synthetic rows, at θ.

    Attributes
    ----------
    loss, theta, responses
        The score; (y_0, y_1).
    zero, one, made : LocationLaw
        Of majority, minority and synthetic rows.
    """

    loss: Loss
    theta: Vector
    responses: tuple[float, float]
    zero: LocationLaw
    one: LocationLaw
    made: LocationLaw

    def score(self, law: LocationLaw, response: float) -> Quadratic:
        """Projection of a score in the standard noise of its law."""
        return hermite(Extended(law, self.loss.intercept), lambda u: self.loss.slope(u, response), self.theta)

    @property
    def slope(self) -> Matrix:
        """A = E ∂s̃/∂μ, (p, d)."""
        return np.asarray(self.synthetic.linear @ np.linalg.inv(self.made.spread))

    @property
    def synthetic(self) -> Quadratic:
        """Of s̃."""
        return self.score(self.made, self.responses[1])

    @property
    def bend(self) -> Array:
        """E ∂²s̃/∂x∂xᵀ, (p, d, d): twice the derivative of m̂ in the covariance."""
        inverse = np.linalg.inv(self.made.spread)
        return np.asarray(inverse.T @ self.synthetic.forms @ inverse)

    def shared(self, scale: float) -> Matrix:
        """K = Cov(s_0(x), s_1(μ_1 + scale (x − μ_0))) for a majority row x, (p, p)."""
        part = Extended(self.zero, True)
        theta = self.theta if self.loss.intercept else np.append(self.theta, 0.0)
        move = np.eye(theta.size)
        move[:-1] *= scale
        move[:-1, -1] = self.one.mean - scale * self.zero.mean
        offset, constant = theta[-1], float((move.T @ theta)[-1])

        def product(u: Array) -> Array:
            there = scale * (u - offset) + constant
            return np.asarray(self.loss.slope(u, self.responses[0]) * self.loss.slope(there, self.responses[1]))

        second = project(part.mean, part.covariance, theta, product).second @ move.T
        size = self.theta.size
        means = [
            project(part.mean, part.covariance, theta, lambda u: self.loss.slope(u, self.responses[0])).first[:size],
            self._synthetic_mean,
        ]
        return np.asarray(second[:size, :size] - np.outer(*means))

    @property
    def _synthetic_mean(self) -> Vector:
        part = Extended(self.made, self.loss.intercept)
        return project(part.mean, part.covariance, self.theta, lambda u: self.loss.slope(u, self.responses[1])).first


def borrowed_moments(
    shape: Shape,
    population: Population,
    loss: Loss,
    stratum: int,
    counts: tuple[int | None, int],
    theta: Vector | None,
) -> GeneratorMoments:
    """Moments of a synthetic score.

    Parameters
    ----------
    shape : {"moved", "scaled", "pooled"}
        What is borrowed.
    population, loss, stratum
        Who is imitated: one of two Gaussian classes; the other lends its shape.
    counts : (int or None, int)
        n0 and n1; None for the limit n0/n1 → ∞.
    theta : Vector or None
        Where, (p,); θ* when None.
    """
    exact = exact_risk(population, loss)
    place = exact.optimum if theta is None else theta
    zero, one = (population.laws[number].components[0][1] for number in (1 - stratum, stratum))
    majority, minority = counts
    share = 0.0 if majority is None else minority / (majority + minority)
    scale = float(np.sqrt(np.trace(one.covariance) / np.trace(zero.covariance))) if shape == "scaled" else 1.0
    if shape == "pooled":
        covariance = (1.0 - share) * zero.covariance + share * one.covariance
        made = LocationLaw(one.mean, np.asarray(np.linalg.cholesky(covariance)))
    else:
        made = LocationLaw(one.mean, scale * zero.spread)
    strata = population.strata[1 - stratum], population.strata[stratum]
    responses = _response(loss, strata[0]), _response(loss, strata[1])
    classes = _Classes(loss, place, responses, zero, one, made)
    limit = exact.at(strata[1], made, place)
    follows, leads = _influences(shape, classes, scale, share)
    fluctuation = follows.covariance(follows)
    coupling = classes.score(one, responses[1]).covariance(follows)
    if majority is not None:
        own = np.zeros_like(fluctuation) if shape == "pooled" else classes.synthetic.covariance(leads)
        fluctuation = fluctuation + minority / majority * (leads.covariance(leads) + own + own.T)
        coupling = coupling + classes.score(zero, responses[0]).covariance(leads)
        coupling = coupling + (0.0 if shape == "pooled" else classes.shared(scale))
    return GeneratorMoments(
        limit.gradient, limit.hessian, limit.covariance, np.zeros_like(place), fluctuation, coupling, "closed form"
    )


def _influences(shape: Shape, classes: _Classes, scale: float, share: float) -> tuple[Quadratic, Quadratic]:
    """What one minority row and one majority row do to m̂, in the standard noise of each: φ_1 and r."""
    slope, nothing = classes.slope, np.zeros_like(classes.slope)
    laws = classes.one, classes.zero
    follows = Quadratic.along(slope @ classes.one.spread)
    leads = Quadratic.along(-scale * slope @ classes.zero.spread)
    if shape == "moved":
        return follows, leads
    if shape == "pooled":
        own, others = (law.spread.T @ classes.bend @ law.spread for law in laws)
        return follows + Quadratic(nothing, share * own), Quadratic(nothing, (1.0 - share) * others)
    # of the relative scale ½ ln(tr S_1/tr S_0): the derivative of m̂ is tr(½ ∂²s̃ · 2S), through S = scale² S_0
    pull = np.trace(classes.synthetic.forms, axis1=1, axis2=2)[:, None, None]
    own, others = (pull * (law.spread.T @ law.spread) / np.trace(law.covariance) for law in laws)
    return follows + Quadratic(nothing, own), leads + Quadratic(nothing, -others)


def _response(loss: Loss, stratum: Stratum) -> float:
    """What the loss is told of a class: logistic loss takes 0 and 1, whatever the coding."""
    return float(stratum.response > 0.0) if isinstance(loss, LogisticLoss) else stratum.response
