"""Empirical rates: the slope of log estimate on log size, with an interval, against a theorem's exponent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synththeory.errors import DesignError
from synththeory.sim.rows import Row


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


def fitted_rate(sizes: Sequence[float], rows: Sequence[Row]) -> Rate:
    """Fit a power law to a study's rows.

    Parameters
    ----------
    sizes : sequence of float
        (P,) what varies, such as the minority's size of each row's cell; > 0.
    rows : sequence of Row
        (P,) estimates > 0 with their MCSE, which is taken as known (the interval does not rescale it).

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
    (lower, upper), slope, error = fit.conf_int(0.05)[1], fit.params[1], fit.bse[1]
    return Rate(float(slope), float(error), float(lower), float(upper), len(rows))
