"""What the arms that choose their size have chosen, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.selected import CHOSEN, SHARES
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary


@dataclass(frozen=True)
class Choices:
    """The choices of one arm in one cell.

    Attributes
    ----------
    cell : Cell
        Where.
    multiplier : Row
        Of the chosen multiplier.
    shares : tuple of Row
        Of the three verdicts; empty for a fixed grid.
    """

    cell: Cell
    multiplier: Row
    shares: tuple[Row, ...]

    @property
    def arm(self) -> str:
        """Name of the arm."""
        return self.multiplier.arm

    @property
    def verdicts(self) -> str:
        """The verdicts that occurred, such as ``realistic 83 %, biased 17 %``."""
        return ", ".join(f"{_verdict(row)} {100.0 * row.estimate:.3g} %" for row in self.shares if row.estimate > 0.0)

    @property
    def line(self) -> str:
        """Verdicts with their intervals, and the mean chosen multiplier, in one line."""
        shares = "; ".join(f"{_verdict(row)} {100.0 * row.estimate:.3g} % ({_interval(row)})" for row in self.shares)
        chosen = f"mean γ {self.multiplier.estimate:.3g} ± {self.multiplier.mcse:.2g}"
        where = f"{self.arm} ({self.cell.label})" if self.cell.label else self.arm
        return f"{where}: {shares}; {chosen}" if shares else f"{where}: {chosen}"


def choices(summary: Summary) -> Iterator[Choices]:
    """The choices of every arm that makes one, cell by cell."""
    for cell in summary.design.cells:
        for row in summary.select(metric=CHOSEN, cell=cell.swept):
            own = (summary.select(arm=row.arm, metric=share, cell=cell.swept) for share in SHARES)
            yield Choices(cell, row, tuple(share for found in own for share in found))


def _verdict(row: Row) -> str:
    return row.metric.removeprefix("share_")


def _interval(row: Row) -> str:
    return f"{100.0 * row.lower:.2g} to {100.0 * row.upper:.2g} %, Wilson"
