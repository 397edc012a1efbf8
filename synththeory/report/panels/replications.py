"""Replications one by one: running means, and the values themselves."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from synththeory.arrays import Vector
from synththeory.figures.parts.axes import scale_y
from synththeory.figures.parts.frame import Drawing, Header, framed
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import Look, looks
from synththeory.figures.parts.table import Plotted
from synththeory.metrics import metric_of
from synththeory.report.panels.names import ROW, name_rows
from synththeory.sim.design.cells import Cell
from synththeory.sim.results.measures import NORMAL_QUANTILE
from synththeory.sim.results.summary import Summary

MOST = 400
"""Replications drawn of a swarm; its quantiles are of all."""
_FIRST = 5
"""A running interval begins here: before, its width is itself an accident."""


def has_replications(summary: Summary) -> bool:
    """Whether some arm of the first cell has more replications than a running interval skips."""
    return any(values.size > _FIRST for values in _first_metric(summary).values())


def has_values(summary: Summary) -> bool:
    """Whether the first metric is more than a yes or no."""
    return has_replications(summary) and not metric_of(summary.design.cells[0].arms[0].metrics[0]).proportion


def convergence(summary: Summary) -> Drawing:
    """Running means of the first metric at the last point of every arm, in the first cell."""
    cell, look = summary.design.cells[0], looks(summary.design.cells[0].arms)
    metric = cell.arms[0].metrics[0]
    curves = {arm: values for arm, values in _first_metric(summary).items() if values.size > _FIRST}
    header = Header(metric_of(metric).heading, _where(cell))
    figure, (axes,) = framed("", [header], "", 1, 2.6)
    ends, points = [], []
    counts = np.zeros(0)
    for arm, values in curves.items():
        counts = np.arange(1.0, values.size + 1.0)
        means = np.cumsum(values) / counts
        half = NORMAL_QUANTILE * _running_error(values, means)
        axes.plot(counts[_FIRST:], means[_FIRST:], color=look[arm].colour)
        axes.fill_between(
            counts[_FIRST:], (means - half)[_FIRST:], (means + half)[_FIRST:], color=look[arm].colour, alpha=0.12, lw=0
        )
        ends.append(EndLabel(look[arm].name, float(counts[-1]), float(means[-1]), look[arm].colour))
        points.extend(_running(arm, metric, cell, counts, means, half))
    axes.set_xlabel("replications")
    late = [point for point in points if 4.0 * point.x >= counts.size]  # early intervals are wide and say little
    scale_y([axes], [bound for point in late for bound in (point.y, point.lower, point.upper) if bound is not None])
    label_ends(axes, ends)
    return Drawing(figure, tuple(points))


def swarm(summary: Summary) -> Drawing:
    """Values of the first metric at the last point of every arm, in the first cell."""
    cell = summary.design.cells[0]
    metric, look = cell.arms[0].metrics[0], looks(cell.arms)
    found = {arm: values for arm, values in _first_metric(summary).items() if values.size}
    figure, (axes,) = framed("", [Header(metric_of(metric).heading, _where(cell))], "", 1, ROW * len(found))
    points = [
        point
        for place, (arm, values) in enumerate(found.items())
        for point in _one_swarm(axes, place, arm, look[arm], values, metric, cell)
    ]
    name_rows(axes, [look[arm] for arm in found])
    every = np.concatenate(list(found.values()))
    if every.min() > 0.0 and every.max() > 8.0 * every.min():
        axes.set_xscale("log")
    return Drawing(figure, tuple(points))


def _one_swarm(axes: Axes, place: int, arm: str, look: Look, values: Vector, metric: str, cell: Cell) -> list[Plotted]:
    drawn = np.sort(values[:MOST])
    height = 0.18 * np.sin(2.4 * np.arange(drawn.size))  # neighbours apart, the same at every drawing
    axes.plot(drawn, place + height, ".", color=look.colour, markersize=3.0, alpha=0.5, markeredgewidth=0.0)
    levels = np.quantile(values, [0.025, 0.5, 0.975])
    axes.plot(levels[[0, 2]], [place, place], color="black", linewidth=0.8)
    axes.plot(levels, [place] * 3, "|", color="black", markersize=7.0)
    return [
        Plotted("a", cell.label, metric, arm, None, "quantile", metric, float(level), float(place)) for level in levels
    ]


def _first_metric(summary: Summary) -> dict[str, Vector]:
    """Values of the first metric at the last point of every arm that has it, in the first cell, without failures."""
    cell = summary.design.cells[0]
    metric = cell.arms[0].metrics[0]
    found = {arm.label: summary.values(cell, arm.label, metric)[:, -1] for arm in cell.arms if metric in arm.metrics}
    return {arm: values[np.isfinite(values)] for arm, values in found.items()}


def _running_error(values: Vector, means: Vector) -> Vector:
    counts = np.arange(1, values.size + 1)
    squares = np.maximum(np.cumsum(values**2) / counts - means**2, 0.0)
    return np.asarray(np.sqrt(squares / np.maximum(counts - 1, 1)))


def _running(arm: str, metric: str, cell: Cell, counts: Vector, means: Vector, half: Vector) -> list[Plotted]:
    places = np.unique(np.geomspace(_FIRST, counts.size, 40).astype(int)) - 1
    return [
        Plotted(
            "a", cell.label, metric, arm, None, "simulation", "replications", float(counts[place]), float(means[place]),
            float(means[place] - half[place]), float(means[place] + half[place]),
        )
        for place in places
    ]  # fmt: skip


def _where(cell: Cell) -> str:
    return f"{cell.label or 'the only cell'}; every arm at its last point"
