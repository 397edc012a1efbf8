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

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.errors import DesignError
from synththeory.generators import GeneratorMoments
from synththeory.generators.base import Source
from synththeory.learners import Learner, LinearLearner
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import Population, StratumMoments, truth
from synththeory.theory.descent import minimised
from synththeory.theory.norms import expected_norm


class Imitator(Protocol):
    """Anything with the moments of a synthetic score: a generator, or one whose bias is corrected."""

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """As `synththeory.generators.Generator.mismatch`."""


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

    def gradient_at(self, size: float) -> Vector:
        """b(ñ), (p,), the penalty's pull included."""
        total = self.majority + self.minority + size
        summed = (
            self.majority * self.strata[0].gradient
            + self.minority * self.strata[1].gradient
            + size * (self.generator.gradient + self.generator.shift)
        )
        return np.asarray((summed + self.learner.penalty(self.dimension, total) * self.theta) / total)

    def hessian_at(self, size: float) -> Matrix:
        """H_a(ñ), (p, p), the penalty included."""
        total = self.majority + self.minority + size
        summed = (
            self.majority * self.strata[0].hessian
            + self.minority * self.strata[1].hessian
            + size * self.generator.hessian
        )
        return np.asarray((summed + np.diag(self.learner.penalty(self.dimension, total))) / total)

    def covariance_at(self, size: float) -> Matrix:
        """V(ñ), (p, p)."""
        total = self.majority + self.minority + size
        coupling = self.generator.coupling + self.generator.coupling.T
        return np.asarray(
            (
                self.majority * self.strata[0].covariance
                + self.minority * self.strata[1].covariance
                + size * self.generator.covariance
                + size**2 / self.minority * self.generator.fluctuation
                + size * coupling
            )
            / total**2
        )

    def error_at(self, size: float) -> tuple[Vector, Matrix]:
        """Mean −H_a⁻¹b, (p,), and covariance H_a⁻¹VH_a⁻¹, (p, p), of θ̂ − θ to first order."""
        inverse = np.linalg.inv(self.hessian_at(size))
        return -inverse @ self.gradient_at(size), inverse @ self.covariance_at(size) @ inverse

    def parts_at(self, size: float) -> tuple[float, float]:
        """Bias part and variance part of the expected excess risk."""
        mean, covariance = self.error_at(size)
        return float(0.5 * mean @ self.hessian @ mean), float(0.5 * np.sum(self.hessian * covariance))

    def excess_at(self, size: float) -> float:
        """Expected excess risk."""
        return sum(self.parts_at(size))


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


@dataclass(frozen=True, eq=False)
class Prediction:
    """Predicted curve over synthetic sizes.

    Attributes
    ----------
    bias, variance, total : Vector
        (S,) parts of the expected excess risk, and their sum.
    parameter_error : Vector
        (S,) E‖θ̂ − θ*‖ were θ̂ exactly normal with the predicted mean and covariance [D].
    source : {"closed form", "pilot"}
        Whether the generator's moments are exact or measured by an independent pilot.
    """

    bias: Vector
    variance: Vector
    total: Vector
    parameter_error: Vector
    source: Source

    def curve(self, metric: str) -> Vector | None:
        """``"excess_risk"`` or ``"parameter_error"``, (S,); None for anything else."""
        return {"excess_risk": self.total, "parameter_error": self.parameter_error}.get(metric)


def expand(
    population: Population,
    generator: Imitator,
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
    linear = linear_only(learner)
    exact = truth(population, learner.loss)
    place = exact.optimum if theta is None else theta
    zero, one = (
        exact.moments
        if theta is None
        else (exact.at(stratum, law, place) for stratum, law in zip(population.strata, population.laws, strict=True))
    )
    synthetic = generator.mismatch(population, learner.loss, 1, minority, theta)
    return Expansion((zero, one), synthetic, place, linear, population.dimension, majority, minority)


def linear_only(learner: Learner) -> LinearLearner:
    """The learner itself: theory is about scores that are linear in the rows.

    Raises
    ------
    DesignError
        When the learner's is not.
    """
    if not isinstance(learner, LinearLearner):
        raise DesignError(f"theory is about scores linear in the rows, that of {learner.kind} is not")
    return learner


def minimiser(
    population: Population,
    generator: Imitator,
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

    def at(theta: Vector) -> _Sized:
        return _Sized(expand(population, generator, learner, majority, minority, theta), size)

    return minimised(at, start, f"the population problem at synthetic size {size:g}").expansion


def predict(
    population: Population,
    generator: Imitator,
    learner: Learner,
    majority: int,
    minority: int,
    sizes: Sequence[int],
) -> Prediction:
    """Predict excess risk and parameter error at every synthetic size.

    Parameters
    ----------
    population, generator, learner
        Who the data come from, what imitates the minority, what is fitted.
    majority, minority : int
        n0 and n1.
    sizes : sequence of int
        Synthetic sizes ñ, (S,).

    Returns
    -------
    Prediction
        Bias part, variance part, total and parameter error, each (S,).
    """
    exact = truth(population, learner.loss)
    at_optimum = expand(population, generator, learner, majority, minority)
    bias, variance, distance = np.empty(len(sizes)), np.empty(len(sizes)), np.empty(len(sizes))
    local = at_optimum
    for place, size in enumerate(sizes):
        if isinstance(learner.loss, SquaredLoss):
            bias[place], variance[place] = at_optimum.parts_at(size)
        else:
            local = minimiser(population, generator, learner, majority, minority, size, local.theta)
            bias[place] = exact.excess_risk(local.theta)
            variance[place] = local.parts_at(size)[1]
        mean, covariance = local.error_at(size)
        distance[place] = expected_norm(local.theta - exact.optimum + mean, covariance)
    return Prediction(bias, variance, bias + variance, distance, at_optimum.generator.source)
