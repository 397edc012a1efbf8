"""Expectations of a function of a linear score under Gaussian mixtures, by one-dimensional quadrature.

For x ~ N(μ, S) the score u = zᵀθ is N(m, s²), and z = (mean of z) + r Z + e with Z = (u − m)/s standard normal,
r = Cov(z) θ/s and e independent of Z. So E h(u), E h(u)z and E h(u)zzᵀ need only E h, E hZ and E hZ². [D]

The integrals over Z are trapezoid sums on [−9, 9] with step min(¼, ½/s). For a function analytic in a strip of
half-width a around the real line in u the trapezoid rule errs by about exp(−2πa/(s · step)); the logistic functions
have their poles at distance π, and the Gaussian weight itself allows exp(−2π²/step²): below 1e-13 in both cases, for
any s. (Gauss–Hermite nodes do not see the poles: 128 of them err by up to 6e-4 at s = 6.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtr

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import DesignError
from synththeory.populations.laws.extended import Extended
from synththeory.populations.laws.location import RowLaw
from synththeory.sample import Stratum

_EDGE = 9.0


def nodes(deviation: float) -> tuple[Vector, Vector]:
    """Points Z and weights of the trapezoid rule for a score of the given standard deviation.

    Returns
    -------
    (Vector, Vector)
        Both (K,); the weights hold the normal density and sum to one within 1e-15.
    """
    count = int(np.ceil(2.0 * _EDGE / min(0.25, 0.5 / max(deviation, 1e-300)))) if deviation > 0.0 else 72
    points = np.linspace(-_EDGE, _EDGE, count + 1)
    weights = np.exp(-0.5 * points**2)
    return points, weights / weights.sum()


@dataclass(frozen=True, eq=False)
class Projected:
    """E h(u), E h(u)z and E h(u)zzᵀ under one Gaussian component.

    Attributes
    ----------
    zeroth : float
    first : Vector
        (p,).
    second : Matrix
        (p, p).
    """

    zeroth: float
    first: Vector
    second: Matrix


def project(mean: Vector, covariance: Matrix, theta: Vector, function: Callable[[Array], Array]) -> Projected:
    """Expectations of h(zᵀθ) times 1, z and zzᵀ for z ~ N(mean, covariance).

    Parameters
    ----------
    mean : Vector
        (p,).
    covariance : Matrix
        (p, p), positive semi-definite.
    theta : Vector
        (p,).
    function : callable
        h, elementwise.
    """
    pull = covariance @ theta
    deviation = sqrt(max(float(theta @ pull), 0.0))
    direction = pull / deviation if deviation > 0.0 else np.zeros_like(mean)
    points, weights = nodes(deviation)
    values = weights * function(mean @ theta + deviation * points)
    k0, k1, k2 = float(values.sum()), float(values @ points), float(values @ points**2)
    cross = np.outer(mean, direction)
    second = (
        k0 * (np.outer(mean, mean) + covariance) + k1 * (cross + cross.T) + (k2 - k0) * np.outer(direction, direction)
    )
    return Projected(k0, k0 * mean + k1 * direction, second)


def gaussian_components(law: RowLaw, intercept: bool) -> tuple[tuple[float, Extended], ...]:
    """Weights and components of a Gaussian mixture, seen through z = x or (x, 1).

    Raises
    ------
    DesignError
        When a component is not Gaussian: its linear score has no one-dimensional normal law.
    """
    for _, component in law.components:
        if component.noise != "gaussian":
            raise DesignError(
                f"this risk is exact only for Gaussian rows; the population has {component.noise} noise: "
                'use noise = "gaussian" or the least-squares learner'
            )
    return tuple((weight, Extended(component, intercept)) for weight, component in law.components)


def error_rate(strata: Sequence[Stratum], laws: Sequence[RowLaw], intercept: bool,
               coefficients: Array, threshold: float) -> Array:  # fmt: skip
    """Balanced 0–1 error of the rule zᵀθ > threshold, a mean of normal probabilities, shape (...)."""
    highest = max(stratum.response for stratum in strata)
    total = np.zeros(coefficients.shape[:-1])
    for stratum, law in zip(strata, laws, strict=True):
        side = -1.0 if stratum.response == highest else 1.0
        for weight, part in gaussian_components(law, intercept):
            mean, deviation = score_moments(part, coefficients)
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = (mean - threshold) / deviation
            ratio = np.where(deviation > 0.0, ratio, np.where(mean > threshold, np.inf, -np.inf))
            total += weight * np.where(np.isnan(mean), np.nan, ndtr(side * ratio))
    return total / len(strata)


def score_moments(part: Extended, coefficients: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of zᵀθ under a component, both (...), for coefficients (..., p)."""
    mean = coefficients @ part.mean
    variance = np.einsum("...i,...i->...", coefficients @ part.covariance, coefficients)
    return np.asarray(mean), np.sqrt(np.maximum(variance, 0.0))
