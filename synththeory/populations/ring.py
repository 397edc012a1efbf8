"""A ring of minority rows beside a contaminated Gaussian majority: no linear score separates them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from synththeory.arrays import Array, Matrix, Vector
from synththeory.components import NonNegative
from synththeory.populations.base import Population
from synththeory.populations.laws.location import LocationLaw, RowLaw
from synththeory.populations.laws.mixtures import mixture
from synththeory.streams import Streams

_ANGLES = 256


@dataclass(frozen=True, eq=False)
class RingLaw:
    """X = centre + (radius + width · ζ)(cos A, sin A, 0, …) + spread · ξ, A uniform, ζ ~ N(0, 1), ξ ~ N(0, I).

    Given the angle the row is Gaussian. `components` replaces the angle by 256 equispaced ones, a trapezoid rule on a
    circle: moments up to order 255 are exact, and the logistic risk of a linear score errs by less than 1e-13 for
    slopes θ with ‖θ‖ ≤ 20 at the settings of F7 [D]. Rows are drawn with a continuous angle.

    Attributes
    ----------
    centre : Vector
        (d,), d ≥ 2.
    radius, width, spread : float
        Mean and standard deviation of the radius; standard deviation of the noise of every coordinate.
    """

    centre: Vector
    radius: float
    width: float
    spread: float

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""
        return int(self.centre.shape[0])

    @property
    def mean(self) -> Vector:
        """The centre, (d,)."""
        return self.centre

    @property
    def covariance(self) -> Matrix:
        """½(radius² + width²) on the first two coordinates, plus spread² I, (d, d)."""
        variances = np.full(self.dimension, self.spread**2)
        variances[:2] += 0.5 * (self.radius**2 + self.width**2)
        return np.diag(variances)

    @cached_property
    def components(self) -> tuple[tuple[float, LocationLaw], ...]:
        """Weights and Gaussian laws, one for each of 256 angles."""
        directions = np.zeros((_ANGLES, self.dimension))
        angles = 2.0 * np.pi / _ANGLES * np.arange(_ANGLES)
        directions[:, 0], directions[:, 1] = np.cos(angles), np.sin(angles)
        along = np.hypot(self.spread, self.width) - self.spread
        round_noise = self.spread * np.eye(self.dimension)
        return tuple(
            (1.0 / _ANGLES, LocationLaw(self.centre + self.radius * u, round_noise + along * np.outer(u, u)))
            for u in directions
        )

    def centred(self) -> RingLaw:
        """The same ring about the origin."""
        return replace(self, centre=np.zeros(self.dimension))

    def draw(self, streams: Streams, purpose: str, size: int) -> Array:
        """Independent rows, (B, size, d)."""
        rows = streams.normals(purpose, size, self.dimension)
        rows *= self.spread
        rows += self.centre
        angles = 2.0 * np.pi * streams.uniforms(f"{purpose}/angle", size)
        radii = self.radius + self.width * streams.normals(f"{purpose}/radius", size)
        rows[..., 0] += radii * np.cos(angles)
        rows[..., 1] += radii * np.sin(angles)
        return rows


class Ring(Population):
    """Majority (1 − share) N(0, S) + share · N(offset e_1, S); minority a ring; labels 0 and 1 (MZ F7).

    S is the identity but for one correlation between the first two coordinates.

    Attributes
    ----------
    dimension : int
        d ≥ 2.
    share, offset : float
        Share and place of the majority's second component.
    correlation : float
        Of the majority's first two coordinates, in (−1, 1).
    centre : float
        First coordinate of the ring's centre; the others are 0.
    radius, width : float
        Mean and standard deviation of the radius.
    spread : float
        Standard deviation of the minority's noise, in the plane of the ring and alone in the other coordinates.
    """

    kind: Literal["ring"] = "ring"
    dimension: Annotated[int, Field(ge=2)] = 5
    share: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.3
    offset: float = 1.5
    correlation: Annotated[float, Field(gt=-1.0, lt=1.0)] = 0.5
    centre: float = 4.8
    radius: NonNegative = 2.2
    width: NonNegative = 0.12
    spread: NonNegative = 0.08

    @property
    def laws(self) -> tuple[RowLaw, ...]:
        """The majority's two Gaussians and the minority's ring."""
        origin, factor = np.zeros(self.dimension), np.eye(self.dimension)
        axis = np.eye(self.dimension)[0]
        factor[1, :2] = self.correlation, np.sqrt(1.0 - self.correlation**2)
        parts = (LocationLaw(origin, factor), LocationLaw(self.offset * axis, factor))
        ring = RingLaw(self.centre * axis, self.radius, self.width, self.spread)
        return (mixture((1.0 - self.share, self.share), parts), ring)
