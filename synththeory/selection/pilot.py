"""The balanced-risk fit of a block of data sets, and each class's scores there (`theory.md` §3)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Vector
from synththeory.losses import LogisticLoss, Loss

Flags = NDArray[np.bool_]
_NEARLY_DEPENDENT = 1e-11
_STEPS = 100
_HALVINGS = 40


@dataclass(frozen=True, eq=False)
class ClassScores:
    """One class at the pilot θ̂.

    Attributes
    ----------
    scores : Array
        s_i = ∇ℓ(θ̂; x_i, y_i), (B, n, p).
    leverages : Array
        h_i = c_i z_iᵀ(H + P)⁻¹z_i/(2n), (B, n), with c_i the row's curvature: how much row i pulls its own fit.
    transfer : Array
        A_c, (B, p, p): how far the class's mean score at θ* moves ĝ_φ.
    """

    scores: Array
    leverages: Array
    transfer: Array


@dataclass(frozen=True, eq=False)
class Pilot:
    """Balanced-risk fits θ̂ = argmin ½(R̂_0 + R̂_1) + ½θᵀPθ.

    Attributes
    ----------
    coefficients : Array
        θ̂, (B, p).
    asymmetry : Array
        What is tested to be zero, (B, q): ĝ_φ = m_0 − m_1, or the slopes of Ĥ⁻¹ĝ_φ (`slopes_only`).
    classes : tuple of two ClassScores
        Majority, minority.
    root : Array
        L with H + P = LLᵀ, (B, p, p), or that of the slopes' block of (H + P)⁻¹, (B, q, q): in the coordinates
        L⁻¹ĝ_φ features that nearly depend on each other are apart.
    singular, separated : array of bool
        (B,): the Hessian has no inverse; logistic classes have no finite fit. Numbers of such a set mean nothing.
    """

    coefficients: Array
    asymmetry: Array
    classes: tuple[ClassScores, ClassScores]
    root: Array
    singular: Flags
    separated: Flags


def transposed(matrices: Array) -> Array:
    """The last two axes exchanged."""
    return np.swapaxes(matrices, -1, -2)


def dependent(matrices: Array) -> Flags:
    """Which symmetric matrices (B, p, p) are not safely positive definite, whatever the units of the coordinates."""
    scale: Array = np.sqrt(np.diagonal(matrices, axis1=-2, axis2=-1))
    sound: Flags = np.asarray(np.isfinite(matrices).all(axis=(-2, -1)) & (scale > 0.0).all(axis=-1))
    unit = np.where(sound[:, None], scale, 1.0)
    scaled = np.where(sound[:, None, None], matrices / (unit[:, :, None] * unit[:, None, :]), np.eye(scale.shape[-1]))
    return np.asarray(~sound | (np.linalg.eigvalsh(scaled)[:, 0] < _NEARLY_DEPENDENT))


def patched(matrices: Array, broken: Flags) -> Array:
    """Matrices with the identity in the place of broken ones, so that the others of the block can be inverted."""
    return np.where(broken[:, None, None], np.eye(matrices.shape[-1]), matrices) if broken.any() else matrices


def fit_pilot(majority: Array, minority: Array, loss: Loss, labels: tuple[float, float], penalty: Vector) -> Pilot:
    """Fit the balanced risk (class weights ½/n_c) and evaluate the classes there.

    Parameters
    ----------
    majority, minority : Array
        Rows x, (B, n0, d) and (B, n1, d).
    loss : Loss
        Squared or logistic.
    labels : tuple of two floats
        Response of each class.
    penalty : Vector
        Diagonal of P, the Hessian of the penalty on the mean loss, (p,).

    Returns
    -------
    Pilot
        With G = H_0 − H_1 and H = ½(H_0 + H_1), A_0 = I − ½G(H + P)⁻¹ and A_1 = −I − ½G(H + P)⁻¹ [P for P = 0].
    """
    designs = [loss.design(majority), loss.design(minority)]
    theta, separated = minimised(designs, loss, labels, penalty, (0.5, 0.5))
    return replace(pilot_at(theta, majority, minority, loss, labels, penalty), separated=separated)


def pilot_at(
    theta: Array, majority: Array, minority: Array, loss: Loss, labels: tuple[float, float], penalty: Vector
) -> Pilot:
    """The classes at a given minimiser θ̂, (B, p), of the balanced risk; the rest as in `fit_pilot`."""
    designs = [loss.design(majority), loss.design(minority)]
    curvatures, hessians = _hessians(designs, loss, labels, theta)
    whole = 0.5 * (hessians[0] + hessians[1]) + np.diag(penalty)
    singular = dependent(whole)
    sound = patched(whole, singular)
    inverse, root = np.linalg.inv(sound), np.asarray(np.linalg.cholesky(sound), dtype=np.float64)
    lean = 0.5 * (hessians[0] - hessians[1]) @ inverse
    classes = []
    for side, design, label, curvature in zip((1.0, -1.0), designs, labels, curvatures, strict=True):
        scores = loss.slope(applied(design, theta), label)[..., None] * design
        leverages = 0.5 / design.shape[1] * curvature * ((design @ inverse) * design).sum(axis=2)
        classes.append(ClassScores(scores, leverages, side * np.eye(theta.shape[1]) - lean))
    asymmetry = np.asarray(classes[0].scores.mean(axis=1) - classes[1].scores.mean(axis=1))
    return Pilot(theta, asymmetry, (classes[0], classes[1]), root, singular, np.zeros(singular.shape, dtype=bool))


def applied(matrices: Array, vectors: Array) -> Array:
    """Every matrix (B, n, p) times its vector (B, p), (B, n)."""
    return np.asarray((matrices @ vectors[..., None])[..., 0])


def _hessians(
    designs: list[Array], loss: Loss, labels: tuple[float, float], theta: Array
) -> tuple[list[Array], list[Array]]:
    curvatures = [loss.curvature(applied(z, theta), label) for z, label in zip(designs, labels, strict=True)]
    products = [transposed(z * c[..., None]) @ z / z.shape[1] for z, c in zip(designs, curvatures, strict=True)]
    return curvatures, products


def _mean_loss(
    designs: list[Array], labels: tuple[float, float], penalty: Vector, shares: tuple[float, float], theta: Array
) -> Array:
    """Σ_c share_c R̂_c + ½θᵀPθ of the logistic loss, (B,)."""
    total = 0.5 * (penalty * theta**2).sum(axis=1)
    for design, label, share in zip(designs, labels, shares, strict=True):
        linear = applied(design, theta)
        total += share * (np.logaddexp(0.0, linear) - label * linear).mean(axis=1)
    return np.asarray(total)


def minimised(
    designs: list[Array], loss: Loss, labels: tuple[float, float], penalty: Vector, shares: tuple[float, float]
) -> tuple[Array, Flags]:
    """The minimiser of Σ_c share_c R̂_c + ½θᵀPθ, by Newton's method: one step for squared loss, damped for others.

    Parameters
    ----------
    designs : list of two Arrays
        Rows z, (B, n_c, p).
    loss, labels, penalty
        As for `fit_pilot`.
    shares : tuple of two floats
        Weights of the classes, which sum to one.

    Returns
    -------
    Array, array of bool
        θ̂, (B, p), and which logistic classes have no finite fit, (B,).
    """
    theta = np.zeros((designs[0].shape[0], designs[0].shape[2]))
    logistic = isinstance(loss, LogisticLoss)
    moving = np.ones(theta.shape[0], dtype=bool)
    for _ in range(_STEPS if logistic else 1):
        gradient = penalty * theta
        for design, label, share in zip(designs, labels, shares, strict=True):
            slope = loss.slope(applied(design, theta), label)
            gradient = gradient + share / design.shape[1] * (slope[:, None, :] @ design)[:, 0]
        hessians = _hessians(designs, loss, labels, theta)[1]
        whole = shares[0] * hessians[0] + shares[1] * hessians[1] + np.diag(penalty)
        broken = dependent(whole)
        step: Array = np.asarray(
            -np.linalg.solve(patched(whole, broken), gradient[..., None])[..., 0], dtype=np.float64
        )
        step[broken | ~moving] = 0.0
        theta = theta + (_damped(designs, labels, penalty, shares, theta, step) if logistic else step)
        moving = np.abs(step).max(axis=1) > 1e-9 * (1.0 + np.abs(theta).max(axis=1))
        if not moving.any():
            break
    if not logistic or (penalty > 0.0).any():
        return theta, np.zeros(theta.shape[0], dtype=bool)
    # a direction that puts every row on its own side exists exactly when there is no finite minimiser
    wrong = [
        (applied(z, theta) * (2.0 * label - 1.0) <= 0.0).any(axis=1) for z, label in zip(designs, labels, strict=True)
    ]
    return theta, np.asarray(moving | ~(wrong[0] | wrong[1]))


def _damped(
    designs: list[Array], labels: tuple[float, float], penalty: Vector, shares: tuple[float, float], theta: Array,
    step: Array,
) -> Array:  # fmt: skip
    """The Newton step, halved wherever the loss would rise."""
    now = _mean_loss(designs, labels, penalty, shares, theta)
    for _ in range(_HALVINGS):
        rises = _mean_loss(designs, labels, penalty, shares, theta + step) > now + 1e-12 * (1.0 + np.abs(now))
        if not rises.any():
            break
        step = np.where(rises[:, None], 0.5 * step, step)
    return step
