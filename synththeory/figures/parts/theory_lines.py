"""Theory as drawn: smooth curves where formulas give them, otherwise the summary's own points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from synththeory.arrays import Vector
from synththeory.metrics import EXCESS_RISK, PARAMETER_ERROR
from synththeory.sim.design.cells import Cell
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary
from synththeory.theory import Curve, OptimalSizes, optimal_sizes

_DRAWN = (EXCESS_RISK.name, PARAMETER_ERROR.name)
"""Metrics whose theory is a curve."""
_RISING = ("auroc",)
"""Metrics that are best where they are largest."""
_ONE_SIDED = ("recall", "specificity")
"""Metrics of one class, of which more is always had at the other's cost: no size is best."""
_FINE = 121
"""Points of a smooth curve."""
_ENDLESS = 19.99
"""A best size at the end of the range theory searches (20 class gaps): the curve falls without end."""


@dataclass(frozen=True, eq=False)
class TheoryLine:
    """Theory of one arm in one cell, at every synthetic size.

    Attributes
    ----------
    theory : Curve
        The summary's.
    gap : int
        n0 − n1.
    """

    theory: Curve
    gap: int

    @property
    def source(self) -> str:
        """``"closed form"`` or ``"pilot"``."""
        return self.theory.source

    @cached_property
    def optimum(self) -> OptimalSizes:
        """The three optimal sizes."""
        return optimal_sizes(self.theory)

    def values(self, metric: str, sizes: ArrayLike) -> Vector:
        """The predicted metric at synthetic sizes, (S,)."""
        found = self.theory.at(sizes)
        return found.total if metric == EXCESS_RISK.name else found.parameter_error

    def bias(self, metric: str, size: float) -> float:
        """What remains of the metric without variance: the floor that more real rows do not lower."""
        found = self.theory.at(size)
        return float(found.bias[0]) if metric == EXCESS_RISK.name else float(np.linalg.norm(found.mean_error[0]))


@dataclass(frozen=True, eq=False)
class TheoryCurve:
    """Theory of one arm over the multiplier, as it is drawn.

    Attributes
    ----------
    points : tuple of (float, float)
        γ and the predicted metric; the summary's own points are among them to the bit.
    optimum : tuple of (float, float) or None
        The lowest point; None where it lies beyond the curve's end.
    best : str or None
        The γ of the lowest excess risk in words; empty where the curve falls without end, None for one class alone.
    source : str
        ``"closed form"`` or ``"pilot"``.
    leading : tuple of (float, float)
        γ and the excess risk at leading order, where the curve is of a higher one; empty elsewhere.
    """

    points: tuple[tuple[float, float], ...]
    optimum: tuple[float, float] | None
    best: str | None
    source: str
    leading: tuple[tuple[float, float], ...] = ()


def arms_of(summary: Summary, cell: Cell, metric: str) -> tuple[str, ...]:
    """The arms of a cell that have a metric, in the order of the summary."""
    return tuple(dict.fromkeys(row.arm for row in summary.select(metric=metric, cell=cell.swept)))


def source_of(summary: Summary, cell: Cell, arm: str) -> str:
    """How theory knows an arm: ``"closed form"`` or ``"pilot"``; empty where nothing was compared with theory."""
    return next((entry.source for entry in summary.agreements if entry.arm == arm and entry.cell == cell.swept), "")


def theory_line(summary: Summary, cell: Cell, arm: str, metric: str) -> TheoryLine | None:
    """Theory of an arm at every size, or None where there is none, or where every size would be a minimisation.

    Parameters
    ----------
    summary : Summary
        It keeps the theory of its arms.
    cell, arm, metric
        Which curve.
    """
    theory = summary.theory(cell, arm)
    if theory is None or not theory.at_once or metric not in _DRAWN:
        return None
    return TheoryLine(theory, cell.counts[0] - cell.counts[1])


def theory_curve(summary: Summary, cell: Cell, arm: str, metric: str, last: float) -> TheoryCurve | None:
    """Theory of an arm from γ = 0 to ``last``, or None where the summary has none.

    Parameters
    ----------
    summary, cell, arm, metric
        Which curve.
    last : float
        End of the axis.
    """
    rows = summary.select(arm=arm, metric=metric, cell=cell.swept)
    own = {row.multiplier: row.theory for row in rows if row.theory is not None and row.multiplier is not None}
    if not own:
        return None
    line = theory_line(summary, cell, arm, metric)
    if line is None:
        return _through_the_rows(own, metric, source_of(summary, cell, arm))
    best = line.optimum.risk / line.gap
    exact = {row.synthetic_size / line.gap: row for row in rows if row.synthetic_size is not None}
    grid = sorted({*np.linspace(0.0, last, _FINE).tolist(), *exact, min(best, last)})
    values = line.values(metric, np.array([*grid, best]) * line.gap).tolist()
    points = tuple((x, _value(exact.get(x), value)) for x, value in zip(grid, values[:-1], strict=True))
    lowest = (best, values[-1]) if metric == EXCESS_RISK.name and best <= last else None
    words = "" if best >= _ENDLESS else "0" if best < 0.005 else f"{best:.2f}"
    return TheoryCurve(points, lowest, words, line.source, _leading(line, metric, grid))


def _leading(line: TheoryLine, metric: str, multipliers: list[float]) -> tuple[tuple[float, float], ...]:
    """Leading order on the same grid."""
    if metric != "excess_risk" or line.theory.validity.order == "leading":
        return ()
    totals = line.theory.leading.at(np.array(multipliers) * line.gap).total
    return tuple(zip(multipliers, totals.tolist(), strict=True))


def _value(row: Row | None, value: float) -> float:
    return value if row is None or row.theory is None else row.theory


def _through_the_rows(own: dict[float, float], metric: str, source: str) -> TheoryCurve:
    points = tuple(sorted(own.items()))
    if metric in _ONE_SIDED:
        return TheoryCurve(points, None, None, source)
    best = max if metric in _RISING else min
    lowest = best(points, key=lambda point: point[1])
    ends = lowest[0] == points[-1][0] and len(points) > 1
    words = f"{'≥ ' if ends else ''}{lowest[0]:.3g}"
    inside = None if ends or metric == PARAMETER_ERROR.name or math.isnan(lowest[1]) else lowest
    return TheoryCurve(points, inside, words, source)
