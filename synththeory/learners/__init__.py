"""Learners of a score, most of them empirical risk minimisers."""

from synththeory.learners.base import Learner, LinearLearner, MEstimator
from synththeory.learners.class_least_squares import ClassLeastSquares
from synththeory.learners.external import External
from synththeory.learners.hard_margin import HardMargin
from synththeory.learners.least_squares import LeastSquares
from synththeory.learners.logistic import Logistic
from synththeory.learners.multinomial import Multinomial
from synththeory.learners.random_fourier import FourierFeatures, RandomFourier

__all__ = [
    "ClassLeastSquares",
    "External",
    "FourierFeatures",
    "HardMargin",
    "Learner",
    "LeastSquares",
    "LinearLearner",
    "Logistic",
    "MEstimator",
    "Multinomial",
    "RandomFourier",
]
