"""The regime of a population: locally symmetric or locally asymmetric, and the rates that follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.losses import Loss
from synththeory.populations import Population, exact_risk

Quality = Literal["none", "ideal", "realistic", "biased"]


@dataclass(frozen=True, eq=False)
class Regime:
    """Local symmetry of a population under a loss.

    Attributes
    ----------
    name : {"locally symmetric", "locally asymmetric"}
    g_phi : Vector
        g_φ = g_0 − g_1 at θ*, (p,) [P].
    hessian : Matrix
        H = ½(H_0 + H_1), (p, p).
    covariances : tuple of Matrix
        Σ_0 and Σ_1, (p, p).
    strength : float
        ‖g_φ‖ in the H⁻¹ norm, 0 under local symmetry.
    """

    name: Literal["locally symmetric", "locally asymmetric"]
    g_phi: Vector
    hessian: Matrix
    covariances: tuple[Matrix, Matrix]
    strength: float


ROUNDING = 1e-9
"""A gradient this much smaller than a score's standard deviation is zero up to rounding."""


def vanishes(g_phi: Vector, *covariances: Matrix) -> bool:
    """Whether g_φ is zero up to rounding, measured against the strata's score covariances."""
    return bool(np.linalg.norm(g_phi) <= ROUNDING * np.sqrt(sum(np.trace(each) for each in covariances)))


def regime(population: Population, loss: Loss) -> Regime:
    """Decide the regime from the exact gradients.

    Parameters
    ----------
    population, loss
        Whose optimum is looked at.

    Returns
    -------
    Regime
        Symmetric when g_φ `vanishes`: rounding is not asymmetry.

    Examples
    --------
    >>> from synththeory.losses import LogisticLoss
    >>> from synththeory.populations import GaussianShift
    >>> regime(GaussianShift(mean=(1.0, 0.0)), LogisticLoss(intercept=True)).name
    'locally asymmetric'
    """
    zero, one = exact_risk(population, loss).moments
    g_phi, hessian = zero.gradient - one.gradient, 0.5 * (zero.hessian + one.hessian)
    symmetric = vanishes(g_phi, zero.covariance, one.covariance)
    strength = 0.0 if symmetric else float(np.sqrt(g_phi @ np.linalg.solve(hessian, g_phi)))
    return Regime(
        "locally symmetric" if symmetric else "locally asymmetric",
        g_phi,
        hessian,
        (zero.covariance, one.covariance),
        strength,
    )


def minority_exponent(symmetric: bool, quality: Quality) -> float | None:
    """Exponent of n1 in the excess risk at a fixed ratio n0/n1, balanced with a generator of the given quality [P].

    Parameters
    ----------
    symmetric : bool
        Local symmetry of the population.
    quality : {"none", "ideal", "realistic", "biased"}
        No synthetic rows; g_ψ = 0; g_ψ = O_p(n1^{−1/2}); g_ψ = O(1).

    Returns
    -------
    float or None
        −1, or 0 for a floor (raw asymmetric data; a biased generator).
    """
    if quality == "biased":
        return 0.0
    if quality == "none":
        return -1.0 if symmetric else 0.0
    return -1.0
