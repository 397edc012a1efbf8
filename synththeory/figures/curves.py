"""Curves in the synthetic multiplier: one panel a cell, theory drawn through the simulation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes

from synththeory.figures.parts.axes import extent, multiplier_axis, scale_y
from synththeory.figures.parts.captions import (
    choice_words,
    footnote,
    key_words,
    learner_words,
    optimum_words,
    population_words,
    regime_words,
    sample_words,
    swept_words,
)
from synththeory.figures.parts.frame import Drawing, Header, framed, letter
from synththeory.figures.parts.labels import EndLabel, label_ends
from synththeory.figures.parts.style import Look, looks
from synththeory.figures.parts.table import Layer, Plotted
from synththeory.figures.parts.theory_lines import TheoryCurve, arms_of, source_of, theory_curve
from synththeory.metrics import metric_of
from synththeory.sim.design.cells import Cell
from synththeory.sim.results.rows import Row
from synththeory.sim.results.summary import Summary

_THIN = 0.45
"""Line width of leading order."""
_BAND = 12
"""With more points than this their intervals are drawn as a band."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One panel: a metric of a cell."""

    letter: str
    summary: Summary
    cell: Cell
    metric: str

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms that have the metric, in the order of the table."""
        return arms_of(self.summary, self.cell, self.metric)

    def rows(self, arm: str) -> tuple[Row, ...]:
        """The arm's rows, by multiplier."""
        return self.summary.select(arm=arm, metric=self.metric, cell=self.cell.swept)

    @cached_property
    def last(self) -> float:
        """The largest multiplier."""
        return max((row.multiplier or 0.0 for arm in self.arms for row in self.rows(arm)), default=0.0)

    @cached_property
    def theory(self) -> dict[str, TheoryCurve]:
        """Theory by arm, where there is one."""
        found = ((arm, theory_curve(self.summary, self.cell, arm, self.metric, self.last)) for arm in self.arms)
        return {arm: curve for arm, curve in found if curve is not None}

    @property
    def points(self) -> tuple[Plotted, ...]:
        """Every number of the panel."""
        found: list[Plotted] = []
        for arm in self.arms:
            found.extend(point for row in self.rows(arm) for point in self._simulated(row))
            if arm in self.theory:
                found.extend(self._predicted(arm, self.theory[arm]))
        return tuple(found)

    def _simulated(self, row: Row) -> Iterator[Plotted]:
        """A simulated mean, and theory's number for an arm that has a single one."""
        x = math.nan if row.multiplier is None else row.multiplier
        yield Plotted(
            self.letter, self.cell.label, row.metric, row.arm, row.multiplier, "simulation", "multiplier", x,
            row.estimate, row.lower, row.upper, row.mcse, row.replications, row.failed,
        )  # fmt: skip
        if row.multiplier is None and row.theory is not None:
            source = source_of(self.summary, self.cell, row.arm)
            yield self._line("theory", row.arm, None, row.theory, source)

    def _predicted(self, arm: str, curve: TheoryCurve) -> Iterator[Plotted]:
        for x, y in curve.points:
            yield self._line("theory", arm, x, y, curve.source)
        for x, y in curve.leading:
            yield self._line("leading", arm, x, y, curve.source)
        if curve.optimum is not None:
            yield self._line("optimum", arm, *curve.optimum, curve.source)

    def _line(self, layer: Layer, arm: str, x: float | None, y: float, source: str) -> Plotted:
        place = math.nan if x is None else x
        return Plotted(
            self.letter, self.cell.label, self.metric, arm, x, layer, "multiplier", place, y, source=source
        )  # fmt: skip


def draw_curves(summary: Summary, metrics: Sequence[str], shared: bool, title: str) -> Drawing:
    """Curves of every cell.

    Parameters
    ----------
    summary : Summary
        What is drawn.
    metrics : sequence of str
        One panel each, in every cell.
    shared : bool
        Whether all panels of a metric have the same vertical scale.
    title : str
        Above the panels.
    """
    cells = summary.design.cells
    places = [(cell, metric) for cell in cells for metric in metrics]
    panels = [Panel(letter(i), summary, cell, metric) for i, (cell, metric) in enumerate(places)]
    tables = [panel.points for panel in panels]
    columns = min(len(panels), 3 if len(panels) != 4 else 2)
    look = looks(summary.arms[label] for panel in panels for label in panel.arms)
    headers = _headers(panels, metrics, look)
    note = _note(summary, panels, look)
    height = 2.25 if columns > 1 else 2.6
    shared = shared and len(metrics) == 1
    figure, axes = framed(title, headers, note, columns, height, shared, air=0.16)
    for metric in metrics:
        members = [i for i, panel in enumerate(panels) if panel.metric == metric]
        for group in [members] if shared else [[i] for i in members]:
            scale_y([axes[i] for i in group], (value for i in group for value in extent(tables[i])))
    for i, panel in enumerate(panels):
        axes[i].set_xlabel(key_words("multiplier"), labelpad=1.0)
        if not shared or i % columns == 0:
            axes[i].set_ylabel(metric_of(panel.metric).label, labelpad=2.0)
        curve_panel(axes[i], tables[i], look)
    return Drawing(figure, tuple(point for table in tables for point in table))


def curve_panel(axes: Axes, points: Sequence[Plotted], look: Mapping[str, Look]) -> None:
    """Draw one panel's table on axes whose vertical scale is set.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    points : sequence of Plotted
        The panel's numbers.
    look : mapping
        Colour and marker by arm.
    """
    last = max((point.x for point in points if not math.isnan(point.x)), default=1.0) or 1.0
    multiplier_axis(axes, last)
    labels = []
    for arm, style in look.items():
        mine = [point for point in points if point.arm == arm]
        if not mine:
            continue
        theory = [point for point in mine if point.layer == "theory"]
        _theory_curve(axes, [point for point in theory if point.multiplier is not None], style)
        leading = [point for point in mine if point.layer == "leading"]
        axes.plot([point.x for point in leading], [point.y for point in leading], color=style.colour, linewidth=_THIN)
        _optimum(axes, [point for point in mine if point.layer == "optimum"], style)
        simulated = [point for point in mine if point.layer == "simulation" and math.isfinite(point.y)]
        _simulation(axes, [point for point in simulated if point.multiplier is not None], style)
        _baseline(axes, [point for point in (*theory, *simulated) if point.multiplier is None], style, last)
        if simulated:
            end = simulated[-1].x if simulated[-1].multiplier is not None else last
            labels.append(EndLabel(style.name, end, simulated[-1].y, style.colour))
    label_ends(axes, labels)


def _theory_curve(axes: Axes, points: Sequence[Plotted], style: Look) -> None:
    dashes = (0, (4.0, 1.6)) if any(point.source == "pilot" for point in points) else "solid"
    axes.plot([point.x for point in points], [point.y for point in points], color=style.colour, linestyle=dashes)


def _optimum(axes: Axes, points: Sequence[Plotted], style: Look) -> None:
    for point in points:
        axes.plot(point.x, point.y, marker="o", markersize=7.0, markerfacecolor="none", markeredgecolor=style.colour,
                  markeredgewidth=0.9, clip_on=False, zorder=4.0)  # fmt: skip


def _simulation(axes: Axes, points: Sequence[Plotted], style: Look) -> None:
    x, y = [point.x for point in points], np.array([point.y for point in points])
    lower = np.array([point.lower for point in points], dtype=float)
    upper = np.array([point.upper for point in points], dtype=float)
    if len(points) > _BAND:
        axes.fill_between(x, lower, upper, color=style.colour, alpha=0.22, linewidth=0.0)
    else:
        axes.errorbar(x, y, np.stack([y - lower, upper - y]), fmt="none", ecolor=style.colour, elinewidth=0.8)
    axes.plot(x, y, linestyle="none", marker=style.mark, markersize=3.2, markerfacecolor=style.colour,
              markeredgecolor="white", markeredgewidth=0.35, zorder=3.0)  # fmt: skip


def _baseline(axes: Axes, points: Sequence[Plotted], style: Look, last: float) -> None:
    for point in points:
        simulated = point.layer == "simulation"
        axes.plot([0.0, last], [point.y, point.y], color=style.colour, linewidth=1.1 if simulated else 0.6,
                  linestyle=(0, (1.0, 1.2)) if simulated else "solid")  # fmt: skip
        if point.lower is not None and point.upper is not None:
            axes.fill_between([0.0, last], point.lower, point.upper, color=style.colour, alpha=0.15, linewidth=0.0)


def _headers(panels: Sequence[Panel], metrics: Sequence[str], look: Mapping[str, Look]) -> list[Header]:
    """Letter and cell of each panel, with its regime in the heading where the regimes differ."""
    regimes = [regime_words(panel.cell) for panel in panels]
    contrast = len({name for name, _ in regimes}) > 1
    headers = []
    for panel, (name, gradient) in zip(panels, regimes, strict=True):
        best = {look[arm].name: curve.best for arm, curve in panel.theory.items() if curve.best is not None}
        lettered = rf"$\bf{{{panel.letter}}}$  " if len(panels) > 1 else ""
        swept = swept_words(panel.cell, beside=[other.cell.swept for other in panels])
        place = swept if panel.cell.swept or len(metrics) == 1 else metric_of(panel.metric).heading
        heading = f"{name}: {place}" if contrast else place
        words = f"{gradient}." if contrast else f"{name}: {gradient}."
        told = panel.metric == metrics[0] or not panel.cell.swept
        headers.append(
            Header(
                lettered + heading,
                f"{words} {optimum_words(best)}".strip() if told else "",
            )
        )
    return headers


def _note(summary: Summary, panels: Sequence[Panel], look: Mapping[str, Look]) -> str:
    measured = (arm for panel in panels for arm, curve in panel.theory.items() if curve.source == "pilot")
    pilot = [look[arm].name for arm in dict.fromkeys(measured)]
    ringed = any(curve.optimum for panel in panels for curve in panel.theory.values())
    cells = summary.design.cells
    interval = "bands" if len(cells[0].multipliers) > _BAND else "bars"
    flat = any(row.multiplier is None and row.synthetic_size is not None for row in summary.rows)
    predicted = any(panel.theory for panel in panels)
    lines = " (dotted: simulated; solid: theory)" if predicted else ""
    marks = f"Horizontal: fitted without synthetic rows{lines}. " if flat else ""
    marks += f"{told} " if (told := choice_words(summary)) else ""
    marks += "Rings: theory’s best size. " if ringed else ""
    marks += "Thin: leading order." if any(curve.leading for panel in panels for curve in panel.theory.values()) else ""
    facts = [sample_words(cells), learner_words(cells)]
    if not any(key in summary.design.sweep for key in ("population", "population.kind", "population.dimension")):
        facts.insert(0, population_words(cells[0]))
    return f"{', '.join(filter(None, facts))}. {footnote(summary, marks, predicted, pilot, interval)}"
