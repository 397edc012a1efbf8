"""The penalty that logistic learners share: on the summed loss, as scikit-learn has it, or on the mean loss."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import model_validator

from synththeory.arrays import Array, Integers
from synththeory.components import NonNegative, Positive
from synththeory.learners.base import Learner
from synththeory.sample import Sample


class Penalised(Learner):
    """A learner with a ridge on its slopes.

    Attributes
    ----------
    intercept : bool
        Whether z = (x, 1) in place of z = x; an intercept is not penalised.
    C : float or None
        scikit-learn's: ½‖slopes‖²/C is added to the summed loss.
    ridge : float
        ½ · ridge · ‖slopes‖² is added to the mean loss; not together with C.
    bound : float
        A coefficient beyond it ends the iteration without a fit (status "norm bound").
    """

    intercept: bool = True
    C: Positive | None = None
    ridge: NonNegative = 0.0
    bound: Positive = 1e6

    @model_validator(mode="after")
    def _one_penalty(self) -> Self:
        if self.C is not None and self.ridge > 0.0:
            raise ValueError("give either C (on the summed loss) or ridge (on the mean loss), not both")
        return self

    def strength(self, totals: ArrayLike) -> Array:
        """1/C, or ridge · total weight: what ½‖slopes‖² is multiplied by in the summed loss, shaped as the totals."""
        weights = np.asarray(totals, dtype=np.float64)
        return np.full(weights.shape, 1.0 / self.C) if self.C is not None else np.asarray(self.ridge * weights)

    def strengths(self, real: Sample, synthetic: Sample, sizes: Integers) -> Array:
        """The same for fits to the real rows with the first so many synthetic ones, (B, S) as ``sizes``."""
        running = np.pad(np.cumsum(synthetic.weights, axis=1), ((0, 0), (1, 0)))
        totals = real.weights.sum(axis=1, keepdims=True) + np.take_along_axis(running, sizes, axis=1)
        return np.ascontiguousarray(self.strength(totals))
