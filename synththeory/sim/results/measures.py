"""Measures that are smooth functions of means, with Monte Carlo standard errors by influence function.

For a measure g of the means m of some columns, the influence of a replication is ∇g(m)ᵀ(x − m), so

    MCSE² = ∇g(m)ᵀ C ∇g(m) / n,    C the sample covariance of the columns (divisor n − 1),

which for the mean itself is the variance over n, and for a paired difference counts the arms' shared data. Columns are
what the caller stacks: x for a mean, (x, x²) for a standard deviation, (a, b) for a contrast or a ratio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from synththeory.arrays import Array, Integers

NORMAL_QUANTILE = NormalDist().inv_cdf(0.975)
"""Half-width of a 95 % interval in standard errors."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Count, means and summed centred products of k columns, at every entry of an array of any shape.

    Attributes
    ----------
    count : Integers
        (...), how many replications had finite columns.
    mean : Array
        (..., k).
    comoment : Array
        (..., k, k), Σ (x − mean)(x − mean)ᵀ.
    """

    count: Integers
    mean: Array
    comoment: Array

    @classmethod
    def of(cls, columns: Array) -> Moments:
        """Moments over the first axis of columns (n, ..., k); a replication with a NaN is left out of its entry."""
        finite = np.logical_and.reduce(np.isfinite(columns), axis=-1, keepdims=True)
        count = finite[..., 0].sum(axis=0)
        kept = np.where(finite, columns, 0.0)
        mean = kept.sum(axis=0) / np.maximum(count, 1)[..., None]
        centred = np.where(finite, columns - mean, 0.0)
        return cls(count, mean, np.einsum("n...i,n...j->...ij", centred, centred))

    def __add__(self, other: Moments) -> Moments:
        """Moments of both sets of replications (Chan, Golub & LeVeque 1983)."""
        count = self.count + other.count
        share = (other.count / np.maximum(count, 1))[..., None]
        step = other.mean - self.mean
        between = (self.count[..., None] * share * step)[..., :, None] * step[..., None, :]
        return Moments(count, self.mean + share * step, self.comoment + other.comoment + between)


@dataclass(frozen=True)
class Measure:
    """A smooth function of the means of k columns.

    Attributes
    ----------
    value : callable
        g, from means (..., k) to (...).
    gradient : callable
        ∇g, from means (..., k) to (..., k).
    """

    value: Callable[[Array], Array]
    gradient: Callable[[Array], Array]


MEAN = Measure(lambda mean: mean[..., 0], np.ones_like)
"""The mean of one column."""
DIFFERENCE = Measure(lambda mean: mean[..., 0] - mean[..., 1], lambda mean: np.ones_like(mean) * np.array([1.0, -1.0]))
"""The mean of the first column minus that of the second."""
RATIO = Measure(
    lambda mean: mean[..., 0] / mean[..., 1],
    lambda mean: np.stack([1.0 / mean[..., 1], -mean[..., 0] / mean[..., 1] ** 2], axis=-1),
)
"""The mean of the first column over that of the second."""


@dataclass(frozen=True, eq=False)
class Estimates:
    """Values of a measure and their Monte Carlo standard errors, any shape; NaN with too few replications."""

    value: Array
    mcse: Array


def estimate(measure: Measure, moments: Moments) -> Estimates:
    """A measure at the moments of its columns.

    Returns
    -------
    Estimates
        The value is NaN without replications, the MCSE with fewer than two.
    """
    gradient = measure.gradient(moments.mean)
    spread = np.einsum("...i,...ij,...j->...", gradient, moments.comoment, gradient)
    count = moments.count
    variance = np.maximum(spread, 0.0) / (np.maximum(count - 1, 1) * np.maximum(count, 1))
    return Estimates(
        np.where(count > 0, measure.value(moments.mean), np.nan), np.where(count > 1, np.sqrt(variance), np.nan)
    )


def share_interval(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a proportion: never of width zero, not even at 0 or 1."""
    from statsmodels.stats.proportion import proportion_confint  # takes a second to import, needed after failures only

    lower, upper = proportion_confint(successes, trials, alpha=0.05, method="wilson")
    return float(lower), float(upper)
