"""Generators that fit a law to the minority rows."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Integers, Matrix, Vector
from synththeory.components import NonNegative, Positive
from synththeory.errors import DesignError
from synththeory.generators.base import Generator, GeneratorMoments
from synththeory.generators.closed_forms import shrunk_gaussian
from synththeory.generators.imitation import own_imitation
from synththeory.generators.pilot import pilot_moments
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

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """μ̂_1 + Lε with LLᵀ the shrunk covariance."""
        noise = streams.normals("rows", size, seeds.rows.shape[2])
        affine_rows(noise, *self._fitted(seeds), noise)
        return noise

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array:
        """From the sums of the noise."""
        return affine_sums("gaussian", streams, "rows", *self._fitted(seeds), sizes)

    def _fitted(self, seeds: Block) -> tuple[Array, Array]:
        """Means (B, d) and lower factors (B, d, d) of the shrunk covariances."""
        mean = seeds.rows.mean(axis=1)
        centred = seeds.rows - mean[:, None, :]
        covariance = centred.transpose(0, 2, 1) @ centred / (seeds.rows.shape[1] - 1)
        factor = np.linalg.cholesky(shrink(covariance, self.shrinkage, self.jitter))
        return mean, np.asarray(factor, dtype=np.float64)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Closed form for squared loss and a location law [D]; a pilot otherwise."""
        if isinstance(loss, SquaredLoss) and len(population.laws[stratum].components) == 1:
            return shrunk_gaussian(population, loss, stratum, count, self.shrinkage, self.jitter, theta)
        return pilot_moments(self, population, loss, stratum, count, theta)

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
    scale: Positive = 1.0

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """μ̂_1 + scale · σ̂ ∘ ε, σ̂ with divisor n1 − 1."""
        noise = streams.normals("rows", size, seeds.rows.shape[2])
        noise *= self.scale * seeds.rows.std(axis=1, ddof=1)[:, None]
        noise += seeds.rows.mean(axis=1)[:, None]
        return noise

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Closed form for squared loss and Gaussian rows [D]; a pilot otherwise."""
        return own_imitation(self, population, loss, stratum, count, theta)

    @property
    def response(self) -> Response:
        """The diagonal of the covariance, divisor n − 1, times scale²."""
        return Response(diagonal=self.scale**2, unbiased=True)
