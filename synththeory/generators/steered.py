"""A Gaussian generator whose error points where it is told: the probe of the regime map."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Integers, Vector
from synththeory.components import NonNegative
from synththeory.errors import DesignError
from synththeory.generators.base import Generator, known_law
from synththeory.generators.closed_forms import fixed_law
from synththeory.generators.moments import GeneratorMoments
from synththeory.losses import Loss
from synththeory.populations import LocationLaw, Population
from synththeory.sample import Block
from synththeory.streams import Streams


class SteeredGaussian(Generator):
    """N(μ, S) with S such that g_ψ has a chosen angle and length relative to g_φ, in the gaussian-shift population.

    With squared loss and no intercept θ* ∝ μ, g_φ = 4θ* and g_ψ = 2(S − I)θ*. For unit vectors e = μ/‖μ‖ and f ⟂ e the
    choice (S − I)e = 2 · ratio · (cos(angle) e + sin(angle) f) gives ‖g_ψ‖ = ratio · ‖g_φ‖ at that angle; the variance
    along f is 1 + (fᵀSe)²/(eᵀSe), which keeps S positive definite. [D]

    Attributes
    ----------
    angle : float
        Between g_ψ and g_φ, in degrees, 0 to 180.
    ratio : float
        ‖g_ψ‖/‖g_φ‖ ≥ 0, with 1 + 2 · ratio · cos(angle) > 0.
    """

    kind: Literal["steered-gaussian"] = "steered-gaussian"
    sums_suffice: ClassVar[bool] = True
    smallest_minority: ClassVar[int] = 1
    angle: Annotated[float, Field(ge=0.0, le=180.0)] = 0.0
    ratio: NonNegative = 0.0

    def check(self, minority: int, dimension: int) -> None:
        """The spread along μ must stay positive, and a turn needs a second dimension."""
        super().check(minority, dimension)
        if 1.0 + 2.0 * self.ratio * cos(radians(self.angle)) <= 0.0:
            raise DesignError(
                f"steered-gaussian: ratio {self.ratio:g} at angle {self.angle:g} asks for a negative variance; "
                "use 1 + 2 ratio cos(angle) > 0"
            )
        if dimension < 2:
            raise DesignError("steered-gaussian: a direction needs at least two dimensions")

    def law(self, mean: Vector) -> LocationLaw:
        """N(mean, S) for a minority mean μ ≠ 0, (d,)."""
        along = mean / np.linalg.norm(mean)
        axis = np.eye(mean.shape[0])[int(np.argmin(np.abs(along)))]
        across = axis - (axis @ along) * along
        across /= np.linalg.norm(across)
        straight = 1.0 + 2.0 * self.ratio * cos(radians(self.angle))
        turn = 2.0 * self.ratio * sin(radians(self.angle))
        covariance = (
            np.eye(mean.shape[0])
            + (straight - 1.0) * np.outer(along, along)
            + turn * (np.outer(along, across) + np.outer(across, along))
            + turn**2 / straight * np.outer(across, across)
        )
        return LocationLaw(mean, np.asarray(np.linalg.cholesky(covariance), dtype=np.float64))

    def rows(self, streams: Streams, seeds: Block, others: Block | None, size: int) -> Array:
        """Independent rows of N(μ, S)."""
        return self.law(known_law(seeds, self.kind).mean).draw(streams, "rows", size)

    def sums(self, streams: Streams, seeds: Block, sizes: Integers) -> Array | None:
        """From the sums of the noise, where those are drawn themselves; else the learner adds the rows up."""
        if not streams.summed:
            return None
        return self.law(known_law(seeds, self.kind).mean).sums(streams, "rows", sizes)

    def mismatch(
        self, population: Population, loss: Loss, stratum: int, count: int, theta: Vector | None = None
    ) -> GeneratorMoments:
        """Moments under N(μ, S)."""
        return fixed_law(population, loss, stratum, self.fixed_law(population, stratum, count), theta)

    def fixed_law(self, population: Population, stratum: int, count: int) -> LocationLaw:
        """N(μ, S)."""
        return self.law(population.laws[stratum].mean)
