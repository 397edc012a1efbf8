"""What the outer folds say: means, standard errors that allow for shared rows, paired differences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from synththeory.advise.measures import MEASURES
from synththeory.advise.methods import Method
from synththeory.arrays import Array


@dataclass(frozen=True)
class Estimate:
    """A mean over the outer folds, or a mean paired difference.

    Attributes
    ----------
    value, standard_error : float
    """

    value: float
    standard_error: float

    @property
    def beyond(self) -> bool:
        """Whether it is below zero by more than two standard errors."""
        return self.value < -2.0 * self.standard_error


def corrected(values: Array, folds: int) -> Estimate:
    """Mean over J outer folds with the corrected resampled standard error s·√(1/J + n_test/n_train) of Nadeau & Bengio.

    Training sets of different folds share rows, so s/√J is too small. n_test/n_train = 1/(K − 1).

    Parameters
    ----------
    values : Array
        One number an outer fold, (J,).
    folds : int
        K.
    """
    spread = float(values.std(ddof=1))
    return Estimate(float(values.mean()), spread * sqrt(1.0 / len(values) + 1.0 / (folds - 1)))


@dataclass(frozen=True)
class LeftOut:
    """A method that could not be fitted in every outer fold."""

    method: Method
    reason: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every method on the same outer folds.

    Attributes
    ----------
    methods : tuple of Method
        M of them.
    scores : Array
        (J, M, 5): outer fold, method, measure in the order of `MEASURES`.
    folds, repeats : int
        J = folds · repeats.
    left_out : tuple of LeftOut
    """

    methods: tuple[Method, ...]
    scores: Array
    folds: int
    repeats: int
    left_out: tuple[LeftOut, ...] = ()

    def mean(self, method: Method, measure: str = MEASURES[0]) -> Estimate:
        """Mean over the outer folds and its standard error."""
        return corrected(self._column(method, measure), self.folds)

    def difference(self, method: Method, other: Method, measure: str = MEASURES[0]) -> Estimate:
        """Mean of method − other over the same outer folds, and its standard error."""
        return corrected(self._column(method, measure) - self._column(other, measure), self.folds)

    @cached_property
    def free(self) -> Method:
        """The free fix with the smaller balanced log loss."""
        return self.best(tuple(method for method in self.methods if method.family == "free"))

    @property
    def synthetic(self) -> tuple[Method, ...]:
        """The methods that add rows."""
        return tuple(method for method in self.methods if method.family == "synthetic")

    def best(self, methods: tuple[Method, ...]) -> Method:
        """The one with the smallest balanced log loss; the earlier in a tie."""
        return min(methods, key=lambda method: self.mean(method).value)

    def named(self, name: str) -> Method:
        """The method of that name."""
        return next(method for method in self.methods if method.name == name)

    def _column(self, method: Method, measure: str) -> Array:
        return np.asarray(self.scores[:, self.methods.index(method), MEASURES.index(measure)])
