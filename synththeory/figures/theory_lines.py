"""Theory as drawn: smooth curves, their minima and floors, from formulas and the pilots a summary already made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synththeory.sim.cells import Cell
from synththeory.sim.summary import Summary
from synththeory.theory import Expansion, OptimalSizes, expand, optimal_sizes
from synththeory.theory.norms import expected_norm

_VALUES: dict[str, Callable[[Expansion, float], float]] = {
    "excess_risk": lambda expansion, size: expansion.excess_at(size),
    "parameter_error": lambda expansion, size: expected_norm(*expansion.error_at(size)),
}
_BIASES: dict[str, Callable[[Expansion, float], float]] = {
    "excess_risk": lambda expansion, size: expansion.parts_at(size)[0],
    "parameter_error": lambda expansion, size: float(np.linalg.norm(expansion.error_at(size)[0])),
}


@dataclass(frozen=True, eq=False)
class TheoryLine:
    """Theory of one arm in one cell.

    Attributes
    ----------
    expansion : Expansion
        The ingredients of the curve.
    gap : int
        n0 − n1.
    source : str
        ``"closed form"`` or ``"pilot"``.
    """

    expansion: Expansion
    gap: int
    source: str

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


def arms_of(summary: Summary, cell: Cell, metric: str) -> tuple[str, ...]:
    """The arms of a cell that have a metric, in the order of the summary."""
    return tuple(dict.fromkeys(row.arm for row in summary.select(metric=metric, cell=cell.swept)))


def theory_line(summary: Summary, cell: Cell, arm: str, metric: str) -> TheoryLine | None:
    """Theory of an arm, or None where the summary has none.

    Parameters
    ----------
    summary : Summary
        Its rows say whether there is a theory.
    cell, arm, metric
        Which curve.
    """
    rows = summary.select(arm=arm, metric=metric, cell=cell.swept)
    generator = next((generator for generator in cell.generators if generator.label == arm), None)
    if generator is None or metric not in _VALUES or any(row.theory is None for row in rows):
        return None
    majority, minority = cell.counts
    expansion = expand(cell.population, generator, cell.learner, majority, minority)
    return TheoryLine(expansion, majority - minority, expansion.generator.source)
