"""Two cubes with a tunable asymmetry: the symmetry test's own population."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from synththeory.populations.base import Population
from synththeory.populations.laws.location import LocationLaw
from synththeory.sample import Stratum

SYMMETRIC_LOCATION = (5.0 - sqrt(21.0)) / 2.0


def asymmetry(location: float) -> float:
    """g_φ,1 = 2(5b − 1 − b²)/(6 + b²) at location b; zero at b_0 = (5 − √21)/2 (`theory.md` §5.5 [D])."""
    return 2.0 * (5.0 * location - 1.0 - location**2) / (6.0 + location**2)


class CubePair(Population):
    """X | 0 = −e_1 + D∘U, D = (2, 1, …, 1), X | 1 = b e_1 + U, U uniform on the cube of unit variance.

    The loss is (xᵀθ − y + ½)², so the labels are −½ and ½.

    Attributes
    ----------
    dimension : int
        d ≥ 1.
    location : float, optional
        b; the symmetric b_0 when neither it nor ``signal`` is given.
    signal : float, optional
        h: b solves g_φ,1 = h/√(n0 n1/(n0 + n1)), the root nearest b_0; known once the class counts are.
    """

    kind: Literal["cube-pair"] = "cube-pair"
    dimension: Annotated[int, Field(ge=1)]
    location: float | None = None
    signal: float | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.location is not None and self.signal is not None:
            raise ValueError("give either location or signal, not both")
        return self

    def given(self, counts: Sequence[int]) -> Self:
        """The population with ``signal`` solved for the location at these class counts.

        Raises
        ------
        ValueError
            When the signal is stronger than the family can be.
        """
        from scipy.optimize import brentq  # slow to import

        if self.signal is None:
            return self
        target = self.signal / sqrt(counts[0] * counts[1] / (counts[0] + counts[1]))
        weakest, strongest = -1.0 - sqrt(7.0), -1.0 + sqrt(7.0)  # stationary points of g_φ,1: b² + 2b − 6 = 0
        if not asymmetry(weakest) <= target <= asymmetry(strongest):
            raise ValueError(
                f"signal {self.signal:g} asks for g_phi = {target:.4g}, outside "
                f"[{asymmetry(weakest):.4g}, {asymmetry(strongest):.4g}]; use a weaker signal or more rows"
            )
        found = brentq(lambda b: asymmetry(b) - target, weakest, strongest, xtol=1e-14)
        return self.model_copy(update={"location": float(found), "signal": None})

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """Labels −½ and ½."""
        return (Stratum("majority", 0, -0.5), Stratum("minority", 1, 0.5))

    @property
    def laws(self) -> tuple[LocationLaw, ...]:
        """The stretched cube at −e_1 and the cube at b e_1."""
        if self.signal is not None:
            raise ValueError("the location follows from the signal once class counts are given")
        location = SYMMETRIC_LOCATION if self.location is None else self.location
        unit = np.eye(self.dimension)[0]
        stretch = np.eye(self.dimension)
        stretch[0, 0] = 2.0
        return (LocationLaw(-unit, stretch, "cube"), LocationLaw(location * unit, None, "cube"))
