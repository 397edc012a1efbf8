"""Theory of one arm over the synthetic size: an object made once, asked as often as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from numpy.typing import ArrayLike

from synththeory.generators import MomentSource
from synththeory.generators.moments import Source
from synththeory.learners import Learner
from synththeory.losses import SquaredLoss
from synththeory.populations import Population
from synththeory.theory.expansion import Expansion, expand
from synththeory.theory.minimisers import MinimiserCurve
from synththeory.theory.prediction import Prediction
from synththeory.theory.smooth import smooth_curve
from synththeory.theory.validity import Validity


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

    @property
    def validity(self) -> Validity:
        """Whether the sample is large enough for it."""

    def at(self, sizes: ArrayLike) -> Prediction:
        """The curve at sizes ñ ≥ 0, (S,)."""

    def walk(self, sizes: ArrayLike) -> Iterator[Prediction]:
        """The curve size by size, so that a caller can stop between two of them."""


def best_curve(
    population: Population, generator: MomentSource, learner: Learner, majority: int, minority: int
) -> Curve:
    """The most accurate theory known of an arm's risk, as a curve in the synthetic size.

    For least squares to second order where that is closed form, otherwise all there is of order 1/n.

    Parameters
    ----------
    population, generator, learner
        Who the data come from, what imitates the minority, what is fitted.
    majority, minority : int
        n0 and n1.

    Returns
    -------
    Curve
        ``at(sizes)`` predicts.

    Raises
    ------
    DesignError
        When the learner's score is not linear in the rows.
    """
    curve = MinimiserCurve(population, generator, expand(population, generator, learner, majority, minority))
    return smooth_curve(curve) if isinstance(learner.loss, SquaredLoss) else curve


def predict(
    population: Population,
    generator: MomentSource,
    learner: Learner,
    majority: int,
    minority: int,
    sizes: ArrayLike,
) -> Prediction:
    """Predict excess risk and parameter error at every synthetic size, by the best theory known.

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
        Bias part, variance part, refinement, total and parameter error, each (S,).
    """
    return best_curve(population, generator, learner, majority, minority).at(sizes)
