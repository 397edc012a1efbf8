"""N(0, I) against N(μ, I) with labels 0 and 1: a locally asymmetric regression."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import field_validator

from synththeory.components import Floats
from synththeory.populations.base import Population
from synththeory.populations.laws.location import LocationLaw


class GaussianShift(Population):
    """X | 0 ~ N(0, I), X | 1 ~ N(μ, I), y ∈ {0, 1} (`theory.md` §5.2 [D]).

    With squared loss and no intercept θ* = μ/(‖μ‖² + 2); for μ = e_1, g_φ = (4/3)e_1: locally asymmetric.

    Attributes
    ----------
    mean : tuple of float
        μ, (d,).
    """

    kind: Literal["gaussian-shift"] = "gaussian-shift"
    mean: Floats

    @field_validator("mean")
    @classmethod
    def _not_empty(cls, mean: tuple[float, ...]) -> tuple[float, ...]:
        if not mean:
            raise ValueError("the mean needs at least one coordinate")
        return mean

    @property
    def dimension(self) -> int:
        """Number of coordinates d."""
        return len(self.mean)

    @property
    def laws(self) -> tuple[LocationLaw, ...]:
        """N(0, I) and N(μ, I)."""
        return (LocationLaw(np.zeros(self.dimension)), LocationLaw(np.array(self.mean)))
