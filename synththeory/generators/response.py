"""How synthetic rows follow their seeds, in mean and covariance: all that squared loss sees of a generator [D].

Many generators have, given their seeds, E[x̃] = x̄ + offset, or μ + offset where they do not follow the seeds' mean, and

    Cov[x̃] = R(Ŝ) + noise · I + fresh · S,    R(M) = keep · M + diagonal · diag M + level · (tr M/d) I,

with μ and S the true mean and covariance, x̄ and Ŝ the seeds': divisor n of rows that are seeds with something added,
n − 1 and ``unbiased`` of others, normal given the seeds where these are. The mean synthetic score is then a polynomial
of degree two in each seed's deviation ε, whose covariances are exact for Gaussian seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Matrix, Vector


@dataclass(frozen=True)
class Response:
    """The numbers of the equation above; the offset is the same in every coordinate."""

    offset: float = 0.0
    keep: float = 0.0
    diagonal: float = 0.0
    level: float = 0.0
    noise: float = 0.0
    fresh: float = 0.0
    follows: bool = True
    unbiased: bool = False

    def spread(self, covariance: Array) -> Array:
        """R(M), (..., d, d)."""
        dimension = covariance.shape[-1]
        unit, trace = np.eye(dimension), np.trace(covariance, axis1=-2, axis2=-1)
        level = self.level / dimension * trace[..., None, None]
        return np.asarray(self.keep * covariance + (self.diagonal * covariance + level) * unit)

    def covariance(self, true: Matrix) -> Matrix:
        """R(S) + noise I + fresh S, of a row with Ŝ = S, (d, d)."""
        return np.asarray(self.spread(true) + self.noise * np.eye(true.shape[0]) + self.fresh * true)


OWN = Response(keep=1.0)
"""The seeds' own mean and covariance."""


@dataclass(frozen=True, eq=False)
class Polynomial:
    """f(ε) = L ε + 2[R(εεᵀ) − R(S)]θ on the slopes: a score's dependence on one seed.

    Attributes
    ----------
    linear : Matrix
        L, (p, d).
    quadratic : Response or None
        R; None for no quadratic part.
    """

    linear: Matrix
    quadratic: Response | None = None

    def forms(self, slopes: Vector) -> Array:
        """Symmetric matrices A_j with f_j(ε) = (Lε)_j + εᵀA_jε − tr A_jS, (p, d, d)."""
        size, dimension = self.linear.shape
        forms = np.zeros((size, dimension, dimension))
        if self.quadratic is not None:
            unit = np.eye(dimension)
            turned = np.einsum("ja,b->jab", unit, slopes)
            forms[:dimension] = self.quadratic.keep * (turned + turned.transpose(0, 2, 1))
            forms[:dimension] += 2.0 * self.quadratic.diagonal * np.einsum("j,ja,jb->jab", slopes, unit, unit)
            forms[:dimension] += 2.0 * self.quadratic.level / dimension * np.einsum("j,ab->jab", slopes, unit)
        return forms


def joint_covariance(functions: Sequence[Polynomial], slopes: Vector, covariance: Matrix) -> Matrix:
    """Covariance of stacked polynomials of a normal ε: LSLᵀ + 2 tr(A_i S A_j S) (Isserlis).

    Parameters
    ----------
    functions : sequence of Polynomial
        With p_1, p_2, … entries.
    slopes : Vector
        θ without its intercept, (d,).
    covariance : Matrix
        S, (d, d).

    Returns
    -------
    Matrix
        (Σp, Σp).
    """
    linear = np.concatenate([function.linear for function in functions])
    turned = np.concatenate([function.forms(slopes) for function in functions]) @ covariance
    return np.asarray(linear @ covariance @ linear.T + 2.0 * np.einsum("iab,jba->ij", turned, turned, optimize=True))
