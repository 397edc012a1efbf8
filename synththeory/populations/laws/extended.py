"""A location law seen through the extended row z = x or z = (x, 1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Matrix, Vector
from synththeory.populations.laws.location import LocationLaw


@dataclass(frozen=True, eq=False)
class Extended:
    """A location law seen through z = x or z = (x, 1): z = mean + spread · ξ, (p,) and (p, d)."""

    law: LocationLaw
    intercept: bool

    @cached_property
    def mean(self) -> Vector:
        """E z, (p,)."""
        return np.append(self.law.mean, 1.0) if self.intercept else self.law.mean

    @cached_property
    def spread(self) -> Matrix:
        """Factor of Cov z, (p, d)."""
        below = np.zeros((int(self.intercept), self.law.dimension))
        return np.vstack([self.law.spread, below])

    @cached_property
    def covariance(self) -> Matrix:
        """Cov z, (p, p)."""
        return np.asarray(self.spread @ self.spread.T)

    @cached_property
    def second(self) -> Matrix:
        """E zzᵀ, (p, p)."""
        return np.outer(self.mean, self.mean) + self.covariance

    def quartic(self, theta: Vector) -> Matrix:
        """E[(εᵀθ)² εεᵀ] for ε = z − mean, (p, p)."""
        inner = self.law.centred().quartic(theta[: self.law.dimension])
        size = self.mean.shape[0]
        full = np.zeros((size, size))
        full[: inner.shape[0], : inner.shape[1]] = inner
        return full

    def weighted_second(self, theta: Vector, response: float) -> Matrix:
        """E[(zᵀθ − y)² zzᵀ], (p, p): odd moments of the symmetric noise vanish."""
        offset = self.mean @ theta - response
        pull = self.covariance @ theta
        cross = np.outer(self.mean, pull)
        return np.asarray(
            offset**2 * self.second
            + 2.0 * offset * (cross + cross.T)
            + (theta @ pull) * np.outer(self.mean, self.mean)
            + self.quartic(theta)
        )
