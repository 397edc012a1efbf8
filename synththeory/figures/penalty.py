"""What one penalty on the summed loss does to curves in the synthetic size: the same arms under three penalties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synththeory.figures.curves import curve_panel
from synththeory.figures.parts.axes import extent, scale_y
from synththeory.figures.parts.captions import footnote, key_words, population_words, sample_words
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.style import looks
from synththeory.figures.parts.table import Plotted
from synththeory.learners import Logistic
from synththeory.metrics import BALANCED_LOSS, metric_of
from synththeory.sim.design.cells import Cell
from synththeory.sim.design.design import Design
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary

_METRIC = BALANCED_LOSS.name


@dataclass(frozen=True, eq=False)
class Penalties:
    """The cells of one population, by the penalty of their learner.

    Attributes
    ----------
    summed : Cell
        scikit-learn's C, on the summed loss.
    equal : Cell
        The first ridge of the sweep, on the mean loss: that of C for the real rows.
    grid : tuple of Cell
        Every ridge, the first one among them.
    """

    summed: Cell
    equal: Cell
    grid: tuple[Cell, ...]


def by_penalty(design: Design) -> tuple[Penalties, ...]:
    """The cells of every population, in the order of the sweep; none where the design does not compare penalties."""
    if set(design.sweep) != {"population", "learner"}:
        return ()
    groups: dict[str, list[Cell]] = {}
    for cell in design.cells:
        groups.setdefault(repr(cell.population), []).append(cell)
    found = []
    for cells in groups.values():
        learners = {cell.learner: cell for cell in cells if isinstance(cell.learner, Logistic)}
        summed = [cell for learner, cell in learners.items() if learner.C is not None]
        mean = [cell for learner, cell in learners.items() if learner.C is None]
        if len(summed) != 1 or not mean:
            return ()
        found.append(Penalties(summed[0], mean[0], tuple(mean)))
    return tuple(found)


def best_rows(summary: Summary, cells: Sequence[Cell], arm: str) -> tuple[Row, ...]:
    """The row of the best penalty at every multiplier of an arm, (S,)."""
    tables = [summary.select(cell=cell.swept, arm=arm, metric=_METRIC) for cell in cells]
    return tuple(min(rows, key=lambda row: row.estimate) for rows in zip(*tables, strict=True))


def draw_penalties(summary: Summary, title: str) -> Drawing:
    """Balanced loss over the multiplier: one C, one penalty per unit of weight, the best penalty of each point.

    Parameters
    ----------
    summary : Summary
        Of a design for which `by_penalty` finds cells.
    title : str
        Above the panels.
    """
    groups = by_penalty(summary.design)
    tables: list[list[Plotted]] = []
    headers = []
    for group in groups:
        C, ridge = _strength(group.summed), _strength(group.equal)
        kinds = (
            (f"C = {C:g} on the summed loss", (group.summed,)),
            (f"ridge {ridge:.2g} on the mean loss", (group.equal,)),
            ("each point at its best ridge", group.grid),
        )
        for words, cells in kinds:
            name = letter(len(tables))
            tables.append(_points(summary, cells, name))
            headers.append(Header(rf"$\bf{{{name}}}$  {words}", f"{population_words(group.summed)}."))
    cells = summary.design.cells
    ridges = sorted({_strength(cell) for group in groups for cell in group.grid})
    note = (
        f"{sample_words(cells)}, logistic. {footnote(summary, '', False, (), 'bars')} Horizontal: real rows alone, at "
        "the panel’s penalty. Both penalties are the same for the real rows; C weakens with every added row. "
        f"Best of {len(ridges)} ridges from {ridges[0]:g} to {ridges[-1]:.2g}."
    )
    figure, axes = framed(title, headers, note, 3, 2.1, shared=True, air=0.16)
    look = looks(arm for arm in cells[0].arms)
    for place, (panel, table) in enumerate(zip(axes, tables, strict=True)):
        row = place - place % 3
        scale_y([panel], (value for each in tables[row : row + 3] for value in extent(each)))
        panel.set_xlabel(key_words("multiplier"), labelpad=1.0)
        if place % 3 == 0:
            panel.set_ylabel(metric_of(_METRIC).label, labelpad=2.0)
        curve_panel(panel, table, look)
    return Drawing(figure, tuple(point for table in tables for point in table))


def _strength(cell: Cell) -> float:
    learner = cell.learner
    assert isinstance(learner, Logistic)  # by_penalty keeps no other
    return learner.ridge if learner.C is None else learner.C


def _points(summary: Summary, cells: Sequence[Cell], panel: str) -> list[Plotted]:
    label = cells[0].label if len(cells) == 1 else "best ridge"
    return [
        Plotted(
            panel, label, row.metric, row.arm, row.multiplier, "simulation", "multiplier",
            float("nan") if row.multiplier is None else row.multiplier, row.estimate, row.lower, row.upper, row.mcse,
            row.replications, row.failed,
        )
        for arm in cells[0].arms
        for row in best_rows(summary, cells, arm.label)
    ]  # fmt: skip
