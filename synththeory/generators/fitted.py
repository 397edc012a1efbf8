"""Generators that fit a law to the minority rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Integers, Matrix, Vector
from synththeory.components import NonNegative, Positive
from synththeory.errors import DesignError
from synththeory.generators.base import Generator
from synththeory.generators.closed_forms import shrunk_gaussian
from synththeory.generators.imitation import own_imitation
from synththeory.generators.imitator import Imitator
from synththeory.generators.moments import GeneratorMoments
from synththeory.generators.response import Response
from synththeory.kernels.draw import affine_rows
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import Population
from synththeory.populations.laws.location import affine_sums
from synththeory.sample import Block
from synththeory.streams import Streams


def shrink(covariance: Matrix, shrinkage: float, jitter: float) -> Matrix:
    """(1 − ρ)S + ρ (tr S/d) I + jitter I for covariances (..., d, d)."""
    dimension = covariance.shape[-1]
    level = shrinkage * np.trace(covariance, axis1=-2, axis2=-1) / dimension + jitter
    return np.asarray((1.0 - shrinkage) * covariance + level[..., None, None] * np.eye(dimension))


@dataclass(frozen=True, eq=False)
class NormalRows(Imitator):
    """m + Lε, one law a replication.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    mean : Array
        m, (B, d).
    factor : Array
        L, lower triangular, (B, d, d).
    """

    streams: Streams
    mean: Array
    factor: Array

    def rows(self, size: int) -> Array:
        """m + Lε."""
        noise = self.streams.normals("rows", size, self.mean.shape[1])
        affine_rows(noise, self.mean, self.factor, noise)
        return noise

    def sums(self, sizes: Integers) -> Array:
        """From the sums of the noise."""
        return affine_sums("gaussian", self.streams, "rows", self.mean, self.factor, sizes)


@dataclass(frozen=True, eq=False)
class IndependentNormalRows(Imitator):
    """m + σ ∘ ε, one law a replication.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    mean, deviation : Array
        m and σ, (B, d).
    """

    streams: Streams
    mean: Array
    deviation: Array

    def rows(self, size: int) -> Array:
        """m + σ ∘ ε."""
        noise = self.streams.normals("rows", size, self.mean.shape[1])
        noise *= self.deviation[:, None]
        noise += self.mean[:, None]
        return noise

    def sums(self, sizes: Integers) -> Array | None:
        """From the sums of the noise, where those are drawn themselves; else the learner adds the rows up."""
        if not self.streams.summed:
            return None
        factor = self.deviation[:, :, None] * np.eye(self.mean.shape[1])
        return affine_sums("gaussian", self.streams, "rows", self.mean, factor, sizes)


class GaussianFit(Generator):
    """N(μ̂_1, Ŝ): the minority's sample mean and (shrunk) sample covariance, divisor n1 − 1.

    Attributes
    ----------
    shrinkage : float
        ρ in [0, 1]: the covariance is moved towards its mean variance.
    jitter : float
        Added to the diagonal, ≥ 0.
    """

    kind: Literal["gaussian-fit"] = "gaussian-fit"
    smallest_minority: ClassVar[int] = 2
    sums_suffice: ClassVar[bool] = True
    shrinkage: Annotated[float, Field(ge=0.0, le=1.0)] = 0.1
    jitter: NonNegative = 1e-6

    def check(self, minority: int, dimension: int) -> None:
        """Without shrinkage or jitter the sample covariance must have full rank."""
        super().check(minority, dimension)
        if minority <= dimension and self.shrinkage == 0.0 and self.jitter == 0.0:
            raise DesignError(
                f"gaussian-fit: the covariance of {minority} rows in {dimension} dimensions is singular; "
                "give shrinkage or jitter a positive value"
            )

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> NormalRows:
        """Sample means and Cholesky factors of the shrunk covariances."""
        covariance = seeds.scatter / (seeds.shape[1] - 1)
        factor = np.linalg.cholesky(shrink(covariance, self.shrinkage, self.jitter))
        return NormalRows(streams, seeds.mean, np.asarray(factor, dtype=np.float64))

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """Closed form for squared loss and a location law [D]."""
        if isinstance(loss, SquaredLoss) and len(population.laws[stratum].components) == 1:
            return shrunk_gaussian(population, loss, stratum, count, self.shrinkage, self.jitter, theta)
        return None

    @property
    def response(self) -> Response:
        """The shrunk covariance, divisor n − 1."""
        return Response(keep=1.0 - self.shrinkage, level=self.shrinkage, noise=self.jitter, unbiased=True)


class DiagonalGaussianFit(Generator):
    """Independent normal coordinates with the minority's means and ``scale`` times its standard deviations.

    Attributes
    ----------
    scale : float
        Below one the rows contract, as SMOTE's do; > 0.
    """

    kind: Literal["diagonal-gaussian-fit"] = "diagonal-gaussian-fit"
    smallest_minority: ClassVar[int] = 2
    sums_suffice: ClassVar[bool] = True
    scale: Positive = 1.0

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> IndependentNormalRows:
        """Sample means and standard deviations, divisor n1 − 1."""
        return IndependentNormalRows(streams, seeds.mean, self.scale * seeds.deviation)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """Closed form for squared loss and Gaussian rows [D]."""
        return own_imitation(self, population, loss, stratum, count, theta)

    @property
    def response(self) -> Response:
        """The diagonal of the covariance, divisor n − 1, times scale²."""
        return Response(diagonal=self.scale**2, unbiased=True)
