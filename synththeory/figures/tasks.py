"""Studies of a scarce task: excess risk over the sweep, one panel a generator, real rows alone behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from synththeory.figures.parts.axes import extent, fixed_ticks, scale_y
from synththeory.figures.parts.captions import footnote, key_words
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import QUIET, Look, Name, looks, printed
from synththeory.figures.parts.table import Plotted
from synththeory.figures.registry import draws
from synththeory.generators import Generator
from synththeory.metrics import EXCESS_RISK
from synththeory.sim.design.cells import Cell
from synththeory.sim.questions.tasks import CORRECTED, NAIVE, ScarceTask, Synthesised
from synththeory.sim.results.summary import Summary

_METRIC = EXCESS_RISK.name
_RISK = r"excess risk of task 0, $E[(z^{\top}(\hat\theta-\theta))^2]$"
_SLOPES = "distance of a task’s slopes from the common ones, $h$"
_JOINED = (0, (1.0, 1.6))


@draws(ScarceTask)
def draw_tasks(summary: Summary, title: str) -> Drawing:
    """Excess risk for the scarce task of every generator, naive and corrected, beside fits to real rows alone.

    Parameters
    ----------
    summary : Summary
        Of a design with ``[tasks]``.
    title : str
        Above the panels.
    """
    design = summary.design
    generators = list(dict.fromkeys(arm.use.generator for arm in design.cells[0].arms if arm.use is not None))
    tables = [list(_points(summary, generator, letter(place))) for place, generator in enumerate(generators)]
    headers = [
        Header((rf"$\bf{{{letter(place)}}}$  " if len(generators) > 1 else "") + printed(generator.label), "")
        for place, generator in enumerate(generators)
    ]
    look = looks((Name(NAIVE), Name(CORRECTED)))
    figure, axes = framed(title, headers, _note(summary), min(len(generators), 2), 2.5, air=0.08)
    scale_y(axes, (value for table in tables for value in extent(table)))
    for place, (panel, table) in enumerate(zip(axes, tables, strict=True)):
        _draw(panel, table, summary, look)
        if place % 2 == 0:
            panel.set_ylabel(_RISK, labelpad=1.0)
    return Drawing(figure, tuple(point for table in tables for point in table))


def _key(cells: Sequence[Cell]) -> str:
    return ", ".join(cells[0].swept)


def _number(cell: Cell) -> float | None:
    """The swept value, where one number is swept."""
    values = list(cell.swept.values())
    return float(values[0]) if len(values) == 1 and isinstance(values[0], int | float) else None


def _points(summary: Summary, generator: Generator, panel: str) -> Iterator[Plotted]:
    """Every number of a panel, arm by arm; x is the swept number, or else the cell's place."""
    cells = summary.design.cells
    shown = (arm for arm in cells[0].arms if arm.use is None or arm.use.generator == generator)
    for arm in (arm.label for arm in shown):
        for place, cell in enumerate(cells):
            (row,) = summary.select(arm=arm, metric=_METRIC, cell=cell.swept)
            number = _number(cell)
            x = float(place) if number is None else number
            yield Plotted(
                panel, cell.label, _METRIC, arm, None, "simulation", _key(cells), x, row.estimate, row.lower, row.upper,
                row.mcse, row.replications, row.failed,
            )  # fmt: skip
            if row.theory is not None:
                yield Plotted(panel, cell.label, _METRIC, arm, None, "theory", _key(cells), x, row.theory,
                              source="closed form")  # fmt: skip


def _draw(axes: Axes, points: Sequence[Plotted], summary: Summary, look: Mapping[str, Look]) -> None:
    """Cells at equal distances: distances of slopes are doubled from one to the next, and begin at zero."""
    cells = summary.design.cells
    places, labels = np.arange(len(cells)), []
    for arm in dict.fromkeys(point.arm for point in points):
        mine, theory = (
            [point for point in points if (point.arm, point.layer) == (arm, layer)]
            for layer in ("simulation", "theory")
        )
        name = summary.arms[arm].names[0]
        style, line = look.get(name, Look(QUIET, ".")), theory if len(theory) == len(mine) else mine
        axes.plot(places, [point.y for point in line], color=style.colour, linewidth=0.9,
                  linestyle="solid" if line is theory else _JOINED)  # fmt: skip
        y, lower, upper = np.array([(point.y, point.lower, point.upper) for point in mine], dtype=float).T
        axes.errorbar(places, y, [y - lower, upper - y], color=style.colour, linestyle="none", marker=style.mark,
                      markersize=4.0, elinewidth=0.8, zorder=3.0)  # fmt: skip
        labels.append(EndLabel(name, float(places[-1]), line[-1].y, style.colour))
    numbers = [_number(cell) for cell in cells]
    words = [
        cell.label.replace(", ", "\n") if number is None else f"{number:g}"
        for cell, number in zip(cells, numbers, strict=True)
    ]
    axes.set_xlim(-0.3, len(cells) - 0.7)
    fixed_ticks(axes.xaxis, places.tolist(), words)
    if None in numbers:
        axes.tick_params(axis="x", labelsize=6.5)
    else:
        axes.set_xlabel(_SLOPES if _key(cells) == "population.spread" else key_words(_key(cells)), labelpad=1.0)
    label_ends(axes, labels)


def _note(summary: Summary) -> str:
    cells = summary.design.cells
    told = {_facts(cell) for cell in cells}
    marks = "Grey: real rows alone. Solid lines: exact expectation, nothing fitted; dotted lines join points."
    return f"{told.pop() if len(told) == 1 else ''}{footnote(summary, marks, False, (), 'bars')}"


def _facts(cell: Cell) -> str:
    scarce, *rich = cell.counts
    made = next(arm for arm in cell.arms if isinstance(arm, Synthesised))
    others = f"{len(rich)} others {rich[0]} each" if len(set(rich)) == 1 else f"others {', '.join(map(str, rich))}"
    return (
        f"Task 0 has {scarce} rows, {others}, $d={cell.population.dimension}$, {cell.learner.title}; "
        f"{made.size} synthetic rows $(x, y)$ made of the {scarce}. "
    )
