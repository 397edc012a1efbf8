"""The excess risk that synthetic rows of a known law leave, however many there are.

With infinitely many synthetic rows of every class alone, the fit is θ_q = argmin mean_g E_{q_g} ℓ, and the floor is
R(θ_q) − R(θ*). To first order it is ½ bᵀH⁻¹b with the exact mismatch b = mean_g ∇(R̃^(g) − R^(g))(θ*) [D]. From the
divergences KL_g = KL(p_g ‖ q_g) alone it is bounded by

    R(θ_q) − R(θ*) ≤ [R − R̃](θ_q) + [R̃ − R](θ*) ≤ mean_g (B(θ_q) + B(θ*)) √(2 KL_g),

B(θ) half the range of the loss over all rows: |E_q ℓ − E_p ℓ| ≤ B √(2 KL), Pinsker's inequality (`theory.md` §6 [R]).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.losses import LogisticLoss, Loss
from synththeory.populations import FiniteLaw, Population, exact_risk
from synththeory.populations.risks.logistic import ExactLogisticRisk


@dataclass(frozen=True, eq=False)
class Floor:
    """What a fit to infinitely many rows of known laws misses.

    Attributes
    ----------
    population : Population
        Where the rows should come from, its laws on finitely many rows.
    made : ExactLogisticRisk
        The risk under the laws that rows do come from.
    support : Array
        All rows, (M, d).
    """

    population: Population
    made: ExactLogisticRisk
    support: Array

    @classmethod
    def of(cls, population: Population, loss: Loss, support: Array, laws: Array) -> Floor:
        """Of generators whose probabilities of all rows (M, d) are known for every stratum, (strata, M)."""
        assert isinstance(loss, LogisticLoss)  # designs are checked
        made = [FiniteLaw(support, law / law.sum()) for law in laws]
        return cls(population, ExactLogisticRisk(population.strata, made, loss), support)

    @cached_property
    def excess(self) -> float:
        """R(θ_q) − R(θ*) ≥ 0."""
        return float(exact_risk(self.population, self.made.loss).excess_risk(self.made.optimum))

    @cached_property
    def mismatch(self) -> float:
        """½ bᵀH⁻¹b at θ*."""
        exact = exact_risk(self.population, self.made.loss)
        made = [self.made.at(g, law, exact.optimum) for g, law in zip(self.made.strata, self.made.laws, strict=True)]
        gap = np.mean([one.gradient - own.gradient for one, own in zip(made, exact.moments, strict=True)], axis=0)
        hessian = np.mean([own.hessian for own in exact.moments], axis=0)
        return 0.5 * float(gap @ np.linalg.solve(hessian, gap))

    def pinsker_bound(self, divergences: Vector) -> float:
        """The bound from the divergences of the strata, (strata,), in nats."""
        total, loss = 0.0, self.made.loss
        for theta in (self.made.optimum, exact_risk(self.population, loss).optimum):
            scores = loss.design(self.support) @ theta
            for stratum, divergence in zip(self.population.strata, divergences, strict=True):
                losses = loss.value(scores, float(stratum.response > 0.0))
                total += 0.5 * float(np.ptp(losses)) * float(np.sqrt(2.0 * divergence))
        return total / len(self.population.strata)
