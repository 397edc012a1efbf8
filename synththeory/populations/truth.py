"""The exact balanced risk of a population under a loss: where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        """What a study of this loss reports (see `measures`)."""

    @property
    def optimum(self) -> Vector:
        """θ*, (p,)."""

    @property
    def minimum(self) -> float:
        """R(θ*)."""

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


def measures(exact: Truth, metrics: Sequence[str], coefficients: Array) -> Array:
    """Metrics of fitted coefficients.

    Parameters
    ----------
    exact : Truth
        Where the rows come from.
    metrics : sequence of {"excess_risk", "parameter_error", "balanced_loss", "balanced_error"}
        R(θ̂) − R(θ*), ‖θ̂ − θ*‖, R(θ̂) and balanced 0–1 error: M names.
    coefficients : Array
        (..., p).

    Returns
    -------
    Array
        (M, ...).
    """
    excess = exact.excess_risk(coefficients)
    known: dict[str, Callable[[], Array]] = {
        "excess_risk": lambda: excess,
        "parameter_error": lambda: np.asarray(np.linalg.norm(coefficients - exact.optimum, axis=-1)),
        "balanced_loss": lambda: exact.minimum + excess,
        "balanced_error": lambda: exact.error(coefficients),
    }
    return np.stack([known[metric]() for metric in metrics])


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
