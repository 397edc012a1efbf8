"""Generators that look at distances: ADASYN, and jitter as wide as seeds are apart."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Integers
from synththeory.components import NonNegative
from synththeory.generators.base import Generator
from synththeory.generators.given import enough_seeds
from synththeory.generators.imitator import Imitator
from synththeory.generators.resampled import picked
from synththeory.kernels.neighbours import nearest_neighbours
from synththeory.sample import Block, taken
from synththeory.streams import Streams


def neighbours(rows: Array, count: int) -> Integers:
    """Places of the ``count`` nearest other rows of each row, nearest first, (B, n, count)."""
    near = np.empty((*rows.shape[:2], count), dtype=np.int64)
    nearest_neighbours(np.ascontiguousarray(rows), near)
    return near


class HardSeeds(Generator):
    """SMOTE's segments, from seeds with many majority rows around them more often."""

    stream: ClassVar[str | None] = "adasyn"
    smallest_minority: ClassVar[int] = 2
    needs_others: ClassVar[bool] = True
    neighbors: Annotated[int, Field(ge=1)] = 5

    def check(self, minority: int, dimension: int) -> None:
        """A seed needs k other minority rows."""
        super().check(minority, dimension)
        enough_seeds(self.kind, self.neighbors, minority)

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> HardSegments:
        """The neighbours of every seed in its class, and its share of majority rows."""
        assert others is not None
        count = seeds.rows.shape[1]
        around = neighbours(np.concatenate([seeds.rows, others.rows], axis=1), self.neighbors)[:, :count]
        shares = (around >= count).mean(axis=2)
        shares[shares.sum(axis=1) == 0.0] = 1.0
        edges = np.cumsum(shares, axis=1)
        return HardSegments(streams, seeds.rows, neighbours(seeds.rows, self.neighbors), edges / edges[:, -1:])


class Adasyn(HardSeeds):
    """ADASYN (He et al. 2008), with an exact number of rows.

    A seed is drawn with probability r_i/Σr, r_i the majority's share among its k nearest rows of both classes, and
    uniformly where no seed has a majority row near it. The published algorithm gives seed i round(r_i/Σr · size) rows,
    which do not sum to ``size``; here the count is exact, the shares hold on average, and the first rows of a longer
    draw are a shorter one.

    Attributes
    ----------
    neighbors : int
        k ≥ 1, of the shares and of the segments, fewer than the minority rows.
    """

    kind: Literal["adasyn"] = "adasyn"


class PublishedAdasyn(HardSeeds):
    """ADASYN as Ma & Zhang's public code draws it where it chooses a size [F].

    The code asks imbalanced-learn once for ⌈1.1 M⌉ + k + 1 rows, M = 2(n0 − n1) its largest candidate, of which seed i
    makes round(r_i/Σr · that). They come seed by seed, and a smaller candidate takes the first of them: the rows of the
    first seeds alone. The fit at the chosen size has rows of all seeds again: here those of `Adasyn`.

    Attributes
    ----------
    neighbors
        As of `Adasyn`.
    """

    kind: Literal["adasyn-published"] = "adasyn-published"

    def trial(self, streams: Streams, seeds: Block, others: Block | None) -> Imitator:
        """Segments in the order of the seeds."""
        assert others is not None
        found = self.imitator(streams, seeds, others)
        assert isinstance(found, HardSegments)
        asked = ceil(1.1 * 2 * (others.shape[1] - seeds.shape[1])) + self.neighbors + 1
        quotas = np.rint(np.diff(found.edges, axis=1, prepend=0.0) * asked).astype(np.int64)
        return SeedBySeed(found, tuple(np.repeat(np.arange(len(own)), own) for own in quotas))


@dataclass(frozen=True, eq=False)
class HardSegments(Imitator):
    """Random points on segments from seeds, drawn with unequal probabilities, to their neighbours.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    seeds : Array
        (B, n1, d).
    near : Integers
        Places of the neighbours of every seed, (B, n1, k).
    edges : Array
        Distribution function of the seed's place, (B, n1).
    """

    streams: Streams
    seeds: Array
    near: Integers
    edges: Array

    def rows(self, size: int) -> Array:
        """Rows of seeds that are drawn."""
        uniforms = self.streams.uniforms("segments", size, 3)
        drawn = [np.searchsorted(edges, u, side="right") for edges, u in zip(self.edges, uniforms[..., 0], strict=True)]
        return self.segments(np.stack(drawn).astype(np.int64), uniforms)

    def segments(self, chosen: Integers, uniforms: Array) -> Array:
        """x_i + λ(x_j − x_i), λ ~ U(0, 1), j among the k nearest neighbours of i, (B, m, d).

        Parameters
        ----------
        chosen : Integers
            Seeds i, (B, m).
        uniforms : Array
            (B, m, 3): the second picks the neighbour, the third is λ.
        """
        which = (uniforms[..., 1] * self.near.shape[2]).astype(np.int64)
        other = np.take_along_axis(self.near, chosen[..., None], axis=1)
        partner = np.take_along_axis(other, which[..., None], axis=2)[..., 0]
        start, end = (taken(self.seeds, places) for places in (chosen, partner))
        return np.asarray(start + uniforms[..., 2:] * (end - start))


@dataclass(frozen=True, eq=False)
class SeedBySeed(Imitator):
    """The same segments in the order of their seeds.

    Attributes
    ----------
    inner : HardSegments
        Drawn from, and what comes after the last seed.
    order : tuple of Integers
        Seeds of the rows, one array a replication.
    """

    inner: HardSegments
    order: tuple[Integers, ...]

    def rows(self, size: int) -> Array:
        """Rows of the first seeds first."""
        uniforms = self.inner.streams.uniforms("segments", size, 3)
        chosen = np.empty(uniforms.shape[:2], dtype=np.int64)
        for out, own, edges, u in zip(chosen, self.order, self.inner.edges, uniforms[..., 0], strict=True):
            out[:] = np.searchsorted(edges, u, side="right")
            out[: len(own)] = own[:size]
        return self.inner.segments(chosen, uniforms)


class LocalJitter(Generator):
    """Minority rows drawn with replacement plus N(0, s² I), s = scale · (median distance to the k-th neighbour)/√d.

    Attributes
    ----------
    scale : float
        Over the median distance, ≥ 0.
    neighbors : int
        k ≥ 1, fewer than the minority rows.
    """

    kind: Literal["local-jitter"] = "local-jitter"
    smallest_minority: ClassVar[int] = 2
    scale: NonNegative = 0.08
    neighbors: Annotated[int, Field(ge=1)] = 3

    def check(self, minority: int, dimension: int) -> None:
        """A seed needs k other minority rows."""
        super().check(minority, dimension)
        enough_seeds(self.kind, self.neighbors, minority)

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Seeds with replacement plus noise."""
        farthest = np.ascontiguousarray(neighbours(seeds.rows, self.neighbors)[..., -1])
        distances = np.sqrt(np.square(taken(seeds.rows, farthest) - seeds.rows).sum(axis=2))
        rows = picked(streams, seeds, size)
        width = self.scale * np.median(distances, axis=1) / np.sqrt(rows.shape[2])
        rows += width[:, None, None] * streams.normals("noise", *rows.shape[1:])
        return rows
