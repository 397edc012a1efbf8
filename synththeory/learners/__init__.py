"""Empirical risk minimisers."""

from synththeory.learners.base import Features, Fit, Learner
from synththeory.learners.least_squares import LeastSquares
from synththeory.learners.logistic import Logistic
from synththeory.learners.random_fourier import FourierFeatures, RandomFourier

__all__ = ["Features", "Fit", "FourierFeatures", "Learner", "LeastSquares", "Logistic", "RandomFourier"]
