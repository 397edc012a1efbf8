"""X = yμ + ξ with y = ±1: a locally symmetric regression."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from synththeory.components import NonNegative
from synththeory.populations.base import Population
from synththeory.populations.laws.location import LocationLaw, Noise
from synththeory.sample import Stratum


class MeanShift(Population):
    """X = yμ + ξ, μ = shift · e_1, Cov ξ = I; majority y = −1, minority y = +1 (`theory.md` §5.1 [D]).

    With squared loss θ* = μ/(1 + ‖μ‖²) and g_φ = 0: the population is locally symmetric.

    Attributes
    ----------
    dimension : int
        d ≥ 1.
    shift : float
        ‖μ‖ ≥ 0.
    noise : {"cube", "rademacher", "sphere", "gaussian"}
        Law of ξ.
    """

    kind: Literal["mean-shift"] = "mean-shift"
    dimension: Annotated[int, Field(ge=1)]
    shift: NonNegative = 1.0
    noise: Noise = "cube"

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """Majority labelled −1, minority labelled +1."""
        return (Stratum("majority", 0, -1.0), Stratum("minority", 1, 1.0))

    @property
    def laws(self) -> tuple[LocationLaw, ...]:
        """ξ − μ and ξ + μ."""
        mean = np.zeros(self.dimension)
        mean[0] = self.shift
        return (LocationLaw(-mean, noise=self.noise), LocationLaw(mean, noise=self.noise))
