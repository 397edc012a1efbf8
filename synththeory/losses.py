"""The losses whose population versions the package knows exactly."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp, softmax

from synththeory.arrays import Array, Vector
from synththeory.errors import NoTheoryError


@dataclass(frozen=True, slots=True)
class Loss(ABC):
    """A loss of a linear score f = zᵀθ with z = x, or z = (x, 1) when there is an intercept.

    Attributes
    ----------
    intercept : bool
        Whether the last coefficient is an intercept.
    """

    intercept: bool = False

    def parameters(self, dimension: int) -> int:
        """Number of coefficients p for rows of the given dimension d (d, or d + 1 with an intercept)."""
        return dimension + int(self.intercept)

    def design(self, rows: Array) -> Array:
        """Rows z, (..., p), of rows x, (..., d)."""
        return np.concatenate([rows, np.ones((*rows.shape[:-1], 1))], axis=-1) if self.intercept else rows

    @abstractmethod
    def value(self, scores: Array, labels: Array | float) -> Array:
        """ℓ at linear scores f of any shape."""

    @abstractmethod
    def slope(self, scores: Array, labels: Array | float) -> Array:
        """∂ℓ/∂f at linear scores f of any shape; the score vector of a row is slope · z."""

    @abstractmethod
    def curvature(self, scores: Array, labels: Array | float) -> Array:
        """∂²ℓ/∂f² at linear scores f of any shape; the Hessian of a row is curvature · zzᵀ."""

    def row_scores(self, rows: Array, labels: Array | float, theta: Vector) -> Array:
        """Score vectors ∇ℓ(θ; x, y), (..., p), of rows (..., d) with labels (...)."""
        design = self.design(rows)
        return np.asarray(self.slope(design @ theta, labels)[..., None] * design)


@dataclass(frozen=True, slots=True)
class SquaredLoss(Loss):
    """ℓ(θ; x, y) = (y − zᵀθ)²; score 2(zᵀθ − y)z, Hessian 2zzᵀ.

    Attributes
    ----------
    intercept : bool
        As of every `Loss`.
    """

    def value(self, scores: Array, labels: Array | float) -> Array:
        """(f − y)²."""
        return np.asarray(np.square(scores - labels))

    def slope(self, scores: Array, labels: Array | float) -> Array:
        """2(f − y)."""
        return np.asarray(2.0 * (scores - labels))

    def curvature(self, scores: Array, labels: Array | float) -> Array:
        """2, whatever the label."""
        return np.full_like(scores, 2.0)


@dataclass(frozen=True, slots=True)
class LogisticLoss(Loss):
    """ℓ(θ; x, y) = log(1 + e^f) − yf, y ∈ [0, 1]; score (σ(f) − y)z, Hessian σ(f)(1 − σ(f))zzᵀ.

    Attributes
    ----------
    intercept : bool
        As of every `Loss`.
    """

    def value(self, scores: Array, labels: Array | float) -> Array:
        """log(1 + e^f) − yf."""
        return np.asarray(np.logaddexp(0.0, scores) - labels * scores)

    def slope(self, scores: Array, labels: Array | float) -> Array:
        """σ(f) − y."""
        return np.asarray(expit(scores) - labels)

    def curvature(self, scores: Array, labels: Array | float) -> Array:
        """σ(f)(1 − σ(f)), whatever the label."""
        chance = expit(scores)
        return np.asarray(chance * (1.0 - chance))


@dataclass(frozen=True, slots=True)
class ClassLoss(Loss):
    """A loss of K linear scores f_k = zᵀθ_k, one a class; labels are vectors (…, K) that sum to one.

    ``value`` maps scores (…, K) to (…), ``slope`` to (…, K) and ``curvature`` to (…, K, K).
    """


@dataclass(frozen=True, slots=True)
class ClassSquaredLoss(ClassLoss):
    """ℓ(θ; x, y) = Σ_k (y_k − f_k)².

    Attributes
    ----------
    intercept : bool
        As of every `Loss`.
    """

    def value(self, scores: Array, labels: Array | float) -> Array:
        """‖f − y‖²."""
        return np.asarray(np.square(scores - labels).sum(axis=-1))

    def slope(self, scores: Array, labels: Array | float) -> Array:
        """2(f − y)."""
        return np.asarray(2.0 * (scores - labels))

    def curvature(self, scores: Array, labels: Array | float) -> Array:
        """2I, whatever the label."""
        return np.broadcast_to(2.0 * np.eye(scores.shape[-1]), (*scores.shape, scores.shape[-1]))


@dataclass(frozen=True, slots=True)
class MultinomialLoss(ClassLoss):
    """ℓ(θ; x, y) = log Σ_k e^{f_k} − Σ_k y_k f_k; p = softmax(f), slope p − y, curvature diag p − ppᵀ.

    Attributes
    ----------
    intercept : bool
        As of every `Loss`.
    """

    def value(self, scores: Array, labels: Array | float) -> Array:
        """log Σ_k e^{f_k} − Σ_k y_k f_k."""
        return np.asarray(logsumexp(scores, axis=-1) - (labels * scores).sum(axis=-1))

    def slope(self, scores: Array, labels: Array | float) -> Array:
        """p − y."""
        return np.asarray(softmax(scores, axis=-1) - labels)

    def curvature(self, scores: Array, labels: Array | float) -> Array:
        """Diag p − ppᵀ, whatever the label."""
        chances = softmax(scores, axis=-1)
        return np.asarray(chances[..., None] * (np.eye(scores.shape[-1]) - chances[..., None, :]))


@dataclass(frozen=True, slots=True)
class ZeroOneLoss(Loss):
    """ℓ = 1 where the sign of the score is not the class's; it has no derivatives to minimise it by.

    Attributes
    ----------
    intercept : bool
        As of every `Loss`.
    """

    def value(self, scores: Array, labels: Array | float) -> Array:
        """1{(f > 0) ≠ (y > 0)}; NaN where there is no score."""
        wrong = (scores > 0.0) != (np.asarray(labels) > 0.0)
        return np.where(np.isnan(scores), np.nan, wrong)

    def slope(self, scores: Array, labels: Array | float) -> Array:
        """Raises NoTheoryError."""
        raise NoTheoryError("the 0–1 loss has no derivative")

    def curvature(self, scores: Array, labels: Array | float) -> Array:
        """Raises NoTheoryError."""
        raise NoTheoryError("the 0–1 loss has no derivative")
