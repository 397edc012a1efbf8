"""What the free fixes cost: the excess risk of class weights and of re-prioring [D].

With weight w_c on every row of class c and W = Σ w_c n_c, the weighted objective has gradient Σ w_c n_c g_c/W and
Hessian H_w = Σ w_c n_c H_c/W, the penalty added, and its gradient the covariance V = Σ w_c² n_c Σ_c/W². At its
population minimiser θ_w

    E[excess] ≈ R(θ_w) − R(θ*) + ½ tr(H_w⁻¹ H H_w⁻¹ V),    H and V at θ_w.

Balanced weights have θ_w = θ* but for the penalty: no bias, and excess ≈ ½ tr(H⁻¹(Σ_0/n0 + Σ_1/n1)/4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.corrections import LDA, Baseline, Raw, RePriored, Weighted
from synththeory.generators import Oracle
from synththeory.learners import Learner, LinearLearner
from synththeory.losses import SquaredLoss
from synththeory.populations import Population, StratumMoments, exact_risk
from synththeory.theory.curves import predict
from synththeory.theory.descent import minimised
from synththeory.theory.expansion import linear_only
from synththeory.theory.prediction import Prediction
from synththeory.theory.validity import Validity

_ENOUGH = 20.0  # minority rows a parameter


@dataclass(frozen=True, eq=False)
class WeightedObjective:
    """The population objective with class weights, at a point.

    Attributes
    ----------
    strata : tuple of StratumMoments
        Majority and minority at θ.
    counts : (int, int)
        n0 and n1.
    shares : (float, float)
        w_0 and w_1.
    theta : Vector
        θ, (p,).
    pull : Vector
        Diagonal of the penalty's Hessian on the mean loss, (p,).
    """

    strata: tuple[StratumMoments, ...]
    counts: tuple[int, int]
    shares: tuple[float, ...]
    theta: Vector
    pull: Vector

    @property
    def gradient(self) -> Vector:
        """Of the objective, the penalty included, (p,)."""
        return np.asarray(self._weights @ [part.gradient for part in self.strata] + self.pull * self.theta)

    @property
    def hessian(self) -> Matrix:
        """H_w, (p, p), the penalty included."""
        return np.asarray(np.tensordot(self._weights, [part.hessian for part in self.strata], 1) + np.diag(self.pull))

    @property
    def error_covariance(self) -> Matrix:
        """H_w⁻¹VH_w⁻¹, (p, p)."""
        inverse = np.linalg.inv(self.hessian)
        spread = np.tensordot(self._weights**2 / self.counts, [part.covariance for part in self.strata], 1)
        return np.asarray(inverse @ spread @ inverse)

    @property
    def _weights(self) -> Vector:
        """w_c n_c/W, (2,)."""
        weights = np.multiply(self.shares, self.counts)
        return np.asarray(weights / weights.sum())


def predict_baseline(
    population: Population, baseline: Baseline, learner: Learner, majority: int, minority: int
) -> Prediction | None:
    """Predict a free fix.

    The raw fit is the curve at synthetic size zero; class weights, the balanced ones among them, are expanded at θ_w.
    Re-prioring moves the population minimiser of the raw risk by log(n0/n1) in the intercept: its bias is the exact
    excess risk there, its variance that of the raw fit.

    Parameters
    ----------
    population, baseline, learner
        Who the data come from, the fix, what is fitted.
    majority, minority : int
        n0 and n1.

    Returns
    -------
    Prediction or None
        Each array (1,); None for a fix without a formula.

    Raises
    ------
    DesignError
        When the learner's score is not linear in the rows.
    """
    linear, counts = linear_only(learner), (majority, minority)
    if isinstance(baseline, Raw):
        return predict(population, Oracle(), learner, majority, minority, (0,))
    if isinstance(baseline, Weighted):
        here = _minimiser(population, linear, counts, baseline.shares(counts))
        return _prediction(population, learner, here.theta, here.error_covariance, minority)
    if isinstance(baseline, RePriored) and not isinstance(learner.loss, SquaredLoss):
        raw = _minimiser(population, linear, counts, (1.0, 1.0))
        shift = np.zeros_like(raw.theta)
        shift[-1] = log(majority / minority)
        return _prediction(population, learner, raw.theta + shift, raw.error_covariance, minority)
    if isinstance(baseline, LDA) and baseline.shrinkage == 0.0:
        return _discriminant(population, learner, counts)
    return None


def _discriminant(population: Population, learner: Learner, counts: tuple[int, int]) -> Prediction | None:
    """LDA between two Gaussian classes by the delta method; None for other laws.

    With S the pooled covariance, w = S⁻¹δ and m = μ_0 + μ_1: dw = S⁻¹(dμ_1 − dμ_0 − dS w) and
    db = −½ mᵀdw − ½ wᵀ(dμ_0 + dμ_1), where a row of class c adds to dS w a vector of covariance
    (wᵀΣ_c w)Σ_c + Σ_c wwᵀΣ_c. [D]
    """
    if any(len(law.components) > 1 or law.components[0][1].noise != "gaussian" for law in population.laws):
        return None
    zero, one = (law.components[0][1] for law in population.laws)
    shares = np.array(counts) / sum(counts)
    inverse = np.linalg.inv(shares[0] * zero.covariance + shares[1] * one.covariance)
    slopes, middle = inverse @ (one.mean - zero.mean), zero.mean + one.mean
    shape = np.vstack([inverse, -0.5 * middle @ inverse])
    means = np.vstack([np.zeros_like(inverse), -0.5 * slopes])
    spread = np.zeros((slopes.size + 1, slopes.size + 1))
    for law, sign, count in zip((zero, one), (-1.0, 1.0), counts, strict=True):
        moved, pull = means + sign * shape, law.covariance @ slopes
        fourth = (slopes @ pull) * law.covariance + np.outer(pull, pull)
        spread += moved @ law.covariance @ moved.T / count + shape @ fourth @ shape.T * count / sum(counts) ** 2
    return _prediction(population, learner, np.append(slopes, -0.5 * slopes @ middle), spread, counts[1])


def _minimiser(
    population: Population, learner: LinearLearner, counts: tuple[int, int], shares: Sequence[float]
) -> WeightedObjective:
    exact, total = exact_risk(population, learner.loss), float(np.dot(counts, shares))
    pull = learner.penalty(population.dimension, total) / total

    def at(theta: Vector) -> WeightedObjective:
        return WeightedObjective(_strata(population, learner, theta), counts, tuple(shares), theta, pull)

    return minimised(at, at(exact.optimum), f"the population problem with class weights {tuple(shares)}")


def _strata(population: Population, learner: Learner, theta: Vector) -> tuple[StratumMoments, ...]:
    exact = exact_risk(population, learner.loss)
    pairs = zip(population.strata, population.laws, strict=True)
    return tuple(exact.at(stratum, law, theta) for stratum, law in pairs)


def _prediction(
    population: Population, learner: Learner, centre: Vector, covariance: Matrix, minority: int
) -> Prediction:
    """Of a fit with a given mean and covariance."""
    exact = exact_risk(population, learner.loss)
    hessian = np.mean([part.hessian for part in _strata(population, learner, centre)], axis=0)
    bias = np.array([float(exact.excess_risk(centre))])
    variance = np.array([0.5 * np.sum(hessian * covariance)])
    validity = Validity("leading", minority / centre.shape[0], _ENOUGH)
    away = (centre - exact.optimum)[None]
    return Prediction(bias, variance, np.zeros(1), away, covariance[None], "closed form", validity)
