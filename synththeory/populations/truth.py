"""The exact balanced risk of a population under a loss: where it comes from."""

from __future__ import annotations

from functools import cache
from typing import Protocol

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.losses import LogisticLoss, Loss, SquaredLoss
from synththeory.populations.base import Population
from synththeory.populations.laws import LocationLaw
from synththeory.populations.logistic import LogisticTruth
from synththeory.populations.mixtures import MixtureLaw
from synththeory.populations.moments import StratumMoments
from synththeory.populations.squared import SquaredTruth
from synththeory.sample import Stratum


class Truth(Protocol):
    """Balanced risk of a population under a loss, its minimiser, and the moments there."""

    @property
    def risk_method(self) -> str:
        """``"exact"``, or ``"test-sample"`` where no closed form or quadrature exists."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """What a study of this loss reports (see `measure`)."""

    @property
    def optimum(self) -> Vector:
        """θ*, (p,)."""

    @property
    def moments(self) -> tuple[StratumMoments, ...]:
        """Moments of each stratum's score at θ*."""

    def at(self, stratum: Stratum, law: LocationLaw | MixtureLaw, theta: Vector) -> StratumMoments:
        """Moments at θ of rows of any law that carry a stratum's label."""

    def excess_risk(self, coefficients: Array) -> Array:
        """R(θ) − R(θ*), shape (...) for coefficients (..., p)."""

    def risk(self, coefficients: Array) -> Array:
        """R(θ), shape (...) for coefficients (..., p)."""

    def error(self, coefficients: Array) -> Array:
        """Balanced 0–1 error, shape (...) for coefficients (..., p).

        Raises
        ------
        DesignError
            Where the law of a linear score is not known.
        """


def measure(exact: Truth, metric: str, coefficients: Array) -> Array:
    """One metric of fitted coefficients.

    Parameters
    ----------
    exact : Truth
        Where the rows come from.
    metric : {"excess_risk", "parameter_error", "balanced_loss", "balanced_error"}
        R(θ̂) − R(θ*), ‖θ̂ − θ*‖, R(θ̂), balanced 0–1 error.
    coefficients : Array
        (..., p).

    Returns
    -------
    Array
        (...).
    """
    if metric == "parameter_error":
        return np.asarray(np.linalg.norm(coefficients - exact.optimum, axis=-1))
    known = {"excess_risk": exact.excess_risk, "balanced_loss": exact.risk, "balanced_error": exact.error}
    return known[metric](coefficients)


@cache
def truth(population: Population, loss: Loss) -> Truth:
    """The exact balanced risk of a population under a loss (kept, as both are frozen).

    Raises
    ------
    NotImplementedError
        When no exact risk of this loss is known.
    """
    if isinstance(loss, SquaredLoss):
        return SquaredTruth(population.strata, population.laws, loss)
    if isinstance(loss, LogisticLoss):
        return LogisticTruth(population.strata, population.laws, loss)
    raise NotImplementedError(f"no exact risk is known for {type(loss).__name__}")
