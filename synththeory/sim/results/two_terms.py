"""A divergence as a capacity term, which falls with a net's width, and a data term, which falls with the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from synththeory.arrays import Array, Vector
from synththeory.errors import DesignError
from synththeory.sim.questions.divergence import DIVERGENCE, Diverging
from synththeory.sim.results.summary import Summary


@dataclass(frozen=True)
class Interval:
    """A fitted number with its 95 % interval."""

    value: float
    lower: float
    upper: float

    @property
    def words(self) -> str:
        """Such as ``0.52 [0.41, 0.63]``."""
        return f"{self.value:.2f} [{self.lower:.2f}, {self.upper:.2f}]"


@dataclass(frozen=True)
class TwoTerms:
    """KL at widths w and rows n, as published rates say and with exponents of its own.

    Attributes
    ----------
    capacity, data : Interval
        a and b of KL = a/√w + b log(w)/√n, by least squares of the cells' relative errors (NXLZ's rates [R]).
    misfit : float
        Root mean squared relative residual of that fit.
    width_power, rows_power : Interval
        p and q of KL = A w^(−p) + B log(w) n^(−q) [D].
    free_misfit : float
        The same of that fit, residuals of log KL.
    """

    capacity: Interval
    data: Interval
    misfit: float
    width_power: Interval
    rows_power: Interval
    free_misfit: float

    def stated(self, width: float, rows: float) -> float:
        """KL of the published rates."""
        return float(self.capacity.value / width**0.5 + self.data.value * np.log(width) / rows**0.5)


def two_terms(widths: Sequence[float], rows: Sequence[float], divergences: Sequence[float]) -> TwoTerms:
    """Fit both forms to the divergences at widths w and rows n.

    Intervals are those of least squares: what neither form explains counts as error, Monte Carlo error included.

    Parameters
    ----------
    widths, rows, divergences : sequence of float
        (P,) each, > 0; widths above 1.

    Raises
    ------
    DesignError
        With fewer than six points, one width or one number of rows, or a divergence that is not positive.
    """
    from statsmodels.regression.linear_model import WLS  # takes a second to import

    wide, many, seen = (np.asarray(each, dtype=np.float64) for each in (widths, rows, divergences))
    if len(seen) < 6 or min(np.unique(wide).size, np.unique(many).size) < 2 or not np.all(seen > 0.0):
        raise DesignError("two terms need six points at least, of two widths and two numbers of rows, all above 0")
    terms = np.column_stack([wide**-0.5, np.log(wide) * many**-0.5])
    fit: Any = WLS(seen, terms, weights=seen**-2.0).fit()  # type: ignore[no-untyped-call]
    bounds = np.asarray(fit.conf_int())
    capacity, data = (Interval(float(v), float(b[0]), float(b[1])) for v, b in zip(fit.params, bounds, strict=True))
    powers, misfit = _free(wide, many, seen)
    return TwoTerms(capacity, data, float(np.sqrt(np.mean(np.square(fit.resid / seen)))), *powers, misfit)


def _free(wide: Vector, many: Vector, seen: Vector) -> tuple[tuple[Interval, Interval], float]:
    """p and q, with intervals from the curvature at the least squares."""
    from scipy.optimize import curve_fit

    def law(_: Array, log_a: float, p: float, log_b: float, q: float) -> Array:
        return np.logaddexp(log_a - p * np.log(wide), log_b + np.log(np.log(wide)) - q * np.log(many))

    start = (0.0, 0.5, float(np.log(seen.max()) + 0.5 * np.log(many.min())), 0.5)
    found, covariance = curve_fit(law, wide, np.log(seen), p0=start, maxfev=20_000)
    half = float(stdtrit(max(len(seen) - 4, 1), 0.975)) * np.sqrt(np.diag(covariance))
    powers = [Interval(float(found[i]), float(found[i] - half[i]), float(found[i] + half[i])) for i in (1, 3)]
    return (powers[0], powers[1]), float(np.sqrt(np.mean(np.square(law(wide, *found) - np.log(seen)))))


def widths_of(summary: Summary) -> dict[str, int]:
    """The width of every arm that has one, by label."""
    arms = [arm for arm in summary.design.cells[0].arms if isinstance(arm, Diverging)]
    return {arm.label: arm.width for arm in arms if arm.width is not None}


def terms_of(summary: Summary) -> TwoTerms | None:
    """Both terms of a study of divergences; None where it has one width or one number of rows."""
    widths = widths_of(summary)
    points = [
        (float(widths[row.arm]), float(cell.counts[-1]), row.estimate)
        for cell in summary.design.cells
        for row in summary.select(cell=cell.swept, metric=DIVERGENCE.name)
        if row.arm in widths
    ]
    try:
        return two_terms(*zip(*points, strict=True)) if points else None
    except DesignError:
        return None
