"""Ridge-stabilised least squares along nested synthetic sizes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import SerializerFunctionWrapHandler, model_serializer

from synththeory.arrays import Array, Integers
from synththeory.components import NonNegative
from synththeory.fits import LinearFit
from synththeory.kernels.cholesky import least_squares_path
from synththeory.learners.base import LinearLearner
from synththeory.losses import SquaredLoss
from synththeory.sample import Sample
from synththeory.streams import Streams


class LeastSquares(LinearLearner):
    """Minimise Σ w (y − zᵀθ)² + ridge · ‖slopes‖²: θ̂ = (ZᵀWZ + ridge I)⁻¹ ZᵀWy.

    Attributes
    ----------
    ridge : float
        Added to the diagonal of ZᵀWZ, ≥ 0; the intercept is not penalised.
    intercept : bool
        Whether z = (x, 1) in place of z = x.
    sufficient : bool
        Whether the Gram matrices of Gaussian rows are drawn themselves (`synththeory.wishart`): the same law at a cost
        that does not grow with the rows, and other numbers. All components of the study must be of sums alone.
    """

    kind: Literal["least-squares"] = "least-squares"
    needs_rows: ClassVar[bool] = False
    ridge: NonNegative = 0.0
    intercept: bool = False
    sufficient: bool = False

    @model_serializer(mode="wrap")
    def _sums_where_asked_for(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: entry for key, entry in dump(self).items() if key != "sufficient" or entry}

    @property
    def draws_sums(self) -> bool:
        """Where ``sufficient``."""
        return self.sufficient

    @property
    def loss(self) -> SquaredLoss:
        """Squared loss."""
        return SquaredLoss(self.intercept)

    def penalty(self, dimension: int, total: ArrayLike) -> Array:
        """2 · ridge on each slope, 0 on the intercept, (..., p)."""
        diagonal = np.zeros((*np.shape(total), self.loss.parameters(dimension)))
        diagonal[..., :dimension] = 2.0 * self.ridge
        return diagonal

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> LinearFit:
        """Solve the normal equations at every size; one pass over the synthetic rows serves all sizes."""
        count, _, dimension = real.shape
        coefficients = np.empty((count, sizes.shape[1], self.loss.parameters(dimension)))
        status = np.empty(sizes.shape, dtype=np.uint8)
        least_squares_path(real.gram, synthetic.nested_gram(sizes), self.ridge, coefficients, status)
        return LinearFit(coefficients, status)
