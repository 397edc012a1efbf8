"""Finite mixtures of location laws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.arrays import Array, Matrix, Vector
from synththeory.kernels.draw import mixture_rows
from synththeory.populations.laws.location import LocationLaw, standard_noise
from synththeory.streams import Streams


@dataclass(frozen=True, eq=False)
class MixtureLaw:
    """X ~ Σ_k weight_k · law_k with laws of one noise kind.

    Attributes
    ----------
    weights : tuple of float
        Positive, summing to one.
    parts : tuple of LocationLaw
        The components.
    """

    weights: tuple[float, ...]
    parts: tuple[LocationLaw, ...]

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""
        return self.parts[0].dimension

    @property
    def components(self) -> tuple[tuple[float, LocationLaw], ...]:
        """Weights and location laws."""
        return tuple(zip(self.weights, self.parts, strict=True))

    @cached_property
    def mean(self) -> Vector:
        """Σ weight_k mean_k, (d,)."""
        return np.asarray(sum(weight * part.mean for weight, part in self.components))

    @property
    def covariance(self) -> Matrix:
        """Within plus between components, (d, d)."""
        return np.asarray(
            sum(
                weight * (part.covariance + np.outer(part.mean - self.mean, part.mean - self.mean))
                for weight, part in self.components
            )
        )

    def centred(self) -> MixtureLaw:
        """The same law moved to mean zero."""
        moved = tuple(LocationLaw(part.mean - self.mean, part.factor, part.noise) for part in self.parts)
        return MixtureLaw(self.weights, moved)

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, d): a component by a uniform, then its affine map of the noise."""
        noise = standard_noise(self.parts[0].noise, streams, purpose, size, self.dimension)
        choice = streams.uniforms(f"{purpose}/component", size)
        means = np.stack([part.mean for part in self.parts])
        factors = np.stack([part.spread for part in self.parts])
        mixture_rows(noise, choice, np.cumsum(self.weights), means, factors)
        return noise


def mixture(weights: Sequence[float], parts: Sequence[LocationLaw]) -> LocationLaw | MixtureLaw:
    """The mixture, or the single component when there is one."""
    return parts[0] if len(parts) == 1 else MixtureLaw(tuple(weights), tuple(parts))
