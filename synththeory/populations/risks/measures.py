"""How well a fit does: what every risk, exact or on a test sample, can be asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import numpy as np

from synththeory.arrays import Array, Vector
from synththeory.errors import SynththeoryError
from synththeory.fits import Fit, linear_fit
from synththeory.metrics import BALANCED_ERROR, BALANCED_LOSS, EXCESS_RISK, PARAMETER_ERROR
from synththeory.sample import Stratum


class ExactRisk(Protocol):
    """A risk known at every θ, as `measures` needs it."""

    @property
    def strata(self) -> Sequence[Stratum]:
        """The groups whose risks are averaged."""

    @property
    def optimum(self) -> Vector:
        """θ*, (p,)."""

    @property
    def minimum(self) -> float:
        """R(θ*)."""

    def excess_risk(self, coefficients: Array) -> Array:
        """R(θ) − R(θ*), shape (...) for coefficients (..., p)."""

    def error(self, coefficients: Array) -> Array:
        """Balanced 0–1 error, shape (...) for coefficients (..., p)."""

    def risks(self, coefficients: Array) -> Array:
        """R_c(θ) of every stratum, shape (strata, ...)."""


def coefficients_of(fit: Fit) -> Array:
    """Coefficients (B, S, p) on the rows themselves, all that an exact risk knows.

    Raises
    ------
    SynththeoryError
        When the score is not linear in the rows: a design takes a test sample then.
    """
    linear = linear_fit(fit)
    if linear.features is not None:
        raise SynththeoryError("an exact risk needs scores linear in the rows; these are linear in features of them")
    return linear.coefficients


def group_metric(stratum: Stratum) -> str:
    """Name of the metric that is a stratum's own risk."""
    return f"group_risk: {stratum.name}"


def measures(exact: ExactRisk, metrics: Sequence[str], coefficients: Array) -> Array:
    """Exact metrics of coefficients.

    Parameters
    ----------
    exact : ExactRisk
        Where the rows come from.
    metrics : sequence of {"excess_risk", "parameter_error", "balanced_loss", "balanced_error"}
        R(θ̂) − R(θ*), ‖θ̂ − θ*‖, R(θ̂) and balanced 0–1 error; or the `group_metric` of a stratum: M names.
    coefficients : Array
        (..., p).

    Returns
    -------
    Array
        (M, ...).
    """
    excess = exact.excess_risk(coefficients)
    known: dict[str, Callable[[], Array]] = {
        EXCESS_RISK.name: lambda: excess,
        PARAMETER_ERROR.name: lambda: np.asarray(np.linalg.norm(coefficients - exact.optimum, axis=-1)),
        BALANCED_LOSS.name: lambda: exact.minimum + excess,
        BALANCED_ERROR.name: lambda: exact.error(coefficients),
    }
    grouped = [group_metric(stratum) for stratum in exact.strata]
    if set(grouped) & set(metrics):
        risks = exact.risks(coefficients)
        known |= {name: partial(np.asarray, risk) for name, risk in zip(grouped, risks, strict=True)}
    return np.stack([known[metric]() for metric in metrics])
