"""Few are treated: covariates, treatment and outcome, with a known average treatment effect."""

from __future__ import annotations

from math import log
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from synththeory.arrays import Array, Vector
from synththeory.components import Floats, NonNegative
from synththeory.populations.base import JointPopulation
from synththeory.populations.laws.location import LocationLaw
from synththeory.sample import Block
from synththeory.streams import Streams


class Treatment(JointPopulation):
    """X | T = 0 ~ N(0, I), X | T = 1 ~ N(μ, I), P(T = 1) = π; Y = xᵀβ + T(τ + xᵀη) + σε (`theory.md` §4 [R], B6).

    The propensity is logistic, logit e(x) = xᵀμ − ½‖μ‖² + log(π/(1 − π)) [D], and the outcome linear in each arm, so
    both models of AIPW are right. The treated are the minority, labelled 1.

    Attributes
    ----------
    mean : tuple of float
        μ, (d,): the treated differ by it.
    share : float
        π, in (0, ½).
    outcome : tuple of float
        β, (d,).
    effect : float
        τ, the effect at x = 0.
    modifier : tuple of float or None
        η, (d,): how the effect varies with x; 0 when not given.
    noise : float
        σ ≥ 0.
    """

    kind: Literal["treatment"] = "treatment"
    mean: Floats
    share: Annotated[float, Field(gt=0.0, lt=0.5)] = 0.05
    outcome: Floats
    effect: float = 1.0
    modifier: Floats | None = None
    noise: NonNegative = 1.0

    @model_validator(mode="after")
    def _lengths_agree(self) -> Self:
        for name in ("outcome", "modifier"):
            found = getattr(self, name)
            if found is not None and len(found) != len(self.mean):
                raise ValueError(f"{name} needs {len(self.mean)} numbers, as the mean has, got {len(found)}")
        if not self.mean:
            raise ValueError("the mean needs at least one coordinate")
        return self

    @property
    def dimension(self) -> int:
        """Number of covariates d."""
        return len(self.mean)

    @property
    def shares(self) -> tuple[float, ...]:
        """1 − π and π."""
        return (1.0 - self.share, self.share)

    @property
    def laws(self) -> tuple[LocationLaw, ...]:
        """N(0, I) and N(μ, I)."""
        return (LocationLaw(np.zeros(self.dimension)), LocationLaw(np.array(self.mean)))

    @property
    def average_effect(self) -> float:
        """ATE = E[Y(1) − Y(0)] = τ + π ηᵀμ, exact [D]."""
        return self.effect + self.share * float(self._modifier @ np.array(self.mean))

    @property
    def propensity(self) -> Vector:
        """Coefficients of logit e(x), (d + 1,), the intercept last."""
        mean = np.array(self.mean)
        return np.append(mean, log(self.share) - log(1.0 - self.share) - 0.5 * float(mean @ mean))

    def outcomes(self, streams: Streams, blocks: tuple[Block, ...]) -> Array:
        """Outcomes of the rows of both strata, one after the other, (B, n0 + n1).

        Parameters
        ----------
        streams : Streams
            Those that drew the rows.
        blocks : tuple of Block
            The untreated and the treated, (B, n_c, d).
        """
        parts = []
        for block in blocks:
            surface = np.array(self.outcome) + block.stratum.response * self._modifier
            noise = streams.normals(f"population/outcome/{block.stratum.name}", block.rows.shape[1])
            parts.append(block.rows @ surface + block.stratum.response * self.effect + self.noise * noise)
        return np.concatenate(parts, axis=1)

    @property
    def _modifier(self) -> Vector:
        return np.zeros(self.dimension) if self.modifier is None else np.array(self.modifier)
