"""A logistic regression drawn jointly, tuned to be locally symmetric."""

from __future__ import annotations

from math import exp
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from synththeory.components import NonNegative, Positive
from synththeory.populations.base import JointPopulation
from synththeory.populations.laws.location import LocationLaw
from synththeory.populations.laws.mixtures import MixtureLaw


def _sigma(value: float) -> float:
    return 1.0 / (1.0 + exp(-value))


class SigmoidLink(JointPopulation):
    """X = Tv + W, T = −a with probability α, b otherwise; P(Y = 1 | x) = σ(c vᵀx) (`theory.md` §5.4 [D]).

    v = e_1; W ⟂ v is N(0, σ_w² I) plus ±m on the next three coordinates together (fewer in small dimensions). The
    choice α = bσ(cb)(1 − σ(cb)) / [aσ(ca)(1 − σ(ca)) + bσ(cb)(1 − σ(cb))] makes it locally symmetric for logistic loss
    without intercept, with θ* = c v. Given Y the rows are a Gaussian mixture, degenerate along v.

    Attributes
    ----------
    dimension : int
        d ≥ 2.
    negative, positive, slope, spread : float
        a, b, c > 0 and σ_w ≥ 0.
    mixture_mean : float
        m.
    """

    kind: Literal["sigmoid-link"] = "sigmoid-link"
    dimension: Annotated[int, Field(ge=2)]
    negative: Positive = 5.0
    positive: Positive = 1.0
    slope: Positive = 1.0
    spread: NonNegative = 1.0
    mixture_mean: float = 2.5

    @property
    def share_negative(self) -> float:
        """α."""
        a, b, c = self.negative, self.positive, self.slope
        pull_a, pull_b = a * _sigma(c * a) * _sigma(-c * a), b * _sigma(c * b) * _sigma(-c * b)
        return pull_b / (pull_a + pull_b)

    @property
    def shares(self) -> tuple[float, ...]:
        """P(Y = 0) and P(Y = 1)."""
        alpha = self.share_negative
        one = alpha * _sigma(-self.slope * self.negative) + (1.0 - alpha) * _sigma(self.slope * self.positive)
        return (1.0 - one, one)

    @property
    def laws(self) -> tuple[MixtureLaw, ...]:
        """Law of X given Y = 0 and given Y = 1: four Gaussian components each."""
        return (self._law(-1.0), self._law(1.0))

    def _law(self, side: float) -> MixtureLaw:
        alpha, c = self.share_negative, self.slope
        low = alpha * _sigma(-side * c * self.negative)
        high = (1.0 - alpha) * _sigma(side * c * self.positive)
        factor = self.spread * np.eye(self.dimension)
        factor[0, 0] = 0.0
        weights, parts = [], []
        for place, weight in ((-self.negative, low), (self.positive, high)):
            for sign in (-1.0, 1.0):
                mean = np.zeros(self.dimension)
                mean[1:4] = sign * self.mixture_mean
                mean[0] = place
                weights.append(0.5 * weight / (low + high))
                parts.append(LocationLaw(mean, factor))
        return MixtureLaw(tuple(weights), tuple(parts))
