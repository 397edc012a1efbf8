"""What imbalance does to the slopes alone, where an intercept makes every problem asymmetric [D].

To first order synthetic rows move θ̂ along H⁻¹g_φ. The question is whether that direction has slopes: with S the rows
of the identity that take the slopes, q = S H⁻¹g_φ = 0 says that g_φ lies in H's intercept column, so that extra
minority rows move the intercept only, which re-prioring does for nothing. It holds exactly where a logistic model is
right: class weights then change its intercept by their log-ratio and no slope.

As g_φ itself is not zero, Ĥ adds to the error of q̂. With v = H⁻¹g_φ, c_i and c_i' the second and third derivative of
the loss in f = zᵀθ, D = ½ Σ_c E_c[c'(zᵀv) zzᵀ] and A_c as for g_φ, row i of class c contributes to q̂

    S H⁻¹ [ (A_c + ½ D H⁻¹) s_i − ½ c_i (z_iᵀv) z_i ] / n_c.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.losses import LogisticLoss, Loss
from synththeory.selection.pilot import ClassScores, Pilot, applied, patched, transposed


def slopes_only(
    pilot: Pilot, majority: Array, minority: Array, loss: Loss, labels: tuple[float, float], penalty: Vector
) -> Pilot:
    """The pilot with q̂, (B, p − 1), in the place of ĝ_φ, and with its rows' contributions.

    Parameters
    ----------
    pilot : Pilot
        Of these rows, for a loss with an intercept.
    majority, minority, loss, labels, penalty
        As for `fit_pilot`.
    """
    designs = [loss.design(majority), loss.design(minority)]
    linear = [applied(design, pilot.coefficients) for design in designs]
    curvatures = [loss.curvature(f, label) for f, label in zip(linear, labels, strict=True)]
    hessians = [_mean_square(z, c) for z, c in zip(designs, curvatures, strict=True)]
    whole = patched(0.5 * (hessians[0] + hessians[1]) + np.diag(penalty), pilot.singular)
    inverse = np.asarray(np.linalg.inv(whole), dtype=np.float64)
    direction = applied(inverse, pilot.asymmetry)  # v
    pulls = [applied(design, direction) for design in designs]
    bend = np.zeros_like(inverse)  # D
    for f, label, c, pull, design in zip(linear, labels, curvatures, pulls, designs, strict=True):
        bend += 0.5 * _mean_square(design, _third(loss, f, label, c) * pull)
    slopes, classes = inverse[:, :-1], []
    for one, c, pull, design in zip(pilot.classes, curvatures, pulls, designs, strict=True):
        transfer = np.concatenate([slopes @ (one.transfer + 0.5 * bend @ inverse), -0.5 * slopes], axis=2)
        rows = np.concatenate([one.scores, (c * pull)[..., None] * design], axis=2)
        classes.append(ClassScores(rows, one.leverages, transfer))
    root = np.asarray(np.linalg.cholesky(inverse[:, :-1, :-1]), dtype=np.float64)
    return replace(pilot, asymmetry=direction[:, :-1], classes=(classes[0], classes[1]), root=root)


def _mean_square(design: Array, weights: Array) -> Array:
    return np.asarray(transposed(design * weights[..., None]) @ design / design.shape[1])


def _third(loss: Loss, linear: Array, label: float, curvature: Array) -> Array:
    """∂³ℓ/∂f³: σ(1 − σ)(1 − 2σ) for logistic loss, nothing for squared loss."""
    if isinstance(loss, LogisticLoss):
        return np.asarray(curvature * (1.0 - 2.0 * (loss.slope(linear, label) + label)))
    return np.zeros_like(curvature)
