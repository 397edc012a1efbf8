"""K Gaussian classes with means on a sphere and one covariance."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from synththeory.arrays import Matrix
from synththeory.components import FloatRows, Positive
from synththeory.populations.base import Population
from synththeory.populations.gaussian_mixture import GaussianComponent
from synththeory.populations.laws.location import LocationLaw
from synththeory.sample import Stratum


class GaussianClasses(Population):
    """X | c ~ N(μ_c, S), ‖μ_c‖ = radius, c = 0, …, K − 1; a class is coded by its indicator e_c.

    The means are the corners of a regular simplex where d ≥ K − 1 (all distances are radius · √(2K/(K − 1))), of a
    regular polygon where d = 2, and ±radius · e_1, ±radius · e_2, … where K ≤ 2d.

    Attributes
    ----------
    classes : int
        K ≥ 2.
    dimension : int
        d, at least K/2 unless it is 2.
    radius : float
        Distance of every mean from the centre, in standard deviations where S = I.
    covariance : tuple of tuples of float, optional
        S, (d, d); the identity when not given.
    """

    kind: Literal["gaussian-classes"] = "gaussian-classes"
    classes: Annotated[int, Field(ge=2)]
    dimension: Annotated[int, Field(ge=1)]
    radius: Positive
    covariance: FloatRows | None = None

    @model_validator(mode="after")
    def _there_is_room(self) -> Self:
        if self.dimension != 2 and self.classes > max(self.dimension + 1, 2 * self.dimension):
            raise ValueError(
                f"expected a dimension of at least classes/2 = {self.classes / 2:g}, or 2, got {self.dimension}"
            )
        _ = self.laws
        return self

    @property
    def means(self) -> Matrix:
        """μ_c, (K, d)."""
        count, dimension = self.classes, self.dimension
        means = np.zeros((count, dimension))
        if dimension >= count - 1:
            for place in range(count - 1):  # Helmert's contrasts: the corners, in an orthonormal basis
                left = count - place
                means[place, place] = np.sqrt((left - 1) / left)
                means[place + 1 :, place] = -1.0 / np.sqrt(left * (left - 1))
            return np.asarray(self.radius * np.sqrt(count / (count - 1)) * means)
        if dimension == 2:
            angles = 2.0 * np.pi * np.arange(count) / count
            return np.asarray(self.radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))
        places = np.arange(count)
        means[places, places // 2] = np.where(places % 2 == 0, 1.0, -1.0)
        return np.asarray(self.radius * means)

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """The classes, the largest first."""
        codings = np.eye(self.classes).tolist()
        return tuple(Stratum(f"class {index}", index, tuple(coding)) for index, coding in enumerate(codings))

    @property
    def laws(self) -> tuple[LocationLaw, ...]:
        """N(μ_c, S)."""
        means = self.means.tolist()
        return tuple(GaussianComponent(mean=tuple(mean), covariance=self.covariance).law for mean in means)
