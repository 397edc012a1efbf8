"""What a learner is: one fit for each synthetic size."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import Component
from synththeory.losses import Loss
from synththeory.sample import Sample
from synththeory.streams import Streams


class Features(Protocol):
    """A feature map a replication, in which the score of a fit is linear."""

    def of(self, rows: Array, replication: int) -> Array:
        """Features (m, D) of rows (m, d) by the map of one replication of the block."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients of every replication and synthetic size.

    Attributes
    ----------
    coefficients : Array
        (B, S, p); NaN where there is no fit.
    status : array of uint8
        (B, S), codes of `synththeory.status.Status`.
    features : Features or None
        What the coefficients belong to; None where they belong to the rows themselves.
    """

    coefficients: Array
    status: NDArray[np.uint8]
    features: Features | None = None

    def seen(self, rows: Array) -> Array:
        """Rows (B, m, d) as the linear score sees them: their features (B, m, D), or the rows themselves."""
        if self.features is None:
            return rows
        return np.stack([self.features.of(each, replication) for replication, each in enumerate(rows)])

    def scores(self, rows: Array, replication: int) -> Array:
        """Linear scores (S, m) of any rows (m, d) by every fit of one replication of the block."""
        seen = rows if self.features is None else self.features.of(rows, replication)
        coefficients = self.coefficients[replication]
        slopes, rest = np.split(coefficients, [seen.shape[1]], axis=1)
        return np.asarray(slopes @ seen.T + rest.sum(axis=1, keepdims=True))


class Learner(Component):
    """An empirical risk minimiser over weighted, soft-labelled rows; it knows nothing of where they came from.

    Attributes
    ----------
    linear : bool
        Whether its score is linear in the rows, as exact risks and theory assume, a class attribute.
    needs_rows : bool
        Whether it looks at synthetic rows one by one, a class attribute; else it asks only for their nested sums.
    """

    linear: ClassVar[bool] = True
    needs_rows: ClassVar[bool] = True

    def columns(self, dimension: int) -> int:
        """Columns that the linear score sees of rows of dimension d."""
        return dimension

    @property
    @abstractmethod
    def loss(self) -> Loss:
        """The loss it minimises."""

    @abstractmethod
    def penalty(self, dimension: int, total: float) -> Vector:
        """Diagonal of the Hessian of the penalty on the summed loss, (p,), for rows of dimension d and total weight."""

    @abstractmethod
    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> Fit:
        """Fit the real rows with the first synthetic rows, at every size.

        Parameters
        ----------
        real, synthetic : Sample
            (B, n, d) and (B, m, d).
        sizes : Integers
            (B, S), not decreasing along S, each between 0 and m.
        streams : Streams, optional
            Names of the learner's own draws, for learners that have any.

        Returns
        -------
        Fit
            Coefficients (B, S, p) and status (B, S).
        """
