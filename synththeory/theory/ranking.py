"""AUROC over the synthetic size: balance the scatter, not the counts (`theory.md` §9 [D])."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import DesignError
from synththeory.losses import Loss
from synththeory.populations import Population, exact_risk
from synththeory.populations.risks.ranking import GaussianScores, RankingMeasures
from synththeory.theory.prediction import Prediction


def auroc(direction: Vector, gap: Vector, scatter: Matrix) -> float:
    """Φ(w·δ/√(w·(Σ_0 + Σ_1)w)) of the score wᵀx between N(0, Σ_0) and N(δ, Σ_1).

    Parameters
    ----------
    direction : Vector
        w, (d,).
    gap : Vector
        δ, (d,).
    scatter : Matrix
        Σ_0 + Σ_1, (d, d).
    """
    return float(ndtr(direction @ gap / np.sqrt(direction @ scatter @ direction)))


def auroc_curve(
    gap: Vector, covariances: tuple[Matrix, Matrix], spread: float, counts: tuple[int, int], sizes: ArrayLike
) -> Array:
    """AUROC of least squares with a generator of the right mean and covariance sΣ_1, for many rows.

    Its direction is w(ñ) ∝ (n0Σ_0 + (n1 + sñ)Σ_1)⁻¹δ, the best one where both scatters weigh alike.

    Parameters
    ----------
    gap : Vector
        δ, (d,).
    covariances : (Matrix, Matrix)
        Σ_0 and Σ_1, (d, d).
    spread : float
        s > 0, the generator's covariance over Σ_1: two thirds for SMOTE between any pair of rows.
    counts : (int, int)
        n0 and n1.
    sizes : array
        ñ, (S,).
    """
    zero, one = covariances
    directions = (
        np.linalg.solve(counts[0] * zero + (counts[1] + spread * size) * one, gap) for size in np.atleast_1d(sizes)
    )
    return np.array([auroc(direction, gap, zero + one) for direction in directions])


def scatter_balancing_size(counts: tuple[int, int], spread: float) -> float:
    """ñ* = (n0 − n1)/s: where AUROC is best. It is flat where Σ_1 ∝ Σ_0."""
    return (counts[0] - counts[1]) / spread


def expected_auroc(population: Population, loss: Loss, prediction: Prediction) -> Vector | None:
    """AUROC of fits with the predicted mean and covariance, to second order in their error, (S,) [D].

    The mean over the sigma points θ̄ ± √(pλ_k) v_k of the covariance's eigenvalues and axes, which have its first two
    moments; None where the classes are not Gaussian mixtures.

    Parameters
    ----------
    population, loss
        Whose linear scores rank.
    prediction : Prediction
        Of the fits, at S sizes.
    """
    values, axes = np.linalg.eigh(prediction.error_covariance)
    size = values.shape[-1]
    steps = np.swapaxes(axes * np.sqrt(size * np.maximum(values, 0.0))[:, None, :], 1, 2)
    centre = (exact_risk(population, loss).optimum + prediction.mean_error)[:, None, :]
    places = np.concatenate([centre + steps, centre - steps], axis=1)
    try:
        zero, one = (GaussianScores.of(law, loss.intercept, places) for law in population.laws)
    except DesignError:
        return None
    return np.asarray(RankingMeasures(zero, one).of(["auroc"])[0].mean(axis=1))
