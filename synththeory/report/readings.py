"""What is read off a summary to hold against a claim: a point, a difference, a ratio, a slope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from synththeory.arrays import Vector
from synththeory.errors import DesignError, nearest
from synththeory.metrics import EXCESS_RISK
from synththeory.sim.results.rates import fitted_rate
from synththeory.sim.results.rows import Row
from synththeory.sim.results.scaling import scaling_fits
from synththeory.sim.results.summary import Summary

Cell = Mapping[str, object] | int
"""Some of a cell's swept keys and their values, dots reaching into a swept table; or its place in the grid, from 0."""


@dataclass(frozen=True)
class Found:
    """A number of ours.

    Attributes
    ----------
    estimate, mcse : float
        The number and its Monte Carlo standard error.
    theory : float or None
        What theory says of it.
    replications : int
        What it rests on.
    """

    estimate: float
    mcse: float
    theory: float | None
    replications: int


class Reading(Protocol):
    """Something that can be read off a summary."""

    @property
    def points(self) -> tuple[Point, ...]:
        """The points it rests on; empty where it takes a whole sweep."""

    def read(self, summary: Summary) -> Found:
        """Read it.

        Raises
        ------
        DesignError
            If the study has no such number.
        """


@dataclass(frozen=True)
class Point:
    """The mean of one metric at one point of one arm.

    Attributes
    ----------
    arm : str
        Label of the arm.
    multiplier : float or None
        γ; None for an arm with a single point.
    metric : str
        Such as ``"excess_risk"``.
    cell : mapping
        Which cell, by some of its swept values; may be empty in a study with one.
    size : int or None
        Synthetic rows, where the study sweeps them and not γ.
    """

    arm: str
    multiplier: float | None = None
    metric: str = EXCESS_RISK.name
    cell: Cell = field(default_factory=dict)
    size: int | None = None

    def read(self, summary: Summary) -> Found:
        """The row of a summary."""
        row = self.row(summary)
        return Found(row.estimate, row.mcse, row.theory, row.replications)

    @property
    def points(self) -> tuple[Point, ...]:
        """Itself."""
        return (self,)

    def row(self, summary: Summary) -> Row:
        """The one row meant.

        Raises
        ------
        DesignError
            If none or several are.
        """
        wanted = resolved(summary, self.cell)
        rows = [row for row in summary.select(arm=self.arm, metric=self.metric) if self._is(row, wanted)]
        if len(rows) != 1:
            arms = nearest(self.arm, {row.arm for row in summary.rows})
            where = "no row" if not rows else f"{len(rows)} rows"
            raise DesignError(f"{summary.design.study} has {where} for {self}{arms}")
        return rows[0]

    def values(self, summary: Summary) -> Vector:
        """What the row averages, (n,), NaN where the fit failed."""
        row = self.row(summary)
        (cell,) = (cell for cell in summary.design.cells if cell.swept == row.cell)
        (arm,) = (arm for arm in cell.arms if arm.label == self.arm)
        place = arm.points.index((row.multiplier, row.synthetic_size))
        return summary.values(cell, self.arm, self.metric)[:, place]

    def _is(self, row: Row, wanted: Mapping[str, object]) -> bool:
        near = self.multiplier is None or (row.multiplier is not None and np.isclose(row.multiplier, self.multiplier))
        sized = self.size is None or row.synthetic_size == self.size
        return bool(near) and sized and matches(row.cell, wanted)


@dataclass(frozen=True)
class Combination:
    """A sum of multiples of points, replication by replication: arms of one cell share their data.

    Attributes
    ----------
    terms : tuple of (float, Point)
        Each factor with its point.
    """

    terms: tuple[tuple[float, Point], ...]

    @property
    def points(self) -> tuple[Point, ...]:
        """What is combined."""
        return tuple(point for _, point in self.terms)

    def read(self, summary: Summary) -> Found:
        """Its mean over the replications in which no fit failed."""
        values = np.array([factor * point.values(summary) for factor, point in self.terms]).sum(axis=0)
        kept = values[np.isfinite(values)]
        foretold = [(factor, point.row(summary).theory) for factor, point in self.terms]
        known = [factor * theory for factor, theory in foretold if theory is not None]
        theory = sum(known) if len(known) == len(foretold) else None
        return Found(float(kept.mean()), float(kept.std(ddof=1) / np.sqrt(kept.size)), theory, kept.size)


@dataclass(frozen=True)
class Difference:
    """The first point minus the second, paired as a `Combination`."""

    first: Point
    second: Point

    @property
    def points(self) -> tuple[Point, ...]:
        """What is compared."""
        return self.first, self.second

    def read(self, summary: Summary) -> Found:
        """The mean difference."""
        return Combination(((1.0, self.first), (-1.0, self.second))).read(summary)


@dataclass(frozen=True)
class Ratio:
    """The first point's mean over the second's; paired as a `Difference`, error by the delta method."""

    first: Point
    second: Point

    @property
    def points(self) -> tuple[Point, ...]:
        """What is compared."""
        return self.first, self.second

    def read(self, summary: Summary) -> Found:
        """The ratio of two means over the replications in which neither fit failed."""
        one, other = self.first.row(summary), self.second.row(summary)
        pairs = np.stack([self.first.values(summary), self.second.values(summary)])
        above, below = pairs[:, np.isfinite(pairs).all(axis=0)]
        value = float(above.mean() / below.mean())
        left = (above - value * below) / below.mean()
        theory = None if one.theory is None or not other.theory else one.theory / other.theory
        return Found(value, float(left.std(ddof=1) / np.sqrt(left.size)), theory, left.size)


@dataclass(frozen=True)
class Slope:
    """Log–log slope of an arm's mean against a swept size, by weighted least squares over independent cells.

    Attributes
    ----------
    arm, multiplier, metric, cell
        As of a `Point`.
    key : str
        The swept key that is the size.
    smallest : float
        Sizes below are left out.
    """

    arm: str
    multiplier: float | None = None
    metric: str = EXCESS_RISK.name
    cell: Cell = field(default_factory=dict)
    key: str = "sample.minority"
    smallest: float = 0.0

    @property
    def points(self) -> tuple[Point, ...]:
        """None in particular: a whole sweep."""
        return ()

    def read(self, summary: Summary) -> Found:
        """Fit the slope to the rows of a summary, and to their theory."""
        wanted = resolved(summary, self.cell)
        rows = [
            row
            for row in summary.select(arm=self.arm, metric=self.metric)
            if (self.multiplier is None or row.multiplier == self.multiplier) and matches(row.cell, wanted)
            if float(str(row.cell[self.key])) >= self.smallest
        ]
        sizes = np.array([float(str(row.cell[self.key])) for row in rows])
        rate = fitted_rate(sizes.tolist(), rows)
        predicted = [row.theory for row in rows if row.theory]
        theory = float(np.polyfit(np.log(sizes), np.log(predicted), 1)[0]) if len(predicted) == len(rows) else None
        return Found(rate.slope, rate.standard_error, theory, min(row.replications for row in rows))


@dataclass(frozen=True)
class LawSlope:
    """Slope of a scaling law on the rows that count, before its floor; nested sizes, so with their covariance.

    Attributes
    ----------
    arm : str
        Label of the arm, in the first cell of a study with groups.
    """

    arm: str

    @property
    def points(self) -> tuple[Point, ...]:
        """None in particular: a whole sweep."""
        return ()

    def read(self, summary: Summary) -> Found:
        """The fit of a summary, beside the predicted slope.

        Raises
        ------
        DesignError
            If the arm has no slope.
        """
        fits = {fit.arm: fit for fit in scaling_fits(summary, summary.design.cells[0])}
        fit = fits.get(self.arm)
        if fit is None or fit.rate is None:
            raise DesignError(f"{summary.design.study} has no slope for {self.arm}{nearest(self.arm, fits)}")
        count = summary.design.monte_carlo.replications
        return Found(fit.rate.slope, fit.rate.standard_error, fit.predicted, count)


def resolved(summary: Summary, cell: Cell) -> Mapping[str, object]:
    """The swept values meant, where a cell is named by its place in the grid."""
    return summary.design.cells[cell].swept if isinstance(cell, int) else cell


def matches(cell: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    """Whether a cell's swept values are the wanted ones."""
    return all(_value(cell, key) == value for key, value in wanted.items())


def _value(cell: Mapping[str, object], key: str) -> object:
    if key in cell:
        return cell[key]
    table, _, inner = key.rpartition(".")
    below = cell.get(table)
    return below.get(inner) if isinstance(below, Mapping) else None
