"""Empirical risk minimisers."""

from synththeory.learners.base import Fit, Learner
from synththeory.learners.least_squares import LeastSquares

__all__ = ["Fit", "Learner", "LeastSquares"]
