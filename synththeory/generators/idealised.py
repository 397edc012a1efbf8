"""Generators that know something of the truth: the theory's reference points."""

from __future__ import annotations

from math import log, sqrt
from typing import ClassVar, Literal

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.components import Floats
from synththeory.errors import DesignError
from synththeory.generators.base import Generator, GeneratorMoments, known_law
from synththeory.generators.closed_forms import fixed_law, smooth_location
from synththeory.generators.pilot import pilot_moments
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import LocationLaw, Population
from synththeory.sample import Block
from synththeory.streams import Streams


class Oracle(Generator):
    """Fresh rows of the stratum's true law: the ideal generator, g_ψ = 0 [P]."""

    kind: Literal["oracle"] = "oracle"

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Independent rows of the true law."""
        return known_law(seeds, self.kind).draw(streams, "rows", size)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """The stratum's own moments."""
        return fixed_law(population, loss, stratum, population.laws[stratum], theta)


class SemiOracle(Generator):
    """The minority's sample mean plus fresh noise of the true law: μ̂_1 + ξ."""

    kind: Literal["semi-oracle"] = "semi-oracle"

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """μ̂_1 + ξ."""
        noise = known_law(seeds, self.kind).centred().draw(streams, "rows", size)
        noise += seeds.rows.mean(axis=1, keepdims=True)
        return noise

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Influence function φ(x) = J(x − μ_1) and mean shift 2Σθ*/n1 for squared loss [D]; a pilot otherwise."""
        law = population.laws[stratum]
        if isinstance(loss, SquaredLoss) and len(law.components) == 1:
            return smooth_location(population, loss, stratum, count, theta)
        return pilot_moments(self, population, loss, stratum, count, theta)


class Gaussian(Generator):
    """N(mean, I), whatever the data: a generator with a fixed, biased law [P].

    Attributes
    ----------
    mean : tuple of float
        (d,).
    """

    kind: Literal["gaussian"] = "gaussian"
    mean: Floats

    def check(self, minority: int, dimension: int) -> None:
        """The mean must have the population's dimension."""
        super().check(minority, dimension)
        if len(self.mean) != dimension:
            raise DesignError(f"gaussian: the mean has {len(self.mean)} coordinates, the population {dimension}")

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Independent rows of N(mean, I)."""
        return LocationLaw(np.array(self.mean)).draw(streams, "rows", size)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments under N(mean, I)."""
        return fixed_law(population, loss, stratum, LocationLaw(np.array(self.mean)), theta)


class ConsistentGaussian(Generator):
    """N((1 − 1/√log n1)μ_1, I): a slowly consistent, aligned generator (experiment F2 [P])."""

    kind: Literal["consistent-gaussian"] = "consistent-gaussian"
    smallest_minority: ClassVar[int] = 2

    @staticmethod
    def _factor(count: int) -> float:
        return 1.0 - 1.0 / sqrt(log(count))

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Independent rows of N((1 − 1/√log n1)μ_1, I)."""
        mean = self._factor(seeds.rows.shape[1]) * known_law(seeds, self.kind).mean
        return LocationLaw(mean).draw(streams, "rows", size)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments under the law for n1 = count."""
        law = LocationLaw(self._factor(count) * population.laws[stratum].mean)
        return fixed_law(population, loss, stratum, law, theta)
