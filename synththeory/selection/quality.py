"""The generator quality score GQS: squared bias over variance at full balance, cross-fitted (`theory.md` §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array
from synththeory.kernels.scores import score_moments
from synththeory.losses import LogisticLoss, Loss
from synththeory.selection.pilot import Flags
from synththeory.theory.sizes import alignment


@dataclass(frozen=True, eq=False)
class GeneratorQuality:
    """How good a generator is where the classes are balanced; every field has the leading axes (...).

    Attributes
    ----------
    value : Array
        GQS = bias/variance; NaN where H has no inverse.
    bias : Array
        (n_b²/2n0) δ̂ᵀH⁻¹δ̂, n_b = n0 − n1.
    variance : Array
        tr(H⁻¹Σ_aug).
    alignment : Array
        c = ⟨δ̂, ĝ_φ⟩/‖ĝ_φ‖² = (‖δ̂‖/‖ĝ_φ‖) cos ∠(δ̂, ĝ_φ); NaN where ĝ_φ = 0.
    """

    value: Array
    bias: Array
    variance: Array
    alignment: Array


def generator_quality(
    mismatch: Array,
    hessian: Array,
    majority: Array,
    minority: Array,
    synthetic: Array,
    counts: tuple[int, int],
    g_phi: Array,
) -> GeneratorQuality:
    """GQS = (n_b²/2n0) δ̂ᵀH⁻¹δ̂ / tr(H⁻¹Σ_aug), Σ_aug = ½Σ_0 + (n1/2n0)Σ_1 + (n_b/2n0)Σ_syn, n_b = n0 − n1 [P].

    Parameters
    ----------
    mismatch : Array
        δ̂, mean synthetic score minus mean minority score, (..., p).
    hessian : Array
        H = ½(H_0 + H_1), (..., p, p).
    majority, minority, synthetic : Array
        Score covariances Σ_0, Σ_1, Σ_syn, (..., p, p).
    counts : tuple of two ints
        n0 > n1 ≥ 1.
    g_phi : Array
        ĝ_φ, (..., p), for the alignment.

    Returns
    -------
    GeneratorQuality

    Raises
    ------
    ValueError
        Unless n0 > n1 ≥ 1.
    """
    n0, n1 = counts
    if not n0 > n1 >= 1:
        raise ValueError(f"generator quality needs more majority than minority rows, got n0={n0}, n1={n1}")
    gap = n0 - n1
    whole = 0.5 * majority + (0.5 * n1 / n0) * minority + (0.5 * gap / n0) * synthetic
    inverse = _inverse(hessian)
    # products one data set at a time: einsum would sum in an order that depends on the block
    bias = np.asarray(0.5 * gap**2 / n0 * (mismatch[..., None, :] @ inverse @ mismatch[..., None])[..., 0, 0])
    variance = np.asarray(np.trace(inverse @ whole, axis1=-2, axis2=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.asarray(bias / variance)
    return GeneratorQuality(value, bias, variance, alignment(mismatch, g_phi))


@dataclass(frozen=True, eq=False)
class ScoreSums:
    """What GQS needs of the scores of one class, or of the synthetic rows, in one fold.

    Attributes
    ----------
    count : int
        Rows n.
    mean : Array
        Mean score, (..., p).
    products : Array
        Σ ssᵀ, (..., p, p).
    curvature : Array
        Σ ∂²ℓ/∂f² zzᵀ, (..., p, p).
    """

    count: int
    mean: Array
    products: Array
    curvature: Array

    def kept(self, place: int, live: Flags) -> ScoreSums:
        """Those of one data set, (1, …), and of some coefficients."""
        chosen = np.flatnonzero(live)
        square = np.ix_(np.array([place]), chosen, chosen)
        return ScoreSums(self.count, self.mean[[place]][:, chosen], self.products[square], self.curvature[square])


def score_sums(loss: Loss, features: Array, label: float, coefficients: Array) -> ScoreSums:
    """Sums over the rows of their scores ∇ℓ(θ; x, y) and Hessians at given coefficients.

    Parameters
    ----------
    loss : Loss
        Squared or logistic.
    features : Array
        (..., n, d): the rows as the linear model sees them.
    label : float
        Response of all of them.
    coefficients : Array
        θ, (..., p).
    """
    lead, (count, dimension), size = features.shape[:-2], features.shape[-2:], coefficients.shape[-1]
    rows = np.ascontiguousarray(features, dtype=np.float64).reshape(-1, count, dimension)
    theta = np.ascontiguousarray(coefficients, dtype=np.float64).reshape(-1, size)
    total = np.empty((len(rows), size))
    products, curvature = np.empty((len(rows), size, size)), np.empty((len(rows), size, size))
    logistic = isinstance(loss, LogisticLoss)
    score_moments(rows, theta, float(label), logistic, total, products, curvature)
    square = (*lead, size, size)
    return ScoreSums(count, (total / count).reshape(*lead, size), products.reshape(square), curvature.reshape(square))


def cross_fitted_quality(
    majority: Sequence[ScoreSums], minority: Sequence[ScoreSums], synthetic: Sequence[ScoreSums], g_phi: Array
) -> GeneratorQuality:
    """GQS from K folds, each with scores at a pilot θ̂ fitted, like the generator, to the other folds [P].

    δ̂ is the mean over folds of (mean synthetic − mean held-out minority score). Σ_c and H_c pool the held-out rows of
    all folds, Σ_syn the synthetic ones; each covariance is about the pooled mean, with divisor n − 1. The paper does
    not say how the folds' second moments are combined: pooling works with one minority row a fold [D].

    Parameters
    ----------
    majority, minority : sequence of ScoreSums
        Held-out rows of each class, one entry a fold.
    synthetic : sequence of ScoreSums
        n0 − n1 rows of the generator fitted on the other folds, one entry a fold.
    g_phi : Array
        ĝ_φ at the pilot of all rows, (..., p).

    Returns
    -------
    GeneratorQuality

    Raises
    ------
    ValueError
        When the classes have not n0 > n1 ≥ 2 rows over all folds.
    """
    counts = (sum(part.count for part in majority), sum(part.count for part in minority))
    if counts[1] < 2:
        raise ValueError(f"generator quality needs two minority rows or more over all folds, got {counts[1]}")
    pairs = zip(synthetic, minority, strict=True)
    mismatch = np.mean([made.mean - real.mean for made, real in pairs], axis=0)
    hessian = 0.5 * sum(
        sum((part.curvature for part in parts), np.zeros(())) / count
        for parts, count in zip((majority, minority), counts, strict=True)
    )
    sigma = [_pooled(parts) for parts in (majority, minority, synthetic)]
    return generator_quality(mismatch, np.asarray(hessian), sigma[0], sigma[1], sigma[2], counts, g_phi)


def _pooled(parts: Sequence[ScoreSums]) -> Array:
    """Covariance of the scores of all folds about their common mean, divisor n − 1."""
    count = sum(part.count for part in parts)
    mean = np.sum([part.count * part.mean for part in parts], axis=0) / count
    products = np.sum([part.products for part in parts], axis=0)
    return np.asarray((products - count * mean[..., :, None] * mean[..., None, :]) / (count - 1))


def _inverse(matrices: Array) -> Array:
    """Inverses (..., p, p); NaN where a matrix is singular or not finite."""
    sound = np.isfinite(matrices).all(axis=(-2, -1)) & (np.linalg.matrix_rank(_finite(matrices)) == matrices.shape[-1])
    patched = np.where(sound[..., None, None], matrices, np.eye(matrices.shape[-1]))
    return np.where(sound[..., None, None], np.linalg.inv(patched), np.nan)


def _finite(matrices: Array) -> Array:
    return np.where(np.isfinite(matrices), matrices, 0.0)
