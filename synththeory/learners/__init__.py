"""Empirical risk minimisers."""

from synththeory.learners.base import Fit, Learner
from synththeory.learners.least_squares import LeastSquares
from synththeory.learners.logistic import Logistic

__all__ = ["Fit", "Learner", "LeastSquares", "Logistic"]
