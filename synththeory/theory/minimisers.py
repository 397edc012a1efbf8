"""The curve at the population's own minimisers: everything of order 1/n, for every loss and generator [D].

With θ_ñ the minimiser of the population's augmented objective, H_a(θ) and V(θ) its Hessian and the covariance of its
gradient there (`synththeory.theory.expansion`) and w = H_a⁻¹∇R(θ_ñ),

    E[excess] = R(θ_ñ) − R(θ*) + ½ tr(H H_a⁻¹VH_a⁻¹) + ∇R(θ_ñ)ᵀE[θ̂ − θ_ñ] + O(n⁻²),
    ∇R(θ_ñ)ᵀE[θ̂ − θ_ñ] = ½ d/dt tr(H_a⁻¹V)(θ_ñ + t w) at t = 0.

The last line is Bartlett's mean of the fit's second-order term: with ĝ and Ĥ the drawn gradient and Hessian and T the
third derivatives, H_a E[θ̂ − θ_ñ] = E[(Ĥ − H_a)H_a⁻¹ĝ] − ½T : H_a⁻¹VH_a⁻¹; along w the first is half of tr(H_a⁻¹ dV/dt),
as dV/dt = Cov(Ĥw, ĝ) + Cov(ĝ, Ĥw), and the second half of tr(H_a⁻¹VH_a⁻¹ dH_a/dt).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Matrix, Vector
from synththeory.caches import Cache
from synththeory.generators import MomentSource
from synththeory.generators.moments import Source
from synththeory.lazy import lazy
from synththeory.learners import Learner
from synththeory.losses import SquaredLoss
from synththeory.populations import Population, exact_risk
from synththeory.theory.descent import minimised
from synththeory.theory.expansion import Expansion, Objective, expand, objective
from synththeory.theory.prediction import Prediction
from synththeory.theory.transfer import CorrectedGenerator
from synththeory.theory.validity import Validity

_STEP = 1e-6  # of the difference quotient, relative to θ: it errs by as much, and rounding by 1e-9
_ENOUGH, _ENOUGH_SQUARED = 10.0, 4.0  # minority rows a parameter
_STILL = 1e-9  # a direction this much shorter than θ is rounding
_PLACES: Cache[Vector] = Cache(256)
"""Minimisers θ_ñ of corrected generators."""


@dataclass(frozen=True, eq=False)
class MinimiserCurve:
    """The curve expanded at every size's own population minimiser, which is kept.

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
    _kept: dict[float, Prediction] = field(default_factory=dict, repr=False)
    _places: dict[float, Expansion] = field(default_factory=dict, repr=False)

    at_once = False

    @property
    def source(self) -> Source:
        """How the generator is known."""
        return self.leading.generator.source

    @property
    def validity(self) -> Validity:
        """Everything of order 1/n."""
        enough = _ENOUGH_SQUARED if isinstance(self.leading.learner.loss, SquaredLoss) else _ENOUGH
        return Validity("1/n", self.leading.validity.rows, enough)

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
        for size in np.atleast_1d(np.asarray(sizes, dtype=np.float64)).tolist():
            if size not in self._kept:
                self._kept[size] = self._at(size)
            yield self._kept[size]

    def minimiser(self, size: float) -> Expansion:
        """The expansion at θ_ñ, looked for from the nearest size known."""
        if size not in self._places:
            nearest = min(self._places, key=lambda known: abs(known - size), default=None)
            start = self.leading if nearest is None else self._places[nearest]
            self._places[size] = self._found(start, size)
        return self._places[size]

    def _found(self, start: Expansion, size: float) -> Expansion:
        """The expansion at θ_ñ; a correction of the same mean score looked for the same θ_ñ from the same start."""
        population, generator, first = self.population, self.generator, self.leading
        if not isinstance(generator, CorrectedGenerator):
            return _minimised(population, generator, start, size)
        mine: list[Expansion] = []

        def search() -> Vector:
            mine.append(_minimised(population, generator, start, size))
            return mine[0].theta

        asked = (first.learner, first.majority, first.minority)
        theta = _PLACES.get((population, generator.alike, *asked, size, start.theta.tobytes()), search)
        if mine:
            return mine[0]
        return _minimised(population, generator, expand(population, generator, *asked, theta), size)

    def _at(self, size: float) -> Prediction:
        exact, here = exact_risk(self.population, self.leading.learner.loss), self.minimiser(size)
        found = here.at(size)
        bias, mean = np.array([float(exact.excess_risk(here.theta))]), here.theta - exact.optimum + found.mean_error
        drift = np.array([self._drift(here, size)])
        return Prediction(bias, found.variance, drift, mean, found.error_covariance, found.source, self.validity)

    def _drift(self, here: Expansion, size: float) -> float:
        """∇R(θ_ñ)ᵀE[θ̂ − θ_ñ]."""
        risk_gradient = 0.5 * (here.strata[0].gradient + here.strata[1].gradient)
        along = np.linalg.solve(here.hessian_at(size), risk_gradient)
        reach = 1.0 + float(np.abs(here.theta).max())
        length = float(np.abs(along).max())
        if length <= _STILL * reach:
            return 0.0
        step = _STEP * reach / length
        first = self.leading
        ahead = expand(
            self.population, self.generator, first.learner, first.majority, first.minority, here.theta + step * along
        )
        return 0.5 * (_weighed(ahead, size) - _weighed(here, size)) / step


def _weighed(there: Expansion, size: float) -> float:
    """tr(H_a⁻¹V) at the place of an expansion."""
    return float(np.trace(np.linalg.solve(there.hessian_at(size), there.covariance_at(size))))


@dataclass(frozen=True, eq=False)
class _Sized:
    """The objective at one synthetic size ñ: what is minimised over θ."""

    objective: Objective
    size: float

    @property
    def theta(self) -> Vector:
        return self.objective.theta

    @lazy
    def gradient(self) -> Vector:
        return self.objective.gradient_at(self.size)

    @property
    def hessian(self) -> Matrix:
        return self.objective.hessian_at(self.size)


def _minimised(population: Population, generator: MomentSource, start: Expansion, size: float) -> Expansion:
    """The expansion at θ_ñ; the moments at the start serve again, as they do not depend on the size."""

    def at(theta: Vector) -> _Sized:
        return _Sized(objective(population, generator, start.learner, start.majority, start.minority, theta), size)

    problem = f"the population problem at synthetic size {size:g}"
    return minimised(at, _Sized(start.objective, size), problem).objective.whole


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
