"""Averages over several synthetic sets against the law that two sets foretell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from synththeory.arrays import Vector
from synththeory.sim.design.cells import Cell
from synththeory.sim.results.summary import Summary
from synththeory.theory.several_sets import averaged_error

SETS = "augmentation.sets"


@dataclass(frozen=True)
class SetsPoint:
    """The mean square error of an average over m sets, and what two sets foretell.

    Attributes
    ----------
    cell : Cell
        Where m sets are averaged.
    arm : str
        Label of the arm.
    multiplier : float or None
        γ.
    sets : int
        m.
    estimate, mcse : float
        Simulated mean square error and its Monte Carlo standard error.
    predicted : float
        MSE_1 − 2(1 − 1/m)(MSE_1 − MSE_2) of the simulated errors with one and two sets.
    error : float
        Standard error of ``estimate`` − ``predicted``, paired by replication; 0 for one and two sets.
    """

    cell: Cell
    arm: str
    multiplier: float | None
    sets: int
    estimate: float
    mcse: float
    predicted: float
    error: float

    @property
    def z(self) -> float:
        """How many standard errors the law is off; 0 for one and two sets."""
        return 0.0 if self.sets <= 2 else (self.estimate - self.predicted) / self.error


def several_sets(summary: Summary, metric: str) -> tuple[SetsPoint, ...]:
    """Every arm with synthetic rows at its largest multiplier, for every m of a study that sweeps `SETS`.

    Parameters
    ----------
    summary : Summary
        Of cells with one and two sets among others.
    metric : str
        A mean square error of the prediction, such as ``"brier"``.
    """
    groups: dict[str, dict[int, Cell]] = {}
    for cell in summary.design.cells:
        others = {key: value for key, value in cell.swept.items() if key != SETS}
        groups.setdefault(repr(others), {})[int(str(cell.swept[SETS]))] = cell
    return tuple(point for cells in groups.values() for point in _points(summary, cells, metric))


def _points(summary: Summary, cells: Mapping[int, Cell], metric: str) -> Iterator[SetsPoint]:
    for arm in (arm for arm in cells[1].arms if arm.use is not None):
        one, two = (_errors(summary, cells[sets], arm.label, metric) for sets in (1, 2))
        for sets, cell in cells.items():
            found = _errors(summary, cell, arm.label, metric)
            law = averaged_error(one, two, sets)
            kept = np.isfinite(found) & np.isfinite(law)
            root = np.sqrt(kept.sum())
            yield SetsPoint(
                cell, arm.label, arm.points[-1][0], sets, float(found[kept].mean()),
                float(found[kept].std(ddof=1) / root), float(law[kept].mean()),
                float((found - law)[kept].std(ddof=1) / root),
            )  # fmt: skip


def _errors(summary: Summary, cell: Cell, arm: str, metric: str) -> Vector:
    return np.asarray(summary.values(cell, arm, metric)[:, -1])
