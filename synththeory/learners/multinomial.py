"""Penalised multinomial logistic regression along nested synthetic sizes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from synththeory.arrays import Integers
from synththeory.errors import SynththeoryError
from synththeory.fits import ClassFit
from synththeory.kernels.multinomial import multinomial_path
from synththeory.learners.penalised import Penalised
from synththeory.losses import MultinomialLoss
from synththeory.sample import Sample
from synththeory.streams import Streams


class Multinomial(Penalised):
    """Minimise Σ w[log Σ_k e^{f_k} − Σ_k y_k f_k] + penalty, f_k = zᵀθ_k, by damped Newton.

    One vector added to all θ_k changes no probability, so Σ_k θ_k = 0 is asked for: as a ridge on all classes does by
    itself (scikit-learn's), whatever the order of the classes, and without a ridge too. With two classes and
    θ = θ_1 − θ_0 this is the learner ``logistic`` at half the ridge, or twice the C.

    Attributes
    ----------
    intercept : bool
        Whether z = (x, 1) in place of z = x; the intercepts are not penalised.
    C : float or None
        scikit-learn's: ½ Σ_k ‖slopes_k‖²/C is added to the summed loss.
    ridge : float
        ½ · ridge · Σ_k ‖slopes_k‖² is added to the mean loss; not together with C.
    bound : float
        A coefficient beyond it ends the iteration without a fit (status "norm bound").
    """

    kind: Literal["multinomial"] = "multinomial"

    @property
    def loss(self) -> MultinomialLoss:
        """Multinomial logistic loss."""
        return MultinomialLoss(self.intercept)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> ClassFit:
        """Newton at every size, started from the size before it; labels are (B, n, K).

        Raises
        ------
        SynththeoryError
            For a negative weight: the objective would not be convex.
        """
        if (real.weights < 0.0).any() or (synthetic.weights < 0.0).any():
            raise SynththeoryError(
                "multinomial takes weights ≥ 0: corrections with negative weights are for two classes"
            )
        size = self.loss.parameters(real.rows.shape[2])
        coefficients = np.empty((*sizes.shape, real.labels.shape[2], size))
        status = np.empty(sizes.shape, dtype=np.uint8)
        multinomial_path(
            real.rows, real.labels, real.weights, synthetic.rows, synthetic.labels, synthetic.weights,
            sizes, self.strengths(real, synthetic, sizes), self.intercept, self.bound, coefficients, status,
        )  # fmt: skip
        return ClassFit(coefficients, status)
