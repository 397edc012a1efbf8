"""A kernel density classifier: the ratio of two estimated densities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import Positive
from synththeory.errors import SynththeoryError
from synththeory.learners.base import Learner
from synththeory.learners.scorers import ScorerFits, each_fitted
from synththeory.losses import LogisticLoss
from synththeory.sample import Sample
from synththeory.streams import Streams

_HELD = 1 << 18
"""Distances that are held at once: they stay in the second-level cache."""


class KernelDensity(Learner):
    """log f̂1(x) − log f̂0(x) + log W1/W0, f̂_c a Gaussian kernel density estimate of class c, W_c its weight.

    Columns are divided by their standard deviation over both classes. Then f̂_c has the bandwidth h s_c m^(−1/(d+4)) in
    every direction (Scott's rule [P]): s_c² the mean variance of the class's columns, m = (Σw)²/Σw² its rows.

    Attributes
    ----------
    bandwidth : float
        h > 0.
    """

    kind: Literal["kernel-density"] = "kernel-density"
    bandwidth: Positive = 1.0

    @property
    def loss(self) -> LogisticLoss:
        """Logistic loss: the score is log-odds, and reweighted or re-priored the densities' ratio."""
        return LogisticLoss(intercept=True)

    def path(self, real: Sample, synthetic: Sample, sizes: Integers, streams: Streams | None = None) -> ScorerFits:
        """Two densities at every size of every replication."""
        return each_fitted(real, synthetic, sizes, self.fitted)

    def fitted(self, rows: Array, signs: Vector, weights: Vector) -> DensityRatio:
        """One fit.

        Parameters
        ----------
        rows, signs, weights
            (n, d); −1 or +1, (n,); ≥ 0, (n,).

        Raises
        ------
        SynththeoryError
            A class of fewer than two rows, rows that are all alike, entries that are not finite, or weights below 0.
        """
        if not np.isfinite(rows).all():
            raise SynththeoryError("kernel-density: rows have NaN or infinite entries; impute or drop them")
        if (weights < 0.0).any():
            raise SynththeoryError("kernel-density: weights must be ≥ 0; leave out arms that correct by negative ones")
        spread = rows.std(axis=0)
        scale = np.where(spread > 0.0, spread, 1.0)
        zero, one = (self._density((rows / scale)[signs == sign], weights[signs == sign]) for sign in (-1.0, 1.0))
        return DensityRatio(zero, one, scale, float(np.log(one.mass / zero.mass)))

    def _density(self, rows: Array, weights: Vector) -> Density:
        own, shares = rows[weights > 0.0], weights[weights > 0.0]
        width = float(np.sqrt(own.var(axis=0).mean())) if len(own) > 1 else 0.0
        if not width > 0.0:
            raise SynththeoryError(
                f"kernel-density: the {len(own)} rows of a class are alike, so no kernel has a width; give more rows"
            )
        mass = float(shares.sum())
        effective = mass**2 / float(np.square(shares).sum())
        return Density(own, shares / mass, mass, self.bandwidth * width * effective ** (-1.0 / (rows.shape[1] + 4)))


@dataclass(frozen=True, eq=False)
class Density:
    """Σ_i v_i N(x; x_i, h² I).

    Attributes
    ----------
    rows : Array
        x_i, (m, d).
    shares : Vector
        v, (m,), of sum 1.
    mass : float
        Weight of the class.
    width : float
        h.
    """

    rows: Array
    shares: Vector
    mass: float
    width: float

    def log(self, rows: Array) -> Vector:
        """Its logarithm at rows (k, d), less that of (2π)^(−d/2)."""
        from scipy.spatial.distance import cdist

        made, count, centres = np.empty(len(rows)), max(1, _HELD // len(self.rows)), self.rows / self.width
        for first in range(0, len(rows), count):
            distances = cdist(rows[first : first + count] / self.width, centres, "sqeuclidean")
            nearest = distances.min(axis=1)
            distances -= nearest[:, None]
            distances *= -0.5
            made[first : first + count] = np.log(np.exp(distances, out=distances) @ self.shares) - 0.5 * nearest
        return np.asarray(made - rows.shape[1] * np.log(self.width))


@dataclass(frozen=True, eq=False)
class DensityRatio:
    """log f̂1 − log f̂0 plus a number.

    Attributes
    ----------
    zero, one : Density
        Of scaled rows.
    scale : Vector
        (d,).
    shift : float
        log W1/W0.
    """

    zero: Density
    one: Density
    scale: Vector
    shift: float

    def scores(self, rows: Array) -> Vector:
        """(m,)."""
        return self.one.log(rows / self.scale) - self.zero.log(rows / self.scale) + self.shift
