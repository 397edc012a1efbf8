"""Generators that rearrange the minority rows: bootstrap, jitter, SMOTE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import NonNegative
from synththeory.generators.base import Generator
from synththeory.generators.closed_forms import jittered, resampled
from synththeory.generators.given import enough_seeds
from synththeory.generators.imitation import own_imitation
from synththeory.generators.imitator import Imitator
from synththeory.generators.moments import GeneratorMoments
from synththeory.generators.response import OWN, Response
from synththeory.kernels.draw import interpolate_rows, pick_rows
from synththeory.kernels.neighbours import nearest_neighbours
from synththeory.kernels.sums import segment_sums
from synththeory.losses import Loss, SquaredLoss
from synththeory.populations import Population
from synththeory.sample import Block
from synththeory.streams import Streams


def picked(streams: Streams, seeds: Block, size: int) -> Array:
    """Seeds with replacement, (B, size, d)."""
    out = np.empty((streams.count, size, seeds.rows.shape[2]))
    pick_rows(seeds.rows, streams.uniforms("seeds", size), out)
    return out


def single_parents(streams: Streams, seeds: Block, size: int) -> Integers:
    """The seeds that `picked` takes, each twice, (B, size, 2)."""
    places = (streams.uniforms("seeds", size) * seeds.rows.shape[1]).astype(np.int64)
    return np.stack([places, places], axis=2)


class Bootstrap(Generator):
    """Minority rows drawn with replacement."""

    kind: Literal["bootstrap"] = "bootstrap"

    def parents(self, streams: Streams, seeds: Block, size: int) -> Integers:
        """The seed."""
        return single_parents(streams, seeds, size)

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Seeds with replacement."""
        return picked(streams, seeds, size)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """m̂ is the minority's own mean score: φ = score − g_1, so V_m = C = Σ_1 and no shift, for every loss [D]."""
        return resampled(population, loss, stratum, theta)

    @property
    def response(self) -> Response:
        """The seeds' own mean and covariance."""
        return OWN


class Offset(Generator):
    """Minority rows drawn with replacement and moved by a constant: the right shape at a wrong place.

    Attributes
    ----------
    offset : float
        Added to every coordinate.
    """

    kind: Literal["offset"] = "offset"
    offset: float

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Seeds with replacement, moved."""
        return picked(streams, seeds, size) + self.offset

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """Closed form for squared loss and Gaussian rows [D]."""
        return own_imitation(self, population, loss, stratum, count, theta)

    @property
    def response(self) -> Response:
        """The seeds' mean and covariance, the mean moved."""
        return Response(offset=self.offset, keep=1.0)


class Jitter(Generator):
    """Minority rows drawn with replacement plus N(0, scale² I).

    Attributes
    ----------
    scale : float
        Standard deviation of the noise, ≥ 0.
    """

    kind: Literal["jitter"] = "jitter"
    scale: NonNegative

    def parents(self, streams: Streams, seeds: Block, size: int) -> Integers:
        """The seed that was moved."""
        return single_parents(streams, seeds, size)

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Seeds with replacement plus noise."""
        rows = picked(streams, seeds, size)
        rows += self.scale * streams.normals("noise", *rows.shape[1:])
        return rows

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments | None:
        """Closed form for squared loss and a location law [D]."""
        if isinstance(loss, SquaredLoss) and len(population.laws[stratum].components) == 1:
            return jittered(population, loss, stratum, self.scale, theta)
        return None

    @property
    def response(self) -> Response:
        """The seeds' mean and covariance plus scale² I."""
        return Response(keep=1.0, noise=self.scale**2)


class Smote(Generator):
    """SMOTE (Chawla et al. 2002): a random point on the segment from a seed to one of its nearest neighbours.

    Attributes
    ----------
    neighbors : int
        k ≥ 1 nearest minority neighbours, fewer than the minority rows.
    """

    kind: Literal["smote"] = "smote"
    smallest_minority: ClassVar[int] = 2
    neighbors: Annotated[int, Field(ge=1)] = 5

    def check(self, minority: int, dimension: int) -> None:
        """A seed needs k other minority rows."""
        super().check(minority, dimension)
        enough_seeds(self.kind, self.neighbors, minority)

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> Segments:
        """The neighbours of every seed."""
        return Segments(streams, seeds.rows, self._near(seeds))

    def parents(self, streams: Streams, seeds: Block, size: int) -> Integers:
        """Both ends of the segment."""
        uniforms, near = streams.uniforms("segments", size, 3), self._near(seeds)
        one = (uniforms[:, :, 0] * seeds.rows.shape[1]).astype(np.int64)
        other = (uniforms[:, :, 1] * self.neighbors).astype(np.int64)
        return np.stack([one, near[np.arange(len(near))[:, None], one, other]], axis=2)

    def _near(self, seeds: Block) -> Integers:
        near = np.empty((*seeds.rows.shape[:2], self.neighbors), dtype=np.int64)
        nearest_neighbours(seeds.rows, near)
        return near


@dataclass(frozen=True, eq=False)
class Segments(Imitator):
    """Random points on segments from seeds to their neighbours.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    seeds : Array
        (B, n1, d).
    near : Integers
        Places of the neighbours of every seed, (B, n1, k).
    """

    streams: Streams
    seeds: Array
    near: Integers

    def rows(self, size: int) -> Array:
        """x_i + λ(x_j − x_i), λ ~ U(0, 1), j among the k nearest neighbours of i."""
        out = np.empty((self.streams.count, size, self.seeds.shape[2]))
        interpolate_rows(self.seeds, self.near, self.streams.uniforms("segments", size, 3), out)
        return out

    def sums(self, sizes: Integers) -> Array:
        """Row by row, none is kept."""
        size = self.seeds.shape[2] + 1
        out = np.empty((*sizes.shape, size, size))
        uniforms = self.streams.uniforms("segments", int(sizes.max()), 3)
        segment_sums(self.seeds, self.near, uniforms, sizes, out)
        return out
