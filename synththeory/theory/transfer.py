"""Bias transfer: what subtracting the majority's bias B̂_0 leaves, costs and gains (`theory.md` §4 [D], its form [R]).

With δ_c = ∇B_c(θ) the bias of the mean synthetic score of class c, at the minority's label and, with the mean-shift
transport, at its place, and with m̂ the mean synthetic score, the corrected objective has at θ gradient and covariance

    b(ñ) = (n0 g_0 + n1 g_1 + ñ [g_1 + δ_1 − δ_0])/N,
    V(ñ) = Var(Σ scores of real rows + Σ synthetic noise + ñ [m̂ − ∇B̂_0])/N².

So a corrected generator is one whose mean score is g_1 + δ_1 − δ_0 and fluctuates with ∇B̂_0 too: its `GeneratorMoments`
are all that the curve in the synthetic size needs. At θ*, with H_a ≈ H and a balanced sample, correction trades
‖δ_1‖² for ‖δ_1 − δ_0‖² + tr(H⁻¹ Var ∇B̂_0), norms by H⁻¹, both times ½(ñ/N)².
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.corrections import BiasCorrection
from synththeory.generators import Generator, GeneratorMoments, Imitation, imitation
from synththeory.generators.moments import MeanScore, Source
from synththeory.losses import Loss
from synththeory.populations import Population, exact_risk


@dataclass(frozen=True, eq=False)
class Transfer:
    """What the transfer of a generator's bias is made of, at θ.

    Attributes
    ----------
    minority, majority : Imitation
        The generator at the minority, and at the majority moved by T and given the minority's label.
    correction : BiasCorrection
        Comparator, transport and blocks.
    counts : (int, int)
        n0 and n1.
    balanced_hessian : Matrix
        H of the balanced risk at θ, (p, p).
    """

    minority: Imitation
    majority: Imitation
    correction: BiasCorrection
    counts: tuple[int, int]
    balanced_hessian: Matrix

    @property
    def delta_0(self) -> Vector:
        """δ_0, (p,): the bias estimated."""
        return self.majority.bias

    @property
    def delta_1(self) -> Vector:
        """δ_1, (p,): the bias there is."""
        return self.minority.bias

    @property
    def error(self) -> Vector:
        """Transfer error δ_1 − δ_0, (p,): the bias that is left."""
        return self.delta_1 - self.delta_0

    @property
    def source(self) -> Source:
        """Whether everything is exact to first order or measured by a pilot."""
        return "pilot" if "pilot" in (self.minority.source, self.majority.source) else "closed form"

    @property
    def estimate_covariance(self) -> Matrix:
        """Var ∇B̂_0, (p, p), to first order."""
        minority, majority = self._lifted
        covariance = self._majority_sum(majority) + self._used_noise
        return np.asarray(covariance + minority @ self.minority.spread.joint @ minority.T / self.counts[1])

    def norm(self, vector: Vector) -> float:
        """‖v‖ in the H⁻¹ norm."""
        return float(np.sqrt(vector @ np.linalg.solve(self.balanced_hessian, vector)))

    @property
    def uncorrected(self) -> float:
        """‖δ_1‖²_{H⁻¹}: what synthetic rows cost by their bias, up to ½(ñ/N)²."""
        return self.norm(self.delta_1) ** 2

    @property
    def corrected(self) -> float:
        """‖δ_1 − δ_0‖²_{H⁻¹} + tr(H⁻¹ Var ∇B̂_0): what is left of it, up to the same factor."""
        spread = np.trace(np.linalg.solve(self.balanced_hessian, self.estimate_covariance))
        return float(self.norm(self.error) ** 2 + spread)

    @property
    def wins(self) -> bool:
        """Whether correction is worth its variance: the rule of `theory.md` §4, Cov(m̂, ∇B̂_0) left out."""
        return self.corrected < self.uncorrected

    @property
    def moments(self) -> GeneratorMoments:
        """The corrected generator's: V_m and C hold ∇B̂_0's fluctuation and its covariance with the real rows."""
        size = self.delta_1.shape[0]
        minority = self.counts[1]
        shift, used = self._lifted
        left = -shift
        left[:, 2 * size : 3 * size] += np.eye(size)
        first = np.eye(size, left.shape[1])
        total = self._majority_sum(used) + self._used_noise
        fluctuation = left @ self.minority.spread.joint @ left.T + minority * total
        coupling = np.eye(size, left.shape[1], size) @ self.minority.spread.joint @ left.T
        for rows, weights in self._groups(used):
            coupling -= rows * first @ self.majority.spread.joint @ weights.T
        mean, covariance = self.mean_score, self.minority.spread.covariance
        return GeneratorMoments(
            mean.gradient, mean.hessian, covariance, np.zeros(size), fluctuation, coupling, self.source
        )

    @property
    def mean_score(self) -> MeanScore:
        """The corrected generator's first moment alone."""
        hessian = self.minority.hessian - (self.majority.hessian - self.majority.own.hessian)
        return MeanScore(self.minority.gradient - self.delta_0, hessian, lambda: self.moments)

    @property
    def _used(self) -> int:
        """Majority rows in blocks."""
        majority, minority = self.counts
        return minority * (self.correction.blocks or majority // minority)

    @property
    def _used_noise(self) -> Matrix:
        return self.majority.spread.covariance / self._used

    @property
    def _lifted(self) -> tuple[Matrix, Matrix]:
        """∇B̂_0's dependence on the minority's mean, and on the majority's, through the transport: (p, 3p + d) each."""
        size, dimension = self.majority.spread.slope.shape
        lifted = np.zeros((size, 3 * size + dimension))
        if self.correction.transport == "mean-shift":
            lifted[:, 3 * size :] = self.majority.spread.slope
        return lifted, -lifted

    def _groups(self, shift: Matrix) -> tuple[tuple[int, Matrix], tuple[int, Matrix]]:
        """Rows in blocks and the others: how many, and one row's part in ∇B̂_0 over the joint vector, (p, 3p + d)."""
        size = self.majority.spread.slope.shape[0]
        majority, minority = self.counts
        used = self._used
        own, made = np.zeros_like(shift), np.zeros_like(shift)
        own[:, size : 2 * size], made[:, 2 * size : 3 * size] = np.eye(size), np.eye(size)
        if self.correction.comparator == "block":
            inside, outside = 1.0 / used, 0.0
        else:
            inside, outside = (1.0 - minority / used) / (majority - minority), 1.0 / (majority - minority)
        mean = shift / majority
        return (used, made / used - inside * own + mean), (majority - used, mean - outside * own)

    def _majority_sum(self, shift: Matrix) -> Matrix:
        return np.asarray(
            sum(rows * weights @ self.majority.spread.joint @ weights.T for rows, weights in self._groups(shift))
        )


def transfer(
    population: Population,
    generator: Generator,
    correction: BiasCorrection,
    loss: Loss,
    counts: tuple[int, int],
    theta: Vector | None = None,
) -> Transfer:
    """Collect what bias transfer is made of.

    Parameters
    ----------
    population, generator, correction, loss
        Who the data come from, what imitates them, how its bias is transferred, and the loss.
    counts : (int, int)
        n0 and n1.
    theta : Vector, optional
        Where, (p,); θ* when not given.
    """
    exact = exact_risk(population, loss)
    place = exact.optimum if theta is None else theta
    zero, one = population.laws
    label = population.strata[1].response
    still = np.zeros(population.dimension)
    move = one.mean - zero.mean if correction.transport == "mean-shift" else still
    strata = (exact.at(stratum, law, place) for stratum, law in zip(population.strata, population.laws, strict=True))
    return Transfer(
        imitation(generator, population, loss, 1, counts[1], place, still, label),
        imitation(generator, population, loss, 0, counts[1], place, move, label),
        correction,
        counts,
        np.asarray(sum(0.5 * moments.hessian for moments in strata)),
    )


@dataclass(frozen=True)
class CorrectedGenerator:
    """A generator with its bias correction, as the expansion sees it: a mean score that is closer and noisier.

    Attributes
    ----------
    generator : Generator
        What imitates.
    correction : BiasCorrection
        How its bias is transferred.
    majority : int
        n0.
    """

    generator: Generator
    correction: BiasCorrection
    majority: int

    def given(self, majority: int) -> CorrectedGenerator:
        """Beside another majority."""
        return CorrectedGenerator(self.generator, self.correction, majority)

    @property
    def alike(self) -> CorrectedGenerator:
        """One for all of the same mean score: comparator and blocks change how it varies alone."""
        return replace(self, correction=BiasCorrection(transport=self.correction.transport))

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments of the corrected synthetic score; the stratum is the minority."""
        return transfer(population, self.generator, self.correction, loss, (self.majority, count), theta).moments

    def mean_score(self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector) -> MeanScore:
        """The first moment of the corrected synthetic score; the stratum is the minority."""
        return transfer(population, self.generator, self.correction, loss, (self.majority, count), theta).mean_score
