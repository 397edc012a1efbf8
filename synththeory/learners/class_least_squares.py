"""Least squares of K responses at once along nested synthetic sizes: a linear score for every class."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import NonNegative
from synththeory.fits import ClassFit
from synththeory.kernels.cholesky import least_squares_path
from synththeory.learners.base import Learner
from synththeory.losses import ClassSquaredLoss
from synththeory.sample import GivenSample, Sample
from synththeory.streams import Streams


class ClassLeastSquares(Learner):
    """Minimise Σ w ‖y − f‖² + ridge · Σ_k ‖slopes_k‖², f_k = zᵀθ_k: θ̂_k = (ZᵀWZ + ridge I)⁻¹ ZᵀWy_k.

    The responses are the classes' indicators, so the scores sum to one with an intercept, and the class of the highest
    score is predicted. No reference class is needed.

    Attributes
    ----------
    ridge : float
        Added to the diagonal of ZᵀWZ, ≥ 0; the intercepts are not penalised.
    intercept : bool
        Whether z = (x, 1) in place of z = x.
    """

    linear: ClassVar[bool] = True

    kind: Literal["class-least-squares"] = "class-least-squares"
    ridge: NonNegative = 0.0
    intercept: bool = True

    @property
    def loss(self) -> ClassSquaredLoss:
        """Squared loss of K scores."""
        return ClassSquaredLoss(self.intercept)

    def penalty(self, dimension: int, classes: int) -> Vector:
        """Diagonal of the Hessian of the penalty, (K·p,), class by class: 2 · ridge on a slope, 0 on an intercept."""
        each = np.zeros(self.loss.parameters(dimension))
        each[:dimension] = 2.0 * self.ridge
        return np.tile(each, classes)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> ClassFit:
        """Solve the normal equations at every size; one pass over the rows serves all sizes and classes."""
        count, whole, dimension = real.shape
        classes = real.labels.shape[2]
        base = _with_responses(real).nested_gram(np.full((count, 1), whole, dtype=np.int64))
        steps = _with_responses(synthetic).nested_gram(sizes)
        coefficients = np.empty((*sizes.shape, classes, self.loss.parameters(dimension)))
        status = np.zeros(sizes.shape, dtype=np.uint8)
        for k in range(classes):
            chosen = [*range(dimension), dimension + classes, dimension + k]
            pick = np.ix_(range(count), range(1), chosen, chosen), np.ix_(*map(range, sizes.shape), chosen, chosen)
            each, codes = np.empty((*sizes.shape, coefficients.shape[3])), np.empty_like(status)
            least_squares_path(base[pick[0]], steps[pick[1]], self.ridge, each, codes)
            coefficients[:, :, k] = each
            status = np.maximum(status, codes)
        return ClassFit(coefficients, status)


def _with_responses(sample: Sample) -> Sample:
    """Columns (x, y_1, …, y_K), so that their sums hold ZᵀWZ and ZᵀWY."""
    columns: Array = np.concatenate([sample.rows, sample.labels], axis=2)
    return GivenSample(columns, np.zeros(sample.shape[:2]), sample.weights)
