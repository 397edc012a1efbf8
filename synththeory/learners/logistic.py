"""Penalised logistic regression along nested synthetic sizes."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Array, Integers
from synththeory.fits import LinearFit
from synththeory.kernels.newton import logistic_path
from synththeory.kernels.signed import signed_logistic_path
from synththeory.learners.base import LinearLearner
from synththeory.learners.penalised import Penalised
from synththeory.losses import LogisticLoss
from synththeory.sample import Sample
from synththeory.streams import Streams


class Logistic(Penalised, LinearLearner):
    """Minimise Σ w[log(1 + e^f) − yf] + penalty, f = zᵀθ, by damped Newton.

    With a negative weight the objective need not be convex: the fit is then a local minimiser over |θ_j| ≤ bound, found
    from θ = 0 by projected Newton steps, and the status says where the bound or a modified Hessian acted.

    Attributes
    ----------
    intercept : bool
        Whether z = (x, 1) in place of z = x; the intercept is not penalised.
    C : float or None
        scikit-learn's: ½‖slopes‖²/C is added to the summed loss.
    ridge : float
        ½ · ridge · ‖slopes‖² is added to the mean loss; not together with C.
    bound : float
        A coefficient beyond it ends the iteration without a fit (status "norm bound"); with a negative weight the
        fit stays within it.
    """

    kind: Literal["logistic"] = "logistic"

    @property
    def loss(self) -> LogisticLoss:
        """Logistic loss."""
        return LogisticLoss(self.intercept)

    def penalty(self, dimension: int, total: ArrayLike) -> Array:
        """1/C, or ridge · total weight, on each slope; 0 on the intercept, (..., p)."""
        diagonal = np.zeros((*np.shape(total), self.loss.parameters(dimension)))
        diagonal[..., :dimension] = self.strength(total)[..., None]
        return diagonal

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> LinearFit:
        """Newton at every size, started from the sizes before it."""
        return self.penalised(real, synthetic, sizes, self.strengths(real, synthetic, sizes))

    def penalised(self, real: Sample, synthetic: Sample, sizes: Integers, penalties: Array) -> LinearFit:
        """The same with a penalty of its own at every size, in place of the learner's.

        Parameters
        ----------
        real, synthetic : Sample
            (B, n) and (B, m) rows.
        sizes : Integers
            Synthetic rows of each fit, not decreasing along a path, (B, S).
        penalties : Array
            Weight of ½‖slopes‖² on the summed loss, ≥ 0, (B, S).
        """
        coefficients = np.empty((*sizes.shape, self.loss.parameters(real.rows.shape[2])))
        status = np.empty(sizes.shape, dtype=np.uint8)
        signed = (real.weights < 0.0).any() or (synthetic.weights < 0.0).any()
        (signed_logistic_path if signed else logistic_path)(
            *_in_row_order(real), *_in_row_order(synthetic), sizes, np.ascontiguousarray(penalties),
            self.intercept, self.bound, coefficients, status,
        )  # fmt: skip
        return LinearFit(coefficients, status)


def _in_row_order(sample: Sample) -> tuple[Array, Array, Array]:
    """Rows, labels and weights as the kernels are compiled for: other kinds of array would compile them once more."""
    rows, labels, weights = (
        np.require(each, np.float64, ("C", "W")) for each in (sample.rows, sample.labels, sample.weights)
    )
    return rows, labels, weights
