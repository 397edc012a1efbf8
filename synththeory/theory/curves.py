"""Theory of one arm over the synthetic size: an object made once, asked as often as one likes.

For squared loss the curve is closed form in the size. For any other loss the expansion is made at the minimiser θ_ñ of
the population's augmented objective, a Newton iteration a size (`theory.md` §2 [D]): the bias part is R(θ_ñ) − R(θ*),
exact, the variance part that of the expansion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Matrix, Vector
from synththeory.generators import MomentSource
from synththeory.generators.base import Source
from synththeory.learners import Learner
from synththeory.losses import SquaredLoss
from synththeory.populations import Population, truth
from synththeory.theory.descent import minimised
from synththeory.theory.expansion import Expansion, expand
from synththeory.theory.prediction import Prediction


class Curve(Protocol):
    """What theory says of an arm at any synthetic size."""

    @property
    def source(self) -> Source:
        """How the generator is known."""

    @property
    def leading(self) -> Expansion:
        """The expansion at θ*: a first-order curve that is there at once, whatever the loss."""

    @property
    def at_once(self) -> bool:
        """Whether a size costs a few matrix products; otherwise it costs a minimisation."""

    def at(self, sizes: ArrayLike) -> Prediction:
        """The curve at sizes ñ ≥ 0, (S,)."""

    def walk(self, sizes: ArrayLike) -> Iterator[Prediction]:
        """The curve size by size, so that a caller can stop between two of them."""


@dataclass(frozen=True, eq=False)
class MinimiserCurve:
    """The curve of another loss: expanded at every size's own population minimiser, which is kept.

    Attributes
    ----------
    population, generator : Population, MomentSource
        Who the data come from, and what imitates the minority.
    leading : Expansion
        At θ*.
    """

    population: Population
    generator: MomentSource
    leading: Expansion
    _kept: dict[float, Expansion] = field(default_factory=dict, repr=False)

    at_once = False

    @property
    def source(self) -> Source:
        """How the generator is known."""
        return self.leading.generator.source

    def at(self, sizes: ArrayLike) -> Prediction:
        """The curve at sizes ñ ≥ 0, (S,).

        Raises
        ------
        ArithmeticError
            When no population minimiser is found.
        """
        return Prediction.joined([self.leading.at([]), *self.walk(sizes)])

    def walk(self, sizes: ArrayLike) -> Iterator[Prediction]:
        """The curve size by size; a size that was asked for before costs nothing."""
        return (self._at(float(size)) for size in np.atleast_1d(sizes))

    def minimiser(self, size: float) -> Expansion:
        """The expansion at θ_ñ, looked for from the nearest size known."""
        if size not in self._kept:
            nearest = min(self._kept, key=lambda known: abs(known - size), default=None)
            start = self.leading if nearest is None else self._kept[nearest]
            self._kept[size] = _minimised(self.population, self.generator, start, size)
        return self._kept[size]

    def _at(self, size: float) -> Prediction:
        exact, here = truth(self.population, self.leading.learner.loss), self.minimiser(size)
        found = here.at(size)
        bias, mean = np.array([float(exact.excess_risk(here.theta))]), here.theta - exact.optimum + found.mean_error
        return Prediction(bias, found.variance, mean, found.error_covariance, found.source)


@dataclass(frozen=True, eq=False)
class _Sized:
    """An expansion at one synthetic size ñ: what is minimised over θ."""

    expansion: Expansion
    size: float

    @property
    def theta(self) -> Vector:
        return self.expansion.theta

    @property
    def gradient(self) -> Vector:
        return self.expansion.gradient_at(self.size)

    @property
    def hessian(self) -> Matrix:
        return self.expansion.hessian_at(self.size)


def _minimised(population: Population, generator: MomentSource, start: Expansion, size: float) -> Expansion:
    """The expansion at θ_ñ; the moments at the start serve again, as they do not depend on the size."""

    def at(theta: Vector) -> _Sized:
        return _Sized(expand(population, generator, start.learner, start.majority, start.minority, theta), size)

    problem = f"the population problem at synthetic size {size:g}"
    return minimised(at, _Sized(start, size), problem).expansion


def minimiser(
    population: Population,
    generator: MomentSource,
    learner: Learner,
    majority: int,
    minority: int,
    size: float,
    start: Vector,
) -> Expansion:
    """The expansion at the population minimiser θ_ñ of the augmented objective; a local one where a bias is corrected.

    Parameters
    ----------
    population, generator, learner, majority, minority
        As for `expand`.
    size : float
        ñ.
    start : Vector
        First guess, (p,).

    Raises
    ------
    ArithmeticError
        When the iteration does not end in a minimum.
    """
    return _minimised(population, generator, expand(population, generator, learner, majority, minority, start), size)


def best_curve(
    population: Population, generator: MomentSource, learner: Learner, majority: int, minority: int
) -> Curve:
    """The best theory known of an arm over the synthetic size, made once.

    Parameters
    ----------
    population, generator, learner
        Who the data come from, what imitates the minority, what is fitted.
    majority, minority : int
        n0 and n1.

    Raises
    ------
    DesignError
        When the learner's score is not linear in the rows.
    """
    leading = expand(population, generator, learner, majority, minority)
    if isinstance(learner.loss, SquaredLoss):
        return leading
    return MinimiserCurve(population, generator, leading)


def predict(
    population: Population,
    generator: MomentSource,
    learner: Learner,
    majority: int,
    minority: int,
    sizes: ArrayLike,
) -> Prediction:
    """Predict excess risk and parameter error at every synthetic size.

    Parameters
    ----------
    population, generator, learner
        Who the data come from, what imitates the minority, what is fitted.
    majority, minority : int
        n0 and n1.
    sizes : array of int
        Synthetic sizes ñ, (S,).

    Returns
    -------
    Prediction
        Bias part, variance part, total and parameter error, each (S,).
    """
    return best_curve(population, generator, learner, majority, minority).at(sizes)
