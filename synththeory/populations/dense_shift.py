"""N(0, I) against a normal law shifted a little in every coordinate: how dimension alone changes a problem."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from synththeory.components import NonNegative
from synththeory.populations.base import Population
from synththeory.populations.laws.location import LocationLaw


class DenseShift(Population):
    """X | 0 ~ N(0, I), X | 1 ~ N((shift/√d)·1, I), labels 0 and 1 (XK's setting [P], with shift 1).

    The distance of the means, and with it the Bayes error, is the same in every dimension.

    Attributes
    ----------
    dimension : int
        d ≥ 1.
    shift : float
        ‖μ‖ ≥ 0.
    """

    kind: Literal["dense-shift"] = "dense-shift"
    dimension: Annotated[int, Field(ge=1)]
    shift: NonNegative = 1.0

    @property
    def laws(self) -> tuple[LocationLaw, ...]:
        """N(0, I) and N(μ, I)."""
        mean = np.full(self.dimension, self.shift / np.sqrt(self.dimension))
        return (LocationLaw(np.zeros(self.dimension)), LocationLaw(mean))
