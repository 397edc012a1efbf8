"""Empirical rates: the slope of log estimate on log size, with an interval, against a theorem's exponent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import stdtrit

from synththeory.arrays import Array, Vector
from synththeory.errors import DesignError


class Estimated(Protocol):
    """A mean of replications with its standard error, such as a `Row` or a `Ratio`."""

    @property
    def estimate(self) -> float:
        """The number."""

    @property
    def mcse(self) -> float:
        """Its Monte Carlo standard error."""

    @property
    def replications(self) -> int:
        """How many replications both come of."""


@dataclass(frozen=True)
class Rate:
    """A fitted power law, estimate ∝ size^slope.

    Attributes
    ----------
    slope, standard_error : float
        Of the weighted log–log regression, each point weighted by its squared ratio of estimate to MCSE.
    lower, upper : float
        95 % interval of the slope.
    points : int
        Points fitted.
    """

    slope: float
    standard_error: float
    lower: float
    upper: float
    points: int

    def contains(self, exponent: float) -> bool:
        """Whether a theorem's exponent lies in the interval."""
        return self.lower <= exponent <= self.upper


def fitted_rate(sizes: Sequence[float], rows: Sequence[Estimated]) -> Rate:
    """Fit a power law to independent estimates, such as a study's rows of different cells.

    The weights (estimate/MCSE)² are those of known errors (they are not rescaled to the scatter about the line). MCSEs
    are themselves estimated, so the interval takes Student's quantile with one degree of freedom less than the fewest
    replications of a point. For normal estimates it then covers .945 to .95 from five replications on, the normal
    quantile .85 at five and .93 at twenty; a skewed estimate's interval still covers less (exponential: .933 at twenty,
    .95 at a hundred).

    Parameters
    ----------
    sizes : sequence of float
        (P,) what varies, such as the minority's size of each row's cell; > 0.
    rows : sequence of Row or Ratio
        (P,) estimates > 0 with their MCSE and replications ≥ 2.

    Raises
    ------
    DesignError
        With fewer than two points, or an estimate or MCSE that is not positive.
    """
    from statsmodels.regression.linear_model import WLS  # takes a second to import

    estimates, errors = np.array([row.estimate for row in rows]), np.array([row.mcse for row in rows])
    if len(rows) < 2 or not (np.all(estimates > 0.0) and np.all(errors > 0.0)):
        raise DesignError("a rate needs at least two points, each with a positive estimate and MCSE")
    line = np.column_stack([np.ones(len(rows)), np.log(sizes)])
    weights = (estimates / errors) ** 2
    fit = WLS(np.log(estimates), line, weights=weights).fit(cov_type="fixed scale")  # type: ignore[no-untyped-call]
    slope, error = float(fit.params[1]), float(fit.bse[1])
    half = float(stdtrit(min(row.replications for row in rows) - 1, 0.975)) * error
    return Rate(slope, error, slope - half, slope + half, len(rows))


def nested_rate(sizes: Vector, values: Array) -> Rate:
    """Fit a power law along one arm's curve, whose points share their data.

    The slope is cᵀ log m for the means m of the columns, c from weights (m/MCSE)² as in `fitted_rate`; by influence
    function its variance is (c/m)ᵀ C (c/m)/n, C the sample covariance of the columns; the interval takes Student's
    quantile with n − 1 degrees of freedom.

    Parameters
    ----------
    sizes : Vector
        (P,) what varies, > 0.
    values : Array
        (n, P) the stored numbers, a replication with a failed fit left out.

    Raises
    ------
    DesignError
        With fewer than two points or replications, or a mean that is not positive.
    """
    kept = values[np.isfinite(values).all(axis=1)]
    means = kept.mean(axis=0)
    if kept.shape[0] < 2 or means.size < 2 or not np.all(means > 0.0):
        raise DesignError("a rate needs two replications or more and at least two points with positive means")
    covariance = np.cov(kept, rowvar=False) / kept.shape[0]
    line = np.column_stack([np.ones(means.size), np.log(sizes)])
    weighted = line * (means**2 / np.diag(covariance))[:, None]
    pull = np.linalg.solve(line.T @ weighted, weighted.T)[1]
    slope, error = float(pull @ np.log(means)), float(np.sqrt((pull / means) @ covariance @ (pull / means)))
    half = float(stdtrit(kept.shape[0] - 1, 0.975)) * error
    return Rate(slope, error, slope - half, slope + half, means.size)
