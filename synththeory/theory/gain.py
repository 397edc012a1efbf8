"""What a generator's model of the minority saves: the tangent space T, R²_T and the small-weight rule (`theory.md` §7).

Let s be the minority's score at θ*, H the balanced Hessian. A generator fitted by maximum likelihood in a correct
family with tangent space T (the span of the family's likelihood scores) has a conditional mean score whose influence
function is Π_T s. At balance, without bias and as n0/n1 → ∞, augmentation replaces Σ_1 by Var Π_T s in the excess risk
tr(H⁻¹Σ_1)/(8n1) of reweighting, so that

    share saved = tr(H⁻¹ Var(s − Π_T s)) / tr(H⁻¹Σ_1) = 1 − R²_T.                                           [D]

For a Gaussian class the projections are the first two Hermite coefficients of s (`populations.laws.hermite`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from synththeory.arrays import Array, Matrix
from synththeory.errors import DesignError
from synththeory.generators import MomentSource, moments_of
from synththeory.losses import Loss
from synththeory.populations import Population, exact_risk
from synththeory.populations.laws.hermite import Quadratic, hermite
from synththeory.populations.laws.projection import gaussian_components

Family = Literal["mean", "scale", "diagonal", "covariance"]
"""What a Gaussian family leaves free: the mean alone; also one scale; also every variance; also every covariance."""


@dataclass(frozen=True, eq=False)
class Explained:
    """How much of the minority's score a family of laws makes unnecessary to estimate freely.

    Attributes
    ----------
    hessian : Matrix
        H of the balanced risk at θ*, (p, p).
    total : Matrix
        Σ_1, (p, p).
    projected : Matrix
        Var Π_T s, (p, p).
    """

    hessian: Matrix
    total: Matrix
    projected: Matrix

    @property
    def r_squared(self) -> float:
        """R²_T = tr(H⁻¹ Var Π_T s)/tr(H⁻¹Σ_1), in [0, 1]."""
        return _trace(self.hessian, self.projected) / _trace(self.hessian, self.total)

    @property
    def share_saved(self) -> float:
        """1 − R²_T: the part of the minority's share of reweighting's excess risk that the family saves."""
        return 1.0 - self.r_squared


@dataclass(frozen=True)
class SmallWeight:
    """Whether a little of a generator's rows helps: with weight λ on them in the minority's half, whatever their bias,
    the excess risk has slope −[tr H⁻¹Σ_1 − tr H⁻¹C]/(4n1) at λ = 0 [D].

    Attributes
    ----------
    own : float
        tr H⁻¹Σ_1.
    shared : float
        tr H⁻¹C, C = Cov(score of a seed, its influence on the mean synthetic score).
    """

    own: float
    shared: float

    @property
    def helps(self) -> bool:
        """tr H⁻¹C < tr H⁻¹Σ_1."""
        return self.shared < self.own

    def slope(self, minority: int) -> float:
        """∂E[excess]/∂λ at λ = 0 for n1 minority rows."""
        return (self.shared - self.own) / (4.0 * minority)


def explained(population: Population, loss: Loss, family: Family) -> Explained:
    """R²_T of a Gaussian family at a Gaussian minority, in closed form.

    Parameters
    ----------
    population : Population
        Its minority is one Gaussian law.
    loss : Loss
        Whose score.
    family : {"mean", "scale", "diagonal", "covariance"}
        What the fitted Gaussian leaves free.

    Raises
    ------
    DesignError
        When the minority is not Gaussian: `projected` measures any law from rows.

    Examples
    --------
    >>> from synththeory.losses import LogisticLoss
    >>> from synththeory.populations import GaussianShift
    >>> for distance in (1.0, 2.0, 3.0, 4.0):
    ...     population = GaussianShift(mean=(distance, 0.0, 0.0, 0.0, 0.0))
    ...     print(round(explained(population, LogisticLoss(True), "mean").share_saved, 3))
    0.224
    0.547
    0.773
    0.904
    """
    exact, law = exact_risk(population, loss), population.laws[1]
    parts = gaussian_components(law, loss.intercept)
    if len(parts) > 1:
        raise DesignError(
            f"R² of a Gaussian family has a closed form for one Gaussian class; the minority of {population.kind} is a "
            f"mixture of {len(parts)}; measure it from rows with theory.gain.projected"
        )
    (_, part), label = parts[0], population.strata[1].response
    score = hermite(part, lambda u: loss.slope(u, label), exact.optimum)
    hessian = np.mean([moments.hessian for moments in exact.moments], axis=0)
    return Explained(hessian, exact.moments[1].covariance, _projected_covariance(score, part.law.spread, family))


def _projected_covariance(score: Quadratic, spread: Matrix, family: Family) -> Matrix:
    """Var Π_T s: of the linear part all, and of the quadratic what the family's likelihood scores reach."""
    size, dimension = score.linear.shape
    if family == "covariance":
        return score.covariance(score)
    forms = {
        "mean": np.empty((0, dimension, dimension)),
        "scale": np.eye(dimension)[None],
        "diagonal": np.einsum("jk,jl->jkl", spread, spread),  # ε_j² − S_jj in ξ, by the j-th row of the factor
    }[family]
    tangent = Quadratic(np.zeros((len(forms), dimension)), forms)
    cross = score.covariance(tangent)
    reached = cross @ np.linalg.solve(tangent.covariance(tangent), cross.T) if len(forms) else np.zeros((size, size))
    return np.asarray(score.linear @ score.linear.T + reached)


def projected(scores: Array, tangents: Array) -> Matrix:
    """Var Π_T s by least squares of scores on likelihood scores, for any family and law, or for people's own rows.

    Parameters
    ----------
    scores : Array
        s of every row, (n, p).
    tangents : Array
        The family's likelihood scores of the same rows, (n, q) with q < n; their mean is removed.

    Returns
    -------
    Matrix
        (p, p), divisor n − q − 1 for what is not explained, so that useless tangents explain nothing on average.

    Raises
    ------
    DesignError
        No more than q + 1 rows.
    """
    rows, count = tangents.shape
    if rows <= count + 1:
        raise DesignError(f"projecting on {count} directions needs more than {count + 1} rows, got {rows}")
    centred, directions = scores - scores.mean(axis=0), tangents - tangents.mean(axis=0)
    fitted = directions @ np.linalg.lstsq(directions, centred, rcond=None)[0]
    residual = centred - fitted
    return np.asarray(centred.T @ centred / (rows - 1) - residual.T @ residual / (rows - count - 1))


def tangents(rows: Array, family: Family) -> Array:
    """Likelihood scores of a Gaussian family at the rows' own mean and covariance, up to a linear map: (n, q).

    Parameters
    ----------
    rows : Array
        (n, d).
    family : {"mean", "scale", "diagonal", "covariance"}
        q = d, d + 1, 2d or d(d + 3)/2.
    """
    centred = rows - rows.mean(axis=0)
    if family == "mean":
        return np.asarray(centred)
    if family == "diagonal":
        return np.concatenate([centred, centred**2], axis=1)
    if family == "scale":
        whitened = np.linalg.solve(np.linalg.cholesky(np.cov(centred, rowvar=False)), centred.T).T
        return np.concatenate([centred, np.square(whitened).sum(axis=1, keepdims=True)], axis=1)
    above = np.triu_indices(rows.shape[1])
    return np.concatenate([centred, (centred[:, :, None] * centred[:, None, :])[:, above[0], above[1]]], axis=1)


def small_weight(population: Population, generator: MomentSource, loss: Loss, minority: int) -> SmallWeight:
    """The small-weight rule for any generator, its C in closed form or from the pilot.

    Parameters
    ----------
    population, generator, loss
        Who is imitated by whom, and the score.
    minority : int
        n1.
    """
    exact = exact_risk(population, loss)
    hessian = np.mean([moments.hessian for moments in exact.moments], axis=0)
    coupling = moments_of(generator, population, loss, 1, minority).coupling
    return SmallWeight(_trace(hessian, exact.moments[1].covariance), _trace(hessian, coupling))


def _trace(hessian: Matrix, matrix: Matrix) -> float:
    return float(np.trace(np.linalg.solve(hessian, matrix)))
