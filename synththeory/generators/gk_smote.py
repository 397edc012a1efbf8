"""GK-SMOTE (Miraj et al., arXiv 2509.11163): SMOTE without noisy seeds, partners from seeds of like density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from synththeory.arrays import Array, Integers, Vector
from synththeory.errors import SynththeoryError
from synththeory.generators.beside import LooksAround
from synththeory.generators.given import finite
from synththeory.generators.imitator import Imitator
from synththeory.kernels.density_groups import (
    BORDER,
    NOISE,
    SAFE,
    density_groups,
    group_partners,
    group_segments,
    spread_densities,
)
from synththeory.sample import Block
from synththeory.streams import Streams


def densities(minority: ArrayLike, neighbors: int = 5) -> Vector:
    """The published density of every minority row: mean of exp(−D²/(2h²)) over its distances D, [F].

    D are the distances to the min(k, n1) nearest minority rows, the row itself at 0 among them, and h is the standard
    deviation of these same distances. So the value does not change when all coordinates are multiplied by a number: it
    measures the shape of the list of distances, and an isolated row may have a higher one than a row of a tight group.

    Parameters
    ----------
    minority : array-like
        (n1, d).
    neighbors : int
        k ≥ 1.

    Returns
    -------
    Vector
        (n1,), in (0, 1].

    Raises
    ------
    SynththeoryError
        When the rows are no finite table, or k < 1.
    """
    rows = finite(minority, "gk-smote", "minority")
    if neighbors < 1:
        raise SynththeoryError(f"gk-smote: expected neighbors ≥ 1, got {neighbors}")
    out = np.empty((1, len(rows)))
    spread_densities(rows[None], neighbors, out)
    return np.asarray(out[0])


@dataclass(frozen=True, eq=False)
class Groups:
    """How one minority's rows are sorted.

    Attributes
    ----------
    values : Vector
        What they are sorted by, (n1,).
    codes : Integers
        (n1,), NOISE, BORDER or SAFE.
    """

    values: Vector
    codes: Integers

    @property
    def noise(self) -> NDArray[np.bool_]:
        """Rows among whose nearest neighbours is no other minority row."""
        return np.asarray(self.codes == NOISE)

    @property
    def safe(self) -> NDArray[np.bool_]:
        """Seeds of the higher cluster."""
        return np.asarray(self.codes == SAFE)

    @property
    def border(self) -> NDArray[np.bool_]:
        """Seeds of the lower cluster."""
        return np.asarray(self.codes == BORDER)

    def quotas(self, size: int, faithful: bool) -> tuple[int, int]:
        """Rows that the safe and the border seeds make of ``size``; their sum is smaller where the quota is lost.

        Published: a group's share by head-count, and nothing where it has fewer than two seeds. Corrected: the other
        group makes its rows.
        """
        counts = int(self.safe.sum()), int(self.border.sum())
        if sum(counts) < 2:
            return (0, 0) if faithful else (size, 0)
        safe = round(size * counts[0] / sum(counts))  # half to even
        if faithful:
            return safe * (counts[0] > 1), (size - safe) * (counts[1] > 1)
        if min(counts) > 1:
            return safe, size - safe
        return (size, 0) if counts[0] >= counts[1] else (0, size)


def groups(minority: ArrayLike, majority: ArrayLike, neighbors: int = 5, faithful: bool = False) -> Groups:
    """Sort minority rows into noise, border and safe, as `GkSmote` does.

    Parameters
    ----------
    minority, majority : array-like
        (n1, d) and (n0, d).
    neighbors : int
        k.
    faithful : bool
        As in `GkSmote`.

    Raises
    ------
    SynththeoryError
        When the rows are no finite tables of one width, or there is only one minority row.
    """
    own, others = finite(minority, "gk-smote", "minority"), finite(majority, "gk-smote", "majority")
    if own.shape[1] != others.shape[1]:
        raise SynththeoryError(f"gk-smote: the minority has {own.shape[1]} columns and the majority {others.shape[1]}")
    if len(own) < 2:
        raise SynththeoryError("gk-smote needs at least 2 minority rows, got 1; collect more, or use the bootstrap")
    values, codes = _sorted(own[None], others[None], neighbors, faithful)
    return Groups(values[0], codes[0])


class GkSmote(LooksAround):
    """SMOTE whose seeds have a minority row among their neighbours, and whose partners are of the same density group.

    A seed is left out as noise where its k nearest rows of both classes are all of the other class. The others fall
    into two groups, safe and border, by two clusters in one dimension; a group makes rows in proportion to its seeds,
    and a row lies on the segment from a seed to one of its k nearest neighbours in the group.

    The groups are those of the share f1/(f1 + f0), f_c the mean of exp(−D²/(2h²)) over the k nearest rows of class c, h
    the median distance to the k-th nearest minority row [D]. ``faithful`` has the published density instead (see
    `densities`), which looks at the minority alone and has no scale [F]; there, twins of a seed are no neighbours.

    A group of one seed makes no rows and the other group makes them. Where fewer than two seeds are left, all minority
    rows are seeds again: a study needs rows of every training set. The sampler `GKSmoteSampler` warns where that
    happens, and with ``faithful`` loses the rows, as published.

    Attributes
    ----------
    neighbors : int
        k ≥ 1, capped at the rows there are.
    faithful : bool
        As published.
    """

    kind: Literal["gk-smote"] = "gk-smote"
    smallest_minority: ClassVar[int] = 2
    allotted: ClassVar[bool] = True
    neighbors: Annotated[int, Field(ge=1)] = 5
    faithful: bool = False

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> GroupSegments:
        """Noise, groups, and neighbours within each group."""
        assert others is not None  # as it says it needs them
        _, codes = _sorted(seeds.rows, others.rows, self.neighbors, self.faithful)
        members, counts = np.zeros_like(codes), np.zeros((len(codes), 2), dtype=np.int64)
        near = np.zeros((*codes.shape, self.neighbors), dtype=np.int64)
        group_partners(seeds.rows, codes, members, counts, near)
        return GroupSegments(streams, seeds.rows, members, counts, near)


@dataclass(frozen=True, eq=False)
class GroupSegments(Imitator):
    """Random points on segments within groups of seeds.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    seeds : Array
        (B, n1, d).
    members, counts, near : Integers
        As `synththeory.kernels.density_groups.group_partners` has them: (B, n1), (B, 2) and (B, n1, k).
    """

    streams: Streams
    seeds: Array
    members: Integers
    counts: Integers
    near: Integers

    def rows(self, size: int) -> Array:
        """Of the first m rows each group makes its share."""
        out = np.empty((self.streams.count, size, self.seeds.shape[2]))
        uniforms = self.streams.uniforms("segments", size, 3)
        group_segments(self.seeds, self.members, self.counts, self.near, uniforms, out)
        return out


def _sorted(minority: Array, majority: Array, neighbors: int, faithful: bool) -> tuple[Array, Integers]:
    values, codes = np.empty(minority.shape[:2]), np.empty(minority.shape[:2], dtype=np.int64)
    own, others = np.ascontiguousarray(minority), np.ascontiguousarray(majority)
    density_groups(own, others, neighbors, faithful, values, codes)
    return values, codes
