"""Theory as drawn: smooth curves where formulas give them, otherwise the summary's own points."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.corrections import BiasCorrection
from synththeory.losses import SquaredLoss
from synththeory.sim.design.cells import Cell
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary
from synththeory.theory import CorrectedGenerator, Expansion, OptimalSizes, expand, optimal_sizes
from synththeory.theory.expansion import Imitator
from synththeory.theory.norms import expected_norm

_VALUES: dict[str, Callable[[Expansion, float], float]] = {
    "excess_risk": lambda expansion, size: expansion.excess_at(size),
    "parameter_error": lambda expansion, size: expected_norm(*expansion.error_at(size)),
}
_BIASES: dict[str, Callable[[Expansion, float], float]] = {
    "excess_risk": lambda expansion, size: expansion.parts_at(size)[0],
    "parameter_error": lambda expansion, size: float(np.linalg.norm(expansion.error_at(size)[0])),
}
_FINE = 121
"""Points of a smooth curve."""
_KEPT_PILOTS = 8
"""With more pilots than this in a study their curves go through its own points: none is drawn anew for a figure."""
_ENDLESS = 19.99
"""A best size at the end of the range theory searches (20 class gaps): the curve falls without end."""


@dataclass(frozen=True, eq=False)
class TheoryLine:
    """Theory of one arm in one cell, at every synthetic size.

    Attributes
    ----------
    expansion : Expansion
        The ingredients of the curve at θ*; for squared loss they are the whole curve.
    gap : int
        n0 − n1.
    """

    expansion: Expansion
    gap: int

    @property
    def source(self) -> str:
        """``"closed form"`` or ``"pilot"``."""
        return self.expansion.generator.source

    @cached_property
    def optimum(self) -> OptimalSizes:
        """The three optimal sizes."""
        return optimal_sizes(self.expansion)

    def value(self, metric: str, size: float) -> float:
        """The predicted metric at a synthetic size."""
        return _VALUES[metric](self.expansion, size)

    def bias(self, metric: str, size: float) -> float:
        """What remains of the metric without variance: the floor that more real rows do not lower."""
        return _BIASES[metric](self.expansion, size)


@dataclass(frozen=True, eq=False)
class TheoryCurve:
    """Theory of one arm over the multiplier, as it is drawn.

    Attributes
    ----------
    points : tuple of (float, float)
        γ and the predicted metric; the summary's own points are among them to the bit.
    optimum : tuple of (float, float) or None
        The lowest point; None where it lies beyond the curve's end.
    best : str
        The γ of the lowest excess risk in words; empty where the curve falls without end.
    source : str
        ``"closed form"`` or ``"pilot"``.
    """

    points: tuple[tuple[float, float], ...]
    optimum: tuple[float, float] | None
    best: str
    source: str


def arms_of(summary: Summary, cell: Cell, metric: str) -> tuple[str, ...]:
    """The arms of a cell that have a metric, in the order of the summary."""
    return tuple(dict.fromkeys(row.arm for row in summary.select(metric=metric, cell=cell.swept)))


def source_of(summary: Summary, cell: Cell, arm: str) -> str:
    """How theory knows an arm: ``"closed form"`` or ``"pilot"``; empty where nothing was compared with theory."""
    return next((entry.source for entry in summary.agreements if entry.arm == arm and entry.cell == cell.swept), "")


def theory_line(summary: Summary, cell: Cell, arm: str, metric: str, closed: bool = False) -> TheoryLine | None:
    """Theory of an arm at every size, or None where there is none: no theory, or a loss that is not squared.

    A pilot that the summary made is used again, as the process keeps the last ones.

    Parameters
    ----------
    summary : Summary
        Its rows say whether there is a theory.
    cell, arm, metric
        Which curve.
    closed : bool
        Whether only closed forms are wanted.
    """
    rows = summary.select(arm=arm, metric=metric, cell=cell.swept)
    generator = _imitator(cell, arm)
    known = metric in _VALUES and isinstance(cell.learner.loss, SquaredLoss)
    if generator is None or not known or any(row.theory is None for row in rows):
        return None
    if source_of(summary, cell, arm) == "pilot" and (closed or _pilots(summary) > _KEPT_PILOTS):
        return None
    majority, minority = cell.counts
    return TheoryLine(expand(cell.population, generator, cell.learner, majority, minority), majority - minority)


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
    points = tuple((x, _value(line, metric, x, exact.get(x))) for x in grid)
    lowest = (best, line.value(metric, best * line.gap)) if metric == "excess_risk" and best <= last else None
    words = "" if best >= _ENDLESS else "0" if best < 0.005 else f"{best:.2f}"
    return TheoryCurve(points, lowest, words, line.source)


def _imitator(cell: Cell, arm: str) -> Imitator | None:
    """The generator of an arm, with its correction where it has one."""
    for generator, correction in cell.uses:
        if generator.label == arm and correction is None:
            return generator
        if generator.label == arm and isinstance(correction, BiasCorrection):
            return CorrectedGenerator(generator, correction, cell.counts[0])
    return None


def _pilots(summary: Summary) -> int:
    return len({(entry.arm, repr(entry.cell)) for entry in summary.agreements if entry.source == "pilot"})


def _value(line: TheoryLine, metric: str, multiplier: float, row: Row | None) -> float:
    if row is not None and row.theory is not None:
        return row.theory
    return line.value(metric, multiplier * line.gap)


def _through_the_rows(own: dict[float, float], metric: str, source: str) -> TheoryCurve:
    points = tuple(sorted(own.items()))
    lowest = min(points, key=lambda point: point[1])
    ends = lowest[0] == points[-1][0] and len(points) > 1
    words = f"{'≥ ' if ends else ''}{lowest[0]:.3g}"
    inside = None if ends or metric == "parameter_error" or math.isnan(lowest[1]) else lowest
    return TheoryCurve(points, inside, words, source)
