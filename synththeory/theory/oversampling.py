"""Expected risks after oversampling groups and augmenting them: the law of `scaling` without its first-order shortcut.

With a = (1 − α)/(n + m) the weight of a row that equalises and b = α/(N|G|) that of a further one, group g carries
n_g a on its real rows and W_g = m_g a + N b = w_g on its synthetic ones. At the minimiser θ_α of the objective

    Σ_g [n_g a R^(g) + W_g R̃^(g)],   V = Σ_g [n_g a² Σ_g + (m_g a² + N b²) Σ̃_g + W_g² V_m,g/n_g + a W_g (C_g + C_gᵀ)],

E R(θ̂) ≈ R(θ_α) + ½ tr(H_a⁻¹ H H_a⁻¹ V), and likewise for the risk of a group [D].
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.caches import bounded
from synththeory.generators import Generator, GeneratorMoments, moments_of
from synththeory.learners import Learner, LinearLearner
from synththeory.populations import Population, StratumMoments, exact_risk
from synththeory.theory.descent import minimised
from synththeory.theory.expansion import linear_only
from synththeory.theory.prediction import Prediction
from synththeory.theory.validity import Validity

_ENOUGH = 20.0  # rows of the smallest group a parameter


@dataclass(frozen=True)
class Mixing:
    """How the rows of one fit are weighed.

    Attributes
    ----------
    counts : tuple of int
        Real rows n_g of each group.
    rows : int
        N further synthetic rows in each.
    weight : float
        α in [0, 1], 0 where N = 0.
    fill : float
        Share of the way from n_g to the largest group that equalising goes, in [0, 1]; 1 where N > 0.
    """

    counts: tuple[int, ...]
    rows: int
    weight: float
    fill: float = 1.0

    @property
    def filled(self) -> tuple[int, ...]:
        """m_g, the synthetic rows that equalise each group."""
        return tuple(round(self.fill * (max(self.counts) - count)) for count in self.counts)

    @property
    def equalised(self) -> int:
        """n + m."""
        return sum(self.counts) + sum(self.filled)

    @property
    def total(self) -> int:
        """All rows, n + m + N|G|."""
        return self.equalised + len(self.counts) * self.rows

    @property
    def equalising(self) -> float:
        """a, the weight of a row that equalises."""
        return (1.0 - self.weight) / self.equalised

    @property
    def further(self) -> float:
        """b, the weight of a further row."""
        return self.weight / (len(self.counts) * self.rows) if self.rows else 0.0


@dataclass(frozen=True, eq=False)
class Oversampling:
    """The weighted population objective at a point.

    Attributes
    ----------
    mixing : Mixing
        The weights.
    groups, generators : tuples
        Moments of each group's real and synthetic score at θ.
    theta : Vector
        θ, (p,).
    pull : Vector
        Diagonal of the penalty's Hessian on the mean loss, (p,).
    """

    mixing: Mixing
    groups: tuple[StratumMoments, ...]
    generators: tuple[GeneratorMoments, ...]
    theta: Vector
    pull: Vector

    @property
    def gradient(self) -> Vector:
        """Of the objective, the penalty included, (p,)."""
        parts = (
            real * own.gradient + made * (synthetic.gradient + synthetic.shift)
            for real, made, own, synthetic in self._weighed()
        )
        return np.asarray(sum(parts) + self.pull * self.theta)

    @property
    def hessian(self) -> Matrix:
        """H_a, (p, p)."""
        parts = (real * own.hessian + made * synthetic.hessian for real, made, own, synthetic in self._weighed())
        return np.asarray(sum(parts) + np.diag(self.pull))

    @property
    def covariance(self) -> Matrix:
        """V, (p, p)."""
        mixing, each, more = self.mixing, self.mixing.equalising, self.mixing.further
        total = np.zeros_like(self.groups[0].covariance)
        pairs = zip(mixing.counts, mixing.filled, self._weighed(), strict=True)
        for count, filled, (_, made, own, synthetic) in pairs:
            total += count * each**2 * own.covariance
            total += (filled * each**2 + mixing.rows * more**2) * synthetic.covariance
            total += made**2 / count * synthetic.fluctuation
            total += each * made * (synthetic.coupling + synthetic.coupling.T)
        return total

    @property
    def error_covariance(self) -> Matrix:
        """H_a⁻¹VH_a⁻¹, (p, p)."""
        inverse = np.linalg.inv(self.hessian)
        return np.asarray(inverse @ self.covariance @ inverse)

    def _weighed(self) -> list[tuple[float, float, StratumMoments, GeneratorMoments]]:
        mixing = self.mixing
        each, more = mixing.equalising, mixing.rows * mixing.further
        real = [count * each for count in mixing.counts]
        made = [filled * each + more for filled in mixing.filled]
        return list(zip(real, made, self.groups, self.generators, strict=True))


def oversampling(
    population: Population, generator: Generator, learner: LinearLearner, mixing: Mixing, theta: Vector
) -> Oversampling:
    """The objective at θ.

    Parameters
    ----------
    population, generator, learner
        Who the data come from, what imitates each group, what is fitted.
    mixing : Mixing
        The weights.
    theta : Vector
        θ, (p,).
    """
    exact = exact_risk(population, learner.loss)
    own = tuple(exact.at(group, law, theta) for group, law in zip(population.strata, population.laws, strict=True))
    made = tuple(
        moments_of(generator, population, learner.loss, group, count, theta)
        for group, count in enumerate(mixing.counts)
    )
    return Oversampling(mixing, own, made, theta, learner.penalty(population.dimension, mixing.total) / mixing.total)


@dataclass(frozen=True, eq=False)
class GroupPrediction:
    """What is expected of every fit.

    Attributes
    ----------
    balanced : Prediction
        Of the balanced risk.
    risks : Array
        (|G|, S): risk of each group, R^(g)(θ_α) + ½ tr(H_g H_a⁻¹VH_a⁻¹).
    """

    balanced: Prediction
    risks: Array


@bounded(64)
def predict_groups(
    population: Population, generator: Generator, learner: Learner, mixings: tuple[Mixing, ...]
) -> GroupPrediction:
    """Predict the balanced excess risk and the risk of every group (kept, as a pilot makes it slow).

    Parameters
    ----------
    population, generator, learner
        Who the data come from, what imitates each group, what is fitted.
    mixings : tuple of Mixing
        The weights of each fit, (S,).
    """
    exact = exact_risk(population, learner.loss)
    linear = linear_only(learner)
    here, found, risks = oversampling(population, generator, linear, mixings[0], exact.optimum), [], []
    for mixing in mixings:
        pull = linear.penalty(population.dimension, mixing.total) / mixing.total
        start = replace(here, mixing=mixing, pull=pull)  # moments do not depend on the mixing: none is measured twice
        at = partial(oversampling, population, generator, linear, mixing)
        here = minimised(at, start, f"the population problem at N = {mixing.rows} rows a group")
        found.append(here)
        curvatures = np.array([group.hessian for group in here.groups])
        risks.append(0.5 * np.einsum("gij,ij->g", curvatures, here.error_covariance))
    places, added = np.array([each.theta for each in found]), np.array(risks)
    pilot = any(made.source == "pilot" for each in found for made in each.generators)
    balanced = Prediction(
        np.array([float(exact.excess_risk(place)) for place in places]),
        added.mean(axis=1),
        np.zeros(len(found)),
        places - exact.optimum,
        np.array([each.error_covariance for each in found]),
        "pilot" if pilot else "closed form",
        Validity("leading", min(mixings[0].counts) / places.shape[1], _ENOUGH),
    )
    return GroupPrediction(balanced, np.array([exact.risks(place) for place in places]).T + added.T)
