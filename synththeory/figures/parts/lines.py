"""Labelled curves over a number, for figures that are neither a size curve nor a sweep of one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from synththeory.figures.parts.axes import extent, fixed_ticks, plain_number, power_of_ten, scale_y
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import QUIET, RULE, Look
from synththeory.figures.parts.table import Plotted


@dataclass(frozen=True, eq=False)
class Trace:
    """One curve.

    Attributes
    ----------
    arm : str
        What it is of, as in the table of numbers.
    label : str
        Name at its end; lines are separated by a newline.
    look : Look
        Colour and marker.
    points : tuple of Plotted
        Its numbers: simulated points with intervals, or exact ones; theory's points, a floor, a guide.
    region : tuple of float
        Horizontal places of the points in which a slope was fitted: drawn full, the others hollow.
    """

    arm: str
    label: str
    look: Look
    points: tuple[Plotted, ...]
    region: tuple[float, ...] = ()

    def layer(self, name: str) -> tuple[Plotted, ...]:
        """The numbers of one layer."""
        return tuple(point for point in self.points if point.layer == name)


def trace_panel(
    axes: Axes,
    traces: Sequence[Trace],
    guide: str = "",
    level: float | None = None,
    ticks: Sequence[float] = (),
    linear: bool = False,
) -> None:
    """Draw some curves, the vertical axis as the numbers ask.

    Parameters
    ----------
    axes : Axes
        Where.
    traces : sequence of Trace
        What.
    guide : str
        Name at the end of the reference line, where a trace has one.
    level : float, optional
        A horizontal line to read the curves against.
    ticks : sequence of float
        Labelled places of the horizontal axis; round numbers where none are given.
    linear : bool
        Whether the horizontal axis is linear, not logarithmic.
    """
    every = [point for trace in traces for point in trace.points]
    places = [point.x for point in every if np.isfinite(point.x)]
    low, high = min(places), max(places)
    if linear:
        axes.set_xlim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    else:
        _logarithmic(axes, low, high, ticks)
    scale_y([axes], [*extent(every), *([level] if level else [])])
    if level is not None:
        axes.axhline(level, color=RULE, linewidth=0.7, zorder=0.5)
    labels = []
    for trace in traces:
        ends = _lines(axes, trace, low, high)
        _marks(axes, trace)
        labels.append(EndLabel(trace.label, high, ends, trace.look.colour))
        line = trace.layer("guide")
        if line:
            axes.plot([point.x for point in line], [point.y for point in line], color=QUIET, linewidth=0.7,
                      linestyle=(0, (3.0, 2.0)), zorder=1.0)  # fmt: skip
            labels.append(EndLabel(guide, line[-1].x, line[-1].y, QUIET))
    label_ends(axes, labels)


def _logarithmic(axes: Axes, low: float, high: float, ticks: Sequence[float]) -> None:
    axes.set_xscale("log")
    air = (high / low) ** 0.03
    axes.set_xlim(low / air, high * air)
    ticks = ticks or _ticks(low, high)
    words = power_of_ten if high / low > 1e4 else plain_number
    fixed_ticks(axes.xaxis, ticks, [words(tick) for tick in ticks])


def _ticks(low: float, high: float) -> list[float]:
    """1, 2, 5 over two decades or less, otherwise decades, where there are data."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    leads = (1.0, 2.0, 5.0) if high / low <= 150.0 else (1.0,)
    return [lead * 10.0**decade for decade in decades for lead in leads if low <= lead * 10.0**decade <= high]


def _lines(axes: Axes, trace: Trace, low: float, high: float) -> float:
    """Theory and floor; the height at which the trace ends."""
    theory, simulated = trace.layer("theory"), trace.layer("simulation")
    curve = [point for point in theory if np.isfinite(point.x)]
    dashes = (0, (4.0, 1.6)) if any(point.source == "pilot" for point in theory) else "solid"
    axes.plot([point.x for point in curve], [point.y for point in curve], color=trace.look.colour, linestyle=dashes)
    for point in trace.layer("floor"):
        axes.plot([low, high], [point.y, point.y], color=trace.look.colour, linewidth=0.8,
                  linestyle=(0, (1.0, 1.5)))  # fmt: skip
    for point in (*simulated, *theory):
        if not np.isfinite(point.x):
            dotted = (0, (1.0, 1.5)) if point.layer == "simulation" else "solid"
            axes.plot([low, high], [point.y, point.y], color=trace.look.colour, linewidth=0.9, linestyle=dotted)
    return (simulated or theory)[-1].y


def _marks(axes: Axes, trace: Trace) -> None:
    simulated = [point for point in trace.layer("simulation") if np.isfinite(point.x)]
    points = simulated or trace.layer("exact")
    x, y, colour = np.array([point.x for point in points]), np.array([point.y for point in points]), trace.look.colour
    if simulated:
        lower = np.array([point.lower for point in points], dtype=float)
        upper = np.array([point.upper for point in points], dtype=float)
        axes.errorbar(x, y, np.stack([y - lower, upper - y]), fmt="none", ecolor=colour, elinewidth=0.8)
    full = np.isin(x, trace.region)
    for chosen, face in ((full, colour), (~full, "white")):
        axes.plot(x[chosen], y[chosen], linestyle="none", marker=trace.look.mark, markersize=4.0, markerfacecolor=face,
                  markeredgecolor=colour, markeredgewidth=0.9, zorder=3.0)  # fmt: skip
