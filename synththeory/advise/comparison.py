"""What the outer folds say: means, paired differences and their standard errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt

import numpy as np

from synththeory.advise.by_row import ByRow
from synththeory.advise.measures import MEASURES, measured
from synththeory.advise.methods import Method
from synththeory.advise.splits import Keys
from synththeory.arrays import Array, Integers, Vector
from synththeory.errors import DesignError
from synththeory.estimators.prior import row_losses

_SHARE, _LEAST = 0.05, 0.002


@dataclass(frozen=True)
class Estimate:
    """A mean over the outer folds, or a mean paired difference.

    Attributes
    ----------
    value, standard_error : float
    """

    value: float
    standard_error: float

    def beyond(self, bar: float = 2.0) -> bool:
        """Whether it is below zero by more than so many standard errors."""
        return self.value < -bar * self.standard_error


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


def margin_of(loss: float) -> float:
    """The smallest difference that counts beside a balanced log loss: a twentieth of it, at least .002."""
    return max(_SHARE * loss, _LEAST)


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
    keys : Keys
        Which rows belong together, and when they were seen.
    looks : tuple of int
        Cuts of the table after which an answer is asked for, increasing; empty where there is one such look.
    """

    methods: tuple[Method, ...]
    scores: Array
    ratio: float
    asked: int
    repeats: int
    left_out: tuple[LeftOut, ...]
    held: tuple[HeldOut, ...]
    keys: Keys = field(default_factory=Keys)
    looks: tuple[int, ...] = ()

    @property
    def done(self) -> int:
        """Outer folds that are done."""
        return len(self.scores)

    def mean(self, method: Method, measure: str = MEASURES[0]) -> Estimate:
        """Mean over the outer folds and its standard error: over rows and fits for the balanced log loss."""
        return self._estimate(self._column(method, measure), measure, self.methods.index(method))

    def difference(self, method: Method, other: Method, measure: str = MEASURES[0]) -> Estimate:
        """Mean of method − other over the same outer folds, and its standard error."""
        values = self._column(method, measure) - self._column(other, measure)
        return self._estimate(values, measure, self.methods.index(method), self.methods.index(other))

    @cached_property
    def by_row(self) -> ByRow:
        """The balanced log loss taken apart."""
        cuts = np.arange(self.done) * self.repeats // self.asked
        losses = tuple(row_losses(fold.log_odds, fold.y == 1) for fold in self.held)
        rows, labels = tuple(fold.rows for fold in self.held), tuple(fold.y for fold in self.held)
        return ByRow(rows, losses, labels, cuts, self.keys.groups)

    @cached_property
    def bar(self) -> float:
        """Standard errors by which a method with rows must beat the best free fix: more where several are tried.

        Those that lose by more than two do not count: they win by no chance (Hansen's superior predictive ability) [D].
        """
        gaps = {method: self.difference(method, self.free) for method in self.synthetic}
        able = [self.methods.index(each) for each, gap in gaps.items() if gap.value <= 2.0 * gap.standard_error]
        if len(able) * len(self.information) < 2:
            return 2.0
        return self.by_row.bar(able, self.methods.index(self.free), self.information)

    @cached_property
    def information(self) -> Vector:
        """Variance of the best gain at the last look over that at each look, as this one lets foresee, (L,)."""
        if len(self.looks) < 2 or not self.synthetic:
            return np.ones(1)
        gain = self.difference(self.best(self.synthetic), self.free).standard_error ** 2
        foreseen = gain * (1.0 - self.passing * (1.0 - self.repeats / np.array(self.looks)))
        return np.asarray(foreseen[-1] / foreseen) if gain > 0.0 else np.ones(1)

    @cached_property
    def passing(self) -> float:
        """Share of the variance of the best gain that goes with the number of cuts: it is from fit to fit."""
        places = [self.methods.index(method) for method in (self.best(self.synthetic), self.free)]
        variance = self.by_row.variance(*places)
        return 1.0 - self.by_row.lasting(places[0], places[1]) / variance if variance > 0.0 else 0.0

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

    def _estimate(self, values: Array, measure: str, *places: int) -> Estimate:
        """Rows that follow each other in time are not drawn anew: then folds count, as they do for other measures."""
        if measure != MEASURES[0] or self.keys.times is not None:
            return corrected(values, self.ratio)
        return Estimate(float(values.mean()), sqrt(self.by_row.variance(*places)))

    def _column(self, method: Method, measure: str) -> Array:
        return np.asarray(self.scores[:, self.methods.index(method), MEASURES.index(measure)])


def compared(
    methods: tuple[Method, ...], held: tuple[HeldOut, ...], asked: int, repeats: int,
    left_out: tuple[LeftOut, ...] = (), keys: Keys | None = None,
) -> Comparison:  # fmt: skip
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
    return Comparison(methods, np.array(scores), ratio, asked, repeats, left_out, held, keys or Keys())
