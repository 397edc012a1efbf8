"""Generator moments in closed form for squared loss and a location law X = μ_1 + ε (`theory.md` §2 [D]).

With score s(x) = 2(zᵀθ − y)z, offset a = m_zᵀθ − y and J = 2(aI + m_zθᵀ), the score is s = const + Jε + 2(εεᵀ − S)θ;
the noise is symmetric, so its linear and quadratic parts are uncorrelated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.generators.moments import GeneratorMoments
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import LocationLaw, Population, RowLaw, StratumMoments, exact_risk
from synththeory.populations.laws.extended import Extended


@dataclass(frozen=True, eq=False)
class _Parts:
    """The pieces of the score of one stratum at θ."""

    theta: Vector
    extended: Extended
    response: float

    @property
    def linear(self) -> Matrix:
        """J S Jᵀ, (p, p): variance of the linear part, and of the influence function of μ̂."""
        offset = self.extended.mean @ self.theta - self.response
        jacobian = 2.0 * (offset * np.eye(self.theta.shape[0]) + np.outer(self.extended.mean, self.theta))
        return np.asarray(jacobian @ self.extended.covariance @ jacobian.T)

    @property
    def shift(self) -> Vector:
        """2Sθ, (p,): n1 times the mean of the second-order term of μ̂."""
        return np.asarray(2.0 * self.extended.covariance @ self.theta)


def _location(population: Population, stratum: int) -> LocationLaw:
    ((_, law),) = population.laws[stratum].components
    return law


def _parts(population: Population, loss: SquaredLoss, stratum: int, theta: Vector | None) -> _Parts:
    theta = exact_risk(population, loss).optimum if theta is None else theta
    return _Parts(theta, Extended(_location(population, stratum), loss.intercept), population.strata[stratum].response)


def own_moments(population: Population, loss: Loss, stratum: int, theta: Vector | None) -> StratumMoments:
    """The stratum's moments at θ, or at θ* when θ is None."""
    exact = exact_risk(population, loss)
    if theta is None:
        return exact.moments[stratum]
    return exact.at(population.strata[stratum], population.laws[stratum], theta)


def fixed_law(population: Population, loss: Loss, stratum: int, law: RowLaw, theta: Vector | None) -> GeneratorMoments:
    """A generator whose law does not depend on the data: m̂ does not fluctuate (any loss)."""
    exact = exact_risk(population, loss)
    there = exact.at(population.strata[stratum], law, exact.optimum if theta is None else theta)
    still = np.zeros_like(there.hessian)
    return GeneratorMoments(
        there.gradient, there.hessian, there.covariance, np.zeros_like(there.gradient), still, still, "closed form"
    )


def resampled(population: Population, loss: Loss, stratum: int, theta: Vector | None) -> GeneratorMoments:
    """Bootstrap: the generator's conditional mean score is the minority's mean score (any loss)."""
    own = own_moments(population, loss, stratum, theta)
    return GeneratorMoments(
        own.gradient, own.hessian, own.covariance, np.zeros_like(own.gradient), own.covariance, own.covariance,
        "closed form",
    )  # fmt: skip


def smooth_location(
    population: Population, loss: SquaredLoss, stratum: int, count: int, theta: Vector | None
) -> GeneratorMoments:
    """Semi-oracle μ̂_1 + ε: φ(x) = J(x − μ_1), hence V_m = C = JSJᵀ, and shift 2Sθ/n1."""
    own, parts = own_moments(population, loss, stratum, theta), _parts(population, loss, stratum, theta)
    return GeneratorMoments(
        own.gradient, own.hessian, own.covariance, parts.shift / count, parts.linear, parts.linear, "closed form"
    )


def jittered(
    population: Population, loss: SquaredLoss, stratum: int, scale: float, theta: Vector | None
) -> GeneratorMoments:
    """Bootstrap plus N(0, τ²I): g_ψ = 2τ²θ on the slopes, φ = score − g_1 up to a constant, no shift.

    Σ_syn follows from the convolution: E[(ε+η)ᵀθ]²(ε+η)(ε+η)ᵀ adds to the two quartics the crossed second moments.
    """
    own, parts = own_moments(population, loss, stratum, theta), _parts(population, loss, stratum, theta)
    law, theta, slopes = parts.extended.law, parts.theta, population.laws[stratum].dimension
    noise = np.zeros_like(own.hessian)
    noise[:slopes, :slopes] = scale**2 * np.eye(slopes)
    gaussian = Extended(LocationLaw(np.zeros(slopes), scale * np.eye(slopes)), loss.intercept)
    offset = parts.extended.mean @ theta - parts.response
    spread, mean = parts.extended.covariance, parts.extended.mean
    total = spread + noise
    pull = np.outer(mean, total @ theta)
    crossed = np.outer(spread @ theta, noise @ theta)
    quartic = (
        Extended(law, loss.intercept).quartic(theta) + gaussian.quartic(theta)
        + (theta @ spread @ theta) * noise + (theta @ noise @ theta) * spread + 2.0 * (crossed + crossed.T)
    )  # fmt: skip
    weighted = (
        offset**2 * (np.outer(mean, mean) + total) + 2.0 * offset * (pull + pull.T)
        + (theta @ total @ theta) * np.outer(mean, mean) + quartic
    )  # fmt: skip
    gradient = own.gradient + 2.0 * noise @ theta
    return GeneratorMoments(
        gradient, own.hessian + 2.0 * noise, 4.0 * weighted - np.outer(gradient, gradient),
        np.zeros_like(gradient), own.covariance, own.covariance, "closed form",
    )  # fmt: skip


def shrunk_gaussian(
    population: Population,
    loss: SquaredLoss,
    stratum: int,
    count: int,
    shrinkage: float,
    jitter: float,
    theta: Vector | None,
) -> GeneratorMoments:
    """Gaussian fit with shrinkage ρ: φ = Jε + 2[(1−ρ)(εεᵀ−S)θ + ρ((‖ε‖²−tr S)/d)θ], shift 2Sθ/n1.

    Uses Cov(εεᵀθ) = E[(εᵀθ)²εεᵀ] − Sθθᵀ S, Cov(εεᵀθ, ‖ε‖²) and Var ‖ε‖² from the law's quartic form.
    """
    parts = _parts(population, loss, stratum, theta)
    law = _location(population, stratum)
    dimension, covariance = law.dimension, law.covariance
    slopes = parts.theta[:dimension]
    level = np.trace(covariance)
    target = (1.0 - shrinkage) * covariance + (shrinkage * level / dimension + jitter) * np.eye(dimension)
    fitted = fixed_law(population, loss, stratum, LocationLaw(law.mean, np.linalg.cholesky(target)), parts.theta)

    longer = law.longer
    pulled = law.quartic(slopes) - np.outer(covariance @ slopes, covariance @ slopes)
    with_length = longer @ slopes - level * (covariance @ slopes)
    length = np.trace(longer) - level**2

    keep, share = 1.0 - shrinkage, shrinkage / dimension
    towards = np.outer(with_length, slopes)
    quadratic = keep**2 * pulled + keep * share * (towards + towards.T) + share**2 * length * np.outer(slopes, slopes)
    fluctuation, coupling = parts.linear.copy(), parts.linear.copy()
    fluctuation[:dimension, :dimension] += 4.0 * quadratic
    coupling[:dimension, :dimension] += 4.0 * (keep * pulled + share * towards)
    return GeneratorMoments(
        fitted.gradient, fitted.hessian, fitted.covariance, parts.shift / count, fluctuation, coupling, "closed form"
    )
