"""The page's table: the command line's numbers with the look of every arm, theory's column apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from synththeory.explore.forecasts import best_forecast
from synththeory.figures.parts import style
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.arms import Arm
from synththeory.sim.results.summary import Summary, predicted


@dataclass(frozen=True)
class Number:
    """One line of the table; fields as of `Row` without theory, with how its arm is drawn."""

    arm: str
    words: str
    colour: str
    mark: str
    metric: str
    multiplier: float | None
    synthetic_size: int | None
    estimate: float
    mcse: float
    lower: float
    upper: float
    replications: int
    failed: int


@dataclass(frozen=True)
class Column:
    """Theory's values of an arm and metric, in the order of the table's lines of both."""

    arm: str
    metric: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Numbers:
    """What a simulation has reached.

    Attributes
    ----------
    rows : tuple of Number
    replications, failed : int
        On which they rest; failed fits over all arms.
    """

    rows: tuple[Number, ...]
    replications: int
    failed: int


def looks(arms: Sequence[Arm]) -> dict[str, style.Look]:
    """As figures draw them, their names without matplotlib's mathematics."""
    drawn = style.looks(arms).items()
    return {label: replace(look, name=look.name.replace(r"$\chi^2$", "χ²")) for label, look in drawn}


def theory_columns(cell: Cell) -> tuple[Column, ...]:
    """The table's theory of every arm and metric that has one."""
    curves = [(arm, best_forecast(cell, arm)) for arm in cell.arms]
    found = ((arm.label, metric, predicted(curve, metric, cell)) for arm, curve in curves for metric in arm.metrics)
    return tuple(Column(arm, metric, tuple(values.tolist())) for arm, metric, values in found if values is not None)


def numbers(summary: Summary) -> Numbers:
    """Every row of a summary."""
    drawn = looks(summary.design.cells[0].arms)
    rows = tuple(
        Number(
            arm=row.arm,
            words=drawn[row.arm].name,
            colour=drawn[row.arm].colour,
            mark=drawn[row.arm].mark,
            metric=row.metric,
            multiplier=row.multiplier,
            synthetic_size=row.synthetic_size,
            estimate=row.estimate,
            mcse=row.mcse,
            lower=row.lower,
            upper=row.upper,
            replications=row.replications,
            failed=row.failed,
        )
        for row in summary.rows
    )
    return Numbers(rows, max(row.replications for row in rows), sum(entry.failed for entry in summary.failures))
