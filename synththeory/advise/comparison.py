"""What the outer folds say: means, standard errors that allow for shared rows, paired differences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from synththeory.advise.measures import MEASURES, measured
from synththeory.advise.methods import Method
from synththeory.arrays import Array, Integers
from synththeory.errors import DesignError


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


def corrected(values: Array, ratio: float) -> Estimate:
    """Mean over J outer folds with the corrected resampled standard error s·√(1/J + n_test/n_train) of Nadeau & Bengio.

    Training sets of different folds share rows, so s/√J is too small.

    Parameters
    ----------
    values : Array
        One number an outer fold, (J,).
    ratio : float
        n_test/n_train, 1/(K − 1) for K folds.
    """
    spread = float(values.std(ddof=1))
    return Estimate(float(values.mean()), spread * sqrt(1.0 / len(values) + ratio))


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What the methods say of one outer fold.

    Attributes
    ----------
    rows : Integers
        Row numbers, (n,).
    y : Integers
        (n,): 1 for the minority.
    log_odds : Array
        (M, n), at prevalence ½; of the fit as it is, untouched.
    training : Integers
        Labels of the training rows.
    thinning : float
        log of the factor by which rows of the majority were thinned out.
    """

    rows: Integers
    y: Integers
    log_odds: Array
    training: Integers
    thinning: float = 0.0

    @property
    def prior(self) -> float:
        """log(n1/n0) of the table: from prevalence ½ to its own."""
        return float(np.log(self.training.sum()) - np.log((self.training == 0).sum())) - self.thinning


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
    ratio : float
        Held-out rows for each training row.
    asked, repeats : int
        Outer folds that were asked for, in so many cuts of the table; fewer are done where the user stopped.
    left_out : tuple of LeftOut
    held : tuple of HeldOut
        The log-odds behind the scores.
    """

    methods: tuple[Method, ...]
    scores: Array
    ratio: float
    asked: int
    repeats: int
    left_out: tuple[LeftOut, ...] = ()
    held: tuple[HeldOut, ...] = ()

    @property
    def done(self) -> int:
        """Outer folds that are done."""
        return len(self.scores)

    def mean(self, method: Method, measure: str = MEASURES[0]) -> Estimate:
        """Mean over the outer folds and its standard error."""
        return corrected(self._column(method, measure), self.ratio)

    def difference(self, method: Method, other: Method, measure: str = MEASURES[0]) -> Estimate:
        """Mean of method − other over the same outer folds, and its standard error."""
        return corrected(self._column(method, measure) - self._column(other, measure), self.ratio)

    @cached_property
    def free(self) -> Method:
        """The free fix with the smallest balanced log loss."""
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


def compared(
    methods: tuple[Method, ...], held: tuple[HeldOut, ...], asked: int, repeats: int, left_out: tuple[LeftOut, ...] = ()
) -> Comparison:
    """Measure every method on every fold that is done.

    Raises
    ------
    DesignError
        A fold whose held-out rows are of one class.
    """
    for fold in held:
        if not 0 < fold.y.sum() < len(fold.y):
            raise DesignError("an outer fold holds out rows of one class only; ask for fewer folds")
    scores = [
        [
            measured(log_odds, fold.y, 0.0 if method.family == "as is" else fold.prior, fold.thinning)
            for method, log_odds in zip(methods, fold.log_odds, strict=True)
        ]
        for fold in held
    ]
    ratio = float(np.mean([len(fold.rows) / len(fold.training) for fold in held]))
    return Comparison(methods, np.array(scores), ratio, asked, repeats, left_out, held)
