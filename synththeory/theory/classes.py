"""The curve in the synthetic size when every class is filled up towards the largest of K.

Class c has n_c real rows, g_c = ∇R_c, Σ_c g_c = 0 at θ*, and gets ñ_c = γ(max n − n_c) rows of its generator, whose
mismatch is g_ψ,c. With N = Σ_c (n_c + ñ_c), the gradient of the augmented objective at θ* and its covariance are

    b(ñ) = Σ_c [(n_c + ñ_c)/N − 1/K] g_c + Σ_c (ñ_c/N) g_ψ,c,
    V(ñ) = Σ_c [n_c Σ_c + ñ_c Σ_syn,c + ñ_c² V_m,c/n_c + ñ_c(C_c + C_cᵀ)] / N²,

and with H_a = Σ_c (n_c H_c + ñ_c H_syn,c)/N

    E[excess](ñ) ≈ ½ bᵀ H_a⁻¹ H H_a⁻¹ b + ½ tr(H_a⁻¹ H H_a⁻¹ V)    [D].

The bias part is exact for squared loss. Real rows may carry weights instead: reweighting has n_c w_c the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Integers, Matrix, Vector
from synththeory.caches import bounded
from synththeory.corrections import Baseline, Raw, Weighted
from synththeory.generators import Generator, GeneratorMoments, moments_of
from synththeory.generators.moments import Source
from synththeory.learners import ClassLeastSquares
from synththeory.populations import Population, StratumMoments, exact_risk


@dataclass(frozen=True, eq=False)
class ClassCurve:
    """The ingredients of the curve at θ*, and the curve at any multiplier.

    Attributes
    ----------
    population, learner
        Who the data come from, what is fitted.
    classes : tuple of StratumMoments
        The score of each class at θ*.
    generators : tuple of GeneratorMoments
        The synthetic score of each class at θ*; empty where nothing is added.
    counts : tuple of int
        n_c.
    """

    population: Population
    learner: ClassLeastSquares
    classes: tuple[StratumMoments, ...]
    generators: tuple[GeneratorMoments, ...]
    counts: tuple[int, ...]

    @property
    def source(self) -> Source:
        """``"pilot"`` where a generator's moments are measured."""
        return "pilot" if any(made.source == "pilot" for made in self.generators) else "closed form"

    def g_psi(self, place: int) -> Vector:
        """g_ψ,c of one class, second-order shift included, (K·p,)."""
        made = self.generators[place]
        return made.gradient + made.shift - self.classes[place].gradient

    def at(self, multipliers: tuple[float, ...]) -> ClassPrediction:
        """The curve at multipliers γ, (S,)."""
        added = [filled(self.counts, multiplier) for multiplier in multipliers]
        return self._predicted([self._error(np.ones(len(self.counts)), each) for each in added])

    def weighted(self, weights: tuple[float, ...]) -> ClassPrediction:
        """The fit to the real rows alone, a row of class c with weight w_c."""
        return self._predicted([self._error(np.array(weights), np.zeros(len(self.counts), dtype=np.int64))])

    def _error(self, weights: Vector, added: Integers) -> tuple[Vector, Matrix]:
        """Mean −H_a⁻¹b, (K·p,), and covariance H_a⁻¹VH_a⁻¹, (K·p, K·p), of θ̂ − θ*."""
        counts, exact = np.array(self.counts), exact_risk(self.population, self.learner.loss)
        total = float(weights @ counts + added.sum())
        pull = self.learner.penalty(self.population.dimension, len(counts)) / total
        gradient, hessian = pull * exact.optimum, np.diag(pull)
        covariance = np.zeros_like(hessian)
        for place, own in enumerate(self.classes):
            real = weights[place] * counts[place] / total
            gradient = gradient + (real + added[place] / total - 1.0 / len(counts)) * own.gradient
            hessian = hessian + real * own.hessian
            covariance += real * weights[place] / total * own.covariance
            if added[place]:
                share, made = added[place] / total, self.generators[place]
                gradient = gradient + share * self.g_psi(place)
                hessian = hessian + share * made.hessian
                covariance += share / total * made.covariance + share**2 / counts[place] * made.fluctuation
                covariance += share * weights[place] / total * (made.coupling + made.coupling.T)
        inverse = np.linalg.inv(hessian)
        return -inverse @ gradient, inverse @ covariance @ inverse

    def _predicted(self, errors: list[tuple[Vector, Matrix]]) -> ClassPrediction:
        exact = exact_risk(self.population, self.learner.loss)
        curvature = np.mean([own.hessian for own in self.classes], axis=0)
        bias = exact.excess_risk(exact.optimum + np.array([mean for mean, _ in errors]))
        variance = np.array([0.5 * np.sum(curvature * covariance) for _, covariance in errors])
        return ClassPrediction(bias, variance, self.source)


@dataclass(frozen=True, eq=False)
class ClassPrediction:
    """What is expected of S fits.

    A class's own risk is not foretold: its gradient does not vanish at θ*, so the mean of θ̂ to second order, as large
    as the variance part, would be needed. In the balanced risk that term is Σ_c g_c = 0 times the mean.

    Attributes
    ----------
    bias, variance : Vector
        (S,) parts of the balanced excess risk.
    source : {"closed form", "pilot"}
        Whether the generators' moments are exact or measured.
    """

    bias: Vector
    variance: Vector
    source: Source

    def curve(self, metric: str) -> Vector | None:
        """``"excess_risk"``, (S,); None for anything else."""
        return self.bias + self.variance if metric == "excess_risk" else None


def filled(counts: tuple[int, ...], multiplier: float) -> Integers:
    """ñ_c = round(γ(max n − n_c)), the synthetic rows of every class, (K,)."""
    return np.array([round(multiplier * (max(counts) - count)) for count in counts], dtype=np.int64)


@bounded(64)
def class_curve(
    population: Population, generator: Generator | None, learner: ClassLeastSquares, counts: tuple[int, ...]
) -> ClassCurve:
    """Collect the ingredients of the curve (kept, as a pilot makes it slow).

    Parameters
    ----------
    population : Population
        K classes, coded by vectors.
    generator : Generator or None
        What imitates each class; None where nothing is added.
    learner : ClassLeastSquares
        What is fitted.
    counts : tuple of int
        n_c.
    """
    exact, made = exact_risk(population, learner.loss), []
    for place, count in enumerate(counts):
        if generator is not None:
            made.append(moments_of(generator, population, learner.loss, place, count))
    return ClassCurve(population, learner, exact.moments, tuple(made), counts)


def predict_class_baseline(
    population: Population, baseline: Baseline, learner: ClassLeastSquares, counts: tuple[int, ...]
) -> ClassPrediction | None:
    """What is expected of a free fix; None where it is neither the raw fit nor a weighted one.

    Parameters
    ----------
    population, learner, counts
        As for `class_curve`.
    baseline : Baseline
        The fix.
    """
    curve = class_curve(population, None, learner, counts)
    if isinstance(baseline, Raw):
        return curve.at((0.0,))
    return curve.weighted(baseline.shares(counts)) if isinstance(baseline, Weighted) else None
