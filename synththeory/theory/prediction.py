"""What theory expects of fits at some synthetic sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.generators.moments import Source
from synththeory.lazy import lazy
from synththeory.metrics import EXCESS_RISK, PARAMETER_ERROR
from synththeory.theory.norms import expected_norm
from synththeory.theory.validity import Validity


@dataclass(frozen=True, eq=False)
class Prediction:
    """Predicted excess risk and parameter error at S synthetic sizes.

    Attributes
    ----------
    bias, variance : Vector
        (S,) parts of the expected excess risk.
    refinement : Vector
        (S,) what there is beyond their leading order: ∇R(θ_ñ)ᵀE[θ̂ − θ_ñ], and terms of order 1/n² where they are known.
    mean_error : Array
        (S, p) mean of θ̂ − θ*.
    error_covariance : Array
        (S, p, p) covariance of θ̂.
    source : {"closed form", "pilot"}
        Whether the generator's moments are exact or measured by an independent pilot.
    validity : Validity
        Whether the sample is large enough for it.
    """

    bias: Vector
    variance: Vector
    refinement: Vector
    mean_error: Array
    error_covariance: Array
    source: Source
    validity: Validity

    @property
    def total(self) -> Vector:
        """(S,) expected excess risk."""
        return np.asarray(self.bias + self.variance + self.refinement)

    @lazy
    def parameter_error(self) -> Vector:
        """(S,) E‖θ̂ − θ*‖ were θ̂ exactly normal with the predicted mean and covariance [D]."""
        return expected_norm(self.mean_error, self.error_covariance)

    def curve(self, metric: str) -> Vector | None:
        """``"excess_risk"`` or ``"parameter_error"``, (S,); None for anything else."""
        if metric == EXCESS_RISK.name:
            return self.total
        return self.parameter_error if metric == PARAMETER_ERROR.name else None

    @staticmethod
    def joined(parts: list[Prediction]) -> Prediction:
        """The same at the sizes of several predictions, one after the other."""
        return Prediction(
            np.concatenate([part.bias for part in parts]),
            np.concatenate([part.variance for part in parts]),
            np.concatenate([part.refinement for part in parts]),
            np.concatenate([part.mean_error for part in parts]),
            np.concatenate([part.error_covariance for part in parts]),
            parts[0].source,
            parts[-1].validity,
        )
