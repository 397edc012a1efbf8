"""Learners that fit whatever scores rows, one training set after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from synththeory.arrays import Array, Codes, Integers, Vector
from synththeory.sample import Sample
from synththeory.status import Status


class Scorer(Protocol):
    """What one training set has given."""

    def scores(self, rows: Array) -> Vector:
        """Scores (m,) of rows (m, d)."""


@dataclass(frozen=True, eq=False)
class ScorerFits:
    """Fits of a block.

    Attributes
    ----------
    models : array of Scorer
        (B, S).
    """

    models: NDArray[np.object_]

    @property
    def status(self) -> Codes:
        """All OK, (B, S): rows that cannot be fitted raise."""
        return np.full(self.models.shape, Status.OK, dtype=np.uint8)

    def scores(self, rows: Array) -> Array:
        """Scores (B, S, m) of rows (m, d) or (B, m, d)."""
        each = np.broadcast_to(rows, (len(self.models), *rows.shape[-2:]))
        return np.stack([[model.scores(own) for model in path] for path, own in zip(self.models, each, strict=True)])

    def at(self, replications: slice) -> ScorerFits:
        """The fits of some replications."""
        return ScorerFits(self.models[replications])


def each_fitted(
    real: Sample, synthetic: Sample, sizes: Integers, fit: Callable[[Array, Vector, Vector], Scorer]
) -> ScorerFits:
    """A fit at every size of every replication.

    Parameters
    ----------
    real, synthetic, sizes
        As of `Learner.path`.
    fit : callable
        From rows (n, d), classes −1 and +1, (n,), and weights (n,).
    """
    models = np.empty(sizes.shape, dtype=object)
    for place, size in np.ndenumerate(sizes):
        rows, labels, weights = (
            np.concatenate([one[place[0]], other[place[0], :size]])
            for one, other in (
                (real.rows, synthetic.rows), (real.labels, synthetic.labels), (real.weights, synthetic.weights)
            )
        )  # fmt: skip
        models[place] = fit(rows, np.where(labels > labels.min(), 1.0, -1.0), weights)
    return ScorerFits(models)
