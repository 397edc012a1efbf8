"""Moments of a stratum's score at a point: what every formula of the theory is made of."""

from __future__ import annotations

from dataclasses import dataclass

from synththeory.arrays import Matrix, Vector


@dataclass(frozen=True, eq=False)
class StratumMoments:
    """Gradient, Hessian and score covariance of one stratum's risk at θ.

    Attributes
    ----------
    gradient : Vector
        ∇R_c(θ), (p,).
    hessian : Matrix
        ∇²R_c(θ), (p, p).
    covariance : Matrix
        Cov(∇ℓ(θ; X, y) | Y = c), (p, p).
    """

    gradient: Vector
    hessian: Matrix
    covariance: Matrix
