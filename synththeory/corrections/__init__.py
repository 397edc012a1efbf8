"""What is done about imbalance without synthetic rows, and about the bias of synthetic ones."""

from synththeory.corrections.bias import (
    BiasCorrection,
    Correction,
    corrected_path,
    estimated_bias,
    estimated_bias_gradient,
    imitations,
)
from synththeory.corrections.covariances import CovarianceAgreement, covariance_agreement
from synththeory.corrections.multitask import aligned, task_correction, with_responses
from synththeory.corrections.skewness import ShapeAgreement, SkewAgreement, shape_agreement, skew_agreement
from synththeory.corrections.tuned import TunedCorrection
from synththeory.corrections.weights import LDA, Baseline, Constant, CostWeighted, Raw, RePriored, Reweighted, Weighted

__all__ = [
    "LDA",
    "Baseline",
    "BiasCorrection",
    "Constant",
    "Correction",
    "CostWeighted",
    "CovarianceAgreement",
    "Raw",
    "RePriored",
    "Reweighted",
    "ShapeAgreement",
    "SkewAgreement",
    "TunedCorrection",
    "Weighted",
    "aligned",
    "corrected_path",
    "covariance_agreement",
    "estimated_bias",
    "estimated_bias_gradient",
    "imitations",
    "shape_agreement",
    "skew_agreement",
    "task_correction",
    "with_responses",
]
