"""Generators that know something of the truth: the theory's reference points."""

from __future__ import annotations

from math import log, sqrt
from typing import ClassVar, Literal

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import Floats
from synththeory.errors import DesignError
from synththeory.generators.base import Generator, known_law
from synththeory.generators.closed_forms import fixed_law, smooth_location
from synththeory.generators.moments import GeneratorMoments
from synththeory.generators.response import Response
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import LocationLaw, Population
from synththeory.populations.laws.location import affine_sums
from synththeory.sample import Block
from synththeory.streams import Streams


class Oracle(Generator):
    """Fresh rows of the stratum's true law: the ideal generator, g_ψ = 0 [P]."""

    kind: Literal["oracle"] = "oracle"
    sums_suffice: ClassVar[bool] = True

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Independent rows of the true law."""
        return known_law(seeds, self.kind).draw(streams, "rows", size)

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array | None:
        """From the sums of the noise of a location law."""
        law = known_law(seeds, self.kind)
        return law.sums(streams, "rows", sizes) if isinstance(law, LocationLaw) else None

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """The stratum's own moments."""
        return fixed_law(population, loss, stratum, population.laws[stratum], theta)

    @property
    def response(self) -> Response:
        """The true mean and covariance."""
        return Response(fresh=1.0, follows=False, unbiased=True)


class SemiOracle(Generator):
    """The minority's sample mean plus the oracle's noise: μ̂_1 + ξ; the two differ by the estimated mean alone."""

    kind: Literal["semi-oracle"] = "semi-oracle"
    stream: ClassVar[str | None] = "oracle"
    sums_suffice: ClassVar[bool] = True

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """μ̂_1 + ξ."""
        noise = known_law(seeds, self.kind).centred().draw(streams, "rows", size)
        noise += seeds.mean[:, None]
        return noise

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array | None:
        """From the sums of the oracle's noise."""
        law = known_law(seeds, self.kind)
        if not isinstance(law, LocationLaw) or law.factor is not None:
            return None
        return affine_sums(law.noise, streams, "rows", seeds.mean, None, sizes)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """Influence function φ(x) = J(x − μ_1) and mean shift 2Σθ*/n1 for squared loss [D]."""
        law = population.laws[stratum]
        if isinstance(loss, SquaredLoss) and len(law.components) == 1:
            return smooth_location(population, loss, stratum, count, theta)
        return None

    @property
    def response(self) -> Response:
        """The seeds' mean, the true covariance."""
        return Response(fresh=1.0, unbiased=True)


class Gaussian(Generator):
    """N(mean, I), whatever the data: a generator with a fixed, biased law [P].

    Attributes
    ----------
    mean : tuple of float
        (d,).
    """

    kind: Literal["gaussian"] = "gaussian"
    sums_suffice: ClassVar[bool] = True
    mean: Floats

    def check(self, minority: int, dimension: int) -> None:
        """The mean must have the population's dimension."""
        super().check(minority, dimension)
        if len(self.mean) != dimension:
            raise DesignError(
                f"gaussian: the mean has {len(self.mean)} coordinates where the population has {dimension}"
            )

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Independent rows of N(mean, I)."""
        return LocationLaw(np.array(self.mean)).draw(streams, "rows", size)

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array:
        """From the sums of the noise."""
        return LocationLaw(np.array(self.mean)).sums(streams, "rows", sizes)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments under N(mean, I)."""
        return fixed_law(population, loss, stratum, self.fixed_law(population, stratum, count), theta)

    def fixed_law(self, population: Population, stratum: int, count: int) -> LocationLaw:
        """N(mean, I)."""
        return LocationLaw(np.array(self.mean))


class ConsistentGaussian(Generator):
    """N((1 − 1/√log n1)μ_1, I): a slowly consistent, aligned generator (experiment F2 [P])."""

    kind: Literal["consistent-gaussian"] = "consistent-gaussian"
    sums_suffice: ClassVar[bool] = True
    smallest_minority: ClassVar[int] = 2

    @staticmethod
    def _factor(count: int) -> float:
        return 1.0 - 1.0 / sqrt(log(count))

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Independent rows of N((1 − 1/√log n1)μ_1, I)."""
        return self._law(seeds).draw(streams, "rows", size)

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array:
        """From the sums of the noise."""
        return self._law(seeds).sums(streams, "rows", sizes)

    def _law(self, seeds: Block) -> LocationLaw:
        return LocationLaw(self._factor(seeds.shape[1]) * known_law(seeds, self.kind).mean)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments under the law for n1 = count."""
        return fixed_law(population, loss, stratum, self.fixed_law(population, stratum, count), theta)

    def fixed_law(self, population: Population, stratum: int, count: int) -> LocationLaw:
        """The law for n1 = count."""
        return LocationLaw(self._factor(count) * population.laws[stratum].mean)
