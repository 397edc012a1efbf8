"""What a learner is: one fit for each synthetic size."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import Component
from synththeory.losses import Loss
from synththeory.sample import Sample


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients of every replication and synthetic size.

    Attributes
    ----------
    coefficients : Array
        (B, S, p); NaN where there is no fit.
    status : array of uint8
        (B, S), codes of `synththeory.status.Status`.
    """

    coefficients: Array
    status: NDArray[np.uint8]


class Learner(Component):
    """An empirical risk minimiser over weighted, soft-labelled rows; it knows nothing of where they came from.

    Attributes
    ----------
    needs_rows : bool
        Whether it looks at synthetic rows one by one, a class attribute; else it asks only for their nested sums.
    """

    needs_rows: ClassVar[bool] = True

    @property
    @abstractmethod
    def loss(self) -> Loss:
        """The loss it minimises."""

    @abstractmethod
    def penalty(self, dimension: int, total: float) -> Vector:
        """Diagonal of the Hessian of the penalty on the summed loss, (p,), for rows of dimension d and total weight."""

    @abstractmethod
    def path(self, real: Sample, synthetic: Sample, sizes: Integers) -> Fit:
        """Fit the real rows with the first synthetic rows, at every size.

        Parameters
        ----------
        real, synthetic : Sample
            (B, n, d) and (B, m, d).
        sizes : Integers
            (B, S), not decreasing along S, each between 0 and m.

        Returns
        -------
        Fit
            Coefficients (B, S, p) and status (B, S).
        """
