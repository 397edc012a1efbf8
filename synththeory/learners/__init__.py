"""Learners of a score, most of them empirical risk minimisers."""

from synththeory.learners.base import Learner, LinearLearner, MEstimator, ScoreLearner, path_of
from synththeory.learners.class_least_squares import ClassLeastSquares
from synththeory.learners.external import External
from synththeory.learners.hard_margin import HardMargin
from synththeory.learners.kernel_density import KernelDensity
from synththeory.learners.kotaro import Kotaro
from synththeory.learners.least_squares import LeastSquares
from synththeory.learners.logistic import Logistic
from synththeory.learners.multinomial import Multinomial
from synththeory.learners.neural.base import NetLearner
from synththeory.learners.neural.fit import NetFit
from synththeory.learners.neural.mlp import MLP
from synththeory.learners.neural.sgd_mlp import SGDMLP
from synththeory.learners.random_fourier import FourierFeatures, RandomFourier

__all__ = [
    "MLP",
    "SGDMLP",
    "ClassLeastSquares",
    "External",
    "FourierFeatures",
    "HardMargin",
    "KernelDensity",
    "Kotaro",
    "Learner",
    "LeastSquares",
    "LinearLearner",
    "Logistic",
    "MEstimator",
    "Multinomial",
    "NetFit",
    "NetLearner",
    "RandomFourier",
    "ScoreLearner",
    "path_of",
]
