"""A summary as the page's table: the same numbers as the command line's, with the look of every arm."""

from __future__ import annotations

from dataclasses import dataclass

from synththeory.figures.parts.style import looks
from synththeory.sim.results.summary import Summary


@dataclass(frozen=True)
class Number:
    """One line of the table; fields as of `Row`, with how its arm is drawn."""

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
    theory: float | None
    replications: int
    failed: int


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
            theory=row.theory,
            replications=row.replications,
            failed=row.failed,
        )
        for row in summary.rows
    )
    return Numbers(rows, max(row.replications for row in rows), sum(entry.failed for entry in summary.failures))
