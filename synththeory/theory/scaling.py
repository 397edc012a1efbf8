"""The scaling law of oversampling and augmentation with groups (`theory.md` §6 [R], after NXLZ).

Every group is first filled up with m_g synthetic rows to the size of the largest, then N more are drawn in each, and

    R̂ = (1 − α) R̂_ovs + α R̂_aug,   w_g = (1/|G|) [(1 − α) m_g/(n_g + m_g) + α],   v(α) = (1 − α)²/(n + m) + α²/(N|G|),
    E[excess] ≈ ½ bᵀH⁻¹b + ½ tr(H⁻¹Σ) v(α),   b = Σ_g w_g ∇(R̃^(g) − R^(g))(θ*).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, sqrt

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.generators import Generator, moments_of
from synththeory.losses import Loss
from synththeory.populations import Population, exact_risk


@dataclass(frozen=True)
class OptimalRows:
    """The best number of synthetic rows a group at a price a row.

    Attributes
    ----------
    rows : float
        N ≥ 0; infinite where rows are free and no bias forbids them.
    weight : float
        The best α at this N.
    excess, cost : float
        Predicted excess risk there, and what the N|G| rows cost.
    """

    rows: float
    weight: float
    excess: float
    cost: float


@dataclass(frozen=True, eq=False)
class ScalingLaw:
    """The law's ingredients, and the law at any mixing weight α and number N of rows a group [R].

    Exact to first order for a generator whose law does not depend on the data; of any other it sees the mean error.

    Attributes
    ----------
    hessian, covariance : Matrix
        H and Σ, means over the groups at θ*, (p, p).
    gaps : Matrix
        ∇(R̃^(g) − R^(g))(θ*), (|G|, p).
    counts : tuple of int
        Real rows n_g of each group.
    """

    hessian: Matrix
    covariance: Matrix
    gaps: Matrix
    counts: tuple[int, ...]

    @property
    def equalised(self) -> int:
        """n + m, the rows once every group is as large as the largest."""
        return len(self.counts) * max(self.counts)

    @cached_property
    def noise(self) -> float:
        """tr(H⁻¹Σ)."""
        return float(np.trace(np.linalg.solve(self.hessian, self.covariance)))

    def synthetic_weights(self, weight: float) -> Vector:
        """w_g at α = ``weight``, (|G|,)."""
        filled = 1.0 - np.array(self.counts) / max(self.counts)
        return np.asarray(((1.0 - weight) * filled + weight) / len(self.counts))

    def gradient(self, weight: float) -> Vector:
        """b at α = ``weight``, (p,)."""
        return np.asarray(self.synthetic_weights(weight) @ self.gaps)

    def variance_factor(self, weight: float, rows: float) -> float:
        """v(α) at N = ``rows``; without rows α must be 0."""
        own = (1.0 - weight) ** 2 / self.equalised
        return own if weight == 0.0 else own + (weight**2 / (rows * len(self.counts)) if rows > 0.0 else inf)

    def pooled(self, rows: float) -> float:
        """α = N|G|/(n + m + N|G|), which weighs all rows alike and minimises v."""
        added = rows * len(self.counts)
        return added / (self.equalised + added)

    def bias(self, weight: float) -> float:
        """½ bᵀH⁻¹b at α = ``weight``; at 1 it is the floor that no N removes."""
        return 0.5 * self._product(self.gradient(weight), self.gradient(weight))

    def variance(self, weight: float, rows: float) -> float:
        """½ tr(H⁻¹Σ) v(α)."""
        return 0.5 * self.noise * self.variance_factor(weight, rows)

    def excess(self, weight: float, rows: float) -> float:
        """Predicted excess balanced risk."""
        return self.bias(weight) + self.variance(weight, rows)

    def optimal_weight(self, rows: float) -> float:
        """The α in [0, 1] that minimises the excess at N = ``rows``: a quadratic in α.

        With b_0, b_1 the gradients at α = 0 and 1 and products in H⁻¹: α = (P − X)/(P + Q − 2X), clipped,
        P = ⟨b_0, b_0⟩ + tr(H⁻¹Σ)/(n + m), Q = ⟨b_1, b_1⟩ + tr(H⁻¹Σ)/(N|G|), X = ⟨b_0, b_1⟩. [D]
        """
        if rows <= 0.0:
            return 0.0
        start, end, cross = self._products
        end += self.noise / (rows * len(self.counts))
        return float(np.clip((start - cross) / (start + end - 2.0 * cross), 0.0, 1.0))

    def optimal_rows(self, price: float) -> OptimalRows:
        """The N and α that minimise excess + price · N|G|.

        The problem is convex in (α, N). With D = P + ⟨b_1, b_1⟩ − 2X and r = √(2 · price · tr(H⁻¹Σ))/(P − X), the
        inner minimum is at tr(H⁻¹Σ)/(N|G|) = rD/(1 − r) for r < 1 and at N = 0 otherwise; where α reaches 1 it is at
        tr(H⁻¹Σ)/(N|G|) = √(2 · price · tr(H⁻¹Σ)). [D]

        Parameters
        ----------
        price : float
            Excess risk that one synthetic row must save, ≥ 0.

        Raises
        ------
        ValueError
            If the price is negative.
        """
        if price < 0.0:
            raise ValueError(f"the price of a row must be ≥ 0, got {price:g}")
        start, end, cross = self._products
        root, groups = sqrt(2.0 * price * self.noise), len(self.counts)
        if start - cross <= root:
            return OptimalRows(0.0, 0.0, self.excess(0.0, 0.0), 0.0)
        distance = start + end - 2.0 * cross
        share = root / (start - cross)
        level = share * distance / (1.0 - share)
        if cross > end + level:
            level = root
        rows = self.noise / (level * groups) if level > 0.0 else inf
        weight = self.optimal_weight(rows)
        return OptimalRows(rows, weight, self.excess(weight, rows), price * rows * groups if price > 0.0 else 0.0)

    @cached_property
    def _products(self) -> tuple[float, float, float]:
        """P, ⟨b_1, b_1⟩ and X."""
        first, last = self.gradient(0.0), self.gradient(1.0)
        start = self._product(first, first) + self.noise / self.equalised
        return start, self._product(last, last), self._product(first, last)

    def _product(self, one: Vector, other: Vector) -> float:
        return float(one @ np.linalg.solve(self.hessian, other))


def scaling_law(population: Population, generator: Generator, loss: Loss, counts: Sequence[int]) -> ScalingLaw:
    """Collect the law's ingredients at θ*.

    Parameters
    ----------
    population, generator, loss
        Who the data come from, what imitates each group, and the loss.
    counts : sequence of int
        Real rows n_g of each group, (|G|,).

    Raises
    ------
    ValueError
        If the counts are not one for each group.

    Examples
    --------
    >>> from synththeory import load_design
    >>> cell = load_design("scaling_parametric").cells[0]
    >>> generator = cell.arms[0].use.generator
    >>> law = scaling_law(cell.population, generator, cell.learner.loss, cell.counts)
    >>> round(law.optimal_weight(1000), 6)  # a right generator's rows count like real ones: 2000 of 2400
    0.833333
    """
    own = exact_risk(population, loss).moments
    if len(own) != len(counts):
        raise ValueError(f"{population.kind} has {len(own)} groups, got counts {tuple(counts)}")
    synthetic = [moments_of(generator, population, loss, group, count) for group, count in enumerate(counts)]
    gaps = [made.gradient + made.shift - real.gradient for made, real in zip(synthetic, own, strict=True)]
    return ScalingLaw(
        np.mean([part.hessian for part in own], axis=0),
        np.mean([part.covariance for part in own], axis=0),
        np.array(gaps),
        tuple(counts),
    )
