"""Generators that borrow the majority's shape and put it at the minority's mean (`theory.md` §7 [D])."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.generators.base import Generator
from synththeory.generators.beside import Beside
from synththeory.generators.borrowed_moments import Shape, borrowed_moments
from synththeory.generators.fitted import NormalRows
from synththeory.generators.imitator import Imitator
from synththeory.generators.moments import GeneratorMoments, MeanScore
from synththeory.losses import Loss
from synththeory.populations import Population
from synththeory.sample import Block
from synththeory.streams import Streams


class Borrowing(Generator):
    """What generators that need the other class's rows share."""

    needs_others: ClassVar[bool] = True
    shape: ClassVar[Shape]

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """Between two Gaussian classes, in the limit of many majority rows, n0/n1 → ∞ (see `given`)."""
        return self._moments(population, loss, stratum, (None, count), theta)

    def given(self, majority: int) -> BesideMajority:
        """With the fluctuation of the majority's own mean and shape, and its covariance with the majority's scores."""
        return BesideMajority(self, majority)

    def _moments(
        self,
        population: Population,
        loss: Loss,
        stratum: int,
        counts: tuple[int | None, int],
        theta: Vector | None,
    ) -> GeneratorMoments | None:
        laws = [population.laws[1 - stratum], population.laws[stratum]]
        if all(len(law.components) == 1 and law.components[0][1].noise == "gaussian" for law in laws):
            return borrowed_moments(self.shape, population, loss, stratum, counts, theta)
        return None


@dataclass(frozen=True)
class BesideMajority:
    """A borrowing generator beside a finite majority, as the expansion sees it; exact to first order for ñ ≤ n0.

    Attributes
    ----------
    generator : Borrowing
        What borrows.
    majority : int
        n0.
    """

    generator: Borrowing
    majority: int

    def given(self, majority: int) -> BesideMajority:
        """Beside another majority."""
        return BesideMajority(self.generator, majority)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """Moments that hold V(ñ)'s further terms in V_m and C; a pilot's where the classes are not Gaussian."""
        known = self.generator._moments(population, loss, stratum, (self.majority, count), theta)
        if known is not None:
            return known
        return self._piloted.mismatch(population, loss, stratum, count, theta)

    def mean_score(self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector) -> MeanScore:
        """The first moment of what `mismatch` says at θ."""
        known = self.generator._moments(population, loss, stratum, (self.majority, count), theta)
        if known is not None:
            return known.mean_score
        return self._piloted.mean_score(population, loss, stratum, count, theta)

    @property
    def _piloted(self) -> Beside:
        return Beside(self.generator, self.majority)


class MovedMajority(Borrowing):
    """x̃ = x⁰ − μ̂_0 + μ̂_1 for majority rows x⁰ in random order: no density, no fit; only the mean is estimated.

    Beyond n0 rows the same order is gone through again.
    """

    kind: Literal["moved-majority"] = "moved-majority"
    shape: ClassVar[Shape] = "moved"

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """Both means."""
        return _transplant(streams, seeds, others, np.ones((streams.count, 1, 1)))


class ScaledMajority(Borrowing):
    """x̃ = μ̂_1 + ŝ(x⁰ − μ̂_0), ŝ² = tr Ŝ_1/tr Ŝ_0: the majority's shape with one estimated scale."""

    kind: Literal["scaled-majority"] = "scaled-majority"
    smallest_minority: ClassVar[int] = 2
    shape: ClassVar[Shape] = "scaled"

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """Both means, and the minority's spread over the majority's."""
        assert others is not None
        own, lent = (block.rows.var(axis=1, ddof=1).sum(axis=1) for block in (seeds, others))
        scale = np.sqrt(own / np.where(lent > 0.0, lent, 1.0))
        return _transplant(streams, seeds, others, scale[:, None, None])


class PooledGaussian(Borrowing):
    """N(μ̂_1, Ŝ) with the covariance pooled over both classes, divisor n0 + n1 − 2: what LDA assumes, as rows."""

    kind: Literal["pooled-gaussian"] = "pooled-gaussian"
    sums_suffice: ClassVar[bool] = True
    shape: ClassVar[Shape] = "pooled"

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """The minority's mean and the pooled covariance, a billionth of its mean variance added to the diagonal."""
        assert others is not None
        dimension = seeds.shape[2]
        total: Array = np.sum([seeds.scatter, others.scatter], axis=0)
        covariance = total / max(seeds.shape[1] + others.shape[1] - 2, 1)
        level = 1e-9 * np.trace(covariance, axis1=1, axis2=2) / dimension
        factor = np.linalg.cholesky(covariance + (level[:, None, None] + 1e-300) * np.eye(dimension))
        return NormalRows(streams, seeds.mean, np.asarray(factor))


@dataclass(frozen=True, eq=False)
class TransplantedRows(Imitator):
    """centre + scale (x⁰ − mean of x⁰) for given rows x⁰ in a given order.

    Attributes
    ----------
    lent : Array
        x⁰, (B, n0, d).
    order : Integers
        (B, n0).
    centre : Array
        (B, 1, d).
    scale : Array
        (B, 1, 1).
    """

    lent: Array
    order: Integers
    centre: Array
    scale: Array

    def rows(self, size: int) -> Array:
        """The first rows in the order, which is gone through again where they are too few."""
        chosen = self.order[:, np.arange(size) % self.order.shape[1]]
        rows = np.ascontiguousarray(self.lent[np.arange(len(self.lent))[:, None], chosen])
        rows -= self.lent.mean(axis=1, keepdims=True)
        rows *= self.scale
        rows += self.centre
        return rows


def _transplant(streams: Streams, seeds: Block, others: Block | None, scale: Array) -> TransplantedRows:
    assert others is not None
    order = np.argsort(streams.uniforms("order", others.rows.shape[1]), axis=1)
    return TransplantedRows(others.rows, order, seeds.rows.mean(axis=1, keepdims=True), scale)


def pooled_covariance(*classes: Array) -> Array:
    """Covariance within classes, (B, d, d), divisor Σ(n_c − 1), for rows (B, n_c, d) of each."""
    centred = [rows - rows.mean(axis=1, keepdims=True) for rows in classes]
    total: Array = np.sum([np.swapaxes(rows, 1, 2) @ rows for rows in centred], axis=0)
    return np.asarray(total / max(sum(rows.shape[1] - 1 for rows in classes), 1))
