"""Rows of a block of replications: by stratum (`Block`) and as a training set (`Sample`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.kernels.gram import nested_gram
from synththeory.streams import Streams


@dataclass(frozen=True, slots=True)
class Stratum:
    """One part of a population whose risk counts separately.

    Attributes
    ----------
    name : str
        ``"majority"``, ``"minority"``, or the name of a class or group.
    label : float
        The response of its rows: any number for squared loss, 0 or 1 for logistic loss.
    """

    name: str
    label: float


class Law(Protocol):
    """The law of one stratum's rows, as much of it as an idealised generator needs."""

    @property
    def mean(self) -> Vector:
        """Mean vector, (d,)."""

    @property
    def covariance(self) -> Matrix:
        """Covariance matrix, (d, d)."""

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, d); the first rows of a longer draw are a shorter one."""

    def centred(self) -> Law:
        """The same law moved to mean zero."""


@dataclass(frozen=True)
class Block:
    """The rows of one stratum in every replication of a block.

    Attributes
    ----------
    rows : Array
        (B, n, d).
    stratum : Stratum
        Whose rows they are.
    law : Law or None
        The law they were drawn from, where it is known (simulations); None for people's own data.
    """

    rows: Array
    stratum: Stratum
    law: Law | None = None


@dataclass(frozen=True)
class Sample:
    """A weighted, soft-labelled training set in every replication of a block.

    Attributes
    ----------
    rows : Array
        (B, n, d).
    labels : Array
        (B, n); the response, or the probability of class 1.
    weights : Array
        (B, n); may be negative.
    """

    rows: Array
    labels: Array
    weights: Array

    @classmethod
    def of(cls, *blocks: Block) -> Sample:
        """Stack blocks into one sample of unit weights, in the order given."""
        rows = blocks[0].rows if len(blocks) == 1 else np.concatenate([block.rows for block in blocks], axis=1)
        labels = np.empty(rows.shape[:2])
        start = 0
        for block in blocks:
            stop = start + block.rows.shape[1]
            labels[:, start:stop] = block.stratum.label
            start = stop
        return cls(rows, labels, np.ones(rows.shape[:2]))

    @cached_property
    def gram(self) -> Array:
        """Σ w z zᵀ with z = (x, 1, y), (B, 1, d + 2, d + 2); kept, because all arms of a cell share their real rows."""
        count, size, dimension = self.rows.shape
        out = np.empty((count, 1, dimension + 2, dimension + 2))
        nested_gram(self.rows, self.labels, self.weights, np.full((count, 1), size, dtype=np.int64), out)
        return out
