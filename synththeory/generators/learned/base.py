"""What generators share that learn one net from each training set."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.generators.beside import LooksAround
from synththeory.generators.imitator import Imitator
from synththeory.neural.extra import needs
from synththeory.sample import Block
from synththeory.streams import Streams

_CHUNK = 1024


class Learnt(Protocol):
    """What one training set has taught."""

    def rows(self, streams: Streams, size: int) -> Array:
        """Synthetic rows (size, d) in the units it has learnt in; streams are of one replication.

        The first rows of a longer draw are a shorter one.
        """


class Learned(LooksAround):
    """A net a replication, trained on rows of both classes; a concrete one defines ``learnt``.

    Theory trains 200 nets, tr V_m is then known to about a tenth, and only where it is asked to.

    Attributes
    ----------
    faithful : bool
        As published.
    pilot : bool
        Whether theory may train hundreds of nets.
    """

    pilot_sets: ClassVar[int | None] = 200
    effort: ClassVar[int] = 40_000_000  # a net takes a second: so a replication is a block, kept when it is there
    faithful: bool = False
    pilot: bool = False

    @property
    def piloted(self) -> bool:
        """Where it is asked for."""
        return self.pilot

    @property
    def standardises(self) -> bool:
        """Whether it learns from columns of mean 0 and variance 1, over both classes."""
        return True

    @abstractmethod
    def learnt(self, streams: Streams, minority: Array, majority: Array) -> Learnt:
        """What it learns from one training set.

        Parameters
        ----------
        streams : Streams
            One replication.
        minority, majority : Array
            (n1, d) and (n0, d), standardised where it says so.
        """

    def fit(self, streams: Streams, seeds: Block, others: Block | None) -> LearntRows:
        """One net a replication.

        Raises
        ------
        SynththeoryError
            Without the extra.
        """
        needs(f"the generator {self.kind}")
        assert others is not None  # as it says it needs them
        parts = []
        for single, own, other in zip(singles(streams), seeds.rows, others.rows, strict=True):
            both = np.concatenate([other, own])
            centre, scale = self._units(both)
            learnt = self.learnt(single, (own - centre) / scale, (other - centre) / scale)
            constant = self.standardises & (both == both[0]).all(axis=0)
            parts.append((learnt, centre, np.where(constant, 0.0, scale)))
        return LearntRows(streams, tuple(parts))

    def _units(self, rows: Array) -> tuple[Vector, Vector]:
        if self.standardises:
            return standards(rows)
        return np.zeros(rows.shape[1]), np.ones(rows.shape[1])


@dataclass(frozen=True, eq=False)
class LearntRows(Imitator):
    """Rows of one net a replication, in the units of the seeds.

    Attributes
    ----------
    streams : Streams
        Names of the draws.
    parts : tuple of (Learnt, Vector, Vector)
        What a replication has learnt, and the centre and scale of its columns, (d,); 0 where a column stays constant.
    """

    streams: Streams
    parts: tuple[tuple[Learnt, Vector, Vector], ...]

    def rows(self, size: int) -> Array:
        """centre + scale times what was learnt."""
        made = [
            centre + scale * learnt.rows(single, size)
            for single, (learnt, centre, scale) in zip(singles(self.streams), self.parts, strict=True)
        ]
        return np.ascontiguousarray(made)


def standards(rows: Array) -> tuple[Vector, Vector]:
    """Mean and standard deviation of every column, (d,); the value and 1 of a constant one."""
    constant = (rows == rows[0]).all(axis=0)
    return np.where(constant, rows[0], rows.mean(axis=0)), np.where(constant, 1.0, rows.std(axis=0))


def nearest(rows: Array, neighbors: int) -> Integers:
    """The k nearest other rows of every row, (n, k); ties to the lower number."""
    from scipy.spatial.distance import cdist

    found = np.empty((len(rows), neighbors), dtype=np.int64)
    for first in range(0, len(rows), _CHUNK):
        own = rows[first : first + _CHUNK]
        squares = cdist(own, rows, "sqeuclidean")
        squares[np.arange(len(own)), first + np.arange(len(own))] = np.inf
        found[first : first + _CHUNK] = np.argsort(squares, axis=1, kind="stable")[:, :neighbors]
    return found


def singles(streams: Streams) -> list[Streams]:
    """The replications of a block one by one."""
    return [replace(streams, replications=streams.replications[r : r + 1]) for r in range(streams.count)]
