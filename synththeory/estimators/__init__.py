"""Estimators for people's own data, with scikit-learn's interface."""

from synththeory.estimators.classifiers import TGVTSSClassifier, VTSSClassifier
from synththeory.estimators.corrected import BiasCorrectedClassifier, BiasCorrectedPropensity
from synththeory.estimators.curve import SizeCurve
from synththeory.estimators.generated import GKSmoteSampler, LEOCVAESampler, MOMSSampler
from synththeory.estimators.imbllm import ImbLLMSampler
from synththeory.estimators.kotaro import KotaroClassifier
from synththeory.estimators.neural import NeuralClassifier
from synththeory.estimators.prior_shift import PriorShiftClassifier
from synththeory.estimators.resampler import SyntheticSampler
from synththeory.estimators.sampler import TGVTSSSampler
from synththeory.estimators.symmetry import SymmetryTest, symmetry_test

__all__ = [
    "BiasCorrectedClassifier",
    "BiasCorrectedPropensity",
    "GKSmoteSampler",
    "ImbLLMSampler",
    "KotaroClassifier",
    "LEOCVAESampler",
    "MOMSSampler",
    "NeuralClassifier",
    "PriorShiftClassifier",
    "SizeCurve",
    "SymmetryTest",
    "SyntheticSampler",
    "TGVTSSClassifier",
    "TGVTSSSampler",
    "VTSSClassifier",
    "symmetry_test",
]
