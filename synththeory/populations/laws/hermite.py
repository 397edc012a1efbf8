"""Functions of standard normal noise to second order: the first two Hermite coefficients of a score [D].

A function f of ξ ~ N(0, I) has the projection E f + Mξ + ½ Σ_jk Q_jk(ξ_jξ_k − δ_jk) on polynomials of degree two, with
M = E fξᵀ = E ∇f and Q = E f(ξξᵀ − I) = E ∇²f. Terms of different degree are uncorrelated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.populations.laws.extended import Extended
from synththeory.populations.laws.projection import nodes


@dataclass(frozen=True, eq=False)
class Quadratic:
    """f(ξ) = Mξ + ½ tr Q(ξξᵀ − I) with values in p dimensions.

    Attributes
    ----------
    linear : Matrix
        M, (p, d).
    forms : Array
        Q, (p, d, d), symmetric.
    """

    linear: Matrix
    forms: Array

    @classmethod
    def along(cls, linear: Matrix) -> Quadratic:
        """No quadratic part."""
        size, dimension = linear.shape
        return cls(linear, np.zeros((size, dimension, dimension)))

    def covariance(self, other: Quadratic) -> Matrix:
        """Cov(f, g) = M_f M_gᵀ + ½ tr Q_f Q_g, (p, q)."""
        return np.asarray(self.linear @ other.linear.T + 0.5 * np.einsum("ijk,ljk->il", self.forms, other.forms))

    def __add__(self, other: Quadratic) -> Quadratic:
        return Quadratic(self.linear + other.linear, self.forms + other.forms)

    def __mul__(self, factor: float) -> Quadratic:
        return Quadratic(factor * self.linear, factor * self.forms)


def hermite(part: Extended, slope: Callable[[Array], Array], theta: Vector) -> Quadratic:
    """The projection of s = h(zᵀθ)z for z = m + Fξ, from four one-dimensional integrals.

    With a = Fᵀθ/‖Fᵀθ‖ and k_m = E h He_m(aᵀξ):
    M = k₁ m aᵀ + k₀F + k₂(Fa)aᵀ and Q_i = (k₂m_i + k₃(Fa)_i)aaᵀ + k₁(F_i aᵀ + aF_iᵀ).

    Parameters
    ----------
    part : Extended
        A Gaussian law, seen through z.
    slope : callable
        h, elementwise.
    theta : Vector
        θ, (p,).
    """
    direction = part.spread.T @ theta
    deviation = float(np.linalg.norm(direction))
    if deviation > 0.0:
        direction = direction / deviation
    points, weights = nodes(deviation)
    values = weights * slope(part.mean @ theta + deviation * points)
    k0, k1, k2 = float(values.sum()), float(values @ points), float(values @ (points**2 - 1.0))
    k3 = float(values @ (points**3 - 3.0 * points))
    along = part.spread @ direction
    linear = np.outer(k1 * part.mean + k2 * along, direction) + k0 * part.spread
    cross = part.spread[:, :, None] * direction
    forms = (k2 * part.mean + k3 * along)[:, None, None] * np.outer(direction, direction)
    return Quadratic(linear, forms + k1 * (cross + cross.transpose(0, 2, 1)))
