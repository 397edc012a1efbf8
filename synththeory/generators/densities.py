"""Generators that estimate the minority's density: a fitted Gaussian mixture and a kernel density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array
from synththeory.components import NonNegative
from synththeory.errors import DesignError
from synththeory.generators.base import Generator
from synththeory.generators.imitator import Imitator
from synththeory.generators.resampled import picked
from synththeory.kernels.draw import mixture_rows
from synththeory.kernels.mixture import fit_mixtures
from synththeory.sample import Block
from synththeory.streams import Streams

_TOLERANCE = 1e-3  # of the mean log-likelihood, as in scikit-learn
_STEPS = 100


class GaussianMixtureFit(Generator):
    """Rows of a Gaussian mixture fitted to the minority by expectation–maximisation, full covariances.

    It starts from the rows nearest to centres chosen as k-means++ does; a fit that is not finished after 100 steps is
    still a generator.

    Attributes
    ----------
    components : int
        Number of components, ≥ 1 and fewer than the minority rows.
    jitter : float
        Added to the diagonal of every covariance, ≥ 0.
    """

    kind: Literal["gaussian-mixture-fit"] = "gaussian-mixture-fit"
    smallest_minority: ClassVar[int] = 2
    components: Annotated[int, Field(ge=1)] = 2
    jitter: NonNegative = 1e-6

    def check(self, minority: int, dimension: int) -> None:
        """Every component needs rows."""
        super().check(minority, dimension)
        if self.components >= minority:
            raise DesignError(
                f"gaussian-mixture-fit: components must be fewer than the minority rows, got components = "
                f"{self.components} with minority = {minority}"
            )

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> MixtureRows:
        """Weights, means and Cholesky factors by expectation–maximisation."""
        count, _, dimension = seeds.rows.shape
        weights, means = np.empty((count, self.components)), np.empty((count, self.components, dimension))
        factors = np.empty((count, self.components, dimension, dimension))
        picks = streams.uniforms("em", self.components)
        fit_mixtures(seeds.rows, picks, self.jitter, _TOLERANCE, _STEPS, weights, means, factors)
        return MixtureRows(streams, np.cumsum(weights, axis=1), means, factors)


@dataclass(frozen=True, eq=False)
class MixtureRows(Imitator):
    """Rows of a Gaussian mixture, one a replication.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    edges : Array
        Cumulated weights of the K components, (B, K).
    means, factors : Array
        (B, K, d) and (B, K, d, d).
    """

    streams: Streams
    edges: Array
    means: Array
    factors: Array

    def rows(self, size: int) -> Array:
        """A component by a uniform, then its mean plus its Cholesky factor times normal noise."""
        noise = self.streams.normals("rows", size, self.means.shape[2])
        choice = self.streams.uniforms("component", size)
        for place, edges in enumerate(self.edges):
            one = slice(place, place + 1)
            mixture_rows(noise[one], choice[one], edges, self.means[place], self.factors[place])
        return noise


class KernelDensity(Generator):
    """Seeds with replacement plus isotropic Gaussian noise of Scott's bandwidth h = σ̂ n1^{−1/(d + 4)}.

    σ̂² is the mean of the minority's coordinate variances (divisor n1 − 1).
    """

    kind: Literal["kde"] = "kde"
    smallest_minority: ClassVar[int] = 2

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> SmoothedSeeds:
        """The bandwidth."""
        count, dimension = seeds.rows.shape[1:]
        deviation = np.sqrt(seeds.rows.var(axis=1, ddof=1).mean(axis=1))
        return SmoothedSeeds(streams, seeds, deviation * count ** (-1.0 / (dimension + 4)))


@dataclass(frozen=True, eq=False)
class SmoothedSeeds(Imitator):
    """Seeds with replacement plus isotropic Gaussian noise.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    seeds : Block
        (B, n1, d).
    bandwidth : Array
        h, (B,).
    """

    streams: Streams
    seeds: Block
    bandwidth: Array

    def rows(self, size: int) -> Array:
        """x_i + hε."""
        rows = picked(self.streams, self.seeds, size)
        rows += self.bandwidth[:, None, None] * self.streams.normals("noise", *rows.shape[1:])
        return rows
