"""The curve in the synthetic size: bias and variance of the augmented fit, before any data are drawn.

The gradient of the augmented objective at θ* and its covariance are (`theory.md` §2 [D])

    b(ñ) = [½(n0 − n1 − ñ) g_φ + ñ g_ψ] / N = (n0 g_0 + n1 g_1 + ñ g_syn) / N,        N = n0 + n1 + ñ,
    V(ñ) = [n0 Σ_0 + n1 Σ_1 + ñ Σ_syn + ñ² V_m/n1 + ñ(C + Cᵀ)] / N²,

and with H_a = (n0 H_0 + n1 H_1 + ñ H_syn)/N

    E[excess](ñ) ≈ ½ bᵀ H_a⁻¹ H H_a⁻¹ b + ½ tr(H_a⁻¹ H H_a⁻¹ V).

For squared loss the bias part is exact. For any other loss the expansion is made at the population minimiser θ_ñ of the
augmented objective, where b vanishes: the bias part is R(θ_ñ) − R(θ*), again exact, and the variance part is as above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Array, Matrix, Vector
from synththeory.errors import DesignError
from synththeory.generators import GeneratorMoments, MomentSource, mean_score_of, moments_of
from synththeory.generators.moments import MeanScore, Source
from synththeory.lazy import lazy
from synththeory.learners import Learner, LinearLearner
from synththeory.populations import Population, StratumMoments, exact_risk
from synththeory.theory.prediction import Prediction
from synththeory.theory.validity import Validity

_ENOUGH = 80.0  # minority rows a parameter


@dataclass(frozen=True, eq=False)
class Objective:
    """The augmented objective at θ at any synthetic size: its gradient and Hessian.

    Attributes
    ----------
    strata : tuple of StratumMoments
        Majority and minority at θ.
    made : MeanScore
        The mean synthetic score at θ.
    theta, learner, dimension, majority, minority
        As of `Expansion`.
    """

    strata: tuple[StratumMoments, StratumMoments]
    made: MeanScore
    theta: Vector
    learner: LinearLearner
    dimension: int
    majority: int
    minority: int

    def gradient_at(self, size: ArrayLike) -> Array:
        """b(ñ), (..., p) for sizes (...), the penalty's pull included."""
        rows = np.asarray(size, dtype=np.float64)[..., None]
        total = self.majority + self.minority + rows
        summed = (
            self.majority * self.strata[0].gradient
            + self.minority * self.strata[1].gradient
            + rows * self.made.gradient
        )
        return np.asarray((summed + self.learner.penalty(self.dimension, total[..., 0]) * self.theta) / total)

    def hessian_at(self, size: ArrayLike) -> Array:
        """H_a(ñ), (..., p, p), the penalty included."""
        rows = np.asarray(size, dtype=np.float64)[..., None, None]
        total = self.majority + self.minority + rows
        summed = (
            self.majority * self.strata[0].hessian + self.minority * self.strata[1].hessian + rows * self.made.hessian
        )
        pulled = self.learner.penalty(self.dimension, total[..., 0, 0])[..., None] * np.eye(self.theta.shape[0])
        return np.asarray((summed + pulled) / total)

    @property
    def whole(self) -> Expansion:
        """With everything else that is known at θ."""
        return Expansion(
            self.strata, self.made.moments(), self.theta, self.learner, self.dimension, self.majority, self.minority
        )


@dataclass(frozen=True, eq=False)
class Expansion:
    """The ingredients of the curve, and the curve at any synthetic size.

    Attributes
    ----------
    strata : tuple of StratumMoments
        Majority and minority at θ.
    generator : GeneratorMoments
        The synthetic score at θ.
    theta : Vector
        Where the curve is expanded, (p,): θ* or the minimiser of the augmented objective.
    learner : LinearLearner
        Whose penalty pulls at θ.
    dimension : int
        Coordinates d of a row.
    majority, minority : int
        n0 and n1.
    """

    strata: tuple[StratumMoments, StratumMoments]
    generator: GeneratorMoments
    theta: Vector
    learner: LinearLearner
    dimension: int
    majority: int
    minority: int

    at_once = True

    @lazy
    def objective(self) -> Objective:
        """What is minimised, at θ."""
        return Objective(
            self.strata, self.generator.mean_score, self.theta, self.learner, self.dimension, self.majority,
            self.minority,
        )  # fmt: skip

    @property
    def leading(self) -> Expansion:
        """Itself: it is first order."""
        return self

    @property
    def source(self) -> Source:
        """How the generator is known."""
        return self.generator.source

    @property
    def validity(self) -> Validity:
        """Leading order at θ*, which is far off where a bias meets few rows."""
        return Validity("leading", self.minority / self.theta.shape[0], _ENOUGH)

    @property
    def g_phi(self) -> Vector:
        """Class asymmetry g_φ = g_0 − g_1, (p,) [P]."""
        return self.strata[0].gradient - self.strata[1].gradient

    @property
    def g_psi(self) -> Vector:
        """Generator mismatch g_ψ = ∇R_syn − g_1, second-order shift included, (p,) [P]."""
        return self.generator.gradient + self.generator.shift - self.strata[1].gradient

    @property
    def hessian(self) -> Matrix:
        """H = ½(H_0 + H_1), (p, p)."""
        return 0.5 * (self.strata[0].hessian + self.strata[1].hessian)

    def gradient_at(self, size: ArrayLike) -> Array:
        """b(ñ), (..., p) for sizes (...), the penalty's pull included."""
        return self.objective.gradient_at(size)

    def hessian_at(self, size: ArrayLike) -> Array:
        """H_a(ñ), (..., p, p), the penalty included."""
        return self.objective.hessian_at(size)

    def covariance_at(self, size: ArrayLike) -> Array:
        """V(ñ), (..., p, p)."""
        rows = np.asarray(size, dtype=np.float64)[..., None, None]
        total = self.majority + self.minority + rows
        coupling = self.generator.coupling + self.generator.coupling.T
        return np.asarray(
            (
                self.majority * self.strata[0].covariance
                + self.minority * self.strata[1].covariance
                + rows * self.generator.covariance
                + rows**2 / self.minority * self.generator.fluctuation
                + rows * coupling
            )
            / total**2
        )

    def error_at(self, size: ArrayLike) -> tuple[Array, Array]:
        """Mean −H_a⁻¹b, (..., p), and covariance H_a⁻¹VH_a⁻¹, (..., p, p), of θ̂ − θ to first order."""
        inverse = np.linalg.inv(self.hessian_at(size))
        mean = -inverse @ self.gradient_at(size)[..., None]
        return mean[..., 0], np.asarray(inverse @ self.covariance_at(size) @ inverse)

    def at(self, sizes: ArrayLike) -> Prediction:
        """The first-order curve about θ at sizes (S,)."""
        mean, covariance = self.error_at(np.atleast_1d(sizes))
        bias, variance = self._parts(mean, covariance)
        return Prediction(bias, variance, np.zeros_like(bias), mean, covariance, self.generator.source, self.validity)

    def walk(self, sizes: ArrayLike) -> Iterator[Prediction]:
        """The curve size by size."""
        return (self.at(size) for size in np.atleast_1d(sizes))

    def _parts(self, mean: Array, covariance: Array) -> tuple[Array, Array]:
        bent = 0.5 * mean[..., None, :] @ self.hessian @ mean[..., None]
        weighed = (self.hessian * covariance).reshape(*covariance.shape[:-2], self.hessian.size)
        return bent[..., 0, 0], np.asarray(0.5 * weighed.sum(axis=-1))


def expand(
    population: Population,
    generator: MomentSource,
    learner: Learner,
    majority: int,
    minority: int,
    theta: Vector | None = None,
) -> Expansion:
    """Collect the ingredients of the curve.

    Parameters
    ----------
    population, generator, learner
        Who the data come from, what imitates the minority, what is fitted.
    majority, minority : int
        n0 and n1.
    theta : Vector, optional
        Where, (p,); θ* when not given.

    Returns
    -------
    Expansion

    Raises
    ------
    DesignError
        When the learner's score is not linear in the rows.
    """
    if theta is not None:
        return objective(population, generator, learner, majority, minority, theta).whole
    linear, exact = linear_only(learner), exact_risk(population, learner.loss)
    (zero, one), place = exact.moments, exact.optimum
    synthetic = moments_of(generator.given(majority), population, learner.loss, 1, minority)
    return Expansion((zero, one), synthetic, place, linear, population.dimension, majority, minority)


def objective(
    population: Population, generator: MomentSource, learner: Learner, majority: int, minority: int, theta: Vector
) -> Objective:
    """The augmented objective at θ: what of `expand` a minimiser needs.

    Parameters
    ----------
    population, generator, learner, majority, minority, theta
        As for `expand`.

    Raises
    ------
    DesignError
        When the learner's score is not linear in the rows.
    """
    linear, exact = linear_only(learner), exact_risk(population, learner.loss)
    pairs = zip(population.strata, population.laws, strict=True)
    zero, one = (exact.at(stratum, law, theta) for stratum, law in pairs)
    made = mean_score_of(generator.given(majority), population, learner.loss, 1, minority, theta)
    return Objective((zero, one), made, theta, linear, population.dimension, majority, minority)


def linear_only(learner: Learner) -> LinearLearner:
    """The learner itself: theory is about scores that are linear in the rows.

    Raises
    ------
    DesignError
        When the learner's is not.
    """
    if not isinstance(learner, LinearLearner):
        raise DesignError(f"theory needs scores that are linear in the rows, which those of {learner.kind} are not")
    return learner
