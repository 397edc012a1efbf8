"""The nested-loop plot: all cells of a grid side by side, swept values as stairs."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from synththeory.figures.parts.axes import number_axis, scale_y
from synththeory.figures.parts.frame import Drawing, Header, framed
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import QUIET, looks
from synththeory.figures.parts.table import Plotted
from synththeory.metrics import metric_of
from synththeory.report.pages import shortened
from synththeory.sim.results.summary import Summary

FEWEST = 3
"""Cells that make a grid worth it."""
_STAIR = 0.11
"""Height of a swept key's stairs, in panels."""


def is_grid(summary: Summary) -> bool:
    """Whether there are cells enough."""
    return len(summary.design.cells) >= FEWEST


def nested_loop(summary: Summary) -> Drawing:
    """The first metric at the last point of every arm, over the cells in the order of the sweep."""
    cells = summary.design.cells
    metric, look = cells[0].arms[0].metrics[0], looks(summary.arms.values())
    figure, (axes,) = framed("", [Header(metric_of(metric).heading, "every arm at its last point")], "", 1, 3.2)
    points = [
        Plotted("a", cell.label, metric, row.arm, row.multiplier, "simulation", "cell", float(place), row.estimate,
                row.lower, row.upper, row.mcse, row.replications, row.failed)
        for place, cell in enumerate(cells)
        for arm in cell.arms
        for row in summary.select(cell=cell.swept, arm=arm.label, metric=metric)[-1:]
    ]  # fmt: skip
    ends = []
    for arm in summary.arms:
        mine = [point for point in points if point.arm == arm and np.isfinite(point.y)]
        if mine:
            axes.step([p.x for p in mine], [p.y for p in mine], where="mid", color=look[arm].colour, linewidth=1.0)
            ends.append(EndLabel(look[arm].name, mine[-1].x, mine[-1].y, look[arm].colour))
    scale_y([axes], [point.y for point in points])
    _draw_stairs(axes, summary)
    number_axis(axes, range(len(cells)))
    axes.set_xlabel("cell")
    label_ends(axes, ends, 7.5)
    return Drawing(figure, tuple(points))


def _draw_stairs(axes: Axes, summary: Summary) -> None:
    """Swept values below the curves, in the lowest part of the panel, one step a value."""
    cells = summary.design.cells
    keys = list(cells[0].swept)
    room = _STAIR * len(keys)
    scale = axes.yaxis.get_transform()
    low, high = scale.transform(np.array(axes.get_ylim()))
    lowest = low - (high - low) * room / (1.0 - room)
    axes.set_ylim(*scale.inverted().transform(np.array([lowest, high])))
    for row, key in enumerate(keys):
        values = [str(cell.swept[key]) for cell in cells]
        levels = {value: place for place, value in enumerate(dict.fromkeys(values))}
        heights = [_STAIR * (row + 0.5 * levels[value] / max(len(levels) - 1, 1) + 0.05) for value in values]
        where = axes.get_xaxis_transform()
        axes.step(range(len(cells)), heights, where="mid", color=QUIET, linewidth=0.9, transform=where)
        words = f"{key}: {', '.join(shortened(value, 24) for value in levels)}"
        axes.text(0.0, _STAIR * (row + 0.66), words, fontsize=6.5, color=QUIET, transform=where)
